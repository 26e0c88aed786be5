//! Samples of the events of tenants as a whole, which are on the platform's log.

use domain::id::{LogId, TenantId};
use domain::log::Event;
use domain::personal::PurposeClass;
use domain::tenancy::{
    DomainAdded, DomainMadePrimary, DomainRemoved, DomainVerified, TenancyEvent, TenantCloned,
    TenantCreated, TenantDeleted, TenantDeletionCancelled, TenantDeletionRequested, TenantExported,
    TenantImported, TenantRenamed, TenantResumed, TenantSuspended,
};

use super::sample::{ACME, BRIDGE, UMBRELLA, digest, id, text, unique};

pub(crate) fn tenants() -> Vec<Event> {
    let (tenant, log, position) = (TenantId(id(ACME)), LogId(id(BRIDGE)), 12_345);
    let named = |name: &str| text(ACME, PurposeClass::Identity, name);
    let host = || unique(ACME, "time.acme.example");
    let root = digest("root");
    let created = |country: Option<&str>| TenantCreated {
        tenant,
        slug: named("acme"),
        name: named("Acme (Example) & Söhne"),
        host: unique(ACME, "acme.example.org"),
        country: country.map(str::to_owned),
    };
    let renamed = TenantRenamed {
        tenant,
        slug: Some(named("acme-sa")),
        host: Some(unique(ACME, "acme-sa.example.org")),
        name: Some(named("Acme South")),
    };
    let only_named = TenantRenamed { slug: None, host: None, ..renamed.clone() };
    let due = "2026-03-05T10:00:00Z".parse().expect("an instant");
    let events: Vec<TenancyEvent> = vec![
        created(Some("ZA")).into(),
        created(None).into(),
        renamed.into(),
        only_named.into(),
        TenantSuspended { tenant }.into(),
        TenantResumed { tenant }.into(),
        DomainAdded { tenant, host: host() }.into(),
        DomainVerified { tenant, host: host() }.into(),
        DomainMadePrimary { tenant, host: host() }.into(),
        DomainRemoved { tenant, host: host(), led_there: false }.into(),
        TenantExported { tenant, position, root: root.clone() }.into(),
        TenantImported { tenant, log, position, root: root.clone() }.into(),
        TenantCloned { tenant, source: TenantId(id(UMBRELLA)), position }.into(),
        TenantDeletionRequested { tenant, due }.into(),
        TenantDeletionCancelled { tenant }.into(),
        TenantDeleted { tenant, log, position, root }.into(),
    ];
    events.into_iter().map(Event::from).collect()
}
