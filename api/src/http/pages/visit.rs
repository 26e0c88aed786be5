//! Somebody who has followed a link, or is about to ask for one: they have shown no credentials. A
//! scanner of mails looks at every link, so that looking uses nothing up; the one button does.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, on};
use commands::Sender;
use domain::log::{Actor, Origin, Via};
use migrations::platform::TenantRecord;

use super::super::App;
use super::super::dispatch::origin_of;
use super::super::edge::TraceId;
use super::super::host::tenant_of;
use super::super::platform::port_of;
use super::super::problem::{FieldError, Problem};
use super::super::registry::{Access, Method};
use super::super::server::Peer;
use super::super::standing;
use super::forms::{field_bytes, from_here};
use super::{Page, Shown, cookies, frame};

/// The secret of a link, in its query and in its form.
const TOKEN: &str = "token";
/// Who wants a link.
const EMAIL: &str = "email";

/// Somebody at a page that asks for no credentials.
pub(crate) struct Visit {
    /// The parts of the program.
    pub(crate) app: App,
    /// The tenant whose host it is.
    pub(crate) tenant: Arc<TenantRecord>,
    /// The secret of the link; empty where it has none.
    pub(crate) token: String,
    /// The address of who wants a link.
    pub(crate) email: Option<String>,
    /// Whether they came with neither, which is not with a link that says nothing.
    pub(crate) empty_handed: bool,
    /// Where they wanted to go before they were led here.
    pub(crate) next: Option<String>,
    /// The port that the request names.
    pub(crate) port: Option<u16>,
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

/// What answers a page without credentials.
pub(super) fn visit<H, F>(page: Arc<Page>, handler: H) -> MethodRouter<App>
where
    H: Fn(Visit) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Shown, Problem>> + Send + 'static,
{
    on(page.method.filter(), async move |State(app): State<App>, request: Request| {
        answer(async { handler(understood(&app, &page, request).await?).await }.await)
    })
}

/// A problem is shown as a page too, for a person reads it.
fn answer(outcome: Result<Shown, Problem>) -> Response {
    outcome.unwrap_or_else(frame::of_problem).into_response()
}

/// The same order as in the API: host, access, then what was sent.
async fn understood(app: &App, page: &Page, request: Request) -> Result<Visit, Problem> {
    let (parts, body) = request.into_parts();
    let fields = match page.method {
        Method::Get => parts.uri.query().unwrap_or_default().as_bytes().to_vec(),
        Method::Post | Method::Put | Method::Patch | Method::Delete => {
            field_bytes(app, &parts, body).await?
        }
    };
    let (_, tenant) = tenant_of(&app.platform, &parts).await?;
    if !page.site.has(tenant.id) {
        return Err(Problem::not_found());
    }
    match page.access {
        Access::Open => app.visitors.let_in(parts.extensions.get::<Peer>())?,
        Access::Member { .. } => return Err(Problem::unauthenticated()),
    }
    standing::check_page(&tenant.state)?;
    // What is no browser says nothing of where it comes from, and has no cookies to be misused.
    if page.method == Method::Post && from_here(&parts) == Some(false) {
        return Err(Problem::forbidden());
    }
    met(app, tenant, &parts, fields_of(&fields)?)
}

fn met(
    app: &App,
    tenant: Arc<TenantRecord>,
    parts: &Parts,
    mut fields: BTreeMap<String, String>,
) -> Result<Visit, Problem> {
    Ok(Visit {
        app: app.clone(),
        tenant,
        empty_handed: fields.is_empty(),
        token: fields.remove(TOKEN).unwrap_or_default(),
        email: fields.remove(EMAIL),
        next: cookies::next_of(&parts.headers),
        port: port_of(&parts.headers),
        origin: origin_of(parts),
        trace_id: parts.extensions.get::<TraceId>().map(|trace| trace.0.clone()),
    })
}

/// The one field there may be.
fn fields_of(fields: &[u8]) -> Result<BTreeMap<String, String>, Problem> {
    let mut found = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(fields) {
        let known = name == TOKEN || name == EMAIL;
        if !known || !found.is_empty() {
            let detail = "open the link exactly as it stands in the mail";
            let fault = FieldError::new(format!("?{TOKEN}"), "query.invalid", detail);
            return Err(Problem::malformed(vec![fault]));
        }
        found.insert(name.into_owned(), value.into_owned());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_one_field_once() {
        assert_eq!(fields_of(b"token=a%2Fb").unwrap()[TOKEN], "a/b");
        assert_eq!(fields_of(b"email=a%40b").unwrap()[EMAIL], "a@b");
        assert!(fields_of(b"").unwrap().is_empty());
        for fields in [&b"token=a&token=b"[..], b"tokens=a", b"token=a&x=1", b"token=a&email=b"] {
            assert!(fields_of(fields).is_err());
        }
    }
}
