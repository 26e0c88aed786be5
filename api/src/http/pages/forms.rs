//! What a form carries and whether it was sent from a page of ours: the browser says from where it
//! comes, and the form has a token that follows from the session. Another site can give neither.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use migrations::keys::{TenantKeys, hex, sha256};

use super::super::App;
use super::super::body::collect;
use super::super::problem::{FieldError, Problem};

/// The largest form.
const FORM_BYTES_MAX: usize = 16 << 10;
/// Follows from the session.
pub(super) const CSRF: &str = "csrf";
/// Makes a form that is sent twice count once.
pub(super) const ONCE: &str = "once";
/// The version of what the form changes, as the page showed it.
pub(super) const SEEN: &str = "seen";

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The bytes of a form.
pub(super) async fn field_bytes(app: &App, parts: &Parts, body: Body) -> Result<Vec<u8>, Problem> {
    let media = parts.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media = media.and_then(|media| media.split(';').next()).unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let detail = "use the button of the page";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Problem::new(status, "request.unsupported_media_type", detail));
    }
    Ok(collect(body, FORM_BYTES_MAX, app.limits.body_patience).await?.to_vec())
}

/// Whether a browser sent this from a page of the same origin; none where it's not said, as by what
/// is no browser.
pub(super) fn from_here(parts: &Parts) -> Option<bool> {
    let text = |name: HeaderName| parts.headers.get(name).map(|it| it.to_str().unwrap_or_default());
    let site = text(FETCH_SITE).map(|site| site == "same-origin");
    let origin = text(header::ORIGIN).filter(|origin| *origin != "null" || site.is_none());
    let origin = origin.map(|origin| {
        let host = text(header::HOST).unwrap_or_default();
        let named = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        named.is_some_and(|named| named.eq_ignore_ascii_case(host))
    });
    match (site, origin) {
        (None, None) => None,
        (site, origin) => Some(site.unwrap_or(true) && origin.unwrap_or(true)),
    }
}

/// The token that forms of a session have.
pub(super) fn csrf_of(keys: &TenantKeys, secret: &str) -> String {
    hex(&keys.digest("forms of a session", &[secret.as_bytes()])[..16])
}

/// A form without what every form has.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    fields: BTreeMap<String, String>,
    /// The key under which it counts once; none where the form had none.
    pub(super) once: Option<String>,
}

impl Form {
    /// Reads a form that has the token.
    pub(super) fn read(bytes: &[u8], csrf: &str) -> Result<Self, Problem> {
        let mut fields = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(bytes) {
            let (name, value) = (name.into_owned(), value.into_owned());
            if fields.insert(name.clone(), value).is_some() {
                let detail = "give this field once";
                let fault = FieldError::new(format!("/{name}"), "form.repeated_field", detail);
                return Err(Problem::malformed(vec![fault]));
            }
        }
        // Equal hashes instead of equal texts, so that time tells nothing of the token.
        let shown = fields.remove(CSRF).unwrap_or_default();
        if sha256(shown.as_bytes()) != sha256(csrf.as_bytes()) {
            let detail = "this form is not of the session that you are in; open its page again";
            return Err(Problem::new(StatusCode::FORBIDDEN, "form.foreign", detail));
        }
        let once = fields.remove(ONCE).filter(|once| !once.is_empty());
        // What was refused and then corrected is another request than the one before.
        let said = format!("{fields:?}");
        let once = once.map(|once| format!("{once}.{}", &hex(&sha256(said.as_bytes()))[..16]));
        Ok(Form { fields, once })
    }

    /// A field with something in it.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().header("host", "acme.localhost:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_form_comes_from_here_only_where_the_browser_says_so() {
        let here = [
            &[("origin", "http://acme.localhost:8080")][..],
            &[("origin", "https://acme.localhost:8080"), ("sec-fetch-site", "same-origin")],
            // Where a page gives no referrer, the origin is hidden and the site is not.
            &[("origin", "null"), ("sec-fetch-site", "same-origin")],
        ];
        for headers in here {
            assert_eq!(from_here(&parts(headers)), Some(true), "{headers:?}");
        }
        let elsewhere = [
            &[("origin", "http://evil.example")][..],
            &[("origin", "http://other.localhost:8080")],
            &[("origin", "http://acme.localhost:8081")],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site"), ("origin", "http://acme.localhost:8080")],
            &[("sec-fetch-site", "none")],
        ];
        for headers in elsewhere {
            assert_eq!(from_here(&parts(headers)), Some(false), "{headers:?}");
        }
        assert_eq!(from_here(&parts(&[])), None);
    }

    #[test]
    fn a_form_needs_its_token_and_counts_once_as_long_as_it_says_the_same() {
        let read = |text: &str| Form::read(text.as_bytes(), "t");
        let form = read("csrf=t&once=1&amount=+12+&note=").unwrap();
        assert_eq!((form.field("amount"), form.field("note")), (Some("12"), None));
        assert_eq!(form.once, read("once=1&note=&amount=+12+&csrf=t").unwrap().once);
        assert_ne!(form.once, read("csrf=t&once=1&amount=13&note=").unwrap().once);
        for text in ["once=1", "csrf=x&once=1", "csrf=t&csrf=t", "csrf=t&a=1&a=2"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
