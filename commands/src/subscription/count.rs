//! Counts a tenant's members for a month, from the tenant's own log.

use std::collections::BTreeMap;

use domain::id::{StreamId, TenantId};
use domain::log::{Event, Recorded};
use domain::members::MemberEvent;
use domain::subscription::{MemberCount, Month, set_active_at};
use migrations::Tenants;
use migrations::platform::to_database;
use sqlx::Row;

use crate::event_log::read::{ReadError, streams, streams_of};

/// Both counts of a month, as [`MemberCount`] defines them.
pub async fn count(
    tenants: &Tenants,
    tenant: TenantId,
    month: Month,
) -> Result<MemberCount, ReadError> {
    let (begin, end) = (month.begins(), month.next().begins());
    let mut tx = tenants.begin(tenant).await?;
    let acted: i64 = tx
        .query(
            "select count(distinct metadata->'actor'->>'id') from {t}.events
             where recorded_at >= $1 and recorded_at < $2
                and metadata->'actor'->>'kind' = 'member'",
        )
        .bind(to_database(begin))
        .bind(to_database(end))
        .fetch_one()
        .await?
        .try_get(0)?;
    let ids = streams_of(&mut tx, "member").await?;
    let rows = streams(&mut tx, &ids).await?;
    tx.commit().await?;
    let mut members: BTreeMap<StreamId, Vec<Recorded<MemberEvent>>> = BTreeMap::new();
    for row in rows {
        let Recorded { position, stream, version, recorded_at, event } = row.decode()?;
        if let Event::Member(event) = event {
            let recorded = Recorded { position, stream, version, recorded_at, event };
            members.entry(stream).or_default().push(recorded);
        }
    }
    let set_active = members.values().filter(|events| set_active_at(events, end)).count();
    let bounded = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(MemberCount { acted: bounded(acted.unsigned_abs()), set_active: bounded(set_active as u64) })
}
