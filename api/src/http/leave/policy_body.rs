//! The terms of a kind of leave as the API reads and shows them, part by part those of the domain.

use domain::leave::policy as of;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::amounts::{Days, Minutes, Weeks};
use crate::http::time::steps::OfficeName;

/// An amount as it's agreed on: days of the member's pattern of work as a text, or minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "LeaveQuantity")]
pub(crate) enum QuantityBody {
    Days(Days),
    Minutes(Minutes),
}

/// A length of time on the calendar: so many months, then weeks, then days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "CalendarSpan")]
pub(crate) struct SpanBody {
    pub(super) months: u32,
    pub(super) weeks: u32,
    pub(super) days: u32,
}

/// The names of a choice, one for one with the domain's.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident as $schema:literal for $of:path {
        $($(#[$variant_doc:meta])* $variant:ident),+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[schemars(rename = $schema)]
        pub(crate) enum $name { $($(#[$variant_doc])* $variant),+ }

        impl From<$name> for $of {
            fn from(name: $name) -> Self {
                match name { $($name::$variant => <$of>::$variant),+ }
            }
        }

        impl From<$of> for $name {
            fn from(of: $of) -> Self {
                match of { $(<$of>::$variant => $name::$variant),+ }
            }
        }
    };
}

names! {
    /// From which right leave comes.
    RightName as "LeaveRight" for of::Right {
        /// By law.
        Statutory,
        /// By contract or of the firm's own will.
        Contractual
    }
}

names! {
    /// What leave that grows with work is counted in.
    WorkUnitName as "LeaveWorkUnit" for of::WorkUnit {
        /// Days of leave for days of work.
        Days,
        /// Hours of leave for hours of work.
        Hours
    }
}

names! {
    /// Which days count as worked.
    CountedName as "LeaveWorkCounted" for of::WorkCounted {
        /// Those worked or entitled to be paid: holidays and paid leave, too.
        Paid,
        /// Those worked.
        Worked
    }
}

/// `amount` of leave for every `per` of work of the same unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeaveByWork")]
pub(crate) struct WorkedBody {
    pub(super) unit: WorkUnitName,
    pub(super) amount: u32,
    pub(super) per: u32,
    /// Whether only whole amounts are given.
    #[serde(default)]
    pub(super) whole: bool,
    pub(super) counts: CountedName,
}

/// The period that leave is granted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeaveCycle")]
pub(crate) struct CycleBody {
    /// 1 to 120.
    pub(super) months: u32,
    pub(super) begins: CycleStartBody,
}

/// When cycles begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "LeaveCycleStart")]
pub(crate) enum CycleStartBody {
    /// With the employment.
    Employment,
    /// On this day of the year.
    Yearly {
        /// 1 to 12.
        month: i8,
        /// 1 to 28.
        day: i8,
    },
}

/// How much leave a cycle has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "LeaveEntitlement")]
pub(crate) enum EntitlementBody {
    /// So many days of the member's pattern, such as `"15"`.
    Days(Days),
    Minutes(Minutes),
    /// The working days that fall in so many consecutive days.
    ConsecutiveDays(u32),
    /// The days worked in so many weeks, such as `"5.6"`, with at most two decimals.
    WeeksOfWork(Weeks),
    /// So many working days in a week of `week` days; in proportion in another.
    DaysOfWeek {
        days: u32,
        week: u32,
    },
    /// Days of the calendar, from the first day of the cycle.
    Calendar(SpanBody),
}

/// When leave is there to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "LeaveAccrual")]
pub(crate) enum AccrualBody {
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
    Worked(WorkedBody),
}

/// What there is at the beginning of the employment instead of the entitlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeaveAtFirst")]
pub(crate) struct AtFirstBody {
    /// For so many months.
    pub(super) months: u32,
    pub(super) worked: WorkedBody,
}

/// What must be so for leave to be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "LeaveRequirement")]
pub(crate) struct RequirementBody {
    /// Employed for longer than so many months.
    pub(super) employed_months_over: Option<u32>,
    /// Employed for longer than so many weeks.
    pub(super) employed_weeks_over: Option<u32>,
    /// At least so many working days per week, 1 to 7.
    pub(super) days_per_week_min: Option<u32>,
}

/// What goes over to the next cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeaveCarry")]
pub(crate) struct CarryBody {
    /// At most so much; left out or null = all of it.
    pub(super) cap: Option<QuantityBody>,
    /// It lapses so many months after the cycle's end; left out or null = never.
    pub(super) expires_after_months: Option<u32>,
}

/// What of the running cycle is there when the employment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "LeaveOnLeaving")]
pub(crate) enum OnLeavingBody {
    /// What has accrued.
    Accrued,
    /// The part of the entitlement that the days of employment are of the cycle.
    #[default]
    Prorated,
    /// By the work done in the cycle, for who was employed long enough.
    Worked { rule: WorkedBody, employed_months_over: u32 },
}

/// What is granted in one right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeaveGrant")]
pub(crate) struct GrantBody {
    pub(super) right: RightName,
    pub(crate) entitlement: EntitlementBody,
    pub(crate) accrual: AccrualBody,
    pub(crate) at_first: Option<AtFirstBody>,
    #[serde(default)]
    pub(crate) requires: RequirementBody,
    /// Left out or null = nothing goes over.
    pub(crate) carry: Option<CarryBody>,
    /// Whether it's paid out when the employment ends.
    #[serde(default)]
    pub(crate) payable: bool,
    #[serde(default)]
    pub(crate) on_leaving: OnLeavingBody,
}

/// The least part of a day that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "LeaveStep")]
pub(crate) enum StepBody {
    Days,
    #[default]
    HalfDays,
    /// Whole multiples of so many minutes, which divide a day.
    Minutes(u32),
}

/// When a document is needed, such as a medical certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeaveDocumentRule")]
pub(crate) struct DocumentBody {
    /// Absent for more than so many consecutive working days; 0 = each time.
    pub(super) consecutive_days_over: u32,
    /// Or absent on more than so many occasions …
    pub(super) occasions_over: Option<u32>,
    /// … within so many weeks.
    pub(super) within_weeks: Option<u32>,
    /// Whether a request can't be approved without.
    #[serde(default)]
    pub(super) before_approval: bool,
}

/// What must be accepted with each request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeaveTerms")]
pub(crate) struct TermsBody {
    /// Counts up by itself with each new text; what is given here is not looked at.
    #[serde(default)]
    pub(super) version: u32,
    pub(super) text: String,
}

/// Who approves leave of more than so many working days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeaveApprovalRule")]
pub(crate) struct ApprovalBody {
    pub(super) days_over: u32,
    /// One to four, in their order: `manager`, `line_manager`, `billing` or `admin`.
    pub(super) chain: Vec<OfficeName>,
}

/// What a cancellation gives back after its days have lapsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "LeaveLateCancel")]
pub(crate) enum LateCancelBody {
    /// As of when they were taken, so they lapse as they would have.
    #[default]
    RestoreThenExpire,
    /// On the day of the cancellation, for so many months from then on.
    RestoreAndExtend { months: u32 },
}

/// An entitlement per case, such as a birth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeaveCaseRule")]
pub(crate) struct CaseRuleBody {
    /// For whom, such as `both parents employed`.
    pub(super) applies_to: String,
    /// How long, from its first day of leave.
    pub(super) span: SpanBody,
    /// Whether it's one amount for two parents.
    #[serde(default)]
    pub(super) shared: bool,
    /// It may begin so many weeks before the day of the event.
    pub(super) earliest_weeks_before: Option<u32>,
    /// Who gave birth does not work for so many weeks after it.
    pub(super) no_work_weeks_after: Option<u32>,
}

/// The terms of a kind of leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeavePolicy")]
pub(crate) struct PolicyBody {
    pub(crate) cycle: CycleBody,
    /// At most one for each right; none = nothing is granted, or only per case.
    #[serde(default)]
    pub(crate) grants: Vec<GrantBody>,
    /// How far below nothing a balance may go; left out or null = there is no limit.
    pub(crate) overdraft: Option<QuantityBody>,
    #[serde(default)]
    pub(crate) step: StepBody,
    /// Calendar days between the day of the request and the first day of leave, at least.
    #[serde(default)]
    pub(crate) notice_days: u32,
    pub(crate) document: Option<DocumentBody>,
    pub(crate) terms: Option<TermsBody>,
    /// Of the rules whose length is passed, the last one holds; none = the member's own manager.
    #[serde(default)]
    pub(crate) approval: Vec<ApprovalBody>,
    /// Whether other leave gives its days back where this one falls into it.
    #[serde(default)]
    pub(crate) interrupts: bool,
    #[serde(default)]
    pub(crate) late_cancel: LateCancelBody,
    #[serde(default)]
    pub(crate) cases: Vec<CaseRuleBody>,
}
