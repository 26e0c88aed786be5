//! What a leave account follows from: every fact that the replay asks for, as values. Decisions and
//! answers gather them in one place, so that the balance shown is the balance enforced.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::posting::RestsOn;
use crate::country::Counts;
use crate::id::LeaveRequestId;
use crate::leave::LeaveDay;
use crate::leave::member_leave::{AgreedLeave, LeaveCase, LeaveEntry};
use crate::leave::policy::LeavePolicy;
use crate::members::WorkPattern;

/// A policy with the first day it holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DatedPolicy {
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// The terms.
    pub policy: LeavePolicy,
}

/// The policy that holds on a day, of policies ordered by the day each holds from.
pub fn policy_on(policies: &[DatedPolicy], day: Date) -> Option<&LeavePolicy> {
    let past = |dated: &&DatedPolicy| dated.from.is_none_or(|from| from <= day);
    policies.iter().rev().find(past).map(|dated| &dated.policy)
}

/// Leave that is taken, by day. Days that other leave interrupts are not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// By which request.
    pub request: LeaveRequestId,
    /// What it takes, by day.
    pub days: Vec<LeaveDay>,
    /// The day on which it was cancelled, where the account goes on as if it had been taken until
    /// then.
    pub cancelled_on: Option<Date>,
}

/// The facts of one member's account of one kind of leave.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountFacts<'a> {
    /// Which days of an absence count.
    pub counts: Counts,
    /// Its policies, ordered by the day each holds from; before the first there is none.
    pub policies: Vec<DatedPolicy>,
    /// The first day of employment; without it nothing accrues.
    pub hired_on: Option<Date>,
    /// The last day of employment, where there is one.
    pub left_on: Option<Date>,
    /// By which patterns the member works, ordered by the day each holds from.
    pub patterns: &'a [WorkPattern],
    /// The firm's holidays by day, of all days that the replay may come to.
    pub holidays: &'a BTreeMap<Date, String>,
    /// What their contract grants in place of the policy's contractual entitlement, ordered by day.
    pub agreed: &'a [AgreedLeave],
    /// What was entered by hand.
    pub entries: Vec<&'a LeaveEntry>,
    /// Cases, such as births.
    pub cases: Vec<&'a LeaveCase>,
    /// What is taken, of this kind.
    pub absences: Vec<Absence>,
    /// First and last days of unpaid leave of whatever kind.
    pub unpaid: Vec<(Date, Date)>,
    /// First and last days of any leave, paid or not: no work was done on them.
    pub away: Vec<(Date, Date)>,
    /// What all this was read from.
    pub rests_on: RestsOn,
}
