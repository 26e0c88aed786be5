//! The routes of reports. What a reader of one may see in it is decided by the report.

use super::{ALL, read};
use crate::http::registry::{Route, get};
use crate::http::reports::time;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/reports/time", "reportTime", read("time", ALL), "Time by any groups", time::report)
            .from(&["time_entry", "member", "client", "project", "task", "rate", "setting"])
            .repeats(time::REPEATS)
            .then(),
    ]
}
