//! The one place where whatever went wrong becomes an RFC 9457 body. A problem says what its reader
//! can act on; it never carries another tenant's data, a database's words or a text of a person.

use std::borrow::Cow;

use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use commands::event_log::read::ReadError;
use commands::{CommandError, Refused};
use migrations::DoorError;
use migrations::keys::KeysError;
use schemars::JsonSchema;
use serde::Serialize;

/// The media type of a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";
/// Says that an answer was given before for the same key.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What is wrong with one part of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct FieldError {
    /// JSON pointer into the body; `?name` for a query parameter; `{name}` for a part of the path;
    /// the name of a header.
    pub(crate) pointer: String,
    /// Stable.
    pub(crate) code: Cow<'static, str>,
    /// What is the matter.
    pub(crate) detail: String,
}

impl FieldError {
    /// One fault of a request.
    pub(crate) fn new(
        pointer: impl Into<String>,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        FieldError { pointer: pointer.into(), code: code.into(), detail: detail.into() }
    }
}

/// A problem as it is sent: `application/problem+json` by RFC 9457.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct ProblemBody<'a> {
    /// Where the kind of problem is described.
    r#type: String,
    /// The kind of problem in words.
    title: String,
    /// The status of the answer.
    status: u16,
    /// What is the matter this time, and what to do.
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
    /// The id of the request, as in `X-Request-Id`.
    instance: &'a str,
    /// Stable: what a program decides by.
    code: &'a str,
    /// The parts of the request that are at fault.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

/// Why a request is not answered as asked.
#[derive(Debug, Clone)]
pub(crate) struct Problem(Box<Said>);

/// What a problem says; boxed, because most answers have none.
#[derive(Debug, Clone)]
struct Said {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    headers: HeaderMap,
}

impl Problem {
    /// A problem with a code of its own.
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Problem(Box::new(Said {
            status,
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            headers: HeaderMap::new(),
        }))
    }

    /// 400: the request does not have its form.
    pub(crate) fn malformed(errors: Vec<FieldError>) -> Self {
        let detail = "the request does not have the form that is described for it";
        let mut problem = Problem::new(StatusCode::BAD_REQUEST, "request.malformed", detail);
        problem.0.errors = errors;
        problem
    }

    /// 401: no credentials, or bad ones; which is not said.
    pub(crate) fn unauthenticated() -> Self {
        let detail = "send a valid token: Authorization: Bearer <token>";
        Problem::new(StatusCode::UNAUTHORIZED, "auth.unauthenticated", detail)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 403: a known caller without the right.
    pub(crate) fn forbidden() -> Self {
        let detail = "your roles don't allow this";
        Problem::new(StatusCode::FORBIDDEN, "auth.forbidden", detail)
    }

    /// 404: absent or another tenant's; the same for both.
    pub(crate) fn not_found() -> Self {
        Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here")
    }

    /// The same where one field, or one part of the path, names what is not there.
    pub(crate) fn not_found_at(pointer: impl Into<String>) -> Self {
        let detail = "nothing is known by this: take one that a list of yours answers";
        Problem::not_found().with_error(FieldError::new(pointer, "not_found", detail))
    }

    /// 412: the object is not what the caller saw.
    pub(crate) fn stale() -> Self {
        let detail = "the object has changed since it was read; read it again";
        Problem::new(StatusCode::PRECONDITION_FAILED, "precondition.failed", detail)
    }

    /// 503: try again.
    pub(crate) fn unavailable(code: &'static str, detail: &'static str) -> Self {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(1)
    }

    /// 500: a bug. Says nothing more; the log does.
    pub(crate) fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request met a bug");
        let detail = "something went wrong here; nothing is known to be wrong with the request";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    /// 422: a rule of the business says no.
    pub(crate) fn refused(refused: Refused) -> Self {
        let Refused { code, field, detail } = refused;
        // What lacks several things names them all, apart by spaces.
        let pointers = field.iter().flat_map(|field| field.split(' '));
        let error = |pointer: &str| FieldError {
            pointer: pointer.to_owned(),
            code: code.clone().into(),
            detail: detail.clone(),
        };
        let errors = pointers.map(error).collect();
        let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail);
        problem.0.errors = errors;
        problem
    }

    /// The same with one more fault of a part.
    pub(crate) fn with_error(mut self, error: FieldError) -> Self {
        self.0.errors.push(error);
        self
    }

    /// The same with one more header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    fn retry_after(self, seconds: u32) -> Self {
        self.with_header(header::RETRY_AFTER, seconds.into())
    }

    /// Status, code and detail, for an answer about one item of many.
    pub(crate) fn parts(&self) -> (u16, String, String) {
        (self.0.status.as_u16(), self.0.code.to_string(), self.0.detail.to_string())
    }

    /// The parts of the request that are at fault.
    pub(crate) fn faults(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// Whether what was asked for may have been done all the same.
    pub(crate) fn is_uncertain(&self) -> bool {
        self.0.status.is_server_error()
    }

    /// The answer to the request of that id.
    pub(crate) fn render(self, request_id: &str) -> Response {
        let Said { status, code, detail, errors, headers } = *self.0;
        let body = ProblemBody {
            r#type: format!("/problems/{code}"),
            title: title(&code),
            status: status.as_u16(),
            detail: &detail,
            instance: request_id,
            code: &code,
            errors: &errors,
        };
        let text = serde_json::to_vec(&body).expect("a problem is plain data");
        let mut response = (status, headers, text).into_response();
        let media = HeaderValue::from_static(PROBLEM_JSON);
        response.headers_mut().insert(header::CONTENT_TYPE, media);
        response
    }
}

/// `time.project_archived` in words: `Time: project archived`.
fn title(code: &str) -> String {
    let words = code.replace('_', " ").replacen('.', ": ", 1);
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Carries the problem to the edge, which alone knows the id of the request.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refused) => Problem::refused(refused),
            CommandError::RefusedBefore(refused) => {
                Problem::refused(refused).with_header(REPLAYED, HeaderValue::from_static("true"))
            }
            CommandError::NotFound => Problem::not_found(),
            CommandError::Missing(field) => Problem::not_found_at(field),
            CommandError::Forbidden => Problem::forbidden(),
            CommandError::Stale => Problem::stale(),
            CommandError::Conflict => Problem::new(
                StatusCode::CONFLICT,
                "conflict",
                "others changed the same things at the same time; try again",
            ),
            CommandError::KeyReused => Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency.key_reused",
                "this idempotency key was used for another request; send a new one",
            ),
            CommandError::StillRunning => Problem::new(
                StatusCode::CONFLICT,
                "idempotency.still_running",
                "the first request with this idempotency key is still being handled",
            )
            .retry_after(1),
            CommandError::Unavailable(why) => {
                tracing::warn!(why, "a command could not be handled now");
                unavailable()
            }
            CommandError::Internal(why) => Problem::internal(&why),
        }
    }
}

fn unavailable() -> Problem {
    Problem::unavailable("unavailable", "this can't be done now; try again shortly")
}

impl From<DoorError> for Problem {
    fn from(error: DoorError) -> Self {
        match error {
            DoorError::Busy | DoorError::Away(_) => {
                tracing::warn!(%error, "the database did not answer");
                unavailable()
            }
            DoorError::NoSuchTenant => Problem::not_found(),
            DoorError::Constraint(_) | DoorError::NoBuilder | DoorError::Refused { .. } => {
                Problem::internal(&error)
            }
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Door(error) => error.into(),
            ReadError::Decode { .. } => Problem::internal(&error),
        }
    }
}

impl From<projections::row::ReadError> for Problem {
    fn from(error: projections::row::ReadError) -> Self {
        match error {
            projections::row::ReadError::Door(error) => error.into(),
            projections::row::ReadError::Cell(_) => Problem::internal(&error),
        }
    }
}

impl From<KeysError> for Problem {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::Door(error) => error.into(),
            KeysError::WrongMasterKey => Problem::internal(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_follows_from_the_code_so_that_it_is_always_the_same() {
        assert_eq!(title("time.project_archived"), "Time: project archived");
        assert_eq!(title("not_found"), "Not found");
    }
}
