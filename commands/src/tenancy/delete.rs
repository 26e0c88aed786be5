//! Ends a tenant: days of grace in which its hosts lead nowhere and it can be had back, then
//! destruction in steps that a next run goes on with. What is left is a certificate on the
//! platform's log of where its log ended.

use domain::id::TenantId;
use domain::log::Event;
use domain::personal::{Personal, Unique};
use domain::tenancy::{
    RequestDeletion, TenancyCommand, TenancyEvent, TenantDeleted, tenant_stream,
};
use jiff::Timestamp;
use migrations::DoorError;
use migrations::files::FileError;
use migrations::keys::hex;
use migrations::platform::{TenantRecord, to_database};
use migrations::remove::{self, Deletion, LastHead};

use super::lifecycle::Lifecycle;
use super::operations::follow;
use crate::event_log::read::stream_after;
use crate::refused::CommandError;
use crate::unit::open_personal;

/// Why a tenant was not ended.
#[derive(Debug, thiserror::Error)]
pub enum DeleteError {
    /// The platform's own log is no tenant.
    #[error("the platform's own log is no tenant")]
    Platform,
    /// It's being destroyed.
    #[error(
        "the tenant is being destroyed and can't be had back; `tenant delete --due` completes it"
    )]
    TooLate,
    /// Nobody asked for its deletion.
    #[error("the tenant is not to be deleted")]
    NotDeleting,
    /// What was signed for it can't be removed.
    #[error("the checkpoints outside of the database can't be removed: {0}")]
    Checkpoints(std::io::Error),
    /// Its files can't be destroyed.
    #[error(transparent)]
    Files(#[from] FileError),
    /// The platform's log can't take note of it.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The database refused or is away.
    #[error(transparent)]
    Door(#[from] DoorError),
}

/// A step of a destruction, for who watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Its key is destroyed, its names are buried, nobody gets in.
    Locked,
    /// So many tables are left.
    Tables(usize),
}

/// Asks for a tenant's deletion from this moment on, or moves it. Its hosts lead nowhere at once.
pub async fn request(
    lifecycle: &Lifecycle<'_>,
    tenant: &TenantRecord,
    due: Timestamp,
) -> Result<(), DeleteError> {
    if tenant.id.is_platform() {
        return Err(DeleteError::Platform);
    }
    if is_begun(lifecycle, tenant.id).await? {
        return Err(DeleteError::TooLate);
    }
    lifecycle.introduce(tenant).await?;
    let command = TenancyCommand::RequestDeletion(RequestDeletion { due });
    lifecycle.record(vec![tenant.id], None, command).await?;
    let tenants = lifecycle.commands.log().tenants();
    if !remove::schedule(tenants, tenant.id, due).await? {
        return Err(DeleteError::TooLate);
    }
    Ok(follow(lifecycle.commands, lifecycle.platform, tenant.id).await?)
}

/// Takes a deletion back within its days of grace.
pub async fn cancel(lifecycle: &Lifecycle<'_>, tenant: TenantId) -> Result<(), DeleteError> {
    let tenants = lifecycle.commands.log().tenants();
    if is_begun(lifecycle, tenant).await? {
        return Err(DeleteError::TooLate);
    }
    // The catalogue first: a run that is cut off here leaves a tenant that is not destroyed.
    let back = remove::cancel(tenants, tenant).await?;
    let command = TenancyCommand::CancelDeletion(domain::tenancy::CancelDeletion);
    match lifecycle.record(vec![tenant], None, command).await {
        Err(CommandError::Refused(_)) if !back => return Err(DeleteError::NotDeleting),
        Err(CommandError::Refused(_)) => {}
        outcome => outcome?,
    }
    Ok(follow(lifecycle.commands, lifecycle.platform, tenant).await?)
}

async fn is_begun(lifecycle: &Lifecycle<'_>, tenant: TenantId) -> Result<bool, DoorError> {
    let all = remove::deletions(lifecycle.commands.log().tenants()).await?;
    Ok(all.iter().any(|it| it.tenant == tenant && it.begun_at.is_some()))
}

/// The deletions whose days of grace are over, and those that a run before began.
pub async fn due(lifecycle: &Lifecycle<'_>, at: Timestamp) -> Result<Vec<Deletion>, DeleteError> {
    let mut deletions = remove::deletions(lifecycle.commands.log().tenants()).await?;
    deletions.retain(|deletion| deletion.due_at <= at || deletion.begun_at.is_some());
    Ok(deletions)
}

/// Destroys a tenant whose deletion is due, all of it: key, files, tables, schema, role, names,
/// what the catalogue and the platform's log know of it. `each` is told how far it is. Answers
/// where its log ended, as the certificate says it.
pub async fn destroy(
    lifecycle: &Lifecycle<'_>,
    tenant: TenantId,
    mut each: impl FnMut(Step) + Send,
) -> Result<LastHead, DeleteError> {
    let log = lifecycle.commands.log();
    let (tenants, at) = (log.tenants(), log.clock().now());
    if !due(lifecycle, at).await?.iter().any(|deletion| deletion.tenant == tenant) {
        return Err(DeleteError::NotDeleting);
    }
    let names = names_of(lifecycle, tenant).await?;
    let head = remove::begin_destruction(tenants, tenant, &names, at).await?;
    log.keys().forget(tenant);
    each(Step::Locked);
    lifecycle.files.of(tenant).delete_all().await?;
    remove::drop_tables(tenants, tenant, |left| each(Step::Tables(left))).await?;
    lifecycle.signer.forget(tenant).map_err(DeleteError::Checkpoints)?;
    erase_names(lifecycle, tenant, at).await?;
    let root = hex(&head.root);
    let certificate = TenantDeleted { tenant, log: head.log, position: head.position, root };
    let command = TenancyCommand::CertifyDeletion(certificate);
    lifecycle.record(vec![tenant], Some(format!("deleted {tenant}")), command).await?;
    remove::finish(tenants, tenant).await?;
    Ok(head)
}

/// Every slug and host that a tenant has or had, by the platform's log.
async fn names_of(
    lifecycle: &Lifecycle<'_>,
    tenant: TenantId,
) -> Result<Vec<String>, CommandError> {
    let log = lifecycle.commands.log();
    let keys = log.keys().of(TenantId::PLATFORM).await?;
    let mut tx = log.tenants().begin(TenantId::PLATFORM).await?;
    let rows = stream_after(&mut tx, tenant_stream(tenant), 0).await?;
    let mut events = rows.iter().map(|row| row.decode()).collect::<Result<Vec<_>, _>>()?;
    open_personal(&mut tx, &keys, &mut events).await?;
    tx.commit().await?;
    let mut names = Vec::new();
    for recorded in events {
        let Event::Tenancy(event) = recorded.event else { continue };
        let (slug, host) = names_in(event);
        names.extend(slug.and_then(|slug| slug.get().cloned()));
        names.extend(host.and_then(|host| Some(host.get()?.text.clone())));
    }
    Ok(names)
}

type Names = (Option<Personal<String>>, Option<Personal<Unique>>);

/// The slug and the host that an event names.
fn names_in(event: TenancyEvent) -> Names {
    match event {
        TenancyEvent::TenantCreated(event) => (Some(event.slug), Some(event.host)),
        TenancyEvent::TenantRenamed(event) => (event.slug, event.host),
        TenancyEvent::DomainAdded(event) => (None, Some(event.host)),
        TenancyEvent::DomainVerified(event) => (None, Some(event.host)),
        TenancyEvent::DomainMadePrimary(event) => (None, Some(event.host)),
        TenancyEvent::DomainRemoved(event) => (None, Some(event.host)),
        TenancyEvent::TenantSuspended(_)
        | TenancyEvent::TenantResumed(_)
        | TenancyEvent::TenantExported(_)
        | TenancyEvent::TenantImported(_)
        | TenancyEvent::TenantCloned(_)
        | TenancyEvent::TenantDeletionRequested(_)
        | TenancyEvent::TenantDeletionCancelled(_)
        | TenancyEvent::TenantDeleted(_) => (None, None),
    }
}

/// Destroys the keys under which the platform's log has the tenant's names.
async fn erase_names(
    lifecycle: &Lifecycle<'_>,
    tenant: TenantId,
    at: Timestamp,
) -> Result<(), DoorError> {
    let mut tx = lifecycle.commands.log().tenants().begin(TenantId::PLATFORM).await?;
    tx.query(
        "update {t}.subject_keys set sealed_key = null, destroyed_at = $2
         where subject_id = $1 and sealed_key is not null",
    )
    .bind(tenant.0)
    .bind(to_database(at))
    .execute()
    .await?;
    tx.commit().await
}
