//! Budgets as documents.

use domain::budgets::{
    Budget, BudgetAmount, BudgetCounts, BudgetEvery, PACE_DAYS, Warning, basis_points,
    forecast_end, standing, warnings_for,
};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use projections::budgets::budget::BudgetRow;
use projections::budgets::measure::Measure;
use projections::budgets::work::Group;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How much a budget holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "basis", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "BudgetAmount")]
pub(super) enum AmountBody {
    /// Time, as it was recorded.
    Hours {
        /// At least 1, at most a million hours.
        seconds: i64,
    },
    /// What is charged for rounded time at bill rates of this currency.
    Fees {
        /// Minor units of the currency, such as cents; at least 1.
        amount_minor: i64,
        /// ISO 4217 code.
        currency: String,
    },
}

impl From<AmountBody> for BudgetAmount {
    fn from(body: AmountBody) -> Self {
        match body {
            AmountBody::Hours { seconds } => BudgetAmount::Hours { seconds },
            AmountBody::Fees { amount_minor, currency } => {
                BudgetAmount::Fees { amount_minor, currency }
            }
        }
    }
}

impl From<BudgetAmount> for AmountBody {
    fn from(amount: BudgetAmount) -> Self {
        match amount {
            BudgetAmount::Hours { seconds } => AmountBody::Hours { seconds },
            BudgetAmount::Fees { amount_minor, currency } => {
                AmountBody::Fees { amount_minor, currency }
            }
        }
    }
}

/// Once, or each month anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "BudgetPeriod")]
pub(super) enum EveryName {
    /// The amount is there once.
    Total,
    /// The amount is there each calendar month anew; nothing is carried over.
    Month,
}

/// Which time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "BudgetCounts")]
pub(super) enum CountsName {
    /// What may be billed.
    Billable,
    /// All time.
    All,
}

impl From<EveryName> for BudgetEvery {
    fn from(name: EveryName) -> Self {
        match name {
            EveryName::Total => BudgetEvery::Total,
            EveryName::Month => BudgetEvery::Month,
        }
    }
}

impl From<CountsName> for BudgetCounts {
    fn from(name: CountsName) -> Self {
        match name {
            CountsName::Billable => BudgetCounts::Billable,
            CountsName::All => BudgetCounts::All,
        }
    }
}

/// How a budget stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "BudgetStanding")]
pub(super) struct StandingBody {
    /// `total`, or the month that it stands for, such as `2026-03`.
    of: String,
    /// Seconds, or minor units of the budget's currency.
    spent: i64,
    /// What is left of the amount; negative where more is spent.
    left: i64,
    /// Hundredths of a percent of the amount that are spent, cut off.
    basis_points: i64,
    /// `ok`; `near` from the first percentage on that somebody is told of; `over` beyond the
    /// amount.
    pub(super) state: &'static str,
    /// What is to be said of it: `budgets.near` or `budgets.over`.
    warnings: Vec<&'static str>,
    /// When it is used up at the pace of the last four weeks; null where that is not in sight, and
    /// for what is there each month anew.
    forecast_end: Option<Date>,
}

/// A budget of a project or of one of its tasks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Budget")]
pub(crate) struct BudgetBody {
    id: Uuid,
    project_id: Uuid,
    /// Null = of the whole project.
    task_id: Option<Uuid>,
    period: EveryName,
    /// The first day that counts; null = from always.
    from: Option<Date>,
    /// The last day that counts; null = without end.
    to: Option<Date>,
    amount: AmountBody,
    counts: CountsName,
    /// At which percentages those who look after the project are told.
    alert_at: Vec<u32>,
    /// Since when its terms are these.
    set_at: Timestamp,
    pub(super) standing: StandingBody,
}

fn every_name(every: BudgetEvery) -> EveryName {
    match every {
        BudgetEvery::Total => EveryName::Total,
        BudgetEvery::Month => EveryName::Month,
    }
}

fn counts_name(counts: BudgetCounts) -> CountsName {
    match counts {
        BudgetCounts::Billable => CountsName::Billable,
        BudgetCounts::All => CountsName::All,
    }
}

/// What of some work lies in the four weeks that end today.
pub(super) fn recent<'g>(groups: &[&'g Group], today: Date) -> Vec<&'g Group> {
    let span = SignedDuration::from_hours(24 * (PACE_DAYS - 1));
    let since = today.checked_sub(span).unwrap_or(Date::MIN);
    groups.iter().copied().filter(|group| since <= group.day && group.day <= today).collect()
}

fn standing_of(
    terms: &Budget,
    measure: Measure<'_>,
    groups: &[&Group],
    today: Date,
) -> StandingBody {
    let period = terms.period_on(today);
    let spent = measure.spent(terms, period, groups);
    let left = terms.amount.value() - spent;
    let forecast_end = match terms.period {
        BudgetEvery::Total => {
            forecast_end(today, left, measure.spent(terms, period, &recent(groups, today)))
        }
        BudgetEvery::Month => None,
    };
    StandingBody {
        of: period.to_string(),
        spent,
        left,
        basis_points: basis_points(spent, terms),
        state: standing(spent, terms).as_str(),
        warnings: warnings_for(spent, terms).into_iter().map(Warning::code).collect(),
        forecast_end,
    }
}

/// A budget with how it stands on a day, for the work of its project.
pub(super) fn shown(
    row: &BudgetRow,
    measure: Measure<'_>,
    groups: &[&Group],
    today: Date,
) -> BudgetBody {
    let terms = row.terms();
    BudgetBody {
        id: row.budget_id.0,
        project_id: row.project_id.0,
        task_id: terms.task.map(Uuid::from),
        period: every_name(terms.period),
        from: terms.from,
        to: terms.to,
        standing: standing_of(&terms, measure, groups, today),
        amount: terms.amount.into(),
        counts: counts_name(terms.counts),
        alert_at: terms.alert_at,
        set_at: row.set_at,
    }
}
