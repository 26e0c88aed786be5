//! What members do often, asked of the entries themselves: the labels that were used lately, and
//! the tasks that were worked on. No table of its own: a member has a few hundred entries a year.

use std::collections::BTreeMap;

use domain::id::{MemberId, ProjectId, TaskId};
use jiff::civil::Date;
use jiff_sqlx::{Date as DatabaseDate, ToSqlx};
use migrations::{DoorError, TenantTx};
use sqlx::Row;

use super::time_entry::TimeEntryRow;

/// A label with its use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagUse {
    /// The label.
    pub tag: String,
    /// How many entries have it.
    pub entries: i64,
    /// The last day of one.
    pub last_day: Date,
}

/// A task with the work on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskUse {
    /// The project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// How many entries are on it.
    pub entries: i64,
    /// The last day of one.
    pub last_day: Date,
}

/// The labels of entries from a day on, most used first: those of one member or of all, and those
/// that contain a text in any case.
pub async fn tags(
    tx: &mut TenantTx,
    member: Option<MemberId>,
    since: Date,
    containing: Option<&str>,
    limit: i64,
) -> Result<Vec<TagUse>, DoorError> {
    let rows = tx
        .query(
            "select t.tag, count(*), max(r.day)
             from {t}.rm_time_entry r cross join lateral unnest(r.tags) as t(tag)
             where r.day >= $1 and ($2::uuid is null or r.member_id = $2)
                and r.reverses is null
                and ($3::text is null or position(lower($3) in lower(t.tag)) > 0)
             group by t.tag order by count(*) desc, max(r.day) desc, t.tag limit $4",
        )
        .bind(since.to_sqlx())
        .bind(member.map(|member| member.0))
        .bind(containing)
        .bind(limit)
        .fetch_all()
        .await?;
    let read = |row: &sqlx::postgres::PgRow| {
        Ok(TagUse {
            tag: row.try_get(0)?,
            entries: row.try_get(1)?,
            last_day: row.try_get::<DatabaseDate, _>(2)?.to_jiff(),
        })
    };
    rows.iter().map(read).collect()
}

/// The same of rows in memory.
pub fn tags_of<'r>(
    rows: impl Iterator<Item = &'r TimeEntryRow>,
    containing: Option<&str>,
    limit: usize,
) -> Vec<TagUse> {
    let containing = containing.map(str::to_lowercase);
    let mut uses: BTreeMap<&str, (i64, Date)> = BTreeMap::new();
    for row in rows.filter(|row| row.reverses.is_none()) {
        for tag in &row.tags {
            let (entries, last_day) = uses.entry(tag).or_insert((0, row.day));
            *entries += 1;
            *last_day = row.day.max(*last_day);
        }
    }
    uses.retain(|tag, _| containing.as_ref().is_none_or(|it| tag.to_lowercase().contains(it)));
    let used = uses.into_iter();
    let mut tags: Vec<TagUse> = used
        .map(|(tag, (entries, last_day))| TagUse { tag: tag.to_owned(), entries, last_day })
        .collect();
    tags.sort_by_key(|tag| (-tag.entries, std::cmp::Reverse(tag.last_day)));
    tags.truncate(limit);
    tags
}

/// The tasks that a member worked on from a day on, the last ones first. Those that take no new
/// time are left out: they are no use for one more entry.
pub async fn recent_tasks(
    tx: &mut TenantTx,
    member: MemberId,
    since: Date,
    limit: i64,
) -> Result<Vec<TaskUse>, DoorError> {
    let rows = tx
        .query(
            "select r.project_id, r.task_id, count(*), max(r.day)
             from {t}.rm_time_entry r
             join {t}.rm_project p on p.project_id = r.project_id and not p.archived
             join {t}.rm_task k on k.task_id = r.task_id and not k.archived
             where r.day >= $1 and r.member_id = $2 and r.reverses is null
             group by r.project_id, r.task_id
             order by max(r.day) desc, count(*) desc, r.project_id, r.task_id limit $3",
        )
        .bind(since.to_sqlx())
        .bind(member.0)
        .bind(limit)
        .fetch_all()
        .await?;
    let read = |row: &sqlx::postgres::PgRow| {
        Ok(TaskUse {
            project: ProjectId(row.try_get(0)?),
            task: TaskId(row.try_get(1)?),
            entries: row.try_get(2)?,
            last_day: row.try_get::<DatabaseDate, _>(3)?.to_jiff(),
        })
    };
    rows.iter().map(read).collect()
}

/// The same of rows in memory, of which all are on tasks that take time.
pub fn recent_tasks_of<'r>(
    rows: impl Iterator<Item = &'r TimeEntryRow>,
    limit: usize,
) -> Vec<TaskUse> {
    let mut uses: BTreeMap<(ProjectId, TaskId), (i64, Date)> = BTreeMap::new();
    for row in rows.filter(|row| row.reverses.is_none()) {
        let of = (row.project_id, row.task_id);
        let (entries, last_day) = uses.entry(of).or_insert((0, row.day));
        *entries += 1;
        *last_day = row.day.max(*last_day);
    }
    let used = uses.into_iter();
    let mut tasks: Vec<TaskUse> = used
        .map(|((project, task), (entries, last_day))| TaskUse { project, task, entries, last_day })
        .collect();
    tasks.sort_by_key(|it| (std::cmp::Reverse(it.last_day), -it.entries));
    tasks.truncate(limit);
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows_of;
    use crate::tests::samples::{History, MONDAY, recorded};
    use crate::time::time_entry::TimeEntry;
    use jiff::civil::date;

    #[test]
    fn labels_and_tasks_come_in_the_order_of_their_use() {
        let tuesday = date(2026, 2, 3);
        let mut history = History::default();
        let mut second = recorded(102, tuesday, 60);
        (second.tags, second.task) = (vec!["on \"site\"".to_owned()], TaskId(uuid::Uuid::nil()));
        history.time(1, MONDAY, recorded(101, MONDAY, 60)).time(1, MONDAY, second);
        let rows = rows_of::<TimeEntry>(&history.0);
        let tags = tags_of(rows.iter(), None, 9);
        let shown: Vec<_> = tags.iter().map(|it| (&*it.tag, it.entries, it.last_day)).collect();
        assert_eq!(shown, [("on \"site\"", 2, tuesday), ("a,b\\c", 1, MONDAY)]);
        assert_eq!(tags_of(rows.iter(), Some("SITE"), 9).len(), 1);
        let tasks = recent_tasks_of(rows.iter(), 1);
        assert_eq!((tasks.len(), tasks[0].last_day), (1, tuesday));
    }
}
