//! The routes of what is shown by day and month: calendars, grids, progress and utilisation.

use super::{ALL, read};
use crate::http::registry::{Route, get};
use crate::http::time::{calendar, days, grid, progress, utilisation};

pub(super) fn routes() -> Vec<Route> {
    const T: &str = "time";
    vec![
        get(
            "/calendar/{member_id}/{month}",
            "getCalendar",
            read(T, ALL),
            "A member's month by day: kinds of days, what is due and what was recorded",
            calendar::month,
        )
        .from(days::MODELS)
        .then(),
        get(
            "/timesheets/{member_id}/{week}/grid",
            "getTimesheetGrid",
            read(T, ALL),
            "A member's week as rows of work by days",
            grid::grid,
        )
        .from(days::MODELS)
        .then(),
        get(
            "/progress/{member_id}/{month}",
            "getProgress",
            read(T, ALL),
            "How far a member has come in a month, against what is due",
            progress::progress,
        )
        .from(days::MODELS)
        .then(),
        get(
            "/utilisation",
            "getUtilisation",
            read(T, ALL),
            "The billable share of what could be worked, by member, month, project or client",
            utilisation::list,
        )
        .from(utilisation::MODELS)
        .then(),
    ]
}
