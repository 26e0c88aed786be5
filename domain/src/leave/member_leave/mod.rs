//! One member's leave as their stream tells it: requests, what was entered by hand, cases, and the
//! recorded postings of each account.

pub mod approve_leave;
mod asked;
mod assess;
pub mod attach_document;
pub mod cancel_leave;
pub mod close_feed;
#[cfg(test)]
mod decision_tests;
pub mod draft_leave;
mod floor;
mod leave_events;
pub mod open_feed;
pub(in crate::leave) mod overlap;
pub mod redraft_leave;
pub mod reject_leave;
mod request_refusal;
#[cfg(test)]
pub(crate) mod request_samples;
#[cfg(test)]
mod request_tests;
pub mod submit_leave;
mod taken;
mod visible;
pub mod withdraw_leave;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use asked::waiting;
pub use asked::{LEAVE_REASON_MAX, check_reason, check_span, request_in};
pub use assess::{
    AcceptedTerms, AskFacts, Assessed, AssessedDay, BalanceEffect, TakesNothing, assess,
};
pub use close_feed::CloseLeaveFeed;
pub use floor::{HeldAccount, Shortfall};
pub use leave_events::*;
pub use open_feed::OpenLeaveFeed;
pub use request_refusal::{LEAVE_DAYS_MAX, RequestRefusal};
pub use taken::taken_by;
pub use visible::{Asked, Onlooker};

use super::Refusal;
use super::amount::LeaveMinutes;
use super::ledger::Posting;
use super::policy::{Quantity, Right};
use crate::aggregate::aggregate;
use crate::id::{
    FileId, LeaveCaseId, LeaveEntryId, LeaveFeedId, LeaveRequestId, LeaveTypeId, MemberId, StreamId,
};
use crate::personal::Personal;
use crate::time::{Approval, PassedStep};

/// The stream of a member's leave.
pub fn member_leave_stream(member: MemberId) -> StreamId {
    StreamId::derived("member_leave", &[member.0.as_bytes()])
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveState {
    /// Written down, seen by its member alone.
    Draft,
    /// It waits for a decision.
    Submitted,
    /// Granted.
    Approved,
    /// Not granted.
    Rejected,
    /// Taken back before it was decided on.
    Withdrawn,
    /// Granted, and then not taken.
    Cancelled,
}

impl LeaveState {
    /// Each of them.
    pub const ALL: [LeaveState; 6] = [
        LeaveState::Draft,
        LeaveState::Submitted,
        LeaveState::Approved,
        LeaveState::Rejected,
        LeaveState::Withdrawn,
        LeaveState::Cancelled,
    ];

    /// The name in the API and in read models.
    pub fn as_str(self) -> &'static str {
        match self {
            LeaveState::Draft => "draft",
            LeaveState::Submitted => "submitted",
            LeaveState::Approved => "approved",
            LeaveState::Rejected => "rejected",
            LeaveState::Withdrawn => "withdrawn",
            LeaveState::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        LeaveState::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaveRequest {
    /// What kind of leave.
    pub leave_type: LeaveTypeId,
    /// When.
    pub span: LeaveSpan,
    /// For which case.
    pub case: Option<LeaveCaseId>,
    /// Why.
    pub reason: Option<Personal<String>>,
    /// Where it stands.
    pub state: LeaveState,
    /// What it took by what was known when it was asked for; empty in a draft.
    pub days: Vec<LeaveDay>,
    /// How far its approval has come.
    pub approval: Approval,
    /// The step that granted or refused it.
    pub decided: Option<PassedStep>,
    /// Which version of the terms was accepted.
    pub terms: Option<u32>,
    /// Whether a document is needed.
    pub document_needed: bool,
    /// Its files.
    pub files: Vec<FileId>,
    /// The day on which it was cancelled.
    pub cancelled_on: Option<Date>,
}

impl LeaveRequest {
    fn drafted(event: &LeaveDrafted) -> Self {
        LeaveRequest {
            leave_type: event.leave_type,
            span: event.span,
            case: event.case,
            reason: event.reason.clone(),
            state: LeaveState::Draft,
            days: Vec::new(),
            approval: Approval::default(),
            decided: None,
            terms: None,
            document_needed: false,
            files: Vec::new(),
            cancelled_on: None,
        }
    }

    /// Whether it went to those who decide: it's no draft, and never was only one.
    pub fn holds_steps(&self) -> bool {
        self.state != LeaveState::Draft && !self.days.is_empty()
    }

    /// Whether it takes its days: asked for or granted.
    pub fn holds_days(&self) -> bool {
        matches!(self.state, LeaveState::Submitted | LeaveState::Approved)
    }
}

/// What was entered into an account by hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaveEntry {
    /// What it's known by.
    pub entry: LeaveEntryId,
    /// Of what kind.
    pub leave_type: LeaveTypeId,
    /// The day from which it counts.
    pub effective: Date,
    /// How much, signed.
    pub minutes: LeaveMinutes,
    /// In which right.
    pub right: Right,
    /// The last day on which it can be taken; none = it goes over as the policy has it.
    pub expires: Option<Date>,
    /// Why.
    pub reason: Personal<String>,
}

/// What a contract grants per cycle, from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreedLeave {
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// How much; none = what the policy says.
    pub amount: Option<Quantity>,
}

/// A case that leave is granted for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveCase {
    /// What it's known by.
    pub case: LeaveCaseId,
    /// Of what kind.
    pub leave_type: LeaveTypeId,
    /// Which rule of the policy.
    pub applies_to: String,
    /// The day of the event.
    pub on: Date,
    /// The first day of the leave that is granted.
    pub begins: Date,
    /// Of a shared amount, this member's part in calendar days.
    pub share_days: Option<u32>,
    /// Whether this member gave birth.
    pub gave_birth: bool,
}

/// What is recorded of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RecordedAccount {
    /// The day up to which all is posted; none before the first posting.
    pub through: Option<Date>,
    /// Every posting, by number.
    pub postings: Vec<Posting>,
}

/// One member's leave.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MemberLeave {
    /// Every request, in the order of their ids.
    pub requests: BTreeMap<LeaveRequestId, LeaveRequest>,
    /// What was entered by hand and still counts.
    pub entries: BTreeMap<LeaveEntryId, LeaveEntry>,
    /// What their contract grants, by kind of leave, ordered by the day from which it does.
    pub agreed: BTreeMap<LeaveTypeId, Vec<AgreedLeave>>,
    /// Cases that still count.
    pub cases: BTreeMap<LeaveCaseId, LeaveCase>,
    /// What is recorded of each account.
    pub accounts: BTreeMap<LeaveTypeId, RecordedAccount>,
    /// Open feeds, and whether each shows the team.
    pub feeds: BTreeMap<LeaveFeedId, bool>,
}

/// What can be asked of one member's leave: events that were decided elsewhere, from facts that a
/// stream alone does not have.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberLeaveCommand {
    /// Record what was decided.
    Record(Vec<MemberLeaveEvent>),
}

aggregate!(MemberLeave, "member_leave", MemberLeaveCommand, MemberLeaveEvent, Refusal);

impl MemberLeave {
    /// What follows from a command.
    pub fn decide(&self, command: MemberLeaveCommand) -> Result<Vec<MemberLeaveEvent>, Refusal> {
        match command {
            MemberLeaveCommand::Record(events) => Ok(events),
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &MemberLeaveEvent) {
        match event {
            MemberLeaveEvent::LeaveDrafted(event) => {
                self.requests.insert(event.request, LeaveRequest::drafted(event));
            }
            MemberLeaveEvent::LeaveRedrafted(event) => self.change(event.request, |request| {
                request.leave_type = event.leave_type;
                request.span = event.span;
                request.case = event.case;
                request.reason.clone_from(&event.reason);
            }),
            MemberLeaveEvent::LeaveSubmitted(event) => self.change(event.request, |request| {
                request.state = LeaveState::Submitted;
                request.days.clone_from(&event.days);
                request.approval = Approval::of(&event.chain);
                request.terms = event.terms;
                request.document_needed = event.document_needed;
            }),
            MemberLeaveEvent::LeaveStepApproved(event) => self.change(event.request, |request| {
                let step = PassedStep { by: event.by, in_right_of: event.in_right_of };
                request.approval.passed.push(step);
            }),
            MemberLeaveEvent::LeaveApproved(event) => {
                let step = PassedStep { by: event.by, in_right_of: event.in_right_of };
                self.decide_on(event.request, LeaveState::Approved, step);
            }
            MemberLeaveEvent::LeaveRejected(event) => {
                let step = PassedStep { by: event.by, in_right_of: event.in_right_of };
                self.decide_on(event.request, LeaveState::Rejected, step);
            }
            MemberLeaveEvent::LeaveWithdrawn(event) => {
                self.change(event.request, |request| request.state = LeaveState::Withdrawn);
            }
            MemberLeaveEvent::LeaveCancelled(event) => self.change(event.request, |request| {
                request.state = LeaveState::Cancelled;
                request.cancelled_on = Some(event.on);
            }),
            MemberLeaveEvent::LeaveDocumentAttached(event) => {
                self.change(event.request, |request| request.files.push(event.file));
            }
            MemberLeaveEvent::LeaveEntered(_)
            | MemberLeaveEvent::LeaveEntryWithdrawn(_)
            | MemberLeaveEvent::LeaveAgreed(_)
            | MemberLeaveEvent::LeaveCaseDeclared(_)
            | MemberLeaveEvent::LeaveCaseWithdrawn(_)
            | MemberLeaveEvent::LeaveFeedOpened(_)
            | MemberLeaveEvent::LeaveFeedClosed(_) => self.evolve_beside_requests(event),
            MemberLeaveEvent::LeavePosted(event) => {
                let account = self.accounts.entry(event.leave_type).or_default();
                account.through = account.through.max(Some(event.through));
                account.postings.extend(event.postings.iter().cloned());
            }
        }
    }

    fn decide_on(&mut self, request: LeaveRequestId, state: LeaveState, step: PassedStep) {
        self.change(request, |request| {
            request.state = state;
            request.decided = Some(step);
        });
    }

    fn evolve_beside_requests(&mut self, event: &MemberLeaveEvent) {
        if let MemberLeaveEvent::LeaveEntered(event) = event {
            let entry = LeaveEntry {
                entry: event.entry,
                leave_type: event.leave_type,
                effective: event.effective,
                minutes: event.minutes,
                right: event.right,
                expires: event.expires,
                reason: event.reason.clone(),
            };
            self.entries.insert(event.entry, entry);
        } else if let MemberLeaveEvent::LeaveEntryWithdrawn(event) = event {
            self.entries.remove(&event.entry);
        } else if let MemberLeaveEvent::LeaveAgreed(event) = event {
            let agreed = self.agreed.entry(event.leave_type).or_default();
            let now = AgreedLeave { from: event.from, amount: event.amount };
            match agreed.binary_search_by_key(&event.from, |agreed| agreed.from) {
                Ok(place) => agreed[place] = now,
                Err(place) => agreed.insert(place, now),
            }
        } else if let MemberLeaveEvent::LeaveCaseDeclared(event) = event {
            let case = LeaveCase {
                case: event.case,
                leave_type: event.leave_type,
                applies_to: event.applies_to.clone(),
                on: event.on,
                begins: event.begins,
                share_days: event.share_days,
                gave_birth: event.gave_birth,
            };
            self.cases.insert(event.case, case);
        } else if let MemberLeaveEvent::LeaveCaseWithdrawn(event) = event {
            self.cases.remove(&event.case);
        } else if let MemberLeaveEvent::LeaveFeedOpened(event) = event {
            self.feeds.insert(event.feed, event.team);
        } else if let MemberLeaveEvent::LeaveFeedClosed(event) = event {
            self.feeds.remove(&event.feed);
        }
    }

    fn change(&mut self, request: LeaveRequestId, change: impl FnOnce(&mut LeaveRequest)) {
        if let Some(request) = self.requests.get_mut(&request) {
            change(request);
        }
    }
}
