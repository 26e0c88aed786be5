//! How much of what members could work was billable, over months: by member, month, project or
//! client. An entry counts for the day of its start, as in billing.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{MemberId, ProjectId};
use domain::leave::calendar_stream;
use domain::time::Month;
use domain::time::calendar::holidays_by_day;
use domain::time::progress::{capacity_minutes, share_basis_points};
use jiff::civil::Date;
use projections::catalogue::named::{self, NamedProject};
use projections::leave::holiday::Holiday;
use projections::leave::holiday_calendar::{HolidayCalendar, calendar_of};
use projections::leave::leave_day::{self, LeaveDay, Taken, taken_then};
use projections::leave::leave_request::LeaveRequest;
use projections::members::member::Member;
use projections::members::work_pattern::WorkPattern;
use projections::time::timesheet_week::TimesheetWeek;
use projections::time::utilisation::{
    MemberMonth, MemberMonthProject, project_rows, project_rows_then, rows, rows_of,
    without_projects,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
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

/// What the answer is made of.
struct Known {
    terms: BTreeMap<MemberId, MemberTerms>,
    holidays: BTreeMap<Date, String>,
    /// What granted leave takes.
    leave: Taken,
    months: Vec<MemberMonth>,
    /// By project, where it's asked for.
    projects: Vec<MemberMonthProject>,
}

/// `GET /utilisation`.
pub(crate) async fn list(call: Call<(), OfMonths>) -> Result<Answer<UtilisationBody>, Problem> {
    let wanted = Wanted::of(&call, &call.query)?;
    let by = call.query.by;
    let known = match call.as_of {
        None => now(&call, &wanted, by).await?,
        Some(position) => then(&call, &wanted, position).await?,
    };
    if wanted.member.is_some_and(|member| !known.terms.contains_key(&member)) {
        return Err(Problem::not_found());
    }
    let capacity = |member: &MemberId, terms: &MemberTerms, month: Month| {
        let leave = known.leave.get(member).map_or(&[][..], Vec::as_slice);
        capacity_minutes(&terms.with(&known.holidays, leave), month.first(), month.last())
    };
    let mut capacities: BTreeMap<(MemberId, Month), u64> = BTreeMap::new();
    for (member, terms) in &known.terms {
        for month in wanted.from.up_to(wanted.to) {
            capacities.insert((*member, month), capacity(member, terms, month));
        }
    }
    let mut total = Sum::default();
    capacities.values().for_each(|minutes| total.minutes += minutes);
    known.months.iter().for_each(|row| total.add(row.seconds, row.billable_seconds));
    let mut items = match by {
        By::Member => by_member(&call, &known, &capacities).await?,
        By::Month => by_month(&known, &capacities),
        By::Project | By::Client => by_work(&call, &known, by, total.minutes).await?,
    };
    items.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    let (from, to) = (wanted.from.to_string(), wanted.to.to_string());
    Ok(call.read(UtilisationBody { from, to, by, items, total: total.used() }))
}

async fn now(about: &About, wanted: &Wanted, by: By) -> Result<Known, Problem> {
    let Wanted { from, to, member } = *wanted;
    let mut tx = about.tx().await?;
    let terms = work_terms::of_members(&mut tx, member).await?;
    let holidays = work_terms::holidays(&mut tx, from.first(), to.last()).await?;
    let leave = leave_day::taken(&mut tx, member, from.first(), to.last()).await?;
    let (months, projects) = match by {
        By::Project | By::Client => {
            let projects = project_rows(&mut tx, member, from, to).await?;
            (without_projects(&projects), projects)
        }
        By::Member | By::Month => {
            let months = match member {
                Some(member) => rows_of(&mut tx, member, from, to).await?,
                None => rows(&mut tx, from, to).await?,
            };
            (months, Vec::new())
        }
    };
    tx.commit().await?;
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

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    minutes: u64,
    seconds: i64,
    billable_seconds: i64,
}

impl Sum {
    fn add(&mut self, seconds: i64, billable_seconds: i64) {
        self.seconds += seconds;
        self.billable_seconds += billable_seconds;
    }

    fn is_nothing(&self) -> bool {
        (self.minutes, self.seconds, self.billable_seconds) == (0, 0, 0)
    }

    /// With a capacity of its own.
    fn used(self) -> Used {
        let capacity_minutes = Some(self.minutes);
        Used { capacity_minutes, ..self.used_of(self.minutes) }
    }

    /// As a share of another capacity.
    fn used_of(self, capacity_minutes: u64) -> Used {
        Used {
            capacity_minutes: None,
            seconds: self.seconds,
            billable_seconds: self.billable_seconds,
            not_billable_seconds: self.seconds - self.billable_seconds,
            utilisation_basis_points: share_basis_points(self.billable_seconds, capacity_minutes),
        }
    }
}

async fn by_member(
    about: &About,
    known: &Known,
    capacities: &BTreeMap<(MemberId, Month), u64>,
) -> Result<Vec<ItemBody>, Problem> {
    let mut sums: BTreeMap<MemberId, Sum> = BTreeMap::new();
    for ((member, _), minutes) in capacities {
        sums.entry(*member).or_default().minutes += minutes;
    }
    for row in &known.months {
        sums.entry(row.member).or_default().add(row.seconds, row.billable_seconds);
    }
    sums.retain(|_, sum| !sum.is_nothing());
    let mut tx = about.tx().await?;
    let names = work_terms::names(&mut tx, sums.keys().copied()).await?;
    personal::load(&about.keys, &mut tx, names.values()).await?;
    tx.commit().await?;
    let item = |(member, sum): (MemberId, Sum)| ItemBody {
        id: Some(member.0),
        name: personal::text(&about.keys, names.get(&member)),
        used: sum.used(),
    };
    Ok(sums.into_iter().map(item).collect())
}

fn by_month(known: &Known, capacities: &BTreeMap<(MemberId, Month), u64>) -> Vec<ItemBody> {
    let mut sums: BTreeMap<Month, Sum> = BTreeMap::new();
    for ((_, month), minutes) in capacities {
        sums.entry(*month).or_default().minutes += minutes;
    }
    for row in &known.months {
        sums.entry(row.month).or_default().add(row.seconds, row.billable_seconds);
    }
    let item = |(month, sum): (Month, Sum)| ItemBody {
        id: None,
        name: Some(month.to_string()),
        used: sum.used(),
    };
    sums.into_iter().map(item).collect()
}

async fn by_work(
    about: &About,
    known: &Known,
    by: By,
    capacity_minutes: u64,
) -> Result<Vec<ItemBody>, Problem> {
    let ids: BTreeSet<ProjectId> = known.projects.iter().map(|row| row.project).collect();
    let mut tx = about.tx().await?;
    let projects = named::projects(&mut tx, ids).await?;
    let clients = projects.values().filter_map(|project| project.client_name.as_ref());
    personal::load(&about.keys, &mut tx, clients).await?;
    tx.commit().await?;
    let mut sums: BTreeMap<Uuid, (Option<String>, Sum)> = BTreeMap::new();
    for row in &known.projects {
        let project: Option<&NamedProject> = projects.get(&row.project);
        let (id, name) = match (by, project) {
            (By::Client, Some(project)) => {
                let name = personal::unique_text(&about.keys, project.client_name.as_ref());
                (project.client.0, name)
            }
            (By::Client, None) | (By::Member | By::Month | By::Project, _) => {
                (row.project.0, project.map(|project| project.name.clone()))
            }
        };
        let (_, sum) = sums.entry(id).or_insert_with(|| (name, Sum::default()));
        sum.add(row.seconds, row.billable_seconds);
    }
    let item = |(id, (name, sum)): (Uuid, (Option<String>, Sum))| ItemBody {
        id: Some(id),
        name,
        used: sum.used_of(capacity_minutes),
    };
    Ok(sums.into_iter().map(item).collect())
}
