//! What law says of a kind of leave, as dated data with its source. Which of it a firm applies, and
//! how, is for its policies: nothing is computed here.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::decimal::scaled;
use crate::leave::policy::{
    AccrualRule, ApprovalRule, CarryRule, DocumentRule, LateCancel, LeaveStep, OnLeaving, Quantity,
    WorkCounted,
};

/// A kind of leave that a firm starts with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaveKind {
    /// Its stable name, such as `annual`: the same kind has the same code in every country.
    pub code: String,
    /// What it's called there.
    pub name: String,
    /// Whether the employer pays for it.
    pub paid: bool,
    /// How amounts of it are shown.
    #[serde(default)]
    pub shown_in: ShownIn,
    /// Which days of an absence it takes.
    #[serde(default)]
    pub counts: Counts,
    /// What law says of it.
    #[serde(default)]
    pub statute: Vec<Statute>,
    /// How a firm there usually grants it, where law leaves a choice; none = there is nothing to
    /// grant by law.
    pub practice: Option<Practice>,
}

/// What a firm starts with where law leaves a choice. It's a usual practice that gives no less than
/// law does; a firm with another one sets a policy of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Practice {
    /// Whether what is taken is only counted: law sets no limit that could be computed.
    #[serde(default)]
    pub counted_only: bool,
    /// When it's there to be taken.
    #[serde(default = "at_once")]
    pub accrual: AccrualRule,
    /// Whether it grows from the first day of the employment on, even where law grants it in full
    /// only later.
    #[serde(default)]
    pub grows_from_the_first_day: bool,
    /// What goes over to the next cycle; none = nothing does.
    pub carry: Option<CarryRule>,
    /// Whether it's paid out when the employment ends.
    #[serde(default)]
    pub payable: bool,
    /// What of the running cycle is there when the employment ends.
    #[serde(default)]
    pub on_leaving: OnLeaving,
    /// Which days count as worked at the beginning of the employment.
    #[serde(default = "worked")]
    pub at_first_counts: WorkCounted,
    /// How far below nothing a balance may go; none = there is no limit.
    pub overdraft: Option<Quantity>,
    /// The least part of a day that is taken.
    #[serde(default)]
    pub step: LeaveStep,
    /// Calendar days between the day of the request and the first day of leave, at least.
    #[serde(default)]
    pub notice_days: u32,
    /// When a document is needed, where law says nothing of it.
    pub document: Option<DocumentRule>,
    /// Who approves, by length; empty = the member's own manager.
    #[serde(default)]
    pub approval: Vec<ApprovalRule>,
    /// Whether other leave gives its days back where this one falls into it.
    #[serde(default)]
    pub interrupts: bool,
    /// What a cancellation gives back after its days have lapsed.
    #[serde(default)]
    pub late_cancel: LateCancel,
    /// What of this is practice and not law, in words.
    pub text: String,
}

fn at_once() -> AccrualRule {
    AccrualRule::CycleStart
}

fn worked() -> WorkCounted {
    WorkCounted::Worked
}

/// How amounts of leave are shown; they are held in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownIn {
    /// In days of the member's work pattern.
    #[default]
    Days,
    /// In hours.
    Hours,
}

impl ShownIn {
    /// Each of them.
    pub const ALL: [ShownIn; 2] = [ShownIn::Days, ShownIn::Hours];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            ShownIn::Days => "days",
            ShownIn::Hours => "hours",
        }
    }
}

/// Which days of an absence a kind of leave takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// Those the member would have worked.
    #[default]
    WorkingDays,
    /// All of them.
    CalendarDays,
}

impl Counts {
    /// Each of them.
    pub const ALL: [Counts; 2] = [Counts::WorkingDays, Counts::CalendarDays];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Counts::WorkingDays => "working_days",
            Counts::CalendarDays => "calendar_days",
        }
    }
}

/// What law says of a kind of leave, for some days and some people.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statute {
    /// The first day it holds; none = from always.
    pub from: Option<Date>,
    /// The last day it holds; none = until further notice.
    pub until: Option<Date>,
    /// For whom; none = for all.
    pub applies_to: Option<String>,
    /// The least there is to grant.
    pub entitlement: Entitlement,
    /// What may be agreed on instead.
    #[serde(default)]
    pub by_agreement: Vec<Accrual>,
    /// The period it is granted for; none = per case.
    pub cycle: Option<Cycle>,
    /// What there is at the beginning of the employment.
    pub at_first: Option<AtFirst>,
    /// What must be so for it to be granted.
    pub requires: Option<Requires>,
    /// When a certificate may be asked for.
    pub certificate: Option<Certificate>,
    /// Whether what was not taken goes over to the next cycle; none = contested, or not said.
    pub carries: Option<bool>,
    /// Months after the end of the cycle within which it must be granted.
    pub grant_within_months: Option<u32>,
    /// Whether a public holiday on a working day of the leave takes nothing from it.
    #[serde(default)]
    pub holiday_gives_a_day: bool,
    /// Whether it is one amount for two parents.
    #[serde(default)]
    pub shared: bool,
    /// Weeks before the birth in which it may begin.
    pub earliest_weeks_before: Option<u32>,
    /// Weeks after the birth in which the mother may not work.
    pub no_work_weeks_after: Option<u32>,
    /// The version of the pack that says so first.
    #[serde(default = "first")]
    pub added_in: u32,
    /// The version that no longer says so.
    pub dropped_in: Option<u32>,
    /// The law.
    pub source: String,
    /// What it says, in words.
    pub text: String,
}

fn first() -> u32 {
    1
}

impl Statute {
    /// Whether a version of the pack says so.
    pub fn is_of(&self, version: u32) -> bool {
        self.added_in <= version && self.dropped_in.is_none_or(|dropped| version < dropped)
    }

    /// Whether it holds on this day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// How much leave there is to grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Entitlement {
    /// The working days that fall in so many consecutive days.
    ConsecutiveDays(u32),
    /// The days worked in so many weeks, in hundredths of a week.
    #[serde(deserialize_with = "hundredths")]
    WeeksOfWork(u32),
    /// So many working days, however many a week has.
    WorkingDays(u32),
    /// So many working days in a week of `week` days; in proportion in another.
    DaysOfWeek {
        /// Working days.
        days: u32,
        /// Working days per week.
        week: u32,
    },
    /// Days of the calendar, working days or not.
    Calendar(CalendarSpan),
}

fn hundredths<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let text = String::deserialize(deserializer)?;
    scaled(&text, 2)
        .and_then(|number| u32::try_from(number).ok())
        .ok_or_else(|| serde::de::Error::custom("give weeks as a text such as \"5.6\""))
}

/// A length of time on the calendar: so many months, then weeks, then days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CalendarSpan {
    /// Months.
    pub months: u32,
    /// Weeks.
    pub weeks: u32,
    /// Days.
    pub days: u32,
}

/// Leave that grows with the work done: `amount` for every `per` of the same unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accrual {
    /// Days or hours.
    pub unit: AccrualUnit,
    /// How much leave.
    pub amount: u32,
    /// For how much work.
    pub per: u32,
}

/// What leave that grows with work is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccrualUnit {
    /// Days of leave for days of work.
    Days,
    /// Hours of leave for hours of work.
    Hours,
}

/// The period that leave is granted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cycle {
    /// Its length.
    pub months: u32,
    /// When the first one begins.
    pub begins: CycleBegins,
}

/// When the first cycle begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CycleBegins {
    /// With the employment.
    Employment,
    /// On 1 January.
    CalendarYear,
}

/// What there is at the beginning of the employment instead of the entitlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtFirst {
    /// For so many months.
    pub months: u32,
    /// What grows in them.
    pub accrual: Accrual,
}

/// What must be so for leave to be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requires {
    /// Employed for longer than so many months.
    pub employed_months_over: Option<u32>,
    /// Employed for longer than so many weeks.
    pub employed_weeks_over: Option<u32>,
    /// At least so many working days per week.
    pub days_per_week_min: Option<u32>,
}

/// When a medical certificate may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Absent for more than so many consecutive days.
    pub consecutive_days_over: u32,
    /// Or absent on more than so many occasions.
    pub occasions_over: Option<u32>,
    /// Within so many weeks.
    pub within_weeks: Option<u32>,
}
