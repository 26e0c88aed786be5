//! Every route of the API, once: who may use it and what answers it. What is not here does not
//! exist.

mod billing;
mod budgets;
mod catalogue;
mod comfort;
mod days;
mod files;
mod leave;
mod people;
mod periods;
mod receivables;
mod reports;

use commands::tokens::{Access as To, Scope};
use domain::members::Role;

use super::leave::{holidays, leave_types};
use super::registry::{Access, Route, Site, delete, get, patch, post, put};
use super::time::{batch, entries, listed, sheets, since_approval, steps};
use super::{domains, history, imports, jobs, platform, settings};

/// Who reads what concerns all: every member, and auditors.
pub(super) const ALL: &[Role] = &[Role::Member, Role::Auditor];
/// Who works: every member, but no auditor, who changes nothing.
pub(super) const MEMBERS: &[Role] = &[Role::Member];
const MANAGERS: &[Role] = &[Role::Manager];
const MONEY: &[Role] = &[Role::Billing];
/// Who reads what is billed.
pub(super) const BOOKS: &[Role] = &[Role::Billing, Role::Auditor];
const ADMINS: &[Role] = &[Role::Admin];
/// Who reads the books' history.
const HISTORY: &[Role] = &[Role::Admin, Role::Auditor];

pub(super) const fn read(slice: &'static str, roles: &'static [Role]) -> Access {
    Access::Member { scope: Scope::Slice(slice, To::Read), roles }
}

pub(super) const fn write(slice: &'static str, roles: &'static [Role]) -> Access {
    Access::Member { scope: Scope::Slice(slice, To::Write), roles }
}

const fn events(roles: &'static [Role]) -> Access {
    Access::Member { scope: Scope::EventsRead, roles }
}

/// For tokens that may do all that their member may: a narrow one must not make a wide one.
const fn admin(roles: &'static [Role]) -> Access {
    Access::Member { scope: Scope::Admin, roles }
}

/// Every route.
pub(crate) fn routes() -> Vec<Route> {
    let of_tenants = [
        catalogue::clients_routes(),
        catalogue::rates_and_rounding(),
        catalogue::projects_routes(),
        budgets::budgets_routes(),
        time_routes(),
        comfort::timer_routes(),
        comfort::favourite_routes(),
        timesheets_routes(),
        approval_routes(),
        days::routes(),
        periods::periods_routes(),
        billing::reads(),
        billing::credit_note_reads(),
        billing::writes(),
        billing::documents(),
        billing::receivables(),
        import_routes(),
        domains::routes(),
        files::files_routes(),
        leave_routes(),
        leave::reads(),
        leave::request_routes(),
        leave::granting(),
        reports::routes(),
        receivables::routes(),
    ];
    let of_both = [
        people::routes(),
        settings_routes(),
        history_routes(),
        jobs::routes(admin(HISTORY), admin(ADMINS)),
    ];
    let of_both = of_both.into_iter().flatten().map(|route| route.on(Site::Both));
    of_tenants.into_iter().flatten().chain(of_both).chain(platform::routes::routes()).collect()
}

fn settings_routes() -> Vec<Route> {
    const S: &str = "settings";
    vec![
        get("/settings", "listSettings", read(S, ALL), "Every setting", settings::list).then(),
        get("/settings/{key}", "getSetting", read(S, ALL), "One setting", settings::one).then(),
        get(
            "/settings/{key}/history",
            "listSettingChanges",
            read(S, ALL),
            "What was done to a setting, newest first",
            settings::changes,
        )
        .pages()
        .then(),
        put(
            "/settings/{key}",
            "changeSetting",
            write(S, MEMBERS),
            "Give a setting a value, from a day on or always",
            settings::put,
        ),
        delete(
            "/settings/{key}",
            "clearSetting",
            write(S, MEMBERS),
            "Take back the value given for a day",
            settings::delete,
        ),
    ]
}

fn time_routes() -> Vec<Route> {
    const T: &str = "time";
    const ENTRIES: &[&str] = &["time_entry", "rounding_rule", "setting", "project"];
    vec![
        get("/time-entries", "listTimeEntries", read(T, ALL), "Entries of time", listed::list)
            .from(ENTRIES)
            .pages()
            .then(),
        post("/time-entries", "recordTime", write(T, MEMBERS), "Record time", entries::record),
        post(
            "/time-entries/batch",
            "recordTimeBatch",
            write(T, MEMBERS),
            "Record up to 500 entries: all or none, or each by itself",
            batch::record_batch,
        ),
        get("/time-entries/{id}", "getTimeEntry", read(T, ALL), "One entry", entries::one)
            .from(ENTRIES)
            .then(),
        patch(
            "/time-entries/{id}",
            "reviseTime",
            write(T, MEMBERS),
            "Change an entry; a day in another week moves it there",
            entries::revise,
        ),
        delete(
            "/time-entries/{id}",
            "removeTime",
            write(T, MEMBERS),
            "Take an entry back",
            entries::remove,
        ),
    ]
}

fn timesheets_routes() -> Vec<Route> {
    const T: &str = "time";
    const WEEK: &[&str] = &[
        "timesheet_week",
        "time_entry",
        "member",
        "rounding_rule",
        "setting",
        "project",
        "grant",
        "substitute",
    ];
    const LISTS: &[&str] = &[
        "timesheet_week",
        "member",
        "work_pattern",
        "leave_day",
        "leave_request",
        "grant",
        "substitute",
        "project",
    ];
    vec![
        get("/timesheets", "listTimesheets", read(T, ALL), "Members' weeks", sheets::list)
            .from(LISTS)
            .pages()
            .then(),
        get(
            "/timesheets/{member_id}/{week}",
            "getTimesheet",
            read(T, ALL),
            "One week",
            sheets::one,
        )
        .from(WEEK)
        .then(),
        get(
            "/timesheets/{member_id}/{week}/changes",
            "listTimesheetChanges",
            read(T, ALL),
            "What of a week is not what was last approved",
            since_approval::list,
        )
        .from(&["member", "grant", "substitute", "project"])
        .then(),
    ]
}

/// From asking for approval of a week to opening it again.
fn approval_routes() -> Vec<Route> {
    const T: &str = "time";
    vec![
        post(
            "/timesheets/{member_id}/{week}/submit",
            "submitTimesheet",
            write(T, MEMBERS),
            "Ask for approval of what is open or was sent back",
            steps::submit,
        ),
        post(
            "/timesheets/{member_id}/{week}/approve",
            "approveTimesheet",
            write(T, MEMBERS),
            "Approve what waits for you",
            steps::approve,
        ),
        post(
            "/timesheets/{member_id}/{week}/reject",
            "rejectTimesheet",
            write(T, MEMBERS),
            "Send back what waits for you",
            steps::reject,
        ),
        post(
            "/timesheets/{member_id}/{week}/reopen",
            "reopenTimesheet",
            write(T, MEMBERS),
            "Open again what was submitted or approved",
            steps::reopen,
        ),
    ]
}

fn leave_routes() -> Vec<Route> {
    const L: &str = "leave";
    vec![
        get("/leave-types", "listLeaveTypes", read(L, ALL), "Kinds of leave", leave_types::list)
            .from(&["leave_type"])
            .pages()
            .then(),
        post(
            "/leave-types",
            "defineLeaveType",
            write(L, ADMINS),
            "Define a kind of leave",
            leave_types::define,
        ),
        get("/leave-types/{id}", "getLeaveType", read(L, ALL), "One kind", leave_types::one)
            .from(&["leave_type"])
            .then(),
        patch(
            "/leave-types/{id}",
            "changeLeaveType",
            write(L, ADMINS),
            "Call a kind of leave otherwise, retire it or restore it",
            leave_types::change,
        ),
        get("/holidays", "listHolidays", read(L, ALL), "Holidays of some days", holidays::list)
            .from(&["holiday_calendar", "holiday"])
            .then(),
        post(
            "/holidays",
            "declareHoliday",
            write(L, ADMINS),
            "Declare a day a holiday of the firm",
            holidays::declare,
        ),
        get("/holidays/{day}", "getHoliday", read(L, ALL), "One declared day", holidays::one)
            .from(&["holiday"])
            .then(),
        delete(
            "/holidays/{day}",
            "withdrawHoliday",
            write(L, ADMINS),
            "Let a day that was declared be no holiday",
            holidays::withdraw,
        ),
    ]
}

fn import_routes() -> Vec<Route> {
    const I: &str = "import";
    vec![
        get("/imports", "listImports", read(I, HISTORY), "Every import", imports::list)
            .from(&["import"])
            .pages(),
        post(
            "/imports",
            "importFile",
            write(I, ADMINS),
            "Take over hours from another system",
            imports::add,
        ),
        get("/imports/{id}", "getImport", read(I, HISTORY), "One import", imports::one)
            .from(&["import"]),
        delete(
            "/imports/{id}",
            "removeImport",
            write(I, ADMINS),
            "Take an import back, if it is as you saw it",
            imports::remove,
        ),
    ]
}

fn history_routes() -> Vec<Route> {
    vec![
        get("/events", "listEvents", events(HISTORY), "Every event in order", history::events)
            .pages(),
        get(
            "/audit/verify",
            "verifyLog",
            events(HISTORY),
            "Recompute the log's tree and check its signed checkpoints",
            history::verify,
        ),
        get(
            "/audit/{object_id}",
            "getTimeline",
            events(HISTORY),
            "What happened to one object",
            history::timeline,
        )
        .pages(),
    ]
}
