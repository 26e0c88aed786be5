//! Billable time that nobody could be charged for: no rate is found for it, or one in another
//! currency than its client's. Approval is no matter here, so that it shows before the month ends.

use std::collections::BTreeMap;

use domain::billing::lines::LineWarning;
use domain::id::{ClientId, MemberId, ProjectId, TaskId};
use jiff::civil::Date;
use projections::billing::unbilled::Wanted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::names::Names;
use super::open_time::OpenTime;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::problem::Problem;

/// The most entries that are looked at.
const MOST: usize = 100_000;

/// Which time.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// The first day.
    from: Option<Date>,
    /// The last day.
    to: Option<Date>,
    /// For this client; everybody's where it's left out.
    client_id: Option<Uuid>,
}

/// A member's billable time on a task that has no price.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct MissingRate {
    /// `billing.no_rate` or `billing.rate_in_other_currency`.
    warning: String,
    member_id: Uuid,
    member: String,
    client_id: Uuid,
    project_id: Uuid,
    project: String,
    task_id: Uuid,
    task: String,
    /// What its client is billed in.
    currency: String,
    /// What the rate is in, where it's another.
    rate_currency: Option<String>,
    /// How many entries.
    entries: u32,
    /// As recorded.
    seconds: i64,
    first_day: Date,
    last_day: Date,
}

/// Billable time without a price.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct MissingRates {
    items: Vec<MissingRate>,
    /// The sum over the items.
    seconds: i64,
    /// Whether not all unbilled time was looked at: ask for fewer days.
    more: bool,
}

/// What entries have in common that are told of together.
type Group = (ProjectId, TaskId, MemberId, ClientId, String, Option<String>);

/// What there is to tell of them.
struct Found {
    warning: LineWarning,
    entries: u32,
    seconds: i64,
    first_day: Date,
    last_day: Date,
}

fn found(open: &OpenTime) -> BTreeMap<Group, Found> {
    let mut groups: BTreeMap<Group, Found> = BTreeMap::new();
    for entry in &open.entries {
        let Some(warning) = open.alone(entry).warning else { continue };
        let other = match &warning {
            LineWarning::NoRate => None,
            LineWarning::OtherCurrency { currency } => Some(currency.clone()),
        };
        let row = &entry.row;
        let currency = entry.currency.clone();
        let group = (row.project_id, row.task_id, row.member_id, entry.client, currency, other);
        let (first_day, last_day) = (row.work_day, row.work_day);
        let none = Found { warning, entries: 0, seconds: 0, first_day, last_day };
        let found = groups.entry(group).or_insert(none);
        found.entries += 1;
        found.seconds += row.seconds;
        found.first_day = found.first_day.min(row.work_day);
        found.last_day = found.last_day.max(row.work_day);
    }
    groups
}

/// `GET /rates/missing`.
pub(crate) async fn list(call: Call<(), Which>) -> Result<Answer<MissingRates>, Problem> {
    let Which { from, to, client_id } = call.query;
    let wanted = Wanted { client: client_id.map(ClientId), from, to, ..Wanted::default() };
    let open = OpenTime::load(&call, &wanted, MOST).await?;
    let groups = found(&open);
    let projects = groups.keys().map(|group| group.0);
    let (tasks, members) = (groups.keys().map(|it| it.1), groups.keys().map(|it| it.2));
    let mut tx = call.tx().await?;
    let names = Names::load(&call, &mut tx, projects, tasks, members).await?;
    tx.commit().await?;
    let shown = |(group, found): (Group, Found)| {
        let (project, task, member, client, currency, rate_currency) = group;
        MissingRate {
            warning: found.warning.code().to_owned(),
            member_id: member.0,
            member: names.member(member),
            client_id: client.0,
            project_id: project.0,
            project: names.project(project),
            task_id: task.0,
            task: names.task(task),
            currency,
            rate_currency,
            entries: found.entries,
            seconds: found.seconds,
            first_day: found.first_day,
            last_day: found.last_day,
        }
    };
    let items: Vec<_> = groups.into_iter().map(shown).collect();
    let seconds = items.iter().map(|item| item.seconds).sum();
    Ok(call.read(MissingRates { items, seconds, more: open.more }))
}
