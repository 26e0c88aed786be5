//! Why a change of the kinds of leave or of the holidays is refused. A code that is taken is found
//! by its claim when the event is appended; it is named here too, so that all refusals of the slice
//! stand in one place.

use jiff::civil::Date;

use super::calendar::DECLARED_MAX;
use super::grant_refusal::GrantRefusal;
use super::member_leave::RequestRefusal;
use super::member_leave::open_feed::FEEDS_MAX;
use crate::name::NAME_RULE;

/// A state of the world that a change meets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The name is empty, too long or holds control characters.
    #[error("{NAME_RULE}")]
    InvalidName,
    /// The code is none.
    #[error("give a code of 1 to 40 letters a to z, digits and _, a letter first")]
    InvalidCode,
    /// Another kind of leave has this code.
    #[error("another kind of leave has this code; give another, or restore that one")]
    CodeTaken,
    /// The id was used before.
    #[error("this id was used before; take a new one")]
    AlreadyDefined,
    /// There is no such kind of leave.
    #[error("there is no such kind of leave")]
    UnknownLeaveType,
    /// The country has no such region.
    #[error("{country} has no region {region:?} with holidays of its own; {known}")]
    UnknownRegion {
        /// The country.
        country: String,
        /// The code given.
        region: String,
        /// Those it has, in words.
        known: String,
    },
    /// The firm has declared this day already.
    #[error("{day} was declared a holiday already; withdraw it to call it otherwise")]
    AlreadyDeclared {
        /// The day.
        day: Date,
    },
    /// The firm has not declared this day.
    #[error("the firm has declared no holiday on this day")]
    NotDeclared,
    /// The firm has declared too many days.
    #[error("a firm declares at most {DECLARED_MAX} days")]
    TooManyDeclared,
    /// The member has too many open feeds.
    #[error("close a feed first: at most {FEEDS_MAX} are open at once")]
    TooManyFeeds,
    /// The member has no such open feed.
    #[error("there is no such feed")]
    UnknownFeed,
    /// Of a change of what is granted.
    #[error(transparent)]
    Grant(#[from] GrantRefusal),
    /// Of a request for leave.
    #[error(transparent)]
    Request(#[from] RequestRefusal),
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::InvalidName => "leave.invalid_name",
            Refusal::InvalidCode => "leave.invalid_code",
            Refusal::CodeTaken => "leave.code_taken",
            Refusal::AlreadyDefined => "leave.already_defined",
            Refusal::UnknownLeaveType => "leave.unknown_leave_type",
            Refusal::UnknownRegion { .. } => "leave.unknown_region",
            Refusal::AlreadyDeclared { .. } => "leave.already_declared",
            Refusal::NotDeclared => "leave.not_declared",
            Refusal::TooManyDeclared => "leave.too_many_declared",
            Refusal::TooManyFeeds => "leave.too_many_feeds",
            Refusal::UnknownFeed => "leave.unknown_feed",
            Refusal::Grant(refusal) => refusal.code(),
            Refusal::Request(refusal) => refusal.code(),
        }
    }

    /// The JSON pointer of the field it is about, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::InvalidName => Some("/name"),
            Refusal::InvalidCode | Refusal::CodeTaken => Some("/code"),
            Refusal::UnknownRegion { .. } => Some("/value"),
            Refusal::AlreadyDeclared { .. } => Some("/day"),
            Refusal::Grant(refusal) => refusal.field(),
            Refusal::Request(refusal) => refusal.field(),
            Refusal::AlreadyDefined
            | Refusal::UnknownLeaveType
            | Refusal::NotDeclared
            | Refusal::TooManyDeclared
            | Refusal::TooManyFeeds
            | Refusal::UnknownFeed => None,
        }
    }

    /// Whether what was named is not there at all.
    pub fn is_unknown(&self) -> bool {
        match self {
            Refusal::Grant(refusal) => refusal.is_unknown(),
            Refusal::Request(refusal) => refusal.is_unknown(),
            Refusal::UnknownLeaveType | Refusal::NotDeclared | Refusal::UnknownFeed => true,
            Refusal::InvalidName
            | Refusal::InvalidCode
            | Refusal::CodeTaken
            | Refusal::AlreadyDefined
            | Refusal::UnknownRegion { .. }
            | Refusal::AlreadyDeclared { .. }
            | Refusal::TooManyDeclared
            | Refusal::TooManyFeeds => false,
        }
    }
}
