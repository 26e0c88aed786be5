//! Tenants that end: what can be had back, what is destroyed, and runs that were cut off.

use std::sync::Arc;

use domain::id::{StreamId, TenantId};
use domain::log::Event;
use domain::tenancy::TenancyEvent;
use jiff::{SignedDuration, Timestamp};
use migrations::DoorError;
use migrations::remove;
use migrations::testing::TestTenant;

use super::delete::{DeleteError, cancel, destroy, due, request};
use super::delete_due::DueDeletions;
use super::import::{Arrival, load, open_doors};
use super::yard::Yard;
use crate::clock::Clock;
use crate::event_log::audit::CheckpointSigner;
use crate::event_log::read::stream_after;
use crate::jobs::Daily;

/// What the platform's log says of a tenant.
async fn told(yard: &Yard, tenant: TenantId) -> Vec<TenancyEvent> {
    let mut tx = yard.firm.tenant.tenants.begin(TenantId::PLATFORM).await.expect("its door");
    let rows = stream_after(&mut tx, StreamId(tenant.0), 0).await.expect("the log");
    let event = |row: crate::event_log::read::StoredRow| match row.decode().expect("known").event {
        Event::Tenancy(event) => event,
        other => panic!("{other:?}"),
    };
    rows.into_iter().map(event).collect()
}

async fn state(yard: &Yard) -> Option<String> {
    let found = yard.firm.tenant.platform.tenant_by_id(yard.firm.id()).await;
    found.expect("the catalogue").map(|record| record.state)
}

fn later() -> Timestamp {
    Clock::system().now() + SignedDuration::from_hours(24)
}

#[tokio::test]
async fn within_its_days_of_grace_a_tenant_can_be_had_back() {
    let yard = Yard::new().await;
    let (lifecycle, tenant) = (yard.lifecycle(), yard.firm.id());
    let events = yard.work().await;
    let refused = cancel(&lifecycle, tenant).await;
    assert!(refused.is_err(), "nobody asked for its deletion");
    request(&lifecycle, &yard.record().await, later()).await.expect("asked for");
    assert_eq!(state(&yard).await.as_deref(), Some(remove::DELETING));
    let early = destroy(&lifecycle, tenant, |_| {}).await;
    assert!(matches!(early, Err(DeleteError::NotDeleting)), "{early:?}");
    cancel(&lifecycle, tenant).await.expect("had back");
    assert_eq!(state(&yard).await.as_deref(), Some("active"));
    assert_eq!(yard.firm.rows().await.len() as i64, events);
    let told = told(&yard, tenant).await;
    assert!(matches!(
        told[..],
        [
            TenancyEvent::TenantCreated(_),
            TenancyEvent::TenantDeletionRequested(_),
            TenancyEvent::TenantDeletionCancelled(_)
        ]
    ));
}

#[tokio::test]
async fn what_is_destroyed_leaves_a_certificate_and_nothing_else() {
    let yard = Yard::new().await;
    let (lifecycle, tenant) = (yard.lifecycle(), yard.firm.id());
    let events = yard.work().await;
    yard.put_file("a drawing").await;
    request(&lifecycle, &yard.record().await, Clock::system().now()).await.expect("asked for");
    let all = due(&lifecycle, Clock::system().now()).await.expect("the catalogue");
    assert!(all.iter().any(|deletion| deletion.tenant == tenant));
    let head = destroy(&lifecycle, tenant, |_| {}).await.expect("destroyed");
    assert_eq!(head.position, events);
    assert_eq!(state(&yard).await, None);
    let gone = yard.firm.tenant.tenants.begin(tenant).await;
    assert!(matches!(gone, Err(DoorError::NoSuchTenant)), "{gone:?}");
    assert!(yard.firm.tenant.keys.of(tenant).await.is_err(), "the key is gone from memory too");
    let files = yard.folder.path().join("files/t").join(tenant.0.simple().to_string());
    assert!(!files.exists());
    let told = told(&yard, tenant).await;
    let Some(TenancyEvent::TenantDeleted(certificate)) = told.last() else { panic!("{told:?}") };
    assert_eq!((certificate.position, certificate.log), (events, head.log));
    assert_eq!(certificate.root, migrations::keys::hex(&head.root));
    // Once is enough.
    let again = destroy(&lifecycle, tenant, |_| {}).await;
    assert!(matches!(again, Err(DeleteError::NotDeleting)), "{again:?}");
}

#[tokio::test]
async fn a_destruction_that_was_cut_off_at_any_step_is_completed_and_cannot_be_taken_back() {
    for steps in 0..4 {
        let yard = Yard::new().await;
        let (lifecycle, tenant) = (yard.lifecycle(), yard.firm.id());
        let events = yard.work().await;
        let now = Clock::system().now();
        request(&lifecycle, &yard.record().await, now).await.expect("asked for");
        let tenants = &yard.firm.tenant.tenants;
        let begun = remove::begin_destruction(tenants, tenant, &[], now).await.expect("begun");
        let late = cancel(&lifecycle, tenant).await;
        assert!(matches!(late, Err(DeleteError::TooLate)), "{late:?}");
        let moved = request(&lifecycle, &yard.record().await, later()).await;
        assert!(matches!(moved, Err(DeleteError::TooLate)), "{moved:?}");
        if steps > 0 {
            // A table of many.
            let mut tx = tenants.begin_as_owner(tenant).await.expect("the owner");
            tx.run_script("drop table {t}.claims").await.expect("dropped");
            tx.commit().await.expect("durable");
        }
        if steps > 1 {
            remove::drop_tables(tenants, tenant, |_| {}).await.expect("dropped");
        }
        if steps > 2 {
            destroy(&lifecycle, tenant, |_| {}).await.expect("destroyed");
            assert_eq!(told(&yard, tenant).await.len(), 3);
            continue;
        }
        let head = destroy(&lifecycle, tenant, |_| {}).await.expect("completed");
        assert_eq!((head, head.position), (begun, events));
        assert_eq!(state(&yard).await, None);
    }
}

#[tokio::test]
async fn the_names_of_what_is_gone_are_nobody_elses_for_a_year_and_its_own_again_at_once() {
    let yard = Yard::apart().await;
    let (lifecycle, tenant) = (yard.lifecycle(), yard.firm.id());
    yard.work().await;
    yard.export("a.tar").await;
    let record = yard.record().await;
    request(&lifecycle, &record, Clock::system().now()).await.expect("asked for");
    destroy(&lifecycle, tenant, |_| {}).await.expect("destroyed");
    let new = |slug: &str, host: &str| migrations::provision::NewTenant {
        id: TenantId(migrations::testing::random_id()),
        log: domain::id::LogId(migrations::testing::random_id()),
        slug: slug.into(),
        name: "Another".into(),
        host: host.into(),
        at: Clock::system().now(),
    };
    let TestTenant { tenants, keys, .. } = &yard.firm.tenant;
    let host = format!("{}.localhost", record.slug);
    for new in [new(&record.slug, "other.localhost"), new("other", &host)] {
        let refused = migrations::provision::provision(tenants, keys.master(), &new, &[]).await;
        assert!(refused.is_err(), "{refused:?}");
    }
    // Its own log may have them: a tenant that was deleted by mistake comes back from its export,
    // under another id, because what the platform's log says of the old one is that it's gone.
    let (path, key) = (yard.path("a.tar"), yard.path("export.key"));
    let (slug, key_file) = (record.slug.as_str(), Some(&*key));
    let arrival = Arrival { path: &path, key_file, without_keys: false, slug, host: &host };
    let arrived = load(&lifecycle, &arrival, &[], |_| {}).await.expect("restored");
    open_doors(&lifecycle, &arrived).await.expect("restored");
    assert_ne!(arrived.tenant.id, tenant);
    assert!(matches!(
        told(&yard, arrived.tenant.id).await[..],
        [TenancyEvent::TenantCreated(_), TenancyEvent::TenantImported(_)]
    ));
}

#[tokio::test]
async fn the_platforms_day_destroys_what_is_due_and_nothing_else() {
    let yard = Yard::apart().await;
    let tenant = yard.firm.id();
    yard.work().await;
    let dailies = DueDeletions {
        commands: yard.firm.commands.clone(),
        platform: yard.firm.tenant.platform.clone(),
        signer: Arc::new(
            CheckpointSigner::in_folders(&yard.path("keys"), &yard.path("c")).expect("keys"),
        ),
        files: yard.files.clone(),
    };
    let day = jiff::civil::date(2026, 1, 5);
    request(&yard.lifecycle(), &yard.record().await, later()).await.expect("asked for");
    dailies.run(TenantId::PLATFORM, day).await.expect("nothing to do");
    assert!(state(&yard).await.is_some());
    request(&yard.lifecycle(), &yard.record().await, Clock::system().now()).await.expect("moved");
    dailies.run(tenant, day).await.expect("not its day");
    assert!(state(&yard).await.is_some());
    dailies.run(TenantId::PLATFORM, day).await.expect("destroyed");
    assert_eq!(state(&yard).await, None);
}
