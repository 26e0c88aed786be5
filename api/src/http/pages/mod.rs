//! Pages for a browser, outside the API: what a mailed link opens. To look at one changes nothing,
//! because scanners of mails look at every link; its one button does. All of them are listed here,
//! each with the hosts it's on and who may use it. Nothing here reads or sets a cookie yet.

mod frame;
mod sign_in;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use commands::Sender;
use domain::log::{Actor, Origin, Via};
use migrations::platform::TenantRecord;

pub(crate) use frame::{Button, Notice, STYLE, Shown, page};

use super::App;
use super::body::collect;
use super::dispatch::origin_of;
use super::edge::TraceId;
use super::host::tenant_of;
use super::problem::{FieldError, Problem};
use super::registry::{Access, Site};
use super::server::Peer;

/// The largest form.
const FORM_BYTES_MAX: usize = 16 << 10;
/// The one field of a link and of its form.
const TOKEN: &str = "token";

/// A page behind a mailed link: what it shows, and what its button does.
pub(crate) struct Page {
    /// Where, from the root of the host.
    pub(crate) path: &'static str,
    /// On which hosts.
    pub(crate) site: Site,
    /// Who may.
    pub(crate) access: Access,
    methods: fn(Arc<Page>) -> MethodRouter<App>,
}

/// Every page.
pub(crate) fn pages() -> Vec<Page> {
    vec![
        Page {
            path: "/sign-in",
            site: Site::Both,
            access: Access::Open,
            methods: |page| methods(page, sign_in::show, sign_in::enter),
        },
        Page {
            path: "/invitation",
            site: Site::Both,
            access: Access::Open,
            methods: |page| methods(page, sign_in::show_invitation, sign_in::accept),
        },
    ]
}

impl Page {
    /// The path in the router with what answers it.
    pub(crate) fn into_parts(self) -> (&'static str, MethodRouter<App>) {
        let (path, methods) = (self.path, self.methods);
        (path, methods(Arc::new(self)))
    }
}

/// Somebody who has followed a link.
pub(crate) struct Visit {
    /// The parts of the program.
    pub(crate) app: App,
    /// The tenant whose host it is.
    pub(crate) tenant: Arc<TenantRecord>,
    /// The secret of the link; empty where it has none.
    pub(crate) token: String,
    /// From where they come.
    pub(crate) origin: Option<Origin>,
    /// The trace it's part of.
    pub(crate) trace_id: Option<String>,
}

impl Visit {
    /// Who sends commands: somebody who has shown no credentials but the link.
    pub(crate) fn sender(&self) -> Sender {
        Sender {
            origin: self.origin.clone(),
            trace_id: self.trace_id.clone(),
            ..Sender::new(self.tenant.id, Actor::Visitor, Via::Page)
        }
    }
}

fn methods<S, SF, E, EF>(page: Arc<Page>, show: S, enter: E) -> MethodRouter<App>
where
    S: Fn(Visit) -> SF + Clone + Send + Sync + 'static,
    SF: Future<Output = Result<Shown, Problem>> + Send + 'static,
    E: Fn(Visit) -> EF + Clone + Send + Sync + 'static,
    EF: Future<Output = Result<Shown, Problem>> + Send + 'static,
{
    let shown = page.clone();
    get(async move |State(app): State<App>, request: Request| {
        answer(async { show(looking(&app, &shown, request).await?).await }.await)
    })
    .post(async move |State(app): State<App>, request: Request| {
        answer(async { enter(entering(&app, &page, request).await?).await }.await)
    })
}

/// A problem is shown as a page too, for a person reads it.
fn answer(outcome: Result<Shown, Problem>) -> Response {
    outcome.unwrap_or_else(frame::of_problem).into_response()
}

async fn looking(app: &App, page: &Page, request: Request) -> Result<Visit, Problem> {
    let (parts, _) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    visit(app, page, &parts, query.as_bytes()).await
}

async fn entering(app: &App, page: &Page, request: Request) -> Result<Visit, Problem> {
    let (parts, body) = request.into_parts();
    let form = form_of(app, &parts, body).await?;
    visit(app, page, &parts, &form).await
}

async fn form_of(app: &App, parts: &Parts, body: Body) -> Result<Vec<u8>, Problem> {
    let media = parts.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media = media.and_then(|media| media.split(';').next()).unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let detail = "use the button of the page";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Problem::new(status, "request.unsupported_media_type", detail));
    }
    Ok(collect(body, FORM_BYTES_MAX, app.limits.body_patience).await?.to_vec())
}

/// The same order as in the API: host, access, then what was sent.
async fn visit(app: &App, page: &Page, parts: &Parts, fields: &[u8]) -> Result<Visit, Problem> {
    let (_, tenant) = tenant_of(&app.platform, parts).await?;
    if !page.site.has(tenant.id) {
        return Err(Problem::not_found());
    }
    match page.access {
        Access::Open => app.visitors.let_in(parts.extensions.get::<Peer>())?,
        // A page for members needs a cookie, which comes with the pages for daily work.
        Access::Member { .. } => return Err(Problem::unauthenticated()),
    }
    if tenant.state == "suspended" {
        let detail = "this account is suspended; ask who runs the service";
        return Err(Problem::new(StatusCode::FORBIDDEN, "tenancy.suspended", detail));
    }
    let token = token_of(fields)?;
    let origin = origin_of(parts);
    let trace_id = parts.extensions.get::<TraceId>().map(|trace| trace.0.clone());
    Ok(Visit { app: app.clone(), tenant, token, origin, trace_id })
}

/// The one field there may be.
fn token_of(fields: &[u8]) -> Result<String, Problem> {
    let mut found = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(fields) {
        if name != TOKEN || found.insert(name, value.into_owned()).is_some() {
            let detail = "open the link exactly as it stands in the mail";
            let fault = FieldError::new(format!("?{TOKEN}"), "query.invalid", detail);
            return Err(Problem::malformed(vec![fault]));
        }
    }
    Ok(found.remove(TOKEN).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_one_field_once() {
        assert_eq!(token_of(b"token=a%2Fb").unwrap(), "a/b");
        assert_eq!(token_of(b"").unwrap(), "");
        for fields in [&b"token=a&token=b"[..], b"tokens=a", b"token=a&x=1"] {
            assert!(token_of(fields).is_err());
        }
    }
}
