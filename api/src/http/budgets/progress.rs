//! How far a project has come: what was worked on it, what is left of its budgets and estimates,
//! and when they end at the pace of the last four weeks. Summed up when it's asked for.

use std::collections::BTreeMap;

use domain::budgets::forecast_end;
use domain::id::{MemberId, ProjectId, TaskId};
use domain::money::Money;
use jiff::civil::Date;
use projections::billing::unbilled::{self, Unbilled};
use projections::budgets::estimate::current;
use projections::budgets::measure::{Measure, Tally};
use projections::budgets::work::Group;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::estimates::versions;
use super::facts::{Facts, budgets_of};
use super::seen::{View, seen};
use super::shown::{BudgetBody, recent, shown};
use crate::http::answer::Answer;
use crate::http::call::{About, Call};
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;

/// An amount in a currency.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Money")]
struct MoneyBody {
    amount_minor: i64,
    /// ISO 4217 code.
    currency: String,
}

impl From<Money> for MoneyBody {
    fn from(money: Money) -> Self {
        MoneyBody { amount_minor: money.amount_minor, currency: money.currency }
    }
}

/// What work comes to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "WorkTally")]
struct TallyBody {
    /// As recorded.
    seconds: i64,
    /// As the rules of rounding show and bill it; what they round on the lines of an invoice is
    /// rounded there alone.
    rounded_seconds: i64,
    /// What of it may be billed, as recorded.
    billable_seconds: i64,
    /// What of it may not, as recorded.
    not_billable_seconds: i64,
    /// What of it is approved, as recorded.
    approved_seconds: i64,
    /// What is charged for what may be billed, by currency; null where you may not see it.
    fees: Option<Vec<MoneyBody>>,
    /// What may be billed and has no rate, rounded; null where you may not see fees.
    unpriced_seconds: Option<i64>,
}

fn tally_body(tally: &Tally, view: View) -> TallyBody {
    let all = view == View::All;
    let money = |(currency, amount_minor): (&str, i64)| {
        Money { amount_minor, currency: currency.to_owned() }.into()
    };
    TallyBody {
        seconds: tally.seconds,
        rounded_seconds: tally.rounded_seconds,
        billable_seconds: tally.billable_seconds,
        not_billable_seconds: tally.seconds - tally.billable_seconds,
        approved_seconds: tally.approved_seconds,
        fees: all.then(|| tally.fees.amounts().into_iter().map(money).collect()),
        unpriced_seconds: all.then_some(tally.fees.unpriced_seconds),
    }
}

/// What is left of an estimate.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "EstimateLeft")]
struct LeftBody {
    /// How long the work takes in all.
    seconds: i64,
    /// What is left of it, by time as recorded; negative where it took longer.
    left_seconds: i64,
    /// Hundredths of a percent that are done, cut off.
    basis_points: i64,
    /// When it's done at the pace of the last four weeks; null where that is not in sight.
    forecast_end: Option<Date>,
}

/// The work on one task.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct TaskProgress {
    task_id: Uuid,
    #[serde(flatten)]
    tally: TallyBody,
    /// Null where nobody says how long it takes.
    estimate: Option<LeftBody>,
}

/// The work of one member.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct MemberProgress {
    member_id: Uuid,
    #[serde(flatten)]
    tally: TallyBody,
}

/// How far a project has come.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Progress")]
pub(crate) struct ProgressBody {
    project_id: Uuid,
    /// The day of the firm's calendar that it is about.
    day: Date,
    #[serde(flatten)]
    tally: TallyBody,
    /// What of it is on invoices, drafts too, as recorded.
    billed_seconds: i64,
    /// What was recorded in the four weeks that end on the day.
    recent_seconds: i64,
    /// Null where nobody says how long the project takes.
    estimate: Option<LeftBody>,
    budgets: Vec<BudgetBody>,
    /// By task; those with an estimate and no time too.
    tasks: Vec<TaskProgress>,
    /// By member; only yourself where you may not see the others.
    members: Vec<MemberProgress>,
}

fn left(estimate: i64, groups: &[&Group], today: Date) -> LeftBody {
    let seconds = |groups: &[&Group]| groups.iter().map(|group| group.seconds()).sum::<i64>();
    let spent = seconds(groups);
    let left = estimate - spent;
    let points = i128::from(spent) * 10_000 / i128::from(estimate.max(1));
    LeftBody {
        seconds: estimate,
        left_seconds: left,
        basis_points: i64::try_from(points).unwrap_or(i64::MAX),
        forecast_end: forecast_end(today, left, seconds(&recent(groups, today))),
    }
}

/// `GET /projects/{id}/progress`.
pub(crate) async fn progress(call: Call<ById, Nothing>) -> Result<Answer<ProgressBody>, Problem> {
    let project = ProjectId(call.path.id);
    let (row, view) = seen(&call, project).await?;
    let facts = Facts::of(&call, &[project].into()).await?;
    let measure = Measure { book: &facts.book, client: row.client_id };
    let groups = facts.work_on(project);
    let tally = |groups: &[&Group]| tally_body(&measure.tally(groups.iter().copied()), view);
    let estimates = versions(&call, project).await?;
    let estimate_of = |task, groups: &[&Group]| {
        current(&estimates, task).map(|seconds| left(seconds, groups, facts.today))
    };
    let mut by_task: BTreeMap<TaskId, Vec<&Group>> = BTreeMap::new();
    let mut by_member: BTreeMap<MemberId, Vec<&Group>> = BTreeMap::new();
    for task in estimates.iter().filter_map(|row| row.task_id) {
        by_task.entry(task).or_default();
    }
    for group in &groups {
        by_task.entry(group.task).or_default().push(group);
        by_member.entry(group.member).or_default().push(group);
    }
    by_task.retain(|task, groups| !groups.is_empty() || current(&estimates, Some(*task)).is_some());
    by_member.retain(|member, _| view == View::All || *member == call.caller.member);
    let mut budgets = budgets_of(&call, project).await?;
    budgets.retain(|row| view == View::All || row.currency.is_none());
    let body = ProgressBody {
        project_id: project.0,
        day: facts.today,
        tally: tally(&groups),
        billed_seconds: billed(&call, project).await?,
        recent_seconds: recent(&groups, facts.today).iter().map(|it| it.seconds()).sum(),
        estimate: estimate_of(None, &groups),
        budgets: budgets.iter().map(|row| shown(row, measure, &groups, facts.today)).collect(),
        tasks: by_task
            .iter()
            .map(|(task, groups)| TaskProgress {
                task_id: task.0,
                tally: tally(groups),
                estimate: estimate_of(Some(*task), groups),
            })
            .collect(),
        members: by_member
            .iter()
            .map(|(member, groups)| MemberProgress { member_id: member.0, tally: tally(groups) })
            .collect(),
    };
    Ok(call.read(body))
}

/// How many seconds of the project are on invoices, drafts too.
async fn billed(about: &About, project: ProjectId) -> Result<i64, Problem> {
    if let Some(rows) = about.rows_then::<Unbilled>().await? {
        let taken = rows
            .iter()
            .filter(|row| row.project_id == project && row.invoice_id.is_some())
            .map(|row| row.seconds);
        return Ok(taken.sum());
    }
    let mut tx = about.tx().await?;
    let seconds = unbilled::taken(&mut tx, project).await?;
    tx.commit().await?;
    Ok(seconds)
}
