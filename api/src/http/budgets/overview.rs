//! Every budget that runs, for managers: which are over, and which are near it.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{BudgetId, ClientId, ProjectId};
use projections::budgets::budget::{self, BudgetRow};
use projections::budgets::measure::Measure;
use projections::catalogue::project::{self, Project};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::facts::Facts;
use super::shown::{BudgetBody, shown};
use crate::http::answer::Answer;
use crate::http::call::{About, Call, piece};
use crate::http::cursor::Page;
use crate::http::problem::Problem;

/// How many budgets are measured in one go.
const CHUNK: usize = 200;

/// How a budget stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "BudgetState")]
enum StateName {
    Over,
    Near,
    Ok,
}

impl StateName {
    fn as_str(self) -> &'static str {
        match self {
            StateName::Over => "over",
            StateName::Near => "near",
            StateName::Ok => "ok",
        }
    }
}

/// Which budgets.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Only those that stand so.
    state: Option<StateName>,
}

type Place = (ProjectId, BudgetId);

fn place(row: &BudgetRow) -> Place {
    (row.project_id, row.budget_id)
}

/// The next budgets of projects that take time, with their projects' clients.
async fn next(
    about: &About,
    after: Option<Place>,
) -> Result<(Vec<BudgetRow>, BTreeMap<ProjectId, ClientId>), Problem> {
    if let Some(budgets) = about.rows_then::<budget::Budget>().await? {
        let projects = about.rows_then::<Project>().await?;
        let clients: BTreeMap<_, _> = projects
            .iter()
            .flat_map(|rows| rows.iter())
            .filter(|row| !row.archived)
            .map(|row| (row.project_id, row.client_id))
            .collect();
        let runs = |row: &BudgetRow| clients.contains_key(&row.project_id);
        return Ok((piece(&budgets, runs, place, after, CHUNK as i64), clients));
    }
    let mut tx = about.tx().await?;
    let rows = budget::running(&mut tx, after, CHUNK as i64).await?;
    let ids: BTreeSet<ProjectId> = rows.iter().map(|row| row.project_id).collect();
    let clients = project::clients_of(&mut tx, ids.iter().copied()).await?;
    tx.commit().await?;
    Ok((rows, clients))
}

/// `GET /budgets`.
pub(crate) async fn overview(call: Call<(), Wanted>) -> Result<Answer<Page<BudgetBody>>, Problem> {
    let mut after = call.after::<(Uuid, Uuid)>()?.map(|(it, id)| (ProjectId(it), BudgetId(id)));
    let limit = usize::try_from(call.look_for()).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    while found.len() < limit {
        let (rows, clients) = next(&call, after).await?;
        let Some(last) = rows.last().map(place) else { break };
        after = Some(last);
        let more = rows.len() == CHUNK;
        let projects = rows.iter().map(|row| row.project_id).collect();
        let facts = Facts::of(&call, &projects).await?;
        for row in rows.into_iter().filter(|row| row.terms().runs_on(facts.today)) {
            let Some(client) = clients.get(&row.project_id).copied() else { continue };
            let measure = Measure { book: &facts.book, client };
            let body = shown(&row, measure, &facts.work_on(row.project_id), facts.today);
            if call.query.state.is_none_or(|state| state.as_str() == body.standing.state) {
                found.push((row, body));
            }
        }
        if !more {
            break;
        }
    }
    let key = |(row, _): &(BudgetRow, BudgetBody)| (row.project_id.0, row.budget_id.0);
    Ok(call.page(found, key, |(_, body)| body))
}
