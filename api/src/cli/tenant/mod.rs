//! `crowdminder tenant`.

mod clone;
mod delete;
pub(crate) mod domain;
pub(crate) mod each;
mod export;
mod import;
mod show;
mod standing;

use std::sync::Arc;

use ::domain::id::TenantId;
use ::domain::log::{Actor, Via};
use ::domain::subscription::TRIAL_PLAN;
use clap::{Args, Subcommand};
use commands::Sender;
use commands::subscription::{self, BeginSubscription};
use commands::tenancy::lifecycle::Lifecycle;
use commands::tenancy::{CreatedTenant, NewFirm, create_tenant};
use commands::tokens::{NewToken, Scopes, issue};
use projections::rebuild::rebuild;
use projections::registry;
use serde_json::json;

use crate::cli::{Context, Outcome, output};

/// What to do with tenants.
#[derive(Debug, Subcommand)]
pub(crate) enum Tenant {
    /// Make a tenant with its owner, or complete one that a run before could not
    Create(Create),
    /// Every tenant
    List,
    /// One tenant
    Show {
        /// The tenant
        slug: String,
    },
    /// Make a tenant as another one is or was
    Clone(clone::Clone),
    /// Write a tenant to one file, which can be checked without a database
    Export(export::Export),
    /// Make a tenant from such a file
    Import(import::Import),
    /// Delete a tenant, after days of grace or at once, until nothing of it is left
    Delete(delete::Delete),
    /// Stop all work of a tenant until it's resumed
    Suspend(standing::Which),
    /// Let a suspended tenant work again
    Resume(standing::Which),
    /// Give a tenant another slug or name; work on it goes on meanwhile
    Rename(standing::Rename),
    /// Hosts of a tenant's own
    #[command(subcommand)]
    Domain(domain::Domain),
    /// Run a command for one tenant
    Run(each::Run),
    /// Run a command for every tenant
    Each(each::Each),
}

impl Tenant {
    /// Whether it's about one tenant that is there.
    pub(crate) fn is_for_a_tenant(&self) -> bool {
        match self {
            Tenant::Create(_)
            | Tenant::Clone(_)
            | Tenant::Import(_)
            | Tenant::Delete(_)
            | Tenant::List
            | Tenant::Run(_)
            | Tenant::Each(_) => false,
            Tenant::Show { .. }
            | Tenant::Export(_)
            | Tenant::Suspend(_)
            | Tenant::Resume(_)
            | Tenant::Rename(_)
            | Tenant::Domain(_) => true,
        }
    }
}

/// A tenant to be made.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// What its host begins with: 2 to 40 of a-z, 0-9 and -
    slug: String,
    /// What the firm is called
    #[arg(long)]
    name: String,
    /// The address of its owner
    #[arg(long, value_name = "EMAIL")]
    owner: String,
    /// What the owner is called [default: the address]
    #[arg(long)]
    owner_name: Option<String>,
    /// ISO 3166 code, from which currency, zone and VAT follow
    #[arg(long, default_value = "ZA")]
    country: String,
    /// ISO 4217 code, instead of the country's
    #[arg(long)]
    currency: Option<String>,
    /// IANA zone, instead of the country's
    #[arg(long)]
    time_zone: Option<String>,
    /// The plan that follows on the trial of 30 days; trial = to be chosen until then
    #[arg(long, default_value = TRIAL_PLAN)]
    plan: String,
}

async fn create(context: &Context, command: Create) -> anyhow::Result<Outcome> {
    let system = &context.system;
    // Before anything is made, for a misspelt plan must not leave a firm behind.
    if subscription::plan(&system.tenants, &command.plan).await?.is_none() {
        anyhow::bail!("--plan: there is no plan {:?}; see GET /plans", command.plan);
    }
    let pack = ::domain::country::pack(&command.country);
    let currency = command.currency.clone().or(pack.map(|pack| pack.currency.clone()));
    let firm = NewFirm {
        host: format!("{}.{}", command.slug, context.base_domain),
        slug: command.slug,
        name: command.name,
        owner_name: command.owner_name.unwrap_or_else(|| command.owner.clone()),
        owner_email: command.owner,
        country: command.country,
        currency: command.currency,
        time_zone: command.time_zone,
    };
    let tables = registry::tables();
    let created = create_tenant(&system.commands, &system.platform, &tables, firm).await?;
    let begin = BeginSubscription { tenant: created.tenant, plan: command.plan, currency };
    let sender = Sender::new(TenantId::PLATFORM, Actor::Operator, Via::CommandLine);
    system.commands.handle(sender, begin).await?;
    let clock = system.commands.log().clock();
    let token = NewToken {
        id: clock.new_id(),
        member: created.owner,
        scopes: Scopes::All,
        expires_at: None,
    };
    let secret = issue(&system.tenants, created.tenant, token, clock.now()).await?;
    let CreatedTenant { tenant, slug, schema, domain, owner } = created;
    if context.json {
        output::document(&json!({
            "tenant": {"id": tenant, "slug": slug, "schema": schema, "domain": domain},
            "owner": {"member_id": owner, "token": secret},
        }));
    } else {
        output::line(&format!("{slug}\t{domain}\nowner's token, shown once: {secret}"));
    }
    Ok(Outcome::Done)
}

pub(crate) async fn run(context: &Arc<Context>, command: Tenant) -> anyhow::Result<Outcome> {
    match command {
        Tenant::Create(command) => create(context, command).await,
        Tenant::Clone(command) => clone::run(context, command).await,
        Tenant::Export(command) => export::run(context, command).await,
        Tenant::Import(command) => import::run(context, command).await,
        Tenant::Delete(command) => delete::run(context, command).await,
        Tenant::List => show::list(context).await,
        Tenant::Show { slug } => show::show(context, &slug).await,
        Tenant::Suspend(which) => standing::suspend(context, which).await,
        Tenant::Resume(which) => standing::resume(context, which).await,
        Tenant::Rename(command) => standing::run_rename(context, command).await,
        Tenant::Domain(command) => domain::run(context, command).await,
        Tenant::Run(command) => each::run(context, command).await,
        Tenant::Each(command) => each::each(context, command).await,
    }
}

/// What an operator at the command line makes, copies and ends tenants with.
fn lifecycle(context: &Context) -> Lifecycle<'_> {
    let system = &context.system;
    Lifecycle {
        commands: &system.commands,
        platform: &system.platform,
        signer: &system.signer,
        files: &system.files,
        actor: Actor::Operator,
        via: Via::CommandLine,
    }
}

/// Builds every read model of a tenant whose log has arrived, anew each time it's asked.
async fn build_read_models(context: &Context, tenant: TenantId) -> anyhow::Result<()> {
    let bar = output::progress(registry::all().len() as u64, "read models");
    for model in registry::all() {
        rebuild(&context.system.tenants, tenant, *model, &mut |_| {}).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}
