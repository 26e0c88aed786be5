//! `crowdminder audit`: is the log what was appended?

use clap::Subcommand;
use commands::event_log::audit::verify;
use migrations::keys::hex;
use serde_json::json;

use super::{Context, Outcome, output};

/// What to check.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Recompute every leaf and the root, and check the signed checkpoints
    Verify {
        /// The tenant
        slug: String,
    },
}

pub(crate) async fn run(context: &Context, command: Audit) -> anyhow::Result<Outcome> {
    let Audit::Verify { slug } = command;
    let tenant = context.tenant(&slug).await?;
    let system = &context.system;
    let head = commands::event_log::read::head_of(&system.tenants, tenant.id).await?;
    let bar = output::progress(head.unsigned_abs(), "events");
    let found = verify(&system.tenants, tenant.id, &system.signer, |done| {
        bar.set_position(done.unsigned_abs());
    })
    .await?;
    bar.finish_and_clear();
    let fault = found.fault.as_ref().map(ToString::to_string);
    if context.json {
        output::document(&json!({
            "slug": slug,
            "events": found.events,
            "root": hex(&found.root),
            "checkpoints": found.checkpoints,
            "ok": fault.is_none(),
            "fault": fault,
        }));
    } else {
        let verdict = fault.clone().unwrap_or_else(|| "ok".to_owned());
        output::line(&format!(
            "{slug}: {} events, root {}, {} signed checkpoints: {verdict}",
            found.events,
            hex(&found.root),
            found.checkpoints
        ));
    }
    Ok(if fault.is_none() { Outcome::Done } else { Outcome::Failed })
}
