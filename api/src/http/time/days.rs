//! What a member's calendar, grid and progress are made of, read in few questions: their weeks, the
//! terms their days follow from, and the rules of rounding. As of a moment the same comes from the
//! few streams that it rests on, never from the whole log.

use std::collections::{BTreeMap, BTreeSet};

use commands::Warned;
use commands::event_log::read::{rows_after, streams};
use domain::catalogue::rates::RatedWork;
use domain::catalogue::rounding_rules::RuleScope;
use domain::id::{ClientId, EntryId, MemberId, ProjectId, StreamId, TaskId};
use domain::leave::{calendar_stream, member_leave_stream};
use domain::log::Recorded;
use domain::members::member_stream;
use domain::settings::settings_stream;
use domain::time::calendar::{LeaveOn, PlannedDay, Warning, WorkTerms, holidays_by_day};
use domain::time::cells::{Cell, CellKey, cells};
use domain::time::rounding::{Measured, day_seconds};
use domain::time::{Week, timesheet_stream};
use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use migrations::TenantTx;
use projections::billing::price_book::Spans;
use projections::billing::rounding_book::RoundingBook;
use projections::catalogue::named::{self, NamedProject};
use projections::catalogue::project;
use projections::catalogue::rounding_rule::{RoundingRule, RoundingRuleRow};
use projections::leave::holiday::Holiday;
use projections::leave::holiday_calendar::{HolidayCalendar, calendar_of};
use projections::leave::leave_day::{self, LeaveDay, taken_then};
use projections::leave::leave_request::LeaveRequest;
use projections::members::member::Member;
use projections::members::work_pattern::WorkPattern;
use projections::model::{self, ReadModel};
use projections::row::Rows;
use projections::settings::setting::Setting;
use projections::time::timesheet_week::{self, TimesheetWeek, TimesheetWeekRow, placed};
use projections::time::work_terms::{self, MemberTerms};
use schemars::JsonSchema;
use serde::Serialize;

use crate::http::billing::book::spans_of;
use crate::http::call::About;
use crate::http::problem::Problem;

/// The read models that these answers are made of.
pub(crate) const MODELS: &[&str] = &[
    "timesheet_week",
    "member",
    "work_pattern",
    "holiday_calendar",
    "holiday",
    "leave_day",
    "leave_request",
    "setting",
    "rounding_rule",
    "project",
    "task",
    "client",
];

/// Something about a day's time that is worth another look; nothing was refused.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Warning")]
pub(crate) struct WarningBody {
    /// `time.on_holiday`, `time.on_day_off`, `time.on_leave`, `time.over_24_hours`,
    /// `time.before_hire`, `time.after_leaving` or `time.future`.
    pub(crate) code: String,
    /// In words.
    pub(crate) detail: String,
}

impl WarningBody {
    pub(crate) fn of(warning: &Warning, day: Date) -> Self {
        WarningBody { code: warning.code().to_owned(), detail: warning.detail(day) }
    }
}

impl From<Warned> for WarningBody {
    fn from(warned: Warned) -> Self {
        WarningBody { code: warned.code, detail: warned.detail }
    }
}

/// A member's days with what was recorded for them.
pub(super) struct MemberDays {
    pub(super) member: MemberId,
    pub(super) terms: MemberTerms,
    pub(super) holidays: BTreeMap<Date, String>,
    /// What granted leave takes of them, by what is on record.
    pub(super) leave: Vec<LeaveOn>,
    pub(super) book: RoundingBook,
    spans: Spans,
    pub(super) projects: BTreeMap<ProjectId, NamedProject>,
    pub(super) cells: BTreeMap<CellKey, Cell>,
    /// Today in the member's zone; as of a moment, the day of that moment.
    pub(super) today: Date,
}

/// The rows a moment is answered from.
struct Then {
    terms: MemberTerms,
    holidays: BTreeMap<Date, String>,
    book: RoundingBook,
    weeks: Vec<TimesheetWeekRow>,
    leave: Vec<LeaveOn>,
}

impl MemberDays {
    /// Those from one day to another, both included. An unknown member is not found.
    pub(super) async fn load(
        about: &About,
        tx: &mut TenantTx,
        member: MemberId,
        (first, last): (Date, Date),
    ) -> Result<Self, Problem> {
        // Work that began the day before, or two days where a clock was set, may reach into it.
        let early = first.checked_sub(2.days()).unwrap_or(first);
        let weeks = (Week::of(early), Week::of(last));
        let Then { terms, holidays, book, weeks, leave } = match about.as_of {
            None => now(tx, member, (first, last), weeks).await?,
            Some(position) => at(tx, position, member, (first, last), weeks).await?,
        };
        let placed = weeks.iter().flat_map(placed);
        let mut cells = cells(placed, |day| book.settings().day_attribution(day));
        cells.retain(|key, _| (first..=last).contains(&key.day));
        let projects: BTreeSet<ProjectId> = cells.keys().map(|key| key.project).collect();
        let projects = named::projects(tx, projects).await?;
        let today = today(about, tx, terms.time_zone.as_deref(), &book).await?;
        let spans = if book.asks_for_ends() {
            let started = cells.values().flat_map(|cell| &cell.started);
            spans_of(about, started.map(|(entry, _)| *entry)).await?
        } else {
            Spans::new()
        };
        Ok(MemberDays { member, terms, holidays, leave, book, spans, projects, cells, today })
    }

    /// What the days follow from.
    pub(super) fn terms(&self) -> WorkTerms<'_> {
        self.terms.with(&self.holidays, &self.leave)
    }

    /// What is worth a word about a day's time.
    pub(super) fn warnings(&self, planned: &PlannedDay, seconds: i64) -> Vec<WarningBody> {
        let warnings = planned.warnings(seconds, self.today);
        warnings.iter().map(|warning| WarningBody::of(warning, planned.day)).collect()
    }

    /// What the entries that started in a cell are shown and billed with.
    pub(super) fn rounded(&self, key: &CellKey, cell: &Cell) -> i64 {
        let CellKey { project, task, day, .. } = *key;
        let Some(NamedProject { client, .. }) = self.projects.get(&project) else {
            return cell.started.iter().map(|(_, seconds)| seconds).sum();
        };
        let work = RatedWork { member: self.member, project, task, client: *client, day };
        let measured = |(entry, seconds): &(EntryId, i64)| Measured {
            seconds: *seconds,
            span: self.spans.get(entry),
        };
        day_seconds(cell.started.iter().map(measured), self.book.rounding(&work))
    }
}

async fn now(
    tx: &mut TenantTx,
    member: MemberId,
    (first, last): (Date, Date),
    (week, until): (Week, Week),
) -> Result<Then, Problem> {
    let mut terms = work_terms::of_members(tx, Some(member)).await?;
    let terms = terms.remove(&member).ok_or_else(Problem::not_found)?;
    let holidays = work_terms::holidays(tx, first, last).await?;
    let book = RoundingBook::load(tx).await?;
    let weeks = timesheet_week::of_member(tx, member, week, until).await?;
    let leave = leave_day::taken(tx, Some(member), first, last).await?;
    let leave = leave.into_values().flatten().collect();
    Ok(Then { terms, holidays, book, weeks, leave })
}

/// The same out of the streams it follows from, up to a position.
async fn at(
    tx: &mut TenantTx,
    position: i64,
    member: MemberId,
    (first, last): (Date, Date),
    (week, until): (Week, Week),
) -> Result<Then, Problem> {
    let own = [member_stream(member), member_leave_stream(member)];
    let mut ids = [&own[..], &[settings_stream(), calendar_stream()]].concat();
    let weeks = std::iter::successors(Some(week), |week| Some(week.after()));
    ids.extend(weeks.take_while(|week| *week <= until).map(|week| timesheet_stream(member, week)));
    let events = events_of(tx, &ids, position).await?;
    let members = fold::<Member>(&events);
    let row = members.iter().next().ok_or_else(Problem::not_found)?;
    let patterns = fold::<WorkPattern>(&events);
    let adopted = fold::<HolidayCalendar>(&events);
    let declared = fold::<Holiday>(&events);
    let calendar = calendar_of(adopted.iter().cloned(), declared.iter().cloned());
    let settings = fold::<Setting>(&events);
    let weeks: Vec<TimesheetWeekRow> = fold::<TimesheetWeek>(&events).iter().cloned().collect();
    let rules = rules_of(tx, &weeks, position).await?;
    let (days, requests) = (fold::<LeaveDay>(&events), fold::<LeaveRequest>(&events));
    let leave = taken_then(&days, &requests, first, last);
    Ok(Then {
        terms: MemberTerms::of(row, patterns.iter()),
        holidays: holidays_by_day(calendar.holidays(first, last)),
        book: RoundingBook::of(rules, settings.iter().cloned()),
        weeks,
        leave: leave.into_values().flatten().collect(),
    })
}

/// The rounding rules that work in these weeks may fall under, up to a position. A scope's stream
/// follows from what it names, so none is missed.
async fn rules_of(
    tx: &mut TenantTx,
    weeks: &[TimesheetWeekRow],
    position: i64,
) -> Result<Vec<RoundingRuleRow>, Problem> {
    let projects: BTreeSet<ProjectId> =
        weeks.iter().flat_map(|week| week.entry_projects.iter().copied()).collect();
    let tasks: BTreeSet<TaskId> =
        weeks.iter().flat_map(|week| week.entry_tasks.iter().copied()).collect();
    let clients = project::clients_of(tx, projects.iter().copied()).await?;
    let clients: BTreeSet<ClientId> = clients.into_values().collect();
    let scopes = projects.into_iter().map(RuleScope::Project);
    let scopes = scopes.chain(tasks.into_iter().map(RuleScope::Task));
    let scopes = scopes.chain(clients.into_iter().map(RuleScope::Client));
    let ids: Vec<StreamId> = scopes.map(|scope| scope.stream()).collect();
    let events = events_of(tx, &ids, position).await?;
    Ok(fold::<RoundingRule>(&events).iter().cloned().collect())
}

/// The events of some streams up to a position, in the order of the log.
pub(crate) async fn events_of(
    tx: &mut TenantTx,
    ids: &[StreamId],
    position: i64,
) -> Result<Vec<Recorded>, Problem> {
    let mut rows = streams(tx, ids).await?;
    rows.retain(|row| row.position <= position);
    rows.sort_unstable_by_key(|row| row.position);
    Ok(rows.iter().map(|row| row.decode()).collect::<Result<_, _>>()?)
}

/// The rows of a read model that these events make.
pub(crate) fn fold<M: ReadModel>(events: &[Recorded]) -> Rows<M::Row> {
    let mut rows = Rows::complete();
    for event in events.iter().filter(|event| model::reads::<M>(event.event.event_type())) {
        M::apply(&mut rows, event);
    }
    rows
}

/// The instant that a read is about.
pub(crate) async fn instant(about: &About, tx: &mut TenantTx) -> Result<Timestamp, Problem> {
    let Some(position) = about.as_of else { return Ok(about.now()) };
    let row = rows_after(tx, position - 1, 1).await?.pop();
    Ok(row.map_or_else(|| about.now(), |row| row.recorded_at))
}

async fn today(
    about: &About,
    tx: &mut TenantTx,
    own_zone: Option<&str>,
    book: &RoundingBook,
) -> Result<Date, Problem> {
    let instant = instant(about, tx).await?;
    let utc = instant.to_zoned(TimeZone::UTC).date();
    let zone = own_zone.unwrap_or_else(|| book.settings().time_zone(utc));
    let zone = domain::time::worked::find_zone(zone);
    Ok(zone.map_or(utc, |zone| instant.to_zoned(zone).date()))
}
