//! What each event does to the claims: the only source of the claims table.

use sha2::{Digest, Sha256};

use super::claim::{ClaimChange, ClaimKey, ClaimKind};
use super::event::Event;
use crate::billing::numbering::SeriesEvent;
use crate::billing::{CreditNoteIssued, Fate, InvoiceEvent, ReservedEntry};
use crate::catalogue::{ClientEvent, ProjectEvent};
use crate::id::{ClientId, EntryId, MemberId, StreamId};
use crate::import::ImportEvent;
use crate::leave::{LeaveTypeEvent, MemberLeaveEvent};
use crate::members::{MemberEvent, member_stream};
use crate::personal::{Personal, Unique};
use crate::signup::SignUpEvent;
use crate::tenancy::TenancyEvent;
use crate::time::TimeEvent;
use crate::time::timer::{RUNNING, TimerEvent};

/// The claim on a project's name: SHA-256 over its client and the name in lower case, trimmed.
pub fn project_name_claim(client: ClientId, name: &str) -> ClaimKey {
    let mut hash = Sha256::new();
    hash.update(client.0.as_bytes());
    hash.update(name.trim().to_lowercase());
    let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    ClaimKey::digest(ClaimKind::ProjectName, &digest)
}

/// What `event` in `stream` takes and gives back, in order. Personal fields must be clear or
/// opened: an erased one claims nothing, which is how erasure frees an address.
pub fn claims_of(stream: StreamId, event: &Event) -> Vec<ClaimChange> {
    match event {
        Event::Time(event) => of_time(stream, event),
        Event::Timer(event) => of_timer(stream, event),
        Event::Invoice(event) => of_invoice(stream, event),
        Event::Series(event) => of_series(stream, event),
        Event::Member(event) => of_member(stream, event),
        Event::Client(event) => of_client(stream, event),
        Event::Project(event) => of_project(stream, event),
        Event::Import(event) => of_import(stream, event),
        Event::SignUp(event) => of_sign_up(stream, event),
        Event::Tenancy(event) => of_tenancy(stream, event),
        Event::LeaveType(event) => of_leave_type(stream, event),
        Event::MemberLeave(event) => of_member_leave(stream, event),
        Event::Favourite(_)
        | Event::Profile(_)
        | Event::Correspondence(_)
        | Event::Session(_)
        | Event::RateCard(_)
        | Event::Budget(_)
        | Event::RoundingRule(_)
        | Event::Period(_)
        | Event::Settings(_)
        | Event::Holiday(_)
        | Event::Job(_)
        | Event::Plan(_)
        | Event::Subscription(_)
        | Event::Flag(_)
        | Event::File(_) => Vec::new(),
    }
}

fn take(key: ClaimKey, holder: StreamId) -> ClaimChange {
    ClaimChange::Take { key, holder, value: String::new() }
}

fn take_unique(
    kind: ClaimKind,
    text: Option<&Personal<Unique>>,
    holder: StreamId,
) -> Option<ClaimChange> {
    let unique = text?.get()?;
    Some(take(ClaimKey::digest(kind, &unique.digest), holder))
}

/// A claim about one entry that notes another.
fn note(kind: ClaimKind, about: EntryId, holder: StreamId, entry: EntryId) -> ClaimChange {
    ClaimChange::Take { key: ClaimKey::id(kind, about), holder, value: entry.to_string() }
}

fn of_time(stream: StreamId, event: &TimeEvent) -> Vec<ClaimChange> {
    match event {
        TimeEvent::TimeRecorded(event) => {
            let mut changes = vec![take(ClaimKey::id(ClaimKind::Entry, event.entry), stream)];
            let source = event.source.as_ref().and_then(|source| source.get());
            if let (Some(import), Some(source)) = (event.import, source) {
                let key = ClaimKey::digest(ClaimKind::ImportRow, &source.digest);
                changes.push(take(key, StreamId(import.0)));
            }
            changes.extend(
                event.replaces.map(|of| note(ClaimKind::Replacement, of, stream, event.entry)),
            );
            changes
        }
        TimeEvent::TimeReversed(event) => vec![
            take(ClaimKey::id(ClaimKind::Entry, event.entry), stream),
            note(ClaimKind::Reversal, event.reverses, stream, event.entry),
        ],
        TimeEvent::TimeRemoved(event) => {
            let release = |kind, id| ClaimChange::Release { key: ClaimKey::id(kind, id) };
            std::iter::once(release(ClaimKind::Entry, event.entry))
                .chain(event.reverses.map(|of| release(ClaimKind::Reversal, of)))
                .chain(event.replaces.map(|of| release(ClaimKind::Replacement, of)))
                .collect()
        }
        TimeEvent::TimeRevised(_)
        | TimeEvent::TimesheetSubmitted(_)
        | TimeEvent::TimesheetStepApproved(_)
        | TimeEvent::TimesheetApproved(_)
        | TimeEvent::TimesheetRejected(_)
        | TimeEvent::TimesheetReopened(_) => Vec::new(),
    }
}

/// A running timer holds the id of the entry that it becomes. A stop sets it free for the
/// timesheet, which takes it in the same commit.
fn of_timer(stream: StreamId, event: &TimerEvent) -> Vec<ClaimChange> {
    let key = |entry| ClaimKey::id(ClaimKind::Entry, entry);
    match event {
        TimerEvent::TimerStarted(event) => vec![ClaimChange::Take {
            key: key(event.entry),
            holder: stream,
            value: RUNNING.to_owned(),
        }],
        TimerEvent::TimerStopped(event) => vec![ClaimChange::Release { key: key(event.entry) }],
        TimerEvent::TimerDiscarded(event) => vec![ClaimChange::Release { key: key(event.entry) }],
        TimerEvent::TimerChanged(_) => Vec::new(),
    }
}

fn of_invoice(stream: StreamId, event: &InvoiceEvent) -> Vec<ClaimChange> {
    let reserve = |reserved: &ReservedEntry| ClaimChange::Take {
        key: ClaimKey::lot(reserved.lot()),
        holder: stream,
        value: format!("reserved:{}", reserved.seconds),
    };
    match event {
        InvoiceEvent::InvoiceDrafted(event) => event.entries.iter().map(reserve).collect(),
        InvoiceEvent::InvoiceRedrafted(event) => {
            let release =
                |it: &ReservedEntry| ClaimChange::Release { key: ClaimKey::lot(it.lot()) };
            let released = event.released.iter().map(release);
            released.chain(event.taken.iter().map(reserve)).collect()
        }
        InvoiceEvent::InvoiceVoided(_) => {
            vec![ClaimChange::ReleaseAll { kind: ClaimKind::EntryBilling, holder: stream }]
        }
        InvoiceEvent::CreditNoteIssued(event) => of_credit(stream, event),
        InvoiceEvent::InvoiceTermsChanged(_)
        | InvoiceEvent::InvoiceIssued(_)
        | InvoiceEvent::InvoiceSent(_)
        | InvoiceEvent::InvoicePaid(_)
        | InvoiceEvent::PaymentReversed(_)
        | InvoiceEvent::InvoiceSignedOff(_)
        | InvoiceEvent::LineDisputed(_)
        | InvoiceEvent::DisputeSettled(_) => Vec::new(),
    }
}

/// What is credited as a whole is free again. Of what is credited in part the invoice keeps the
/// claim and notes that it is split: what it set free are lots with keys of their own. What is
/// written off is never free again.
fn of_credit(stream: StreamId, event: &CreditNoteIssued) -> Vec<ClaimChange> {
    let unbilled = event.moved.iter().filter(|it| it.fate == Fate::Unbilled);
    let change = |it: &crate::billing::MovedSeconds| {
        let key = ClaimKey::lot(it.lot);
        let value = format!("split:{}", it.left);
        let keep = ClaimChange::Take { key: key.clone(), holder: stream, value };
        std::iter::once(ClaimChange::Release { key }).chain((!it.whole).then_some(keep))
    };
    unbilled.flat_map(change).collect()
}

/// A number counts as one however its letters are written.
fn of_series(stream: StreamId, event: &SeriesEvent) -> Vec<ClaimChange> {
    let SeriesEvent::NumberTaken(event) = event;
    let digest = Sha256::digest(event.number.to_lowercase());
    let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    vec![take(ClaimKey::digest(ClaimKind::InvoiceNumber, &digest), stream)]
}

fn of_member(stream: StreamId, event: &MemberEvent) -> Vec<ClaimChange> {
    let kind = ClaimKind::MemberEmail;
    match event {
        MemberEvent::MemberAdded(event) => {
            take_unique(kind, event.email.as_ref(), stream).into_iter().collect()
        }
        MemberEvent::MemberEmailChanged(event) => {
            std::iter::once(ClaimChange::ReleaseAll { kind, holder: stream })
                .chain(take_unique(kind, Some(&event.email), stream))
                .collect()
        }
        // The holder is who stands in, so that theirs are found by who they are.
        MemberEvent::SubstituteNamed(event) => vec![ClaimChange::Take {
            key: ClaimKey::id(ClaimKind::Substitution, event.id),
            holder: member_stream(event.substitute),
            value: event.member.to_string(),
        }],
        MemberEvent::SubstituteWithdrawn(event) => {
            vec![ClaimChange::Release { key: ClaimKey::id(ClaimKind::Substitution, event.id) }]
        }
        MemberEvent::MemberRenamed(_)
        | MemberEvent::MemberRolesChanged(_)
        | MemberEvent::MemberTimeZoneChanged(_)
        | MemberEvent::MemberDeactivated(_)
        | MemberEvent::MemberActivated(_)
        | MemberEvent::GrantGiven(_)
        | MemberEvent::GrantTakenBack(_)
        | MemberEvent::MemberInvited(_)
        | MemberEvent::MemberRegistered(_)
        | MemberEvent::MemberManagerChanged(_)
        | MemberEvent::MemberEmploymentChanged(_)
        | MemberEvent::WorkPatternSet(_)
        | MemberEvent::MemberSessionsRevoked(_) => Vec::new(),
    }
}

fn of_client(stream: StreamId, event: &ClientEvent) -> Vec<ClaimChange> {
    let kind = ClaimKind::ClientName;
    match event {
        ClientEvent::ClientAdded(event) => {
            take_unique(kind, Some(&event.name), stream).into_iter().collect()
        }
        ClientEvent::ClientRenamed(event) => {
            std::iter::once(ClaimChange::ReleaseAll { kind, holder: stream })
                .chain(take_unique(kind, Some(&event.name), stream))
                .collect()
        }
        ClientEvent::ClientCurrencyChanged(_)
        | ClientEvent::ClientArchived(_)
        | ClientEvent::ClientRestored(_) => Vec::new(),
    }
}

fn of_project(stream: StreamId, event: &ProjectEvent) -> Vec<ClaimChange> {
    match event {
        ProjectEvent::ProjectAdded(event) => {
            vec![take(project_name_claim(event.client, &event.name), stream)]
        }
        ProjectEvent::ProjectRenamed(event) => vec![
            ClaimChange::ReleaseAll { kind: ClaimKind::ProjectName, holder: stream },
            take(project_name_claim(event.client, &event.name), stream),
        ],
        ProjectEvent::ProjectArchived(_)
        | ProjectEvent::ProjectRestored(_)
        | ProjectEvent::ProjectMemberLinked(_)
        | ProjectEvent::ProjectMemberUnlinked(_)
        | ProjectEvent::TaskAdded(_)
        | ProjectEvent::TaskRevised(_)
        | ProjectEvent::TaskArchived(_) => Vec::new(),
    }
}

fn of_import(stream: StreamId, event: &ImportEvent) -> Vec<ClaimChange> {
    match event {
        ImportEvent::ImportUndone(_) => {
            vec![ClaimChange::ReleaseAll { kind: ClaimKind::ImportRow, holder: stream }]
        }
        ImportEvent::ImportStarted(_) | ImportEvent::ImportFinished(_) => Vec::new(),
    }
}

fn of_sign_up(stream: StreamId, event: &SignUpEvent) -> Vec<ClaimChange> {
    let kind = ClaimKind::SignUpSlug;
    let free = ClaimChange::ReleaseAll { kind, holder: stream };
    match event {
        SignUpEvent::SignUpBegun(event) => {
            take_unique(kind, Some(&event.particulars.slug), stream).into_iter().collect()
        }
        SignUpEvent::SignUpCorrected(event) => std::iter::once(free)
            .chain(take_unique(kind, Some(&event.particulars.slug), stream))
            .collect(),
        // From then on the catalogue holds the name, or nobody does.
        SignUpEvent::SignUpCompleted(_)
        | SignUpEvent::SignUpSentBack(_)
        | SignUpEvent::SignUpExpired(_) => vec![free],
        SignUpEvent::SignUpConfirmed(_) => Vec::new(),
    }
}

/// A host is claimed from when it leads to the tenant, not from when it's only named: until then
/// others may name it too.
fn of_tenancy(stream: StreamId, event: &TenancyEvent) -> Vec<ClaimChange> {
    let kind = ClaimKind::TenantHost;
    let take = |host| take_unique(kind, host, stream).into_iter().collect();
    match event {
        TenancyEvent::TenantCreated(event) => take(Some(&event.host)),
        TenancyEvent::TenantRenamed(event) => take(event.host.as_ref()),
        TenancyEvent::DomainVerified(event) => take(Some(&event.host)),
        TenancyEvent::DomainRemoved(event) => {
            let release =
                |host: &Unique| ClaimChange::Release { key: ClaimKey::digest(kind, &host.digest) };
            event.host.get().filter(|_| event.led_there).map(release).into_iter().collect()
        }
        TenancyEvent::TenantDeleted(_) => vec![ClaimChange::ReleaseAll { kind, holder: stream }],
        TenancyEvent::TenantSuspended(_)
        | TenancyEvent::TenantResumed(_)
        | TenancyEvent::DomainAdded(_)
        | TenancyEvent::DomainMadePrimary(_)
        | TenancyEvent::TenantExported(_)
        | TenancyEvent::TenantImported(_)
        | TenancyEvent::TenantCloned(_)
        | TenancyEvent::TenantDeletionRequested(_)
        | TenancyEvent::TenantDeletionCancelled(_) => Vec::new(),
    }
}

/// A code is never free again: what was booked under it keeps its meaning.
fn of_leave_type(stream: StreamId, event: &LeaveTypeEvent) -> Vec<ClaimChange> {
    match event {
        LeaveTypeEvent::LeaveTypeDefined(event) => {
            vec![take(ClaimKey::digest(ClaimKind::LeaveTypeCode, &event.code), stream)]
        }
        LeaveTypeEvent::LeaveTypeRenamed(_)
        | LeaveTypeEvent::LeaveTypeRetired(_)
        | LeaveTypeEvent::LeaveTypeRestored(_)
        | LeaveTypeEvent::LeavePolicySet(_)
        | LeaveTypeEvent::LeavePolicyCleared(_) => Vec::new(),
    }
}

/// The id of a request, an entry or a case leads to whose it is, and is never used again.
fn of_member_leave(stream: StreamId, event: &MemberLeaveEvent) -> Vec<ClaimChange> {
    let of = |key: ClaimKey, member: MemberId| {
        vec![ClaimChange::Take { key, holder: stream, value: member.to_string() }]
    };
    match event {
        MemberLeaveEvent::LeaveDrafted(event) => {
            of(ClaimKey::id(ClaimKind::LeaveRequest, event.request), event.member)
        }
        MemberLeaveEvent::LeaveEntered(event) => {
            of(ClaimKey::id(ClaimKind::LeaveEntry, event.entry), event.member)
        }
        MemberLeaveEvent::LeaveCaseDeclared(event) => {
            of(ClaimKey::id(ClaimKind::LeaveCase, event.case), event.member)
        }
        MemberLeaveEvent::LeaveRedrafted(_)
        | MemberLeaveEvent::LeaveSubmitted(_)
        | MemberLeaveEvent::LeaveStepApproved(_)
        | MemberLeaveEvent::LeaveApproved(_)
        | MemberLeaveEvent::LeaveRejected(_)
        | MemberLeaveEvent::LeaveWithdrawn(_)
        | MemberLeaveEvent::LeaveCancelled(_)
        | MemberLeaveEvent::LeaveDocumentAttached(_)
        | MemberLeaveEvent::LeaveEntryWithdrawn(_)
        | MemberLeaveEvent::LeaveAgreed(_)
        | MemberLeaveEvent::LeaveCaseWithdrawn(_)
        | MemberLeaveEvent::LeavePosted(_)
        | MemberLeaveEvent::LeaveFeedOpened(_)
        | MemberLeaveEvent::LeaveFeedClosed(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
