//! A balance of leave in words: what each posting is, and what an account is made up of. Figures
//! are those of the postings, so that the words can't say something else.

use std::collections::BTreeMap;

use domain::leave::LeaveMinutes;
use domain::leave::ledger::{Bucket, Cause, Origin, Posting, PostingKind};
use domain::leave::policy::Right;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::amounts::AmountBody;
use super::postings::{KindName, RightName};

/// How a bucket came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "LeaveOrigin")]
pub(crate) enum OriginName {
    /// It was granted in its cycle.
    Granted,
    /// It came over from an earlier cycle.
    Carried,
    /// It was entered by hand.
    Given,
    /// It came back by a cancellation after its own had lapsed.
    Restored,
    /// It's for one case, such as a birth.
    Case,
}

impl From<Origin> for OriginName {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::Granted => OriginName::Granted,
            Origin::Carried => OriginName::Carried,
            Origin::Given => OriginName::Given,
            Origin::Restored => OriginName::Restored,
            Origin::Case => OriginName::Case,
        }
    }
}

/// What of one kind there is in a bucket.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveSum")]
pub(crate) struct Sum {
    kind: KindName,
    right: RightName,
    /// The first day of the cycle that its bucket was granted for.
    cycle: Date,
    origin: OriginName,
    /// The last day on which its bucket can be taken.
    expires: Option<Date>,
    #[serde(flatten)]
    amount: AmountBody,
    /// In words.
    words: String,
}

type Key = (Bucket, PostingKind);

fn summed(postings: &[Posting]) -> BTreeMap<Key, (LeaveMinutes, usize)> {
    let mut sums: BTreeMap<Key, (LeaveMinutes, usize)> = BTreeMap::new();
    for posting in postings {
        let sum = sums.entry((posting.bucket, posting.kind)).or_default();
        sum.0 += posting.minutes;
        sum.1 += 1;
    }
    sums
}

/// An account by bucket and by what its postings do.
pub(super) fn sums(postings: &[Posting], day: LeaveMinutes) -> Vec<Sum> {
    let sum = |((bucket, kind), (amount, count)): (Key, (LeaveMinutes, usize))| Sum {
        kind: kind.into(),
        right: bucket.right.into(),
        cycle: bucket.cycle,
        origin: bucket.origin.into(),
        expires: bucket.expires,
        words: part(&bucket, kind, amount, count, day),
        amount: AmountBody::of(amount, day),
    };
    summed(postings).into_iter().map(sum).collect()
}

/// `11.5 days (5520 minutes)`.
fn amount(minutes: LeaveMinutes, day: LeaveMinutes) -> String {
    let days = minutes.in_days(day).to_string();
    let unit = if days == "1" || days == "-1" { "day" } else { "days" };
    format!("{days} {unit} ({minutes} minutes)")
}

fn bucket_in_words(bucket: &Bucket) -> String {
    let right = match bucket.right {
        Right::Statutory => "statutory",
        Right::Contractual => "contractual",
    };
    let what = match bucket.origin {
        Origin::Granted => format!("{right} leave of the cycle from {}", bucket.cycle),
        Origin::Carried => format!("{right} leave carried over from the cycle of {}", bucket.cycle),
        Origin::Given => format!("{right} leave entered by hand for {}", bucket.cycle),
        Origin::Restored => format!("{right} leave given back on {}", bucket.cycle),
        Origin::Case => format!("{right} leave for the case of {}", bucket.cycle),
    };
    match bucket.expires {
        Some(last) => format!("{what}, to be taken by {last}"),
        None => what,
    }
}

fn done(kind: PostingKind, minutes: LeaveMinutes) -> &'static str {
    match kind {
        PostingKind::Grant => "granted",
        PostingKind::Accrue => "accrued",
        PostingKind::Take if minutes.is_negative() => "taken",
        PostingKind::Take => "not taken",
        PostingKind::Carry if minutes.is_negative() => "carried into the next cycle",
        PostingKind::Carry => "carried in",
        PostingKind::Expire => "lapsed",
        PostingKind::PayOut => "paid out",
        PostingKind::Correct => "corrected",
    }
}

fn part(
    bucket: &Bucket,
    kind: PostingKind,
    minutes: LeaveMinutes,
    count: usize,
    day: LeaveMinutes,
) -> String {
    let times = if count == 1 { String::new() } else { format!(" in {count} postings") };
    let (amount, done) = (amount(minutes, day), done(kind, minutes));
    format!("{amount} {done}{times}: {}", bucket_in_words(bucket))
}

/// Why a balance is what it is: `Annual leave on 2026-03-02 is 11.5 days (5520 minutes), …`.
pub(super) fn why(name: &str, at: Date, postings: &[Posting], day: LeaveMinutes) -> String {
    let balance: LeaveMinutes = postings.iter().map(|posting| posting.minutes).sum();
    let total = amount(balance, day);
    let mut text = format!("{name} on {at} is {total}, a day being {day} minutes");
    let parts = summed(postings);
    if parts.is_empty() {
        text.push_str(": nothing was granted and nothing was taken.");
        return text;
    }
    text.push_str(", the sum of: ");
    let parts = parts.into_iter();
    let parts: Vec<String> = parts
        .map(|((bucket, kind), (minutes, count))| part(&bucket, kind, minutes, count, day))
        .collect();
    text.push_str(&parts.join("; "));
    text.push('.');
    text
}

/// What a posting is.
pub(super) fn in_words(posting: &Posting, day: LeaveMinutes) -> String {
    let minutes = posting.minutes;
    let (amount, of) = (amount(minutes, day), bucket_in_words(&posting.bucket));
    let done = done(posting.kind, minutes);
    if let Some(n) = posting.reverses {
        return format!("{amount}: posting {n} no longer holds and is taken back; {of}");
    }
    let why = match posting.cause {
        Cause::Cycle { from, to } if from == to => format!("for {from}"),
        Cause::Cycle { from, to } => format!("for {from} to {to}"),
        Cause::CycleEnd { next } => format!("because a new cycle begins on {next}"),
        Cause::Expiry { last } => format!("because it could be taken until {last}"),
        Cause::Entry { entry } => format!("by entry {entry}"),
        Cause::Case { case } => format!("by case {case}"),
        Cause::Request { request } => format!("by request {request}"),
        Cause::Cancelled { request } => format!("by the late cancellation of request {request}"),
        Cause::Leaving { last } => format!("because the employment ended on {last}"),
    };
    format!("{amount} {done} {why}: {of}")
}
