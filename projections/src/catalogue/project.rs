//! Each project as it is now. Its tasks and the members who may work on it have tables of their
//! own.

use std::collections::{BTreeMap, BTreeSet};

use domain::catalogue::ProjectEvent;
use domain::id::{ClientId, ProjectId};
use domain::log::{EventFamily, Recorded};
use migrations::TenantTx;

use super::project_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One project.
    ProjectRow in "rm_project" key(project_id: ProjectId)
    index("client": "(client_id, project_id)") {
        /// The project.
        project_id: ProjectId,
        /// For whom.
        client_id: ClientId,
        /// Its name.
        name: String,
        /// Whether it takes no new time.
        archived: bool,
        /// The last event that changed it.
        position: i64,
    }
}

/// The fold of projects.
#[derive(Debug)]
pub struct Project;

impl ReadModel for Project {
    const NAME: &'static str = "project";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[ProjectEvent::TYPES];
    type Row = ProjectRow;

    fn touches(event: &Recorded) -> Vec<ProjectId> {
        project_event(event).and_then(changed_project).into_iter().collect()
    }

    fn apply(rows: &mut Rows<ProjectRow>, recorded: &Recorded) {
        let position = recorded.position;
        match project_event(recorded) {
            Some(ProjectEvent::ProjectAdded(event)) => rows.put(ProjectRow {
                project_id: event.project,
                client_id: event.client,
                name: event.name.clone(),
                archived: false,
                position,
            }),
            Some(ProjectEvent::ProjectRenamed(event)) => rows.change(&event.project, |row| {
                row.name.clone_from(&event.name);
                row.position = position;
            }),
            Some(ProjectEvent::ProjectArchived(event)) => rows.change(&event.project, |row| {
                row.archived = true;
                row.position = position;
            }),
            Some(ProjectEvent::ProjectRestored(event)) => rows.change(&event.project, |row| {
                row.archived = false;
                row.position = position;
            }),
            Some(
                ProjectEvent::ProjectMemberLinked(_)
                | ProjectEvent::ProjectMemberUnlinked(_)
                | ProjectEvent::TaskAdded(_)
                | ProjectEvent::TaskRevised(_)
                | ProjectEvent::TaskArchived(_),
            )
            | None => {}
        }
    }
}

fn changed_project(event: &ProjectEvent) -> Option<ProjectId> {
    match event {
        ProjectEvent::ProjectAdded(event) => Some(event.project),
        ProjectEvent::ProjectRenamed(event) => Some(event.project),
        ProjectEvent::ProjectArchived(event) => Some(event.project),
        ProjectEvent::ProjectRestored(event) => Some(event.project),
        ProjectEvent::ProjectMemberLinked(_)
        | ProjectEvent::ProjectMemberUnlinked(_)
        | ProjectEvent::TaskAdded(_)
        | ProjectEvent::TaskRevised(_)
        | ProjectEvent::TaskArchived(_) => None,
    }
}

/// One project.
pub async fn find(tx: &mut TenantTx, project: ProjectId) -> Result<Option<ProjectRow>, ReadError> {
    let query = select::<ProjectRow>(tx, "where r.project_id = $1").bind(project.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// Projects by their ids; those that are not there are left out.
pub async fn find_many(
    tx: &mut TenantTx,
    ids: impl IntoIterator<Item = ProjectId>,
) -> Result<Vec<ProjectRow>, ReadError> {
    let ids: Vec<uuid::Uuid> = ids.into_iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = select::<ProjectRow>(tx, "where r.project_id = any($1)").bind(ids);
    read_rows(&query.fetch_all().await?)
}

/// Projects by id, hence by age, after the one named; of one client where one is named.
pub async fn list(
    tx: &mut TenantTx,
    client: Option<ClientId>,
    after: Option<ProjectId>,
    limit: i64,
) -> Result<Vec<ProjectRow>, ReadError> {
    let sql = "where ($1::uuid is null or r.client_id = $1)
            and ($2::uuid is null or r.project_id > $2)
        order by r.project_id limit $3";
    let answers = select::<ProjectRow>(tx, sql)
        .bind(client.map(|client| client.0))
        .bind(after.map(|project| project.0))
        .bind(limit)
        .fetch_all()
        .await?;
    read_rows(&answers)
}

/// The clients of these projects. A project is for one client from its first event on, so this
/// holds at any moment of the past too.
pub async fn clients_of(
    tx: &mut TenantTx,
    projects: impl IntoIterator<Item = ProjectId>,
) -> Result<BTreeMap<ProjectId, ClientId>, ReadError> {
    let projects: BTreeSet<uuid::Uuid> = projects.into_iter().map(|id| id.0).collect();
    let projects: Vec<uuid::Uuid> = projects.into_iter().collect();
    let query = select::<ProjectRow>(tx, "where r.project_id = any($1)").bind(projects);
    let rows = read_rows::<ProjectRow>(&query.fetch_all().await?)?;
    Ok(rows.into_iter().map(|row| (row.project_id, row.client_id)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::catalogue;
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn a_project_is_what_was_last_said_of_it() {
        let history = catalogue();
        let row = &rows_of::<Project>(&history.0)[0];
        assert_eq!((&*row.name, row.archived, row.position), ("Bridge II", false, 9));
        assert!(rows_of::<Project>(&history.0[..8])[0].archived);
        assert_declares_what_it_touches::<Project>(&history.0);
    }
}
