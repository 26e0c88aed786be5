//! `crowdminder tenant clone`.

use clap::Args;
use commands::tenancy::clone::{Copied, Copy, Moment, copy, open_doors};
use jiff::Timestamp;
use projections::registry;
use serde_json::json;

use super::{build_read_models, lifecycle};
use crate::cli::{Context, Outcome, output};

/// A tenant to be made as another one is or was.
#[derive(Debug, Args)]
pub(crate) struct Clone {
    /// The tenant to copy
    source: String,
    /// What the host of the copy is to begin with
    slug: String,
    /// As it was at this instant, such as 2026-03-31T22:00:00Z
    #[arg(long, value_name = "INSTANT", conflicts_with = "position")]
    as_of: Option<Timestamp>,
    /// As it was at this position of its log
    #[arg(long)]
    position: Option<i64>,
}

pub(super) async fn run(context: &Context, command: Clone) -> anyhow::Result<Outcome> {
    let source = context.tenant(&command.source).await?;
    let lifecycle = lifecycle(context);
    let host = format!("{}.{}", command.slug, context.base_domain);
    let moment = match (command.as_of, command.position) {
        (Some(instant), _) => Moment::Instant(instant),
        (None, Some(position)) => Moment::Position(position),
        (None, None) => Moment::Now,
    };
    let what = Copy { source: &source, moment, slug: &command.slug, host: &host };
    let bar = output::progress(0, "events");
    let copied = copy(&lifecycle, &what, &registry::tables(), |done| {
        bar.set_position(done.unsigned_abs());
    })
    .await?;
    bar.finish_and_clear();
    build_read_models(context, copied.tenant.id).await?;
    open_doors(&lifecycle, &copied).await?;
    let Copied { tenant, position, .. } = copied;
    if context.json {
        output::document(&json!({
            "id": tenant.id, "slug": tenant.slug, "schema": tenant.id.schema(), "domain": host,
            "source": source.id, "position": position,
        }));
    } else {
        output::line(&format!(
            "{}\t{host}: {} as of position {position}",
            tenant.slug, source.slug
        ));
    }
    Ok(Outcome::Done)
}
