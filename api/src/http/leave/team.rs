//! Who is away when: granted leave of everybody, as dates alone. What kind it is, is told of one's
//! own and to those who may see others' leave; a reason is told to nobody here.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{LeaveTypeId, MemberId, ProjectId};
use domain::leave::{DayPart, LeaveState, calendar_stream};
use domain::time::calendar::holidays_by_day;
use jiff::ToSpan;
use jiff::civil::Date;
use migrations::TenantTx;
use projections::catalogue::{project, project_member};
use projections::leave::holiday::Holiday;
use projections::leave::holiday_calendar::{HolidayCalendar, calendar_of};
use projections::leave::leave_request::{self, LeaveRequest, LeaveRequestRow};
use projections::leave::leave_type;
use projections::time::work_terms;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::seen::sees_only;
use crate::http::answer::Answer;
use crate::http::call::{About, Call};
use crate::http::personal;
use crate::http::problem::Problem;
use crate::http::query::refused;
use crate::http::time::days::{events_of, fold};

/// The read models that it's made of.
pub(crate) const MODELS: &[&str] =
    &["leave_request", "leave_type", "member", "project_member", "holiday", "holiday_calendar"];

/// The most months that are looked at at once.
const MONTHS_MAX: i64 = 13;
/// More kinds of leave than any firm has.
const ALL: i64 = 1_000_000;

/// Which part of the days somebody is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "AwayPart")]
pub(crate) enum AwayPart {
    /// The first half of the day.
    Am,
    /// The second half: of the day, or of the first of several.
    Pm,
    /// Some hours of the day.
    Hours,
    /// All days but the second half of the last one.
    EndsAtNoon,
    /// From the second half of the first day to the first half of the last one.
    BothHalves,
}

impl From<DayPart> for AwayPart {
    fn from(part: DayPart) -> Self {
        match part {
            DayPart::Am => AwayPart::Am,
            DayPart::Pm => AwayPart::Pm,
            // How long somebody is at a doctor's is nobody else's affair.
            DayPart::Minutes(_) => AwayPart::Hours,
            DayPart::EndsAtNoon => AwayPart::EndsAtNoon,
            DayPart::BothHalves => AwayPart::BothHalves,
        }
    }
}

/// Somebody who is away.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Away")]
pub(crate) struct AwayBody {
    member_id: Uuid,
    /// What they are called; null once it was erased.
    name: Option<String>,
    /// The first day, if it's before the days asked for too.
    from: Date,
    /// The last day, if it's after them too.
    to: Date,
    /// Which part of these days; null = all of them.
    part: Option<AwayPart>,
    /// The request; only of leave whose kind you may see.
    request_id: Option<Uuid>,
    /// What kind of leave; only of your own and where you may see others' leave.
    leave_type_id: Option<Uuid>,
    leave_type: Option<String>,
}

/// A holiday of the firm.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "TeamHoliday")]
pub(crate) struct DayOff {
    date: Date,
    name: String,
}

/// Who is away when.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveCalendar")]
pub(crate) struct TeamBody {
    from: Date,
    to: Date,
    holidays: Vec<DayOff>,
    /// By first day and member.
    items: Vec<AwayBody>,
}

/// Which days, and of whom.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfDays {
    /// The first day.
    from: Date,
    /// The last day, within thirteen months of the first.
    to: Date,
    /// Of those who are linked with this project.
    project_id: Option<Uuid>,
}

impl OfDays {
    fn checked(self) -> Result<(Date, Date), Problem> {
        let last = self.from.checked_add(MONTHS_MAX.months()).unwrap_or(Date::MAX);
        if (self.from..=last).contains(&self.to) {
            return Ok((self.from, self.to));
        }
        let why = "the last day is the first one or a later one, within thirteen months";
        Err(refused("to", "query.invalid", why))
    }
}

/// Granted leave that has a day from one to another, at the moment asked for.
async fn granted(
    about: &About,
    tx: &mut TenantTx,
    (first, last): (Date, Date),
) -> Result<Vec<LeaveRequestRow>, Problem> {
    let Some(rows) = about.rows_then::<LeaveRequest>().await? else {
        return Ok(leave_request::standing(tx, first, last).await?);
    };
    let has_a_day = |row: &&LeaveRequestRow| {
        row.state == LeaveState::Approved && row.from_day <= last && row.to_day >= first
    };
    let mut rows: Vec<_> = rows.iter().filter(has_a_day).cloned().collect();
    rows.sort_by_key(|row| (row.from_day, row.member_id, row.request_id));
    Ok(rows)
}

async fn holidays(
    about: &About,
    tx: &mut TenantTx,
    (first, last): (Date, Date),
) -> Result<BTreeMap<Date, String>, Problem> {
    let Some(position) = about.as_of else {
        return Ok(work_terms::holidays(tx, first, last).await?);
    };
    let events = events_of(tx, &[calendar_stream()], position).await?;
    let (adopted, declared) = (fold::<HolidayCalendar>(&events), fold::<Holiday>(&events));
    let calendar = calendar_of(adopted.iter().cloned(), declared.iter().cloned());
    Ok(holidays_by_day(calendar.holidays(first, last)))
}

/// Those who are linked with a project; an unknown one is not found.
async fn linked(tx: &mut TenantTx, project: ProjectId) -> Result<BTreeSet<MemberId>, Problem> {
    project::find(tx, project).await?.ok_or_else(Problem::not_found)?;
    let rows = project_member::of_project(tx, project).await?;
    Ok(rows.into_iter().map(|row| row.member_id).collect())
}

/// `GET /leave-calendar`.
pub(crate) async fn calendar(call: Call<(), OfDays>) -> Result<Answer<TeamBody>, Problem> {
    let (from, to) = call.query.checked()?;
    let mut tx = call.tx().await?;
    let mut rows = granted(&call, &mut tx, (from, to)).await?;
    if let Some(project) = call.query.project_id.map(ProjectId) {
        let linked = linked(&mut tx, project).await?;
        rows.retain(|row| linked.contains(&row.member_id));
    }
    let holidays = holidays(&call, &mut tx, (from, to)).await?;
    let names = work_terms::names(&mut tx, rows.iter().map(|row| row.member_id)).await?;
    personal::load(&call.keys, &mut tx, names.values()).await?;
    let kinds: BTreeMap<LeaveTypeId, String> = kinds(&mut tx).await?;
    tx.commit().await?;
    let sees_kind =
        |row: &LeaveRequestRow| row.member_id == call.caller.member || sees_only(&call).is_none();
    let away = |row: LeaveRequestRow| {
        let of_kind = Some(row.leave_type_id).filter(|_| sees_kind(&row));
        AwayBody {
            member_id: row.member_id.0,
            name: personal::text(&call.keys, names.get(&row.member_id)),
            from: row.from_day,
            to: row.to_day,
            part: row.part.map(AwayPart::from),
            request_id: of_kind.map(|_| row.request_id.0),
            leave_type_id: of_kind.map(|kind| kind.0),
            leave_type: of_kind.and_then(|kind| kinds.get(&kind).cloned()),
        }
    };
    let items = rows.into_iter().map(away).collect();
    let holidays = holidays.into_iter().map(|(date, name)| DayOff { date, name }).collect();
    Ok(call.read(TeamBody { from, to, holidays, items }))
}

/// What kinds of leave are called.
pub(super) async fn kinds(tx: &mut TenantTx) -> Result<BTreeMap<LeaveTypeId, String>, Problem> {
    let rows = leave_type::list(tx, None, ALL).await?;
    Ok(rows.into_iter().map(|row| (row.leave_type_id, row.name)).collect())
}
