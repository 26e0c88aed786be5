//! A member's month as a calendar: what each day is, what is due and what was recorded, in whole
//! weeks that begin on the day that the firm has them begin on.

use domain::id::MemberId;
use domain::time::calendar::{DayKind, PlannedDay};
use domain::time::{DayAttribution, EntryState, Month, Week};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StateName;
use super::days::{MemberDays, WarningBody};
use crate::http::answer::Answer;
use crate::http::call::{About, Call};
use crate::http::members::Nothing;
use crate::http::problem::Problem;

/// What a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DayKind")]
pub(crate) enum KindName {
    /// There is work by pattern.
    Working,
    /// A weekday without work by pattern.
    DayOff,
    /// A Saturday or Sunday without work by pattern.
    Weekend,
    /// A holiday of the firm.
    Holiday,
    /// Leave takes all of its work.
    Leave,
    /// Before the member's first day.
    BeforeHire,
    /// After the member's last day.
    AfterLeaving,
}

impl From<DayKind> for KindName {
    fn from(kind: DayKind) -> Self {
        match kind {
            DayKind::Working => KindName::Working,
            DayKind::DayOff => KindName::DayOff,
            DayKind::Weekend => KindName::Weekend,
            DayKind::Holiday => KindName::Holiday,
            DayKind::Leave => KindName::Leave,
            DayKind::BeforeHire => KindName::BeforeHire,
            DayKind::AfterLeaving => KindName::AfterLeaving,
        }
    }
}

/// Which days work over midnight counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DayAttribution")]
pub(crate) enum AttributionName {
    /// The day of its start.
    Start,
    /// Each day with its own seconds.
    Split,
}

impl From<DayAttribution> for AttributionName {
    fn from(policy: DayAttribution) -> Self {
        match policy {
            DayAttribution::Start => AttributionName::Start,
            DayAttribution::Split => AttributionName::Split,
        }
    }
}

/// What a day is planned to be.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PlannedDay")]
pub(crate) struct PlanBody {
    date: Date,
    kind: KindName,
    /// What the holiday is called.
    holiday: Option<String>,
    /// Minutes of work by pattern. Who has no pattern works eight hours from Monday to Friday.
    pattern_minutes: u32,
    /// Of these, what leave takes.
    leave_minutes: u32,
    /// Minutes of work that are left: by pattern, less holidays and leave, while employed.
    due_minutes: u32,
    /// What work over midnight that starts on this day counts for.
    day_attribution: AttributionName,
}

impl PlanBody {
    pub(super) fn of(planned: &PlannedDay, days: &MemberDays) -> Self {
        PlanBody {
            date: planned.day,
            kind: planned.kind.into(),
            holiday: planned.holiday.clone(),
            pattern_minutes: planned.pattern_minutes,
            leave_minutes: planned.leave_minutes,
            due_minutes: planned.due_minutes,
            day_attribution: days.book.settings().day_attribution(planned.day).into(),
        }
    }
}

/// Sums of some days.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
#[schemars(rename = "TimeSums")]
pub(crate) struct Sums {
    /// As recorded, on the days it counts for.
    seconds: i64,
    billable_seconds: i64,
    /// As it is shown and billed, always on the day of the start.
    rounded_seconds: i64,
}

impl Sums {
    pub(super) fn add(&mut self, other: Sums) {
        self.seconds += other.seconds;
        self.billable_seconds += other.billable_seconds;
        self.rounded_seconds += other.rounded_seconds;
    }

    pub(super) fn of(seconds: i64, billable: bool, rounded_seconds: i64) -> Self {
        let billable_seconds = if billable { seconds } else { 0 };
        Sums { seconds, billable_seconds, rounded_seconds }
    }

    pub(super) fn seconds(self) -> i64 {
        self.seconds
    }
}

/// One day of a calendar.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "CalendarDay")]
pub(crate) struct DayBody {
    #[serde(flatten)]
    plan: PlanBody,
    /// Whether it lies in the month; the others fill its first and last week.
    in_month: bool,
    /// The ISO week whose timesheet it's in.
    week: String,
    #[serde(flatten)]
    sums: Sums,
    /// How many entries start on it.
    entries: u32,
    /// How far their approval has come, as of a week; null where there is none.
    state: Option<StateName>,
    warnings: Vec<WarningBody>,
}

/// A week of a calendar as it's shown.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "CalendarWeek")]
pub(crate) struct WeekBody {
    from: Date,
    to: Date,
    due_minutes: u32,
    #[serde(flatten)]
    sums: Sums,
    days: Vec<DayBody>,
}

/// A member's month.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Calendar")]
pub(crate) struct CalendarBody {
    member_id: Uuid,
    month: String,
    /// Today in the member's zone.
    today: Date,
    /// The first day of a week as it's shown.
    week_start: &'static str,
    /// Days of the month on which there is work to do, and how much.
    working_days: u32,
    due_minutes: u64,
    /// Sums of the days of the month.
    #[serde(flatten)]
    sums: Sums,
    /// Whole weeks, with their sums over all seven days.
    weeks: Vec<WeekBody>,
}

/// One member's month.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct ByMonth {
    member_id: Uuid,
    /// Such as `2026-03`.
    month: String,
}

impl ByMonth {
    /// The member and the month, where the caller may see their time.
    pub(super) fn seen_by(&self, about: &About) -> Result<(MemberId, Month), Problem> {
        let member = MemberId(self.member_id);
        may_see(about, member)?;
        let month = self.month.parse().map_err(|_| Problem::not_found())?;
        Ok((member, month))
    }
}

/// Forbids a member who sees their own time alone to see another's.
pub(super) fn may_see(about: &About, member: MemberId) -> Result<(), Problem> {
    match about.sees_only() {
        Some(own) if own != member => Err(Problem::forbidden()),
        Some(_) | None => Ok(()),
    }
}

/// The state of several entries, by how many of them are open, submitted, approved and rejected.
pub(super) fn state_of([open, submitted, approved, rejected]: [u32; 4]) -> Option<StateName> {
    let state = if open > 0 {
        EntryState::Open
    } else if rejected > 0 {
        EntryState::Rejected
    } else if submitted > 0 {
        EntryState::Submitted
    } else if approved > 0 {
        EntryState::Approved
    } else {
        return None;
    };
    Some(state.into())
}

/// The first day of the week, as it's shown, that a day lies in.
fn week_of(day: Date, start: Weekday) -> Date {
    day.checked_sub(day.weekday().since(start).days()).unwrap_or(day)
}

/// `GET /calendar/{member_id}/{month}`.
pub(crate) async fn month(call: Call<ByMonth, Nothing>) -> Result<Answer<CalendarBody>, Problem> {
    let (member, month) = call.path.seen_by(&call)?;
    // A week of any start reaches six days out of the month at most.
    let reach = (month.first() - 6.days(), month.last() + 6.days());
    let mut tx = call.tx().await?;
    let days = MemberDays::load(&call, &mut tx, member, reach).await?;
    tx.commit().await?;
    Ok(call.read(shown(&days, month)))
}

fn shown(days: &MemberDays, month: Month) -> CalendarBody {
    let start = days.book.settings().week_start();
    let first = week_of(month.first(), start);
    let mut body = CalendarBody {
        member_id: days.member.0,
        month: month.to_string(),
        today: days.today,
        week_start: domain::settings::registry::WEEKDAYS
            [usize::from(start.to_monday_zero_offset().unsigned_abs())],
        working_days: 0,
        due_minutes: 0,
        sums: Sums::default(),
        weeks: Vec::new(),
    };
    let starts = std::iter::successors(Some(first), |day| day.checked_add(7.days()).ok());
    for from in starts.take_while(|day| *day <= month.last()) {
        let mut week = WeekBody {
            from,
            to: from + 6.days(),
            due_minutes: 0,
            sums: Sums::default(),
            days: Vec::new(),
        };
        for planned in days.terms().planned_days(from, from + 6.days()) {
            let day = day(days, month, &planned);
            week.due_minutes += planned.due_minutes;
            week.sums.add(day.sums);
            if day.in_month {
                body.working_days += u32::from(planned.due_minutes > 0);
                body.due_minutes += u64::from(planned.due_minutes);
                body.sums.add(day.sums);
            }
            week.days.push(day);
        }
        body.weeks.push(week);
    }
    body
}

fn day(days: &MemberDays, month: Month, planned: &PlannedDay) -> DayBody {
    let mut sums = Sums::default();
    let mut states = [0_u32; 4];
    for (key, cell) in days.cells.iter().filter(|(key, _)| key.day == planned.day) {
        sums.add(Sums::of(cell.seconds, key.billable, days.rounded(key, cell)));
        states.iter_mut().zip(cell.states).for_each(|(sum, count)| *sum += count);
    }
    DayBody {
        plan: PlanBody::of(planned, days),
        in_month: Month::of(planned.day) == month,
        week: Week::of(planned.day).to_string(),
        sums,
        entries: states.iter().sum(),
        state: state_of(states),
        warnings: days.warnings(planned, sums.seconds),
    }
}
