//! The postings of an account of leave up to a day, which is why its balance is what it is: those
//! on record with their place in the log, and those that are due by the facts but not recorded yet.
//! Corrections stand among them; the sum of all is the balance.

use domain::id::{LeaveTypeId, MemberId};
use domain::leave::ledger::{Cause, Ledger, Posting, PostingKind, RestsOn, replay, settle};
use domain::leave::policy::Right;
use domain::leave::{LeaveMinutes, member_leave_stream};
use jiff::Timestamp;
use jiff::civil::Date;
use migrations::TenantTx;
use projections::leave::leave_posting::{self, LeavePosting, LeavePostingRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::amounts::{AmountBody, Minutes};
use super::balances::{Account, BalanceBody, day_of, firm};
use super::seen::listed_of;
use super::words::{OriginName, Sum, in_words, sums, why};
use crate::http::answer::Answer;
use crate::http::call::{About, Call};
use crate::http::problem::Problem;
use crate::http::time::days::{events_of, fold};

/// What a posting does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "LeavePostingKind")]
pub(crate) enum KindName {
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

impl From<PostingKind> for KindName {
    fn from(kind: PostingKind) -> Self {
        match kind {
            PostingKind::Grant => KindName::Grant,
            PostingKind::Accrue => KindName::Accrue,
            PostingKind::Take => KindName::Take,
            PostingKind::Carry => KindName::Carry,
            PostingKind::Expire => KindName::Expire,
            PostingKind::PayOut => KindName::PayOut,
            PostingKind::Correct => KindName::Correct,
        }
    }
}

/// From which right leave comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "LeaveRight")]
pub(crate) enum RightName {
    /// By law.
    Statutory,
    /// By contract or of the firm's own will.
    Contractual,
}

impl From<Right> for RightName {
    fn from(right: Right) -> Self {
        match right {
            Right::Statutory => RightName::Statutory,
            Right::Contractual => RightName::Contractual,
        }
    }
}

/// A part of an account that lapses as one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveBucket")]
pub(crate) struct BucketBody {
    right: RightName,
    /// The first day of the cycle that it was granted for; of a case, of its event.
    cycle: Date,
    origin: OriginName,
}

/// Why there is a posting.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[schemars(rename = "LeaveCause")]
pub(crate) struct CauseBody {
    /// `cycle`, `cycle_end`, `expiry`, `entry`, `case`, `request`, `cancelled` or `leaving`.
    of: &'static str,
    /// The days of a cycle that it's for.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Date>,
    /// The last of them; of an expiry or of leaving, the last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Date>,
    /// The request, the entry by hand or the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
}

impl From<Cause> for CauseBody {
    fn from(cause: Cause) -> Self {
        let none = CauseBody::default();
        match cause {
            Cause::Cycle { from, to } => {
                CauseBody { of: "cycle", from: Some(from), to: Some(to), ..none }
            }
            Cause::CycleEnd { next } => CauseBody { of: "cycle_end", from: Some(next), ..none },
            Cause::Expiry { last } => CauseBody { of: "expiry", to: Some(last), ..none },
            Cause::Entry { entry } => CauseBody { of: "entry", id: Some(entry.0), ..none },
            Cause::Case { case } => CauseBody { of: "case", id: Some(case.0), ..none },
            Cause::Request { request } => CauseBody { of: "request", id: Some(request.0), ..none },
            Cause::Cancelled { request } => {
                CauseBody { of: "cancelled", id: Some(request.0), ..none }
            }
            Cause::Leaving { last } => CauseBody { of: "leaving", to: Some(last), ..none },
        }
    }
}

/// The versions of what a posting was computed from.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(rename = "LeaveRestsOn")]
pub(crate) struct RestsOnBody {
    /// Of the member: employment and patterns of work.
    member: i32,
    /// Of the calendar of holidays.
    calendar: i32,
    /// Of the kind of leave, with its policies.
    leave_type: i32,
}

impl From<RestsOn> for RestsOnBody {
    fn from(on: RestsOn) -> Self {
        RestsOnBody { member: on.member, calendar: on.calendar, leave_type: on.leave_type }
    }
}

/// A posting.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeavePosting")]
pub(crate) struct PostingBody {
    /// 1, 2, 3, … in its account; null while it's not recorded.
    n: Option<u32>,
    /// The day from which it counts.
    effective: Date,
    kind: KindName,
    /// Signed: an integer where it's whole, else with up to four decimals.
    minutes: Minutes,
    /// The same in days of the member's pattern of work.
    days: String,
    bucket: BucketBody,
    /// The last day on which its bucket can be taken; null = it doesn't lapse by itself.
    expires: Option<Date>,
    cause: CauseBody,
    /// How the amount came about, in figures.
    arithmetic: String,
    /// What it is, in words.
    words: String,
    rests_on: RestsOnBody,
    /// Of a correction, the number of the posting that it takes back.
    reverses: Option<u32>,
    /// What the account comes to with it and all before it.
    balance: Minutes,
    /// Where it stands in the log; null while it's due but not recorded.
    position: Option<i64>,
    /// When it was recorded.
    recorded_at: Option<Timestamp>,
}

/// An account on a day, explained.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveAccount")]
pub(crate) struct AccountBody {
    #[serde(flatten)]
    balance: BalanceBody,
    /// Why the balance is what it is, in words and figures.
    why: String,
    /// The balance by what makes it up.
    sums: Vec<Sum>,
    /// Every posting that counts by then, by day; they add up to the balance.
    items: Vec<PostingBody>,
    /// They are all there.
    next_cursor: Option<String>,
}

/// Whose account of which kind.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct OfAccount {
    member_id: Uuid,
    leave_type_id: Uuid,
}

/// When.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OnDay {
    /// The day; left out = today. Of days to come it's what is to be expected.
    at: Option<Date>,
}

/// `GET /leave-balances/{member_id}/{leave_type_id}/postings`.
pub(crate) async fn list(call: Call<OfAccount, OnDay>) -> Result<Answer<AccountBody>, Problem> {
    let member = MemberId(call.path.member_id);
    let kind = LeaveTypeId(call.path.leave_type_id);
    listed_of(&call, Some(member))?;
    let mut tx = call.tx().await?;
    let at = day_of(&call, &mut tx, call.query.at).await?;
    let firm = firm(&call, &mut tx, &[member], at).await?;
    let rows = recorded(&call, &mut tx, member, kind).await?;
    tx.commit().await?;
    let sources = firm.of(member).ok_or_else(Problem::not_found)?;
    let account = Account::of(&sources, kind, at).ok_or_else(Problem::not_found)?;
    let facts = sources.account(kind).ok_or_else(Problem::not_found)?;
    let (_, of_kind) = firm.types.get(&kind).ok_or_else(Problem::not_found)?;
    let day = account.day();
    Ok(call.read(AccountBody {
        why: why(&of_kind.name, at, &account.postings, day),
        sums: sums(&account.postings, day),
        items: told(&rows, &replay(&facts, at), at, day),
        next_cursor: None,
        balance: account.body(member, (kind, of_kind)),
    }))
}

/// The recorded postings at the moment asked for, by number.
async fn recorded(
    about: &About,
    tx: &mut TenantTx,
    member: MemberId,
    kind: LeaveTypeId,
) -> Result<Vec<LeavePostingRow>, Problem> {
    let Some(position) = about.as_of else {
        return Ok(leave_posting::of_account(tx, member, kind).await?);
    };
    let events = events_of(tx, &[member_leave_stream(member)], position).await?;
    let rows = fold::<LeavePosting>(&events);
    let mut rows: Vec<_> = rows.iter().filter(|row| row.leave_type_id == kind).cloned().collect();
    rows.sort_by_key(|row| row.n);
    Ok(rows)
}

/// What is recorded and what is due, up to a day, in the order of days. What no longer holds and is
/// not yet corrected stands there with its correction, which is due.
fn told(
    rows: &[LeavePostingRow],
    ledger: &Ledger,
    at: Date,
    day: LeaveMinutes,
) -> Vec<PostingBody> {
    let known: Vec<Posting> = rows.iter().map(LeavePostingRow::posting).collect();
    let due = settle(&known, ledger, at).into_iter().map(|posting| (posting, None));
    let on_record = known.iter().cloned().zip(rows.iter().map(Some));
    let mut all: Vec<(Posting, Option<&LeavePostingRow>)> =
        on_record.chain(due).filter(|(posting, _)| posting.effective <= at).collect();
    all.sort_by_key(|(posting, row)| (posting.effective, row.is_none(), posting.n));
    let mut balance = LeaveMinutes::ZERO;
    let body = |(posting, row): (Posting, Option<&LeavePostingRow>)| {
        balance += posting.minutes;
        let AmountBody { minutes: amount, days } = AmountBody::of(posting.minutes, day);
        PostingBody {
            n: row.map(|row| row.n),
            effective: posting.effective,
            kind: posting.kind.into(),
            minutes: amount,
            days,
            bucket: BucketBody {
                right: posting.bucket.right.into(),
                cycle: posting.bucket.cycle,
                origin: posting.bucket.origin.into(),
            },
            expires: posting.bucket.expires,
            cause: posting.cause.into(),
            words: in_words(&posting, day),
            rests_on: posting.rests_on.into(),
            reverses: posting.reverses,
            balance: Minutes(balance),
            position: row.map(|row| row.position),
            recorded_at: row.map(|row| row.recorded_at),
            arithmetic: posting.arithmetic,
        }
    };
    all.into_iter().map(body).collect()
}
