//! How estimates moved: a row per time that somebody said how long a project or a task takes. The
//! last one holds.

use domain::budgets::BudgetEvent;
use domain::id::{ProjectId, TaskId};
use domain::log::{EventFamily, Recorded};
use jiff::Timestamp;
use migrations::TenantTx;

use super::budget_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select};

row! {
    /// One version of an estimate.
    EstimateRow in "rm_estimate" key(project_id: ProjectId, position: i64) {
        /// Of which project.
        project_id: ProjectId,
        /// The event that said so.
        position: i64,
        /// Of which task, where it is of one.
        task_id: Option<TaskId>,
        /// How long, in all; none = nobody says any more.
        seconds: Option<i64>,
        /// Since when.
        set_at: Timestamp,
    }
}

/// The fold of estimates.
#[derive(Debug)]
pub struct Estimate;

impl ReadModel for Estimate {
    const NAME: &'static str = "estimate";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[BudgetEvent::TYPES];
    type Row = EstimateRow;

    fn touches(recorded: &Recorded) -> Vec<(ProjectId, i64)> {
        said(recorded).map(|row| (row.project_id, row.position)).into_iter().collect()
    }

    fn apply(rows: &mut Rows<EstimateRow>, recorded: &Recorded) {
        if let Some(row) = said(recorded) {
            rows.put(row);
        }
    }
}

fn said(recorded: &Recorded) -> Option<EstimateRow> {
    let (project_id, task_id, seconds) = match budget_event(recorded)? {
        BudgetEvent::EstimateSet(event) => (event.project, event.task, Some(event.seconds)),
        BudgetEvent::EstimateCleared(event) => (event.project, event.task, None),
        BudgetEvent::BudgetSet(_)
        | BudgetEvent::BudgetCleared(_)
        | BudgetEvent::BudgetAlertRaised(_) => return None,
    };
    let (position, set_at) = (recorded.position, recorded.recorded_at);
    Some(EstimateRow { project_id, position, task_id, seconds, set_at })
}

/// Every version of every estimate of a project and its tasks, oldest first.
pub async fn of_project(
    tx: &mut TenantTx,
    project: ProjectId,
) -> Result<Vec<EstimateRow>, ReadError> {
    let sql = "where r.project_id = $1 order by r.position";
    read_rows(&select::<EstimateRow>(tx, sql).bind(project.0).fetch_all().await?)
}

/// What holds of versions that stand in their order: the last of this task, or of the project.
pub fn current(versions: &[EstimateRow], task: Option<TaskId>) -> Option<i64> {
    versions.iter().rev().find(|version| version.task_id == task)?.seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{budgets, id};
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn the_last_version_holds_and_the_others_show_how_it_moved() {
        let history = budgets();
        let rows = rows_of::<Estimate>(&history.0);
        let of_project = rows.iter().filter(|row| row.task_id.is_none());
        let moved: Vec<_> = of_project.map(|row| row.seconds).collect();
        assert_eq!(moved, [Some(36_000), Some(72_000)]);
        assert_eq!(current(&rows, None), Some(72_000));
        assert_eq!(current(&rows, Some(TaskId(id(31)))), None, "it was cleared");
        assert_eq!(current(&rows, Some(TaskId(id(99)))), None);
        assert_declares_what_it_touches::<Estimate>(&history.0);
    }
}
