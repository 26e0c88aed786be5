//! What is inside of a file, on its way out. Only pictures without scripts may be shown in a page;
//! all else is a download, and nothing of it runs in the name of this site.

use axum::body::Body;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use commands::files::{ReadError, open};
use domain::files::{FileStored, Media, name_for_download};
use futures::TryStreamExt;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::disposition::written;
use crate::http::answer::Answers;
use crate::http::call::About;
use crate::http::problem::Problem;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// Nothing of it runs, loads or is framed, wherever it's opened.
const POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// A content with its headers.
#[derive(Debug)]
pub(crate) struct Content {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
}

/// Whether who asks for a file wants what is inside: they name types, and JSON is none of them.
pub(crate) fn is_asked_for(headers: &HeaderMap) -> bool {
    let accepted: Vec<String> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .filter(|range| !range.is_empty())
        .collect();
    let json = ["application/json", "application/*", "*/*"];
    !accepted.is_empty() && !accepted.iter().any(|range| json.contains(&&**range))
}

impl Content {
    /// Opens the content of a file that the caller may read and whose key is loaded.
    pub(super) async fn open(
        about: &About,
        stored: &FileStored,
        name: Option<String>,
        tag: HeaderValue,
    ) -> Result<Self, Problem> {
        let media = Media::parse(&stored.media_type);
        let shown = media.is_some_and(Media::may_be_shown);
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, tag.clone());
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("none"));
        if is_known(&about.headers, &tag) {
            return Ok(Content { status: StatusCode::NOT_MODIFIED, headers, body: Body::empty() });
        }
        let name = name.unwrap_or_else(|| stored.kind.to_string());
        let name = media.map_or_else(|| name.clone(), |media| name_for_download(&name, media));
        headers.insert(header::CONTENT_DISPOSITION, written(shown, &name));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(sent_as(media)));
        headers.insert(header::CONTENT_LENGTH, stored.size.into());
        let files = about.app.files.of(about.tenant.id);
        let opened = open(&files, &about.keys, stored).await.map_err(problem)?;
        let body = Body::from_stream(opened.bytes.inspect_err(|error| {
            tracing::error!(%error, "a content broke off on its way out");
        }));
        Ok(Content { status: StatusCode::OK, headers, body })
    }
}

/// The type that is said to be inside. A drawing that may hold scripts is not called one.
fn sent_as(media: Option<Media>) -> &'static str {
    match media {
        None | Some(Media::Svg) => "application/octet-stream",
        Some(Media::Csv) => "text/csv; charset=utf-8",
        Some(Media::Text) => "text/plain; charset=utf-8",
        Some(media) => media.as_str(),
    }
}

/// Whether who asks has it already, by `If-None-Match`.
pub(crate) fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let tag = tag.to_str().unwrap_or_default();
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == tag)
}

/// How a reader is told that a content is not given.
pub(crate) fn problem(error: ReadError) -> Problem {
    match error {
        ReadError::Store(error) => {
            tracing::error!(%error, "the file store does not answer");
            Problem::unavailable("files.store_away", "the file store does not answer; try again")
        }
        ReadError::Changed => {
            let detail = "the stored content is not what was kept, so it's not given out; tell who \
                          runs the service";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "files.changed", detail)
        }
        ReadError::Erased => Problem::not_found(),
        ReadError::NotLoaded => Problem::internal(&error),
    }
}

impl IntoResponse for Content {
    fn into_response(self) -> Response {
        (self.status, self.headers, self.body).into_response()
    }
}

/// Bytes.
#[derive(JsonSchema)]
#[schemars(extend("format" = "binary"))]
struct Bytes(#[allow(dead_code, reason = "it's described, and made by streaming")] String);

impl Answers for Content {
    const MEDIA: &'static str = "application/octet-stream";

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Bytes>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_is_for_who_accepts_no_json() {
        let asked = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            is_asked_for(&headers)
        };
        assert!(!is_asked_for(&HeaderMap::new()));
        for accept in ["*/*", "application/json", "image/*, */*;q=0.8", "application/*", ""] {
            assert!(!asked(accept), "{accept}");
        }
        for accept in ["application/octet-stream", "image/png,image/*;q=0.8", "application/pdf"] {
            assert!(asked(accept), "{accept}");
        }
    }
}
