//! `crowdminder mail`: shows whether a tenant's mails arrive, by one that goes the whole way every
//! mail goes.

use std::time::Duration;

use clap::Subcommand;
use commands::Sender;
use commands::jobs::JobState;
use commands::mail::TestMail;
use commands::members::member_by_email;
use domain::log::{Actor, Via};

use super::jobs::{one, print};
use super::{Context, Outcome};

/// How long another worker that took the mail is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// What to do with mails.
#[derive(Debug, Subcommand)]
pub(crate) enum Mail {
    /// Send a member a mail now, and say how it went
    Test {
        /// The tenant
        slug: String,
        /// The member's e-mail address
        #[arg(long, value_name = "EMAIL")]
        to: String,
    },
}

pub(crate) async fn run(context: &Context, command: Mail) -> anyhow::Result<Outcome> {
    let Mail::Test { slug, to } = command;
    let tenant = context.tenant(&slug).await?;
    let system = &context.system;
    let member = member_by_email(&system.tenants, &system.keys, tenant.id, &to).await?;
    let Some(member) = member else {
        anyhow::bail!("{slug} has no member with the address {to}");
    };
    let engine = crate::jobs::engine(system, context.mail.clone())?;
    let sender = Sender::new(tenant.id, Actor::Operator, Via::CommandLine);
    let done = system.commands.handle(sender, TestMail { member }).await?;
    let job = done.reply.id.expect("a test mail answers with its job");
    // A server that runs beside this may have been faster; then its end is waited for.
    let ours = engine.run_job(tenant.id, job).await?;
    let ended = async {
        loop {
            let record = one(context, &tenant, job).await?;
            let under_way = match record.state {
                JobState::Running => true,
                JobState::Waiting => record.last_error.is_none() && !ours,
                JobState::Done | JobState::Dead | JobState::Cancelled => false,
            };
            if !under_way {
                return anyhow::Ok(record);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let record = tokio::time::timeout(PATIENCE, ended).await??;
    print(context, &record);
    Ok(if record.state == JobState::Done { Outcome::Done } else { Outcome::Failed })
}
