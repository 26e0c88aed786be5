//! How a firm grants a kind of leave, as dated data: cycle, entitlement and accrual by bucket, what
//! goes over and when it lapses, how far a balance may go below nothing, and what a request needs.
//! Law is one source of such terms, a contract another; nothing here knows a country.

use serde::{Deserialize, Serialize};

use super::amount::{LeaveDays, LeaveMinutes};
use crate::country::{AccrualUnit, CalendarSpan};
use crate::time::Chain;

/// The terms of a kind of leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeavePolicy {
    /// The period it's granted for.
    pub cycle: LeaveCycle,
    /// What is granted, at most one rule per kind of bucket; none = there is no entitlement, or one
    /// per case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<GrantRule>,
    /// How far below nothing a balance may go; none = there is no limit, what is taken is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdraft: Option<Quantity>,
    /// The least part of a day that is taken.
    #[serde(default)]
    pub step: LeaveStep,
    /// Calendar days between the day of the request and the first day of leave, at least.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub notice_days: u32,
    /// When a document is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentRule>,
    /// What must be accepted with each request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// Who approves, by length: of the rules whose length is passed, the last one; none = the
    /// member's own manager.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approval: Vec<ApprovalRule>,
    /// Whether other leave gives its days back where this one falls into it, as sick leave does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupts: bool,
    /// What a cancellation gives back after its days have lapsed.
    #[serde(default)]
    pub late_cancel: LateCancel,
    /// Entitlements per case, such as a birth.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<CaseRule>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The period that leave is granted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaveCycle {
    /// Its length, 1 to 120.
    pub months: u32,
    /// When cycles begin.
    pub begins: CycleStart,
}

/// When cycles begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CycleStart {
    /// With the employment.
    Employment,
    /// On this day of the year; the first one is cut short by the employment.
    Yearly {
        /// 1 to 12.
        month: i8,
        /// 1 to 28.
        day: i8,
    },
}

/// From which right leave comes: law protects the one, a contract gives the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// By law.
    Statutory,
    /// By contract or of the firm's own will.
    Contractual,
}

/// What is granted in one right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantRule {
    /// In which.
    pub right: Right,
    /// How much per cycle.
    pub entitlement: LeaveEntitlement,
    /// When it's there to be taken.
    pub accrual: AccrualRule,
    /// What there is at the beginning of the employment instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_first: Option<AtFirstRule>,
    /// What must be so for it to be granted.
    #[serde(default, skip_serializing_if = "Requirement::is_none")]
    pub requires: Requirement,
    /// What goes over to the next cycle; none = nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carry: Option<CarryRule>,
    /// Whether it's paid out when the employment ends.
    #[serde(default)]
    pub payable: bool,
    /// What of the running cycle is there when the employment ends.
    #[serde(default)]
    pub on_leaving: OnLeaving,
}

/// An amount as it's agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Days of the member's pattern of work.
    Days(LeaveDays),
    /// Minutes.
    Minutes(LeaveMinutes),
}

/// How much leave a cycle has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LeaveEntitlement {
    /// So much, whatever the pattern.
    Of(Quantity),
    /// The working days that fall in so many consecutive days, by the pattern's average week.
    ConsecutiveDays(u32),
    /// The days worked in so many weeks, in hundredths of a week.
    WeeksOfWork(u32),
    /// So many working days in a week of `week` days; in proportion in another.
    DaysOfWeek {
        /// Working days.
        days: u32,
        /// Working days per week.
        week: u32,
    },
    /// Days of the calendar, counted from the first day of the cycle.
    Calendar(CalendarSpan),
}

/// When leave is there to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AccrualRule {
    /// All of it on the first day of the cycle.
    CycleStart,
    /// All of it on the last day of the cycle.
    CycleEnd,
    /// An equal part on the first day of each month of the cycle.
    MonthStart,
    /// An equal part on the last day of each month of the cycle.
    MonthEnd,
    /// An equal part on each day of the cycle.
    Daily,
    /// By the work done; the entitlement is not asked for.
    Worked(WorkedRule),
}

/// `amount` of leave for every `per` of work of the same unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkedRule {
    /// Days for days, or hours for hours.
    pub unit: WorkUnit,
    /// How much leave.
    pub amount: u32,
    /// For how much work.
    pub per: u32,
    /// Whether only whole amounts are given, each when its work is done.
    pub whole: bool,
    /// Which days count as worked.
    pub counts: WorkCounted,
}

/// What leave that grows with work is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkUnit {
    /// Days of leave for days of work.
    Days,
    /// Hours of leave for hours of work.
    Hours,
}

impl From<AccrualUnit> for WorkUnit {
    fn from(unit: AccrualUnit) -> Self {
        match unit {
            AccrualUnit::Days => WorkUnit::Days,
            AccrualUnit::Hours => WorkUnit::Hours,
        }
    }
}

/// Which days count as worked. By the pattern of work: recorded time is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkCounted {
    /// Those that were worked or entitled to be paid: holidays and paid leave count, unpaid leave
    /// does not.
    Paid,
    /// Those that were worked: no holiday, no leave of any kind.
    Worked,
}

/// What there is at the beginning of the employment instead of the entitlement; what was taken then
/// is off what there is afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtFirstRule {
    /// For so many months.
    pub months: u32,
    /// What grows in them.
    pub worked: WorkedRule,
}

/// What must be so for leave to be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Requirement {
    /// Employed for longer than so many months.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employed_months_over: Option<u32>,
    /// Employed for longer than so many weeks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employed_weeks_over: Option<u32>,
    /// At least so many working days per week, by the pattern's average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_per_week_min: Option<u32>,
}

impl Requirement {
    /// Whether it asks for nothing.
    pub fn is_none(&self) -> bool {
        *self == Requirement::default()
    }
}

/// What goes over to the next cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarryRule {
    /// At most so much; none = all of it. A balance below nothing goes over whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Quantity>,
    /// It lapses so many months after the cycle's end; none = never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_after_months: Option<u32>,
}

/// What of the running cycle is there when the employment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OnLeaving {
    /// What has accrued, as it has.
    Accrued,
    /// Of the cycle's entitlement the part that its days of employment are.
    #[default]
    Prorated,
    /// By the work done in the cycle, for who was employed longer than so many months.
    Worked {
        /// How it grows.
        rule: WorkedRule,
        /// Employed for longer than so many months, else nothing.
        employed_months_over: u32,
    },
}

/// The least part of a day that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveStep {
    /// Whole days.
    Days,
    /// Half days.
    #[default]
    HalfDays,
    /// Parts of a day in minutes, whole multiples of so many.
    Minutes(u32),
}

/// When a document is needed, such as a medical certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRule {
    /// Absent for more than so many consecutive working days; 0 = always.
    pub consecutive_days_over: u32,
    /// Or absent on more than so many occasions …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occasions_over: Option<u32>,
    /// … within so many weeks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_weeks: Option<u32>,
    /// Whether it can't be approved without.
    #[serde(default)]
    pub before_approval: bool,
}

/// What must be accepted with each request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Counts up with each change of the text.
    pub version: u32,
    /// What is accepted, up to 4000 characters.
    pub text: String,
}

/// Who approves leave of more than a length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    /// Of more than so many working days.
    pub days_over: u32,
    /// Who, in which order.
    pub chain: Chain,
}

/// What a cancellation gives back after its days have lapsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LateCancel {
    /// They are given back as of when they were taken, and so lapse as they would have.
    #[default]
    RestoreThenExpire,
    /// They are given back on the day of the cancellation, for so many months from then on.
    RestoreAndExtend {
        /// How long they can be taken.
        months: u32,
    },
}

/// An entitlement per case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRule {
    /// For whom, such as `both parents employed`.
    pub applies_to: String,
    /// How long, from its first day of leave.
    pub span: CalendarSpan,
    /// Whether it's one amount for two parents: a case says which share is this member's, and where
    /// it doesn't, it's half.
    #[serde(default)]
    pub shared: bool,
    /// It may begin so many weeks before the day of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest_weeks_before: Option<u32>,
    /// Who gave birth does not work for so many weeks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_work_weeks_after: Option<u32>,
}
