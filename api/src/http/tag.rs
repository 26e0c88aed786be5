//! The tag of an object's version: strong, opaque, and salted with the tenant's own key, so that
//! equal versions of two tenants never look alike. It can be read back, so a change needs no look
//! at a read model that may be behind.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use migrations::keys::TenantKeys;
use uuid::Uuid;

/// What tells objects apart: the kind and the id.
pub(crate) type Object<'a> = (&'a str, Uuid);

const MAC_BYTES: usize = 12;

/// Which version of an object a request is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meant {
    /// Whatever it is now.
    Any,
    /// The one seen in this version.
    Seen(i64),
    /// One that the object never had here: a tag of something else, or no tag.
    Unknown,
}

fn mac(keys: &TenantKeys, (kind, id): Object<'_>, version: i64) -> [u8; MAC_BYTES] {
    let digest = keys.digest("etag", &[kind.as_bytes(), id.as_bytes(), &version.to_be_bytes()]);
    digest[..MAC_BYTES].try_into().expect("a digest is longer")
}

/// The tag of an object in a version, with its quotes.
pub(crate) fn tag(keys: &TenantKeys, object: Object<'_>, version: i64) -> HeaderValue {
    let bytes = [&version.to_be_bytes()[..], &mac(keys, object, version)].concat();
    let text = format!("\"{}\"", URL_SAFE_NO_PAD.encode(bytes));
    HeaderValue::try_from(text).expect("base64 fits a header")
}

fn version_of(keys: &TenantKeys, object: Object<'_>, tag: &str) -> Option<i64> {
    let text = tag.strip_prefix('"')?.strip_suffix('"')?;
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (version, told) = bytes.split_first_chunk::<8>()?;
    let version = i64::from_be_bytes(*version);
    (told == mac(keys, object, version)).then_some(version)
}

/// What the `If-Match` of a request means for an object; none where it has none.
///
/// Of several tags the latest version counts: it includes what the others saw.
pub(crate) fn meant(keys: &TenantKeys, object: Object<'_>, headers: &HeaderMap) -> Option<Meant> {
    let mut lines = headers.get_all(header::IF_MATCH).iter().peekable();
    lines.peek()?;
    let mut latest = None;
    for line in lines {
        for text in line.to_str().unwrap_or_default().split(',').map(str::trim) {
            if text == "*" {
                return Some(Meant::Any);
            }
            latest = latest.max(version_of(keys, object, text));
        }
    }
    Some(latest.map_or(Meant::Unknown, Meant::Seen))
}
