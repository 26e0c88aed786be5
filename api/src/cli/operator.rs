//! `crowdminder operator`: who runs the service. Operators are members of the platform itself, so
//! they sign in, hold tokens and are audited like anybody else, on the base domain.

use clap::{Args, Subcommand};
use commands::Sender;
use commands::members::AddMember;
use commands::tokens::{NewToken, Scopes, issue};
use domain::id::{MemberId, TenantId};
use domain::log::{Actor, Via};
use domain::members::Role;
use serde_json::json;

use super::{Context, Outcome, output};

/// What to do with operators. To list them or take one's rights away, use the API of the base
/// domain.
#[derive(Debug, Subcommand)]
pub(crate) enum Operator {
    /// Make somebody an operator and print their API token, which is shown once
    Add(Add),
}

/// An operator to be made.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The address they sign in with
    email: String,
    /// What they are called [default: the address]
    #[arg(long)]
    name: Option<String>,
    /// What they may do: owner, admin, manager, billing, member or auditor
    #[arg(long, default_value = "admin")]
    role: Role,
}

pub(crate) async fn run(context: &Context, command: Operator) -> anyhow::Result<Outcome> {
    let Operator::Add(Add { email, name, role }) = command;
    let system = &context.system;
    let clock = system.commands.log().clock();
    let member = MemberId(clock.new_id());
    let add = AddMember {
        member,
        name: name.unwrap_or_else(|| email.clone()),
        email: Some(email),
        roles: vec![role],
        time_zone: None,
    };
    let sender = Sender::new(TenantId::PLATFORM, Actor::Operator, Via::CommandLine);
    system.commands.handle(sender, add).await?;
    let token = NewToken { id: clock.new_id(), member, scopes: Scopes::All, expires_at: None };
    let secret = issue(&system.tenants, TenantId::PLATFORM, token, clock.now()).await?;
    if context.json {
        output::document(&json!({ "member_id": member, "token": secret }));
    } else {
        output::line(&format!("operator's token, shown once: {secret}"));
    }
    Ok(Outcome::Done)
}
