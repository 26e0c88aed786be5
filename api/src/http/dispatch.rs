//! From a request to a call, in one order for every route: host, credentials, rights, path, query,
//! headers, body, freshness. The same order for a foreign id and an unknown one, so that neither
//! status nor time tells them apart.

use std::time::Duration;

use axum::RequestPartsExt;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use commands::IdempotencyKey;
use domain::log::{Origin, Via};
use migrations::platform::TenantRecord;
use serde::de::DeserializeOwned;

use super::App;
use super::body::{Carried, collect, too_large};
use super::call::{About, Call};
use super::caller::{self, Caller};
use super::edge::TraceId;
use super::host::{MENTIONING_KEYS, agrees, tenant_of};
use super::incoming::Incoming;
use super::moment::{Moment, Preferences, cut, fresh_enough};
use super::problem::{FieldError, Problem};
use super::query::{self, Understands};
use super::registry::{Access, Method, Rule};
use super::server::Peer;
use super::standing;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest key, in bytes.
const KEY_MAX: usize = 255;
/// What is kept of the name of an agent, in bytes.
const AGENT_MAX: usize = 300;

/// Understands a request for the route of this rule.
pub(crate) async fn call<P, Q, B>(
    app: &App,
    rule: &Rule,
    request: Request,
) -> Result<Call<P, Q, B>, Problem>
where
    P: DeserializeOwned + Send + 'static,
    Q: DeserializeOwned,
    B: Carried,
{
    let (mut parts, body) = request.into_parts();
    let (host, mut about) = understand(app, rule, &parts).await?;
    // An id that does not have the form of one is as unknown as any other.
    let Path(path) = parts.extract::<Path<P>>().await.map_err(|_| Problem::not_found())?;
    let query = query::own(&about.asked.own)?;
    let limit = limit_of(app, rule, &parts)?;
    let patience = app.limits.body_patience;
    let (bytes, incoming) = if B::STREAMS {
        (Bytes::new(), Some(Incoming::new(body, limit, patience)))
    } else {
        (carried(rule, body, limit, patience).await?, None)
    };
    about.key = key_of(rule, &parts, &bytes)?;
    if rule.method.needs_match() && !parts.headers.contains_key(header::IF_MATCH) {
        let detail = "say which version this is meant for: If-Match with the ETag you saw";
        let required = StatusCode::PRECONDITION_REQUIRED;
        return Err(Problem::new(required, "precondition.required", detail));
    }
    let body = match incoming {
        Some(incoming) => B::stream(&parts.headers, incoming)?,
        None => B::read(&parts.headers, &bytes).map_err(|problem| {
            let mentions = mentions_another(&about.tenant, &host, &bytes);
            if mentions { Problem::not_found() } else { problem }
        })?,
    };
    if !rule.writes() {
        freshen(&mut about, rule.reads).await?;
    }
    Ok(Call { path, query, body, about })
}

/// Whose request it is, in which tenant, and whether they may; and its query.
async fn understand(app: &App, rule: &Rule, parts: &Parts) -> Result<(String, About), Problem> {
    let (host, tenant) = tenant_of(&app.platform, parts).await?;
    tracing::Span::current().record("tenant", tracing::field::display(tenant.id));
    if !rule.site.has(tenant.id) {
        return Err(Problem::not_found());
    }
    let keys = app.keys.of(tenant.id).await?;
    let caller = match rule.access {
        Access::Open => {
            app.visitors.let_in(parts.extensions.get::<Peer>())?;
            Caller::nobody()
        }
        Access::Member { .. } => caller::authenticate(app, &tenant, &parts.headers).await?,
    };
    standing::check(&tenant.state, rule, &caller)?;
    caller.check(rule.access)?;
    let understands = Understands {
        min_position: !rule.writes(),
        as_of: rule.as_of,
        known_at: rule.known_at,
        pages: rule.pages,
        repeats: rule.repeats,
    };
    let asked = query::asked(&parts.uri, understands)?;
    if !asked.mentions.iter().all(|said| agrees(&tenant, &host, said)) {
        return Err(Problem::not_found());
    }
    let about = About {
        app: app.clone(),
        tenant,
        keys,
        caller,
        via: Via::Api,
        as_of: None,
        known_at: None,
        url_path: parts.uri.path().to_owned(),
        asked,
        headers: parts.headers.clone(),
        key: None,
        origin: origin_of(parts),
        trace_id: parts.extensions.get::<TraceId>().map(|trace| trace.0.clone()),
    };
    Ok((host, about))
}

/// Waits until the read models know what the request asks for, and finds the positions of the
/// moments that it names.
pub(super) async fn freshen(about: &mut About, reads: &[&str]) -> Result<(), Problem> {
    let (tenants, now) = (about.app.tenants.clone(), about.now());
    if let Some(known_at) = &about.asked.known_at {
        let position = cut(&tenants, &about.tenant, now, (Moment::KnownAt, known_at)).await?;
        about.known_at = Some(position);
    }
    let position = about.asked.min_position;
    let progress = about.app.progress.clone();
    let parts = (&tenants, &progress);
    if let Some(as_of) = &about.asked.as_of {
        // The past is folded from the log, so the log alone must be known up to the position.
        let log: &[&str] = &[];
        fresh_enough(parts, about.tenant.id, log, position, Preferences::default()).await?;
        let position = cut(&tenants, &about.tenant, now, (Moment::AsOf, as_of)).await?;
        about.as_of = Some(position);
        return Ok(());
    }
    let preferences = Preferences::of(&about.headers);
    fresh_enough(parts, about.tenant.id, reads, position, preferences).await
}

/// How long a body may be; refuses one that announces more.
fn limit_of(app: &App, rule: &Rule, parts: &Parts) -> Result<usize, Problem> {
    let limit = if rule.upload { app.limits.upload_bytes } else { app.limits.body_bytes };
    let announced = parts.headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    let announced = announced.and_then(|length| length.parse::<usize>().ok());
    match announced {
        Some(length) if length > limit && rule.method != Method::Get => Err(too_large(limit)),
        Some(_) | None => Ok(limit),
    }
}

async fn carried(
    rule: &Rule,
    body: Body,
    limit: usize,
    patience: Duration,
) -> Result<Bytes, Problem> {
    if rule.method == Method::Get {
        return Ok(Bytes::new());
    }
    collect(body, limit, patience).await
}

/// The key of a request, without the quotes that a structured header has.
fn key_of(rule: &Rule, parts: &Parts, bytes: &Bytes) -> Result<Option<IdempotencyKey>, Problem> {
    let mut keys = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
    let fault =
        |code, detail| Problem::malformed(vec![FieldError::new("Idempotency-Key", code, detail)]);
    let key = match (keys.next(), keys.next()) {
        (None, _) if rule.method == Method::Post => {
            let detail = "every POST needs a key of its own, such as a random UUID";
            return Err(fault("header.missing", detail));
        }
        (None, _) => return Ok(None),
        (Some(_), Some(_)) => return Err(fault("header.repeated", "give one key")),
        (Some(key), None) => key.to_str().unwrap_or_default().trim(),
    };
    let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key);
    if !(1..=KEY_MAX).contains(&key.len()) {
        return Err(fault("header.invalid", "a key is a visible text of 1 to 255 characters"));
    }
    // The path as it was asked for, not the pattern: another object is another request.
    let target = parts.uri.path_and_query().map_or(parts.uri.path(), |it| it.as_str());
    let route = format!("{} {target}", rule.method.as_str());
    Ok(Some(IdempotencyKey { route, key: key.to_owned(), request: bytes.to_vec() }))
}

/// Whether a body that does not have its form names another tenant.
fn mentions_another(tenant: &TenantRecord, host: &str, bytes: &Bytes) -> bool {
    let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(bytes) else {
        return false;
    };
    MENTIONING_KEYS
        .iter()
        .filter_map(|key| members.get(*key))
        .any(|said| said.as_str().is_none_or(|said| !agrees(tenant, host, said)))
}

pub(super) fn origin_of(parts: &Parts) -> Option<Origin> {
    let Peer(peer) = parts.extensions.get::<Peer>()?;
    let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent = agent.map(|agent| agent.get(..AGENT_MAX).unwrap_or(agent).to_owned());
    Some(Origin { address: peer.ip().to_string(), agent })
}
