//! Budgets on a real log: who sets them, what asks for a look at them, and alerts that two workers
//! raise at once.

use domain::budgets::{Budget, BudgetAmount, BudgetCounts, BudgetEvery, BudgetPeriod, Finding};
use domain::log::Actor;
use domain::members::Grant;
use migrations::testing::random_id;

use super::*;
use crate::jobs::table::{JobRecord, list};
use crate::mail::{Letter, MAIL};
use crate::members::grants::GiveGrant;
use crate::testing::refused;
use crate::time::samples::{Office, duration};

fn hours(seconds: i64) -> Budget {
    Budget {
        task: None,
        period: BudgetEvery::Total,
        from: None,
        to: None,
        amount: BudgetAmount::Hours { seconds },
        counts: BudgetCounts::All,
        alert_at: vec![50, 80, 100],
    }
}

impl Office {
    fn set_budget(&self, terms: Budget) -> SetBudget {
        SetBudget { project: self.project, budget: BudgetId(random_id()), terms }
    }

    async fn jobs(&self, kind: &str) -> Vec<JobRecord> {
        let mut tx = self.firm.tenant.tenants.begin(self.firm.id()).await.expect("the door");
        let mut jobs = list(&mut tx, None, None, 1000).await.expect("the table");
        jobs.retain(|record| record.job.kind == kind);
        jobs
    }

    /// Raises what follows from so much being spent, as the program does.
    async fn found(&self, budget: BudgetId, terms: &Budget, spent: i64) {
        let terms = terms.clone();
        let finding = Finding { budget, terms, period: BudgetPeriod::Total, spent };
        let command = RaiseAlerts { project: self.project, findings: vec![finding] };
        self.firm.send(Actor::System, command).await.expect("the program may");
    }

    async fn thresholds(&self) -> Vec<u32> {
        let events = self.firm.recorded().await.into_iter().map(|recorded| recorded.event);
        let mut thresholds = Vec::new();
        for event in events {
            if let domain::log::Event::Budget(BudgetEvent::BudgetAlertRaised(event)) = event {
                thresholds.push(event.threshold);
            }
        }
        thresholds
    }
}

#[tokio::test]
async fn whoever_looks_after_a_project_sets_its_budgets_and_nobody_else_does() {
    let office = Office::new().await;
    let set = office.set_budget(hours(3600));
    let denied = office.send(set.clone()).await;
    assert!(matches!(denied, Err(CommandError::Forbidden)), "{denied:?}");
    let grant = Grant::ProjectManager(office.project);
    let give = GiveGrant { member: office.member, grant };
    office.firm.send(Actor::Operator, give).await.expect("given");
    office.send(set.clone()).await.expect("set");
    let change = |other| ChangeBudget {
        project: office.project,
        budget: set.budget,
        other,
        expected_version: None,
    };
    let amount = Some(BudgetAmount::Hours { seconds: 0 });
    let none = office.manage(change(OtherTerms { amount, ..OtherTerms::default() })).await;
    assert_eq!(refused(none), "budgets.invalid_amount");
    let days = OtherTerms { alert_at: Some(vec![90]), ..OtherTerms::default() };
    office.manage(change(days)).await.expect("changed");
    let ClearBudget { project, budget, .. } =
        ClearBudget { project: office.project, budget: set.budget, expected_version: None };
    let clear = |seen| ClearBudget { project, budget, expected_version: seen };
    let stale = office.manage(clear(Some(1))).await;
    assert!(matches!(stale, Err(CommandError::Stale)), "{stale:?}");
    office.manage(clear(Some(2))).await.expect("cleared");
    let gone = office.manage(clear(None)).await;
    assert!(matches!(gone, Err(CommandError::NotFound)), "{gone:?}");
    let types = office.firm.event_types().await;
    let of_budget: Vec<_> = types.iter().filter(|name| name.starts_with("Budget")).collect();
    assert_eq!(of_budget, ["BudgetSet", "BudgetSet", "BudgetCleared"]);
}

#[tokio::test]
async fn time_on_a_project_with_a_budget_asks_for_one_look_in_a_quarter_of_an_hour() {
    let office = Office::new().await;
    office.recorded(duration("2026-01-05", 3600)).await;
    assert!(office.jobs(BUDGET_CHECK).await.is_empty(), "there is no budget");
    office.manage(office.set_budget(hours(3600))).await.expect("set");
    assert_eq!(office.jobs(BUDGET_CHECK).await.len(), 1, "the budget is looked at at once");
    let before = checked_at(office.firm.commands.log().clock().now());
    // Several at once, so that some share a transaction.
    let days: Vec<String> = (6..26).map(|day| format!("2026-01-{day:02}")).collect();
    let recordings = days.iter().map(|day| office.send(office.record(duration(day, 60))));
    for outcome in futures::future::join_all(recordings).await {
        outcome.expect("recorded");
    }
    let after = checked_at(office.firm.commands.log().clock().now());
    let mut due: Vec<_> =
        office.jobs(BUDGET_CHECK).await.into_iter().map(|it| it.job.due_at).collect();
    due.sort_unstable();
    let looks = &due[1..];
    assert!(looks == [before] || looks == [after] || looks == [before, after], "{due:?}");
    let references = office.jobs(BUDGET_CHECK).await;
    assert!(references.iter().all(|it| it.job.reference == office.project.to_string()));
}

#[tokio::test]
async fn alerts_are_raised_once_and_the_greatest_is_mailed_to_those_who_look_after_it() {
    let office = Office::new().await;
    let terms = hours(1000);
    let set = office.set_budget(terms.clone());
    office.manage(set.clone()).await.expect("set");
    let finding = Finding {
        budget: set.budget,
        terms: terms.clone(),
        period: BudgetPeriod::Total,
        spent: 900,
    };
    let command = RaiseAlerts { project: office.project, findings: vec![finding] };
    let denied = office.manage(command).await;
    assert!(matches!(denied, Err(CommandError::Forbidden)), "nobody raises them by hand");
    office.found(set.budget, &terms, 900).await;
    office.found(set.budget, &terms, 900).await;
    assert_eq!(office.thresholds().await, [50, 80]);
    let mails = office.jobs(MAIL).await;
    let letter = Letter::BudgetAlert {
        member: office.manager,
        project: office.project,
        budget: set.budget,
        threshold: 80,
        period: BudgetPeriod::Total,
    };
    let references: Vec<_> = mails.iter().map(|mail| mail.job.reference.clone()).collect();
    assert_eq!(references, [letter.reference()]);
    assert_eq!(Letter::parse(&references[0]), Some(letter));
}

#[tokio::test]
async fn two_workers_in_two_processes_raise_a_percentage_once() {
    let office = Office::new().await;
    let terms = hours(1000);
    let set = office.set_budget(terms.clone());
    office.manage(set.clone()).await.expect("set");
    let finding = Finding { budget: set.budget, terms, period: BudgetPeriod::Total, spent: 1000 };
    let command = RaiseAlerts { project: office.project, findings: vec![finding] };
    let other = office.firm.in_another_process();
    let both = (0..8).map(|n| {
        let firm = if n % 2 == 0 { &office.firm } else { &other };
        firm.send(Actor::System, command.clone())
    });
    for outcome in futures::future::join_all(both).await {
        outcome.expect("each finds what there is to say, or nothing");
    }
    assert_eq!(office.thresholds().await, [50, 80, 100]);
    assert_eq!(office.jobs(MAIL).await.len(), 1);
}

#[tokio::test]
async fn an_estimate_is_revised_and_cleared() {
    let office = Office::new().await;
    let estimate =
        |task, seconds| Estimate { project: office.project, task, seconds, expected_version: None };
    for (task, seconds) in [(None, Some(3600)), (Some(office.task), Some(60)), (None, None)] {
        office.manage(estimate(task, seconds)).await.expect("said");
    }
    let unknown = office.manage(estimate(Some(TaskId(random_id())), Some(60))).await;
    assert!(matches!(unknown, Err(CommandError::NotFound)), "{unknown:?}");
    let zero = office.manage(estimate(None, Some(0))).await;
    assert_eq!(refused(zero), "budgets.invalid_estimate");
    let types = office.firm.event_types().await;
    let said: Vec<_> = types.iter().filter(|name| name.starts_with("Estimate")).collect();
    assert_eq!(said, ["EstimateSet", "EstimateSet", "EstimateCleared"]);
}
