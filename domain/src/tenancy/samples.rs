//! Tenants for the tests of this slice.

use uuid::Uuid;

use super::{
    AddDomain, RecordTenant, Tenancy, TenancyEvent, TenantDeletionRequested, VerifyDomain,
    add_domain, record_tenant, verify_domain,
};
use crate::id::TenantId;
use crate::personal::Unique;

pub(super) fn tenant() -> TenantId {
    TenantId(Uuid::from_u128(7))
}

/// A host whose digest is itself.
pub(super) fn host(text: &str) -> Unique {
    Unique { text: text.into(), digest: text.into() }
}

pub(super) fn then(tenancy: &mut Tenancy, events: &[TenancyEvent]) {
    events.iter().for_each(|event| tenancy.evolve(event));
}

/// The tenant `acme` at `acme.crowd.test`.
pub(super) fn known() -> Tenancy {
    let mut tenancy = Tenancy::default();
    let record = RecordTenant {
        tenant: tenant(),
        slug: "acme".into(),
        name: "Acme".into(),
        host: host("acme.crowd.test"),
        country: None,
    };
    let events = record_tenant::decide(&tenancy, record).expect("a sound tenant");
    then(&mut tenancy, &events);
    tenancy
}

/// The same, to be deleted.
pub(super) fn deleting() -> Tenancy {
    let mut tenancy = known();
    let due = jiff::Timestamp::UNIX_EPOCH;
    tenancy.evolve(&TenantDeletionRequested { tenant: tenant(), due }.into());
    tenancy
}

/// The same with a host that is not verified.
pub(super) fn added(text: &str) -> Tenancy {
    let mut tenancy = known();
    let events = add_domain::decide(&tenancy, AddDomain { host: host(text) }).expect("a host");
    then(&mut tenancy, &events);
    tenancy
}

/// The same with a host that is.
pub(super) fn verified(text: &str) -> Tenancy {
    let mut tenancy = added(text);
    let (host, found) = (host(text), vec!["t".into()]);
    let command = VerifyDomain { host, token: "t".into(), found };
    let events = verify_domain::decide(&tenancy, command).expect("a proof");
    then(&mut tenancy, &events);
    tenancy
}

pub(super) fn hosts(tenancy: &Tenancy) -> Vec<String> {
    let text = |host: &Unique| host.text.clone();
    tenancy.domains.iter().filter_map(|domain| domain.host.get().map(text)).collect()
}
