//! The routes of budgets, estimates and progress.

use domain::members::Role;

use super::{ALL, MEMBERS, read, write};
use crate::http::budgets as b;
use crate::http::registry::{Route, delete, get, patch, post, put};

/// Who sees the budgets of all projects.
const OVERVIEW: &[Role] = &[Role::Manager, Role::Billing, Role::Auditor];
const B: &str = "budgets";
/// What a budget is measured by.
const MEASURED: &[&str] =
    &["budget", "budget_alert", "project", "project_member", "time_entry", "rate", "setting"];
const ESTIMATED: &[&str] = &["estimate", "project", "project_member", "task", "setting"];
const PROGRESS: &[&str] = &[
    "budget",
    "estimate",
    "project",
    "project_member",
    "time_entry",
    "unbilled",
    "rate",
    "setting",
];

pub(super) fn budgets_routes() -> Vec<Route> {
    [of_projects(), estimates()].into_iter().flatten().collect()
}

fn of_projects() -> Vec<Route> {
    vec![
        get("/budgets", "listBudgets", read(B, OVERVIEW), "Every budget that runs", b::overview)
            .from(MEASURED)
            .pages()
            .then(),
        get(
            "/projects/{id}/budgets",
            "listProjectBudgets",
            read(B, ALL),
            "A project's budgets and how they stand",
            b::list,
        )
        .from(MEASURED)
        .pages()
        .then(),
        post(
            "/projects/{id}/budgets",
            "setBudget",
            write(B, MEMBERS),
            "Give a project or a task a budget",
            b::set,
        ),
        get(
            "/projects/{id}/budgets/{budget_id}",
            "getBudget",
            read(B, ALL),
            "One budget with the alerts it raised",
            b::one,
        )
        .from(MEASURED)
        .then(),
        patch(
            "/projects/{id}/budgets/{budget_id}",
            "changeBudget",
            write(B, MEMBERS),
            "Give a budget other terms; another amount has alerts of its own",
            b::change,
        ),
        delete(
            "/projects/{id}/budgets/{budget_id}",
            "clearBudget",
            write(B, MEMBERS),
            "Take a budget away",
            b::clear,
        ),
        get(
            "/projects/{id}/progress",
            "getProjectProgress",
            read(B, ALL),
            "How far a project has come",
            b::progress,
        )
        .from(PROGRESS)
        .then(),
    ]
}

fn estimates() -> Vec<Route> {
    vec![
        get(
            "/projects/{id}/estimate",
            "getEstimate",
            read(B, ALL),
            "How long a project takes, and how that moved",
            b::estimate,
        )
        .from(ESTIMATED)
        .then(),
        put(
            "/projects/{id}/estimate",
            "putEstimate",
            write(B, MEMBERS),
            "Say how long a project takes in all",
            b::put_estimate,
        ),
        delete(
            "/projects/{id}/estimate",
            "clearEstimate",
            write(B, MEMBERS),
            "Have no estimate of a project",
            b::clear_estimate,
        ),
        get(
            "/projects/{id}/tasks/{task_id}/estimate",
            "getTaskEstimate",
            read(B, ALL),
            "How long a task takes, and how that moved",
            b::of_task,
        )
        .from(ESTIMATED)
        .then(),
        put(
            "/projects/{id}/tasks/{task_id}/estimate",
            "putTaskEstimate",
            write(B, MEMBERS),
            "Say how long a task takes in all",
            b::put_of_task,
        ),
        delete(
            "/projects/{id}/tasks/{task_id}/estimate",
            "clearTaskEstimate",
            write(B, MEMBERS),
            "Have no estimate of a task",
            b::clear_of_task,
        ),
    ]
}
