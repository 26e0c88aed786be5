//! The routes of clients, their rates, and projects with their tasks and members.

use domain::members::Role;

use super::{ALL, MANAGERS, MEMBERS, MONEY, read, write};
use crate::http::catalogue::{clients, project_members, projects, rates, tasks};
use crate::http::registry::{Route, delete, get, patch, post};

/// Who sees what is charged.
const RATES: &[Role] = &[Role::Manager, Role::Billing, Role::Auditor];

pub(super) fn clients_and_rates() -> Vec<Route> {
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
        get("/rates", "listRates", read(C, RATES), "Rates", rates::list)
            .from(&["rate"])
            .pages()
            .then(),
        post("/rates", "setRate", write(C, MONEY), "Set a rate", rates::set),
        post("/rates/clear", "clearRate", write(C, MONEY), "Take back a rate", rates::clear),
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
