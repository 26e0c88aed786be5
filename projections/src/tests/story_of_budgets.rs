//! The history of a project's budgets and estimates: every kind of event at least once.

use domain::budgets::{
    Budget, BudgetAlertRaised, BudgetAmount, BudgetCleared, BudgetCounts, BudgetEvent, BudgetEvery,
    BudgetSet, EstimateCleared, EstimateSet, budget_stream,
};
use domain::id::{BudgetId, ProjectId, TaskId};
use domain::log::Event;

use super::samples::{History, id};

impl History {
    fn budget(&mut self, event: impl Into<BudgetEvent>) -> &mut Self {
        self.add(budget_stream(ProjectId(id(20))), Event::Budget(event.into()))
    }
}

/// Project 20 has a monthly budget of hours, which told of 80 percent and was cleared, and one of
/// fees, which was raised; its estimate was revised, and that of a task cleared.
pub(crate) fn budgets() -> History {
    let project = ProjectId(id(20));
    let [monthly, fees] = [70, 71].map(|n| BudgetId(id(n)));
    let terms = Budget {
        task: None,
        period: BudgetEvery::Month,
        from: None,
        to: None,
        amount: BudgetAmount::Hours { seconds: 3600 },
        counts: BudgetCounts::All,
        alert_at: vec![80, 100],
    };
    let of_fees = |amount_minor| Budget {
        task: Some(TaskId(id(31))),
        period: BudgetEvery::Total,
        amount: BudgetAmount::Fees { amount_minor, currency: "ZAR".into() },
        counts: BudgetCounts::Billable,
        ..terms.clone()
    };
    let estimate = |task, seconds| EstimateSet { project, task, seconds };
    let mut history = History::default();
    history
        .budget(BudgetSet { project, budget: monthly, terms: terms.clone() })
        .budget(BudgetSet { project, budget: fees, terms: of_fees(800_000) })
        .budget(estimate(None, 36_000))
        .budget(estimate(Some(TaskId(id(31))), 7200))
        .budget(BudgetAlertRaised {
            project,
            budget: monthly,
            threshold: 80,
            period: "2026-02".parse().expect("a month"),
            amount: terms.amount.clone(),
            spent: 2900,
            at: History::instant(5),
        })
        .budget(estimate(None, 72_000))
        .budget(EstimateCleared { project, task: Some(TaskId(id(31))) })
        .budget(BudgetSet { project, budget: fees, terms: of_fees(900_000) })
        .budget(BudgetCleared { project, budget: monthly });
    history
}
