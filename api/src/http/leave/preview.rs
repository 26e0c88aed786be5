//! What a request would come to over HTTP: its days, the balance, who decides and what speaks
//! against it. Nothing is written, and nothing is kept of having been asked.

use commands::leave::{Preview, preview};
use domain::leave::{
    AssessedDay, BalanceEffect, LeaveMinutes, Refusal, RequestRefusal, TakesNothing,
};
use domain::members::Role;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::amounts::Minutes;
use super::requests::AskBody;
use crate::http::answer::Answer;
use crate::http::body::Json;
use crate::http::call::Call;
use crate::http::members::Nothing;
use crate::http::problem::Problem;
use crate::http::time::steps::OfficeName;

/// Why a day takes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FreeName {
    /// A holiday.
    Holiday,
    /// No work by the member's pattern.
    NoWork,
    /// Not employed.
    NotEmployed,
}

/// A day of a request.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeavePreviewDay")]
pub(crate) struct DayBody {
    day: Date,
    /// What it takes.
    minutes: Minutes,
    /// Why it takes nothing; null where it takes something.
    free: Option<FreeName>,
    /// What the holiday is called.
    holiday: Option<String>,
}

impl DayBody {
    fn of(day: AssessedDay) -> Self {
        let (free, holiday) = match day.nothing {
            None => (None, None),
            Some(TakesNothing::Holiday(name)) => (Some(FreeName::Holiday), Some(name)),
            Some(TakesNothing::NoWork) => (Some(FreeName::NoWork), None),
            Some(TakesNothing::NotEmployed) => (Some(FreeName::NotEmployed), None),
        };
        DayBody { day: day.day, minutes: Minutes(day.minutes), free, holiday }
    }
}

/// A balance.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeavePreviewAmount")]
pub(crate) struct AmountBody {
    minutes: Minutes,
    /// In days of the member's average working day, such as `11.5`.
    days: String,
}

fn amount(minutes: LeaveMinutes, day: LeaveMinutes) -> AmountBody {
    AmountBody { minutes: Minutes(minutes), days: minutes.in_days(day).to_string() }
}

/// The lowest point of a balance.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeavePreviewLowest")]
pub(crate) struct LowestBody {
    day: Date,
    #[serde(flatten)]
    amount: AmountBody,
}

/// What a request does to the balance, all that waits for a decision taken as granted.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeavePreviewBalance")]
pub(crate) struct EffectBody {
    /// On its last day, without it.
    before: AmountBody,
    /// On its last day, with it.
    after: AmountBody,
    /// The lowest on one of its days or of days taken later.
    lowest: Option<LowestBody>,
    /// The least that is allowed on its last day; null = there is no limit.
    floor: Option<AmountBody>,
}

impl EffectBody {
    fn of(effect: BalanceEffect) -> Self {
        let day = effect.day;
        EffectBody {
            before: amount(effect.before, day),
            after: amount(effect.after, day),
            lowest: effect
                .lowest
                .map(|(on, minutes)| LowestBody { day: on, amount: amount(minutes, day) }),
            floor: effect.floor.map(|floor| amount(floor, day)),
        }
    }
}

/// Who decides at a step.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeavePreviewStep")]
pub(crate) struct StepBody {
    office: OfficeName,
    /// Who holds the office now.
    member_ids: Vec<Uuid>,
}

/// What must be accepted.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeavePreviewTerms")]
pub(crate) struct TermsBody {
    version: u32,
    text: String,
}

/// Work that is recorded on a day of the leave.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeavePreviewWork")]
pub(crate) struct WorkBody {
    day: Date,
    seconds: i64,
}

/// Other leave in the way.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeavePreviewOverlap")]
pub(crate) struct OverlapBody {
    leave_request_id: Uuid,
    /// The first day that both would take.
    day: Date,
}

/// What speaks against a request.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeavePreviewRefusal")]
pub(crate) struct AgainstBody {
    /// As the request would be refused for, such as `leave.overlap`.
    code: String,
    /// The field it is about.
    field: Option<String>,
    /// In words.
    detail: String,
}

/// What a request would come to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeavePreview")]
pub(crate) struct PreviewBody {
    /// Whether it would be taken as it is.
    accepted: bool,
    /// What speaks against it, the first being what it would be refused for.
    refusals: Vec<AgainstBody>,
    /// Each of its days.
    days: Vec<DayBody>,
    /// What it takes.
    minutes: Minutes,
    /// The same in days of the member's average working day.
    working_days: String,
    balance: Option<EffectBody>,
    /// Who decides, step by step.
    approval: Vec<StepBody>,
    document_needed: bool,
    /// Terms to accept; null where there are none.
    terms: Option<TermsBody>,
    recorded_time: Vec<WorkBody>,
    overlapping: Vec<OverlapBody>,
}

fn against(refusal: &RequestRefusal) -> AgainstBody {
    let refusal = Refusal::from(refusal.clone());
    AgainstBody {
        code: refusal.code().to_owned(),
        field: refusal.field().map(str::to_owned),
        detail: refusal.to_string(),
    }
}

fn shown(found: Preview) -> PreviewBody {
    let Preview { assessed, approvers, worked_too } = found;
    let day = assessed.balance.map_or(LeaveMinutes::of(480), |balance| balance.day);
    let step = |(office, members): (domain::time::Office, Vec<domain::id::MemberId>)| StepBody {
        office: office.into(),
        member_ids: members.into_iter().map(|member| member.0).collect(),
    };
    PreviewBody {
        accepted: assessed.refusals.is_empty(),
        refusals: assessed.refusals.iter().map(against).collect(),
        minutes: Minutes(assessed.minutes),
        working_days: assessed.minutes.in_days(day).to_string(),
        days: assessed.days.into_iter().map(DayBody::of).collect(),
        balance: assessed.balance.map(EffectBody::of),
        approval: approvers.into_iter().map(step).collect(),
        document_needed: assessed.document_needed,
        terms: assessed.terms.map(|it| TermsBody { version: it.version, text: it.text }),
        recorded_time: worked_too
            .into_iter()
            .map(|(day, seconds)| WorkBody { day, seconds })
            .collect(),
        overlapping: assessed
            .overlaps
            .into_iter()
            .map(|(with, day)| OverlapBody { leave_request_id: with.0, day })
            .collect(),
    }
}

/// `POST /leave-requests/preview`.
pub(crate) async fn look(
    call: Call<(), Nothing, Json<AskBody>>,
) -> Result<Answer<PreviewBody>, Problem> {
    let asked = call.body.0.clone().into_command(&call, Uuid::nil())?;
    if asked.member != call.caller.member {
        call.must_be(&[Role::Manager])?;
    }
    let mut tx = call.tx().await?;
    let found = preview(&mut tx, call.caller.member, &asked, call.now()).await;
    tx.commit().await?;
    Ok(Answer::of(shown(found?)))
}
