//! A member's ISO week as a grid: a row for each project and task, billable or not, a cell for each
//! day, and sums both ways.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{ProjectId, TaskId};
use domain::time::Week;
use domain::time::cells::{Cell, CellKey};
use jiff::civil::Date;
use projections::catalogue::named;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::StateName;
use super::calendar::{PlanBody, Sums, may_see, state_of};
use super::days::{MemberDays, WarningBody};
use super::sheets::ByWeek;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::members::Nothing;
use crate::http::personal;
use crate::http::problem::Problem;

/// What was recorded in a row for a day.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "GridCell")]
pub(crate) struct CellBody {
    date: Date,
    #[serde(flatten)]
    sums: Sums,
    /// The entries that count for this day, if only in part.
    entry_ids: Vec<Uuid>,
    /// How far the approval of those that start on it has come; null where there is none.
    state: Option<StateName>,
}

/// A row: work on a task, billable or not.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "GridRow")]
pub(crate) struct RowBody {
    project_id: Uuid,
    project: String,
    task_id: Uuid,
    task: String,
    client_id: Option<Uuid>,
    /// Null once it was erased.
    client: Option<String>,
    billable: bool,
    /// The sums of the row.
    #[serde(flatten)]
    sums: Sums,
    /// Seven, from Monday on.
    cells: Vec<CellBody>,
}

/// A day of the grid with the sums of its column.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "GridDay")]
pub(crate) struct ColumnBody {
    #[serde(flatten)]
    plan: PlanBody,
    #[serde(flatten)]
    sums: Sums,
    warnings: Vec<WarningBody>,
}

/// A member's week as a grid.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Grid")]
pub(crate) struct GridBody {
    member_id: Uuid,
    /// The ISO week.
    week: String,
    /// Today in the member's zone.
    today: Date,
    due_minutes: u32,
    /// The sums of the week.
    #[serde(flatten)]
    sums: Sums,
    /// By client, project and task.
    rows: Vec<RowBody>,
    /// Seven, from Monday on.
    days: Vec<ColumnBody>,
}

/// `GET /timesheets/{member_id}/{week}/grid`.
pub(crate) async fn grid(call: Call<ByWeek, Nothing>) -> Result<Answer<GridBody>, Problem> {
    let (member, week) = call.path.parsed()?;
    may_see(&call, member)?;
    let mut tx = call.tx().await?;
    let bounds = (week.monday(), week.sunday());
    let days = MemberDays::load(&call, &mut tx, member, bounds).await?;
    let tasks: BTreeSet<TaskId> = days.cells.keys().map(|key| key.task).collect();
    let tasks = named::tasks(&mut tx, tasks).await?;
    let clients = days.projects.values().filter_map(|project| project.client_name.as_ref());
    personal::load(&call.keys, &mut tx, clients).await?;
    tx.commit().await?;
    Ok(call.read(shown(&call, &days, week, &tasks)))
}

fn shown(
    call: &Call<ByWeek, Nothing>,
    days: &MemberDays,
    week: Week,
    tasks: &BTreeMap<TaskId, String>,
) -> GridBody {
    let mut rows: BTreeMap<(ProjectId, TaskId, bool), RowBody> = BTreeMap::new();
    for key in days.cells.keys() {
        rows.entry((key.project, key.task, key.billable)).or_insert_with(|| {
            let project = days.projects.get(&key.project);
            let name =
                |name: Option<&String>, id: Uuid| name.cloned().unwrap_or_else(|| id.to_string());
            let client = project.and_then(|project| project.client_name.as_ref());
            RowBody {
                project_id: key.project.0,
                project: name(project.map(|project| &project.name), key.project.0),
                task_id: key.task.0,
                task: name(tasks.get(&key.task), key.task.0),
                client_id: project.map(|project| project.client.0),
                client: personal::unique_text(&call.keys, client),
                billable: key.billable,
                sums: Sums::default(),
                cells: Vec::new(),
            }
        });
    }
    let mut columns = Vec::new();
    for planned in days.terms().planned_days(week.monday(), week.sunday()) {
        let mut sums = Sums::default();
        for ((project, task, billable), row) in &mut rows {
            let (project, task, billable) = (*project, *task, *billable);
            let key = CellKey { project, task, billable, day: planned.day };
            let cell = cell(days, &key);
            row.sums.add(cell.sums);
            sums.add(cell.sums);
            row.cells.push(cell);
        }
        let warnings = days.warnings(&planned, sums.seconds());
        columns.push((
            planned.due_minutes,
            ColumnBody { plan: PlanBody::of(&planned, days), sums, warnings },
        ));
    }
    let mut sums = Sums::default();
    columns.iter().for_each(|(_, column)| sums.add(column.sums));
    let mut rows: Vec<RowBody> = rows.into_values().collect();
    rows.sort_by(|one, other| one.title().cmp(&other.title()));
    GridBody {
        member_id: days.member.0,
        week: week.to_string(),
        today: days.today,
        due_minutes: columns.iter().map(|(due, _)| due).sum(),
        sums,
        rows,
        days: columns.into_iter().map(|(_, column)| column).collect(),
    }
}

impl RowBody {
    /// What rows are ordered by; billable work stands before other work of the same name.
    fn title(&self) -> (Option<&str>, &str, &str, bool, Uuid, Uuid) {
        let client = self.client.as_deref();
        (client, &self.project, &self.task, !self.billable, self.project_id, self.task_id)
    }
}

fn cell(days: &MemberDays, key: &CellKey) -> CellBody {
    let none = Cell::default();
    let cell = days.cells.get(key).unwrap_or(&none);
    CellBody {
        date: key.day,
        sums: Sums::of(cell.seconds, key.billable, days.rounded(key, cell)),
        entry_ids: cell.entries.iter().map(|entry| entry.0).collect(),
        state: state_of(cell.states),
    }
}
