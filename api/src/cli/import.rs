//! `crowdminder import`: takes over hours from other systems, and takes an import back.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use commands::Sender;
use commands::import::{ImportOptions, ImportReport, run as import_file, undo as undo_import};
use domain::id::{ImportId, TenantId};
use domain::import::Format;
use domain::log::{Actor, Via};
use domain::settings::{SettingChanged, Settings, SettingsEvent};
use jiff::tz::TimeZone;
use projections::runner::catch_up;
use projections::settings::setting;

use super::{Context, Outcome, output};

/// What to import, or what to take back.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Import {
    #[command(subcommand)]
    undo: Option<Undo>,
    #[command(flatten)]
    file: Option<ImportFile>,
}

/// Taking an import back.
#[derive(Debug, Subcommand)]
enum Undo {
    /// Remove every entry of an import that no invoice holds
    Undo {
        /// The tenant
        slug: String,
        /// The import
        import_id: uuid::Uuid,
    },
}

/// A file to import.
#[derive(Debug, Args)]
struct ImportFile {
    /// The tenant
    #[arg(required = true)]
    slug: String,
    /// The export of the other system
    #[arg(required = true)]
    file: PathBuf,
    /// toggl, clockify, harvest or csv
    #[arg(long, required = true)]
    format: Format,
    /// The IANA zone of the file's local times [default: the tenant's]
    #[arg(long)]
    time_zone: Option<String>,
    /// Write nothing, and say what would be
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(context: &Context, command: Import) -> anyhow::Result<Outcome> {
    match (command.undo, command.file) {
        (Some(Undo::Undo { slug, import_id }), _) => undo(context, &slug, import_id).await,
        (None, Some(file)) => import(context, file).await,
        (None, None) => anyhow::bail!("name a tenant and a file; see `import --help`"),
    }
}

fn sender(tenant: TenantId) -> Sender {
    Sender::new(tenant, Actor::Operator, Via::Import)
}

async fn import(context: &Context, command: ImportFile) -> anyhow::Result<Outcome> {
    let system = &context.system;
    let tenant = context.tenant(&command.slug).await?;
    let bytes = std::fs::read(&command.file)
        .with_context(|| format!("reading {}", command.file.display()))?;
    let zone = match command.time_zone {
        Some(zone) => zone,
        None => tenant_zone(context, tenant.id).await?,
    };
    let bar = output::progress(0, "rows");
    let drawn = bar.clone();
    let options = ImportOptions {
        dry_run: command.dry_run,
        default_member: None,
        progress: Some(Arc::new(move |progress: commands::import::Progress| {
            drawn.set_length(progress.of as u64);
            drawn.set_position(progress.done as u64);
        })),
    };
    let report =
        import_file(&system.commands, sender(tenant.id), bytes, command.format, &zone, options)
            .await?;
    bar.finish_and_clear();
    if context.json {
        output::document(&report);
    } else {
        print(&report);
    }
    Ok(if report.skipped.is_empty() { Outcome::Done } else { Outcome::Partly })
}

fn print(report: &ImportReport) {
    let import = report.import_id.map_or_else(|| "nothing written".to_owned(), |id| id.to_string());
    output::line(&format!(
        "{import}: {} rows, {} recorded, {} duplicates, {} skipped, {} seconds ({} billable)",
        report.rows,
        report.recorded,
        report.duplicates,
        report.skipped.len(),
        report.seconds,
        report.billable_seconds
    ));
    for note in &report.skipped {
        output::line(&format!("row {} skipped: {}", note.row, note.reason));
    }
    for note in &report.warnings {
        output::line(&format!("row {}: {}", note.row, note.reason));
    }
}

/// The tenant's zone, today.
async fn tenant_zone(context: &Context, tenant: TenantId) -> anyhow::Result<String> {
    let system = &context.system;
    catch_up(&system.tenants, tenant).await?;
    let mut tx = system.tenants.begin(tenant).await?;
    let rows = setting::list(&mut tx, Some("TIME_ZONE")).await?;
    tx.commit().await?;
    let mut settings = Settings::default();
    for row in rows {
        let event = SettingChanged { key: row.name, value: row.value, from: row.from_day.0 };
        settings.evolve(&SettingsEvent::from(event));
    }
    let today = system.commands.log().clock().now().to_zoned(TimeZone::UTC).date();
    Ok(settings.time_zone(today).to_owned())
}

async fn undo(context: &Context, slug: &str, import: uuid::Uuid) -> anyhow::Result<Outcome> {
    let tenant = context.tenant(slug).await?;
    let commands = &context.system.commands;
    let report = undo_import(commands, sender(tenant.id), ImportId(import)).await?;
    if context.json {
        output::document(&report);
    } else {
        output::line(&format!(
            "{} entries removed, {} stay because an invoice holds them",
            report.removed,
            report.billed.len()
        ));
    }
    Ok(if report.complete { Outcome::Done } else { Outcome::Partly })
}
