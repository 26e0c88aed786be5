//! How much of what members could work was billable, over months: by member, month, project or
//! client. An entry counts for the day of its start, as in billing.

mod summed;

use std::sync::Arc;

use domain::id::MemberId;
use domain::leave::calendar_stream;
use domain::time::Month;
use domain::time::calendar::holidays_by_day;
use migrations::TenantTx;
use projections::kept::{Answers, mark_of};
use projections::leave::holiday::Holiday;
use projections::leave::holiday_calendar::{HolidayCalendar, calendar_of};
use projections::leave::leave_day::{self, LeaveDay, taken_then};
use projections::leave::leave_request::LeaveRequest;
use projections::members::member::Member;
use projections::members::work_pattern::WorkPattern;
use projections::time::timesheet_week::TimesheetWeek;
use projections::time::utilisation::{
    project_rows, project_rows_then, rows, rows_of, without_projects,
};
use projections::time::work_terms::{self, MemberTerms};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::days::{events_of, fold};
use crate::http::answer::Answer;
use crate::http::call::{About, Call};
use crate::http::personal;
use crate::http::problem::Problem;
use crate::http::query::refused;
use summed::{Item, Known, Made, made};

/// How many answers are kept of a tenant.
const MOST_KEPT: usize = 50;

/// The read models that it's made of.
pub(crate) const MODELS: &[&str] = &[
    "timesheet_week",
    "member",
    "work_pattern",
    "holiday_calendar",
    "holiday",
    "leave_day",
    "leave_request",
    "project",
    "client",
];

/// The most months that are looked at at once: five years.
const MONTHS_MAX: usize = 60;

/// What the items of the answer are.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "UtilisationBy")]
pub(crate) enum By {
    /// A member each, over all of the months.
    #[default]
    Member,
    /// A month each, over all members.
    Month,
    /// A project each.
    Project,
    /// A client each.
    Client,
}

/// Which months, and by what.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfMonths {
    /// The first month, such as `2026-01`.
    from: String,
    /// The last month; left out = the first.
    to: Option<String>,
    #[serde(default)]
    by: By,
    /// One member's; who may not see everybody's time sees their own.
    member_id: Option<Uuid>,
}

/// What was worked of what could be.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[schemars(rename = "UtilisationSums")]
pub(crate) struct Used {
    /// Minutes of work by pattern, less holidays and leave, while employed. Projects and clients
    /// have none of their own: theirs is null, and their share is one of everybody's capacity.
    capacity_minutes: Option<u64>,
    /// As recorded.
    seconds: i64,
    billable_seconds: i64,
    not_billable_seconds: i64,
    /// The billable share of the capacity in basis points, 10 000 being all of it; null where there
    /// is no capacity.
    utilisation_basis_points: Option<i64>,
}

/// One member, month, project or client.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "UtilisationItem")]
pub(crate) struct ItemBody {
    /// Which member, project or client; null where it's a month.
    id: Option<Uuid>,
    /// What they are called; null once it was erased. A month as `2026-01`.
    name: Option<String>,
    #[serde(flatten)]
    used: Used,
}

/// How much of what could be worked was billable.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Utilisation")]
pub(crate) struct UtilisationBody {
    from: String,
    to: String,
    by: By,
    /// By name; those with neither time nor capacity are left out.
    items: Vec<ItemBody>,
    /// Over all of it.
    total: Used,
}

/// What was asked for, understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    from: Month,
    to: Month,
    member: Option<MemberId>,
}

impl Wanted {
    fn of(about: &About, query: &OfMonths) -> Result<Self, Problem> {
        let parse = |key: &'static str, text: &str| -> Result<Month, Problem> {
            let month = text.parse();
            month.map_err(|_| refused(key, "query.invalid", "give a month such as 2026-03"))
        };
        let from = parse("from", &query.from)?;
        let to = query.to.as_deref().map_or(Ok(from), |to| parse("to", to))?;
        if !(1..=MONTHS_MAX).contains(&from.up_to(to).take(MONTHS_MAX + 1).count()) {
            let why = "the last month is the first one or a later one, within five years";
            return Err(refused("to", "query.invalid", why));
        }
        let member = match (query.member_id.map(MemberId), about.sees_only()) {
            (asked, None) => asked,
            (None, Some(own)) => Some(own),
            (Some(asked), Some(own)) if asked == own => Some(own),
            (Some(_), Some(_)) => return Err(Problem::forbidden()),
        };
        Ok(Wanted { from, to, member })
    }
}

/// `GET /utilisation`.
pub(crate) async fn list(call: Call<(), OfMonths>) -> Result<Answer<UtilisationBody>, Problem> {
    let wanted = Wanted::of(&call, &call.query)?;
    let by = call.query.by;
    let made = match call.as_of {
        None => kept(&call, wanted, by).await?,
        Some(position) => {
            let known = then(&call, &wanted, position).await?;
            let mut tx = call.tx().await?;
            let made = Arc::new(made(&mut tx, &wanted, &known, by).await?);
            tx.commit().await?;
            made
        }
    };
    personal::load_missing(&call, made.items.iter().filter_map(|it| it.name.sealed())).await?;
    let item = |item: &Item| ItemBody {
        id: item.id,
        name: item.name.shown(&call.keys),
        used: item.used.clone(),
    };
    let mut items: Vec<ItemBody> = made.items.iter().map(item).collect();
    items.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    let (from, to) = (wanted.from.to_string(), wanted.to.to_string());
    Ok(call.read(UtilisationBody { from, to, by, items, total: made.total.clone() }))
}

/// The answer about the present, which is kept until a table that it's made of moves.
async fn kept(about: &About, wanted: Wanted, by: By) -> Result<Arc<Made>, Problem> {
    const KEPT: &str = "utilisation";
    let mut tx = about.tx().await?;
    let mark = mark_of(&mut tx, MODELS).await?;
    let answers = tx.kept::<Answers<(Wanted, By), Made>>(KEPT, &mark);
    if let Some(made) = answers.as_ref().and_then(|answers| answers.get(&(wanted, by))) {
        tx.commit().await?;
        return Ok(made);
    }
    let known = now(&mut tx, &wanted, by).await?;
    let made = Arc::new(made(&mut tx, &wanted, &known, by).await?);
    // What changed between the two looks may be in it or not.
    if mark_of(&mut tx, MODELS).await? == mark {
        let answers = answers.unwrap_or_default();
        answers.keep((wanted, by), made.clone(), MOST_KEPT);
        tx.keep(KEPT, mark, answers);
    }
    tx.commit().await?;
    Ok(made)
}

async fn now(tx: &mut TenantTx, wanted: &Wanted, by: By) -> Result<Known, Problem> {
    let Wanted { from, to, member } = *wanted;
    let terms = work_terms::of_members(tx, member).await?;
    let holidays = work_terms::holidays(tx, from.first(), to.last()).await?;
    let leave = leave_day::taken(tx, member, from.first(), to.last()).await?;
    let (months, projects) = match by {
        By::Project | By::Client => {
            let projects = project_rows(tx, member, from, to).await?;
            (without_projects(&projects), projects)
        }
        By::Member | By::Month => {
            let months = match member {
                Some(member) => rows_of(tx, member, from, to).await?,
                None => rows(tx, from, to).await?,
            };
            (months, Vec::new())
        }
    };
    Ok(Known { terms, holidays, leave, months, projects })
}

async fn then(about: &About, wanted: &Wanted, position: i64) -> Result<Known, Problem> {
    let Wanted { from, to, member } = *wanted;
    let weeks = about.rows_then::<TimesheetWeek>().await?;
    let members = about.rows_then::<Member>().await?;
    let patterns = about.rows_then::<WorkPattern>().await?;
    let taken = about.rows_then::<LeaveDay>().await?;
    let requests = about.rows_then::<LeaveRequest>().await?;
    let taken = taken
        .zip(requests)
        .map(|(days, requests)| taken_then(&days, &requests, from.first(), to.last()));
    let mut tx = about.tx().await?;
    let events = events_of(&mut tx, &[calendar_stream()], position).await?;
    tx.commit().await?;
    let (adopted, declared) = (fold::<HolidayCalendar>(&events), fold::<Holiday>(&events));
    let calendar = calendar_of(adopted.iter().cloned(), declared.iter().cloned());
    let patterns: Vec<_> = patterns.iter().flat_map(|rows| rows.iter()).collect();
    let members = members.iter().flat_map(|rows| rows.iter());
    let members = members.filter(|row| member.is_none_or(|member| row.member_id == member));
    let of = |row| MemberTerms::of(row, patterns.iter().copied());
    let terms = members.map(|row| (row.member_id, of(row))).collect();
    let weeks = weeks.iter().flat_map(|rows| rows.iter());
    let projects = project_rows_then(weeks, member, from, to);
    let months = without_projects(&projects);
    let holidays = holidays_by_day(calendar.holidays(from.first(), to.last()));
    let leave = taken.unwrap_or_default();
    Ok(Known { terms, holidays, leave, months, projects })
}
