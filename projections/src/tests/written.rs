//! Writes a history into a real tenant's log as the append leaves it. The write side is no part of
//! this crate; what is stored is the same: rows in order, the head moved in the same transaction.

use domain::log::Recorded;
use migrations::TenantTx;
use migrations::testing::{TestTenant, random_id};

use crate::registry;

/// A fresh tenant with every read model's table.
pub(crate) async fn tenant() -> TestTenant {
    TestTenant::provision(&registry::tables()).await
}

/// Appends these events, whose positions must follow the log's head.
pub(crate) async fn append(tenant: &TestTenant, events: &[Recorded]) {
    let mut tx = tenant.tenants.begin(tenant.id).await.expect("a transaction");
    for event in events {
        let payload = event.event.payload().expect("sealed fields only");
        let (kind, version) = (event.event.event_type(), event.event.event_version());
        insert(&mut tx, event, kind, version, &payload).await;
    }
    move_head(&mut tx, events.len()).await;
    tx.commit().await.expect("the append");
}

/// Appends one event whose payload, type and version are as given, whatever can be read of them.
pub(crate) async fn append_raw(
    tenant: &TestTenant,
    place: &Recorded,
    kind: &str,
    version: i16,
    payload: &str,
) {
    let mut tx = tenant.tenants.begin(tenant.id).await.expect("a transaction");
    insert(&mut tx, place, kind, version, payload).await;
    move_head(&mut tx, 1).await;
    tx.commit().await.expect("the append");
}

async fn insert(tx: &mut TenantTx, event: &Recorded, kind: &str, version: i16, payload: &str) {
    tx.query(
        "insert into {t}.events (position, stream_type, stream_id, version, event_type,
            event_version, payload, metadata, event_id, command_id, recorded_at, leaf_hash)
        values ($1, $10, $2, $3, $4, $5, $6::text::json, '{}', $7, $8, $9, '')",
    )
    .bind(event.position)
    .bind(event.stream.0)
    .bind(event.version)
    .bind(kind)
    .bind(version)
    .bind(payload)
    .bind(random_id())
    .bind(random_id())
    .bind(jiff_sqlx::ToSqlx::to_sqlx(event.recorded_at))
    .bind(event.event.stream_type())
    .execute()
    .await
    .expect("an event");
}

async fn move_head(tx: &mut TenantTx, by: usize) {
    let by = i64::try_from(by).expect("a short history");
    for sql in [
        "update {t}.log_head set position = position + $1",
        "update cell.heads set position = position + $1 where tenant = '{t}'",
    ] {
        assert_eq!(tx.query(sql).bind(by).execute().await.expect("the head"), 1);
    }
}
