//! Rates over HTTP. What work costs the firm is shown to nobody but owner, admin, billing and
//! auditor.

use commands::catalogue::{ClearRate, SetRate};
use commands::{CommandError, Done};
use domain::catalogue::rates::{Rate, RateKind, RateScope, RateUnit};
use domain::catalogue::{RateCard, Refusal, set_rate};
use domain::id::{ClientId, MemberId, ProjectId, TaskId};
use domain::members::Role;
use jiff::Timestamp;
use jiff::civil::Date;
use projections::billing::unbilled;
use projections::catalogue::rate::{self, RateRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::http::answer::{Answer, Changed};
use crate::http::billing::preview::{Preview, preview};
use crate::http::body::Json;
use crate::http::call::{About, Call, piece};
use crate::http::cursor::Page;
use crate::http::members::Nothing;
use crate::http::problem::{FieldError, Problem};

/// Charged to the client, or what the work costs the firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "RateKind")]
pub(crate) enum KindName {
    Bill,
    Cost,
}

impl From<KindName> for RateKind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Bill => RateKind::Bill,
            KindName::Cost => RateKind::Cost,
        }
    }
}

/// What a rate is per.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "RateUnit")]
pub(crate) enum UnitName {
    /// Per hour.
    Hour,
    /// Per working day.
    Day,
}

/// An amount per unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Rate")]
pub(crate) struct RateBody {
    pub(crate) unit: UnitName,
    /// Minor units of the currency, such as cents; not negative.
    pub(crate) amount_minor: i64,
    /// ISO 4217 code.
    pub(crate) currency: String,
}

impl From<Rate> for RateBody {
    fn from(rate: Rate) -> Self {
        let unit = match rate.unit {
            RateUnit::Hour => UnitName::Hour,
            RateUnit::Day => UnitName::Day,
        };
        RateBody { unit, amount_minor: rate.amount_minor, currency: rate.currency }
    }
}

impl From<RateBody> for Rate {
    fn from(body: RateBody) -> Self {
        let unit = match body.unit {
            UnitName::Hour => RateUnit::Hour,
            UnitName::Day => RateUnit::Day,
        };
        Rate { unit, amount_minor: body.amount_minor, currency: body.currency }
    }
}

/// A rate that holds from a day on for some work; the most specific scope wins.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct DatedRate {
    /// By this member; null = by anybody.
    member_id: Option<Uuid>,
    /// Of this task; null = any.
    task_id: Option<Uuid>,
    /// On this project; null = any.
    project_id: Option<Uuid>,
    /// For this client; null = any.
    client_id: Option<Uuid>,
    kind: KindName,
    /// The first day it holds; null = from always.
    from: Option<Date>,
    rate: RateBody,
    /// Since when it's known.
    known_at: Timestamp,
}

/// Which rates.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Left out = what is charged.
    kind: Option<KindName>,
}

fn shown(row: RateRow) -> DatedRate {
    let scope = row.scope();
    let kind = match row.kind {
        RateKind::Bill => KindName::Bill,
        RateKind::Cost => KindName::Cost,
    };
    DatedRate {
        member_id: scope.member.map(Uuid::from),
        task_id: scope.task.map(Uuid::from),
        project_id: scope.project.map(Uuid::from),
        client_id: scope.client.map(Uuid::from),
        kind,
        from: row.from_day.0,
        rate: row.rate().into(),
        known_at: row.known_at,
    }
}

/// `GET /rates`.
pub(crate) async fn list(call: Call<(), Wanted>) -> Result<Answer<Page<DatedRate>>, Problem> {
    let kind = RateKind::from(call.query.kind.unwrap_or(KindName::Bill));
    if kind == RateKind::Cost {
        call.must_be(&[Role::Billing, Role::Auditor])?;
    }
    let key = |row: &RateRow| (row.card_id.0, row.from_day.0);
    let after: Option<(Uuid, Option<Date>)> = call.after()?;
    let rows = match call.facts_then::<rate::Rate>().await? {
        None => {
            let mut tx = call.tx().await?;
            let mut rows = rate::list(&mut tx, kind).await?;
            tx.commit().await?;
            rows.retain(|row| after.is_none_or(|after| key(row) > after));
            rows.truncate(usize::try_from(call.look_for()).unwrap_or(usize::MAX));
            rows
        }
        Some(rows) => piece(&rows, |row| row.kind == kind, key, after, call.look_for()),
    };
    Ok(call.page(rows, key, shown))
}

/// A rate to set.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetRateBody {
    /// By this member; left out = by anybody.
    member_id: Option<Uuid>,
    /// Of this task; left out = any.
    task_id: Option<Uuid>,
    /// On this project; left out = any.
    project_id: Option<Uuid>,
    /// For this client; left out = any.
    client_id: Option<Uuid>,
    kind: KindName,
    /// The first day it holds; left out = from always.
    from: Option<Date>,
    rate: RateBody,
}

fn scope_of(
    member: Option<Uuid>,
    task: Option<Uuid>,
    project: Option<Uuid>,
    client: Option<Uuid>,
) -> RateScope {
    RateScope {
        member: member.map(MemberId),
        task: task.map(TaskId),
        project: project.map(ProjectId),
        client: client.map(ClientId),
    }
}

/// A rate is known by its scope and day and has no id.
pub(super) fn nameless(about: &About, mut done: Done) -> Answer<Changed> {
    done.reply.id = None;
    about.done(done)
}

/// `POST /rates`.
pub(crate) async fn set(
    call: Call<(), Nothing, Json<SetRateBody>>,
) -> Result<Answer<Changed>, Problem> {
    let body = call.body.0.clone();
    let scope = scope_of(body.member_id, body.task_id, body.project_id, body.client_id);
    let (kind, from, rate) = (body.kind.into(), body.from, body.rate.into());
    Ok(nameless(&call, call.send(SetRate { scope, kind, from, rate }).await?))
}

/// A rate to take back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClearRateBody {
    member_id: Option<Uuid>,
    task_id: Option<Uuid>,
    project_id: Option<Uuid>,
    client_id: Option<Uuid>,
    kind: KindName,
    /// The day of the rate; left out = the one from always.
    from: Option<Date>,
}

/// `POST /rates/clear`.
pub(crate) async fn clear(
    call: Call<(), Nothing, Json<ClearRateBody>>,
) -> Result<Answer<Changed>, Problem> {
    let body = call.body.0.clone();
    let scope = scope_of(body.member_id, body.task_id, body.project_id, body.client_id);
    let (kind, from) = (body.kind.into(), body.from);
    Ok(nameless(&call, call.send(ClearRate { scope, kind, from }).await?))
}

/// What charges can be looked at before they change; of costs there is nothing to bill.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PreviewedKind {
    Bill,
}

/// A change of a rate to look at: another rate, or `clear`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewRateBody {
    member_id: Option<Uuid>,
    task_id: Option<Uuid>,
    project_id: Option<Uuid>,
    client_id: Option<Uuid>,
    kind: PreviewedKind,
    /// The first day; left out = from always.
    from: Option<Date>,
    /// What would be charged.
    rate: Option<RateBody>,
    /// Whether the rate of that day would be taken back.
    #[serde(default)]
    clear: bool,
}

/// `POST /rates/preview`.
pub(crate) async fn previewed(
    call: Call<(), Nothing, Json<PreviewRateBody>>,
) -> Result<Answer<Preview>, Problem> {
    let body = call.body.0.clone();
    let scope = scope_of(body.member_id, body.task_id, body.project_id, body.client_id);
    let (PreviewedKind::Bill, kind) = (body.kind, RateKind::Bill);
    let (from, rate) = (body.from, body.rate.map(Rate::from));
    if rate.is_some() == body.clear {
        let detail = "give the rate that would hold, or clear: true";
        return Err(Problem::malformed(vec![FieldError::new("/rate", "field.one_of", detail)]));
    }
    if let Some(rate) = rate.clone() {
        let command = domain::catalogue::SetRate { scope, kind, from, rate };
        set_rate::decide(&RateCard::default(), command).map_err(refusal)?;
    }
    let RateScope { member, project, task, client } = scope;
    let wanted = unbilled::Wanted {
        member,
        project,
        task,
        client,
        worked_from: from,
        ..unbilled::Wanted::default()
    };
    preview(&call, &wanted, |book| book.with_rate(scope, kind, from, rate)).await
}

/// A refusal of what is only looked at, as the command itself would be refused.
pub(super) fn refusal(refusal: Refusal) -> Problem {
    CommandError::from(refusal).into()
}
