//! What the public site asks the catalogue before a firm exists: whether its name is free, and how
//! many mails its owner's address was sent.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;

use crate::door::DoorError;
use crate::platform::{Platform, to_database};

/// How long a mail counts.
const COUNTED: SignedDuration = SignedDuration::from_hours(24);

impl Platform {
    /// Whether neither a tenant has this slug nor a host of this name leads anywhere, and neither
    /// rests because its former tenant is gone.
    ///
    /// Only provisioning decides for good: by then another may have been faster.
    pub async fn is_free(&self, slug: &str, host: &str, now: Timestamp) -> Result<bool, DoorError> {
        if self.is_buried(&[slug, host], now).await? {
            return Ok(false);
        }
        let mut tx = self.begin().await?;
        let row = sqlx::query(
            "select exists (select 1 from platform.tenants where slug = $1)
                or exists (select 1 from platform.domains where host = $2)",
        )
        .bind(slug)
        .bind(host)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        let taken: bool = row.try_get(0)?;
        Ok(!taken)
    }

    /// Counts a sign-up mail to an address and answers how many it's asked for within a day, this
    /// one among them. Older ones are forgotten.
    pub async fn count_sign_up_mail(
        &self,
        address_digest: &[u8],
        at: Timestamp,
    ) -> Result<i64, DoorError> {
        let since = to_database(at.checked_sub(COUNTED).unwrap_or(Timestamp::MIN));
        let mut tx = self.begin().await?;
        sqlx::query("delete from platform.sign_up_mails where asked_at < $1")
            .bind(since)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "insert into platform.sign_up_mails (address_digest, asked_at) values ($1, $2)",
        )
        .bind(address_digest)
        .bind(to_database(at))
        .execute(&mut *tx)
        .await?;
        let row = sqlx::query(
            "select count(*) from platform.sign_up_mails
             where address_digest = $1 and asked_at >= $2",
        )
        .bind(address_digest)
        .bind(since)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(row.try_get(0)?)
    }
}
