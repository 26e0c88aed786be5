//! Access tokens: random secrets of which only a hash is kept, looked up by it, so that no
//! comparison of secrets takes time by what they share. A token narrows what its member may do; it
//! never widens.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::{MemberId, TenantId};
use jiff::Timestamp;
use jiff_sqlx::Timestamp as DatabaseTimestamp;
use migrations::keys::sha256;
use migrations::platform::to_database;
use migrations::{DoorError, Tenants};
use ring::rand::{SecureRandom, SystemRandom};
use sqlx::Row;
use uuid::Uuid;

const PREFIX: &str = "cm_";
const SECRET_BYTES: usize = 32;
/// Base64 of so many bytes without padding.
const SECRET_CHARACTERS: usize = SECRET_BYTES.div_ceil(3) * 4 - 1;

/// The slices that a scope can name.
pub const SLICES: [&str; 10] = [
    "billing",
    "budgets",
    "catalogue",
    "files",
    "import",
    "leave",
    "members",
    "settings",
    "subscription",
    "time",
];

/// Reading or changing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Reading.
    Read,
    /// Changing, which includes reading.
    Write,
}

/// One thing that a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everything that the member may do.
    Admin,
    /// The feed of events and the history of objects.
    EventsRead,
    /// One of `SLICES`.
    Slice(&'static str, Access),
}

/// The text names no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scope is admin, events:read, or one of {} with :read or :write", SLICES.join(", "))]
pub struct ScopeError;

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Admin => f.write_str("admin"),
            Scope::EventsRead => f.write_str("events:read"),
            Scope::Slice(slice, Access::Read) => write!(f, "{slice}:read"),
            Scope::Slice(slice, Access::Write) => write!(f, "{slice}:write"),
        }
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        match text {
            "admin" => return Ok(Scope::Admin),
            "events:read" => return Ok(Scope::EventsRead),
            _ => {}
        }
        let (name, access) = text.split_once(':').ok_or(ScopeError)?;
        let slice = SLICES.into_iter().find(|slice| *slice == name).ok_or(ScopeError)?;
        match access {
            "read" => Ok(Scope::Slice(slice, Access::Read)),
            "write" => Ok(Scope::Slice(slice, Access::Write)),
            _ => Err(ScopeError),
        }
    }
}

/// What a token may be used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scopes {
    /// Everything that the member may do.
    All,
    /// These things only.
    Only(BTreeSet<Scope>),
}

impl Scopes {
    /// Those of a list, where an empty one stands for everything.
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Self {
        let scopes: BTreeSet<Scope> = scopes.into_iter().collect();
        if scopes.is_empty() { Scopes::All } else { Scopes::Only(scopes) }
    }

    /// Whether they include this one.
    pub fn allow(&self, needed: Scope) -> bool {
        let Scopes::Only(scopes) = self else { return true };
        let writes = match needed {
            Scope::Slice(slice, Access::Read) => Scope::Slice(slice, Access::Write),
            Scope::Slice(_, Access::Write) | Scope::Admin | Scope::EventsRead => needed,
        };
        [needed, writes, Scope::Admin].iter().any(|scope| scopes.contains(scope))
    }

    /// Their names; none for everything, and one that no scope has where nothing is allowed.
    pub fn names(&self) -> Vec<String> {
        match self {
            Scopes::All => Vec::new(),
            Scopes::Only(scopes) if scopes.is_empty() => vec!["nothing".to_owned()],
            Scopes::Only(scopes) => scopes.iter().map(Scope::to_string).collect(),
        }
    }

    /// What is stored: a name that this version does not know allows nothing, and does not turn the
    /// list into the empty one that allows everything.
    fn stored(names: &[String]) -> Self {
        match names {
            [] => Scopes::All,
            names => Scopes::Only(names.iter().filter_map(|name| name.parse().ok()).collect()),
        }
    }
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its id.
    pub id: Uuid,
    /// In whose right it's used.
    pub member: MemberId,
    /// What it may be used for.
    pub scopes: Scopes,
    /// Until when; none = until it's revoked.
    pub expires_at: Option<Timestamp>,
}

/// A token as it's listed: everything but its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its id.
    pub id: Uuid,
    /// In whose right it's used.
    pub member: MemberId,
    /// What it may be used for.
    pub scopes: Scopes,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when; none = until it's revoked.
    pub expires_at: Option<Timestamp>,
    /// Since when it's of no use.
    pub revoked_at: Option<Timestamp>,
}

/// Who a request comes from, by its token. Whether the member is active is for their stream to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// The token.
    pub token: Uuid,
    /// In whose right.
    pub member: MemberId,
    /// What the token may be used for.
    pub scopes: Scopes,
}

/// Makes a token; answers its secret, which is shown once and can't be had again.
pub async fn issue(
    tenants: &Tenants,
    tenant: TenantId,
    new: NewToken,
    now: Timestamp,
) -> Result<String, DoorError> {
    let mut bytes = [0; SECRET_BYTES];
    SystemRandom::new().fill(&mut bytes).expect("the system's random source answers");
    let secret = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
    let mut tx = tenants.begin(tenant).await?;
    tx.query(
        "insert into {t}.tokens (token_id, digest, member_id, scopes, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(new.id)
    .bind(sha256(secret.as_bytes()).to_vec())
    .bind(new.member.0)
    .bind(new.scopes.names())
    .bind(to_database(now))
    .bind(new.expires_at.map(to_database))
    .execute()
    .await?;
    tx.commit().await?;
    Ok(secret)
}

/// Who has this secret; nobody where there is no such token of this tenant, or it's of no use now.
pub async fn authenticate(
    tenants: &Tenants,
    tenant: TenantId,
    secret: &str,
    now: Timestamp,
) -> Result<Option<Authenticated>, DoorError> {
    let body = secret.strip_prefix(PREFIX);
    if body.is_none_or(|body| body.len() != SECRET_CHARACTERS) {
        return Ok(None);
    }
    let mut tx = tenants.begin(tenant).await?;
    let row = tx
        .query(
            "select token_id, member_id, scopes from {t}.tokens
             where digest = $1 and revoked_at is null and (expires_at is null or expires_at > $2)",
        )
        .bind(sha256(secret.as_bytes()).to_vec())
        .bind(to_database(now))
        .fetch_optional()
        .await?;
    tx.commit().await?;
    row.map(|row| {
        Ok(Authenticated {
            token: row.try_get(0)?,
            member: MemberId(row.try_get(1)?),
            scopes: Scopes::stored(&row.try_get::<Vec<String>, _>(2)?),
        })
    })
    .transpose()
}

/// Makes a token useless from now on; answers whether there was such a token that was of use.
pub async fn revoke(
    tenants: &Tenants,
    tenant: TenantId,
    token: Uuid,
    now: Timestamp,
) -> Result<bool, DoorError> {
    let mut tx = tenants.begin(tenant).await?;
    let revoked = tx
        .query("update {t}.tokens set revoked_at = $2 where token_id = $1 and revoked_at is null")
        .bind(token)
        .bind(to_database(now))
        .execute()
        .await?;
    tx.commit().await?;
    Ok(revoked > 0)
}

/// Every token, of one member or of all, the latest first.
pub async fn list(
    tenants: &Tenants,
    tenant: TenantId,
    member: Option<MemberId>,
) -> Result<Vec<TokenRecord>, DoorError> {
    let mut tx = tenants.begin(tenant).await?;
    let rows = tx
        .query(
            "select token_id, member_id, scopes, created_at, expires_at, revoked_at
             from {t}.tokens where $1::uuid is null or member_id = $1
             order by created_at desc, token_id desc",
        )
        .bind(member.map(|member| member.0))
        .fetch_all()
        .await?;
    tx.commit().await?;
    let instant = |at: Option<DatabaseTimestamp>| at.map(DatabaseTimestamp::to_jiff);
    rows.iter()
        .map(|row| {
            Ok(TokenRecord {
                id: row.try_get(0)?,
                member: MemberId(row.try_get(1)?),
                scopes: Scopes::stored(&row.try_get::<Vec<String>, _>(2)?),
                created_at: row.try_get::<DatabaseTimestamp, _>(3)?.to_jiff(),
                expires_at: instant(row.try_get(4)?),
                revoked_at: instant(row.try_get(5)?),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
