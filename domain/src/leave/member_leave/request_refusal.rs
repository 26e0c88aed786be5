//! Why a request for leave, or a decision on one, is refused: each with a stable code, the field it
//! is about, and words that name the remedy. Never a reason that somebody gave.

use jiff::civil::Date;

use super::{LEAVE_REASON_MAX, Shortfall};
use crate::id::LeaveRequestId;
use crate::leave::amount::LeaveMinutes;
use crate::time::Office;

/// The most days between the first and the last day of a request, both counted.
pub const LEAVE_DAYS_MAX: i32 = 400;

/// A state of the world that a request meets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestRefusal {
    /// There is no such request.
    #[error("there is no such request")]
    UnknownRequest,
    /// The id was used before.
    #[error("this id was used before; take a new one")]
    RequestExists,
    /// The days make no sense.
    #[error("{why}")]
    SpanInvalid {
        /// What is the matter, and what to do.
        why: &'static str,
    },
    /// The words are too many.
    #[error("give a note of at most {LEAVE_REASON_MAX} characters")]
    NoteTooLong,
    /// No more leave of this kind is asked for.
    #[error("no more leave of this kind is asked for; ask for another kind")]
    RetiredType,
    /// It's granted per case, and there is no such case of this member.
    #[error("leave of this kind is for a case, such as a birth; name one of the member's")]
    UnknownCase,
    /// Not employed on one of the days.
    #[error("the member is not employed on {day}; ask for days of the employment")]
    NotEmployed {
        /// Such a day.
        day: Date,
    },
    /// Nothing would have been worked on any of the days.
    #[error("nothing would be worked on these days, so no leave is needed for them")]
    NothingToTake,
    /// Only whole days are taken.
    #[error("leave of this kind is taken in whole days")]
    HalfDaysNotTaken,
    /// Parts of days are taken otherwise.
    #[error("leave of this kind is taken in {}", step_words(*.minutes))]
    Step {
        /// In multiples of so many minutes; none = in half days.
        minutes: Option<u32>,
    },
    /// It's asked for too late.
    #[error("ask at least {days} days before the first day; a manager may ask for you")]
    NoticeTooShort {
        /// How many days before.
        days: u32,
    },
    /// The terms must be accepted.
    #[error("accept version {version} of the terms: send accept_terms with it")]
    TermsNotAccepted {
        /// The version that holds.
        version: u32,
    },
    /// Other leave takes the day.
    #[error("request {with} takes leave on {day} already; change one of them")]
    Overlap {
        /// Which other request.
        with: LeaveRequestId,
        /// On which day.
        day: Date,
    },
    /// The balance does not allow it.
    #[error(
        "the balance on {day} would be {balance} minutes, {shortfall} minutes less than is \
         allowed; ask for fewer days or for another kind of leave"
    )]
    InsufficientBalance {
        /// The first day on which it's too low.
        day: Date,
        /// What the balance would be.
        balance: LeaveMinutes,
        /// How much is missing.
        shortfall: LeaveMinutes,
    },
    /// Nothing is granted to somebody of whom it's not known since when they are employed.
    #[error("nothing is granted without a first day of employment; give the member one")]
    NoHireDate,
    /// It's no draft any more.
    #[error("this request is no draft any more")]
    NotDraft,
    /// It was not asked for, or was taken back.
    #[error("this request is not submitted")]
    NotSubmitted,
    /// It was decided on.
    #[error("this request was decided on already; leave that was granted can be cancelled")]
    AlreadyDecided,
    /// It's not granted.
    #[error("this request is not approved; only leave that was granted is cancelled")]
    NotApproved,
    /// Leave that has begun is not cancelled by who took it.
    #[error("this leave began on {from}; ask a manager or whoever approves it to cancel it")]
    AlreadyBegun {
        /// Its first day.
        from: Date,
    },
    /// Nobody decides on their own leave.
    #[error("somebody else decides on your leave; SELF_APPROVAL allows it")]
    OwnApproval,
    /// Somebody else decides at this step.
    #[error("this request waits for the office {waits_for}")]
    NotYourStep {
        /// Whose step it is.
        waits_for: Office,
    },
    /// A reason must be given.
    #[error("say why")]
    ReasonRequired,
    /// It can't be granted without a document.
    #[error("attach the document that leave of this kind needs before it is approved")]
    DocumentMissing,
    /// Nothing is attached to what came to nothing.
    #[error("nothing is attached to a request that was rejected, withdrawn or cancelled")]
    RequestClosed,
    /// The member has no such file.
    #[error("the member has no such file")]
    UnknownDocument,
}

impl From<Shortfall> for RequestRefusal {
    fn from(short: Shortfall) -> Self {
        let Shortfall { day, balance, shortfall } = short;
        RequestRefusal::InsufficientBalance { day, balance, shortfall }
    }
}

fn step_words(minutes: Option<u32>) -> String {
    match minutes {
        None => "half days".to_owned(),
        Some(minutes) => format!("multiples of {minutes} minutes"),
    }
}

impl RequestRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            RequestRefusal::UnknownRequest => "leave.unknown_request",
            RequestRefusal::RequestExists => "leave.request_exists",
            RequestRefusal::SpanInvalid { .. } => "leave.span_invalid",
            RequestRefusal::NoteTooLong => "leave.note_too_long",
            RequestRefusal::RetiredType => "leave.retired_type",
            RequestRefusal::UnknownCase => "leave.unknown_case",
            RequestRefusal::NotEmployed { .. } => "leave.not_employed",
            RequestRefusal::NothingToTake => "leave.nothing_to_take",
            RequestRefusal::HalfDaysNotTaken => "leave.half_days_not_taken",
            RequestRefusal::Step { .. } => "leave.step",
            RequestRefusal::NoticeTooShort { .. } => "leave.notice_too_short",
            RequestRefusal::TermsNotAccepted { .. } => "leave.terms_not_accepted",
            RequestRefusal::Overlap { .. } => "leave.overlap",
            RequestRefusal::InsufficientBalance { .. } => "leave.insufficient_balance",
            RequestRefusal::NoHireDate => "leave.no_hire_date",
            RequestRefusal::NotDraft => "leave.not_draft",
            RequestRefusal::NotSubmitted => "leave.not_submitted",
            RequestRefusal::AlreadyDecided => "leave.already_decided",
            RequestRefusal::NotApproved => "leave.not_approved",
            RequestRefusal::AlreadyBegun { .. } => "leave.already_begun",
            RequestRefusal::OwnApproval => "leave.own_approval",
            RequestRefusal::NotYourStep { .. } => "leave.not_your_step",
            RequestRefusal::ReasonRequired => "leave.reason_required",
            RequestRefusal::DocumentMissing => "leave.document_missing",
            RequestRefusal::RequestClosed => "leave.request_closed",
            RequestRefusal::UnknownDocument => "leave.unknown_document",
        }
    }

    /// The JSON pointer of the field it is about, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            RequestRefusal::SpanInvalid { .. } | RequestRefusal::InsufficientBalance { .. } => {
                Some("/to")
            }
            RequestRefusal::NotEmployed { .. }
            | RequestRefusal::NothingToTake
            | RequestRefusal::NoticeTooShort { .. }
            | RequestRefusal::Overlap { .. } => Some("/from"),
            RequestRefusal::RetiredType | RequestRefusal::NoHireDate => Some("/leave_type_id"),
            RequestRefusal::NoteTooLong => Some("/note"),
            RequestRefusal::UnknownCase => Some("/case_id"),
            RequestRefusal::HalfDaysNotTaken => Some("/half_day"),
            RequestRefusal::Step { .. } => Some("/minutes"),
            RequestRefusal::TermsNotAccepted { .. } => Some("/accept_terms"),
            RequestRefusal::ReasonRequired => Some("/reason"),
            RequestRefusal::UnknownRequest
            | RequestRefusal::RequestExists
            | RequestRefusal::NotDraft
            | RequestRefusal::NotSubmitted
            | RequestRefusal::AlreadyDecided
            | RequestRefusal::NotApproved
            | RequestRefusal::AlreadyBegun { .. }
            | RequestRefusal::OwnApproval
            | RequestRefusal::NotYourStep { .. }
            | RequestRefusal::DocumentMissing
            | RequestRefusal::RequestClosed
            | RequestRefusal::UnknownDocument => None,
        }
    }

    /// Whether what was named is not there at all.
    pub fn is_unknown(&self) -> bool {
        matches!(self, RequestRefusal::UnknownRequest | RequestRefusal::UnknownDocument)
    }
}
