//! The terms of a budget: what it covers, how much it holds, and at which percentages somebody is
//! told. Amounts have bounds, so that no sum over them leaves the integers that the log may hold.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{BudgetPeriod, Month, Refusal};
use crate::id::TaskId;
use crate::money::minor_digits;

/// The most percentages of one budget.
pub const ALERTS_MAX: usize = 8;
/// The greatest percentage.
pub const PERCENT_MAX: u32 = 500;
/// The most time of a budget or an estimate: a million hours.
pub const SECONDS_MAX: i64 = 3_600_000_000;
/// The most money of a budget, in minor units.
pub const AMOUNT_MINOR_MAX: i64 = 1_000_000_000_000_000;

/// How much a budget holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "basis", rename_all = "snake_case")]
pub enum BudgetAmount {
    /// Time, as it was recorded.
    Hours {
        /// Seconds.
        seconds: i64,
    },
    /// What is charged for the time, at bill rates.
    Fees {
        /// Minor units of the currency.
        amount_minor: i64,
        /// ISO 4217 code.
        currency: String,
    },
}

impl BudgetAmount {
    /// Seconds or minor units.
    pub fn value(&self) -> i64 {
        match self {
            BudgetAmount::Hours { seconds } => *seconds,
            BudgetAmount::Fees { amount_minor, .. } => *amount_minor,
        }
    }

    /// The currency of a budget of fees.
    pub fn currency(&self) -> Option<&str> {
        match self {
            BudgetAmount::Hours { .. } => None,
            BudgetAmount::Fees { currency, .. } => Some(currency),
        }
    }

    /// Refuses what is below 1, beyond all measure, or in no currency.
    fn check(&self) -> Result<(), Refusal> {
        let (value, max) = match self {
            BudgetAmount::Hours { seconds } => (*seconds, SECONDS_MAX),
            BudgetAmount::Fees { amount_minor, currency } => {
                if minor_digits(currency).is_none() {
                    return Err(Refusal::UnknownCurrency);
                }
                (*amount_minor, AMOUNT_MINOR_MAX)
            }
        };
        if (1..=max).contains(&value) { Ok(()) } else { Err(Refusal::InvalidAmount) }
    }
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $text:literal),+ }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$of])* $variant),+
        }

        impl $name {
            /// The stored name.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The one with this stored name.
            pub fn parse(text: &str) -> Option<Self> {
                [$($name::$variant),+].into_iter().find(|it| it.as_str() == text)
            }
        }
    };
}

named! {
    /// Which time counts.
    BudgetCounts {
        /// What may be billed.
        Billable = "billable",
        /// All time.
        All = "all"
    }
}

named! {
    /// Whether the amount is there once or each month anew.
    BudgetEvery {
        /// Once.
        Total = "total",
        /// Each calendar month.
        Month = "month"
    }
}

/// The terms of a budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// The task it's for; none = the whole project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// Once, or each month anew.
    pub period: BudgetEvery,
    /// The first day that counts; none = from always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last day that counts; none = without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// How much it holds.
    pub amount: BudgetAmount,
    /// Which time counts.
    pub counts: BudgetCounts,
    /// At which percentages somebody is told, ascending: 1 to 8 of 1 to 500.
    pub alert_at: Vec<u32>,
}

impl Budget {
    /// The same with its percentages in order, or why there can be no such budget.
    pub fn checked(mut self) -> Result<Self, Refusal> {
        self.amount.check()?;
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from > to
        {
            return Err(Refusal::InvalidDays);
        }
        self.alert_at.sort_unstable();
        self.alert_at.dedup();
        let fits = |percent: &u32| (1..=PERCENT_MAX).contains(percent);
        if !(1..=ALERTS_MAX).contains(&self.alert_at.len()) || !self.alert_at.iter().all(fits) {
            return Err(Refusal::InvalidAlerts);
        }
        Ok(self)
    }

    /// Whether it has begun and not ended.
    pub fn runs_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// What it is measured over on a day: all of it, or the month of that day.
    pub fn period_on(&self, day: Date) -> BudgetPeriod {
        match self.period {
            BudgetEvery::Total => BudgetPeriod::Total,
            BudgetEvery::Month => BudgetPeriod::Month(Month::of(day)),
        }
    }

    /// The periods that alerts are raised for on a day: all of it, or the month of the day and the
    /// one before, for time is recorded late too. None that lies outside its days.
    pub fn watched_on(&self, day: Date) -> Vec<BudgetPeriod> {
        let periods = match self.period {
            BudgetEvery::Total => vec![BudgetPeriod::Total],
            BudgetEvery::Month => {
                let month = Month::of(day);
                vec![BudgetPeriod::Month(month.previous()), BudgetPeriod::Month(month)]
            }
        };
        let some = |period: &BudgetPeriod| {
            let (from, to) = self.days_of(*period);
            !matches!((from, to), (Some(from), Some(to)) if from > to)
        };
        periods.into_iter().filter(some).collect()
    }

    /// The first and the last day that count in a period, where there are such.
    pub fn days_of(&self, period: BudgetPeriod) -> (Option<Date>, Option<Date>) {
        match period {
            BudgetPeriod::Total => (self.from, self.to),
            BudgetPeriod::Month(month) => {
                let from = self.from.map_or(month.first(), |from| from.max(month.first()));
                let to = self.to.map_or(month.last(), |to| to.min(month.last()));
                (Some(from), Some(to))
            }
        }
    }

    /// Whether an hour on this task and day counts in a period.
    pub fn counts(&self, period: BudgetPeriod, task: TaskId, day: Date, billable: bool) -> bool {
        let (from, to) = self.days_of(period);
        self.task.is_none_or(|wanted| wanted == task)
            && from.is_none_or(|from| from <= day)
            && to.is_none_or(|to| day <= to)
            && (billable || self.counts == BudgetCounts::All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budgets::samples::{TASK, hours};
    use jiff::civil::date;
    use uuid::Uuid;

    #[test]
    fn percentages_are_put_in_order_and_said_once() {
        let budget = Budget { alert_at: vec![100, 80, 100], ..hours(3600) };
        assert_eq!(budget.checked().unwrap().alert_at, [80, 100]);
    }

    #[test]
    fn what_is_out_of_bounds_is_refused_by_its_name_and_field() {
        let fees = |amount_minor, currency: &str| {
            let amount = BudgetAmount::Fees { amount_minor, currency: currency.into() };
            Budget { amount, ..hours(1) }
        };
        let days = Budget { from: Some(date(2026, 3, 2)), to: Some(date(2026, 3, 1)), ..hours(1) };
        for (budget, code, field) in [
            (hours(0), "budgets.invalid_amount", "/amount"),
            (hours(SECONDS_MAX + 1), "budgets.invalid_amount", "/amount"),
            (fees(-1, "ZAR"), "budgets.invalid_amount", "/amount"),
            (fees(1, "zar"), "budgets.unknown_currency", "/amount/currency"),
            (days, "budgets.invalid_days", "/to"),
            (Budget { alert_at: vec![], ..hours(1) }, "budgets.invalid_alerts", "/alert_at"),
            (Budget { alert_at: vec![0], ..hours(1) }, "budgets.invalid_alerts", "/alert_at"),
            (Budget { alert_at: vec![501], ..hours(1) }, "budgets.invalid_alerts", "/alert_at"),
            (
                Budget { alert_at: (1..=9).collect(), ..hours(1) },
                "budgets.invalid_alerts",
                "/alert_at",
            ),
        ] {
            let refusal = budget.checked().unwrap_err();
            assert_eq!((refusal.code(), refusal.field()), (code, Some(field)));
        }
    }

    #[test]
    fn a_month_of_a_budget_ends_where_the_budget_does() {
        let budget = Budget {
            period: BudgetEvery::Month,
            from: Some(date(2026, 3, 10)),
            to: Some(date(2026, 4, 5)),
            counts: BudgetCounts::Billable,
            task: Some(TASK),
            ..hours(3600)
        };
        let watched = budget.watched_on(date(2026, 4, 2));
        let names: Vec<_> = watched.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["2026-03", "2026-04"]);
        assert_eq!(budget.watched_on(date(2026, 3, 12)).len(), 1, "February lies before it");
        let march = watched[0];
        assert!(budget.counts(march, TASK, date(2026, 3, 10), true));
        assert!(!budget.counts(march, TASK, date(2026, 3, 9), true));
        assert!(!budget.counts(march, TASK, date(2026, 4, 1), true));
        assert!(!budget.counts(march, TASK, date(2026, 3, 10), false));
        assert!(!budget.counts(march, TaskId(Uuid::from_u128(99)), date(2026, 3, 10), true));
    }
}
