//! Budgets, estimates and progress of projects over HTTP.

mod estimates;
mod facts;
mod of_project;
mod overview;
mod progress;
mod seen;
mod shown;

pub(crate) use estimates::{
    clear as clear_estimate, clear_of_task, of_task, one as estimate, put as put_estimate,
    put_of_task,
};
pub(crate) use of_project::{change, clear, list, one, set};
pub(crate) use overview::overview;
pub(crate) use progress::progress;
