//! `crowdminder doctor`.

use migrations::doctor::examine;
use serde_json::json;

use super::{Context, Outcome, output};

pub(crate) async fn run(context: &Context) -> anyhow::Result<Outcome> {
    let findings = examine(context.system.tenants.cell()).await?;
    for finding in &findings {
        if context.json {
            output::document(&json!({"check": finding.check, "remedy": finding.remedy}));
        } else {
            output::line(&format!("{}: {}", finding.check, finding.remedy));
        }
    }
    if findings.is_empty() && !context.json {
        output::line("all is as it should be");
    }
    Ok(if findings.is_empty() { Outcome::Done } else { Outcome::Failed })
}
