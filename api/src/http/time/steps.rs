//! Submitting, approving, sending back and opening again over HTTP: a week, or what of it is on a
//! project, for a client, or named. The answer says what has moved and what still waits for whom.

use commands::event_log::read::stream_after;
use commands::time::{
    ApproveTimesheet, RejectTimesheet, ReopenTimesheet, SubmitTimesheet, WeekPart,
};
use commands::{Command, Done};
use domain::id::{ClientId, EntryId, MemberId, ProjectId};
use domain::log::Event;
use domain::time::{Chain, EntryState, Office, TimeEvent, Timesheet, Week, timesheet_stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StateName;
use super::sheets::{ByWeek, object};
use crate::http::answer::Answer;
use crate::http::body::{Json, OptionalJson};
use crate::http::call::{About, Call};
use crate::http::if_seen::IfSeen;
use crate::http::members::Nothing;
use crate::http::problem::Problem;

/// Who decides at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OfficeName {
    /// Whoever has the role manager or one above.
    Manager,
    /// The member's own manager.
    LineManager,
    /// Whoever looks after the project.
    ProjectManager,
    /// Whoever looks after the client.
    AccountManager,
    /// Whoever has the role billing or one above.
    Billing,
    /// Whoever has the role admin or owner.
    Admin,
}

impl From<OfficeName> for Office {
    fn from(name: OfficeName) -> Self {
        match name {
            OfficeName::Manager => Office::Manager,
            OfficeName::LineManager => Office::LineManager,
            OfficeName::ProjectManager => Office::ProjectManager,
            OfficeName::AccountManager => Office::AccountManager,
            OfficeName::Billing => Office::Billing,
            OfficeName::Admin => Office::Admin,
        }
    }
}

impl From<Office> for OfficeName {
    fn from(office: Office) -> Self {
        match office {
            Office::Manager => OfficeName::Manager,
            Office::LineManager => OfficeName::LineManager,
            Office::ProjectManager => OfficeName::ProjectManager,
            Office::AccountManager => OfficeName::AccountManager,
            Office::Billing => OfficeName::Billing,
            Office::Admin => OfficeName::Admin,
        }
    }
}

/// How far the approval of an entry has come.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ApprovalSteps")]
pub(crate) struct StepsBody {
    /// The steps of its approval in their order; none while it's not asked for.
    steps: Vec<OfficeName>,
    /// How many of them are behind it.
    steps_done: u32,
    /// Who decides next; null where nothing waits.
    waits_for: Option<OfficeName>,
}

impl StepsBody {
    pub(super) fn of(state: EntryState, chain: &Chain, steps_done: u32) -> Self {
        let steps: Vec<OfficeName> = match state {
            EntryState::Open | EntryState::Rejected => Vec::new(),
            EntryState::Submitted | EntryState::Approved => {
                chain.offices().iter().copied().map(OfficeName::from).collect()
            }
        };
        let waits = state == EntryState::Submitted;
        let waits_for = steps.get(steps_done as usize).copied().filter(|_| waits);
        StepsBody { steps, steps_done, waits_for }
    }
}

/// An entry as a decision left it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct DecidedEntry {
    entry_id: Uuid,
    /// In this version.
    version: u32,
    state: StateName,
    #[serde(flatten)]
    approval: StepsBody,
}

/// What was done to a week.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Decided {
    /// Where the log stands after it, as in `X-Event-Position`.
    position: i64,
    /// What has moved: submitted, gone on, approved, sent back or open again.
    entries: Vec<DecidedEntry>,
    /// What of the week waits for others after it.
    remaining: Vec<DecidedEntry>,
}

fn touched(event: &TimeEvent) -> Vec<EntryId> {
    let versions = match event {
        TimeEvent::TimesheetSubmitted(event) => &event.entries,
        TimeEvent::TimesheetStepApproved(event) => &event.entries,
        TimeEvent::TimesheetApproved(event) => &event.entries,
        TimeEvent::TimesheetRejected(event) => &event.entries,
        TimeEvent::TimesheetReopened(event) => &event.entries,
        TimeEvent::TimeRecorded(_)
        | TimeEvent::TimeRevised(_)
        | TimeEvent::TimeReversed(_)
        | TimeEvent::TimeRemoved(_) => return Vec::new(),
    };
    versions.iter().map(|version| version.entry).collect()
}

/// What a command did, by the events it has written: the same again whenever it's asked again.
async fn told(
    about: &About,
    (member, week): (MemberId, Week),
    done: Done,
) -> Result<Answer<Decided>, Problem> {
    let stream = timesheet_stream(member, week);
    let mut tx = about.tx().await?;
    let mut rows = stream_after(&mut tx, stream, 0).await?;
    tx.commit().await?;
    rows.retain(|row| row.position <= done.position);
    let command = rows.last().filter(|row| row.position == done.position).map(|row| row.command_id);
    let (mut state, mut moved) = (Timesheet::default(), Vec::new());
    for row in rows {
        if let Event::Time(event) = row.decode()?.event {
            state.evolve(&event);
            if Some(row.command_id) == command {
                moved.extend(touched(&event));
            }
        }
    }
    moved.sort_unstable();
    moved.dedup();
    let shown = |id: &EntryId| {
        let entry = state.entries.get(id)?;
        let chain = &entry.approval.chain;
        let steps_done = match entry.state {
            EntryState::Approved => chain.steps(),
            EntryState::Open | EntryState::Submitted | EntryState::Rejected => {
                u32::try_from(entry.approval.passed.len()).unwrap_or_default()
            }
        };
        Some(DecidedEntry {
            entry_id: id.0,
            version: entry.version,
            state: entry.state.into(),
            approval: StepsBody::of(entry.state, chain, steps_done),
        })
    };
    let waits = state.entries.iter().filter(|(_, it)| it.state == EntryState::Submitted);
    let remaining = waits.filter_map(|(id, _)| shown(id)).collect();
    let entries = moved.iter().filter_map(shown).collect();
    let body = Decided { position: done.position, entries, remaining };
    let answer = about.done(done).with_body(body);
    Ok(answer.tagged(about.tag(object(stream), done.position)))
}

/// Sends a command on a week, if it is as the caller saw it.
async fn send<C: Command>(
    about: &About,
    (member, week): (MemberId, Week),
    command: impl Fn() -> C,
) -> Result<Answer<Decided>, Problem> {
    let stream = timesheet_stream(member, week);
    let command = |seen| IfSeen::<Timesheet, C>::new(stream, seen, command());
    let done = about.send_if(object(stream), stream, |_, _| true, command).await?;
    told(about, (member, week), done).await
}

/// What of a week is submitted; all of it where nothing is named.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubmitBody {
    /// Only what is on this project.
    project_id: Option<Uuid>,
    /// Only what is for this client.
    client_id: Option<Uuid>,
}

fn part(project: Option<Uuid>, client: Option<Uuid>, entries: Option<&Vec<Uuid>>) -> WeekPart {
    WeekPart {
        project: project.map(ProjectId),
        client: client.map(ClientId),
        entries: entries.map(|entries| entries.iter().copied().map(EntryId).collect()),
    }
}

/// `POST /timesheets/{member_id}/{week}/submit`.
pub(crate) async fn submit(
    call: Call<ByWeek, Nothing, OptionalJson<SubmitBody>>,
) -> Result<Answer<Decided>, Problem> {
    let (member, week) = call.path.parsed()?;
    let SubmitBody { project_id, client_id } = &call.body.0;
    let part = part(*project_id, *client_id, None);
    let command = || SubmitTimesheet { member, week, part: part.clone() };
    send(&call, (member, week), command).await
}

/// What is approved; all of the week that waits for you where nothing is named.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApproveBody {
    /// The hash of what you saw of it; if there is something else, nothing is approved.
    content: Option<String>,
    /// Only what is on this project.
    project_id: Option<Uuid>,
    /// Only what is for this client.
    client_id: Option<Uuid>,
    /// Only these entries.
    entry_ids: Option<Vec<Uuid>>,
}

/// `POST /timesheets/{member_id}/{week}/approve`.
pub(crate) async fn approve(
    call: Call<ByWeek, Nothing, OptionalJson<ApproveBody>>,
) -> Result<Answer<Decided>, Problem> {
    let (member, week) = call.path.parsed()?;
    let ApproveBody { content, project_id, client_id, entry_ids } = &call.body.0;
    let part = part(*project_id, *client_id, entry_ids.as_ref());
    let command =
        || ApproveTimesheet { member, week, part: part.clone(), content: content.clone() };
    send(&call, (member, week), command).await
}

/// What is sent back, and why.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectBody {
    reason: String,
    /// Only what is on this project.
    project_id: Option<Uuid>,
    /// Only what is for this client.
    client_id: Option<Uuid>,
    /// Only these entries.
    entry_ids: Option<Vec<Uuid>>,
}

/// `POST /timesheets/{member_id}/{week}/reject`.
pub(crate) async fn reject(
    call: Call<ByWeek, Nothing, Json<RejectBody>>,
) -> Result<Answer<Decided>, Problem> {
    let (member, week) = call.path.parsed()?;
    let RejectBody { reason, project_id, client_id, entry_ids } = &call.body.0;
    let part = part(*project_id, *client_id, entry_ids.as_ref());
    let command = || RejectTimesheet { member, week, part: part.clone(), reason: reason.clone() };
    send(&call, (member, week), command).await
}

/// What is opened again, and why.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReopenBody {
    reason: Option<String>,
    /// Only what is on this project.
    project_id: Option<Uuid>,
    /// Only what is for this client.
    client_id: Option<Uuid>,
    /// Only these entries.
    entry_ids: Option<Vec<Uuid>>,
}

/// `POST /timesheets/{member_id}/{week}/reopen`.
pub(crate) async fn reopen(
    call: Call<ByWeek, Nothing, OptionalJson<ReopenBody>>,
) -> Result<Answer<Decided>, Problem> {
    let (member, week) = call.path.parsed()?;
    let ReopenBody { reason, project_id, client_id, entry_ids } = &call.body.0;
    let part = part(*project_id, *client_id, entry_ids.as_ref());
    let command = || ReopenTimesheet { member, week, part: part.clone(), reason: reason.clone() };
    send(&call, (member, week), command).await
}
