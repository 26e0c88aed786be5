//! Who sends the commands of a job: the program itself, under the job's id as idempotency key, so
//! that however often a job is tried, what it writes is written once.

use domain::id::TenantId;
use domain::log::{Actor, Via};

use super::Job;
use crate::handle::{IdempotencyKey, Sender};

/// What stands for the route in the keys of jobs.
const ROUTE: &str = "job";

impl Sender {
    /// The program itself, doing a job. The job's id is the idempotency key, so what it sends is
    /// written once, however often the job is tried; where it sends several commands, each but the
    /// first is to be a `part`.
    pub fn of_job(tenant: TenantId, job: &Job) -> Self {
        let key = job.id.to_string();
        Sender {
            key: Some(IdempotencyKey { route: ROUTE.into(), key, request: Vec::new() }),
            correlation: Some(job.id),
            ..Sender::new(tenant, Actor::System, Via::Job)
        }
    }

    /// The same for another of several commands of one request or job, told apart by `part`.
    pub fn part(mut self, part: &str) -> Self {
        if let Some(key) = &mut self.key {
            key.key = format!("{} {part}", key.key);
        }
        self
    }
}
