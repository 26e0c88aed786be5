//! What a report of leave adds up: one account over some days, and sums of several. Days are those
//! of each member's own pattern of work, so they can be added up where minutes mean more to some.

use std::collections::BTreeMap;

use domain::catalogue::rates::{RateKind, RatedWork};
use domain::id::{ClientId, LeaveTypeId, MemberId, ProjectId, TaskId};
use domain::leave::ledger::{
    AccountFacts, LeaveSources, Posting, PostingKind, average_day, balance_on, next_to_lapse,
    payable_on, replay, worth,
};
use domain::leave::{LeaveDay, LeaveDays, LeaveMinutes, LeaveState};
use jiff::civil::Date;
use projections::billing::price_book::PriceBook;
use uuid::Uuid;

/// What work costs, for who may know.
#[derive(Clone, Copy)]
pub(super) struct Costs<'a>(pub(super) &'a PriceBook);

/// The days of a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    /// The day of the balance.
    pub(super) at: Date,
    /// The first day of what is taken.
    pub(super) from: Date,
    /// The last one.
    pub(super) to: Date,
    /// Whether all that waits is meant, and not what falls on these days.
    pub(super) all: bool,
}

/// An amount in minutes and in the days of whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Amount {
    pub(super) minutes: LeaveMinutes,
    pub(super) days: LeaveDays,
}

impl Amount {
    fn of(minutes: LeaveMinutes, day: LeaveMinutes) -> Self {
        Amount { minutes, days: minutes.in_days(day) }
    }

    fn add(&mut self, other: Amount) {
        self.minutes += other.minutes;
        self.days += other.days;
    }
}

/// What a row comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sums {
    pub(super) balance: Amount,
    pub(super) taken: Amount,
    pub(super) pending: Amount,
    /// What lapses first, and after which day.
    pub(super) expiring: Option<(Date, Amount)>,
    /// What would be paid out.
    pub(super) liability: Amount,
    /// What that costs, in minor units by currency.
    pub(super) money: BTreeMap<String, i64>,
    /// Of that what has no cost rate.
    pub(super) unpriced: Amount,
}

impl Sums {
    /// Adds what another row comes to.
    pub(super) fn add(&mut self, other: &Sums) {
        self.balance.add(other.balance);
        self.taken.add(other.taken);
        self.pending.add(other.pending);
        self.liability.add(other.liability);
        self.unpriced.add(other.unpriced);
        for (currency, amount) in &other.money {
            *self.money.entry(currency.clone()).or_default() += amount;
        }
        self.expiring = match (self.expiring, other.expiring) {
            (Some((day, mut amount)), Some((other_day, other))) if day == other_day => {
                amount.add(other);
                Some((day, amount))
            }
            (Some(own), Some(other)) => Some(if own.0 < other.0 { own } else { other }),
            (own, other) => own.or(other),
        };
    }

    /// Whether there is nothing to tell.
    pub(super) fn is_nothing(&self) -> bool {
        *self == Sums::default()
    }
}

/// A member's account of a kind of leave.
pub(super) struct Account<'a> {
    member: MemberId,
    facts: AccountFacts<'a>,
    postings: Vec<Posting>,
    pending: Vec<LeaveDay>,
}

impl<'a> Account<'a> {
    /// The account up to a day; none where there is no such kind.
    pub(super) fn of(
        sources: &LeaveSources<'a>,
        member: MemberId,
        kind: LeaveTypeId,
        last: Date,
    ) -> Option<Self> {
        let facts = sources.account(kind)?;
        let postings = replay(&facts, last).postings;
        let waits =
            sources.leave.requests.values().filter(|request| {
                request.leave_type == kind && request.state == LeaveState::Submitted
            });
        let pending = waits.flat_map(|request| sources.days_of(kind, &request.span)).collect();
        Some(Account { member, facts, postings, pending })
    }

    /// What it comes to on the days of a row.
    pub(super) fn sums(&self, span: &Span, costs: Option<Costs<'_>>) -> Sums {
        let day = average_day(self.facts.patterns, self.facts.counts, span.at);
        let of = |minutes| Amount::of(minutes, day);
        let within = |on: Date| (span.from..=span.to).contains(&on);
        let taken = self
            .postings
            .iter()
            .filter(|posting| posting.kind == PostingKind::Take && within(posting.effective));
        let pending = self.pending.iter().filter(|taken| span.all || within(taken.day));
        let payable = payable_on(&self.facts, &self.postings, span.at);
        let mut sums = Sums {
            balance: of(balance_on(&self.postings, span.at)),
            taken: of(taken.map(|posting| -posting.minutes).sum()),
            pending: of(pending.map(|taken| taken.minutes).sum()),
            expiring: next_to_lapse(&self.postings, span.at).map(|(on, left)| (on, of(left))),
            liability: of(payable),
            ..Sums::default()
        };
        if let Some(costs) = costs.filter(|_| payable != LeaveMinutes::ZERO) {
            match self.cost(payable, span.at, costs) {
                Some((currency, amount)) => {
                    sums.money.insert(currency, amount);
                }
                None => sums.unpriced = of(payable),
            }
        }
        sums
    }

    /// What so much of the member's work costs on a day, whatever it's on.
    fn cost(
        &self,
        minutes: LeaveMinutes,
        day: Date,
        Costs(book): Costs<'_>,
    ) -> Option<(String, i64)> {
        let nothing = Uuid::nil();
        let (project, task, client) = (ProjectId(nothing), TaskId(nothing), ClientId(nothing));
        let work = RatedWork { member: self.member, project, task, client, day };
        let rate = book.rate(&work, RateKind::Cost)?;
        let working_day_seconds = book.settings().working_day_seconds(day);
        Some((rate.currency.clone(), worth(minutes, rate, working_day_seconds)))
    }
}
