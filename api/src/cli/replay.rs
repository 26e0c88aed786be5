//! `crowdminder replay`: rebuilds read models, checks them against the log, shows them as they
//! were.

use clap::{Args, Subcommand};
use commands::event_log::claims;
use migrations::platform::TenantRecord;
use projections::as_of::{Cut, as_of};
use projections::erased::ErasedModel;
use projections::rebuild::{Rebuilt, rebuild};
use projections::registry;
use projections::runner::catch_up;
use projections::verify::verify;
use serde_json::{Value, json};

use super::{Context, Outcome, output};

/// What to replay.
#[derive(Debug, Subcommand)]
pub(crate) enum Replay {
    /// Build read models anew from the log and swap them in, without down time
    Rebuild {
        #[command(flatten)]
        which: Which,
        /// Only this read model
        #[arg(long)]
        model: Option<String>,
        /// How many tenants at a time
        #[arg(long, default_value_t = 2)]
        jobs: usize,
    },
    /// Compare every live read model, and the claims, with a fresh fold of the log
    Verify {
        #[command(flatten)]
        which: Which,
    },
    /// Print the rows of a read model at a moment
    AsOf {
        /// The tenant
        slug: String,
        /// The read model
        model: String,
        #[command(flatten)]
        cut: CutArguments,
    },
}

/// Which tenants.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Which {
    /// The tenant
    slug: Option<String>,
    /// Every tenant
    #[arg(long)]
    all: bool,
}

/// Which moment.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct CutArguments {
    /// The log as it was at this instant, such as 2026-03-31T22:00:00Z
    #[arg(long)]
    at: Option<jiff::Timestamp>,
    /// The log up to this position
    #[arg(long)]
    position: Option<i64>,
}

pub(crate) async fn run(context: &Context, command: Replay) -> anyhow::Result<Outcome> {
    match command {
        Replay::Rebuild { which, model, jobs } => {
            let tenants = context.tenants(which.slug.as_deref()).await?;
            run_rebuild(context, tenants, model.as_deref(), jobs).await
        }
        Replay::Verify { which } => {
            let mut outcome = Outcome::Done;
            for tenant in context.tenants(which.slug.as_deref()).await? {
                if !verify_tenant(context, &tenant).await? {
                    outcome = Outcome::Failed;
                }
            }
            Ok(outcome)
        }
        Replay::AsOf { slug, model, cut } => {
            let tenant = context.tenant(&slug).await?;
            let cut = match (cut.at, cut.position) {
                (Some(instant), _) => Cut::Instant(instant),
                (None, position) => Cut::Position(position.unwrap_or_default()),
            };
            let found = as_of(&context.system.tenants, tenant.id, find(&model)?, cut).await?;
            found.rows.iter().for_each(output::document);
            Ok(Outcome::Done)
        }
    }
}

fn find(name: &str) -> anyhow::Result<&'static dyn ErasedModel> {
    registry::find(name).ok_or_else(|| {
        let names: Vec<_> = registry::all().iter().map(|model| model.name()).collect();
        anyhow::anyhow!("there is no read model {name:?}; there are {}", names.join(", "))
    })
}

async fn run_rebuild(
    context: &Context,
    tenants: Vec<TenantRecord>,
    model: Option<&str>,
    jobs: usize,
) -> anyhow::Result<Outcome> {
    use futures::StreamExt;
    let models = match model {
        Some(name) => vec![find(name)?],
        None => registry::all().to_vec(),
    };
    let bar = output::progress((tenants.len() * models.len()) as u64, "read models");
    let rebuilt: Vec<bool> = futures::stream::iter(tenants)
        .map(|tenant| {
            let (bar, models) = (&bar, &models);
            async move {
                let mut sound = true;
                for model in models {
                    let system = &context.system;
                    let outcome = rebuild(&system.tenants, tenant.id, *model, &mut |_| {}).await;
                    bar.inc(1);
                    sound &= outcome.is_ok();
                    print_rebuilt(context, &tenant.slug, model.name(), outcome);
                }
                sound
            }
        })
        .buffer_unordered(jobs.max(1))
        .collect()
        .await;
    bar.finish_and_clear();
    Ok(match rebuilt.iter().filter(|sound| !**sound).count() {
        0 => Outcome::Done,
        failed if failed == rebuilt.len() => Outcome::Failed,
        _ => Outcome::Partly,
    })
}

fn print_rebuilt(
    context: &Context,
    slug: &str,
    model: &str,
    outcome: Result<Rebuilt, projections::rebuild::RebuildError>,
) {
    match outcome {
        Ok(rebuilt) if context.json => {
            let mut document = serde_json::to_value(rebuilt).unwrap_or(Value::Null);
            document["slug"] = json!(slug);
            output::document(&document);
        }
        Ok(rebuilt) => output::line(&format!(
            "{slug}\t{model}\t{} events, {} rows, {:.2} s, {:.0} events/s",
            rebuilt.events, rebuilt.rows, rebuilt.seconds, rebuilt.events_per_second
        )),
        Err(error) if context.json => {
            output::document(&json!({"slug": slug, "model": model, "error": error.to_string()}));
        }
        Err(error) => output::line(&format!("{slug}\t{model}\tfailed: {error}")),
    }
}

/// Whether everything of a tenant equals the fold of its log.
async fn verify_tenant(context: &Context, tenant: &TenantRecord) -> anyhow::Result<bool> {
    let system = &context.system;
    // Without a worker running, what was committed last may not have been taken in yet.
    catch_up(&system.tenants, tenant.id).await?;
    let mut equal = true;
    for model in registry::all() {
        let found = verify(&system.tenants, tenant.id, *model).await?;
        let sound = found.is_equal() && found.degraded.is_none();
        equal &= sound;
        if context.json {
            let mut document = serde_json::to_value(&found)?;
            document["slug"] = json!(tenant.slug);
            document["equal"] = json!(sound);
            output::document(&document);
        } else {
            let verdict = if sound { "equal" } else { "DIFFERENT" };
            output::line(&format!(
                "{}\t{}\t{} rows at {}: {verdict}",
                tenant.slug, found.model, found.rows, found.position
            ));
            for difference in &found.differences {
                output::line(&format!("\t{}", serde_json::to_string(difference)?));
            }
        }
    }
    let claims = claims::verify(&system.tenants, &system.keys, tenant.id).await?;
    let sound = claims.differences.is_empty();
    if context.json {
        output::document(&json!({
            "slug": tenant.slug, "model": "claims", "position": claims.position,
            "rows": claims.claims, "differing": claims.differences.len(),
            "differences": claims.differences, "equal": sound,
        }));
    } else {
        let verdict = if sound { "equal" } else { "DIFFERENT" };
        output::line(&format!(
            "{}\tclaims\t{} at {}: {verdict}",
            tenant.slug, claims.claims, claims.position
        ));
    }
    Ok(equal && sound)
}
