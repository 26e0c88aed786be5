//! Requests for leave as they are read: lists of them, what waits for the caller, and one with its
//! days and steps. A draft is its member's alone, and a reason only theirs who may read it.

use std::collections::BTreeSet;

use commands::leave::sight::Sight;
use domain::id::{LeaveRequestId, LeaveTypeId, MemberId};
use domain::leave::{DayPart, LeaveDay, LeaveState};
use domain::members::Grant;
use domain::personal::Envelope;
use jiff::Timestamp;
use jiff::civil::Date;
use projections::leave::leave_request::{self, LeaveRequest, LeaveRequestRow, Wanted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::amounts::Minutes;
use super::seen::{listed_of, sees_only, sight};
use crate::http::answer::Answer;
use crate::http::call::{About, Call, piece};
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing};
use crate::http::personal;
use crate::http::problem::Problem;
use crate::http::time::approvers::Approver;
use crate::http::time::sheets::Awaiting;
use crate::http::time::steps::OfficeName;

/// What an object of this kind is called in its tag.
pub(crate) const KIND: &str = "leave_request";
/// How many requests are looked at in one go for those that wait for the caller.
const CHUNK: i64 = 500;

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "LeaveState")]
pub(crate) enum StateName {
    /// Written down, seen by its member alone.
    Draft,
    /// It waits for a decision.
    Submitted,
    /// Granted.
    Approved,
    /// Not granted.
    Rejected,
    /// Taken back before it was decided on.
    Withdrawn,
    /// Granted, and then not taken.
    Cancelled,
}

impl From<StateName> for LeaveState {
    fn from(name: StateName) -> Self {
        match name {
            StateName::Draft => LeaveState::Draft,
            StateName::Submitted => LeaveState::Submitted,
            StateName::Approved => LeaveState::Approved,
            StateName::Rejected => LeaveState::Rejected,
            StateName::Withdrawn => LeaveState::Withdrawn,
            StateName::Cancelled => LeaveState::Cancelled,
        }
    }
}

impl From<LeaveState> for StateName {
    fn from(state: LeaveState) -> Self {
        match state {
            LeaveState::Draft => StateName::Draft,
            LeaveState::Submitted => StateName::Submitted,
            LeaveState::Approved => StateName::Approved,
            LeaveState::Rejected => StateName::Rejected,
            LeaveState::Withdrawn => StateName::Withdrawn,
            LeaveState::Cancelled => StateName::Cancelled,
        }
    }
}

/// Which part of the days is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "LeavePart")]
pub(crate) enum PartName {
    /// The first half of a single day.
    Am,
    /// The second half: of a single day, or of the first of several.
    Pm,
    /// So many minutes of a single day.
    Minutes,
    /// All days but the second half of the last one.
    EndsAtNoon,
    /// From the second half of the first day to the first half of the last one.
    BothHalves,
}

impl From<DayPart> for PartName {
    fn from(part: DayPart) -> Self {
        match part {
            DayPart::Am => PartName::Am,
            DayPart::Pm => PartName::Pm,
            DayPart::Minutes(_) => PartName::Minutes,
            DayPart::EndsAtNoon => PartName::EndsAtNoon,
            DayPart::BothHalves => PartName::BothHalves,
        }
    }
}

/// A day of a request.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveRequestDay")]
pub(crate) struct DayBody {
    date: Date,
    /// What it took when it was asked for.
    minutes: Minutes,
}

/// A step of approval.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveStep")]
pub(crate) struct StepBody {
    office: OfficeName,
    /// Who let it pass; null while it's not behind the request.
    passed_by: Option<Uuid>,
    /// For whom they stood in.
    r#for: Option<Uuid>,
}

/// A request for leave.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveRequest")]
pub(crate) struct RequestBody {
    id: Uuid,
    /// Who is to be away.
    member_id: Uuid,
    leave_type_id: Uuid,
    state: StateName,
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    /// Which part of these days; null = all of them.
    part: Option<PartName>,
    /// For which case, such as a birth.
    case_id: Option<Uuid>,
    /// What it took in all when it was asked for: an integer where it's whole, else with up to four
    /// decimals. Nothing of a draft.
    minutes: Minutes,
    /// Of which days; those that cost nothing are left out.
    days: Vec<DayBody>,
    /// Why; null where there is none or it's not yours to read.
    note: Option<String>,
    /// Why it was rejected or cancelled; null where there is none or it's not yours to read.
    answer: Option<String>,
    /// Who decides, step by step; none of a draft.
    steps: Vec<StepBody>,
    /// Who decides next, while it waits.
    waits_for: Option<OfficeName>,
    /// Who granted or refused it, and for whom they stood in.
    decided_by: Option<Uuid>,
    decided_for: Option<Uuid>,
    /// Which version of the terms was accepted.
    terms: Option<u32>,
    /// Whether a document is needed.
    document_needed: bool,
    /// How many documents belong to it.
    documents: usize,
    /// Whether there is a note or an answer that you may not read: it's not erased, but hidden.
    hidden: bool,
    /// Which, where they are yours to see.
    file_ids: Vec<Uuid>,
    /// The day on which it was cancelled.
    cancelled_on: Option<Date>,
    drafted_at: Timestamp,
    submitted_at: Option<Timestamp>,
    decided_at: Option<Timestamp>,
}

fn steps(row: &LeaveRequestRow) -> Vec<StepBody> {
    if row.submitted_at.is_none() {
        return Vec::new();
    }
    let last = row.decided_by.filter(|_| row.state != LeaveState::Rejected);
    let step = |(n, office): (usize, &domain::time::Office)| {
        let by = row.passed_by.get(n).copied();
        let by = by.or_else(|| last.filter(|_| n == row.passed_by.len()));
        let of = match row.passed_for.get(n) {
            Some(of) => Some(*of),
            None => by.and(row.decided_for),
        };
        let stood_in_for = of.filter(|of| Some(*of) != by);
        let (passed_by, r#for) = (by.map(|it| it.0), stood_in_for.map(|it| it.0));
        StepBody { office: (*office).into(), passed_by, r#for }
    };
    row.chain.offices().iter().enumerate().map(step).collect()
}

/// A request as the caller may see it; the keys of what they may read are loaded.
fn shown(about: &About, sight: &Sight, row: &LeaveRequestRow) -> RequestBody {
    let (member, request) = (row.member_id, row.request_id);
    let reads = sight.sees_reason(member, request);
    let text = |sealed: Option<&Envelope>| personal::text(&about.keys, sealed.filter(|_| reads));
    let has_files = reads && (member == about.caller.member || sight.has_a_step(member, request));
    let day = |taken: LeaveDay| DayBody { date: taken.day, minutes: Minutes(taken.minutes) };
    RequestBody {
        id: request.0,
        member_id: member.0,
        leave_type_id: row.leave_type_id.0,
        state: row.state.into(),
        from: row.from_day,
        to: row.to_day,
        part: row.part.map(PartName::from),
        case_id: row.case_id.map(|case| case.0),
        minutes: Minutes(row.minutes),
        days: row.taken().map(day).collect(),
        note: text(row.reason.as_ref()),
        answer: text(row.answer_reason.as_ref()),
        steps: steps(row),
        waits_for: row.waits_for.map(OfficeName::from),
        decided_by: row.decided_by.map(|by| by.0),
        decided_for: row.decided_for.map(|of| of.0),
        terms: row.terms,
        document_needed: row.document_needed,
        documents: row.files.len(),
        hidden: !reads && (row.reason.is_some() || row.answer_reason.is_some()),
        file_ids: if has_files { row.files.iter().map(|it| it.0).collect() } else { Vec::new() },
        cancelled_on: row.cancelled_on,
        drafted_at: row.drafted_at,
        submitted_at: row.submitted_at,
        decided_at: row.decided_at,
    }
}

/// What the caller sees of these requests, with the keys of what they may read.
async fn sight_of(about: &About, rows: &[LeaveRequestRow]) -> Result<Sight, Problem> {
    let members: BTreeSet<MemberId> = rows.iter().map(|row| row.member_id).collect();
    let mut tx = about.tx().await?;
    let sight = sight(about, &mut tx, members).await?;
    let mut sealed: Vec<&Envelope> = Vec::new();
    for row in rows.iter().filter(|row| sight.sees_reason(row.member_id, row.request_id)) {
        sealed.extend(row.reason.iter().chain(&row.answer_reason));
    }
    personal::load(&about.keys, &mut tx, sealed).await?;
    tx.commit().await?;
    Ok(sight)
}

/// Which requests.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    member_id: Option<Uuid>,
    state: Option<StateName>,
    leave_type_id: Option<Uuid>,
    /// Those that have a day on this one or after it.
    from: Option<Date>,
    /// Those that have a day on this one or before it.
    to: Option<Date>,
    /// `me`: requests that wait for you to decide, also where you stand in for somebody.
    awaiting: Option<Awaiting>,
}

/// `GET /leave-requests`.
pub(crate) async fn list(call: Call<(), Filter>) -> Result<Answer<Page<RequestBody>>, Problem> {
    let filter = &call.query;
    let asked = filter.member_id.map(MemberId);
    let wanted = Wanted {
        member: asked,
        state: filter.state.map(LeaveState::from),
        leave_type: filter.leave_type_id.map(LeaveTypeId),
        from: filter.from,
        to: filter.to,
        drafts_of: Some(call.caller.member),
    };
    let rows = match filter.awaiting {
        Some(Awaiting::Me) => awaiting_caller(&call, &wanted).await?,
        None => {
            // Who was given a member's reasons to read finds their requests.
            let given = |of: &MemberId| call.caller.grants.contains(&Grant::LeaveReader(*of));
            let member = match asked.filter(given) {
                Some(member) => Some(member),
                None => listed_of(&call, asked)?,
            };
            listed(&call, Wanted { member, ..wanted }).await?
        }
    };
    let sight = sight_of(&call, &rows).await?;
    Ok(call.page(rows, |row| row.request_id.0, |row| shown(&call, &sight, &row)))
}

async fn listed(call: &Call<(), Filter>, wanted: Wanted) -> Result<Vec<LeaveRequestRow>, Problem> {
    let (after, limit) = (call.after()?.map(LeaveRequestId), call.look_for());
    if let Some(rows) = call.rows_then::<LeaveRequest>().await? {
        return Ok(piece(&rows, |row| wanted.wants(row), |row| row.request_id, after, limit));
    }
    let mut tx = call.tx().await?;
    let rows = leave_request::list(&mut tx, &wanted, after, limit).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Requests that wait for the caller.
async fn awaiting_caller(
    call: &Call<(), Filter>,
    asked: &Wanted,
) -> Result<Vec<LeaveRequestRow>, Problem> {
    let approver = Approver::caller(call).await?;
    let wanted = |row: &LeaveRequestRow| {
        let waits = |office| approver.decides_on_leave(row.member_id, row.from_day, office);
        asked.wants(row) && row.waits_for.is_some_and(waits)
    };
    let (mut after, limit) = (call.after()?.map(LeaveRequestId), call.look_for());
    if let Some(rows) = call.rows_then::<LeaveRequest>().await? {
        return Ok(piece(&rows, wanted, |row| row.request_id, after, limit));
    }
    let (offices, mut found) = (approver.offices(), Vec::new());
    let mut tx = call.tx().await?;
    while (found.len() as i64) < limit {
        let rows = leave_request::waiting(&mut tx, &offices, after, CHUNK).await?;
        let more = rows.len() as i64 == CHUNK;
        after = rows.last().map(|row| row.request_id);
        found.extend(rows.into_iter().filter(wanted));
        if !more {
            break;
        }
    }
    tx.commit().await?;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// `GET /leave-requests/{id}`. To whom may not see it, it's not there.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<RequestBody>, Problem> {
    let id = LeaveRequestId(call.path.id);
    let row = match call.rows_then::<LeaveRequest>().await? {
        Some(mut rows) => rows.take(&id),
        None => {
            let mut tx = call.tx().await?;
            let row = leave_request::find(&mut tx, id).await?;
            tx.commit().await?;
            row
        }
    };
    let row = row.ok_or_else(Problem::not_found)?;
    let sight = sight_of(&call, std::slice::from_ref(&row)).await?;
    let own = row.member_id == call.caller.member;
    let others = row.submitted_at.is_some()
        && (sees_only(&call).is_none() || sight.sees_reason(row.member_id, id));
    if !own && !others {
        return Err(Problem::not_found());
    }
    let tag = call.tag((KIND, id.0), row.position);
    Ok(call.read(shown(&call, &sight, &row)).tagged(tag))
}
