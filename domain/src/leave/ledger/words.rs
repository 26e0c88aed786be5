//! A leave account in plain English: what one posting did, and why a balance is what it is. The
//! lines of an explanation add up to the balance to the last ten-thousandth of a minute; days and
//! hours are only how they are told.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::posting::{Bucket, Cause, Origin, Posting, PostingKind};
use crate::country::ShownIn;
use crate::leave::amount::{LeaveDays, LeaveMinutes};
use crate::leave::policy::Right;

/// How amounts are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// What a day is worth, see [`super::average_day`].
    pub day: LeaveMinutes,
    /// In days or in hours.
    pub unit: ShownIn,
}

/// Why a balance is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The balance.
    pub minutes: LeaveMinutes,
    /// The same in days.
    pub days: LeaveDays,
    /// What it's the sum of, by the day of the first posting.
    pub lines: Vec<ExplanationLine>,
    /// What is approved and taken after the day; not in the balance.
    pub pending: Vec<ExplanationLine>,
    /// All of it in sentences.
    pub text: String,
}

/// Postings of one kind in one bucket, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplanationLine {
    /// What they do.
    pub kind: PostingKind,
    /// Where.
    pub bucket: Bucket,
    /// Their sum, signed.
    pub minutes: LeaveMinutes,
    /// The same in days.
    pub days: LeaveDays,
    /// How many they are.
    pub postings: usize,
    /// The day of the first one.
    pub first: Date,
    /// The day of the last one.
    pub last: Date,
    /// What they come to: `3.5 days taken on 9 February 2026 to 12 February 2026 from ...`.
    pub words: String,
}

/// A day as people write it: `9 February 2026`.
fn written(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// One day, or the first and the last one.
fn span(from: Date, to: Date) -> String {
    if from == to { written(from) } else { format!("{} to {}", written(from), written(to)) }
}

impl Shown {
    /// An amount with its unit, whatever its sign: `11.5 days`.
    pub fn amount(&self, minutes: LeaveMinutes) -> String {
        let size = if minutes.is_negative() { -minutes } else { minutes };
        self.signed(size)
    }

    /// The same with its sign.
    pub fn signed(&self, minutes: LeaveMinutes) -> String {
        let (number, unit) = match self.unit {
            ShownIn::Days => (minutes.in_days(self.day), "day"),
            ShownIn::Hours => (minutes.in_days(LeaveMinutes::of(60)), "hour"),
        };
        let s = if number == LeaveDays::of(1) || number == LeaveDays::of(-1) { "" } else { "s" };
        format!("{number} {unit}{s}")
    }
}

/// A bucket in words: `statutory leave of the cycle from 1 January 2026`.
fn bucket_in_words(bucket: &Bucket) -> String {
    let right = match bucket.right {
        Right::Statutory => "statutory leave",
        Right::Contractual => "contractual leave",
    };
    let cycle = written(bucket.cycle);
    let of = match bucket.origin {
        Origin::Granted => format!("{right} of the cycle from {cycle}"),
        Origin::Carried => format!("{right} carried over from the cycle from {cycle}"),
        Origin::Given => format!("{right} outside the grants of the cycle from {cycle}"),
        Origin::Restored => format!("{right} given back of the cycle from {cycle}"),
        Origin::Case => format!("leave for the event of {cycle}"),
    };
    match bucket.expires {
        Some(last) => format!("{of} (until {})", written(last)),
        None => of,
    }
}

/// Whether it gives back what was taken.
fn gives_back(posting: &Posting) -> bool {
    posting.kind == PostingKind::Take && !posting.minutes.is_negative()
}

/// What postings of a kind do, said of an amount in a bucket.
fn said(kind: PostingKind, amount: &str, up: bool, bucket: &Bucket) -> String {
    let bucket = bucket_in_words(bucket);
    match (kind, up) {
        (PostingKind::Grant, true) => format!("{amount} granted as {bucket}"),
        (PostingKind::Grant, false) => format!("{amount} less granted as {bucket}"),
        (PostingKind::Accrue, true) => format!("{amount} accrued as {bucket}"),
        (PostingKind::Accrue, false) => format!("{amount} less accrued as {bucket}"),
        (PostingKind::Take, true) => format!("{amount} given back to {bucket}"),
        (PostingKind::Take, false) => format!("{amount} taken from {bucket}"),
        (PostingKind::Carry, true) => format!("{amount} brought into {bucket}"),
        (PostingKind::Carry, false) => format!("{amount} moved out of {bucket}"),
        (PostingKind::Expire, false) => format!("{amount} lapsed of {bucket}"),
        (PostingKind::Expire, true) => format!("{amount} that lapsed came back to {bucket}"),
        (PostingKind::PayOut, false) => format!("{amount} paid out of {bucket}"),
        (PostingKind::PayOut, true) => format!("{amount} that was paid out came back to {bucket}"),
        (PostingKind::Correct, true) => format!("{amount} put back into {bucket} by corrections"),
        (PostingKind::Correct, false) => {
            format!("{amount} taken back from {bucket} by corrections")
        }
    }
}

/// Why there is a posting.
fn because(cause: &Cause) -> String {
    match cause {
        Cause::Cycle { from, to } => format!("for {}", span(*from, *to)),
        Cause::CycleEnd { next } => format!("as a new cycle began on {}", written(*next)),
        Cause::Expiry { last } => format!("as it could be taken until {}", written(*last)),
        Cause::Entry { .. } => "as entered by hand".to_owned(),
        Cause::Case { .. } => "for a declared case".to_owned(),
        Cause::Request { .. } => "by an approved request".to_owned(),
        Cause::Cancelled { .. } => "as the request was cancelled".to_owned(),
        Cause::Leaving { last } => format!("as the employment ended on {}", written(*last)),
    }
}

/// What a posting did, in a sentence with its figures.
pub fn sentence(posting: &Posting, shown: Shown) -> String {
    let (day, amount) = (written(posting.effective), shown.amount(posting.minutes));
    let bucket = bucket_in_words(&posting.bucket);
    if let Some(reversed) = posting.reverses {
        let sign = if posting.minutes.is_negative() { "-" } else { "+" };
        return format!(
            "{day}: posting {reversed} is taken back, as it no longer holds: \
             {sign}{amount}, {bucket}."
        );
    }
    let said = said(posting.kind, &amount, !posting.minutes.is_negative(), &posting.bucket);
    format!("{day}: {said}, {} ({}).", because(&posting.cause), posting.arithmetic)
}

/// Adds postings up by kind and bucket, what was given back apart from what was taken.
fn lines<'a>(postings: impl Iterator<Item = &'a Posting>, shown: Shown) -> Vec<ExplanationLine> {
    let mut groups: BTreeMap<(PostingKind, bool, Bucket), Vec<&Posting>> = BTreeMap::new();
    for posting in postings {
        groups
            .entry((posting.kind, gives_back(posting), posting.bucket))
            .or_default()
            .push(posting);
    }
    let added_up = groups.into_iter().map(|((kind, _, bucket), group)| {
        let minutes: LeaveMinutes = group.iter().map(|posting| posting.minutes).sum();
        let days = || group.iter().map(|posting| posting.effective);
        let (first, last) = (days().min().unwrap_or_default(), days().max().unwrap_or_default());
        let said = said(kind, &shown.amount(minutes), !minutes.is_negative(), &bucket);
        ExplanationLine {
            kind,
            bucket,
            minutes,
            days: minutes.in_days(shown.day),
            postings: group.len(),
            first,
            last,
            words: format!("{said}, {}", span(first, last)),
        }
    });
    let mut lines: Vec<ExplanationLine> = added_up.collect();
    lines.sort_by_key(|line| (line.first, line.kind, line.bucket));
    lines
}

/// Why an account comes to what it does on a day: what was posted by then, added up, and apart from
/// it what is taken later. The postings are those of a replay, or those that stand in the log.
pub fn explain<'a>(
    postings: impl IntoIterator<Item = &'a Posting>,
    day: Date,
    shown: Shown,
) -> Explanation {
    let (by_then, later): (Vec<&Posting>, Vec<&Posting>) =
        postings.into_iter().partition(|posting| posting.effective <= day);
    let minutes: LeaveMinutes = by_then.iter().map(|posting| posting.minutes).sum();
    let lines_then = lines(by_then.into_iter(), shown);
    let takes = later.into_iter().filter(|posting| posting.kind == PostingKind::Take);
    let pending = lines(takes, shown);
    let mut text = format!("The balance on {} is {}", written(day), shown.signed(minutes));
    if lines_then.is_empty() {
        text.push_str(", as nothing has been granted or taken by then.");
    } else {
        let parts = lines_then.iter().map(|line| {
            let sign = if line.minutes.is_negative() { "-" } else { "+" };
            format!("{sign} {}", line.words)
        });
        text.push_str(&format!(": {}.", parts.collect::<Vec<_>>().join("; ")));
    }
    if !pending.is_empty() {
        let parts: Vec<_> = pending.iter().map(|line| line.words.clone()).collect();
        text.push_str(&format!(" Approved for later and not off it yet: {}.", parts.join("; ")));
    }
    let days = minutes.in_days(shown.day);
    Explanation { minutes, days, lines: lines_then, pending, text }
}

#[cfg(test)]
mod tests;
