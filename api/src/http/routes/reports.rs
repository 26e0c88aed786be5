//! The routes of reports. What a reader of one may see in it is decided by the report.

use super::{ALL, read};
use crate::http::registry::{Route, get};
use crate::http::reports::{billing, leave, time, utilisation};

/// Every report speaks of these.
const MODELS: &[&str] = &[
    "time_entry",
    "member",
    "client",
    "project",
    "task",
    "rate",
    "rounding_rule",
    "setting",
    "work_pattern",
    "holiday_calendar",
    "holiday",
];

/// Those, and what is billed and owed.
const BILLING: &[&str] = &[
    "time_entry",
    "member",
    "client",
    "project",
    "task",
    "rate",
    "rounding_rule",
    "setting",
    "work_pattern",
    "holiday_calendar",
    "holiday",
    "billed_entry",
    "receivable",
];

pub(super) fn routes() -> Vec<Route> {
    const T: &str = "time";
    vec![
        get("/reports/time", "reportTime", read(T, ALL), "Time by any groups", time::report)
            .from(MODELS)
            .repeats(time::REPEATS)
            .known()
            .then(),
        get(
            "/reports/utilisation",
            "reportUtilisation",
            read(T, ALL),
            "How much of what members could work was recorded and billable, by any groups",
            utilisation::report,
        )
        .from(MODELS)
        .repeats(utilisation::REPEATS)
        .known()
        .then(),
        get(
            "/reports/leave",
            "reportLeave",
            read("leave", ALL),
            "Balances of leave, what is taken, waits and lapses, and what is owed, by any groups",
            leave::report,
        )
        .from(MODELS)
        .repeats(leave::REPEATS)
        .known()
        .then(),
        get(
            "/reports/billing",
            "reportBilling",
            read("billing", ALL),
            "Unbilled time, work in progress, revenue, margin, and what clients owe",
            billing::report,
        )
        .from(BILLING)
        .repeats(billing::REPEATS)
        .known()
        .then(),
    ]
}
