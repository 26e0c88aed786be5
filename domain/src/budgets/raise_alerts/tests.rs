//! Alerts under any order of time, changes of the budget and checks of it, also late and doubled.

use super::*;
use crate::budgets::samples::{BUDGET, PROJECT, budgets, hours};
use crate::budgets::{BudgetAmount, BudgetEvery, BudgetSet, ChangeBudget, Month, change_budget};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn found(terms: &Budget, period: BudgetPeriod, spent: i64) -> RaiseAlerts {
    let finding = Finding { budget: BUDGET, terms: terms.clone(), period, spent };
    RaiseAlerts { project: PROJECT, findings: vec![finding], at: Timestamp::UNIX_EPOCH }
}

fn thresholds(events: &[BudgetEvent]) -> Vec<u32> {
    let of = |event: &BudgetEvent| match event {
        BudgetEvent::BudgetAlertRaised(event) => event.threshold,
        other => panic!("no alert: {other:?}"),
    };
    events.iter().map(of).collect()
}

const NONE: [u32; 0] = [];

/// What the check raises; it is taken in.
fn check(budgets: &mut Budgets, command: &RaiseAlerts) -> Vec<u32> {
    let events = decide(budgets, command);
    events.iter().for_each(|event| budgets.evolve(event));
    thresholds(&events)
}

#[test]
fn every_percentage_that_is_passed_is_raised_once() {
    let terms = hours(1000);
    let mut state = budgets(terms.clone());
    let total = BudgetPeriod::Total;
    assert_eq!(check(&mut state, &found(&terms, total, 799)), NONE);
    assert_eq!(check(&mut state, &found(&terms, total, 800)), [80]);
    assert_eq!(check(&mut state, &found(&terms, total, 1500)), [100]);
    assert_eq!(check(&mut state, &found(&terms, total, 1500)), NONE);
}

#[test]
fn a_correction_below_and_time_above_again_repeat_nothing_in_the_same_period() {
    let terms = Budget { period: BudgetEvery::Month, ..hours(1000) };
    let mut state = budgets(terms.clone());
    let month = |m| BudgetPeriod::Month(Month::of(date(2026, m, 1)));
    assert_eq!(check(&mut state, &found(&terms, month(3), 900)), [80]);
    assert_eq!(check(&mut state, &found(&terms, month(3), 100)), NONE);
    assert_eq!(check(&mut state, &found(&terms, month(3), 900)), NONE);
    assert_eq!(check(&mut state, &found(&terms, month(4), 900)), [80], "another month is another");
}

#[test]
fn another_amount_has_alerts_of_its_own_and_an_old_amount_keeps_those_it_had() {
    let (small, large) = (hours(1000), hours(2000));
    let mut state = budgets(small.clone());
    let total = BudgetPeriod::Total;
    assert_eq!(check(&mut state, &found(&small, total, 1000)), [80, 100]);
    let set = |terms: &Budget| BudgetSet { project: PROJECT, budget: BUDGET, terms: terms.clone() };
    state.evolve(&set(&large).into());
    assert_eq!(check(&mut state, &found(&small, total, 1000)), NONE, "measured by the old terms");
    assert_eq!(check(&mut state, &found(&large, total, 1600)), [80]);
    state.evolve(&set(&small).into());
    assert_eq!(check(&mut state, &found(&small, total, 1600)), NONE);
}

#[test]
fn a_budget_that_is_gone_raises_nothing_and_a_finding_said_twice_counts_once() {
    let terms = hours(1000);
    let mut twice = found(&terms, BudgetPeriod::Total, 850);
    twice.findings.push(twice.findings[0].clone());
    assert_eq!(decide(&Budgets::default(), &twice), []);
    assert_eq!(check(&mut budgets(terms), &twice), [80]);
}

/// What can happen, in any order.
#[derive(Debug, Clone)]
enum Step {
    /// Time on a day; negative where it is corrected.
    Time { month: i8, seconds: i64 },
    /// Another amount.
    Amount(i64),
    /// Other percentages.
    AlertAt(Vec<u32>),
    /// A worker measures; what it found is told later, or never.
    Measure,
    /// What a worker found is told: the n-th measurement, however old, and again if told before.
    Tell(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1_i8..=3, -2000_i64..4000).prop_map(|(month, seconds)| Step::Time { month, seconds }),
        1 => (1_i64..8).prop_map(|amount| Step::Amount(amount * 1000)),
        1 => proptest::collection::vec(1_u32..=300, 1..=8).prop_map(Step::AlertAt),
        3 => Just(Step::Measure),
        3 => (0_usize..40).prop_map(Step::Tell),
    ];
    proptest::collection::vec(step, 1..60)
}

/// A project with a budget and its time by month.
struct World {
    budgets: Budgets,
    terms: Budget,
    spent: BTreeMap<i8, i64>,
    measured: Vec<RaiseAlerts>,
    raised: Vec<(BudgetPeriod, BudgetAmount, u32)>,
}

impl World {
    fn new(every: BudgetEvery) -> Self {
        let terms = Budget { period: every, ..hours(3000) };
        let (spent, measured, raised) = (BTreeMap::new(), Vec::new(), Vec::new());
        World { budgets: budgets(terms.clone()), terms, spent, measured, raised }
    }

    /// Each watched period with what is spent in it; the day is in March.
    fn findings(&self) -> Vec<Finding> {
        let today: Date = date(2026, 3, 15);
        let spent = |period| match period {
            BudgetPeriod::Total => self.spent.values().sum(),
            BudgetPeriod::Month(month) => {
                self.spent.get(&month.first().month()).copied().unwrap_or(0)
            }
        };
        let finding = |period| Finding {
            budget: BUDGET,
            terms: self.terms.clone(),
            period,
            spent: spent(period),
        };
        self.terms.watched_on(today).into_iter().map(finding).collect()
    }

    fn change(&mut self, terms: Budget) {
        let command = ChangeBudget { project: PROJECT, budget: BUDGET, terms };
        for event in change_budget::decide(&self.budgets, command).expect("sound terms") {
            self.budgets.evolve(&event);
        }
        self.terms = self.budgets.budgets[&BUDGET].clone();
    }

    fn measure(&self) -> RaiseAlerts {
        let (project, findings) = (PROJECT, self.findings());
        RaiseAlerts { project, findings, at: Timestamp::UNIX_EPOCH }
    }

    fn tell(&mut self, command: &RaiseAlerts) {
        for event in decide(&self.budgets, command) {
            self.budgets.evolve(&event);
            if let BudgetEvent::BudgetAlertRaised(event) = event {
                self.raised.push((event.period, event.amount, event.threshold));
            }
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Time { month, seconds } => *self.spent.entry(month).or_default() += seconds,
            Step::Amount(seconds) => {
                let amount = BudgetAmount::Hours { seconds };
                self.change(Budget { amount, ..self.terms.clone() });
            }
            Step::AlertAt(alert_at) => self.change(Budget { alert_at, ..self.terms.clone() }),
            Step::Measure => self.measured.push(self.measure()),
            Step::Tell(n) => {
                if let Some(command) = self.measured.get(n).cloned() {
                    self.tell(&command);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn in_any_order_each_percentage_is_raised_at_most_once_per_period_and_amount_and_at_last_raised(
        steps in steps(), monthly in any::<bool>(),
    ) {
        let mut world = World::new(if monthly { BudgetEvery::Month } else { BudgetEvery::Total });
        steps.into_iter().for_each(|step| world.step(step));
        // Every worker that was late comes at last, and one that measures things as they are.
        let late = world.measured.clone();
        late.iter().for_each(|command| world.tell(command));
        let last = world.measure();
        world.tell(&last);
        let mut once = world.raised.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), world.raised.len(), "{:?}", world.raised);
        for finding in world.findings() {
            for threshold in passed(finding.spent, &world.terms) {
                let alert = (finding.period, world.terms.amount.clone(), threshold);
                prop_assert!(world.raised.contains(&alert), "{alert:?} of {:?}", world.raised);
            }
        }
    }
}
