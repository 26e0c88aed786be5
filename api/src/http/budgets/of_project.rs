//! The budgets of one project over HTTP. They are objects of one stream: an alert, or a change of
//! another budget, does not make a budget's tag stale.

use commands::budgets::{ChangeBudget, ClearBudget, OtherTerms, SetBudget};
use domain::budgets::{Budget, budget_stream};
use domain::id::{BudgetId, ProjectId, TaskId};
use jiff::Timestamp;
use jiff::civil::Date;
use projections::budgets::budget::BudgetRow;
use projections::budgets::budget_alert::{self, BudgetAlertRow};
use projections::budgets::measure::Measure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::facts::{Facts, budgets_of};
use super::seen::{View, seen};
use super::shown::{AmountBody, BudgetBody, CountsName, EveryName, shown};
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::{About, Call};
use crate::http::change::Change;
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing, nothing_to_change};
use crate::http::problem::Problem;

const KIND: &str = "budget";

/// How many alerts are shown with a budget, the newest first.
const ALERTS_SHOWN: i64 = 200;

/// One budget of a project.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct BudgetOf {
    id: Uuid,
    budget_id: Uuid,
}

/// An alert that was raised.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "BudgetAlert")]
struct AlertBody {
    /// The percentage that was passed.
    threshold: u32,
    /// `total`, or the month, such as `2026-03`.
    of: String,
    /// What the budget held then.
    amount: AmountBody,
    /// What was spent then: seconds, or minor units of the amount's currency.
    spent: i64,
    at: Timestamp,
}

fn alert(row: BudgetAlertRow) -> AlertBody {
    AlertBody {
        threshold: row.threshold,
        of: row.period.to_string(),
        amount: row.held().into(),
        spent: row.spent,
        at: row.raised_at,
    }
}

/// A budget with what it told.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "BudgetWithAlerts")]
pub(crate) struct BudgetWithAlerts {
    #[serde(flatten)]
    budget: BudgetBody,
    /// The alerts raised so far, newest first.
    alerts: Vec<AlertBody>,
}

/// Those budgets of a project that the caller sees, with the facts to measure them by.
async fn seen_budgets(
    about: &About,
    project: ProjectId,
) -> Result<Vec<(BudgetRow, BudgetBody)>, Problem> {
    let (row, view) = seen(about, project).await?;
    let mut rows = budgets_of(about, project).await?;
    rows.retain(|row| view == View::All || row.currency.is_none());
    let facts = Facts::of(about, &[project].into()).await?;
    let measure = Measure { book: &facts.book, client: row.client_id };
    let groups = facts.work_on(project);
    let body = |row: BudgetRow| {
        let body = shown(&row, measure, &groups, facts.today);
        (row, body)
    };
    Ok(rows.into_iter().map(body).collect())
}

/// `GET /projects/{id}/budgets`.
pub(crate) async fn list(call: Call<ById, Nothing>) -> Result<Answer<Page<BudgetBody>>, Problem> {
    let after = call.after()?.map(BudgetId);
    let mut budgets = seen_budgets(&call, ProjectId(call.path.id)).await?;
    budgets.retain(|(row, _)| after.is_none_or(|after| row.budget_id > after));
    Ok(call.page(budgets, |(row, _)| row.budget_id.0, |(_, body)| body))
}

/// `GET /projects/{id}/budgets/{budget_id}`.
pub(crate) async fn one(
    call: Call<BudgetOf, Nothing>,
) -> Result<Answer<BudgetWithAlerts>, Problem> {
    let (project, id) = (ProjectId(call.path.id), BudgetId(call.path.budget_id));
    let budgets = seen_budgets(&call, project).await?;
    let found = budgets.into_iter().find(|(row, _)| row.budget_id == id);
    let (row, budget) = found.ok_or_else(Problem::not_found)?;
    let tag = call.tag((KIND, id.0), row.position);
    let mut alerts = alerts_of(&call, project).await?;
    alerts.retain(|row| row.budget_id == id);
    let alerts = alerts.into_iter().map(alert).collect();
    Ok(call.read(BudgetWithAlerts { budget, alerts }).tagged(tag))
}

async fn alerts_of(about: &About, project: ProjectId) -> Result<Vec<BudgetAlertRow>, Problem> {
    if let Some(rows) = about.rows_then::<budget_alert::BudgetAlert>().await? {
        let mut rows: Vec<_> =
            rows.iter().filter(|row| row.project_id == project).cloned().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.position));
        return Ok(rows);
    }
    let mut tx = about.tx().await?;
    let rows = budget_alert::of_project(&mut tx, project, ALERTS_SHOWN).await?;
    tx.commit().await?;
    Ok(rows)
}

/// A budget to set.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetBudgetBody {
    /// Left out = of the whole project.
    task_id: Option<Uuid>,
    /// Left out = total.
    period: Option<EveryName>,
    /// The first day that counts; left out = from always.
    from: Option<Date>,
    /// The last day that counts; left out = without end.
    to: Option<Date>,
    amount: AmountBody,
    /// Left out = billable for fees, all for hours.
    counts: Option<CountsName>,
    /// Up to 8 percentages from 1 to 500; left out = 80 and 100.
    alert_at: Option<Vec<u32>>,
}

/// `POST /projects/{id}/budgets`.
pub(crate) async fn set(
    call: Call<ById, Nothing, Json<SetBudgetBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (project, budget) = (ProjectId(call.path.id), BudgetId(call.new_id()));
    let body = call.body.0.clone();
    let usual = match body.amount {
        AmountBody::Hours { .. } => CountsName::All,
        AmountBody::Fees { .. } => CountsName::Billable,
    };
    let terms = Budget {
        task: body.task_id.map(TaskId),
        period: body.period.unwrap_or(EveryName::Total).into(),
        from: body.from,
        to: body.to,
        amount: body.amount.into(),
        counts: body.counts.unwrap_or(usual).into(),
        alert_at: body.alert_at.unwrap_or_else(|| vec![80, 100]),
    };
    let done = call.send(SetBudget { project, budget, terms }).await?;
    Ok(call.made(done, KIND, &format!("/projects/{project}/budgets")))
}

/// What to change of a budget; what is left out stays. It stays with its task.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeBudgetBody {
    period: Option<EveryName>,
    /// Null = from always.
    #[serde(default)]
    from: Change<Date>,
    /// Null = without end.
    #[serde(default)]
    to: Change<Date>,
    amount: Option<AmountBody>,
    counts: Option<CountsName>,
    alert_at: Option<Vec<u32>>,
}

/// Whether an event of a project's budgets changes this one; an alert does not.
fn is_of(budget: BudgetId) -> impl Fn(&str, &Value) -> bool {
    move |event_type, payload| {
        matches!(event_type, "BudgetSet" | "BudgetCleared")
            && payload["budget"] == budget.to_string()
    }
}

/// `PATCH /projects/{id}/budgets/{budget_id}`.
pub(crate) async fn change(
    call: Call<BudgetOf, Nothing, Json<ChangeBudgetBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (project, budget) = (ProjectId(call.path.id), BudgetId(call.path.budget_id));
    let body = call.body.0.clone();
    let other = OtherTerms {
        period: body.period.map(Into::into),
        from: body.from.changed(),
        to: body.to.changed(),
        amount: body.amount.map(Into::into),
        counts: body.counts.map(Into::into),
        alert_at: body.alert_at,
    };
    if other == OtherTerms::default() {
        return Err(nothing_to_change());
    }
    let command =
        |expected_version| ChangeBudget { project, budget, other: other.clone(), expected_version };
    let object = (KIND, budget.0);
    let done = call.send_if(object, budget_stream(project), is_of(budget), command).await?;
    Ok(call.changed(done, object))
}

/// `DELETE /projects/{id}/budgets/{budget_id}`.
pub(crate) async fn clear(call: Call<BudgetOf, Nothing>) -> Result<Answer<Changed>, Problem> {
    let (project, budget) = (ProjectId(call.path.id), BudgetId(call.path.budget_id));
    let command = |expected_version| ClearBudget { project, budget, expected_version };
    let object = (KIND, budget.0);
    let done = call.send_if(object, budget_stream(project), is_of(budget), command).await?;
    Ok(call.done(done))
}
