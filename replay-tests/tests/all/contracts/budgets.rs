//! Samples of the events of budgets and estimates.

use domain::budgets::{
    Budget, BudgetAlertRaised, BudgetAmount, BudgetCleared, BudgetCounts, BudgetEvent, BudgetEvery,
    BudgetPeriod, BudgetSet, EstimateCleared, EstimateSet,
};
use domain::id::{BudgetId, ProjectId, TaskId};
use domain::log::Event;
use jiff::civil::date;

use super::sample::{BRIDGE, BUDGET, DRAWING, TUESDAY, id};

pub(crate) fn budgets() -> Vec<Event> {
    let (project, budget) = (ProjectId(id(BRIDGE)), BudgetId(id(BUDGET)));
    let task = Some(TaskId(id(DRAWING)));
    let fees = BudgetAmount::Fees { amount_minor: 1_250_000, currency: "ZAR".into() };
    let hours = BudgetAmount::Hours { seconds: 360_000 };
    let bare = Budget {
        task: None,
        period: BudgetEvery::Total,
        from: None,
        to: None,
        amount: hours.clone(),
        counts: BudgetCounts::All,
        alert_at: vec![80],
    };
    let full = Budget {
        task,
        period: BudgetEvery::Month,
        from: Some(TUESDAY),
        to: Some(date(2026, 12, 31)),
        amount: fees.clone(),
        counts: BudgetCounts::Billable,
        alert_at: vec![50, 80, 100, 500],
    };
    let raised = |threshold, period, amount, spent| BudgetAlertRaised {
        project,
        budget,
        threshold,
        period,
        amount,
        spent,
        at: "2026-02-03T14:15:00.5Z".parse().expect("an instant"),
    };
    let month = "2026-02".parse().expect("a month");
    let events: Vec<BudgetEvent> = vec![
        BudgetSet { project, budget, terms: bare }.into(),
        BudgetSet { project, budget, terms: full }.into(),
        BudgetCleared { project, budget }.into(),
        EstimateSet { project, task: None, seconds: 720_000 }.into(),
        EstimateSet { project, task, seconds: 36_000 }.into(),
        EstimateCleared { project, task: None }.into(),
        EstimateCleared { project, task }.into(),
        raised(80, BudgetPeriod::Total, hours, 288_001).into(),
        raised(100, month, fees, 1_300_000).into(),
    ];
    events.into_iter().map(Event::from).collect()
}
