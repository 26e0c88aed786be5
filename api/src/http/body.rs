//! What a request carries: bounded, of the right media type, and exactly of the form that is
//! described. A field that is not described is refused, so that a slip in its name is not taken for
//! silence.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use super::fault::{Part, field_error};
use super::incoming::{Incoming, cut_short};
use super::problem::{FieldError, Problem};

/// How a kind of body is described.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    /// Its media type.
    pub(crate) media: &'static str,
    /// Its form.
    pub(crate) schema: Schema,
    /// Whether it may be left out.
    pub(crate) optional: bool,
}

/// A kind of body.
pub(crate) trait Carried: Sized + Send + 'static {
    /// Whether it may be as large as an upload.
    const UPLOAD: bool = false;
    /// Whether it's taken as it comes instead of being held in memory.
    const STREAMS: bool = false;

    /// Reads it.
    fn read(headers: &HeaderMap, bytes: &Bytes) -> Result<Self, Problem>;

    /// Takes it as it comes, where it's of those that are.
    fn stream(_: &HeaderMap, _: Incoming) -> Result<Self, Problem> {
        Err(Problem::internal(&"a body that is read whole was to be streamed"))
    }

    /// Describes it; none where nothing is carried.
    fn described(generator: &mut SchemaGenerator) -> Option<Described>;
}

/// Nothing is carried; an empty object counts as nothing.
impl Carried for () {
    fn read(headers: &HeaderMap, bytes: &Bytes) -> Result<Self, Problem> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        read_json::<Empty>(headers, bytes).map(|Empty {}| ())
    }

    fn described(_: &mut SchemaGenerator) -> Option<Described> {
        None
    }
}

/// An object without members.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Empty {}

/// A JSON body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Carried for Json<T> {
    fn read(headers: &HeaderMap, bytes: &Bytes) -> Result<Self, Problem> {
        read_json(headers, bytes).map(Json)
    }

    fn described(generator: &mut SchemaGenerator) -> Option<Described> {
        let schema = generator.subschema_for::<T>();
        Some(Described { media: "application/json", schema, optional: false })
    }
}

/// A JSON body that may be left out, which is like an empty object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OptionalJson<T>(pub(crate) T);

impl<T: DeserializeOwned + JsonSchema + Default + Send + 'static> Carried for OptionalJson<T> {
    fn read(headers: &HeaderMap, bytes: &Bytes) -> Result<Self, Problem> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(OptionalJson(T::default()));
        }
        read_json(headers, bytes).map(OptionalJson)
    }

    fn described(generator: &mut SchemaGenerator) -> Option<Described> {
        let schema = generator.subschema_for::<T>();
        Some(Described { media: "application/json", schema, optional: true })
    }
}

/// A file in a text form, such as a time sheet of another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Csv(pub(crate) Bytes);

impl Carried for Csv {
    const UPLOAD: bool = true;

    fn read(headers: &HeaderMap, bytes: &Bytes) -> Result<Self, Problem> {
        match media_of(headers).as_deref() {
            Some("text/csv" | "text/plain" | "application/octet-stream") => Ok(Csv(bytes.clone())),
            Some(_) | None => Err(unsupported("text/csv")),
        }
    }

    fn described(generator: &mut SchemaGenerator) -> Option<Described> {
        let schema = generator.subschema_for::<String>();
        Some(Described { media: "text/csv", schema, optional: false })
    }
}

/// The media type without its parameters, in lower case.
fn media_of(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

fn unsupported(media: &str) -> Problem {
    let detail = format!("send the body as Content-Type: {media}");
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "request.unsupported_media_type", detail)
}

fn read_json<T: DeserializeOwned>(headers: &HeaderMap, bytes: &Bytes) -> Result<T, Problem> {
    if media_of(headers).as_deref() != Some("application/json") {
        return Err(unsupported("application/json"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let fault = match error.inner().classify() {
            serde_json::error::Category::Data => {
                field_error(Part::Body, error.path(), &error.inner().to_string())
            }
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => syntax(error.inner()),
        };
        Problem::malformed(vec![fault])
    })?;
    json.end().map_err(|error| Problem::malformed(vec![syntax(&error)]))?;
    Ok(read)
}

fn syntax(error: &serde_json::Error) -> FieldError {
    FieldError::new("", "json.syntax", error.to_string())
}

/// 413: more than is read here.
pub(crate) fn too_large(limit: usize) -> Problem {
    let detail = format!("a body here has at most {limit} bytes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "request.too_large", detail)
}

/// The bytes of a body of at most `limit`, within `patience`.
pub(crate) async fn collect(
    body: Body,
    limit: usize,
    patience: Duration,
) -> Result<Bytes, Problem> {
    let collected = tokio::time::timeout(patience, Limited::new(body, limit).collect()).await;
    match collected {
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "request.timeout",
            "the body did not arrive in time",
        )),
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Ok(Err(_)) => Err(cut_short()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Default, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[serde(default)]
        lines: Vec<Line>,
    }

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Line {
        seconds: u32,
    }

    fn read<B: Carried>(media: &'static str, text: &'static str) -> Result<B, String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
        B::read(&headers, &Bytes::from_static(text.as_bytes())).map_err(|e| format!("{e:?}"))
    }

    #[test]
    fn a_fault_is_named_by_a_pointer_and_a_code() {
        for (text, pointer, code) in [
            (r#"{"lines":[{"seconds":1},{"seconds":"x"}]}"#, "/lines/1/seconds", "json.invalid"),
            (r#"{"lines":[{"seconds":1,"hours":2}]}"#, "/lines/0/hours", "json.unknown_field"),
            (r#"{"lines":[{}]}"#, "/lines/0/seconds", "json.missing_field"),
            (r#"{"tenant_id":"x"}"#, "/tenant_id", "json.unknown_field"),
            (r#"{"lines":[],"lines":[]}"#, "/lines", "json.repeated_field"),
            (r#"{"lines":["#, "", "json.syntax"),
            ("{} {}", "", "json.syntax"),
            ("[]x", "", "json."),
        ] {
            let problem = read::<Json<Order>>("application/json", text).unwrap_err();
            assert!(problem.contains(&format!("{pointer:?}")), "{text}: {problem}");
            assert!(problem.contains(code), "{text}: {problem}");
        }
    }

    #[test]
    fn another_media_type_is_refused_before_the_body_is_read() {
        let problem = read::<Json<Order>>("text/plain", "{}").unwrap_err();
        assert!(problem.contains("415"), "{problem}");
        assert!(read::<Json<Order>>("application/json; charset=utf-8", "{}").is_ok());
    }

    #[test]
    fn where_nothing_is_carried_an_empty_object_is_nothing_and_a_member_is_refused() {
        assert_eq!(read::<()>("application/json", "{}"), Ok(()));
        assert_eq!(read::<()>("text/plain", " \n"), Ok(()));
        assert!(read::<()>("application/json", r#"{"a":1}"#).is_err());
        let empty = read::<OptionalJson<Order>>("text/plain", "").unwrap();
        assert_eq!(empty, OptionalJson(Order::default()));
    }
}
