//! Clients, projects, tasks, rates and rounding rules over HTTP.

pub(crate) mod clients;
pub(crate) mod project_members;
pub(crate) mod projects;
pub(crate) mod rates;
pub(crate) mod rounding_rules;
pub(crate) mod tasks;
