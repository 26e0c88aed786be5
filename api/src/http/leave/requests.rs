//! Requests for leave over HTTP: asked for, changed while a draft, decided on. To whom a request is
//! nothing it's answered like one that never was.

use commands::event_log::read::{held, stream_after};
use commands::leave::{
    ApproveLeave, AskForLeave, AttachDocument, CancelLeave, RedraftLeave, RejectLeave, SpanChange,
    SubmitLeave, WithdrawLeave,
};
use commands::{Command, Done, Warned};
use domain::id::{FileId, LeaveCaseId, LeaveRequestId, LeaveTypeId, MemberId, StreamId};
use domain::leave::{AcceptedTerms, DayPart, LeaveSpan};
use domain::log::{ClaimKey, ClaimKind};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::requested::KIND;
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Json, OptionalJson};
use crate::http::call::{About, Call};
use crate::http::change::Change;
use crate::http::members::{ById, Nothing, nothing_to_change};
use crate::http::problem::{FieldError, Problem};
use crate::http::time::days::WarningBody;

/// A half of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HalfDay {
    /// Up to noon.
    Am,
    /// From noon on.
    Pm,
}

/// A part of the days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PartOfDays {
    /// The first half of a single day.
    Am,
    /// The second half: of a single day, or of the first of several.
    Pm,
    /// All days but the second half of the last one.
    EndsAtNoon,
    /// From the second half of the first day to the first half of the last one.
    BothHalves,
}

/// Whether terms are accepted: those that hold, or those of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum AcceptTerms {
    /// True: those that hold.
    Current(bool),
    /// Those of this version.
    Version(u32),
}

fn accepted(terms: Option<AcceptTerms>) -> AcceptedTerms {
    match terms {
        None | Some(AcceptTerms::Current(false)) => AcceptedTerms::None,
        Some(AcceptTerms::Current(true)) => AcceptedTerms::Current,
        Some(AcceptTerms::Version(version)) => AcceptedTerms::Version(version),
    }
}

/// The part that is meant, of which at most one way to say it is used.
fn part_of(
    half_day: Option<HalfDay>,
    part: Option<PartOfDays>,
    minutes: Option<u32>,
) -> Result<Option<DayPart>, Problem> {
    match (half_day, part, minutes) {
        (None, None, None) => Ok(None),
        (Some(HalfDay::Am), None, None) => Ok(Some(DayPart::Am)),
        (Some(HalfDay::Pm), None, None) => Ok(Some(DayPart::Pm)),
        (None, Some(PartOfDays::Am), None) => Ok(Some(DayPart::Am)),
        (None, Some(PartOfDays::Pm), None) => Ok(Some(DayPart::Pm)),
        (None, Some(PartOfDays::EndsAtNoon), None) => Ok(Some(DayPart::EndsAtNoon)),
        (None, Some(PartOfDays::BothHalves), None) => Ok(Some(DayPart::BothHalves)),
        (None, None, Some(minutes)) => Ok(Some(DayPart::Minutes(minutes))),
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
            let detail = "say only one of half_day, part and minutes";
            let pointer = if part.is_some() { "/part" } else { "/minutes" };
            Err(Problem::malformed(vec![FieldError::new(pointer, "json.invalid", detail)]))
        }
    }
}

/// Leave to ask for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskBody {
    leave_type_id: Uuid,
    /// The first day.
    from: Date,
    /// The last day; left out = the first one.
    to: Option<Date>,
    /// Half of a single day.
    half_day: Option<HalfDay>,
    /// A part of the days, where it's not half of a single one.
    part: Option<PartOfDays>,
    /// So many minutes of a single day.
    minutes: Option<u32>,
    /// Who is to be away; left out = you.
    member_id: Option<Uuid>,
    /// For which case, such as a birth.
    case_id: Option<Uuid>,
    /// Why; seen by the member, by who decides, and by owners.
    note: Option<String>,
    /// True, or the version that is accepted, where the kind of leave has terms.
    accept_terms: Option<AcceptTerms>,
    /// Whether it's only written down, and submitted later.
    #[serde(default)]
    draft: bool,
}

impl AskBody {
    pub(super) fn into_command(self, about: &About, id: Uuid) -> Result<AskForLeave, Problem> {
        let part = part_of(self.half_day, self.part, self.minutes)?;
        Ok(AskForLeave {
            request: LeaveRequestId(id),
            member: self.member_id.map_or(about.caller.member, MemberId),
            leave_type: LeaveTypeId(self.leave_type_id),
            span: LeaveSpan { from: self.from, to: self.to.unwrap_or(self.from), part },
            case: self.case_id.map(LeaveCaseId),
            note: self.note,
            accepted: accepted(self.accept_terms),
            draft: self.draft,
        })
    }
}

/// What a command did with a request.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct LeaveChanged {
    #[serde(flatten)]
    changed: Changed,
    /// What is worth another look, such as work that is recorded on the days; nothing was refused
    /// for it.
    warnings: Vec<WarningBody>,
}

fn warned(answer: Answer<Changed>, warnings: Vec<Warned>) -> Answer<LeaveChanged> {
    let warnings = warnings.into_iter().map(WarningBody::from).collect();
    answer.map(|changed| LeaveChanged { changed, warnings })
}

/// The stream that a request lies in.
async fn place_of(about: &About, id: Uuid) -> Result<StreamId, Problem> {
    let mut tx = about.tx().await?;
    let found = held(&mut tx, &[ClaimKey::id(ClaimKind::LeaveRequest, id)]).await?.pop();
    tx.commit().await?;
    found.map(|(_, held)| held.holder).ok_or_else(Problem::not_found)
}

/// Whether an event of a member's leave is about this request.
fn concerns(payload: &Value, id: Uuid) -> bool {
    payload["request"] == id.to_string()
}

/// Where the request was last changed by then: the accounts that follow come behind it.
async fn changed_at(about: &About, stream: StreamId, id: Uuid, by: i64) -> Result<i64, Problem> {
    let mut tx = about.tx().await?;
    let rows = stream_after(&mut tx, stream, 0).await?;
    tx.commit().await?;
    let about_it =
        rows.iter().rev().filter(|row| row.position <= by).find(|row| {
            serde_json::from_str(&row.payload).is_ok_and(|payload| concerns(&payload, id))
        });
    Ok(about_it.map_or(by, |row| row.position))
}

/// Sends a command on a request, if it is as the caller saw it.
async fn send<C: Command>(
    about: &About,
    id: Uuid,
    command: impl Fn(Option<i32>) -> C,
) -> Result<Answer<Changed>, Problem> {
    let stream = place_of(about, id).await?;
    let changes = |_: &str, payload: &Value| concerns(payload, id);
    let done = about.send_if((KIND, id), stream, changes, command).await?;
    answered(about, stream, id, done).await
}

async fn answered(
    about: &About,
    stream: StreamId,
    id: Uuid,
    done: Done,
) -> Result<Answer<Changed>, Problem> {
    let at = changed_at(about, stream, id, done.position).await?;
    Ok(about.done(done).tagged(about.tag((KIND, id), at)))
}

/// `POST /leave-requests`.
pub(crate) async fn ask(
    call: Call<(), Nothing, Json<AskBody>>,
) -> Result<Answer<LeaveChanged>, Problem> {
    let command = call.body.0.clone().into_command(&call, call.new_id())?;
    let (done, warnings) = call.send_warned(command).await?;
    let answer = call.made(done, KIND, "/leave-requests");
    let Some(id) = done.reply.id else { return Ok(warned(answer, warnings)) };
    let stream = place_of(&call, id).await?;
    let at = changed_at(&call, stream, id, done.position).await?;
    Ok(warned(answer, warnings).tagged(call.tag((KIND, id), at)))
}

/// What to change of a draft; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedraftBody {
    leave_type_id: Option<Uuid>,
    from: Option<Date>,
    to: Option<Date>,
    /// Null = the whole day.
    #[serde(default)]
    half_day: Change<HalfDay>,
    /// Null = all of the days.
    #[serde(default)]
    part: Change<PartOfDays>,
    /// Null = the whole day.
    #[serde(default)]
    minutes: Change<u32>,
    /// Null takes it away.
    #[serde(default)]
    case_id: Change<Uuid>,
    /// Null takes it away.
    #[serde(default)]
    note: Change<String>,
}

impl RedraftBody {
    fn span(&self) -> Result<SpanChange, Problem> {
        let half_day = self.half_day.clone().changed();
        let (part, minutes) = (self.part.clone().changed(), self.minutes.clone().changed());
        let said = half_day.is_some() || part.is_some() || minutes.is_some();
        let part = part_of(half_day.flatten(), part.flatten(), minutes.flatten())?;
        Ok(SpanChange { from: self.from, to: self.to, part: said.then_some(part) })
    }
}

/// `PATCH /leave-requests/{id}`.
pub(crate) async fn redraft(
    call: Call<ById, Nothing, Json<RedraftBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (id, body) = (call.path.id, &call.body.0);
    let span = body.span()?;
    let (case, note) = (body.case_id.clone().changed(), body.note.clone().changed());
    if body.leave_type_id.is_none()
        && span == SpanChange::default()
        && case.is_none()
        && note.is_none()
    {
        return Err(nothing_to_change());
    }
    let command = |seen| RedraftLeave {
        request: LeaveRequestId(id),
        leave_type: body.leave_type_id.map(LeaveTypeId),
        span,
        case: case.map(|case| case.map(LeaveCaseId)),
        note: note.clone(),
        seen,
    };
    send(&call, id, command).await
}

/// With what a draft is submitted.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubmitBody {
    /// True, or the version that is accepted, where the kind of leave has terms.
    accept_terms: Option<AcceptTerms>,
}

/// `POST /leave-requests/{id}/submit`.
pub(crate) async fn submit(
    call: Call<ById, Nothing, OptionalJson<SubmitBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (id, accepted) = (call.path.id, accepted(call.body.0.accept_terms));
    let command = |seen| SubmitLeave { request: LeaveRequestId(id), accepted, seen };
    send(&call, id, command).await
}

/// `POST /leave-requests/{id}/approve`.
pub(crate) async fn approve(call: Call<ById, Nothing>) -> Result<Answer<Changed>, Problem> {
    let request = LeaveRequestId(call.path.id);
    send(&call, request.0, |seen| ApproveLeave { request, seen }).await
}

/// Why a request is rejected.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectLeaveBody {
    reason: String,
}

/// `POST /leave-requests/{id}/reject`.
pub(crate) async fn reject(
    call: Call<ById, Nothing, Json<RejectLeaveBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (request, reason) = (LeaveRequestId(call.path.id), &call.body.0.reason);
    send(&call, request.0, |seen| RejectLeave { request, reason: reason.clone(), seen }).await
}

/// `POST /leave-requests/{id}/withdraw`.
pub(crate) async fn withdraw(call: Call<ById, Nothing>) -> Result<Answer<Changed>, Problem> {
    let request = LeaveRequestId(call.path.id);
    send(&call, request.0, |seen| WithdrawLeave { request, seen }).await
}

/// Why leave is cancelled.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelLeaveBody {
    reason: Option<String>,
}

/// `POST /leave-requests/{id}/cancel`.
pub(crate) async fn cancel(
    call: Call<ById, Nothing, OptionalJson<CancelLeaveBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (request, reason) = (LeaveRequestId(call.path.id), &call.body.0.reason);
    send(&call, request.0, |seen| CancelLeave { request, reason: reason.clone(), seen }).await
}

/// A file to attach.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttachBody {
    /// A file of the member's.
    file_id: Uuid,
}

/// `POST /leave-requests/{id}/documents`.
pub(crate) async fn attach(
    call: Call<ById, Nothing, Json<AttachBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (request, file) = (LeaveRequestId(call.path.id), FileId(call.body.0.file_id));
    send(&call, request.0, |seen| AttachDocument { request, file, seen }).await
}
