//! The client's own page of an invoice: whoever has the link sees it with all that is in it, takes
//! the document with them, agrees, or says which line is wrong. A link that is unknown, of another
//! firm, expired or taken back is answered alike, and nothing here is anybody else's.

mod shown;

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::RequestPartsExt;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, on};
use commands::billing::client_answers::{AgreeByLink, Answering, DisputeByLink};
use commands::billing::client_links::link_of;
use commands::event_log::read::stream_after;
use commands::{Command, Sender};
use domain::billing::correspondence::{Correspondence, CorrespondenceEvent, correspondence_stream};
use domain::id::{ClientLinkId, DisputeId, InvoiceId};
use domain::log::{Actor, Via};

use super::super::App;
use super::super::billing::pdf;
use super::super::billing::view::view_by_link;
use super::super::call::About;
use super::super::caller::Caller;
use super::super::dispatch::origin_of;
use super::super::edge::TraceId;
use super::super::host::tenant_of;
use super::super::problem::Problem;
use super::super::query::{self, Understands};
use super::super::registry::Method;
use super::super::server::Peer;
use super::super::standing;
use super::forms::{SEEN, field_bytes, from_here};
use super::frame::of_problem;
use super::{Notice, Page, Shown, page};
use shown::Invoice;

/// The field of a form that stands for what its page showed.
const SHOWN: &str = "shown";
/// Why an answer to what is not shown any more is refused.
const CHANGED: &str = "billing.seen_too_old";
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
/// What a person reads who comes with a link that opens nothing.
const UNUSABLE: &str = "The link is not complete, has expired, or was taken back. Ask who sent it \
                        to you for a new one.";

#[derive(Template)]
#[template(path = "pages/client.html")]
struct ClientPage<'a> {
    path: &'a str,
    seen: i32,
    /// Stands for what the page shows.
    shown: String,
    it: &'a Invoice,
}

#[derive(Template)]
#[template(path = "pages/changed.html")]
struct ChangedPage<'a> {
    path: &'a str,
    firm: &'a str,
}

/// Somebody with a link that opens an invoice.
struct Guest {
    about: About,
    invoice: InvoiceId,
    link: ClientLinkId,
    /// The page's own path.
    path: String,
    form: BTreeMap<String, String>,
}

/// `GET /client/{secret}`.
pub(super) fn look(page: Arc<Page>) -> MethodRouter<App> {
    on(page.method.filter(), async move |State(app): State<App>, request: Request| {
        quiet(match guest(&app, &page, request).await {
            Ok(guest) => show(&guest).await.unwrap_or_else(of_problem).into_response(),
            Err(problem) => refused(problem),
        })
    })
}

/// `POST /client/{secret}`.
pub(super) fn answer(page: Arc<Page>) -> MethodRouter<App> {
    on(page.method.filter(), async move |State(app): State<App>, request: Request| {
        quiet(match guest(&app, &page, request).await {
            Ok(guest) => match said(&guest).await {
                Ok(shown) => shown.into_response(),
                Err(problem) => not_taken(&guest, problem).into_response(),
            },
            Err(problem) => refused(problem),
        })
    })
}

/// `GET /client/{secret}/document.pdf`.
pub(super) fn take(page: Arc<Page>) -> MethodRouter<App> {
    on(page.method.filter(), async move |State(app): State<App>, request: Request| {
        quiet(match guest(&app, &page, request).await {
            Ok(guest) => document(&guest).await.unwrap_or_else(|it| of_problem(it).into_response()),
            Err(problem) => refused(problem),
        })
    })
}

/// No search engine lists what a client was shown.
fn quiet(mut response: Response) -> Response {
    response.headers_mut().insert(ROBOTS, HeaderValue::from_static("noindex, nofollow"));
    response
}

/// Where there is nothing to see, a person is told what to do about it.
fn refused(problem: Problem) -> Response {
    if problem.parts().0 != StatusCode::NOT_FOUND.as_u16() {
        return of_problem(problem).into_response();
    }
    let notice = Notice { title: "This link can't be used", words: UNUSABLE, firm: "" };
    page(StatusCode::NOT_FOUND, &notice).unwrap_or_else(of_problem).into_response()
}

/// Where what was answered is not what is shown now, nothing is taken down, and a person is asked
/// to look again.
fn not_taken(guest: &Guest, problem: Problem) -> Shown {
    if problem.parts().1 != CHANGED {
        return of_problem(problem);
    }
    let changed = ChangedPage { path: &guest.path, firm: &guest.about.tenant.name };
    page(StatusCode::CONFLICT, &changed).unwrap_or_else(of_problem)
}

/// The same order as on other pages: host, access, what was sent; then the link.
async fn guest(app: &App, page: &Page, request: Request) -> Result<Guest, Problem> {
    let (mut parts, body) = request.into_parts();
    let acts = page.method == Method::Post;
    let bytes = if acts { field_bytes(app, &parts, body).await? } else { Vec::new() };
    let (_, tenant) = tenant_of(&app.platform, &parts).await?;
    if !page.site.has(tenant.id) {
        return Err(Problem::not_found());
    }
    app.visitors.let_in(parts.extensions.get::<Peer>())?;
    standing::check_page(&tenant.state)?;
    if acts && from_here(&parts) == Some(false) {
        return Err(Problem::forbidden());
    }
    let found = parts.extract::<Path<BTreeMap<String, String>>>().await;
    let Path(path) = found.map_err(|_| Problem::not_found())?;
    let secret = path.get("secret").map(String::as_str).unwrap_or_default();
    let keys = app.keys.of(tenant.id).await?;
    let (invoice, link) = link_of(&keys, secret).ok_or_else(Problem::not_found)?;
    let path = format!("/client/{secret}");
    let about = About {
        app: app.clone(),
        tenant,
        keys,
        caller: Caller::nobody(),
        as_of: None,
        known_at: None,
        url_path: path.clone(),
        asked: query::asked(&"/".parse().expect("a path"), Understands::default())?,
        headers: parts.headers.clone(),
        key: None,
        via: Via::Page,
        origin: origin_of(&parts),
        trace_id: trace_of(&parts),
    };
    let form = form_urlencoded::parse(&bytes).into_owned().collect();
    let guest = Guest { about, invoice, link, path, form };
    guest.must_be_open().await?;
    Ok(guest)
}

fn trace_of(parts: &Parts) -> Option<String> {
    parts.extensions.get::<TraceId>().map(|trace| trace.0.clone())
}

impl Guest {
    /// Not found where the link was taken back or has expired.
    async fn must_be_open(&self) -> Result<(), Problem> {
        let mut tx = self.about.tx().await?;
        let rows = stream_after(&mut tx, correspondence_stream(self.invoice), 0).await?;
        tx.commit().await?;
        let mut said = Correspondence::default();
        for row in &rows {
            let recorded = row.decode()?;
            let event: Option<&CorrespondenceEvent> = recorded.event.family();
            event.into_iter().for_each(|event| said.evolve(event));
        }
        let open = said.link(self.link).is_ok_and(|link| link.is_open(self.about.now()));
        if open { Ok(()) } else { Err(Problem::not_found()) }
    }

    /// What was filled in.
    fn field(&self, name: &str) -> String {
        let text = self.form.get(name).map(|text| text.replace("\r\n", "\n"));
        text.map(|text| text.trim().to_owned()).unwrap_or_default()
    }

    async fn send(&self, command: impl Command) -> Result<(), Problem> {
        let sender = Sender {
            origin: self.about.origin.clone(),
            trace_id: self.about.trace_id.clone(),
            ..Sender::new(self.about.tenant.id, Actor::Visitor, Via::Page)
        };
        self.about.app.commands.handle(sender, command).await?;
        Ok(())
    }
}

async fn show(guest: &Guest) -> Result<Shown, Problem> {
    let view = view_by_link(&guest.about, guest.invoice).await?;
    let it = &Invoice::of(&guest.about, &view).await?;
    page(
        StatusCode::OK,
        &ClientPage { path: &guest.path, seen: view.version(), shown: view.shown().digest(), it },
    )
}

/// Takes down what the client says, and shows the page again.
async fn said(guest: &Guest) -> Result<Shown, Problem> {
    let answering = Answering {
        invoice: guest.invoice,
        link: guest.link,
        by: guest.field("by"),
        seen_version: guest.field(SEEN).parse().unwrap_or(-1),
        seen: guest.field(SHOWN),
    };
    match guest.field("answer").as_str() {
        "agree" => guest.send(AgreeByLink(answering)).await?,
        "dispute" => {
            let line = guest.field("line").parse().map_err(|_| Problem::not_found())?;
            let dispute = DisputeId(guest.about.new_id());
            let reason = guest.field("reason");
            guest.send(DisputeByLink { answering, dispute, line, reason }).await?;
        }
        _ => return Err(Problem::not_found()),
    }
    Ok(Shown::go_to(&guest.path))
}

/// The page of the document as it was kept, if it was issued.
async fn document(guest: &Guest) -> Result<Response, Problem> {
    let view = view_by_link(&guest.about, guest.invoice).await?;
    let page = pdf::page_of(&guest.about, &view, pdf::Wanted::default()).await?;
    Ok(page.ok_or_else(Problem::not_found)?.into_response())
}
