//! The letter that tells whoever looks after a project that a percentage of a budget was passed. It
//! says what the alert says; a budget that is gone by then is not worth a letter.

use askama::Template;
use commands::event_log::read::stream_after;
use commands::jobs::{Job, WorkError};
use commands::mail::Letter;
use domain::budgets::{BudgetAlertRaised, BudgetAmount, BudgetPeriod, Budgets, budget_stream};
use domain::catalogue::{Project, project_stream};
use domain::id::{ProjectId, StreamId};
use domain::log::Event;
use domain::money::Money;
use migrations::TenantTx;
use migrations::platform::TenantRecord;

use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/budget_alert.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    said: &'a Said,
}

#[derive(Template)]
#[template(path = "mail/budget_alert.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    said: &'a Said,
}

/// What an alert says, in words.
struct Said {
    project: String,
    /// The task that it is of; empty where it's of the whole project.
    task: String,
    /// The month; empty where it's of all of it.
    month: String,
    threshold: u32,
    amount: String,
    spent: String,
    left: String,
    over: bool,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    letter: Letter,
) -> Result<Option<Composed>, WorkError> {
    let Letter::BudgetAlert { member, project, budget, threshold, period } = letter else {
        return Ok(None);
    };
    let Some(to) = post.member(tenant.id, member).await? else { return Ok(None) };
    let mut tx = post.log().tenants().begin(tenant.id).await?;
    let budgets = budgets_of(&mut tx, project).await?;
    let work = project_of(&mut tx, project).await?;
    tx.commit().await?;
    let raised = budgets.raised.iter().rev().find(|raised| {
        (raised.budget, raised.threshold, raised.period) == (budget, threshold, period)
    });
    let (Some(raised), Ok(terms)) = (raised, budgets.budget(budget)) else { return Ok(None) };
    let task = terms.task.and_then(|task| work.tasks.get(&task));
    let said = &said(raised, &work.name, task.map_or("", |task| &task.name));
    let head = &post.letterhead(tenant).await?;
    let name = to.name.clone();
    let subject = format!("{} % of the budget of {} are spent", threshold, said.project);
    let (text, html) = (Text { head, name: &name, said }, Html { head, name: &name, said });
    Composed::new(to, &subject, &text, &html).map(Some)
}

fn said(raised: &BudgetAlertRaised, project: &str, task: &str) -> Said {
    let amount = |value| shown(&raised.amount, value);
    let held = raised.amount.value();
    let left = held.saturating_sub(raised.spent);
    Said {
        project: project.to_owned(),
        task: task.to_owned(),
        month: match raised.period {
            BudgetPeriod::Total => String::new(),
            BudgetPeriod::Month(month) => month.to_string(),
        },
        threshold: raised.threshold,
        amount: amount(held),
        spent: amount(raised.spent),
        left: amount(left.abs()),
        over: left < 0,
    }
}

/// Hours and minutes, or money.
fn shown(of: &BudgetAmount, value: i64) -> String {
    match of {
        BudgetAmount::Hours { .. } => {
            let minutes = value.unsigned_abs() / 60;
            let sign = if value < 0 { "-" } else { "" };
            format!("{sign}{}:{:02} hours", minutes / 60, minutes % 60)
        }
        BudgetAmount::Fees { currency, .. } => {
            Money { amount_minor: value, currency: currency.clone() }.to_string()
        }
    }
}

async fn events(tx: &mut TenantTx, stream: StreamId) -> Result<Vec<Event>, WorkError> {
    let rows = stream_after(tx, stream, 0).await?;
    Ok(rows.iter().map(|row| row.decode().map(|it| it.event)).collect::<Result<_, _>>()?)
}

async fn budgets_of(tx: &mut TenantTx, project: ProjectId) -> Result<Budgets, WorkError> {
    let mut budgets = Budgets::default();
    for event in events(tx, budget_stream(project)).await? {
        if let Event::Budget(event) = event {
            budgets.evolve(&event);
        }
    }
    Ok(budgets)
}

async fn project_of(tx: &mut TenantTx, project: ProjectId) -> Result<Project, WorkError> {
    let mut state = Project::default();
    for event in events(tx, project_stream(project)).await? {
        if let Event::Project(event) = event {
            state.evolve(&event);
        }
    }
    Ok(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_told_by_the_minute_and_fees_by_the_cent() {
        let hours = BudgetAmount::Hours { seconds: 1 };
        let told = [0, 59, 3660, -5400].map(|seconds| shown(&hours, seconds));
        assert_eq!(told, ["0:00 hours", "0:00 hours", "1:01 hours", "-1:30 hours"]);
        let fees = BudgetAmount::Fees { amount_minor: 1, currency: "ZAR".into() };
        assert_eq!(shown(&fees, 123_456), "1234.56 ZAR");
    }
}
