//! Makes a tenant as another one was at a moment. Its log gets a name of its own and leaves made
//! anew, because from that moment on it's another history; the events in it are the same.

use domain::id::{LogId, TenantId};
use domain::tenancy::{NoteCopy, TenancyCommand, TenantCloned};
use jiff::Timestamp;
use jiff_sqlx::Timestamp as DatabaseTimestamp;
use migrations::keys::TenantKeys;
use migrations::keys::carry::CarryKey;
use migrations::platform::TenantRecord;
use migrations::provision::{NewTenant, ProvisionError, raise};
use migrations::{DoorError, TenantTx};
use sqlx::Row;
use uuid::Uuid;

use super::export_files::{CarryError, copy_files};
use super::export_form::{CommandLine, Skipped};
use super::import::ARRIVING;
use super::import_rows::{
    insert_commands, insert_events, insert_keys, insert_skipped, keys_after, refold_claims,
    set_head,
};
use super::lifecycle::Lifecycle;
use crate::event_log::audit::row_leaf;
use crate::event_log::read::{ReadError, head_position, position_at, rows_after};
use crate::refused::CommandError;

/// How many rows are copied at a time.
const ROWS: i64 = 2_000;

/// Up to where a log is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// As it is.
    Now,
    /// After this position.
    Position(i64),
    /// After the last event recorded at or before this instant.
    Instant(Timestamp),
}

/// What is to be copied, and what the copy is to be called.
#[derive(Debug, Clone, Copy)]
pub struct Copy<'a> {
    /// The tenant to copy.
    pub source: &'a TenantRecord,
    /// As of when.
    pub moment: Moment,
    /// What the host of the copy is to begin with.
    pub slug: &'a str,
    /// The host that is to lead to it.
    pub host: &'a str,
}

/// A copy whose rows are all there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The new tenant.
    pub tenant: TenantRecord,
    /// The one it's a copy of.
    pub source: TenantId,
    /// Up to which position of that one.
    pub position: i64,
}

/// Why no copy was made.
#[derive(Debug, thiserror::Error)]
pub enum CloneError {
    /// The position is not in the log yet.
    #[error("the log ends at {head}")]
    Future {
        /// The log's head.
        head: i64,
    },
    /// The platform's own log is no tenant.
    #[error("the platform's own log is no tenant")]
    Platform,
    /// Slug or host is bad or taken, or the database is away.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// A file can't be copied.
    #[error(transparent)]
    Files(#[from] CarryError),
    /// A row does not fit.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The log can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<DoorError> for CloneError {
    fn from(error: DoorError) -> Self {
        ProvisionError::from(error).into()
    }
}

impl From<sqlx::Error> for CloneError {
    fn from(error: sqlx::Error) -> Self {
        DoorError::from(error).into()
    }
}

/// Copies the rows of a tenant up to a moment, or finds the copy that a run before made. Its read
/// models are empty yet, and its host leads nowhere: see `open_doors`. `each` is told how many
/// events are done.
pub async fn copy(
    lifecycle: &Lifecycle<'_>,
    copy: &Copy<'_>,
    read_models: &[String],
    mut each: impl FnMut(i64) + Send,
) -> Result<Copied, CloneError> {
    let source = copy.source.id;
    if source.is_platform() {
        return Err(CloneError::Platform);
    }
    let log = lifecycle.commands.log();
    let mut from = log.tenants().begin_snapshot(source).await?;
    let position = position_of(&mut from, copy.moment).await?;
    if let Some(begun) = lifecycle.platform.tenant_by_slug(copy.slug).await? {
        if begun.state != ARRIVING || !is_copy(lifecycle, &mut from, &begun, position).await? {
            return Err(ProvisionError::SlugTaken(copy.slug.to_owned()).into());
        }
        take_files(lifecycle, from, begun.id, position).await?;
        return Ok(Copied { tenant: begun, source, position });
    }
    let new = NewTenant {
        id: TenantId(log.clock().new_id()),
        log: LogId(log.clock().new_id()),
        slug: copy.slug.to_owned(),
        name: copy.source.name.clone(),
        host: copy.host.to_owned(),
        at: log.clock().now(),
    };
    let keys = log.keys().of(source).await.map_err(CommandError::from)?;
    let carry = CarryKey::random();
    let claims = keys.carry_claims(&carry);
    let arriving = log.keys().master().arriving(new.id, Some((&claims, &carry)));
    let arriving = arriving.expect("what was sealed a line above opens");
    let mut to = raise(log.tenants(), &new, ARRIVING, &arriving.sealed, read_models).await?;
    copy_keys(&mut from, &mut to, (&keys, &arriving.keys), &carry).await?;
    copy_log(&mut from, &mut to, &new, &arriving.keys, position, &mut each).await?;
    copy_commands(&mut from, &mut to, position).await?;
    copy_skipped(&mut from, &mut to, position).await?;
    to.commit().await?;
    take_files(lifecycle, from, new.id, position).await?;
    let tenant = lifecycle.platform.tenant_by_id(new.id).await?.ok_or(DoorError::NoSuchTenant)?;
    Ok(Copied { tenant, source, position })
}

/// Lets the host of a copy lead to it, now that its read models are built, and has the platform
/// take note, for both tenants.
pub async fn open_doors(lifecycle: &Lifecycle<'_>, copied: &Copied) -> Result<(), CloneError> {
    let Copied { tenant: TenantRecord { id: tenant, .. }, source, position } = *copied;
    let log = lifecycle.commands.log();
    lifecycle.signer.sign(log.tenants(), tenant, log.clock().now()).await?;
    let of = lifecycle.platform.tenant_by_id(source).await?.ok_or(DoorError::NoSuchTenant)?;
    lifecycle.introduce(&of).await?;
    lifecycle.introduce(&copied.tenant).await?;
    let note = NoteCopy::Cloned(TenantCloned { tenant, source, position });
    let key = Some(format!("cloned {tenant}"));
    lifecycle.record(vec![tenant, source], key, TenancyCommand::NoteCopy(note)).await?;
    Ok(lifecycle.platform.set_state(tenant, "active").await?)
}

async fn position_of(tx: &mut TenantTx, moment: Moment) -> Result<i64, CloneError> {
    let head = head_position(tx).await?;
    match moment {
        Moment::Now => Ok(head),
        Moment::Position(position) if position > head => Err(CloneError::Future { head }),
        Moment::Position(position) => Ok(position.max(0)),
        Moment::Instant(instant) => Ok(position_at(tx, instant).await?),
    }
}

/// Whether a tenant that is being made is the copy that is asked for: it ends with the same event.
async fn is_copy(
    lifecycle: &Lifecycle<'_>,
    from: &mut TenantTx,
    begun: &TenantRecord,
    position: i64,
) -> Result<bool, CloneError> {
    let mut to = lifecycle.commands.log().tenants().begin(begun.id).await?;
    let same_end = head_position(&mut to).await? == position;
    let mut ends = Vec::new();
    for tx in [from, &mut to] {
        let sql = "select event_id from {t}.events where position = $1";
        let row = tx.query(sql).bind(position).fetch_optional().await?;
        ends.push(row.map(|row| row.try_get::<Uuid, _>(0)).transpose()?);
    }
    Ok(same_end && ends[0] == ends[1])
}

/// The files of that moment: an object is written before the event that names it, so what is
/// younger than the first event that is not copied is not named by one that is.
async fn take_files(
    lifecycle: &Lifecycle<'_>,
    mut from: TenantTx,
    to: TenantId,
    position: i64,
) -> Result<(), CloneError> {
    let sql = "select recorded_at from {t}.events where position = $1";
    let next = from.query(sql).bind(position + 1).fetch_optional().await?;
    let until = match next {
        Some(row) => row.try_get::<DatabaseTimestamp, _>(0)?.to_jiff(),
        None => Timestamp::MAX,
    };
    let (source, copy) = (lifecycle.files.of(from.tenant()), lifecycle.files.of(to));
    // Files may take their time, and a transaction must not.
    from.commit().await?;
    Ok(copy_files(&source, &copy, until).await?)
}

async fn copy_log(
    from: &mut TenantTx,
    to: &mut TenantTx,
    new: &NewTenant,
    keys: &TenantKeys,
    position: i64,
    each: &mut (impl FnMut(i64) + Send),
) -> Result<(), CloneError> {
    let mut range = domain::log::CompactRange::new();
    let mut recorded_at = new.at.min(Timestamp::UNIX_EPOCH);
    while (range.size() as i64) < position {
        let done = range.size() as i64;
        let mut rows = rows_after(from, done, ROWS.min(position - done)).await?;
        let Some(last) = rows.last() else { return Err(CloneError::Future { head: done }) };
        recorded_at = last.recorded_at;
        for row in &mut rows {
            let leaf = row_leaf(new.log, row);
            row.leaf_hash = leaf.to_vec();
            range.push(leaf);
        }
        insert_events(to, &rows).await?;
        refold_claims(to, keys, &rows).await?;
        each(range.size() as i64);
    }
    Ok(set_head(to, &range, recorded_at).await?)
}

/// Every key of a personal text, sealed anew under the copy's own key; what was destroyed since is
/// destroyed in the copy too, however long ago its moment was.
async fn copy_keys(
    from: &mut TenantTx,
    to: &mut TenantTx,
    (of_source, of_copy): (&TenantKeys, &TenantKeys),
    carry: &CarryKey,
) -> Result<(), CloneError> {
    let mut after = (Uuid::nil(), String::new());
    loop {
        let mut keys = keys_after(from, (after.0, &after.1), ROWS).await?;
        for key in &mut keys {
            if let Some(sealed) = key.sealed.take() {
                let carried = of_source
                    .carry_subject(key.subject, &key.class, &sealed, carry)
                    .map_err(CommandError::from)?;
                key.sealed = of_copy.take_subject(key.subject, &key.class, &carried, carry);
            }
            after = (key.subject, key.class.clone());
        }
        if keys.is_empty() {
            return Ok(());
        }
        insert_keys(to, &keys).await?;
    }
}

async fn copy_commands(
    from: &mut TenantTx,
    to: &mut TenantTx,
    position: i64,
) -> Result<(), CloneError> {
    let mut after: Option<Uuid> = None;
    loop {
        let rows = from
            .query(
                "select command_id, request_digest, status, outcome, position, recorded_at
                 from {t}.commands where position <= $3 and ($1::uuid is null or command_id > $1)
                 order by command_id limit $2",
            )
            .bind(after)
            .bind(ROWS)
            .bind(position)
            .fetch_all()
            .await?;
        let lines = rows.iter().map(CommandLine::read).collect::<Result<Vec<_>, _>>()?;
        let Some(last) = lines.last() else { return Ok(()) };
        after = Some(last.command_id);
        insert_commands(to, &lines).await?;
    }
}

async fn copy_skipped(
    from: &mut TenantTx,
    to: &mut TenantTx,
    position: i64,
) -> Result<(), CloneError> {
    let mut skipped = Skipped::of(from).await?;
    skipped.retain(|one| one.position <= position);
    Ok(insert_skipped(to, &skipped).await?)
}
