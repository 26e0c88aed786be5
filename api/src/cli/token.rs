//! `crowdminder token`.

use clap::{Args, Subcommand};
use commands::members::member_by_email;
use commands::tokens::{NewToken, Scope, Scopes, issue};
use jiff::ToSpan;
use serde_json::json;

use super::{Context, Outcome, output};

/// What to do with access tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a bearer token for a member; it's shown once
    Create(Create),
}

/// A token to be made.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The tenant
    slug: String,
    /// The member's e-mail address
    #[arg(long, value_name = "EMAIL")]
    member: String,
    /// What it may be used for, such as time:read; none = everything the member may do
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<Scope>,
    /// Days until it ends; none = until it's revoked
    #[arg(long, value_name = "DAYS")]
    expires: Option<u16>,
}

pub(crate) async fn run(context: &Context, command: Token) -> anyhow::Result<Outcome> {
    let Token::Create(command) = command;
    let tenant = context.tenant(&command.slug).await?;
    let system = &context.system;
    let member = member_by_email(&system.tenants, &system.keys, tenant.id, &command.member).await?;
    let Some(member) = member else {
        anyhow::bail!("{} has no member with the address {}", command.slug, command.member);
    };
    let clock = system.commands.log().clock();
    let expires_at = match command.expires {
        Some(days) => Some(clock.now().checked_add((24 * i64::from(days)).hours())?),
        None => None,
    };
    let scopes = if command.scopes.is_empty() { Scopes::All } else { Scopes::of(command.scopes) };
    let id = clock.new_id();
    let token = NewToken { id, member, scopes, expires_at };
    let secret = issue(&system.tenants, tenant.id, token, clock.now()).await?;
    if context.json {
        output::document(&json!({
            "token_id": id, "member_id": member, "token": secret, "expires_at": expires_at,
        }));
    } else {
        output::line(&secret);
    }
    Ok(Outcome::Done)
}
