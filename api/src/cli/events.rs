//! `crowdminder events`: reads a tenant's log as it's stored, personal fields sealed.

use clap::{Args, Subcommand};
use commands::event_log::read::{StoredRow, rows_after};
use serde_json::{Value, json};

use super::{Context, Outcome, output};

/// What to read.
#[derive(Debug, Subcommand)]
pub(crate) enum Events {
    /// The last events
    Tail {
        /// The tenant
        slug: String,
        /// How many
        #[arg(long, short = 'n', default_value_t = 20)]
        lines: i64,
    },
    /// One event
    Show {
        /// The tenant
        slug: String,
        /// Its position
        position: i64,
    },
    /// Every event after a position
    Feed(Feed),
}

/// From where to read.
#[derive(Debug, Args)]
pub(crate) struct Feed {
    /// The tenant
    slug: String,
    /// The position before the first
    #[arg(long, default_value_t = 0)]
    after: i64,
    /// Stop after so many
    #[arg(long)]
    limit: Option<i64>,
}

pub(crate) async fn run(context: &Context, command: Events) -> anyhow::Result<Outcome> {
    match command {
        Events::Tail { slug, lines } => {
            let tenant = context.tenant(&slug).await?;
            let tenants = &context.system.tenants;
            let head = commands::event_log::read::head_of(tenants, tenant.id).await?;
            feed(context, &slug, (head - lines).max(0), i64::MAX).await
        }
        Events::Show { slug, position } => {
            let found = feed(context, &slug, position - 1, 1).await?;
            Ok(found)
        }
        Events::Feed(Feed { slug, after, limit }) => {
            feed(context, &slug, after, limit.unwrap_or(i64::MAX)).await
        }
    }
}

async fn feed(
    context: &Context,
    slug: &str,
    mut after: i64,
    mut limit: i64,
) -> anyhow::Result<Outcome> {
    let tenant = context.tenant(slug).await?;
    while limit > 0 {
        let mut tx = context.system.tenants.begin(tenant.id).await?;
        let rows = rows_after(&mut tx, after, limit.min(1000)).await?;
        tx.commit().await?;
        let Some(last) = rows.last() else { break };
        after = last.position;
        limit -= rows.len() as i64;
        for row in &rows {
            output::document(&shown(row)?);
        }
    }
    Ok(Outcome::Done)
}

/// The event in the shape of the feed.
fn shown(row: &StoredRow) -> anyhow::Result<Value> {
    let data: Value = serde_json::from_str(&row.payload)?;
    let metadata: Value = serde_json::from_str(&row.metadata)?;
    Ok(json!({
        "position": row.position,
        "recorded_at": row.recorded_at,
        "stream": {"type": row.stream_type, "id": row.stream, "version": row.version},
        "type": row.event_type,
        "version": row.event_version,
        "data": data,
        "actor": metadata["actor"],
        "cause": {"command_id": row.command_id, "event_id": row.event_id},
    }))
}
