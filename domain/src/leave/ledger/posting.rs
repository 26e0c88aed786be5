//! The postings of a leave account: signed amounts, each with its day, its bucket and its cause.
//! None is ever changed or deleted; what proved wrong is posted again with the other sign, on the
//! same day, as a correction that names it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{LeaveCaseId, LeaveEntryId, LeaveRequestId};
use crate::leave::amount::LeaveMinutes;
use crate::leave::policy::Right;

/// What a posting does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostingKind {
    /// Leave is granted, all at once.
    Grant,
    /// A part of a grant has grown.
    Accrue,
    /// Leave is taken.
    Take,
    /// It goes from one cycle to the next: a pair of postings that add up to nothing.
    Carry,
    /// It lapses.
    Expire,
    /// It's paid out.
    PayOut,
    /// An earlier posting is taken back.
    Correct,
}

impl PostingKind {
    /// Each of them.
    pub const ALL: [PostingKind; 7] = [
        PostingKind::Grant,
        PostingKind::Accrue,
        PostingKind::Take,
        PostingKind::Carry,
        PostingKind::Expire,
        PostingKind::PayOut,
        PostingKind::Correct,
    ];

    /// The name in the API and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            PostingKind::Grant => "grant",
            PostingKind::Accrue => "accrue",
            PostingKind::Take => "take",
            PostingKind::Carry => "carry",
            PostingKind::Expire => "expire",
            PostingKind::PayOut => "pay_out",
            PostingKind::Correct => "correct",
        }
    }
}

/// A part of an account that lapses as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Bucket {
    /// In which right.
    pub right: Right,
    /// The first day of the cycle that it was granted for; of a case, of its event.
    pub cycle: Date,
    /// How it came about.
    #[serde(default, skip_serializing_if = "Origin::is_granted")]
    pub origin: Origin,
    /// The last day on which it can be taken; none = it doesn't lapse by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

/// How a bucket came about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It was granted in its cycle.
    #[default]
    Granted,
    /// It came over from an earlier cycle.
    Carried,
    /// It was entered by hand, such as a balance from another system.
    Given,
    /// It came back by a cancellation after its own had lapsed.
    Restored,
    /// It's for one case, such as a birth.
    Case,
}

impl Origin {
    fn is_granted(&self) -> bool {
        *self == Origin::Granted
    }
}

/// Why there is a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Cause {
    /// What is due for these days of a cycle, by the policy.
    Cycle {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// A cycle ended on the day before this one.
    CycleEnd {
        /// The first day of the next one.
        next: Date,
    },
    /// The last day of its bucket is past.
    Expiry {
        /// That day.
        last: Date,
    },
    /// Somebody entered it.
    Entry {
        /// Which entry.
        entry: LeaveEntryId,
    },
    /// A case, such as a birth.
    Case {
        /// Which.
        case: LeaveCaseId,
    },
    /// A request.
    Request {
        /// Which.
        request: LeaveRequestId,
    },
    /// A request was cancelled after its days had lapsed.
    Cancelled {
        /// Which.
        request: LeaveRequestId,
    },
    /// The employment ended.
    Leaving {
        /// The last day of it.
        last: Date,
    },
}

/// The versions of the streams that a posting was computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RestsOn {
    /// Of the member: employment and patterns of work.
    pub member: i32,
    /// Of the calendar of holidays.
    pub calendar: i32,
    /// Of the kind of leave, with its policies.
    pub leave_type: i32,
}

/// One posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// 1, 2, 3, … in its account, in the order of recording; 0 where it's not recorded.
    pub n: u32,
    /// The day from which it counts.
    pub effective: Date,
    /// What it does.
    pub kind: PostingKind,
    /// How much, signed.
    pub minutes: LeaveMinutes,
    /// In which bucket.
    pub bucket: Bucket,
    /// Why.
    pub cause: Cause,
    /// How the amount came about, in figures: `15 days x 480 minutes x 1/12`.
    pub arithmetic: String,
    /// What it was computed from.
    pub rests_on: RestsOn,
    /// Of a correction, the posting that it takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<u32>,
}

impl Posting {
    /// Whether both say the same of the account, whenever and from whichever versions they were
    /// computed.
    pub fn says_the_same_as(&self, other: &Posting) -> bool {
        self.effective == other.effective
            && self.kind == other.kind
            && self.minutes == other.minutes
            && self.bucket == other.bucket
            && self.cause == other.cause
    }
}

/// What an account comes to on a day: the sum of the postings that count by then.
pub fn balance_on<'a>(postings: impl IntoIterator<Item = &'a Posting>, day: Date) -> LeaveMinutes {
    let by_then = postings.into_iter().filter(|posting| posting.effective <= day);
    by_then.map(|posting| posting.minutes).sum()
}
