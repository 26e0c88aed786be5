//! Makes a tenant: role, schema, tables, keys, host and catalogue row in one transaction, all or
//! nothing. What makes it a firm (owner, settings) follows as events through the one write path.

use domain::id::{LogId, TenantId};
use domain::tenancy::is_reserved;
pub use domain::tenancy::is_slug;
use jiff::Timestamp;

use crate::cell::{APP_LOGIN, OWNER_ROLE, TENANT_GROUP_ROLE, begin};
use crate::door::{DoorError, TenantTx, Tenants};
use crate::keys::MasterKey;
use crate::migrate::{TENANT_SCHEMA_VERSION, TenantScripts};
use crate::platform::to_database;

/// What a new tenant starts with.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its id; schema and role are named by it.
    pub id: TenantId,
    /// The name of its log.
    pub log: LogId,
    /// What its host begins with: 2 to 40 of `a-z`, `0-9` and `-`.
    pub slug: String,
    /// What the firm is called.
    pub name: String,
    /// The host that leads to it.
    pub host: String,
    /// Now.
    pub at: Timestamp,
}

/// Why a tenant could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// The slug can't be part of a host name.
    #[error(
        "the slug {0:?} must be 2 to 40 of a-z, 0-9 and -, and begin and end with a letter or digit"
    )]
    BadSlug(String),
    /// The service keeps it for itself.
    #[error("the slug {0:?} is kept for the service itself")]
    Reserved(String),
    /// Another tenant has it.
    #[error("the slug {0:?} is taken")]
    SlugTaken(String),
    /// Another tenant has it.
    #[error("the host {0:?} is taken")]
    HostTaken(String),
    /// Its tenant left not long ago; mails and bookmarks still lead there.
    #[error("the slug {0:?} was another tenant's and rests for a while")]
    Buried(String),
    /// The database refused or is away.
    #[error(transparent)]
    Door(#[from] DoorError),
}

/// Makes the tenant; `read_models` are the definitions of its read models' tables.
pub async fn provision(
    tenants: &Tenants,
    master: &MasterKey,
    new: &NewTenant,
    read_models: &[String],
) -> Result<(), ProvisionError> {
    if !is_slug(&new.slug) {
        return Err(ProvisionError::BadSlug(new.slug.clone()));
    }
    if is_reserved(&new.slug) && !new.id.is_platform() {
        return Err(ProvisionError::Reserved(new.slug.clone()));
    }
    let settings = format!(
        "set local statement_timeout = 60000; set local lock_timeout = '5s'; \
         set local role {OWNER_ROLE}"
    );
    let tx = begin(tenants.cell().builder_pool()?, &settings).await?;
    let mut tx = TenantTx::of_owner(tx, new.id);
    // The catalogue first: a name that is taken costs no schema.
    enter(&mut tx, master, new).await.map_err(|error| match error {
        DoorError::Constraint(name) if name == "tenants_slug_unique" => {
            ProvisionError::SlugTaken(new.slug.clone())
        }
        DoorError::Constraint(name) if name == "domains_pk" => {
            ProvisionError::HostTaken(new.host.clone())
        }
        error => ProvisionError::Door(error),
    })?;
    if is_buried(&mut tx, new).await? {
        return Err(ProvisionError::Buried(new.slug.clone()));
    }
    tx.run_file(&build(new, read_models)).await?;
    Ok(tx.commit().await?)
}

/// Its rows in the catalogue, in one statement.
async fn enter(tx: &mut TenantTx, master: &MasterKey, new: &NewTenant) -> Result<(), DoorError> {
    tx.query(
        "with tenant as (
            insert into platform.tenants
                (tenant_id, slug, name, state, schema_version, created_at)
            values ($1, $2, $3, 'provisioning', $4, $5)
         ), host as (
            insert into platform.domains (host, tenant_id, is_primary) values ($6, $1, true)
         )
         insert into platform.tenant_keys (tenant_id, sealed_key) values ($1, $7)",
    )
    .bind(new.id.0)
    .bind(&new.slug)
    .bind(&new.name)
    .bind(TENANT_SCHEMA_VERSION)
    .bind(to_database(new.at))
    .bind(&new.host)
    .bind(master.new_tenant_key(new.id))
    .execute()
    .await?;
    Ok(())
}

async fn is_buried(tx: &mut TenantTx, new: &NewTenant) -> Result<bool, DoorError> {
    let found = tx
        .query("select 1 from platform.buried_names where name in ($1, $2) and until > $3 limit 1")
        .bind(&new.slug)
        .bind(&new.host)
        .bind(to_database(new.at))
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}

/// Role, schema, tables and heads as one script: a round trip instead of dozens. Every value in it
/// is an id or an instant, so nothing that came from outside is in its text.
fn build(new: &NewTenant, read_models: &[String]) -> String {
    let (role, log, at) = (new.id.schema(), new.log.0, new.at);
    let tables = TenantScripts::own().after(0);
    let read_models = read_models.join(";\n");
    // The builder may make roles and the owner may make schemas; neither may do both.
    format!(
        "reset role;
         create role {role} nologin in role {TENANT_GROUP_ROLE};
         grant {role} to {APP_LOGIN};
         set local role {OWNER_ROLE};
         create schema {role};
         {tables}
         insert into {role}.log_head (log_id, position, recorded_at, peaks)
            values ('{log}', 0, '{at}', '');
         insert into cell.heads (tenant, position) values ('{role}', 0);
         {read_models}"
    )
}
