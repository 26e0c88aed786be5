//! Where a tenant's read models stand, for who watches over them: caught up, behind, stopped and
//! not built look different.

use domain::id::TenantId;
use jiff::Timestamp;
use migrations::{DoorError, Tenants};
use serde::Serialize;
use sqlx::Row as _;

use crate::checkpoint::{self, State};
use crate::registry;

/// How a read model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// It has taken in everything.
    CaughtUp,
    /// It goes on, with events still to take in.
    Behind,
    /// It stopped before an event that it can't take in.
    Degraded,
    /// It waits to be built.
    Unbuilt,
    /// A newer program keeps it.
    Newer,
}

/// The health of one read model of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Which.
    pub model: &'static str,
    /// How it does.
    pub condition: Condition,
    /// The last event it took in.
    pub position: i64,
    /// The last event of the log.
    pub head: i64,
    /// When the first event that it has not taken in was recorded: its age is how old its answers
    /// are.
    pub waiting_since: Option<Timestamp>,
    /// Why it stopped; never what an event says.
    pub error: Option<String>,
}

/// The health of every read model of a tenant.
pub async fn health(tenants: &Tenants, tenant: TenantId) -> Result<Vec<Health>, DoorError> {
    let mut tx = tenants.begin(tenant).await?;
    let (head, standings) = checkpoint::read(&mut tx, registry::all()).await?;
    let next: Vec<i64> = standings.iter().map(|standing| standing.position + 1).collect();
    let sql = "select position, recorded_at from {t}.events where position = any($1)";
    let mut waiting = std::collections::HashMap::new();
    for row in tx.query(sql).bind(next).fetch_all().await? {
        let recorded_at: jiff_sqlx::Timestamp = row.try_get(1)?;
        waiting.insert(row.try_get::<i64, _>(0)?, recorded_at.to_jiff());
    }
    tx.commit().await?;
    let of = |standing: checkpoint::Standing| {
        let (condition, error) = match standing.state {
            State::Live if standing.position < head => (Condition::Behind, None),
            State::Live => (Condition::CaughtUp, None),
            State::Degraded(error) => (Condition::Degraded, Some(error)),
            State::Unbuilt => (Condition::Unbuilt, None),
            State::Newer => (Condition::Newer, None),
        };
        Health {
            model: standing.model.name(),
            condition,
            position: standing.position,
            head,
            waiting_since: waiting.get(&(standing.position + 1)).copied(),
            error,
        }
    };
    Ok(standings.into_iter().map(of).collect())
}
