//! The terms that law sets for a kind of leave, as policies: what a country's pack says, and where
//! law leaves a choice, the practice that the pack names. No country is known here.

use jiff::civil::Date;

use super::ledger::DatedPolicy;
use super::policy::{
    AtFirstRule, CaseRule, CycleStart, DocumentRule, GrantRule, LeaveCycle, LeaveEntitlement,
    LeavePolicy, Quantity, Requirement, Right, WorkedRule,
};
use super::{LeaveDays, LeaveType};
use crate::country::{
    Accrual, Certificate, CycleBegins, Entitlement, LeaveKind, Practice, Requires, Statute, pack,
};

/// The cycle of what is granted per case: nothing depends on it.
const OF_CASES: LeaveCycle = LeaveCycle { months: 12, begins: CycleStart::Employment };

/// The law's terms of a kind of leave by a version of its pack, ordered by the day each holds from;
/// none where law says nothing that could be granted.
pub fn policies_of(kind: &LeaveKind, version: u32) -> Vec<DatedPolicy> {
    let Some(practice) = &kind.practice else { return Vec::new() };
    let said: Vec<&Statute> = kind.statute.iter().filter(|it| it.is_of(version)).collect();
    let begins = said.iter().map(|statute| statute.from);
    let ends = said.iter().filter_map(|statute| statute.until?.tomorrow().ok().map(Some));
    let mut days: Vec<Option<Date>> = begins.chain(ends).collect();
    days.sort_unstable();
    days.dedup();
    let mut policies: Vec<DatedPolicy> = Vec::new();
    for from in days {
        let holds = |statute: &&&Statute| match from {
            None => statute.from.is_none(),
            Some(day) => statute.holds_on(day),
        };
        let holding: Vec<&Statute> = said.iter().filter(holds).copied().collect();
        let policy = policy_of(kind, practice, &holding);
        if policies.last().is_none_or(|last| last.policy != policy) {
            policies.push(DatedPolicy { from, policy });
        }
    }
    policies
}

impl LeaveType {
    /// The terms it has, ordered by the day each holds from: those of the law until the first day
    /// of the firm's own.
    pub fn policies(&self) -> Vec<DatedPolicy> {
        let own = &self.own_policies;
        let mut all = match own.first() {
            Some(DatedPolicy { from: None, .. }) => Vec::new(),
            _ => self.statutory_policies(),
        };
        if let Some(first) = own.first() {
            all.retain(|it| it.from < first.from);
        }
        all.extend(own.iter().cloned());
        all
    }

    /// The terms that the law of the country sets, which it comes from, in the version it comes
    /// from; none where it's the firm's own.
    pub fn statutory_policies(&self) -> Vec<DatedPolicy> {
        let version = self.pack.as_ref().map_or(0, |of| of.version);
        self.law().map_or_else(Vec::new, |kind| policies_of(kind, version))
    }

    /// What the pack of the country says of it, which it comes from.
    pub fn law(&self) -> Option<&'static LeaveKind> {
        pack(&self.pack.as_ref()?.country)?.leave_type(&self.code)
    }
}

fn policy_of(kind: &LeaveKind, practice: &Practice, statutes: &[&Statute]) -> LeavePolicy {
    let cyclic = statutes.iter().find_map(|statute| Some((*statute, statute.cycle?)));
    let cycle = cyclic.map_or(OF_CASES, |(_, cycle)| LeaveCycle {
        months: cycle.months,
        begins: match cycle.begins {
            CycleBegins::Employment => CycleStart::Employment,
            CycleBegins::CalendarYear => CycleStart::Yearly { month: 1, day: 1 },
        },
    });
    let limited = !practice.counted_only;
    let granted = cyclic.filter(|_| limited).map(|(statute, _)| grant(practice, statute));
    let per_case = statutes.iter().filter(|statute| limited && statute.cycle.is_none());
    let certificate = statutes.iter().find_map(|statute| statute.certificate);
    LeavePolicy {
        cycle,
        grants: granted.into_iter().collect(),
        overdraft: practice.overdraft,
        step: practice.step,
        notice_days: practice.notice_days,
        document: certificate.map(document).or(practice.document),
        terms: None,
        approval: practice.approval.clone(),
        interrupts: practice.interrupts,
        late_cancel: practice.late_cancel,
        cases: per_case.filter_map(|statute| case(kind, statute)).collect(),
    }
}

fn grant(practice: &Practice, statute: &Statute) -> GrantRule {
    let at_first = statute.at_first.map(|at_first| {
        let Accrual { unit, amount, per } = at_first.accrual;
        let counts = practice.at_first_counts;
        let worked = WorkedRule { unit: unit.into(), amount, per, whole: true, counts };
        AtFirstRule { months: at_first.months, worked }
    });
    let requires = statute.requires.map_or_else(Requirement::default, |requires| {
        let Requires { employed_months_over, employed_weeks_over, days_per_week_min } = requires;
        let waits = !practice.grows_from_the_first_day;
        Requirement {
            employed_months_over: employed_months_over.filter(|_| waits),
            employed_weeks_over: employed_weeks_over.filter(|_| waits),
            days_per_week_min,
        }
    });
    GrantRule {
        right: Right::Statutory,
        entitlement: entitlement(statute.entitlement),
        accrual: practice.accrual,
        at_first,
        requires,
        carry: practice.carry,
        payable: practice.payable,
        on_leaving: practice.on_leaving,
    }
}

fn entitlement(said: Entitlement) -> LeaveEntitlement {
    match said {
        Entitlement::ConsecutiveDays(days) => LeaveEntitlement::ConsecutiveDays(days),
        Entitlement::WeeksOfWork(weeks) => LeaveEntitlement::WeeksOfWork(weeks),
        Entitlement::WorkingDays(days) => {
            LeaveEntitlement::Of(Quantity::Days(LeaveDays::of(i64::from(days))))
        }
        Entitlement::DaysOfWeek { days, week } => LeaveEntitlement::DaysOfWeek { days, week },
        Entitlement::Calendar(span) => LeaveEntitlement::Calendar(span),
    }
}

fn document(certificate: Certificate) -> DocumentRule {
    let Certificate { consecutive_days_over, occasions_over, within_weeks } = certificate;
    DocumentRule { consecutive_days_over, occasions_over, within_weeks, before_approval: false }
}

/// None of what is granted in other amounts than days of the calendar.
fn case(kind: &LeaveKind, statute: &Statute) -> Option<CaseRule> {
    let Entitlement::Calendar(span) = statute.entitlement else { return None };
    Some(CaseRule {
        applies_to: statute.applies_to.clone().unwrap_or_else(|| kind.name.clone()),
        span,
        shared: statute.shared,
        earliest_weeks_before: statute.earliest_weeks_before,
        no_work_weeks_after: statute.no_work_weeks_after,
    })
}

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod tests;
