//! Why a change of what is granted is refused: of a policy, of what is entered by hand, of what a
//! contract grants, or of a case. Each has a stable code, the field it's about, and words that name
//! the remedy.

use jiff::civil::Date;

use super::agree_on_leave::AGREEMENTS_MAX;
use super::declare_leave_case::CASES_MAX;
use super::enter_leave::{ENTRIES_MAX, REASON_CHARACTERS_MAX};
use super::set_leave_policy::POLICIES_MAX;

/// A state of the world that such a change meets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrantRefusal {
    /// This can't be a policy.
    #[error("{rule}")]
    InvalidPolicy {
        /// The JSON pointer of the part that breaks a rule.
        field: &'static str,
        /// The rule.
        rule: &'static str,
    },
    /// There are too many policies.
    #[error("a kind of leave has at most {POLICIES_MAX} policies; take back old ones")]
    TooManyPolicies,
    /// There is no policy of the firm's own from that day on.
    #[error("the firm has set no policy from this day on")]
    NoSuchPolicy,
    /// The amount makes no sense.
    #[error("give more or less than nothing, up to ten years")]
    InvalidAmount,
    /// The words are none, or too many.
    #[error("say why in 1 to {REASON_CHARACTERS_MAX} characters")]
    InvalidReason,
    /// The last day makes no sense.
    #[error("what is given lapses after the day from which it counts; what is taken off does not")]
    InvalidExpiry,
    /// There are too many entries.
    #[error("a member has at most {ENTRIES_MAX} entries; withdraw some of them")]
    TooManyEntries,
    /// There is no such entry.
    #[error("there is no such entry")]
    NoSuchEntry,
    /// The amount can't be agreed on.
    #[error("give 0 or more, up to ten years; left out, what the policy says is granted")]
    InvalidAgreement,
    /// Nothing is granted without a policy.
    #[error(
        "this kind of leave has no policy, so nothing of it is granted; set one first, or enter \
         leave by hand"
    )]
    NothingByContract,
    /// There are too many agreements.
    #[error("a member has at most {AGREEMENTS_MAX} agreements on a kind of leave")]
    TooManyAgreements,
    /// Leave of this kind is not for such a case on that day.
    #[error("on {on} leave of this kind is not for {applies_to:?}; {known}")]
    NotForThis {
        /// The day of the event.
        on: Date,
        /// What was given.
        applies_to: String,
        /// For what it is, in words.
        known: String,
    },
    /// The leave would begin too early, or years later.
    #[error("leave for this begins on {first} or later, within ten years")]
    InvalidBeginning {
        /// The first day on which it may begin.
        first: Date,
    },
    /// The share makes no sense.
    #[error("give a share of {least} to {most} days")]
    InvalidShare {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// It's not shared.
    #[error("leave for this is not shared; leave the share out")]
    NotShared,
    /// The same case was declared before.
    #[error("there is such a case of that day already; withdraw it first")]
    CaseDeclared,
    /// There are too many cases.
    #[error("a member has at most {CASES_MAX} cases")]
    TooManyCases,
    /// There is no such case.
    #[error("there is no such case")]
    NoSuchCase,
    /// Leave is asked for or granted for it.
    #[error("leave was asked for or granted for this case; withdraw or cancel it first")]
    CaseInUse,
}

impl GrantRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            GrantRefusal::InvalidPolicy { .. } => "leave.invalid_policy",
            GrantRefusal::TooManyPolicies => "leave.too_many_policies",
            GrantRefusal::NoSuchPolicy => "leave.no_such_policy",
            GrantRefusal::InvalidAmount => "leave.invalid_amount",
            GrantRefusal::InvalidReason => "leave.invalid_reason",
            GrantRefusal::InvalidExpiry => "leave.invalid_expiry",
            GrantRefusal::TooManyEntries => "leave.too_many_entries",
            GrantRefusal::NoSuchEntry => "leave.no_such_entry",
            GrantRefusal::InvalidAgreement => "leave.invalid_agreement",
            GrantRefusal::NothingByContract => "leave.nothing_by_contract",
            GrantRefusal::TooManyAgreements => "leave.too_many_agreements",
            GrantRefusal::NotForThis { .. } => "leave.not_for_this",
            GrantRefusal::InvalidBeginning { .. } => "leave.invalid_beginning",
            GrantRefusal::InvalidShare { .. } => "leave.invalid_share",
            GrantRefusal::NotShared => "leave.not_shared",
            GrantRefusal::CaseDeclared => "leave.case_declared",
            GrantRefusal::TooManyCases => "leave.too_many_cases",
            GrantRefusal::NoSuchCase => "leave.no_such_case",
            GrantRefusal::CaseInUse => "leave.case_in_use",
        }
    }

    /// The JSON pointer of the field it is about, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            GrantRefusal::InvalidPolicy { field, .. } => Some(field),
            GrantRefusal::InvalidAmount => Some("/minutes"),
            GrantRefusal::InvalidReason => Some("/reason"),
            GrantRefusal::InvalidExpiry => Some("/expires"),
            GrantRefusal::InvalidAgreement => Some("/amount"),
            GrantRefusal::NothingByContract => Some("/leave_type_id"),
            GrantRefusal::NotForThis { .. } => Some("/applies_to"),
            GrantRefusal::InvalidBeginning { .. } => Some("/begins"),
            GrantRefusal::InvalidShare { .. } | GrantRefusal::NotShared => Some("/share_days"),
            GrantRefusal::CaseDeclared => Some("/on"),
            GrantRefusal::TooManyPolicies
            | GrantRefusal::NoSuchPolicy
            | GrantRefusal::TooManyEntries
            | GrantRefusal::NoSuchEntry
            | GrantRefusal::TooManyAgreements
            | GrantRefusal::TooManyCases
            | GrantRefusal::NoSuchCase
            | GrantRefusal::CaseInUse => None,
        }
    }

    /// Whether what was named is not there at all.
    pub fn is_unknown(&self) -> bool {
        matches!(
            self,
            GrantRefusal::NoSuchPolicy | GrantRefusal::NoSuchEntry | GrantRefusal::NoSuchCase
        )
    }
}
