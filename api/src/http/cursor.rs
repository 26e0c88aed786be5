//! Where a list goes on. A cursor is sealed with the tenant's own key and bound to the route, the
//! filter and the caller, so that it can be neither made up nor carried over to another list.

use axum::http::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use migrations::keys::TenantKeys;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use super::query::{Asked, refused};

const MAC_BYTES: usize = 16;

/// A piece of a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Page<T> {
    /// The items of this piece.
    pub(crate) items: Vec<T>,
    /// Give it as `cursor` to go on; null at the end.
    pub(crate) next_cursor: Option<String>,
}

/// What a cursor belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    parts: Vec<String>,
}

impl Binding {
    /// The list of this path as this caller filters it.
    pub(crate) fn new(path: &str, caller: &str, asked: &Asked) -> Self {
        let mut filter = asked.own.clone();
        filter.sort();
        let filter = filter.into_iter().flat_map(|(key, value)| [key, value]);
        let as_of = asked.as_of.clone().unwrap_or_default();
        let known_at = asked.known_at.clone().unwrap_or_default();
        let fixed = [path.to_owned(), caller.to_owned(), as_of, known_at];
        Binding { parts: fixed.into_iter().chain(filter).collect() }
    }

    fn mac(&self, keys: &TenantKeys, key: &[u8]) -> [u8; MAC_BYTES] {
        let parts: Vec<&[u8]> =
            self.parts.iter().map(String::as_bytes).chain(std::iter::once(key)).collect();
        keys.digest("cursor", &parts)[..MAC_BYTES].try_into().expect("a digest is longer")
    }

    /// The cursor behind the item with this key.
    pub(crate) fn seal(&self, keys: &TenantKeys, key: &impl Serialize) -> String {
        let key = serde_json::to_vec(key).expect("a key is plain data");
        let mac = self.mac(keys, &key);
        URL_SAFE_NO_PAD.encode([&mac[..], &key].concat())
    }

    /// The key in a cursor that was sealed for this list.
    pub(crate) fn open<K: DeserializeOwned>(
        &self,
        keys: &TenantKeys,
        cursor: &str,
    ) -> Result<K, Problem> {
        let open = || {
            let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
            let (mac, key) = bytes.split_first_chunk::<MAC_BYTES>()?;
            (*mac == self.mac(keys, key)).then(|| serde_json::from_slice(key).ok())?
        };
        let why = "this is no cursor of this list; begin again without one";
        open().ok_or_else(|| refused("cursor", "query.invalid", why))
    }
}

/// The `Link` to the next piece: the same request with its cursor.
pub(crate) fn link(path: &str, asked: &Asked, cursor: &str) -> HeaderValue {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(&asked.own).append_pair("limit", &asked.limit.to_string());
    if let Some(as_of) = &asked.as_of {
        query.append_pair("as_of", as_of);
    }
    if let Some(known_at) = &asked.known_at {
        query.append_pair("known_at", known_at);
    }
    let query = query.append_pair("cursor", cursor).finish();
    let text = format!("<{path}?{query}>; rel=\"next\"");
    HeaderValue::try_from(text).expect("a path and an encoded query fit a header")
}
