//! Accounts of leave for tests, put together from a policy and a few facts.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use uuid::Uuid;

use super::{ANNUAL, pattern, reason, south_african, week};
use crate::country::Counts;
use crate::id::{LeaveEntryId, LeaveRequestId};
use crate::leave::days::DayTerms;
use crate::leave::ledger::{
    Absence, AccountFacts, DatedPolicy, Ledger, Posting, PostingKind, RestsOn, average_day, replay,
};
use crate::leave::policy::{
    AccrualRule, CarryRule, CycleStart, GrantRule, LateCancel, LeaveCycle, LeaveEntitlement,
    LeaveStep, OnLeaving, Quantity, Requirement, Right, WorkCounted, WorkUnit, WorkedRule,
};
use crate::leave::{
    AgreedLeave, DayPart, LeaveCase, LeaveDays, LeaveEntry, LeaveMinutes, LeavePolicy, LeaveSpan,
};
use crate::members::WorkPattern;
use crate::time::calendar::holidays_by_day;

/// Cycles of the calendar year.
pub(crate) const YEARLY: LeaveCycle =
    LeaveCycle { months: 12, begins: CycleStart::Yearly { month: 1, day: 1 } };

/// Cycles of so many months from the employment on.
pub(crate) fn by_employment(months: u32) -> LeaveCycle {
    LeaveCycle { months, begins: CycleStart::Employment }
}

/// So many days of the pattern.
pub(crate) fn days(days: &str) -> Quantity {
    Quantity::Days(LeaveDays::parse(days).expect("a number"))
}

/// A grant by law of so many days that is paid out, of which nothing goes over.
pub(crate) fn grant(entitlement: LeaveEntitlement, accrual: AccrualRule) -> GrantRule {
    GrantRule {
        right: Right::Statutory,
        entitlement,
        accrual,
        at_first: None,
        requires: Requirement::default(),
        carry: None,
        payable: true,
        on_leaving: OnLeaving::Prorated,
    }
}

/// So many days, granted on the first day of the cycle.
pub(crate) fn upfront(number: &str) -> GrantRule {
    grant(LeaveEntitlement::Of(days(number)), AccrualRule::CycleStart)
}

/// One day for so many days of work.
pub(crate) fn one_per(per: u32, whole: bool, counts: WorkCounted) -> WorkedRule {
    WorkedRule { unit: WorkUnit::Days, amount: 1, per, whole, counts }
}

/// What goes over: at most so many days, for so many months.
pub(crate) fn carry(cap: Option<&str>, months: Option<u32>) -> Option<CarryRule> {
    Some(CarryRule { cap: cap.map(days), expires_after_months: months })
}

/// These grants, and nothing below nothing.
pub(crate) fn policy(cycle: LeaveCycle, grants: Vec<GrantRule>) -> LeavePolicy {
    LeavePolicy {
        cycle,
        grants,
        overdraft: Some(days("0")),
        step: LeaveStep::HalfDays,
        notice_days: 0,
        document: None,
        terms: None,
        approval: Vec::new(),
        interrupts: false,
        late_cancel: LateCancel::RestoreThenExpire,
        cases: Vec::new(),
    }
}

/// An account with what it follows from, owned.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) counts: Counts,
    pub(crate) policies: Vec<DatedPolicy>,
    pub(crate) hired_on: Option<Date>,
    pub(crate) left_on: Option<Date>,
    pub(crate) patterns: Vec<WorkPattern>,
    pub(crate) holidays: BTreeMap<Date, String>,
    pub(crate) agreed: Vec<AgreedLeave>,
    pub(crate) entries: Vec<LeaveEntry>,
    pub(crate) cases: Vec<LeaveCase>,
    pub(crate) absences: Vec<(LeaveSpan, Option<Date>)>,
    pub(crate) unpaid: Vec<(Date, Date)>,
    pub(crate) away: Vec<(Date, Date)>,
}

impl Account {
    /// From Monday to Friday in South Africa, by a policy from always.
    pub(crate) fn of(policy: LeavePolicy, hired_on: Date) -> Self {
        let (first, last) = (date(2015, 1, 1), date(2035, 12, 31));
        Account {
            counts: Counts::WorkingDays,
            policies: vec![DatedPolicy { from: None, policy }],
            hired_on: Some(hired_on),
            left_on: None,
            patterns: vec![pattern(None, &week(5, 480))],
            holidays: holidays_by_day(south_african().holidays(first, last)),
            agreed: Vec::new(),
            entries: Vec::new(),
            cases: Vec::new(),
            absences: Vec::new(),
            unpaid: Vec::new(),
            away: Vec::new(),
        }
    }

    /// By this pattern.
    pub(crate) fn works(mut self, from: Option<Date>, minutes: &[u32]) -> Self {
        self.patterns.retain(|pattern| pattern.from != from);
        self.patterns.push(pattern(from, minutes));
        self.patterns.sort_by_key(|pattern| pattern.from);
        self
    }

    /// Takes leave on these days.
    pub(crate) fn takes(mut self, from: Date, to: Date) -> Self {
        self.absences.push((LeaveSpan { from, to, part: None }, None));
        self
    }

    /// Takes a part of them.
    pub(crate) fn takes_part(mut self, from: Date, to: Date, part: DayPart) -> Self {
        self.absences.push((LeaveSpan { from, to, part: Some(part) }, None));
        self
    }

    /// Takes leave on these days, and cancels it.
    pub(crate) fn cancels(mut self, from: Date, to: Date, on: Date) -> Self {
        self.absences.push((LeaveSpan { from, to, part: None }, Some(on)));
        self
    }

    /// By these terms from a day on.
    pub(crate) fn policy_from(mut self, from: Date, policy: LeavePolicy) -> Self {
        self.policies.push(DatedPolicy { from: Some(from), policy });
        self
    }

    /// So many days entered by hand.
    pub(crate) fn enters(self, effective: Date, number: &str, expires: Option<Date>) -> Self {
        self.enters_in(Right::Statutory, effective, number, expires)
    }

    /// The same in a right.
    pub(crate) fn enters_in(
        mut self,
        right: Right,
        effective: Date,
        number: &str,
        expires: Option<Date>,
    ) -> Self {
        let number = LeaveDays::parse(number).expect("a number");
        let id = 1 + self.entries.len() as u128;
        self.entries.push(LeaveEntry {
            entry: LeaveEntryId(Uuid::from_u128(id)),
            leave_type: ANNUAL,
            effective,
            minutes: number.in_minutes(self.day_on(effective)),
            right,
            expires,
            reason: reason("As agreed"),
        });
        self
    }

    pub(crate) fn leaves(mut self, last: Date) -> Self {
        self.left_on = Some(last);
        self
    }

    pub(crate) fn day_on(&self, day: Date) -> LeaveMinutes {
        average_day(&self.patterns, self.counts, day)
    }

    pub(crate) fn terms(&self) -> DayTerms<'_> {
        DayTerms {
            counts: self.counts,
            patterns: &self.patterns,
            holidays: &self.holidays,
            hired_on: self.hired_on,
            left_on: self.left_on,
        }
    }

    pub(crate) fn facts(&self) -> AccountFacts<'_> {
        let absences = self.absences.iter().zip(1_u128..).map(|((span, cancelled_on), id)| {
            let request = LeaveRequestId(Uuid::from_u128(id));
            Absence { request, days: self.terms().of(span), cancelled_on: *cancelled_on }
        });
        AccountFacts {
            counts: self.counts,
            policies: self.policies.clone(),
            hired_on: self.hired_on,
            left_on: self.left_on,
            patterns: &self.patterns,
            holidays: &self.holidays,
            agreed: &self.agreed,
            entries: self.entries.iter().collect(),
            cases: self.cases.iter().collect(),
            absences: absences.collect(),
            unpaid: self.unpaid.clone(),
            away: self.away.clone(),
            rests_on: RestsOn::default(),
        }
    }

    pub(crate) fn through(&self, day: Date) -> Ledger {
        replay(&self.facts(), day)
    }

    /// The balance on a day in days.
    pub(crate) fn balance(&self, day: Date) -> String {
        let ledger = self.through(day);
        ledger.balance_on(day).in_days(self.day_on(day)).to_string()
    }

    /// The postings of a kind up to a day: effective, days, and how they came about.
    pub(crate) fn posted(&self, kind: PostingKind, day: Date) -> Vec<(Date, String, String)> {
        let ledger = self.through(day);
        let of_kind = ledger.postings.into_iter().filter(|posting| posting.kind == kind);
        let shown = |it: Posting| {
            let number = it.minutes.in_days(self.day_on(it.effective)).to_string();
            (it.effective, number, it.arithmetic)
        };
        of_kind.map(shown).collect()
    }

    /// The sum of the postings of a kind up to a day, in days.
    pub(crate) fn sum(&self, kind: PostingKind, day: Date) -> String {
        let ledger = self.through(day);
        let of_kind = ledger.postings.iter().filter(|posting| posting.kind == kind);
        let sum: LeaveMinutes = of_kind.map(|posting| posting.minutes).sum();
        sum.in_days(self.day_on(day)).to_string()
    }
}
