//! `crowdminder tenant export`.

use std::path::PathBuf;

use clap::Args;
use commands::event_log::read::head_of;
use commands::tenancy::export::{Exported, export};
use serde_json::json;

use super::lifecycle;
use crate::cli::{Context, Outcome, output};

/// A tenant to be written to a file.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The tenant
    slug: String,
    /// The file, which must not be there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The key under which the keys of personal texts are sealed, made where it's missing; without
    /// it, those texts read as erased wherever the file is imported
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

pub(super) async fn run(context: &Context, command: Export) -> anyhow::Result<Outcome> {
    let tenant = context.tenant(&command.slug).await?;
    let head = head_of(&context.system.tenants, tenant.id).await?;
    let bar = output::progress(head.unsigned_abs(), "events");
    let (out, key_file) = (&command.out, command.key_file.as_deref());
    let lifecycle = lifecycle(context);
    let exported = export(&lifecycle, &tenant, out, key_file, |done| {
        bar.set_position(done.unsigned_abs());
    })
    .await?;
    bar.finish_and_clear();
    let Exported { position, root, counts, bytes } = exported;
    if context.json {
        output::document(&json!({
            "slug": command.slug, "file": out, "bytes": bytes, "position": position, "root": root,
            "counts": counts, "keys": key_file.is_some(),
        }));
    } else {
        let (events, files) = (counts.events, counts.files);
        output::line(&format!(
            "{}: {events} events and {files} files in {bytes} bytes, root {root}",
            command.slug
        ));
    }
    Ok(Outcome::Done)
}
