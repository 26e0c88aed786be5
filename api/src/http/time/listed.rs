//! Entries of time in a list, by what they are on and when they were.

use std::collections::BTreeSet;

use domain::id::{ClientId, EntryId, ImportId, MemberId, ProjectId, TaskId};
use domain::time::Week;
use jiff::civil::Date;
use projections::catalogue::project::Project;
use projections::time::time_entry::{self, TimeEntry, TimeEntryRow, Wanted};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::StateName;
use super::entries::{EntryBody, all_shown};
use crate::http::answer::Answer;
use crate::http::call::{About, Call, piece};
use crate::http::cursor::Page;
use crate::http::problem::Problem;
use crate::http::query::refused;

/// Which entries.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    member_id: Option<Uuid>,
    project_id: Option<Uuid>,
    task_id: Option<Uuid>,
    /// On any project of this client.
    client_id: Option<Uuid>,
    billable: Option<bool>,
    /// With this tag, spelled exactly so. Notes are sealed and can't be searched.
    tag: Option<String>,
    /// The first day.
    from: Option<Date>,
    /// The last day.
    to: Option<Date>,
    /// An ISO week, such as `2026-W10`, instead of days.
    week: Option<String>,
    state: Option<StateName>,
    import_id: Option<Uuid>,
}

fn wanted<'f>(about: &About, filter: &'f Filter) -> Result<Wanted<'f>, Problem> {
    let (mut from, mut to) = (filter.from, filter.to);
    if let Some(week) = &filter.week {
        let why = "give a week such as 2026-W10, without from and to";
        let week: Option<Week> = week.parse().ok().filter(|_| from.is_none() && to.is_none());
        let week = week.ok_or_else(|| refused("week", "query.invalid", why))?;
        (from, to) = (Some(week.monday()), Some(week.sunday()));
    }
    let member = match (filter.member_id.map(MemberId), about.sees_only()) {
        (asked, None) => asked,
        (None, Some(own)) => Some(own),
        (Some(asked), Some(own)) if asked == own => Some(own),
        (Some(_), Some(_)) => return Err(Problem::forbidden()),
    };
    Ok(Wanted {
        member,
        project: filter.project_id.map(ProjectId),
        client: filter.client_id.map(ClientId),
        task: filter.task_id.map(TaskId),
        billable: filter.billable,
        tag: filter.tag.as_deref(),
        from,
        to,
        state: filter.state.map(Into::into),
        import: filter.import_id.map(ImportId),
    })
}

/// All but the client, which is not in the row.
fn is_wanted(wanted: &Wanted<'_>, row: &TimeEntryRow) -> bool {
    wanted.member.is_none_or(|member| row.member_id == member)
        && wanted.project.is_none_or(|project| row.project_id == project)
        && wanted.task.is_none_or(|task| row.task_id == task)
        && wanted.billable.is_none_or(|billable| row.billable == billable)
        && wanted.tag.is_none_or(|tag| row.tags.iter().any(|it| it == tag))
        && wanted.from.is_none_or(|from| row.day >= from)
        && wanted.to.is_none_or(|to| row.day <= to)
        && wanted.state.is_none_or(|state| row.state == state)
        && wanted.import.is_none_or(|import| row.import_id == Some(import))
}

/// `GET /time-entries`.
pub(crate) async fn list(call: Call<(), Filter>) -> Result<Answer<Page<EntryBody>>, Problem> {
    let wanted = wanted(&call, &call.query)?;
    let key = |row: &TimeEntryRow| (row.day, row.entry_id);
    let (after, limit) = (call.after()?, call.look_for());
    let rows = match call.rows_then::<TimeEntry>().await? {
        None => {
            let mut tx = call.tx().await?;
            let rows = time_entry::list(&mut tx, &wanted, after, limit).await?;
            tx.commit().await?;
            rows
        }
        Some(rows) => {
            let projects = call.rows_then::<Project>().await?;
            let mut theirs = BTreeSet::new();
            for project in projects.iter().flat_map(|rows| rows.iter()) {
                if wanted.client == Some(project.client_id) {
                    theirs.insert(project.project_id);
                }
            }
            let of_client =
                |row: &TimeEntryRow| wanted.client.is_none() || theirs.contains(&row.project_id);
            let wanted = |row: &TimeEntryRow| is_wanted(&wanted, row) && of_client(row);
            piece(&rows, wanted, key, after, limit)
        }
    };
    let keys: Vec<_> = rows.iter().map(key).collect();
    let items = all_shown(&call, rows).await?;
    let rows = keys.into_iter().zip(items).collect();
    Ok(call.page(rows, |(key, _): &((Date, EntryId), EntryBody)| *key, |(_, item)| item))
}
