//! Clients, projects, tasks and rates over HTTP.

pub(crate) mod clients;
pub(crate) mod project_members;
pub(crate) mod projects;
pub(crate) mod rates;
pub(crate) mod tasks;
