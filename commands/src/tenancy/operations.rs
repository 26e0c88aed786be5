//! How a change of a tenant as a whole is made: a command on the platform's log decides it, and the
//! catalogue follows. A program that was killed between the two leaves a catalogue that is behind;
//! the same change made again, or any other, brings it up to date.

use domain::id::TenantId;
use domain::log::Event;
use domain::personal::Personal;
use domain::tenancy::{Refusal, Standing, Tenancy, TenancyEvent, tenant_stream};
use jiff::{Timestamp, ToSpan};
use migrations::catalogued::Catalogued;
use migrations::platform::{Platform, TenantRecord};

use crate::event_log::read::stream_after;
use crate::handle::{Command, Commands, Sender};
use crate::platform_log::{self, Recorded};
use crate::refused::{CommandError, Done, Reply};
use crate::subscription::settle;
use crate::unit::{Loaded, Unit, open_personal};

/// How long a host of the service rests after its tenant gave it up, in days.
pub const REST_DAYS: i64 = 365;

/// A tenant as a whole with the version of its stream.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownTenancy {
    /// The version.
    pub version: i32,
    /// The state.
    pub state: Tenancy,
}

/// What the platform's log says of a tenant now.
pub async fn tenancy_of(
    commands: &Commands,
    tenant: TenantId,
) -> Result<KnownTenancy, CommandError> {
    let log = commands.log();
    let keys = log.keys().of(TenantId::PLATFORM).await?;
    let mut tx = log.tenants().begin(TenantId::PLATFORM).await?;
    let rows = stream_after(&mut tx, tenant_stream(tenant), 0).await?;
    let mut events = rows.iter().map(|row| row.decode()).collect::<Result<Vec<_>, _>>()?;
    open_personal(&mut tx, &keys, &mut events).await?;
    tx.commit().await?;
    let mut known = KnownTenancy { version: 0, state: Tenancy::default() };
    for recorded in events {
        let event = TenancyEvent::try_from(recorded.event);
        known.state.evolve(&event.map_err(|_: Event| CommandError::NotFound)?);
        known.version = recorded.version;
    }
    Ok(known)
}

/// The domain under which tenants have their hosts.
pub async fn base_domain(platform: &Platform) -> Result<String, CommandError> {
    let hosts = platform.hosts_of(TenantId::PLATFORM).await?;
    hosts
        .into_iter()
        .next()
        .ok_or_else(|| CommandError::Internal("the platform has no host".into()))
}

/// Handles a command on a tenant as a whole and lets the catalogue follow. The sender's tenant is
/// the platform, whatever it says: that is where such commands are written.
pub async fn change(
    commands: &Commands,
    platform: &Platform,
    sender: Sender,
    tenant: &TenantRecord,
    command: impl Command,
) -> Result<Done, CommandError> {
    if tenant.id.is_platform() {
        return Err(CommandError::NotFound);
    }
    take_note(commands, platform, tenant).await?;
    let sender = Sender { tenant: TenantId::PLATFORM, ..sender };
    let done = commands.handle(sender, command).await?;
    follow(commands, platform, tenant.id).await?;
    // One that is resumed may still have to pay.
    settle(commands, platform, tenant.id).await?;
    Ok(done)
}

/// A tenant that was made before the platform kept a log is recorded when it's first changed.
async fn take_note(
    commands: &Commands,
    platform: &Platform,
    tenant: &TenantRecord,
) -> Result<(), CommandError> {
    if tenancy_of(commands, tenant.id).await?.version > 0 {
        return Ok(());
    }
    let host = platform.hosts_of(tenant.id).await?.into_iter().next();
    let made = Recorded {
        tenant: tenant.id,
        slug: tenant.slug.clone(),
        name: tenant.name.clone(),
        host: host.ok_or(CommandError::NotFound)?,
        country: None,
    };
    platform_log::record_tenant(commands, made).await
}

/// Makes the catalogue say what the platform's log says of a tenant. Hosts of the service that it
/// gave up rest from then on.
pub async fn follow(
    commands: &Commands,
    platform: &Platform,
    tenant: TenantId,
) -> Result<(), CommandError> {
    let KnownTenancy { version, state } = tenancy_of(commands, tenant).await?;
    let names = (clear(&state.slug), clear(&state.name));
    let (Some(slug), Some(name)) = names else { return Ok(()) };
    let hosts: Vec<(String, bool)> = state
        .domains
        .iter()
        .filter(|domain| domain.verified)
        .filter_map(|domain| Some((domain.host.get()?.text.clone(), domain.primary)))
        .collect();
    let base = format!(".{}", base_domain(platform).await?);
    let before = platform.hosts_of(tenant).await?;
    let kept = |host: &String| hosts.iter().any(|(now, _)| now == host);
    let gone: Vec<&str> = before
        .iter()
        .filter(|host| !kept(host) && host.ends_with(&base))
        .map(String::as_str)
        .collect();
    if !gone.is_empty() {
        platform.bury(&gone, rest_until(commands.log().clock().now())).await?;
    }
    let catalogued = Catalogued {
        stream_version: version,
        slug,
        name,
        state: match state.standing {
            Standing::Active => "active",
            Standing::Suspended => "suspended",
            Standing::Deleting { .. } | Standing::Deleted => "deleting",
        },
        hosts,
    };
    Ok(platform.catalogue(tenant, &catalogued).await?)
}

fn rest_until(now: Timestamp) -> Timestamp {
    now.saturating_add((REST_DAYS * 24).hours()).unwrap_or(Timestamp::MAX)
}

fn clear(text: &Option<Personal<String>>) -> Option<String> {
    text.as_ref().and_then(Personal::get).cloned()
}

/// Loads a tenant's stream and writes what is decided over it.
pub(super) async fn decide<E: IntoIterator<Item = TenancyEvent> + Send>(
    unit: &mut Unit<'_>,
    tenant: TenantId,
    decide: impl FnOnce(&Tenancy) -> Result<E, Refusal> + Send,
) -> Result<Reply, CommandError> {
    let tenancy: Loaded<Tenancy> = unit.write(tenant_stream(tenant)).await?;
    let events = decide(&tenancy.state)?;
    unit.emit(&tenancy, events);
    Ok(Reply::changed(tenant))
}
