//! `crowdminder tenant import`.

use std::path::PathBuf;

use clap::Args;
use commands::tenancy::import::{ARRIVING, Arrival, Arrived, load, open_doors};
use projections::registry;
use serde_json::json;

use super::{build_read_models, lifecycle};
use crate::cli::{Context, Outcome, output};

/// A tenant to be made from a file.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The export
    file: PathBuf,
    /// What its host is to begin with
    #[arg(long = "as", value_name = "SLUG")]
    slug: String,
    /// The key file that the export was written with
    #[arg(long, value_name = "FILE", conflicts_with = "without_keys")]
    key_file: Option<PathBuf>,
    /// Do without the keys of personal texts: an archive, suspended, in which they read as erased
    #[arg(long)]
    without_keys: bool,
}

pub(super) async fn run(context: &Context, command: Import) -> anyhow::Result<Outcome> {
    let lifecycle = lifecycle(context);
    let host = format!("{}.{}", command.slug, context.base_domain);
    let arrival = Arrival {
        path: &command.file,
        key_file: command.key_file.as_deref(),
        without_keys: command.without_keys,
        slug: &command.slug,
        host: &host,
    };
    let bar = output::progress(0, "events");
    let arrived = load(&lifecycle, &arrival, &registry::tables(), |done| {
        bar.set_position(done.unsigned_abs());
    })
    .await?;
    bar.finish_and_clear();
    if arrived.tenant.state == ARRIVING {
        build_read_models(context, arrived.tenant.id).await?;
    }
    open_doors(&lifecycle, &arrived).await?;
    let Arrived { tenant, log, position, root, counts, keys } = arrived;
    if context.json {
        output::document(&json!({
            "id": tenant.id, "slug": tenant.slug, "schema": tenant.id.schema(), "domain": host,
            "log": log, "position": position, "root": root, "counts": counts, "keys": keys,
        }));
    } else {
        let standing = if keys { "" } else { " (an archive, suspended)" };
        output::line(&format!("{}\t{host}: {position} events, root {root}{standing}", tenant.slug));
    }
    Ok(Outcome::Done)
}
