//! `crowdminder people`: takes in the people of a firm from a file, and asks them to register.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use commands::Sender;
use commands::members::{
    InviteMember, PeopleOptions, PeopleReport, import_people, member_by_email,
};
use domain::log::{Actor, Via};
use serde_json::json;

use super::{Context, Outcome, output};

/// What to do with people.
#[derive(Debug, Subcommand)]
pub(crate) enum People {
    /// Make the people of a CSV file members; whoever is there already is left as they are
    Import(Import),
    /// Mail a member an invitation, once more where they had one
    Invite {
        /// The tenant
        slug: String,
        /// The member's address
        email: String,
    },
}

/// A file of people.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The tenant
    slug: String,
    /// A CSV file with the columns name, email, roles, time_zone, manager_email, hired_on
    file: PathBuf,
    /// Write nothing, and say what would be
    #[arg(long)]
    dry_run: bool,
    /// Mail an invitation to everybody who is added and has an address
    #[arg(long)]
    invite: bool,
}

pub(crate) async fn run(context: &Context, command: People) -> anyhow::Result<Outcome> {
    match command {
        People::Import(command) => import(context, command).await,
        People::Invite { slug, email } => invite(context, &slug, &email).await,
    }
}

async fn import(context: &Context, command: Import) -> anyhow::Result<Outcome> {
    let Import { slug, file, dry_run, invite } = command;
    let tenant = context.tenant(&slug).await?;
    let bytes = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    let sender = Sender::new(tenant.id, Actor::Operator, Via::Import);
    let options = PeopleOptions { dry_run, invite };
    let report = import_people(&context.system.commands, sender, &bytes, options).await?;
    if context.json {
        output::document(&report);
    } else {
        print(&report, dry_run);
    }
    Ok(if report.skipped.is_empty() { Outcome::Done } else { Outcome::Partly })
}

fn print(report: &PeopleReport, dry_run: bool) {
    let PeopleReport { rows, added, invited, duplicates, skipped, warnings, ignored_columns } =
        report;
    let would = if dry_run { "nothing written: " } else { "" };
    output::line(&format!(
        "{would}{rows} rows, {added} added, {invited} invited, {duplicates} duplicates, {} skipped",
        skipped.len()
    ));
    for note in skipped {
        output::line(&format!("row {} skipped: {}", note.row, note.reason));
    }
    for note in warnings {
        output::line(&format!("row {}: {}", note.row, note.reason));
    }
    if !ignored_columns.is_empty() {
        output::line(&format!("columns not used: {}", ignored_columns.join(", ")));
    }
}

async fn invite(context: &Context, slug: &str, email: &str) -> anyhow::Result<Outcome> {
    let tenant = context.tenant(slug).await?;
    let system = &context.system;
    let found = member_by_email(&system.tenants, &system.keys, tenant.id, email).await?;
    let Some(member) = found else {
        anyhow::bail!("{slug} has no member with the address {email}");
    };
    let sender = Sender::new(tenant.id, Actor::Operator, Via::CommandLine);
    let command = InviteMember { member, expected_version: None };
    system.commands.handle(sender, command).await?;
    if context.json {
        output::document(&json!({ "member_id": member }));
    } else {
        output::line("an invitation is on its way");
    }
    Ok(Outcome::Done)
}
