//! How far below nothing an account may go, and where it would go further. What waits for a
//! decision counts as taken; what it would give back to other leave does not count until it's
//! granted.

use jiff::civil::Date;

use super::{LeaveRequest, LeaveState};
use crate::id::{LeaveRequestId, LeaveTypeId};
use crate::leave::amount::LeaveMinutes;
use crate::leave::ledger::{
    AccountFacts, LeaveSources, Ledger, PostingKind, average_day, lowest, policy_on, replay,
};
use crate::leave::policy::Quantity;

/// Where an account would go too far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortfall {
    /// The first such day.
    pub day: Date,
    /// What the balance would be.
    pub balance: LeaveMinutes,
    /// How much is missing.
    pub shortfall: LeaveMinutes,
}

/// An account with all that is granted and asked for.
#[derive(Debug, Clone)]
pub struct HeldAccount<'a> {
    facts: AccountFacts<'a>,
    ledger: Ledger,
    last: Date,
}

impl<'a> HeldAccount<'a> {
    /// The account of a kind of leave, through the last day that is taken of it and `through`;
    /// `but` takes nothing.
    pub fn of(
        sources: &LeaveSources<'a>,
        leave_type: LeaveTypeId,
        but: Option<LeaveRequestId>,
        through: Date,
    ) -> Option<Self> {
        let held = |id: LeaveRequestId, request: &LeaveRequest| {
            Some(id) != but
                && (request.state == LeaveState::Approved
                    || (request.leave_type == leave_type && request.holds_days()))
        };
        let facts = sources.account_where(leave_type, held)?;
        let days = facts.absences.iter().flat_map(|absence| &absence.days);
        let last = days.map(|taken| taken.day).max().map_or(through, |last| last.max(through));
        let ledger = replay(&facts, last);
        Some(HeldAccount { facts, ledger, last })
    }

    /// What it comes to on a day.
    pub fn balance_on(&self, day: Date) -> LeaveMinutes {
        self.ledger.balance_on(day)
    }

    /// The least it may come to on a day; none where there is no limit.
    pub fn floor_on(&self, day: Date) -> Option<LeaveMinutes> {
        let overdraft = policy_on(&self.facts.policies, day)?.overdraft?;
        Some(-match overdraft {
            Quantity::Minutes(minutes) => minutes,
            Quantity::Days(days) => days.in_minutes(self.day_on(day)),
        })
    }

    /// What a day of this leave is worth on a day.
    pub fn day_on(&self, day: Date) -> LeaveMinutes {
        average_day(self.facts.patterns, self.facts.counts, day)
    }

    /// Each day from `from` on that something is taken of, in order, once.
    fn days_taken(&self, from: Date) -> Vec<Date> {
        let taken = self
            .ledger
            .postings
            .iter()
            .filter(|posting| posting.kind == PostingKind::Take && from <= posting.effective);
        let mut days: Vec<Date> = taken.map(|posting| posting.effective).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The lowest that it comes to on a day from `from` on that something is taken of.
    pub fn lowest(&self, from: Date) -> Option<(Date, LeaveMinutes)> {
        lowest(&self.ledger, from)
    }

    /// The first day from `from` on that something is taken of on which it's lower than it may be.
    pub fn shortfall(&self, from: Date) -> Option<Shortfall> {
        self.days_taken(from).into_iter().find_map(|day| {
            let (floor, balance) = (self.floor_on(day)?, self.balance_on(day));
            (balance < floor).then(|| Shortfall { day, balance, shortfall: floor - balance })
        })
    }

    /// Whether it's granted leave by employment, of which the first day is not known.
    pub fn lacks_hire_date(&self) -> bool {
        let policy = policy_on(&self.facts.policies, self.last);
        self.facts.hired_on.is_none() && policy.is_some_and(|policy| !policy.grants.is_empty())
    }
}
