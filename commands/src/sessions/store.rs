//! The table of sessions: found by the hash of their secret alone, so that no comparison of secrets
//! takes time by what they share, and a stolen copy of the table signs nobody in.

use domain::id::{MemberId, SessionId};
use domain::members::Proof;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::Timestamp as DatabaseTimestamp;
use migrations::keys::sha256;
use migrations::platform::to_database;
use migrations::{DoorError, TenantTx};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::PREFIX;

/// Base64 of the secret's bytes without padding.
const SECRET_CHARACTERS: usize = 43;
/// A use is noted when the last one noted is older than this, or than a tenth of the idle time.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(5);
/// How long a session is kept after it's over, for whoever looks into what happened.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// In which time links that are asked for are counted.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// A session beside the log: everything but its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub member: MemberId,
    /// The member's epoch when it began: in a later one it's over.
    pub epoch: u32,
    /// How the member showed who they are.
    pub proofs: Vec<Proof>,
    /// Since when.
    pub began_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// After how many minutes without a request it ends.
    pub idle_minutes: u32,
    /// When it was last used, give or take five minutes.
    pub seen_at: Timestamp,
    /// When somebody ended it.
    pub ended_at: Option<Timestamp>,
}

impl SessionRecord {
    /// When it ends unless it's used before.
    pub fn idle_expires_at(&self) -> Timestamp {
        let idle = SignedDuration::from_mins(i64::from(self.idle_minutes));
        self.expires_at.min(self.seen_at + idle)
    }

    /// Whether it's of use at a moment, as far as is known beside the log: whether its member is in
    /// the epoch that it began in is for their stream to say.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.idle_expires_at()
    }

    fn is_worth_noting(&self, now: Timestamp) -> bool {
        let tenth = SignedDuration::from_secs(i64::from(self.idle_minutes) * 6);
        self.seen_at + NOTED_EVERY.min(tenth) <= now
    }
}

const SELECT: &str = "select session_id, member_id, epoch, proofs, began_at, expires_at,
        idle_minutes, seen_at, ended_at
    from {t}.sessions ";

fn read(row: &PgRow) -> Result<SessionRecord, DoorError> {
    let instant = |n| Ok::<_, sqlx::Error>(row.try_get::<DatabaseTimestamp, _>(n)?.to_jiff());
    let proofs: Vec<String> = row.try_get(3)?;
    let ended: Option<DatabaseTimestamp> = row.try_get(8)?;
    Ok(SessionRecord {
        id: SessionId(row.try_get(0)?),
        member: MemberId(row.try_get(1)?),
        // A number that is none stands for an epoch that no member is in.
        epoch: u32::try_from(row.try_get::<i64, _>(2)?).unwrap_or(u32::MAX),
        proofs: proofs.iter().filter_map(|name| Proof::parse(name)).collect(),
        began_at: instant(4)?,
        expires_at: instant(5)?,
        idle_minutes: u32::try_from(row.try_get::<i32, _>(6)?).unwrap_or_default(),
        seen_at: instant(7)?,
        ended_at: ended.map(DatabaseTimestamp::to_jiff),
    })
}

/// The session with this secret, if it's of use now as far as is known beside the log. That it was
/// used is noted now and then.
pub async fn authenticate(
    tx: &mut TenantTx,
    secret: &str,
    now: Timestamp,
) -> Result<Option<SessionRecord>, DoorError> {
    let body = secret.strip_prefix(PREFIX);
    if body.is_none_or(|body| body.len() != SECRET_CHARACTERS) {
        return Ok(None);
    }
    let sql = migrations::Template::assembled([SELECT, "where digest = $1"]);
    let row = tx.query(sql).bind(sha256(secret.as_bytes()).to_vec()).fetch_optional().await?;
    let found = row.as_ref().map(read).transpose()?.filter(|session| session.is_live(now));
    if let Some(session) = found.as_ref().filter(|session| session.is_worth_noting(now)) {
        tx.query("update {t}.sessions set seen_at = $2 where session_id = $1 and seen_at < $2")
            .bind(session.id.0)
            .bind(to_database(now))
            .execute()
            .await?;
    }
    Ok(found)
}

/// One session.
pub async fn find(
    tx: &mut TenantTx,
    session: SessionId,
) -> Result<Option<SessionRecord>, DoorError> {
    let sql = migrations::Template::assembled([SELECT, "where session_id = $1"]);
    tx.query(sql).bind(session.0).fetch_optional().await?.as_ref().map(read).transpose()
}

/// The sessions of a member in an epoch that are of use now, the latest first.
pub async fn live(
    tx: &mut TenantTx,
    member: MemberId,
    epoch: u32,
    now: Timestamp,
) -> Result<Vec<SessionRecord>, DoorError> {
    let sql = migrations::Template::assembled([
        SELECT,
        "where member_id = $1 and epoch = $2 and ended_at is null and expires_at > $3
         order by began_at desc, session_id desc",
    ]);
    let query = tx.query(sql).bind(member.0).bind(i64::from(epoch)).bind(to_database(now));
    let rows = query.fetch_all().await?;
    let mut sessions = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    sessions.retain(|session| session.is_live(now));
    Ok(sessions)
}

/// Writes down a session that has begun, and lets go of what is long over.
pub(super) async fn put(
    tx: &mut TenantTx,
    session: &SessionRecord,
    secret: &str,
) -> Result<(), DoorError> {
    tx.query("delete from {t}.sessions where member_id = $1 and expires_at < $2")
        .bind(session.member.0)
        .bind(to_database(session.began_at - KEPT))
        .execute()
        .await?;
    tx.query(
        "insert into {t}.sessions (session_id, digest, member_id, epoch, proofs, began_at,
            expires_at, idle_minutes, seen_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(session.id.0)
    .bind(sha256(secret.as_bytes()).to_vec())
    .bind(session.member.0)
    .bind(i64::from(session.epoch))
    .bind(session.proofs.iter().map(|proof| proof.as_str()).collect::<Vec<_>>())
    .bind(to_database(session.began_at))
    .bind(to_database(session.expires_at))
    .bind(i32::try_from(session.idle_minutes).unwrap_or(i32::MAX))
    .bind(to_database(session.seen_at))
    .execute()
    .await?;
    Ok(())
}

/// Makes a session useless from now on.
pub(super) async fn end(
    tx: &mut TenantTx,
    session: SessionId,
    now: Timestamp,
) -> Result<(), DoorError> {
    tx.query("update {t}.sessions set ended_at = $2 where session_id = $1 and ended_at is null")
        .bind(session.0)
        .bind(to_database(now))
        .execute()
        .await?;
    Ok(())
}

/// Counts that a link was asked for; answers how many were in the running hour, this one included.
pub(super) async fn count_ask(
    tx: &mut TenantTx,
    member: MemberId,
    now: Timestamp,
) -> Result<i32, DoorError> {
    let row = tx
        .query(
            "insert into {t}.sign_in_asks as a (member_id, window_began, asks) values ($1, $2, 1)
             on conflict (member_id) do update set
                window_began = case when a.window_began <= $3 then $2 else a.window_began end,
                asks = case when a.window_began <= $3 then 1 else least(a.asks, 1000000) + 1 end
             returning asks",
        )
        .bind(member.0)
        .bind(to_database(now))
        .bind(to_database(now - WINDOW))
        .fetch_one()
        .await?;
    Ok(row.try_get(0)?)
}

/// When a link was first opened.
pub(super) async fn opened_at(
    tx: &mut TenantTx,
    link: Uuid,
) -> Result<Option<Timestamp>, DoorError> {
    let row = tx
        .query("select created_at from {t}.links where link_id = $1")
        .bind(link)
        .fetch_optional()
        .await?;
    row.map(|row| Ok(row.try_get::<DatabaseTimestamp, _>(0)?.to_jiff())).transpose()
}
