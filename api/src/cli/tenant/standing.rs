//! `crowdminder tenant suspend`, `resume` and `rename`: what an operator does to a tenant as a whole.
//! Each is an event of the platform's log.

use clap::Args;
use commands::tenancy::operations::change;
use commands::tenancy::rename::rename;
use commands::tenancy::resume::ResumeTenant;
use commands::tenancy::suspend::SuspendTenant;
use commands::{CommandError, Done, Sender};
use domain::id::TenantId;
use domain::log::{Actor, Via};

use crate::cli::{Context, Outcome};

/// Which tenant, and why.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The tenant
    slug: String,
    /// Why, for those who read the log
    #[arg(long)]
    reason: Option<String>,
}

/// What a tenant is to be called.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Rename {
    /// The tenant
    slug: String,
    /// What its host begins with from now on; its former host goes on leading to it until it's
    /// removed with `tenant domain remove`
    #[arg(long = "slug", id = "new_slug", value_name = "NEW", required_unless_present = "name")]
    new_slug: Option<String>,
    /// What the firm is called from now on
    #[arg(long)]
    name: Option<String>,
    /// Why, for those who read the log
    #[arg(long)]
    reason: Option<String>,
}

/// Who sends what an operator does at the command line.
pub(super) fn operator(reason: Option<String>) -> Sender {
    let sender = Sender::new(TenantId::PLATFORM, Actor::Operator, Via::CommandLine);
    Sender { reason, ..sender }
}

pub(super) async fn suspend(context: &Context, which: Which) -> anyhow::Result<Outcome> {
    let tenant = context.tenant(&which.slug).await?;
    let command = SuspendTenant { tenant: tenant.id };
    let (commands, platform) = (&context.system.commands, &context.system.platform);
    let done = change(commands, platform, operator(which.reason), &tenant, command).await;
    told(context, &which.slug, done).await
}

pub(super) async fn resume(context: &Context, which: Which) -> anyhow::Result<Outcome> {
    let tenant = context.tenant(&which.slug).await?;
    let command = ResumeTenant { tenant: tenant.id };
    let (commands, platform) = (&context.system.commands, &context.system.platform);
    let done = change(commands, platform, operator(which.reason), &tenant, command).await;
    told(context, &which.slug, done).await
}

pub(super) async fn run_rename(context: &Context, command: Rename) -> anyhow::Result<Outcome> {
    let Rename { slug, new_slug, name, reason } = command;
    let tenant = context.tenant(&slug).await?;
    let (commands, platform) = (&context.system.commands, &context.system.platform);
    let now = new_slug.clone().unwrap_or(slug);
    let done = rename(commands, platform, operator(reason), &tenant, (new_slug, name)).await;
    told(context, &now, done).await
}

/// Shows the tenant as it is now.
async fn told(
    context: &Context,
    slug: &str,
    done: Result<Done, CommandError>,
) -> anyhow::Result<Outcome> {
    done?;
    super::show::show(context, slug).await
}
