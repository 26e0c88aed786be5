//! The lines of an invoice, computed from what it holds. Seconds are neither lost nor made: each
//! entry is in exactly one line. A line has one rate and one rounding rule, both shown with it;
//! entries of one group that differ in either make lines of their own.

mod sums;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{GroupBy, ReservedEntry};
use crate::catalogue::rates::{Rate, RateUnit};
use crate::id::{EntryId, MemberId, ProjectId, TaskId};
use crate::time::Span;
use crate::time::rounding::{Measured, Rounding, line_seconds};

pub use sums::{BilledIn, Sum, SummedEntry, TaskSums, TermsOf};

const HOUR_SECONDS: u32 = 3600;

/// What applies to an entry on its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// How its time is rounded.
    pub rounding: Rounding,
    /// What is charged; none where no rate was set.
    pub rate: Option<Rate>,
    /// The seconds of a working day, for rates per day.
    pub working_day_seconds: u32,
    /// From when to when it was worked, where the rounding rule asks for that.
    pub span: Option<Span>,
}

/// What a line is about, in the order that lines stand in. Names are joined by the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKey {
    /// A kind of work on a project.
    Task {
        /// The project.
        project: ProjectId,
        /// The task.
        task: TaskId,
    },
    /// A member's work.
    Member {
        /// The member.
        member: MemberId,
    },
    /// A day's work.
    Day {
        /// The day.
        day: Date,
    },
    /// One entry.
    Entry {
        /// Its day.
        day: Date,
        /// The entry.
        entry: EntryId,
    },
}

/// Why a line has no price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineWarning {
    /// No rate was set for this work: set one, or make the time not billable.
    NoRate,
    /// The rate is in another currency than the invoice.
    OtherCurrency {
        /// The currency of the rate, ISO 4217.
        currency: String,
    },
}

impl LineWarning {
    /// The stable name of the warning.
    pub fn code(&self) -> &'static str {
        match self {
            LineWarning::NoRate => "billing.no_rate",
            LineWarning::OtherCurrency { .. } => "billing.rate_in_other_currency",
        }
    }
}

/// One line. Its amounts are net, in minor units of the invoice's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1, 2, 3, …
    pub n: u32,
    /// What it's about.
    pub key: LineKey,
    /// The rule its time is rounded by, without what has no effect in it.
    pub rounding: Rounding,
    /// The rate it's priced at, or would be if its currency were the invoice's.
    pub rate: Option<Rate>,
    /// The seconds that one unit stands for: an hour's, or a working day's.
    pub unit_seconds: u32,
    /// What was recorded; below zero where corrections take back more than there is.
    pub seconds: i64,
    /// What is billed.
    pub rounded_seconds: i64,
    /// What is billed in units, as a decimal with four places, rounded half up. It's for reading:
    /// the price is made from the seconds.
    pub quantity: String,
    /// The price of a unit.
    pub unit_price_minor: Option<i64>,
    /// The price of the line.
    pub net_minor: Option<i64>,
    /// Why it has no price.
    pub warning: Option<LineWarning>,
    /// The entries in it, in order of day and id.
    pub entries: Vec<EntryId>,
}

/// What entries must have in common, besides the line's subject, to share a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct SharedTerms {
    unpriced: bool,
    unit_seconds: u32,
    per_day: bool,
    amount_minor: i64,
    currency: String,
    rounding: Rounding,
}

impl SharedTerms {
    /// What can be shared of the terms, and what is an entry's own.
    ///
    /// Time that is billed as fixed seconds is rounded by no rule, and lies anywhere in its entry,
    /// so it has no ends.
    fn of(terms: Terms, fixed: bool) -> (Self, Option<Span>) {
        let Terms { rounding, rate, working_day_seconds, span } = terms;
        let (rounding, span) = if fixed { (Rounding::NONE, None) } else { (rounding, span) };
        let per_day = rate.as_ref().is_some_and(|rate| rate.unit == RateUnit::Day);
        let shared = SharedTerms {
            unpriced: rate.is_none(),
            unit_seconds: if per_day { working_day_seconds } else { HOUR_SECONDS },
            per_day,
            amount_minor: rate.as_ref().map_or(0, |rate| rate.amount_minor),
            currency: rate.map(|rate| rate.currency).unwrap_or_default(),
            rounding: rounding.effective(),
        };
        (shared, span)
    }

    fn rate(&self) -> Option<Rate> {
        let unit = if self.per_day { RateUnit::Day } else { RateUnit::Hour };
        (!self.unpriced).then(|| Rate {
            unit,
            amount_minor: self.amount_minor,
            currency: self.currency.clone(),
        })
    }
}

/// An entry with its ends, where its rounding asks for them.
type Reserved<'a> = (&'a ReservedEntry, Option<Span>);

/// The lines of an invoice in `currency` over these entries. `terms` says what applies to an entry;
/// `price` gives the minor units for seconds at a rate and the seconds of a working day.
pub fn invoice_lines(
    entries: &[ReservedEntry],
    group_by: GroupBy,
    currency: &str,
    terms: impl Fn(&ReservedEntry) -> Terms,
    price: impl Fn(i64, &Rate, u32) -> i64,
) -> Vec<Line> {
    let mut groups: BTreeMap<(LineKey, SharedTerms), Vec<Reserved<'_>>> = BTreeMap::new();
    for entry in entries {
        let (shared, span) = SharedTerms::of(terms(entry), entry.fixed_seconds().is_some());
        groups.entry((key(entry, group_by), shared)).or_default().push((entry, span));
    }
    (1..)
        .zip(groups)
        .map(|(n, ((key, terms), mut entries))| {
            entries.sort_unstable_by_key(|(entry, _)| (entry.day, entry.entry));
            line(n, key, &terms, &entries, currency, &price)
        })
        .collect()
}

fn key(entry: &ReservedEntry, group_by: GroupBy) -> LineKey {
    match group_by {
        GroupBy::Task => LineKey::Task { project: entry.project, task: entry.task },
        GroupBy::Member => LineKey::Member { member: entry.member },
        GroupBy::Day => LineKey::Day { day: entry.day },
        GroupBy::Entry => LineKey::Entry { day: entry.day, entry: entry.entry },
    }
}

fn line(
    n: u32,
    key: LineKey,
    terms: &SharedTerms,
    entries: &[Reserved<'_>],
    currency: &str,
    price: impl Fn(i64, &Rate, u32) -> i64,
) -> Line {
    // A day's sum is a member's on one task, so that it's the same however lines are made.
    let parts = entries.iter().map(|(it, span)| {
        let seconds = it.fixed_seconds().unwrap_or(it.seconds);
        let measured = Measured { seconds, span: span.as_ref() };
        ((it.day, it.member, it.project, it.task), measured)
    });
    let rounded_seconds = line_seconds(parts, terms.rounding);
    let rate = terms.rate();
    let warning = match &rate {
        None => Some(LineWarning::NoRate),
        Some(rate) if rate.currency != currency => {
            Some(LineWarning::OtherCurrency { currency: rate.currency.clone() })
        }
        Some(_) => None,
    };
    let priced = rate.as_ref().filter(|_| warning.is_none());
    Line {
        n,
        key,
        rounding: terms.rounding,
        unit_seconds: terms.unit_seconds,
        seconds: entries.iter().map(|(entry, _)| entry.seconds).sum(),
        rounded_seconds,
        quantity: quantity(rounded_seconds, terms.unit_seconds),
        unit_price_minor: priced.map(|rate| rate.amount_minor),
        net_minor: priced.map(|rate| price(rounded_seconds, rate, terms.unit_seconds)),
        warning,
        entries: entries.iter().map(|(entry, _)| entry.entry).collect(),
        rate,
    }
}

/// Seconds in units, with four decimal places, rounded half away from zero; a unit of no seconds
/// has none.
pub(super) fn quantity(seconds: i64, unit_seconds: u32) -> String {
    let unit = u128::from(unit_seconds.max(1));
    let parts = (u128::from(seconds.unsigned_abs()) * 20_000 + unit) / (2 * unit);
    let sign = if seconds < 0 && parts > 0 { "-" } else { "" };
    format!("{sign}{}.{:04}", parts / 10_000, parts % 10_000)
}

#[cfg(test)]
mod tests;
