//! Makes a tenant: role, schema, tables, keys, host and catalogue row in one transaction, all or
//! nothing. What makes it a firm (owner, settings) follows as events through the one write path.

use domain::id::{LogId, TenantId};
use jiff::Timestamp;
use sqlx::Executor;

use crate::cell::{APP_LOGIN, OWNER_ROLE, TENANT_GROUP_ROLE, begin};
use crate::door::{DoorError, TenantTx, Tenants};
use crate::keys::MasterKey;
use crate::migrate::{TENANT_SCHEMA_VERSION, run_tenant_scripts};
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
    /// Another tenant has it.
    #[error("the slug {0:?} is taken")]
    SlugTaken(String),
    /// Another tenant has it.
    #[error("the host {0:?} is taken")]
    HostTaken(String),
    /// The database refused or is away.
    #[error(transparent)]
    Door(#[from] DoorError),
}

/// Another tenant has it, or had it until lately.
const SLUG_TAKEN: [&str; 2] = ["tenants_slug_unique", "tenants_slug_buried"];
const HOST_TAKEN: [&str; 2] = ["domains_pk", "domains_host_buried"];

/// Whether a slug can be part of a host name.
pub fn is_slug(slug: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (2..=40).contains(&slug.len())
        && slug.bytes().all(|byte| inner(byte) || byte == b'-')
        && slug.bytes().next().is_some_and(inner)
        && slug.bytes().last().is_some_and(inner)
}

/// Makes the tenant; `read_models` are the definitions of its read models' tables.
pub async fn provision(
    tenants: &Tenants,
    master: &MasterKey,
    new: &NewTenant,
    read_models: &[String],
) -> Result<(), ProvisionError> {
    let key = master.new_tenant_key(new.id);
    Ok(raise(tenants, new, "provisioning", &key, read_models).await?.commit().await?)
}

/// The same in a transaction that's still open, for who has more to put into it; the tenant begins
/// in this state and with this key, sealed under the master key.
pub async fn raise(
    tenants: &Tenants,
    new: &NewTenant,
    state: &str,
    sealed_key: &[u8],
    read_models: &[String],
) -> Result<TenantTx, ProvisionError> {
    if !is_slug(&new.slug) {
        return Err(ProvisionError::BadSlug(new.slug.clone()));
    }
    let role = new.id.schema();
    // The builder may make roles and the owner may make schemas; neither may do both.
    let mut tx =
        begin(tenants.cell().builder_pool()?, "set local statement_timeout = 60000").await?;
    tx.execute(
        format!(
            "create role {role} nologin; grant {role} to {APP_LOGIN}; \
             grant {TENANT_GROUP_ROLE} to {role}; \
             set local role {OWNER_ROLE}; set local lock_timeout = '5s'; \
             create schema {role};"
        )
        .as_str(),
    )
    .await
    .map_err(DoorError::from)?;
    let mut tx = TenantTx::of_owner(tx, new.id);
    fill(&mut tx, new, state, sealed_key, read_models).await.map_err(|error| match error {
        DoorError::Constraint(name) if SLUG_TAKEN.contains(&&*name) => {
            ProvisionError::SlugTaken(new.slug.clone())
        }
        DoorError::Constraint(name) if HOST_TAKEN.contains(&&*name) => {
            ProvisionError::HostTaken(new.host.clone())
        }
        error => ProvisionError::Door(error),
    })?;
    Ok(tx)
}

async fn fill(
    tx: &mut TenantTx,
    new: &NewTenant,
    state: &str,
    sealed_key: &[u8],
    read_models: &[String],
) -> Result<(), DoorError> {
    let at = to_database(new.at);
    // A log that comes back takes its names out of their grave.
    tx.query(
        "delete from platform.buried_names where holder = sha256(uuid_send($1)) and digest in
            (sha256(convert_to('slug:' || $2, 'UTF8')), sha256(convert_to('host:' || $3, 'UTF8')))",
    )
    .bind(new.log.0)
    .bind(&new.slug)
    .bind(&new.host)
    .execute()
    .await?;
    tx.query(
        "insert into platform.tenants (tenant_id, slug, name, state, schema_version, created_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(new.id.0)
    .bind(&new.slug)
    .bind(&new.name)
    .bind(state)
    .bind(TENANT_SCHEMA_VERSION)
    .bind(at)
    .execute()
    .await?;
    tx.query("insert into platform.domains (host, tenant_id, is_primary) values ($1, $2, true)")
        .bind(&new.host)
        .bind(new.id.0)
        .execute()
        .await?;
    tx.query("insert into platform.tenant_keys (tenant_id, sealed_key) values ($1, $2)")
        .bind(new.id.0)
        .bind(sealed_key)
        .execute()
        .await?;
    run_tenant_scripts(tx, 0).await?;
    tx.query(
        "insert into {t}.log_head (log_id, position, recorded_at, peaks) values ($1, 0, $2, '')",
    )
    .bind(new.log.0)
    .bind(at)
    .execute()
    .await?;
    tx.query("insert into cell.heads (tenant, position) values ($1, 0)")
        .bind(new.id.schema())
        .execute()
        .await?;
    for table in read_models {
        tx.run_file(table).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_what_a_host_name_may_begin_with() {
        for slug in ["acme", "a1", "umbrella-sa", "9to5"] {
            assert!(is_slug(slug), "{slug}");
        }
        for slug in ["", "a", "-acme", "acme-", "Acme", "a.b", "a_b", "a b", &"a".repeat(41)] {
            assert!(!is_slug(slug), "{slug}");
        }
    }
}
