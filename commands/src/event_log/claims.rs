//! The claims table against a fresh fold of the log: it must hold exactly what the events claim.

use std::collections::BTreeMap;

use domain::id::{StreamId, TenantId};
use domain::log::{ClaimChange, claims_of};
use domain::personal::{KeyName, PersonalFields, try_each_personal};
use migrations::Tenants;
use migrations::keys::KeyStore;
use sqlx::Row;

use super::read::{ReadError, rows_after};
use crate::refused::CommandError;

const CHUNK: i64 = 2_000;

type Claims = BTreeMap<(String, String), (StreamId, String)>;

/// What a comparison of the claims came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimsVerified {
    /// The position up to which the log was folded.
    pub position: i64,
    /// How many claims the fold has.
    pub claims: usize,
    /// Kind and key of the claims that differ; the first hundred.
    pub differences: Vec<(String, String)>,
}

/// Folds the claims of a tenant's whole log and compares them with its table, in one snapshot.
pub async fn verify(
    tenants: &Tenants,
    keys: &KeyStore,
    tenant: TenantId,
) -> Result<ClaimsVerified, CommandError> {
    let keys = keys.of(tenant).await?;
    let mut tx = tenants.begin_snapshot(tenant).await?;
    let mut fold = Claims::new();
    let mut position = 0;
    loop {
        let rows = rows_after(&mut tx, position, CHUNK).await?;
        let Some(last) = rows.last() else { break };
        position = last.position;
        let mut events = rows.iter().map(|row| row.decode()).collect::<Result<Vec<_>, _>>()?;
        let mut names: Vec<KeyName> = Vec::new();
        for recorded in &mut events {
            recorded.event.each_personal(&mut |field| names.push(field.key()));
        }
        names.sort_unstable();
        names.dedup();
        keys.load(&mut tx, &names).await?;
        for recorded in &mut events {
            try_each_personal(&mut recorded.event, |field| field.open(&*keys))
                .map_err(|error| CommandError::Internal(error.to_string()))?;
            for change in claims_of(recorded.stream, &recorded.event) {
                apply(&mut fold, change);
            }
        }
    }
    let claims = fold.len();
    let stored = tx.query("select kind, key, holder, value from {t}.claims").fetch_all().await?;
    for row in stored {
        let read = || -> Result<_, sqlx::Error> {
            let held = (StreamId(row.try_get(2)?), row.try_get::<String, _>(3)?);
            Ok(((row.try_get::<String, _>(0)?, row.try_get::<String, _>(1)?), held))
        };
        let (key, held) = read().map_err(ReadError::from)?;
        match fold.get(&key) {
            Some(expected) if *expected == held => {
                fold.remove(&key);
            }
            // It stays among what is left over, or is put there: it differs.
            Some(_) => {}
            None => {
                fold.insert(key, held);
            }
        }
    }
    tx.commit().await?;
    let differences = fold.into_keys().take(100).collect();
    Ok(ClaimsVerified { position, claims, differences })
}

fn apply(claims: &mut Claims, change: ClaimChange) {
    match change {
        ClaimChange::Take { key, holder, value } => {
            claims.insert((key.kind.as_str().to_owned(), key.key), (holder, value));
        }
        ClaimChange::Release { key } => {
            claims.remove(&(key.kind.as_str().to_owned(), key.key));
        }
        ClaimChange::ReleaseAll { kind, holder } => {
            claims.retain(|(of, _), (by, _)| of != kind.as_str() || *by != holder);
        }
    }
}
