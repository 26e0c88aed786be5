//! What surrounds every request: an id, a measure, the headers that every answer has, and a net
//! under panics. Here problems get their words, because only here the id of the request is known.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use ring::rand::{SecureRandom, SystemRandom};

use super::problem::Problem;

/// The id of the request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers a request under an id of its own.
pub(crate) async fn edge(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = new_request_id();
    let method = known_method(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| {
        Problem::internal(&format!("a panic while handling request {id}")).into_response()
    });
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = problem.render(&id);
    }
    finish(response.headers_mut(), &id);
    let (status, seconds) = (response.status(), began.elapsed().as_secs_f64());
    measure(&route, method, status, seconds);
    tracing::info!(request_id = id, method, route, status = status.as_u16(), seconds, "answered");
    response
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
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // A page has a policy of its own, which names its style; all else may do nothing at all.
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
}

fn measure(route: &str, method: &'static str, status: StatusCode, seconds: f64) {
    let labels = [
        ("route", route.to_owned()),
        ("method", method.to_owned()),
        ("status", status.as_u16().to_string()),
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
