//! What takes and frees a claim, where that is easily got wrong.

use super::*;
use crate::id::{SubjectId, TenantId};
use crate::personal::PurposeClass;
use crate::tenancy::{DomainAdded, DomainRemoved, DomainVerified};

#[test]
fn a_host_that_was_only_named_is_neither_claimed_nor_given_back() {
    let (tenant, stream) = (TenantId(uuid::Uuid::nil()), StreamId(uuid::Uuid::nil()));
    let unique = Unique { text: "acme.example".into(), digest: "d".into() };
    let host = Personal::new(SubjectId(tenant.0), PurposeClass::Identity, unique);
    let changes = |event: TenancyEvent| claims_of(stream, &Event::Tenancy(event));
    let removed = |led_there| DomainRemoved { tenant, host: host.clone(), led_there }.into();
    let key = ClaimKey::digest(ClaimKind::TenantHost, "d");
    assert_eq!(changes(DomainAdded { tenant, host: host.clone() }.into()), []);
    assert_eq!(changes(removed(false)), []);
    assert_eq!(changes(removed(true)), [ClaimChange::Release { key: key.clone() }]);
    let verified = changes(DomainVerified { tenant, host: host.clone() }.into());
    assert_eq!(verified, [take(key, stream)]);
}
