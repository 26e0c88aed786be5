//! The two cookies there are: who is signed in, and where somebody wanted to go before they were.
//! Both have the prefix `__Host-`, so that no other host and no plain connection can set them;
//! browsers take them from `http://*.localhost` too. Pages alone read them: the API knows bearers
//! only.

use axum::http::{HeaderMap, HeaderValue, header};
use commands::sessions::PREFIX;

use super::super::caller::TOKEN_MAX;

const SESSION: &str = "__Host-session";
const NEXT: &str = "__Host-next";
/// How long it's remembered where somebody wanted to go: as long as a link is good for.
const NEXT_SECONDS: i64 = 15 * 60;
/// The longest path that is remembered.
const NEXT_MAX: usize = 500;

/// The secret of the session that a browser shows; none where it shows two.
pub(super) fn session_of(headers: &HeaderMap) -> Option<&str> {
    let secret = value_of(headers, SESSION)?;
    (secret.starts_with(PREFIX) && secret.len() <= TOKEN_MAX).then_some(secret)
}

/// Sets the session for so many seconds.
pub(super) fn session(secret: &str, seconds: i64) -> HeaderValue {
    cookie(SESSION, secret, seconds)
}

/// Where somebody wanted to go, if that is a place of ours.
pub(super) fn next_of(headers: &HeaderMap) -> Option<String> {
    let encoded = value_of(headers, NEXT)?;
    let pair = form_urlencoded::parse(encoded.as_bytes()).next()?;
    is_ours(&pair.0).then(|| pair.0.into_owned())
}

/// Remembers where somebody wants to go.
pub(super) fn next(path: &str) -> Option<HeaderValue> {
    let encoded: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
    (is_ours(path) && encoded.len() <= NEXT_MAX).then(|| cookie(NEXT, &encoded, NEXT_SECONDS))
}

/// Takes both away.
pub(super) fn none() -> [HeaderValue; 2] {
    [cookie(SESSION, "", 0), no_next()]
}

/// Forgets where somebody wanted to go.
pub(super) fn no_next() -> HeaderValue {
    cookie(NEXT, "", 0)
}

/// Whether a browser that is sent there stays on this host: a path from the root, and nothing that
/// a browser would read as the name of another host.
fn is_ours(path: &str) -> bool {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let rooted = path.starts_with('/') && !path.starts_with("//");
    plain && rooted && path.len() <= NEXT_MAX
}

fn cookie(name: &str, value: &str, seconds: i64) -> HeaderValue {
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax");
    HeaderValue::try_from(text).expect("secrets and encoded paths fit a header")
}

/// The value of the one cookie with this name.
fn value_of<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|text| text.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(name, _)| name.trim() == wanted).map(|(_, value)| value.trim());
    let (value, None) = (values.next()?, values.next()) else { return None };
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(header::COOKIE, cookie.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_session_is_found_among_other_cookies_and_two_are_none() {
        let one = headers(&["a=1; __Host-session=cms_x; b=2"]);
        assert_eq!(session_of(&one), Some("cms_x"));
        for none in [
            headers(&["__Host-session=cms_x", "__Host-session=cms_y"]),
            headers(&["__Host-session=cm_token"]),
            headers(&["session=cms_x"]),
            headers(&[]),
        ] {
            assert_eq!(session_of(&none), None);
        }
    }

    #[test]
    fn only_a_path_of_this_host_is_a_place_to_go_on_to() {
        let there_and_back = |path: &str| {
            let set = next(path)?;
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            next_of(&headers(&[&pair]))
        };
        for path in ["/", "/invoices", "/invoices/1?as_of=3&x=%2F"] {
            assert_eq!(there_and_back(path).as_deref(), Some(path));
        }
        let long = format!("/{}", "a".repeat(600));
        for path in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "evil",
            "",
            "/a\r\nSet-Cookie: x",
            "/\t/evil.example",
            &long,
        ] {
            assert_eq!(there_and_back(path), None, "{path:?}");
            let encoded: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
            assert_eq!(next_of(&headers(&[&format!("__Host-next={encoded}")])), None, "{path:?}");
        }
    }
}
