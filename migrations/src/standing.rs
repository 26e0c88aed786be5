//! How a cell's server stands: its clock, its version, and the versions of the schemas in it. For
//! readiness and the doctor; nothing here is one tenant's.

use domain::id::TenantId;
use jiff::Timestamp;
use sqlx::Row;

use crate::cell::{Cell, PLATFORM_ROLE, begin, query};
use crate::door::DoorError;
use crate::migrate::TENANT_SCHEMA_VERSION;

/// How the schemas of a cell's tenants stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schemas {
    /// How many tenants there are, the platform itself left out.
    pub tenants: i64,
    /// How many of them are of an older version than this program's.
    pub behind: i64,
    /// The newest version there is; 0 without any tenant.
    pub newest: i32,
}

/// Looks at the versions of all schemas.
pub async fn schemas(cell: &Cell) -> Result<Schemas, DoorError> {
    let settings = format!("set local role {PLATFORM_ROLE}; set local statement_timeout = 10000");
    let mut tx = begin(cell.platform_pool(), &settings).await?;
    let row = query(
        "select count(*) filter (where tenant_id <> $1),
            count(*) filter (where tenant_id <> $1 and schema_version < $2),
            coalesce(max(schema_version), 0)
         from platform.tenants",
    )
    .bind(TenantId::PLATFORM.0)
    .bind(TENANT_SCHEMA_VERSION)
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Schemas { tenants: row.try_get(0)?, behind: row.try_get(1)?, newest: row.try_get(2)? })
}

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// What time it is there.
    pub now: Timestamp,
    /// Its version as a number, such as 150013.
    pub version: i32,
    /// Whether a session begins with what our statements rely on: no search path, no zone. Behind a
    /// pooler only the login's own settings can see to that.
    pub sound_session: bool,
}

/// Asks the server of a cell.
pub async fn server(cell: &Cell) -> Result<Server, DoorError> {
    let mut tx = begin(cell.platform_pool(), "set local statement_timeout = 10000").await?;
    let row = query(
        "select clock_timestamp(), current_setting('server_version_num')::int,
            current_setting('search_path') in ('', '\"\"') and current_setting('timezone') = 'UTC'",
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    let now: jiff_sqlx::Timestamp = row.try_get(0)?;
    let (version, sound_session) = (row.try_get(1)?, row.try_get(2)?);
    Ok(Server { now: now.to_jiff(), version, sound_session })
}
