//! `crowdminder jobs`: what is to be done for a tenant and what was given up. To have a job tried
//! again or called off is an event of the tenant's log, by the operator.

use clap::{Subcommand, ValueEnum};
use commands::jobs::table::{JobRecord, find, list};
use commands::jobs::{CancelJob, JobState, RetryJob};
use commands::{Command, Sender};
use domain::log::{Actor, Via};
use migrations::platform::TenantRecord;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Context, Outcome, output};

/// What to do with jobs.
#[derive(Debug, Subcommand)]
pub(crate) enum Jobs {
    /// A tenant's jobs, the latest first
    List {
        /// The tenant
        slug: String,
        /// Only those in this state
        #[arg(long, value_enum)]
        state: Option<StateArgument>,
        /// The most to show
        #[arg(long, default_value_t = 100)]
        limit: u16,
    },
    /// Have a job tried again now that waits or was given up
    Retry {
        /// The tenant
        slug: String,
        /// The job
        job: Uuid,
    },
    /// Call off a job that waits or was given up
    Cancel {
        /// The tenant
        slug: String,
        /// The job
        job: Uuid,
    },
}

/// How a job is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum StateArgument {
    /// It's to be done, or done again
    Waiting,
    /// A worker has it
    Running,
    /// It's done
    Done,
    /// It was given up
    Dead,
    /// It was called off
    Cancelled,
}

impl From<StateArgument> for JobState {
    fn from(state: StateArgument) -> Self {
        match state {
            StateArgument::Waiting => JobState::Waiting,
            StateArgument::Running => JobState::Running,
            StateArgument::Done => JobState::Done,
            StateArgument::Dead => JobState::Dead,
            StateArgument::Cancelled => JobState::Cancelled,
        }
    }
}

pub(crate) async fn run(context: &Context, command: Jobs) -> anyhow::Result<Outcome> {
    match command {
        Jobs::List { slug, state, limit } => {
            let tenant = context.tenant(&slug).await?;
            let mut tx = context.system.tenants.begin(tenant.id).await?;
            let jobs = list(&mut tx, state.map(JobState::from), None, i64::from(limit)).await?;
            tx.commit().await?;
            jobs.iter().for_each(|job| print(context, job));
        }
        Jobs::Retry { slug, job } => {
            let tenant = context.tenant(&slug).await?;
            change(context, &tenant, job, RetryJob { job }).await?;
        }
        Jobs::Cancel { slug, job } => {
            let tenant = context.tenant(&slug).await?;
            change(context, &tenant, job, CancelJob { job }).await?;
        }
    }
    Ok(Outcome::Done)
}

async fn change(
    context: &Context,
    tenant: &TenantRecord,
    job: Uuid,
    command: impl Command,
) -> anyhow::Result<()> {
    let sender = Sender::new(tenant.id, Actor::Operator, Via::CommandLine);
    context.system.commands.handle(sender, command).await?;
    print(context, &one(context, tenant, job).await?);
    Ok(())
}

/// A job as it is now.
pub(super) async fn one(
    context: &Context,
    tenant: &TenantRecord,
    job: Uuid,
) -> anyhow::Result<JobRecord> {
    let mut tx = context.system.tenants.begin(tenant.id).await?;
    let found = find(&mut tx, job).await?;
    tx.commit().await?;
    found.ok_or_else(|| anyhow::anyhow!("{} has no job {job}", tenant.slug))
}

/// Prints a job.
pub(super) fn print(context: &Context, record: &JobRecord) {
    if context.json {
        output::document(&document(record));
        return;
    }
    let JobRecord { job, state, last_error, .. } = record;
    let why = last_error.as_deref().unwrap_or("-");
    output::line(&format!(
        "{}\t{}\t{}\t{}\tdue {}\t{} attempts\t{why}",
        job.id,
        state.as_str(),
        job.kind,
        job.reference,
        job.due_at,
        job.attempt,
    ));
}

fn document(record: &JobRecord) -> Value {
    json!({
        "id": record.job.id,
        "kind": record.job.kind,
        "reference": record.job.reference,
        "state": record.state,
        "due_at": record.job.due_at,
        "attempts": record.job.attempt,
        "created_at": record.job.created_at,
        "finished_at": record.finished_at,
        "last_error": record.last_error,
    })
}
