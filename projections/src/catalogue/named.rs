//! What projects and tasks are called, and for whom projects are, of many at once: joined when
//! they're read, so that one rename shows everywhere.

use std::collections::BTreeMap;

use domain::id::{ClientId, ProjectId, TaskId};
use domain::personal::Envelope;
use migrations::{DoorError, TenantTx};
use sqlx::Row as _;
use uuid::Uuid;

use crate::row::ReadError;

/// A project with its client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedProject {
    /// What it's called.
    pub name: String,
    /// For whom it is.
    pub client: ClientId,
    /// What they are called, sealed.
    pub client_name: Option<Envelope>,
}

/// Those of these projects that there are.
pub async fn projects(
    tx: &mut TenantTx,
    ids: impl IntoIterator<Item = ProjectId>,
) -> Result<BTreeMap<ProjectId, NamedProject>, ReadError> {
    let ids: Vec<Uuid> = ids.into_iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = tx
        .query(
            "select p.project_id, p.name, p.client_id, c.name
            from {t}.rm_project p left join {t}.rm_client c on c.client_id = p.client_id
            where p.project_id = any($1)",
        )
        .bind(ids)
        .fetch_all()
        .await?;
    let read = |row: &sqlx::postgres::PgRow| -> Result<(ProjectId, NamedProject), DoorError> {
        let client_name: Option<String> = row.try_get(3)?;
        let project = NamedProject {
            name: row.try_get(1)?,
            client: ClientId(row.try_get(2)?),
            client_name: client_name.as_deref().and_then(Envelope::parse),
        };
        Ok((ProjectId(row.try_get(0)?), project))
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// What those of these tasks are called that there are.
pub async fn tasks(
    tx: &mut TenantTx,
    ids: impl IntoIterator<Item = TaskId>,
) -> Result<BTreeMap<TaskId, String>, ReadError> {
    let ids: Vec<Uuid> = ids.into_iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = tx
        .query("select task_id, name from {t}.rm_task where task_id = any($1)")
        .bind(ids)
        .fetch_all()
        .await?;
    let read = |row: &sqlx::postgres::PgRow| -> Result<(TaskId, String), DoorError> {
        Ok((TaskId(row.try_get(0)?), row.try_get(1)?))
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}
