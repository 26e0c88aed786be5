//! A member at a page: known by the cookie of their session, let in by the same rules as in the
//! API, and answered by the same queries and commands. Who is not signed in is led to where one
//! signs in, and back.

use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::RequestPartsExt;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, on};
use commands::IdempotencyKey;
use domain::log::Via;
use domain::personal::Personal;
use jiff::tz::TimeZone;
use migrations::platform::TenantRecord;
use serde::de::DeserializeOwned;

use super::super::App;
use super::super::billing::sight::clients_seen;
use super::super::call::{About, Call};
use super::super::caller::{self, Caller, state_of};
use super::super::dispatch::{freshen, origin_of};
use super::super::edge::TraceId;
use super::super::host::tenant_of;
use super::super::personal;
use super::super::problem::{FieldError, Problem};
use super::super::query::{self, Understands};
use super::super::registry::{Access, Method};
use super::super::standing;
use super::forms::{Form, SEEN, csrf_of, field_bytes, from_here};
use super::{Page, Shown, cookies, frame, page, pages};

/// How long a page waits for read models to know what its form has just done.
const PATIENCE: Duration = Duration::from_secs(3);

/// A member at a page.
pub(crate) struct Inside<P = (), Q = ()> {
    /// What is asked for, as in the API.
    pub(crate) call: Call<P, Q, ()>,
    /// What was filled in.
    pub(super) form: Form,
    /// The secret of the session.
    pub(super) secret: String,
    here: &'static str,
}

impl<P, Q> Deref for Inside<P, Q> {
    type Target = About;

    fn deref(&self) -> &About {
        &self.call.about
    }
}

/// What stands around every page of a member.
#[derive(Debug, Clone)]
pub(crate) struct Around {
    /// Whose site it is.
    pub(crate) firm: String,
    /// Who is signed in.
    pub(crate) me: String,
    /// Where one can go.
    pub(crate) places: Vec<Place>,
    /// What its forms show.
    pub(crate) csrf: String,
    /// The key under which its forms count once each.
    pub(crate) once: String,
    /// When this was said.
    pub(crate) said_at: String,
}

/// A page that one can go to.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Where.
    pub(crate) path: &'static str,
    /// What it's called.
    pub(crate) name: &'static str,
    /// Whether this is it, or a page below it.
    pub(crate) here: bool,
}

/// The pages that can be gone to from everywhere.
const PLACES: [(&str, &str); 1] = [("/invoices", "Invoices")];

impl<P, Q> Inside<P, Q> {
    /// What stands around the page; of places, those that the member may go to.
    pub(super) async fn around(&self) -> Result<Around, Problem> {
        let mut tx = self.tx().await?;
        let (state, _) = state_of(&mut tx, self.caller.member).await?;
        let name = state.name.as_ref().and_then(Personal::envelope);
        personal::load(&self.keys, &mut tx, name).await?;
        tx.commit().await?;
        let allowed = |path: &str| {
            // The bills are for who reads some.
            let there = path != "/invoices" || clients_seen(self).is_ok();
            there
                && pages()
                    .iter()
                    .any(|page| page.path == path && self.caller.check(page.access).is_ok())
        };
        let place = |(path, name)| Place { path, name, here: self.here.starts_with(path) };
        let said_at = self.now().to_zoned(TimeZone::UTC).strftime("%-d %B %Y, %H:%M UTC");
        Ok(Around {
            firm: self.tenant.name.clone(),
            me: personal::text(&self.keys, name).unwrap_or_default(),
            places: PLACES.into_iter().filter(|(path, _)| allowed(path)).map(place).collect(),
            csrf: csrf_of(&self.keys, &self.secret),
            once: self.new_id().to_string(),
            said_at: said_at.to_string(),
        })
    }

    /// Whether the member's roles let them send a form there; what else stands against it is for
    /// the command to say.
    pub(super) fn may_post(&self, path: &str) -> bool {
        let form = |page: &&Page| page.path == path && page.method == Method::Post;
        pages().iter().find(form).is_some_and(|page| self.caller.check(page.access).is_ok())
    }

    /// A field that was filled in.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.form.field(name)
    }
}

/// Leads on once everything that is read knows the log up to a position; not for ever, for what was
/// done is done.
pub(super) async fn settled(app: &App, tenant: &TenantRecord, position: i64, path: &str) -> Shown {
    let models = projections::registry::all();
    let waited = app.progress.wait_for(&app.tenants, tenant.id, models, position, PATIENCE).await;
    if let Err(error) = waited {
        tracing::info!(%error, "a page goes on before everything is read");
    }
    Shown::go_to(path)
}

/// What answers a page of members.
pub(super) fn inside<P, Q, H, F>(page: Arc<Page>, handler: H) -> MethodRouter<App>
where
    P: DeserializeOwned + Send + 'static,
    Q: DeserializeOwned + Send + 'static,
    H: Fn(Inside<P, Q>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Shown, Problem>> + Send + 'static,
{
    on(page.method.filter(), async move |State(app): State<App>, request: Request| {
        match come(&app, &page, request).await {
            Ok(Come::In(inside)) => {
                let firm = inside.tenant.name.clone();
                let outcome = handler(*inside).await;
                outcome.unwrap_or_else(|problem| of_problem(&problem, &firm)).into_response()
            }
            Ok(Come::ToTheDoor(path)) => to_the_door(path.as_deref()),
            Err(problem) => frame::of_problem(problem).into_response(),
        }
    })
}

/// Where somebody gets who comes to a page.
enum Come<P, Q> {
    In(Box<Inside<P, Q>>),
    /// Not signed in; with where they wanted to go.
    ToTheDoor(Option<String>),
}

fn to_the_door(path: Option<&str>) -> Response {
    let door = Shown::go_to("/sign-in");
    match path.and_then(cookies::next) {
        Some(next) => door.with(header::SET_COOKIE, next).into_response(),
        None => door.into_response(),
    }
}

#[derive(Template)]
#[template(path = "pages/problem.html")]
struct ProblemPage<'a> {
    title: &'a str,
    words: &'a str,
    faults: &'a [FieldError],
    firm: &'a str,
}

/// What went wrong, with each part that is at fault.
fn of_problem(problem: &Problem, firm: &str) -> Shown {
    let (status, _, words) = problem.parts();
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let title = match status {
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT => "This can't be done",
        StatusCode::PRECONDITION_FAILED => "This has changed meanwhile",
        StatusCode::BAD_REQUEST => "Something is not filled in as it should be",
        other => other.canonical_reason().unwrap_or("Something is wrong"),
    };
    let faults: Vec<FieldError> =
        problem.faults().iter().filter(|fault| fault.detail != words).cloned().collect();
    let shown = ProblemPage { title, words: &words, faults: &faults, firm };
    page(status, &shown).unwrap_or_else(frame::of_problem)
}

/// The same order as in the API: host, who, rights, then what was sent.
async fn come<P, Q>(app: &App, page: &Page, request: Request) -> Result<Come<P, Q>, Problem>
where
    P: DeserializeOwned + Send + 'static,
    Q: DeserializeOwned,
{
    let (mut parts, body) = request.into_parts();
    let (_, tenant) = tenant_of(&app.platform, &parts).await?;
    tracing::Span::current().record("tenant", tracing::field::display(tenant.id));
    if !page.site.has(tenant.id) {
        return Err(Problem::not_found());
    }
    let reads = page.method == Method::Get;
    let secret = cookies::session_of(&parts.headers).unwrap_or_default().to_owned();
    let caller = match &*secret {
        "" => None,
        secret => caller::with_secret(app, tenant.id, secret).await?,
    };
    let Some(caller) = caller else {
        let path = parts.uri.path_and_query().map(|path| path.as_str().to_owned());
        return Ok(Come::ToTheDoor(path.filter(|_| reads)));
    };
    check(page, &tenant, &caller, &parts)?;
    let mut about = about(app, tenant, caller, &parts, reads).await?;
    let Path(path) = parts.extract::<Path<P>>().await.map_err(|_| Problem::not_found())?;
    let query = query::own(&about.asked.own)?;
    let mut form = Form::default();
    if reads {
        freshen(&mut about, &[]).await?;
    } else {
        let bytes = field_bytes(app, &parts, body).await?;
        form = Form::read(&bytes, &csrf_of(&about.keys, &secret))?;
        // What a form was made from is what it's meant for, as `If-Match` says in the API.
        if let Some(seen) = form.field(SEEN).and_then(|seen| HeaderValue::try_from(seen).ok()) {
            about.headers.insert(header::IF_MATCH, seen);
        }
        let route = format!("page POST {}", parts.uri.path());
        // The key says already what is in the form.
        let key = |key: String| IdempotencyKey { route, request: key.clone().into_bytes(), key };
        about.key = form.once.clone().map(key);
    }
    let call = Call { path, query, body: (), about };
    Ok(Come::In(Box::new(Inside { call, form, secret, here: page.path })))
}

fn check(
    page: &Page,
    tenant: &TenantRecord,
    caller: &Caller,
    parts: &Parts,
) -> Result<(), Problem> {
    let reads = page.method == Method::Get;
    standing::check_inside(&tenant.state, reads || page.path == "/sign-out", caller)?;
    if let Access::Member { .. } = page.access {
        caller.check(page.access)?;
    }
    if !reads && from_here(parts) != Some(true) {
        let detail = "this form was not sent from a page of this site; open the page again";
        return Err(Problem::new(StatusCode::FORBIDDEN, "form.foreign", detail));
    }
    Ok(())
}

async fn about(
    app: &App,
    tenant: Arc<TenantRecord>,
    caller: Caller,
    parts: &Parts,
    reads: bool,
) -> Result<About, Problem> {
    let understands = Understands { as_of: reads, pages: reads, ..Understands::default() };
    let asked = query::asked(&parts.uri, understands)?;
    if !asked.mentions.is_empty() {
        return Err(Problem::not_found());
    }
    let mut headers = parts.headers.clone();
    // A browser's own questions about a page are not about what is on it.
    headers.remove(header::IF_MATCH);
    Ok(About {
        app: app.clone(),
        keys: app.keys.of(tenant.id).await?,
        tenant,
        caller,
        via: Via::Page,
        as_of: None,
        known_at: None,
        url_path: parts.uri.path().to_owned(),
        asked,
        headers,
        key: None,
        origin: origin_of(parts),
        trace_id: parts.extensions.get::<TraceId>().map(|trace| trace.0.clone()),
    })
}
