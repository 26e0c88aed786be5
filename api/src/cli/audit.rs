//! `crowdminder audit`: is the log what was appended?

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use commands::event_log::audit::verify;
use commands::tenancy::export_file::{ExportFile, ExportFileError};
use migrations::keys::hex;
use serde_json::{Value, json};

use super::{Context, Outcome, output};

/// What to check.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Recompute every leaf and the root, and check the signed checkpoints
    Verify(Verify),
}

/// A log in the database, or in a file.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The tenant
    #[arg(required_unless_present = "file")]
    slug: Option<String>,
    /// An export, which is checked without a database and without a network
    #[arg(long, value_name = "EXPORT", conflicts_with = "slug")]
    pub(crate) file: Option<PathBuf>,
    /// The key that must have signed the export, by its id
    #[arg(long, value_name = "ID", requires = "file")]
    pub(crate) key_id: Option<String>,
}

pub(crate) async fn run(context: &Context, command: Audit) -> anyhow::Result<Outcome> {
    let Audit::Verify(Verify { slug, .. }) = command;
    let slug = slug.unwrap_or_default();
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
    let sound = fault.is_none();
    if context.json {
        output::document(&json!({
            "slug": slug,
            "events": found.events,
            "root": hex(&found.root),
            "checkpoints": found.checkpoints,
            "ok": sound,
            "fault": fault,
        }));
    } else {
        let verdict = fault.unwrap_or_else(|| "ok".to_owned());
        output::line(&format!(
            "{slug}: {} events, root {}, {} signed checkpoints: {verdict}",
            found.events,
            hex(&found.root),
            found.checkpoints
        ));
    }
    Ok(if sound { Outcome::Done } else { Outcome::Failed })
}

/// Checks an export with nothing but the file.
pub(crate) fn verify_file(
    path: &Path,
    key_id: Option<&str>,
    json: bool,
) -> anyhow::Result<Outcome> {
    let mut document = json!({"file": path, "ok": false});
    let fault = match check_file(path, key_id, &mut document) {
        Ok(fault) => fault,
        Err(ExportFileError::Fault(fault)) => Some(fault.to_string()),
        Err(error) => return Err(error.into()),
    };
    document["fault"] = json!(fault);
    document["ok"] = json!(fault.is_none());
    if json {
        output::document(&document);
    } else {
        let name = path.display();
        let verdict = fault.as_deref().unwrap_or("ok");
        let text = |key: &str| match &document[key] {
            Value::String(text) => text.clone(),
            Value::Null => "-".to_owned(),
            value => value.to_string(),
        };
        output::line(&format!(
            "{name}: tenant {}, {} events, root {}, {} signed checkpoints, signed by {}: {verdict}",
            text("slug"),
            text("events"),
            text("root"),
            text("checkpoints"),
            text("key_id"),
        ));
    }
    Ok(if fault.is_none() { Outcome::Done } else { Outcome::Failed })
}

fn check_file(
    path: &Path,
    key_id: Option<&str>,
    document: &mut Value,
) -> Result<Option<String>, ExportFileError> {
    let mut export = ExportFile::open(path)?;
    document["slug"] = json!(export.manifest.tenant.slug);
    document["key_id"] = json!(export.key_id());
    if let Some(expected) = key_id.filter(|expected| *expected != export.key_id()) {
        return Ok(Some(format!("signed by {}, not by {expected}", export.key_id())));
    }
    let bar = output::progress(export.manifest.counts.events, "events");
    let found = export.check(|done| bar.set_position(done.unsigned_abs()))?;
    bar.finish_and_clear();
    document["events"] = json!(found.events);
    document["root"] = json!(hex(&found.root));
    document["checkpoints"] = json!(found.checkpoints);
    document["files"] = json!(export.manifest.counts.files);
    Ok(found.fault.map(|fault| fault.to_string()))
}
