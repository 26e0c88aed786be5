//! What can happen to the kinds of leave of a firm and to its holidays. Holidays that follow from a
//! country's law are computed, never stored: the log holds which law, in which version.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::policy::LeavePolicy;
use crate::country::{Counts, ShownIn};
use crate::id::LeaveTypeId;

/// Where a kind of leave comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRef {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The version of the pack then.
    pub version: u32,
}

/// There is a kind of leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveTypeDefined {
    /// The kind.
    pub leave_type: LeaveTypeId,
    /// Its stable name; one kind per code. That of a pack finds what law says of it.
    pub code: String,
    /// What it's called.
    pub name: String,
    /// Whether the employer pays for it.
    pub paid: bool,
    /// How amounts of it are shown; they are held in minutes.
    pub shown_in: ShownIn,
    /// Which days of an absence it takes.
    pub counts: Counts,
    /// The pack it comes from; none where the firm made it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<PackRef>,
}

/// A kind of leave is called otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveTypeRenamed {
    /// The kind.
    pub leave_type: LeaveTypeId,
    /// The new name.
    pub name: String,
}

/// No more leave of this kind is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveTypeRetired {
    /// The kind.
    pub leave_type: LeaveTypeId,
}

/// Leave of this kind is asked for again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveTypeRestored {
    /// The kind.
    pub leave_type: LeaveTypeId,
}

/// From a day on a kind of leave has these terms, until the day of the next ones; those of the same
/// day are replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeavePolicySet {
    /// The kind.
    pub leave_type: LeaveTypeId,
    /// The first day; none = from always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The terms.
    pub policy: LeavePolicy,
}

/// The firm's own terms of a day hold no more; those before them, or the law's, do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeavePolicyCleared {
    /// The kind.
    pub leave_type: LeaveTypeId,
    /// The first day of the terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
}

crate::event_family! {
    /// The events of a kind of leave.
    LeaveTypeEvent {
        /// It's there.
        LeaveTypeDefined = 1,
        /// Another name.
        LeaveTypeRenamed = 1,
        /// No more of it.
        LeaveTypeRetired = 1,
        /// More of it.
        LeaveTypeRestored = 1,
        /// Terms.
        LeavePolicySet = 1,
        /// None of its own.
        LeavePolicyCleared = 1,
    }
}

/// The firm keeps the public holidays of a country and region from a day on, until the day of the
/// next adoption; one of the same day takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolidayCalendarAdopted {
    /// ISO 3166-1 alpha-2; none = no country's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The region's code; none = what holds everywhere in the country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The version of the country's pack whose rules hold; 0 = there was no pack of it.
    pub pack_version: u32,
    /// The first day; none = from always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
}

/// A day is a holiday for this firm: by a decree that no pack knows yet, or by its own will.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolidayDeclared {
    /// The day.
    pub day: Date,
    /// What it's called.
    pub name: String,
}

/// A day that the firm had declared is no holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolidayWithdrawn {
    /// The day.
    pub day: Date,
}

crate::event_family! {
    /// The events of a firm's calendar of holidays.
    HolidayEvent {
        /// A country's holidays, from a day on.
        HolidayCalendarAdopted = 1,
        /// A day of its own.
        HolidayDeclared = 1,
        /// No longer.
        HolidayWithdrawn = 1,
    }
}
