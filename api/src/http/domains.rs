//! A tenant's own hosts over HTTP, for its admins. Their changes are events of the platform's log,
//! not of the tenant's, so an answer names no position.

use axum::http::{HeaderValue, StatusCode, header};
use commands::Sender;
use commands::tenancy::domains::{DomainChange, TenantDomain, change_domain, domains_of};
use commands::tokens::{Access as To, Scope};
use domain::id::TenantId;
use domain::log::Via;
use domain::members::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::body::{Json, OptionalJson};
use super::call::{About, Call};
use super::cursor::Page;
use super::members::Nothing;
use super::problem::{Problem, REPLAYED};
use super::registry::{Access, Route, delete, get, post};
use super::tag::{Meant, Object};

/// What must be published in the DNS.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct RecordBody {
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    value: String,
}

/// A host.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Domain")]
pub(crate) struct DomainBody {
    host: String,
    /// Whether it leads here.
    verified: bool,
    /// Whether links in mails begin with it.
    primary: bool,
    /// Whether it follows from the firm's slug, and so stays.
    of_slug: bool,
    /// What shows that it's yours.
    record: RecordBody,
}

/// One host.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct ByHost {
    host: String,
}

/// A host of your own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDomain {
    /// Such as hours.example.com.
    host: String,
}

/// Nothing to say.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoWords {}

/// What was taken away.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct RemovedDomain {
    host: String,
}

/// Reading is for who changes: a host that is not verified yet is nobody's business.
const ADMINS: &[Role] = &[Role::Admin];
const READERS: &[Role] = &[Role::Admin, Role::Auditor];
const READ: Access = Access::Member { scope: Scope::Slice("settings", To::Read), roles: READERS };
const WRITE: Access = Access::Member { scope: Scope::Slice("settings", To::Write), roles: ADMINS };

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/domains", "listDomains", READ, "Every host of the firm", list),
        post("/domains", "addDomain", WRITE, "Name a host as the firm's own", add),
        get("/domains/{host}", "getDomain", READ, "One host", one),
        delete("/domains/{host}", "removeDomain", WRITE, "Take a host away", remove),
        post(
            "/domains/{host}/verify",
            "verifyDomain",
            WRITE,
            "Look for the record that shows a host to be yours; then it leads here",
            verify,
        ),
        post(
            "/domains/{host}/primary",
            "makeDomainPrimary",
            WRITE,
            "Let links in mails begin with a host",
            make_primary,
        ),
    ]
}

fn shown(domain: TenantDomain) -> DomainBody {
    let TenantDomain { host, verified, primary, of_slug, record, token } = domain;
    let record = RecordBody { name: record, kind: "TXT", value: token };
    DomainBody { host, verified, primary, of_slug, record }
}

/// What stands for a host where ids are wanted.
fn object<'a>(about: &About, host: &'a str) -> Object<'a> {
    (host, about.tenant.id.0)
}

async fn find(about: &About, host: &str) -> Result<TenantDomain, Problem> {
    let all = domains_of(&about.app.commands, &about.app.platform, &about.tenant).await?;
    all.into_iter().find(|domain| domain.host == host).ok_or_else(Problem::not_found)
}

/// `GET /domains`.
pub(crate) async fn list(call: Call<(), Nothing>) -> Result<Answer<Page<DomainBody>>, Problem> {
    let all = domains_of(&call.app.commands, &call.app.platform, &call.tenant).await?;
    let items = all.into_iter().map(shown).collect();
    Ok(call.read(Page { items, next_cursor: None }))
}

/// `GET /domains/{host}`.
pub(crate) async fn one(call: Call<ByHost, Nothing>) -> Result<Answer<DomainBody>, Problem> {
    let domain = find(&call, &call.path.host).await?;
    let tag = call.tag(object(&call, &domain.host), domain.version());
    Ok(call.read(shown(domain)).tagged(tag))
}

/// Changes a host if it is as the caller saw it; answers its one form and whether this is an answer
/// that was given before.
async fn change(about: &About, host: &str, what: DomainChange) -> Result<(String, bool), Problem> {
    let seen = match about.meant(object(about, host)) {
        None | Some(Meant::Any) => None,
        Some(Meant::Seen(version)) => Some(version),
        Some(Meant::Unknown) => return Err(Problem::stale()),
    };
    let mut sender = Sender::new(TenantId::PLATFORM, about.caller.actor(), Via::Api);
    sender.trace_id = about.trace_id.clone();
    sender.key = about.key.clone();
    if let Some(key) = &mut sender.key {
        // Members of two tenants may have the same id, where one is a copy of the other.
        key.route = format!("{} {}", about.tenant.id, key.route);
    }
    let app = &about.app;
    let (commands, platform, names) = (&app.commands, &app.platform, &*app.names);
    let change = (host, what, seen);
    let (host, done) =
        change_domain(commands, platform, names, sender, &about.tenant, change).await?;
    Ok((host, done.replayed))
}

/// The host as it is now.
async fn changed(
    about: &About,
    host: &str,
    what: DomainChange,
) -> Result<Answer<DomainBody>, Problem> {
    let (host, replayed) = change(about, host, what).await?;
    let domain = find(about, &host).await?;
    let tag = about.tag(object(about, &host), domain.version());
    let answer = Answer::of(shown(domain)).tagged(tag);
    let yes = HeaderValue::from_static("true");
    Ok(if replayed { answer.with(REPLAYED, yes) } else { answer })
}

/// `POST /domains`.
pub(crate) async fn add(
    call: Call<(), Nothing, Json<NewDomain>>,
) -> Result<Answer<DomainBody>, Problem> {
    let answer = changed(&call, &call.body.0.host, DomainChange::Add).await?;
    let path = format!("{}/domains/{}", super::BASE, answer.body().host);
    let path = HeaderValue::try_from(path).expect("a path and a host fit a header");
    Ok(answer.status(StatusCode::CREATED).with(header::LOCATION, path))
}

/// `POST /domains/{host}/verify`.
pub(crate) async fn verify(
    call: Call<ByHost, Nothing, OptionalJson<NoWords>>,
) -> Result<Answer<DomainBody>, Problem> {
    changed(&call, &call.path.host, DomainChange::Verify).await
}

/// `POST /domains/{host}/primary`.
pub(crate) async fn make_primary(
    call: Call<ByHost, Nothing, OptionalJson<NoWords>>,
) -> Result<Answer<DomainBody>, Problem> {
    changed(&call, &call.path.host, DomainChange::MakePrimary).await
}

/// `DELETE /domains/{host}`.
pub(crate) async fn remove(call: Call<ByHost, Nothing>) -> Result<Answer<RemovedDomain>, Problem> {
    let (host, _) = change(&call, &call.path.host, DomainChange::Remove).await?;
    Ok(Answer::of(RemovedDomain { host }))
}
