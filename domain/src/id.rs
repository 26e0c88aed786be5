//! Typed identifiers. An id of one kind can't be passed for another, and a schema name can be had
//! from a `TenantId` only. No id is made here: randomness and clocks are arguments in this crate.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

ids! {
    /// A tenant: one customer firm with a log, a schema and a database role of its own.
    TenantId,
    /// A person of a tenant.
    MemberId,
    /// A firm or person that a tenant works for and bills.
    ClientId,
    /// Work for one client.
    ProjectId,
    /// A kind of work on a project.
    TaskId,
    /// One entry of recorded time.
    EntryId,
    /// A budget of a project.
    BudgetId,
    /// What a member records often.
    FavouriteId,
    /// An invoice, draft or issued.
    InvoiceId,
    /// A credit note: what takes an issued invoice back, in whole or in part.
    CreditNoteId,
    /// A payment of a client.
    PaymentId,
    /// What a client disputes of a line.
    DisputeId,
    /// A link to a client's own page of an invoice.
    ClientLinkId,
    /// A kind of leave.
    LeaveTypeId,
    /// A request for leave.
    LeaveRequestId,
    /// An entry in a leave account that was made by hand.
    LeaveEntryId,
    /// A case that leave is granted for, such as a birth.
    LeaveCaseId,
    /// A calendar of leave that is read with a secret.
    LeaveFeedId,
    /// Days on which somebody stands in for a member.
    SubstitutionId,
    /// One run of an importer.
    ImportId,
    /// One time that a member is signed in.
    SessionId,
    /// A file that somebody uploaded.
    FileId,
    /// A piece of work that is done later.
    JobId,
    /// A stream of events: what one decision is consistent over.
    StreamId,
    /// Whose personal data a sealed field holds: a member, a client, or another natural person.
    SubjectId,
    /// One handled command; every event it caused carries it.
    CommandId,
    /// The name of a log. A clone of a tenant starts a log with a new id.
    LogId,
    /// A firm's sign-up on the public site; a secret of who began it.
    SignUpId,
    /// An invoice of the platform to a tenant.
    PlatformInvoiceId,
    /// A payment of a tenant to the platform.
    PlatformPaymentId,
}

impl TenantId {
    /// The platform itself: what is done to tenants is an event of its log, and its members are the
    /// operators of the service.
    pub const PLATFORM: TenantId =
        TenantId(Uuid::from_u128(0x706c_6174_666f_8000_8000_0000_0000_0001));

    /// Whether it's the platform and no firm.
    pub fn is_platform(self) -> bool {
        self == TenantId::PLATFORM
    }

    /// The name of the tenant's schema and of its database role: `t_` and 32 hexadecimal digits.
    pub fn schema(&self) -> String {
        format!("t_{}", self.0.simple())
    }
}

impl StreamId {
    /// A stream id derived from what the stream is about, so that it can be found without a
    /// look-up.
    ///
    /// It's a version 8 UUID made of the first 16 bytes of SHA-256 over the length-prefixed parts.
    pub fn derived(kind: &str, parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in std::iter::once(kind.as_bytes()).chain(parts.iter().copied()) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest = hash.finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        StreamId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_name_is_made_of_hexadecimal_digits_only() {
        let tenant = TenantId(Uuid::from_u128(0xAB));
        assert_eq!(tenant.schema(), "t_000000000000000000000000000000ab");
    }

    #[test]
    fn derived_streams_differ_by_kind_and_by_where_their_parts_end() {
        let ab_c = StreamId::derived("timesheet", &[b"ab", b"c"]);
        assert_ne!(ab_c, StreamId::derived("timesheet", &[b"a", b"bc"]));
        assert_ne!(ab_c, StreamId::derived("rate_card", &[b"ab", b"c"]));
        assert_eq!(ab_c, StreamId::derived("timesheet", &[b"ab", b"c"]));
        assert_eq!(ab_c.0.get_version_num(), 8);
    }
}
