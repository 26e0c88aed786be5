//! Each kind of work on each project, with what time on it is by default.

use domain::catalogue::ProjectEvent;
use domain::id::{ProjectId, TaskId};
use domain::log::{EventFamily, Recorded};
use migrations::TenantTx;

use super::project_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One task.
    TaskRow in "rm_task" key(task_id: TaskId) index("project": "(project_id, task_id)") {
        /// The task.
        task_id: TaskId,
        /// The project it's on.
        project_id: ProjectId,
        /// Its name.
        name: String,
        /// Whether time on it is billable unless its entry says otherwise.
        billable: bool,
        /// Whether it takes no new time.
        archived: bool,
        /// The last event that changed it.
        position: i64,
    }
}

/// The fold of tasks.
#[derive(Debug)]
pub struct Task;

impl ReadModel for Task {
    const NAME: &'static str = "task";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[ProjectEvent::TYPES];
    type Row = TaskRow;

    fn touches(event: &Recorded) -> Vec<TaskId> {
        project_event(event).and_then(changed_task).into_iter().collect()
    }

    fn apply(rows: &mut Rows<TaskRow>, recorded: &Recorded) {
        let position = recorded.position;
        match project_event(recorded) {
            Some(ProjectEvent::TaskAdded(event)) => rows.put(TaskRow {
                task_id: event.task,
                project_id: event.project,
                name: event.name.clone(),
                billable: event.billable,
                archived: false,
                position,
            }),
            Some(ProjectEvent::TaskRevised(event)) => rows.change(&event.task, |row| {
                row.name.clone_from(&event.name);
                row.billable = event.billable;
                row.position = position;
            }),
            Some(ProjectEvent::TaskArchived(event)) => rows.change(&event.task, |row| {
                row.archived = true;
                row.position = position;
            }),
            Some(
                ProjectEvent::ProjectAdded(_)
                | ProjectEvent::ProjectRenamed(_)
                | ProjectEvent::ProjectArchived(_)
                | ProjectEvent::ProjectRestored(_)
                | ProjectEvent::ProjectMemberLinked(_)
                | ProjectEvent::ProjectMemberUnlinked(_),
            )
            | None => {}
        }
    }
}

fn changed_task(event: &ProjectEvent) -> Option<TaskId> {
    match event {
        ProjectEvent::TaskAdded(event) => Some(event.task),
        ProjectEvent::TaskRevised(event) => Some(event.task),
        ProjectEvent::TaskArchived(event) => Some(event.task),
        ProjectEvent::ProjectAdded(_)
        | ProjectEvent::ProjectRenamed(_)
        | ProjectEvent::ProjectArchived(_)
        | ProjectEvent::ProjectRestored(_)
        | ProjectEvent::ProjectMemberLinked(_)
        | ProjectEvent::ProjectMemberUnlinked(_) => None,
    }
}

/// One task.
pub async fn find(tx: &mut TenantTx, task: TaskId) -> Result<Option<TaskRow>, ReadError> {
    let query = select::<TaskRow>(tx, "where r.task_id = $1").bind(task.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// Tasks by their ids; those that are not there are left out.
pub async fn find_many(
    tx: &mut TenantTx,
    ids: impl IntoIterator<Item = TaskId>,
) -> Result<Vec<TaskRow>, ReadError> {
    let ids: Vec<uuid::Uuid> = ids.into_iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = select::<TaskRow>(tx, "where r.task_id = any($1)").bind(ids);
    read_rows(&query.fetch_all().await?)
}

/// The tasks of a project (or of all) by id, hence by age, after the one named.
pub async fn list(
    tx: &mut TenantTx,
    project: Option<ProjectId>,
    after: Option<TaskId>,
    limit: i64,
) -> Result<Vec<TaskRow>, ReadError> {
    let sql = "where ($1::uuid is null or r.project_id = $1)
            and ($2::uuid is null or r.task_id > $2)
        order by r.task_id limit $3";
    let answers = select::<TaskRow>(tx, sql)
        .bind(project.map(|project| project.0))
        .bind(after.map(|task| task.0))
        .bind(limit)
        .fetch_all()
        .await?;
    read_rows(&answers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::catalogue;
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn a_task_is_what_was_last_said_of_it() {
        let history = catalogue();
        let row = &rows_of::<Task>(&history.0)[0];
        let stands = (&*row.name, row.billable, row.archived, row.position);
        assert_eq!(stands, ("Travel", false, true, 12));
        assert_eq!(rows_of::<Task>(&history.0[..10])[0].name, "Drawing");
        assert_declares_what_it_touches::<Task>(&history.0);
    }
}
