//! What was worked on projects, in groups that share whatever rounding and rates go by: a member's
//! entries of one task and day. The database adds up what it can; nothing is rounded or priced
//! here.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{MemberId, ProjectId, TaskId};
use domain::time::EntryState;
use jiff::civil::Date;
use migrations::TenantTx;

use crate::row::{Cell, CellError, ReadError, cells_of};
use crate::time::time_entry::TimeEntryRow;

/// A member's entries of one task and day, billable or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// On what.
    pub project: ProjectId,
    /// By whom.
    pub member: MemberId,
    /// Doing what.
    pub task: TaskId,
    /// On which local day it is booked: budgets go by it.
    pub day: Date,
    /// On which local day it was done: rounding and rates go by it.
    pub work_day: Date,
    /// Whether it may be billed.
    pub billable: bool,
    /// The seconds of each entry, unrounded; negative where time is taken back.
    pub entries: Vec<i64>,
    /// How many of these seconds are approved.
    pub approved_seconds: i64,
}

impl Group {
    /// All its seconds, unrounded.
    pub fn seconds(&self) -> i64 {
        self.entries.iter().sum()
    }

    fn read(fields: &[Option<&[u8]>]) -> Result<Self, CellError> {
        let [project, member, task, day, work_day, billable, entries, approved] = fields else {
            return Err(CellError::UNNAMED);
        };
        Ok(Group {
            project: Cell::read(*project)?,
            member: Cell::read(*member)?,
            task: Cell::read(*task)?,
            day: Cell::read(*day)?,
            work_day: Cell::read(*work_day)?,
            billable: Cell::read(*billable)?,
            entries: Cell::read(*entries)?,
            approved_seconds: Cell::read(*approved)?,
        })
    }
}

/// What was worked on these projects, in no order.
pub async fn of_projects(
    tx: &mut TenantTx,
    projects: &BTreeSet<ProjectId>,
) -> Result<Vec<Group>, ReadError> {
    let sql = "select r.project_id, r.member_id, r.task_id, r.day, r.work_day, r.billable,
            array_agg(r.seconds),
            coalesce(sum(r.seconds) filter (where r.state = 'approved'), 0)::bigint
        from {t}.rm_time_entry r where r.project_id = any($1)
        group by r.project_id, r.member_id, r.task_id, r.day, r.work_day, r.billable";
    let projects: Vec<_> = projects.iter().map(|project| project.0).collect();
    let answers = tx.query(sql).bind(projects).fetch_all().await?;
    answers.iter().map(|answer| Ok(Group::read(&cells_of(answer)?)?)).collect()
}

/// The same out of entries as they were.
pub fn of_entries<'a>(
    entries: impl IntoIterator<Item = &'a TimeEntryRow>,
    projects: &BTreeSet<ProjectId>,
) -> Vec<Group> {
    let mut groups = BTreeMap::new();
    for row in entries.into_iter().filter(|row| projects.contains(&row.project_id)) {
        let place = (row.project_id, row.member_id, row.task_id);
        let key = (place, row.day, row.work_day, row.billable);
        let group = groups.entry(key).or_insert_with(|| Group {
            project: row.project_id,
            member: row.member_id,
            task: row.task_id,
            day: row.day,
            work_day: row.work_day,
            billable: row.billable,
            entries: Vec::new(),
            approved_seconds: 0,
        });
        let seconds = row.seconds;
        group.entries.push(seconds);
        if row.state == EntryState::Approved {
            group.approved_seconds += seconds;
        }
    }
    groups.into_values().collect()
}
