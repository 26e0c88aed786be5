//! What can happen to one member's leave: requests from draft to decision, what is entered by hand,
//! and the postings of their accounts. One stream per member, so that no two requests can take the
//! same day or the same last hour.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{
    FileId, LeaveCaseId, LeaveEntryId, LeaveFeedId, LeaveRequestId, LeaveTypeId, MemberId,
};
use crate::leave::amount::LeaveMinutes;
use crate::leave::ledger::Posting;
use crate::leave::policy::{Quantity, Right};
use crate::personal::Personal;
use crate::time::Chain;

/// The days that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveSpan {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Which part of them, where it's not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<DayPart>,
}

/// A part of the days that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayPart {
    /// The first half of a single day, up to noon.
    Am,
    /// The second half: of a single day, or of the first of several.
    Pm,
    /// So many minutes of a single day.
    Minutes(u32),
    /// All days but the second half of the last one.
    EndsAtNoon,
    /// From the second half of the first day to the first half of the last one.
    BothHalves,
}

/// What leave takes of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveDay {
    /// The day.
    pub day: Date,
    /// How much.
    pub minutes: LeaveMinutes,
}

/// Somebody wrote down what they want to ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaveDrafted {
    /// The request.
    pub request: LeaveRequestId,
    /// Who is to be away.
    pub member: MemberId,
    /// What kind of leave.
    pub leave_type: LeaveTypeId,
    /// When.
    pub span: LeaveSpan,
    /// For which case, such as a birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<LeaveCaseId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
}

/// A draft says something else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaveRedrafted {
    /// The request.
    pub request: LeaveRequestId,
    /// Who is to be away.
    pub member: MemberId,
    /// What kind of leave.
    pub leave_type: LeaveTypeId,
    /// When.
    pub span: LeaveSpan,
    /// For which case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<LeaveCaseId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
}

/// Leave is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveSubmitted {
    /// The request.
    pub request: LeaveRequestId,
    /// Who is to be away.
    pub member: MemberId,
    /// What it takes by what is known now.
    pub days: Vec<LeaveDay>,
    /// Who decides, step by step.
    pub chain: Chain,
    /// Which version of the terms was accepted, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<u32>,
    /// Whether a document is needed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub document_needed: bool,
}

/// An office let a request pass that waits for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveStepApproved {
    /// The request.
    pub request: LeaveRequestId,
    /// Who is to be away.
    pub member: MemberId,
    /// Who let it pass.
    pub by: MemberId,
    /// For whom they stood in.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub in_right_of: Option<MemberId>,
}

/// Leave is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveApproved {
    /// The request.
    pub request: LeaveRequestId,
    /// Who is to be away.
    pub member: MemberId,
    /// Who granted it.
    pub by: MemberId,
    /// For whom they stood in.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub in_right_of: Option<MemberId>,
}

/// Leave is not granted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaveRejected {
    /// The request.
    pub request: LeaveRequestId,
    /// Who is not to be away.
    pub member: MemberId,
    /// Who said so.
    pub by: MemberId,
    /// For whom they stood in.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub in_right_of: Option<MemberId>,
    /// Why.
    pub reason: Personal<String>,
}

/// A request was taken back before it was decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveWithdrawn {
    /// The request.
    pub request: LeaveRequestId,
    /// Whose.
    pub member: MemberId,
}

/// Leave that was granted is not taken, or counts as not taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaveCancelled {
    /// The request.
    pub request: LeaveRequestId,
    /// Whose.
    pub member: MemberId,
    /// The local day on which it was cancelled.
    pub on: Date,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
}

/// A file belongs to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveDocumentAttached {
    /// The request.
    pub request: LeaveRequestId,
    /// Whose.
    pub member: MemberId,
    /// The file.
    pub file: FileId,
}

/// Leave was entered into an account by hand: a balance from another system, a day for a wedding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaveEntered {
    /// The entry.
    pub entry: LeaveEntryId,
    /// Whose account.
    pub member: MemberId,
    /// Of what kind.
    pub leave_type: LeaveTypeId,
    /// The day from which it counts.
    pub effective: Date,
    /// How much, signed.
    pub minutes: LeaveMinutes,
    /// In which right.
    pub right: Right,
    /// The last day on which it can be taken; none = it goes over as the policy has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
    /// Why.
    pub reason: Personal<String>,
}

/// What was entered by hand counts no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaveEntryWithdrawn {
    /// The entry.
    pub entry: LeaveEntryId,
    /// Whose account.
    pub member: MemberId,
    /// Of what kind.
    pub leave_type: LeaveTypeId,
    /// Why.
    pub reason: Personal<String>,
}

/// A contract grants so much leave per cycle, from a day on, in the contractual right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveAgreed {
    /// Whose contract.
    pub member: MemberId,
    /// Of what kind.
    pub leave_type: LeaveTypeId,
    /// The first day; none = from always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// How much; none = what the policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Quantity>,
}

/// There is a case that leave is granted for, such as a birth, or it's told otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveCaseDeclared {
    /// The case.
    pub case: LeaveCaseId,
    /// Whose.
    pub member: MemberId,
    /// Of what kind.
    pub leave_type: LeaveTypeId,
    /// Which rule of the policy: for whom it is.
    pub applies_to: String,
    /// The day of the event.
    pub on: Date,
    /// The first day of the leave that is granted.
    pub begins: Date,
    /// Of a shared amount, this member's part in calendar days; none = half, or all where it's not
    /// shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_days: Option<u32>,
    /// Whether this member gave birth.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gave_birth: bool,
}

/// There is no such case any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveCaseWithdrawn {
    /// The case.
    pub case: LeaveCaseId,
    /// Whose.
    pub member: MemberId,
}

/// An account has these further postings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeavePosted {
    /// Whose account.
    pub member: MemberId,
    /// Of what kind.
    pub leave_type: LeaveTypeId,
    /// The day up to which all is posted, and what is taken later too.
    pub through: Date,
    /// In the order of their numbers.
    pub postings: Vec<Posting>,
}

/// Whoever knows the secret of this feed may see days of leave as a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveFeedOpened {
    /// The feed.
    pub feed: LeaveFeedId,
    /// Who opened it, and with whose eyes it looks.
    pub member: MemberId,
    /// Whether it shows the whole team, without kinds and reasons, or this member's own leave.
    pub team: bool,
}

/// A feed shows nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveFeedClosed {
    /// The feed.
    pub feed: LeaveFeedId,
    /// Whose.
    pub member: MemberId,
}

crate::event_family! {
    /// The events of one member's leave.
    MemberLeaveEvent {
        /// A draft.
        LeaveDrafted = 1 [reason],
        /// The draft says something else.
        LeaveRedrafted = 1 [reason],
        /// It's asked for.
        LeaveSubmitted = 1,
        /// A step is behind it.
        LeaveStepApproved = 1,
        /// It's granted.
        LeaveApproved = 1,
        /// It's not granted.
        LeaveRejected = 1 [reason],
        /// It's taken back.
        LeaveWithdrawn = 1,
        /// It's not taken.
        LeaveCancelled = 1 [reason],
        /// With a file.
        LeaveDocumentAttached = 1,
        /// Entered by hand.
        LeaveEntered = 1 [reason],
        /// That no more.
        LeaveEntryWithdrawn = 1 [reason],
        /// By contract.
        LeaveAgreed = 1,
        /// For a case.
        LeaveCaseDeclared = 1,
        /// Not for it.
        LeaveCaseWithdrawn = 1,
        /// What follows for an account.
        LeavePosted = 1,
        /// A calendar for others.
        LeaveFeedOpened = 1,
        /// No more.
        LeaveFeedClosed = 1,
    }
}
