//! What a handler answers when all is well: a status, a document, and the headers that go with it.

use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use uuid::Uuid;

/// Where the log stood: of a command, its last event; of a read, the last one it takes into
/// account.
pub(crate) const EVENT_POSITION: HeaderName = HeaderName::from_static("x-event-position");

/// What a command did.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Changed {
    /// What was made or changed, where it has an id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<Uuid>,
    /// Where the log stands after it, as in `X-Event-Position`: give it to a read as
    /// `min_position`.
    pub(crate) position: i64,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer<R> {
    status: StatusCode,
    headers: HeaderMap,
    body: R,
}

impl<R> Answer<R> {
    /// 200 with a document.
    pub(crate) fn of(body: R) -> Self {
        Answer { status: StatusCode::OK, headers: HeaderMap::new(), body }
    }

    /// The same with another document.
    pub(crate) fn with_body<S>(self, body: S) -> Answer<S> {
        Answer { status: self.status, headers: self.headers, body }
    }

    /// What it says.
    pub(crate) fn body(&self) -> &R {
        &self.body
    }

    /// The same with another document.
    pub(crate) fn map<S>(self, document: impl FnOnce(R) -> S) -> Answer<S> {
        Answer { status: self.status, headers: self.headers, body: document(self.body) }
    }

    /// The same with another status.
    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same with one more header.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The same with the tag of the object's version.
    pub(crate) fn tagged(self, tag: HeaderValue) -> Self {
        self.with(header::ETAG, tag)
    }

    /// The same with the position it takes into account.
    pub(crate) fn at(self, position: i64) -> Self {
        self.with(EVENT_POSITION, position.into())
    }
}

/// What a handler may answer, as it's described.
pub(crate) trait Answers: IntoResponse + 'static {
    /// Its media type.
    const MEDIA: &'static str = "application/json";
    /// The media types it's answered in as well, as files.
    const OTHER_MEDIA: &'static [&'static str] = &[];

    /// Its form.
    fn schema(generator: &mut SchemaGenerator) -> Schema;
}

impl<R: Serialize + JsonSchema + Send + 'static> Answers for Answer<R> {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<R>()
    }
}

impl<R: Serialize> IntoResponse for Answer<R> {
    fn into_response(self) -> Response {
        let text = serde_json::to_vec(&self.body).expect("a document is plain data");
        let json = [(header::CONTENT_TYPE, "application/json")];
        (self.status, json, self.headers, text).into_response()
    }
}
