//! What pages are made of besides their markup: one style, a few modules, one picture. They are
//! part of the program, the same for every firm, and named by the hash of all of them, so that a
//! browser keeps them for good and still never mixes two versions.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use migrations::keys::{hex, sha256};

use super::super::problem::Problem;

/// Where they are, with the hash and the name of one.
pub(crate) const ROUTE: &str = "/assets/{version}/{name}";

const CSS: &str = "text/css; charset=utf-8";
const MODULE: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";
/// A year, and no question in between: under this name it never changes.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Only pages of the same origin may use them.
const SAME_ORIGIN: (HeaderName, HeaderValue) = (
    HeaderName::from_static("cross-origin-resource-policy"),
    HeaderValue::from_static("same-origin"),
);

struct Asset {
    name: &'static str,
    media: &'static str,
    bytes: &'static [u8],
}

macro_rules! assets {
    ($($name:literal $media:ident,)+) => {
        static ASSETS: &[Asset] = &[$(Asset {
            name: $name,
            media: $media,
            bytes: include_bytes!(concat!("../../../assets/", $name)),
        },)+];
    };
}

assets! {
    "style.css" CSS,
    "app.js" MODULE,
    "as-of-slider.js" MODULE,
    "icon.svg" SVG,
}

/// The first 16 digits of a hash over all of them.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let hashes: Vec<u8> = ASSETS.iter().flat_map(|asset| sha256(asset.bytes)).collect();
    hex(&sha256(&hashes))[..16].to_owned()
});

/// The path of one of them, for templates.
pub(crate) fn asset(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// `GET /assets/{version}/{name}`. Who comes with another version, as while a new one is rolled
/// out, gets ours and is not to keep it.
pub(crate) async fn serve(
    Path((version, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return Problem::not_found().into_response();
    };
    let tag = format!("\"{}\"", &hex(&sha256(asset.bytes))[..32]);
    let kept = if version == *VERSION { FOR_GOOD } else { HeaderValue::from_static("no-store") };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let known = known.is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag));
    let tag = HeaderValue::try_from(tag).expect("hexadecimal digits fit a header");
    let common = [(header::CACHE_CONTROL, kept), (header::ETAG, tag), SAME_ORIGIN];
    if known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let media = [(header::CONTENT_TYPE, HeaderValue::from_static(asset.media))];
    (common, media, asset.bytes).into_response()
}
