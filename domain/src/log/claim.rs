//! Claims: facts of which a tenant may have one only, kept unique in the append itself. They are a
//! fold of events, and `claims_of` is their only source, so they can be made anew and checked.

use uuid::Uuid;

use crate::billing::Lot;
use crate::id::StreamId;

/// What a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimKind {
    /// A member's e-mail address, by its digest.
    MemberEmail,
    /// A client's name, by its digest.
    ClientName,
    /// A project's name within its client, by its digest.
    ProjectName,
    /// Which timesheet an entry lives in.
    Entry,
    /// What became of an entry's seconds, or of a lot of them that a credit note set free: held by
    /// which invoice.
    EntryBilling,
    /// A row of an import, by its digest.
    ImportRow,
    /// The slug that a sign-up wants, by its digest; on the platform's log.
    SignUpSlug,
    /// A host that leads to a tenant, by its digest; on the platform's log.
    TenantHost,
    /// A kind of leave, by its code.
    LeaveTypeCode,
    /// What takes an entry back: at most one reversal, noted with its id.
    Reversal,
    /// What stands in for a reversed entry: at most one, noted with its id.
    Replacement,
    /// Days on which the holder stands in for somebody.
    Substitution,
    /// Whose leave a request is, noted with the member's id.
    LeaveRequest,
    /// Into whose account leave was entered by hand, noted with the member's id.
    LeaveEntry,
    /// Whose a case is that leave is granted for, noted with the member's id.
    LeaveCase,
    /// The number of an invoice or a credit note, by its digest.
    InvoiceNumber,
}

impl ClaimKind {
    /// Every kind, in the order of declaration.
    pub const ALL: [ClaimKind; 16] = [
        ClaimKind::MemberEmail,
        ClaimKind::ClientName,
        ClaimKind::ProjectName,
        ClaimKind::Entry,
        ClaimKind::EntryBilling,
        ClaimKind::ImportRow,
        ClaimKind::SignUpSlug,
        ClaimKind::TenantHost,
        ClaimKind::LeaveTypeCode,
        ClaimKind::Reversal,
        ClaimKind::Replacement,
        ClaimKind::Substitution,
        ClaimKind::LeaveRequest,
        ClaimKind::LeaveEntry,
        ClaimKind::LeaveCase,
        ClaimKind::InvoiceNumber,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaimKind::MemberEmail => "member_email",
            ClaimKind::ClientName => "client_name",
            ClaimKind::ProjectName => "project_name",
            ClaimKind::Entry => "entry",
            ClaimKind::EntryBilling => "entry_billing",
            ClaimKind::ImportRow => "import_row",
            ClaimKind::SignUpSlug => "sign_up_slug",
            ClaimKind::TenantHost => "tenant_host",
            ClaimKind::LeaveTypeCode => "leave_type_code",
            ClaimKind::Reversal => "reversal",
            ClaimKind::Replacement => "replacement",
            ClaimKind::Substitution => "substitution",
            ClaimKind::LeaveRequest => "leave_request",
            ClaimKind::LeaveEntry => "leave_entry",
            ClaimKind::LeaveCase => "leave_case",
            ClaimKind::InvoiceNumber => "invoice_number",
        }
    }
}

/// What is claimed: at most one holder per kind and key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimKey {
    /// What it's about.
    pub kind: ClaimKind,
    /// An id or a digest, never a text of a person.
    pub key: String,
}

impl ClaimKey {
    /// The claim on an id.
    pub fn id(kind: ClaimKind, id: impl Into<Uuid>) -> Self {
        ClaimKey { kind, key: id.into().hyphenated().to_string() }
    }

    /// The claim on a digest.
    pub fn digest(kind: ClaimKind, digest: &str) -> Self {
        ClaimKey { kind, key: digest.to_owned() }
    }
}

impl ClaimKey {
    /// The claim on what an invoice holds of an entry: the whole of it, or what a credit note set
    /// free.
    pub fn lot(lot: Lot) -> Self {
        let mut claim = ClaimKey::id(ClaimKind::EntryBilling, lot.entry);
        if let Some(freed_by) = lot.freed_by {
            claim.key.push('/');
            claim.key.push_str(&freed_by.0.hyphenated().to_string());
        }
        claim
    }
}

/// What an event does to the claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimChange {
    /// The key must be free, and is held from now on.
    Take {
        /// What is claimed.
        key: ClaimKey,
        /// The stream that holds it.
        holder: StreamId,
        /// What the holder notes with it, such as `reserved:3600`.
        value: String,
    },
    /// The key is free again.
    Release {
        /// What was claimed.
        key: ClaimKey,
    },
    /// Every claim of this kind that the stream holds is free again.
    ReleaseAll {
        /// The kind.
        kind: ClaimKind,
        /// The stream.
        holder: StreamId,
    },
}
