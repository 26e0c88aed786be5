//! The routes of clients, rates and rounding rules, and projects with their tasks and members.

use domain::members::Role;

use super::{ALL, MANAGERS, MEMBERS, MONEY, read, write};
use crate::http::billing::missing;
use crate::http::catalogue::{clients, project_members, projects, rates, rounding_rules, tasks};
use crate::http::registry::{Route, delete, get, patch, post};

/// Who sees what is charged.
const RATES: &[Role] = &[Role::Manager, Role::Billing, Role::Auditor];

/// Who looks at a change before it's made; an auditor makes none.
const PREVIEWS: &[Role] = &[Role::Manager, Role::Billing];

pub(super) fn clients_routes() -> Vec<Route> {
    const C: &str = "catalogue";
    vec![
        get("/clients", "listClients", read(C, ALL), "Every client", clients::list)
            .from(&["client"])
            .pages()
            .then(),
        post("/clients", "addClient", write(C, MANAGERS), "Take on a client", clients::add),
        get("/clients/{id}", "getClient", read(C, ALL), "One client", clients::one)
            .from(&["client"])
            .then(),
        patch(
            "/clients/{id}",
            "changeClient",
            write(C, MEMBERS),
            "Change a client",
            clients::change,
        ),
    ]
}

pub(super) fn rates_and_rounding() -> Vec<Route> {
    const C: &str = "catalogue";
    vec![
        get("/rates", "listRates", read(C, RATES), "Rates", rates::list)
            .from(&["rate"])
            .pages()
            .then()
            .known(),
        post("/rates", "setRate", write(C, MONEY), "Set a rate", rates::set),
        post("/rates/clear", "clearRate", write(C, MONEY), "Take back a rate", rates::clear),
        post(
            "/rates/preview",
            "previewRate",
            read(C, PREVIEWS),
            "What another rate would do to unbilled time; nothing is written",
            rates::previewed,
        ),
        get(
            "/rates/missing",
            "listMissingRates",
            read(C, RATES),
            "Billable time that no rate is found for",
            missing::list,
        )
        .from(&["unbilled", "project", "client", "rate", "rounding_rule", "setting"])
        .then()
        .known(),
        get(
            "/rounding-rules",
            "listRoundingRules",
            read(C, ALL),
            "Rounding rules of clients, projects and tasks",
            rounding_rules::list,
        )
        .from(&["rounding_rule"])
        .pages()
        .then()
        .known(),
        post(
            "/rounding-rules",
            "setRoundingRule",
            write(C, MONEY),
            "Set how time is rounded for a client, a project or a task",
            rounding_rules::set,
        ),
        post(
            "/rounding-rules/clear",
            "clearRoundingRule",
            write(C, MONEY),
            "Take back a rounding rule",
            rounding_rules::clear,
        ),
        post(
            "/rounding-rules/preview",
            "previewRoundingRule",
            read(C, PREVIEWS),
            "What another rounding rule would do to unbilled time; nothing is written",
            rounding_rules::previewed,
        ),
    ]
}

pub(super) fn projects_routes() -> Vec<Route> {
    const C: &str = "catalogue";
    vec![
        get("/projects", "listProjects", read(C, ALL), "Projects", projects::list)
            .from(&["project"])
            .pages()
            .then(),
        post("/projects", "addProject", write(C, MEMBERS), "Begin a project", projects::add),
        get("/projects/{id}", "getProject", read(C, ALL), "One project", projects::one)
            .from(&["project"])
            .then(),
        patch(
            "/projects/{id}",
            "changeProject",
            write(C, MEMBERS),
            "Change a project",
            projects::change,
        ),
        get("/projects/{id}/tasks", "listTasks", read(C, ALL), "A project's tasks", tasks::list)
            .from(&["project", "task"])
            .pages()
            .then(),
        post("/projects/{id}/tasks", "addTask", write(C, MEMBERS), "Add a task", tasks::add),
        get("/projects/{id}/tasks/{task_id}", "getTask", read(C, ALL), "One task", tasks::one)
            .from(&["task"])
            .then(),
        patch(
            "/projects/{id}/tasks/{task_id}",
            "changeTask",
            write(C, MEMBERS),
            "Change a task",
            tasks::change,
        ),
        get(
            "/projects/{id}/members",
            "listProjectMembers",
            read(C, ALL),
            "Who may record time on a project; nobody named = all",
            project_members::list,
        )
        .from(&["project", "project_member"])
        .pages()
        .then(),
        post(
            "/projects/{id}/members",
            "linkProjectMember",
            write(C, MEMBERS),
            "Let a member record time on a project",
            project_members::link,
        ),
        get(
            "/projects/{id}/members/{member_id}",
            "getProjectMember",
            read(C, ALL),
            "Whether a member is linked to a project",
            project_members::one,
        )
        .from(&["project", "project_member"])
        .then(),
        delete(
            "/projects/{id}/members/{member_id}",
            "unlinkProjectMember",
            write(C, MEMBERS),
            "Let a member no longer record time on a project",
            project_members::unlink,
        ),
    ]
}
