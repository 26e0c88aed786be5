//! By what an account is kept on which days: the policy, the contract and the average week that
//! hold, and what a cycle's entitlement comes to under them. They change rarely, so they are worked
//! out once per change and not per day.

use jiff::civil::Date;

use super::cases::last_day;
use super::cycles::{Cycle, days_until};
use super::facts::{AccountFacts, policy_on};
use super::week::AverageWeek;
use crate::leave::amount::{LeaveDays, LeaveMinutes};
use crate::leave::days::CALENDAR_DAY;
use crate::leave::policy::{
    AccrualRule, GrantRule, LeaveEntitlement, LeavePolicy, OnLeaving, Quantity, Requirement, Right,
};

/// What holds from a day until the next change.
#[derive(Debug, Clone)]
pub(super) struct Terms<'a> {
    /// The first day.
    pub(super) from: Date,
    /// The policy, where there is one by then.
    pub(super) policy: Option<&'a LeavePolicy>,
    /// The average week of the pattern.
    pub(super) week: AverageWeek,
    /// What the contract grants in place of the policy's contractual entitlement.
    agreed: Option<Quantity>,
    /// What is granted: the policy's rules, and one more where a contract grants what they don't.
    rules: Vec<GrantRule>,
}

/// A cycle's entitlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entitled {
    /// How much.
    pub(super) minutes: LeaveMinutes,
    /// How it came about: `15 days x 480 minutes`.
    pub(super) words: String,
}

/// Everything that holds from `start` on, by the day from which it does.
pub(super) fn all_terms<'a>(facts: &'a AccountFacts<'_>, start: Date) -> Vec<Terms<'a>> {
    let mut days: Vec<Date> = vec![start];
    days.extend(facts.policies.iter().filter_map(|dated| dated.from));
    days.extend(facts.patterns.iter().filter_map(|pattern| pattern.from));
    days.extend(facts.agreed.iter().filter_map(|agreed| agreed.from));
    days.retain(|day| *day >= start);
    days.sort();
    days.dedup();
    days.into_iter().map(|day| Terms::on(facts, day)).collect()
}

impl<'a> Terms<'a> {
    fn on(facts: &'a AccountFacts<'_>, day: Date) -> Self {
        let policy = policy_on(&facts.policies, day);
        let agreed = facts.agreed.iter().rev();
        let agreed = agreed.clone().find(|agreed| agreed.from.is_none_or(|from| from <= day));
        let agreed = agreed.and_then(|agreed| agreed.amount);
        let mut rules = policy.map_or_else(Vec::new, |policy| policy.grants.clone());
        rules.sort_by_key(|rule| rule.right);
        let contract = agreed.filter(|_| {
            policy.is_some() && rules.iter().all(|rule| rule.right != Right::Contractual)
        });
        if let Some(amount) = contract {
            rules.push(by_contract(rules.first(), amount));
        }
        let week = AverageWeek::on(facts.patterns, facts.counts, day);
        Terms { from: day, policy, week, agreed, rules }
    }

    /// By a week of work alone: no policy, no contract.
    pub(super) fn of_week(week: AverageWeek, from: Date) -> Self {
        Terms { from, policy: None, week, agreed: None, rules: Vec::new() }
    }

    /// What is granted in a right.
    pub(super) fn rule(&self, right: Right) -> Option<&GrantRule> {
        self.rules.iter().find(|rule| rule.right == right)
    }

    /// Whether a rule rested on a contract that grants nothing by these terms.
    pub(super) fn contract_has_ended(&self, rule: &GrantRule) -> bool {
        let own = self.policy.is_some_and(|it| it.grants.iter().any(|it| it.right == rule.right));
        self.agreed.is_none() && rule.right == Right::Contractual && !own
    }

    /// An amount as it's agreed on, in minutes.
    pub(super) fn minutes(&self, quantity: Quantity) -> LeaveMinutes {
        match quantity {
            Quantity::Days(days) => days.in_minutes(self.week.day()),
            Quantity::Minutes(minutes) => minutes,
        }
    }

    /// What a rule grants for a whole cycle.
    pub(super) fn entitlement(&self, rule: &GrantRule, cycle: &Cycle) -> Entitled {
        let agreed = self.agreed.filter(|_| rule.right == Right::Contractual);
        let entitlement = agreed.map_or(rule.entitlement, LeaveEntitlement::Of);
        let day = self.week.day();
        let per_week = self.week.days();
        let of_weeks = |minutes: LeaveMinutes, how: String| {
            let words = format!("{how} = {} days x {day} minutes", minutes.in_days(day));
            Entitled { minutes, words }
        };
        match entitlement {
            LeaveEntitlement::Of(quantity) => {
                let words = match quantity {
                    Quantity::Days(days) => format!("{days} days x {day} minutes"),
                    Quantity::Minutes(minutes) => format!("{minutes} minutes"),
                };
                Entitled { minutes: self.minutes(quantity), words }
            }
            LeaveEntitlement::ConsecutiveDays(days) => of_weeks(
                self.week.times(i64::from(days), 7),
                format!("{days} consecutive days / 7 x {per_week} working days a week"),
            ),
            LeaveEntitlement::WeeksOfWork(hundredths) => {
                let weeks = LeaveDays::of_ten_thousandths(i64::from(hundredths) * 100);
                of_weeks(
                    self.week.times(i64::from(hundredths), 100),
                    format!("{weeks} weeks x {per_week} working days a week"),
                )
            }
            LeaveEntitlement::DaysOfWeek { days, week } => of_weeks(
                self.week.times(i64::from(days), i64::from(week.max(1))),
                format!("{days} days / {week} x {per_week} working days a week"),
            ),
            LeaveEntitlement::Calendar(span) => {
                let days = days_until(cycle.first, last_day(cycle.first, span)) + 1;
                Entitled {
                    minutes: LeaveDays::of(days).in_minutes(CALENDAR_DAY),
                    words: format!("{days} calendar days x {CALENDAR_DAY} minutes"),
                }
            }
        }
    }
}

/// What a contract grants where the policy has no such rule: as the policy's other right is
/// granted, without what law asks for; all at once where that grows with work.
fn by_contract(like: Option<&GrantRule>, amount: Quantity) -> GrantRule {
    let accrual = match like.map(|rule| rule.accrual) {
        None | Some(AccrualRule::Worked(_)) => AccrualRule::CycleStart,
        Some(accrual) => accrual,
    };
    GrantRule {
        right: Right::Contractual,
        entitlement: LeaveEntitlement::Of(amount),
        accrual,
        at_first: None,
        requires: Requirement::default(),
        carry: like.and_then(|rule| rule.carry),
        payable: like.is_some_and(|rule| rule.payable),
        on_leaving: match like.map(|rule| rule.on_leaving) {
            Some(OnLeaving::Accrued) => OnLeaving::Accrued,
            None | Some(OnLeaving::Prorated | OnLeaving::Worked { .. }) => OnLeaving::Prorated,
        },
    }
}

/// The terms of a day, of all terms by the day from which they hold.
pub(super) fn terms_on<'t, 'a>(terms: &'t [Terms<'a>], day: Date) -> &'t Terms<'a> {
    let next = terms.partition_point(|terms| terms.from <= day);
    &terms[next.saturating_sub(1)]
}
