//! `crowdminder doctor`: what is not as it should be, and what to do about it.

use std::path::PathBuf;

use clap::Args;
use commands::bus::JetStreamOptions;
use serde_json::json;

use super::{Outcome, output};
use crate::config::File;
use crate::doctor::{Examined, look_over};
use crate::system::Place;

/// What to look at besides database, keys and files.
#[derive(Debug, Clone, Args)]
pub(crate) struct Doctor {
    /// The NATS server, where there is one
    #[arg(long, env = "CROWDMINDER_NATS_URL", hide_env_values = true)]
    nats_url: Option<String>,
    /// A credentials file for it
    #[arg(long, env = "CROWDMINDER_NATS_CREDENTIALS")]
    nats_credentials: Option<PathBuf>,
}

/// Prints every finding. It opens what it looks at by itself, since that may be what is broken.
pub(crate) async fn run(
    place: Place,
    file: &File,
    command: Doctor,
    as_json: bool,
) -> anyhow::Result<Outcome> {
    let url = command.nats_url.or(file.nats_url.clone());
    let nats = url.map(|url| JetStreamOptions {
        credentials: command.nats_credentials.or(file.nats_credentials.clone()),
        ..JetStreamOptions::new(url)
    });
    let findings = look_over(&Examined { place, nats }).await;
    for finding in &findings {
        if as_json {
            output::document(&json!({"check": finding.check, "remedy": finding.remedy}));
        } else {
            output::line(&format!("{}: {}", finding.check, finding.remedy));
        }
    }
    if findings.is_empty() && !as_json {
        output::line("all is as it should be");
    }
    Ok(if findings.is_empty() { Outcome::Done } else { Outcome::Failed })
}
