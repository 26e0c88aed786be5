//! Links in mails. A link's secret is derived from its id under the tenant's key, so the database
//! holds nothing that opens anything; each is used once, for one purpose, until it expires. Of
//! another tenant, another purpose or nobody: all are answered alike.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::Timestamp as DatabaseTimestamp;
use migrations::keys::{TenantKeys, sha256};
use migrations::platform::to_database;
use migrations::{DoorError, TenantTx};
use sqlx::Row;
use uuid::Uuid;

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in; its subject is a member.
    SignIn,
    /// To become a registered member; its subject is the member.
    Invitation,
    /// To confirm a sign-up; its subject is the sign-up.
    SignupConfirmation,
}

impl Purpose {
    /// The stored name, which the secret is bound to.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::SignIn => "sign_in",
            Purpose::Invitation => "invitation",
            Purpose::SignupConfirmation => "signup_confirmation",
        }
    }

    /// How long a link is good for.
    pub fn lifetime(self) -> SignedDuration {
        match self {
            Purpose::SignIn => SignedDuration::from_mins(15),
            Purpose::Invitation => SignedDuration::from_hours(7 * 24),
            Purpose::SignupConfirmation => SignedDuration::from_hours(24),
        }
    }
}

/// A link that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Its id.
    pub id: Uuid,
    /// Whom or what it's about.
    pub subject: Uuid,
}

/// Why a link does not open what it's for.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// There is no such link for this purpose.
    #[error("this link is not known here; ask for a new one")]
    Unknown,
    /// It was used before.
    #[error("this link was used; ask for a new one")]
    Used,
    /// It came too late.
    #[error("this link has expired; ask for a new one")]
    Expired,
    /// The database is away.
    #[error(transparent)]
    Door(#[from] DoorError),
}

const ID_BYTES: usize = 16;
const SECRET_BYTES: usize = ID_BYTES + 32;

/// Opens a link and answers its secret, 64 characters of base64url. The same id gives the same
/// secret again, so a mail that is tried anew carries the same link; it's good for `lifetime` from
/// when it was first opened.
pub async fn open(
    tx: &mut TenantTx,
    keys: &TenantKeys,
    id: Uuid,
    purpose: Purpose,
    subject: Uuid,
    now: Timestamp,
) -> Result<String, DoorError> {
    tx.query(
        "insert into {t}.links (link_id, purpose, subject_id, created_at, expires_at)
         values ($1, $2, $3, $4, $5) on conflict (link_id) do nothing",
    )
    .bind(id)
    .bind(purpose.as_str())
    .bind(subject)
    .bind(to_database(now))
    .bind(to_database(now + purpose.lifetime()))
    .execute()
    .await?;
    let mut secret = id.as_bytes().to_vec();
    secret.extend(proof(keys, id, purpose));
    Ok(URL_SAFE_NO_PAD.encode(secret))
}

fn proof(keys: &TenantKeys, id: Uuid, purpose: Purpose) -> [u8; 32] {
    keys.digest("link", &[purpose.as_str().as_bytes(), id.as_bytes()])
}

/// The id in a secret whose proof is right for this purpose.
fn proven(keys: &TenantKeys, secret: &str, purpose: Purpose) -> Option<Uuid> {
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
    if bytes.len() != SECRET_BYTES {
        return None;
    }
    let (id, given) = bytes.split_at(ID_BYTES);
    let id = Uuid::from_slice(id).ok()?;
    // Hashes are compared, so that how long it takes tells nothing about the proof itself.
    (sha256(&proof(keys, id, purpose)) == sha256(given)).then_some(id)
}

/// Looks at a link without using it up: what a page may do when a mail scanner follows a link.
pub async fn look(
    tx: &mut TenantTx,
    keys: &TenantKeys,
    secret: &str,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Link, LinkError> {
    let id = proven(keys, secret, purpose).ok_or(LinkError::Unknown)?;
    let row = tx
        .query(
            "select subject_id, expires_at, used_at from {t}.links
             where link_id = $1 and purpose = $2 for update",
        )
        .bind(id)
        .bind(purpose.as_str())
        .fetch_optional()
        .await?
        .ok_or(LinkError::Unknown)?;
    let read = || -> Result<_, sqlx::Error> {
        let expires: DatabaseTimestamp = row.try_get(1)?;
        let used: Option<DatabaseTimestamp> = row.try_get(2)?;
        Ok((Link { id, subject: row.try_get(0)? }, expires.to_jiff(), used.is_some()))
    };
    let (link, expires, used) = read().map_err(DoorError::from)?;
    match (used, expires <= now) {
        (true, _) => Err(LinkError::Used),
        (false, true) => Err(LinkError::Expired),
        (false, false) => Ok(link),
    }
}

/// Uses a link up. Of two who come at once one gets it; it's used once `tx` is committed.
pub async fn redeem(
    tx: &mut TenantTx,
    keys: &TenantKeys,
    secret: &str,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Link, LinkError> {
    let link = look(tx, keys, secret, purpose, now).await?;
    tx.query("update {t}.links set used_at = $2 where link_id = $1")
        .bind(link.id)
        .bind(to_database(now))
        .execute()
        .await?;
    Ok(link)
}

/// Makes every unused link about a subject useless, as when a member is deactivated or their
/// address changes.
pub async fn close_all(tx: &mut TenantTx, subject: Uuid, now: Timestamp) -> Result<u64, DoorError> {
    tx.query("update {t}.links set used_at = $2 where subject_id = $1 and used_at is null")
        .bind(subject)
        .bind(to_database(now))
        .execute()
        .await
}

#[cfg(test)]
mod tests;
