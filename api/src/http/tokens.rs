//! Tokens over HTTP. Who may give whom a token: everybody themselves, an admin others, an owner
//! owners, for a token does what its member may do. A secret is shown once and never again.

use axum::http::StatusCode;
use commands::tokens::{NewToken, Scope, Scopes, TokenRecord, issue, list as list_tokens, revoke};
use domain::id::MemberId;
use domain::members::{Authority, Role};
use jiff::{SignedDuration, Timestamp};
use migrations::DoorError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::answer::Answer;
use super::body::Json;
use super::call::{About, Call};
use super::caller::state_of;
use super::cursor::Page;
use super::members::{ById, Nothing};
use super::problem::{FieldError, Problem, REPLAYED};
use super::tag::Meant;

const KIND: &str = "token";
const DAYS_MAX: u32 = 3660;

/// A token without its secret.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Token")]
pub(crate) struct TokenBody {
    id: Uuid,
    /// In whose right it's used.
    member_id: Uuid,
    /// What it may be used for; empty = all that the member may do.
    scopes: Vec<String>,
    created_at: Timestamp,
    /// Null = until it's revoked.
    expires_at: Option<Timestamp>,
    /// Since when it's of no use.
    revoked_at: Option<Timestamp>,
}

/// A token that was made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct MadeToken {
    id: Uuid,
    member_id: Uuid,
    /// The secret, shown this once; null when the same request comes again.
    token: Option<String>,
    expires_at: Option<Timestamp>,
}

/// A token to make.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTokenBody {
    /// In whose right; left out = yours.
    member_id: Option<Uuid>,
    /// What it may be used for; left out = all that the member may do.
    #[serde(default)]
    scopes: Vec<String>,
    /// For how many days; left out = until it's revoked.
    expires_in_days: Option<u32>,
}

/// Whose tokens.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Of this member; left out = yours, or everybody's for admins.
    member_id: Option<Uuid>,
}

fn shown(token: TokenRecord) -> TokenBody {
    TokenBody {
        id: token.id,
        member_id: token.member.0,
        scopes: token.scopes.names(),
        created_at: token.created_at,
        expires_at: token.expires_at,
        revoked_at: token.revoked_at,
    }
}

fn version(token: &TokenRecord) -> i64 {
    1 + i64::from(token.revoked_at.is_some())
}

/// Whether the caller looks after everybody's tokens.
fn looks_after(about: &About) -> bool {
    about.caller.may(&[Role::Admin])
}

/// `GET /tokens`.
pub(crate) async fn list(call: Call<(), Wanted>) -> Result<Answer<Page<TokenBody>>, Problem> {
    let own = call.caller.member;
    let member = match call.query.member_id.map(MemberId) {
        member if looks_after(&call) => member,
        None => Some(own),
        Some(member) if member == own => Some(own),
        Some(_) => return Err(Problem::forbidden()),
    };
    let mut tokens = list_tokens(&call.app.tenants, call.tenant.id, member).await?;
    // The latest first, so what follows is earlier.
    let key = |token: &TokenRecord| (token.created_at, token.id);
    let after: Option<(Timestamp, Uuid)> = call.after()?;
    tokens.retain(|token| after.is_none_or(|after| key(token) < after));
    Ok(call.page(tokens, key, shown))
}

async fn find(about: &About, id: Uuid) -> Result<TokenRecord, Problem> {
    let member = (!looks_after(about)).then_some(about.caller.member);
    let tokens = list_tokens(&about.app.tenants, about.tenant.id, member).await?;
    tokens.into_iter().find(|token| token.id == id).ok_or_else(Problem::not_found)
}

/// `GET /tokens/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<TokenBody>, Problem> {
    let token = find(&call, call.path.id).await?;
    let tag = call.tag((KIND, token.id), version(&token));
    Ok(call.read(shown(token)).tagged(tag))
}

/// `POST /tokens`.
pub(crate) async fn make(
    call: Call<(), Nothing, Json<NewTokenBody>>,
) -> Result<Answer<MadeToken>, Problem> {
    let NewTokenBody { member_id, scopes, expires_in_days } = &call.body.0;
    let member = member_id.map_or(call.caller.member, MemberId);
    let scopes = Scopes::of(parsed(scopes)?);
    let now = call.now();
    let expires_at = expires_in_days.map(|days| expiry(now, days)).transpose()?;
    may_act_for(&call, member).await?;
    let id = id_of_request(&call);
    let new = NewToken { id, member, scopes: scopes.clone(), expires_at };
    let made = |token, expires_at| MadeToken { id, member_id: member.0, token, expires_at };
    match issue(&call.app.tenants, call.tenant.id, new, now).await {
        Ok(secret) => {
            let answer = Answer::of(made(Some(secret), expires_at)).status(StatusCode::CREATED);
            Ok(answer.tagged(call.tag((KIND, id), 1)))
        }
        Err(DoorError::Constraint(name)) if name == "tokens_pk" => {
            let token = find(&call, id).await?;
            if (token.member, &token.scopes) != (member, &scopes) {
                return Err(commands::CommandError::KeyReused.into());
            }
            let answer = Answer::of(made(None, token.expires_at)).status(StatusCode::CREATED);
            Ok(answer.with(REPLAYED, "true".parse().expect("a word fits a header")))
        }
        Err(error) => Err(error.into()),
    }
}

fn parsed(scopes: &[String]) -> Result<Vec<Scope>, Problem> {
    let parse = |(n, text): (usize, &String)| {
        text.parse().map_err(|error: commands::tokens::ScopeError| {
            let pointer = format!("/scopes/{n}");
            Problem::malformed(vec![FieldError::new(pointer, "json.invalid", error.to_string())])
        })
    };
    scopes.iter().enumerate().map(parse).collect()
}

fn expiry(now: Timestamp, days: u32) -> Result<Timestamp, Problem> {
    let fits = (1..=DAYS_MAX).contains(&days);
    let at = now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok();
    at.filter(|_| fits).ok_or_else(|| {
        let detail = "a token holds for 1 to 3660 days";
        Problem::malformed(vec![FieldError::new("/expires_in_days", "json.invalid", detail)])
    })
}

/// Forbids a token for a member who may do what the caller may not give.
async fn may_act_for(about: &About, member: MemberId) -> Result<(), Problem> {
    let own = about.caller.member;
    if member == own {
        return Ok(());
    }
    about.must_be(&[Role::Admin])?;
    let mut tx = about.tx().await?;
    let (state, _) = state_of(&mut tx, member).await?;
    tx.commit().await?;
    state.id.ok_or_else(Problem::not_found)?;
    let caller = Authority::Member { member: own, roles: about.caller.roles.clone() };
    let grants = state.roles.iter().all(|role| caller.grants(*role));
    if grants { Ok(()) } else { Err(Problem::forbidden()) }
}

/// The same id for the same key, so that a request that comes again makes no second token.
fn id_of_request(about: &About) -> Uuid {
    let key = about.key.as_ref().map_or("", |key| key.key.as_str());
    let caller = about.caller.member.0;
    let digest = about.keys.digest("token id", &[caller.as_bytes(), key.as_bytes()]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// `DELETE /tokens/{id}`.
pub(crate) async fn delete(call: Call<ById, Nothing>) -> Result<Answer<TokenBody>, Problem> {
    let token = find(&call, call.path.id).await?;
    let object = (KIND, token.id);
    match call.meant(object) {
        Some(Meant::Any) | None => {}
        Some(Meant::Seen(seen)) if seen == version(&token) => {}
        Some(Meant::Seen(_) | Meant::Unknown) => return Err(Problem::stale()),
    }
    revoke(&call.app.tenants, call.tenant.id, token.id, call.now()).await?;
    let token = find(&call, token.id).await?;
    let tag = call.tag(object, version(&token));
    Ok(Answer::of(shown(token)).tagged(tag))
}
