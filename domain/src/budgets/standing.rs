//! How a budget stands for what was spent of it: pure arithmetic in integers, for screens, alerts
//! and warnings alike.

use super::Budget;

/// How a budget stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// No percentage that somebody is told of was reached.
    Ok,
    /// One was, but there is no more spent than it holds.
    Near,
    /// More is spent than it holds.
    Over,
}

impl Standing {
    /// The name in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Ok => "ok",
            Standing::Near => "near",
            Standing::Over => "over",
        }
    }
}

/// What whoever spends a budget is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// A percentage was reached.
    Near {
        /// The greatest that was.
        threshold: u32,
    },
    /// More is spent than the budget holds.
    Over,
}

impl Warning {
    /// The stable name of the warning.
    pub fn code(self) -> &'static str {
        match self {
            Warning::Near { .. } => "budgets.near",
            Warning::Over => "budgets.over",
        }
    }
}

/// Hundredths of a percent of the amount that are spent, cut off; negative where corrections take
/// off more than was spent.
pub fn basis_points(spent: i64, budget: &Budget) -> i64 {
    let points = i128::from(spent) * 10_000 / i128::from(budget.amount.value().max(1));
    i64::try_from(points).unwrap_or(if spent < 0 { i64::MIN } else { i64::MAX })
}

/// The percentages that are reached, ascending: those of which at least so much is spent.
pub fn passed(spent: i64, budget: &Budget) -> Vec<u32> {
    let reached = |percent: &u32| {
        i128::from(spent) * 100 >= i128::from(budget.amount.value()) * i128::from(*percent)
    };
    budget.alert_at.iter().copied().filter(reached).collect()
}

/// How the budget stands.
pub fn standing(spent: i64, budget: &Budget) -> Standing {
    if spent > budget.amount.value() {
        Standing::Over
    } else if passed(spent, budget).is_empty() {
        Standing::Ok
    } else {
        Standing::Near
    }
}

/// What to tell whoever brings what is spent of a budget to `spent` (seconds, or minor units of its
/// currency): nothing, or the worst there is to say.
pub fn warnings_for(spent: i64, budget: &Budget) -> Vec<Warning> {
    let warning = match standing(spent, budget) {
        Standing::Ok => None,
        Standing::Near => {
            passed(spent, budget).last().map(|threshold| Warning::Near { threshold: *threshold })
        }
        Standing::Over => Some(Warning::Over),
    };
    warning.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budgets::samples::hours;
    use crate::budgets::{BudgetAmount, SECONDS_MAX};
    use proptest::prelude::*;

    #[test]
    fn a_budget_is_near_from_its_first_percentage_on_and_over_beyond_the_whole() {
        let budget = hours(1000);
        let seen: Vec<_> = [799, 800, 1000, 1001]
            .map(|spent| (standing(spent, &budget).as_str(), warnings_for(spent, &budget)))
            .into();
        assert_eq!(
            seen,
            [
                ("ok", vec![]),
                ("near", vec![Warning::Near { threshold: 80 }]),
                ("near", vec![Warning::Near { threshold: 100 }]),
                ("over", vec![Warning::Over]),
            ]
        );
        assert_eq!(Warning::Over.code(), "budgets.over");
        let late = Budget { alert_at: vec![150], ..budget };
        assert_eq!(standing(1000, &late), Standing::Ok);
        assert_eq!(warnings_for(1001, &late), [Warning::Over]);
    }

    #[test]
    fn percents_are_cut_off_and_may_be_negative() {
        let points = [0, 1, 999, 2500, -500].map(|spent| basis_points(spent, &hours(1000)));
        assert_eq!(points, [0, 10, 9990, 25_000, -5000]);
        assert_eq!(basis_points(i64::MAX, &hours(1)), i64::MAX);
        assert_eq!(basis_points(i64::MIN, &hours(1)), i64::MIN);
    }

    proptest! {
        #[test]
        fn more_spent_never_stands_better(
            amount in 1..=SECONDS_MAX,
            spent in -1_000_000..=2 * SECONDS_MAX,
            more in 0..1_000_000_i64,
            alert_at in proptest::collection::vec(1_u32..=500, 1..=8),
        ) {
            let amount = BudgetAmount::Hours { seconds: amount };
            let budget = Budget { amount, alert_at, ..hours(1) }.checked().unwrap();
            prop_assert!(standing(spent, &budget) <= standing(spent + more, &budget));
            let (before, after) = (passed(spent, &budget), passed(spent + more, &budget));
            prop_assert!(after.starts_with(&before));
            prop_assert!(basis_points(spent, &budget) <= basis_points(spent + more, &budget));
        }
    }
}
