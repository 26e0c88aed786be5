//! `crowdminder demo`: two firms with a year of history in a private database, served.

use std::path::Path;

use anyhow::Context as _;
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use super::serve::{Serve, print_ready};
use super::{Context, Outcome, output, serve};
use crate::demo::{DemoTenant, operator, prepare};

/// The file that marks a data directory as the demo's, so that no other is ever emptied.
const MARK: &str = "demo";

/// How to show the demo.
#[derive(Debug, Clone, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    serve: Serve,
    /// Begin anew: empty the demo's data directory first
    #[arg(long)]
    pub(crate) reset: bool,
    /// Another seed tells another year
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The day after the year's last [default: today]
    #[arg(long)]
    today: Option<Date>,
}

/// Empties the data directory of an earlier demo, and marks a new one. Before the database is
/// reached.
pub(crate) fn make_room(data_dir: &Path, reset: bool) -> anyhow::Result<()> {
    let mark = data_dir.join(MARK);
    if reset && data_dir.exists() {
        if !mark.exists() {
            anyhow::bail!(
                "{} is not the demo's: it is not emptied; name another with --data-dir",
                data_dir.display()
            );
        }
        for name in ["postgres", "keys", "checkpoints", "mail", "files"] {
            let path = data_dir.join(name);
            if path.exists() {
                std::fs::remove_dir_all(&path)
                    .with_context(|| format!("emptying {}", path.display()))?;
            }
        }
    }
    std::fs::create_dir_all(data_dir)?;
    if !data_dir.join("postgres").exists() {
        std::fs::write(&mark, "made by `crowdminder demo`; --reset empties this directory\n")?;
    }
    Ok(())
}

pub(crate) async fn run(context: &Context, command: Demo) -> anyhow::Result<Outcome> {
    let Context { system, base_domain, json, .. } = context;
    let now = system.commands.log().clock().now();
    let today = command.today.unwrap_or_else(|| now.to_zoned(TimeZone::UTC).date());
    let tenants = prepare(system, base_domain, command.seed, today, |what| {
        tracing::info!("{what}");
    })
    .await?;
    let operator = operator(system).await?;
    serve::run(context, command.serve, |address| {
        let port = address.port();
        let url = format!("http://{base_domain}:{port}");
        let tenants = tenants.into_iter().map(|mut tenant| {
            tenant.sign_in = format!("http://{}:{port}{}", tenant.host, tenant.sign_in);
            tenant
        });
        let tenants: Vec<DemoTenant> = tenants.collect();
        if *json {
            let operator = json!({"host": base_domain, "token": operator});
            output::document(&json!({"url": url, "tenants": tenants, "operator": operator}));
        } else {
            tenants.iter().for_each(|tenant| print(tenant, port));
            output::line(&format!("the service itself: {url}/api/v1\n    operator {operator}"));
        }
        print_ready(address);
    })
    .await
}

fn print(tenant: &DemoTenant, port: u16) {
    output::line(&format!("{}: http://{}:{port}/api/v1", tenant.slug, tenant.host));
    for (role, token) in &tenant.tokens {
        output::line(&format!("    {role:<8} {token}"));
    }
    output::line(&format!("    sign in  {}", tenant.sign_in));
}
