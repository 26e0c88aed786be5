//! `crowdminder tenant delete`.

use clap::Args;
use commands::tenancy::delete::{Step, destroy, due, request};
use domain::id::TenantId;
use jiff::SignedDuration;
use migrations::keys::hex;
use serde_json::json;

use super::lifecycle;
use crate::cli::{Context, Outcome, output};

/// A tenant to be deleted.
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The tenant
    #[arg(required_unless_present = "due")]
    slug: Option<String>,
    /// Its slug once more
    #[arg(long, value_name = "SLUG", required_unless_present = "due")]
    confirm: Option<String>,
    /// For how many days it can be had back by `tenant resume`
    #[arg(long, value_name = "DAYS", default_value_t = 30,
        value_parser = clap::value_parser!(u16).range(0..=3650))]
    grace: u16,
    /// Without days of grace
    #[arg(long, conflicts_with = "grace")]
    now: bool,
    /// Destroy every tenant whose days of grace are over, and complete what was cut off
    #[arg(long, conflicts_with_all = ["slug", "confirm", "grace", "now"])]
    due: bool,
}

pub(super) async fn run(context: &Context, command: Delete) -> anyhow::Result<Outcome> {
    let lifecycle = lifecycle(context);
    let now = context.system.commands.log().clock().now();
    let Some(slug) = command.slug else {
        let deletions = due(&lifecycle, now).await?;
        let mut failed = 0;
        for deletion in &deletions {
            if let Err(error) = destroyed(context, deletion.tenant).await {
                failed += 1;
                output::error(&error);
            }
        }
        return Ok(match failed {
            0 => Outcome::Done,
            failed if failed == deletions.len() => Outcome::Failed,
            _ => Outcome::Partly,
        });
    };
    let tenant = context.tenant(&slug).await?;
    if command.confirm.as_deref() != Some(&slug) {
        anyhow::bail!("--confirm must be the slug once more: {slug}");
    }
    let days = if command.now { 0 } else { i64::from(command.grace) };
    let due_at = now + SignedDuration::from_hours(24 * days);
    request(&lifecycle, &tenant, due_at).await?;
    if command.now {
        destroyed(context, tenant.id).await?;
    } else if context.json {
        output::document(&json!({"slug": slug, "id": tenant.id, "due_at": due_at}));
    } else {
        output::line(&format!("{slug}\tcan be had back until {due_at} by `tenant resume {slug}`"));
    }
    Ok(Outcome::Done)
}

async fn destroyed(context: &Context, tenant: TenantId) -> anyhow::Result<()> {
    let bar = output::progress(0, "tables left");
    let head = destroy(&lifecycle(context), tenant, |step| match step {
        Step::Locked => {}
        Step::Tables(left) => bar.set_position(left as u64),
    })
    .await?;
    bar.finish_and_clear();
    let (position, root) = (head.position, hex(&head.root));
    if context.json {
        output::document(&json!({
            "id": tenant, "deleted": true, "log": head.log, "position": position, "root": root,
        }));
    } else {
        output::line(&format!("{tenant}\tnothing is left; its log ended at {position}, {root}"));
    }
    Ok(())
}
