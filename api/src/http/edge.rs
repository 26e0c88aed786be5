//! What surrounds every request: an id, a span that goes with all that is done for it, a measure,
//! the headers that every answer has, and a net under panics. Here problems get their words,
//! because only here the id of the request is known.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use ring::rand::{SecureRandom, SystemRandom};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::problem::Problem;
use crate::telemetry::traces;

/// The id of the request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The trace that a request is part of.
#[derive(Debug, Clone)]
pub(crate) struct TraceId(pub(crate) String);

/// Answers a request under an id of its own.
pub(crate) async fn edge(mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = new_request_id();
    let method = known_method(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let span = span_of(&id, method, &route);
    if let Some(trace) = traces::join(&span, request.headers()) {
        span.record("trace_id", &trace);
        request.extensions_mut().insert(TraceId(trace));
    }
    let handled = AssertUnwindSafe(next.run(request)).catch_unwind();
    let answered = handled.instrument(span.clone()).await;
    let mut response = answered.unwrap_or_else(|_| {
        Problem::internal(&format!("a panic while handling request {id}")).into_response()
    });
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = problem.render(&id);
    }
    finish(response.headers_mut(), &id);
    if let Some(trace) = traces::traceparent(&span).and_then(|text| text.parse().ok()) {
        response.headers_mut().insert(traces::TRACERESPONSE, trace);
    }
    let (status, seconds) = (response.status(), began.elapsed().as_secs_f64());
    measure(&route, method, status, seconds);
    span.record("http.response.status_code", status.as_u16());
    span.in_scope(|| {
        tracing::info!(duration_ms = (seconds * 1e6).round() / 1e3, "answered");
    });
    response
}

/// The one span of a request. Its tenant is recorded once it's known.
fn span_of(id: &str, method: &'static str, route: &str) -> Span {
    tracing::info_span!(
        "request",
        otel.name = format_args!("{method} {route}"),
        otel.kind = "server",
        request_id = id,
        trace_id = Empty,
        tenant = Empty,
        "http.request.method" = method,
        "http.route" = route,
        "http.response.status_code" = Empty,
    )
}

/// A random id, for it tells nothing about when.
fn new_request_id() -> String {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).expect("the system's random source answers");
    uuid::Builder::from_random_bytes(bytes).into_uuid().hyphenated().to_string()
}

/// The method as a label: whatever a client makes up counts as one.
fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

fn finish(headers: &mut HeaderMap, id: &str) {
    let id = HeaderValue::from_str(id).expect("a UUID fits a header");
    headers.insert(REQUEST_ID, id);
    // What every firm gets alike, such as the style of pages, says itself that it may be kept.
    let never = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(never);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let silent = HeaderValue::from_static("no-referrer");
    headers.entry(header::REFERRER_POLICY).or_insert(silent);
    // A page has a policy of its own; all else may do nothing at all.
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
}

fn measure(route: &str, method: &'static str, status: StatusCode, seconds: f64) {
    let labels = [
        ("route", route.to_owned()),
        ("method", method.to_owned()),
        // Its class, for each label multiplies the series.
        ("status", format!("{}xx", status.as_u16() / 100)),
    ];
    metrics::histogram!("http_server_request_duration_seconds", &labels).record(seconds);
}

/// What a path without a route answers: the same as an unknown id.
pub(crate) async fn nothing_here() -> Problem {
    Problem::not_found()
}

/// What a route answers to a method that it does not have.
pub(crate) async fn no_such_method() -> Problem {
    let detail = "this path does not have this method; see Allow";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}
