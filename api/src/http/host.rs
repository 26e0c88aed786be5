//! Which tenant a request is for. The host says so, by exact look-up, and nothing else does: any
//! other mention of a tenant must agree with it. What a proxy adds is not believed.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Uri, header};
use migrations::platform::{Platform, TenantRecord};
use uuid::Uuid;

use super::problem::Problem;
use super::standing;

/// Headers that name a tenant in other products' conventions.
const MENTIONS: [HeaderName; 4] = [
    HeaderName::from_static("x-tenant"),
    HeaderName::from_static("x-tenant-id"),
    HeaderName::from_static("x-tenant-slug"),
    HeaderName::from_static("tenant"),
];

/// Query keys, and members of a body, that name a tenant.
pub(crate) const MENTIONING_KEYS: [&str; 4] = ["tenant", "tenant_id", "tenant_slug", "schema"];

/// The tenant that a request's host leads to.
pub(crate) async fn tenant_of(
    platform: &Platform,
    parts: &Parts,
) -> Result<(String, Arc<TenantRecord>), Problem> {
    let host = host_of(&parts.headers, &parts.uri).ok_or_else(Problem::not_found)?;
    let tenant = platform.tenant_of_host(&host).await?.ok_or_else(Problem::not_found)?;
    if !standing::is_there(&tenant.state) {
        return Err(Problem::not_found());
    }
    for name in &MENTIONS {
        for value in parts.headers.get_all(name) {
            let agrees = value.to_str().is_ok_and(|said| agrees(&tenant, &host, said));
            if !agrees {
                return Err(Problem::not_found());
            }
        }
    }
    Ok((host, tenant))
}

/// Whether a mention of a tenant means this one: by slug, id, schema or host.
pub(crate) fn agrees(tenant: &TenantRecord, host: &str, said: &str) -> bool {
    said == tenant.slug
        || said == host
        || said == tenant.id.schema()
        || Uuid::try_parse(said).is_ok_and(|id| id == tenant.id.0)
}

/// The one host that a request names, in lower case and without its port.
fn host_of(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let mut named = headers.get_all(header::HOST).iter();
    let host = named.next()?.to_str().ok().and_then(normalised)?;
    if named.next().is_some() {
        return None;
    }
    // The absolute form of a request line names a host as well.
    match uri.authority() {
        Some(authority) if normalised(authority.as_str())? != host => None,
        Some(_) | None => Some(host),
    }
}

/// `Acme.Example.com:8080` as `acme.example.com`; none for what is no plain host name, such as one
/// with user information, a trailing dot or an address in brackets.
fn normalised(text: &str) -> Option<String> {
    let name = match text.split_once(':') {
        None => text,
        Some((name, port)) => {
            let is_port = (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
            is_port.then_some(name)?
        }
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    let fits = (1..=253).contains(&name.len()) && name.bytes().all(plain);
    (fits && !name.ends_with('.') && !name.starts_with('.')).then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_in_lower_case_and_without_its_port() {
        assert_eq!(normalised("acme.localhost").as_deref(), Some("acme.localhost"));
        assert_eq!(normalised("ACME.localhost:8080").as_deref(), Some("acme.localhost"));
    }

    #[test]
    fn what_is_no_plain_host_name_is_none() {
        for text in [
            "",
            ".",
            "acme.localhost.",
            "me@acme.localhost",
            "me:secret@acme.localhost",
            "acme.localhost:",
            "acme.localhost:80a",
            "acme.localhost:123456",
            "[::1]:80",
            "acme.localhost/x",
            "ácme.localhost",
            "acme localhost",
            "acme.localhost:80:80",
        ] {
            assert_eq!(normalised(text), None, "{text:?}");
        }
    }

    #[test]
    fn two_hosts_are_none_and_so_is_a_request_line_that_disagrees() {
        let mut headers = HeaderMap::new();
        headers.append(header::HOST, "acme.localhost".parse().unwrap());
        let host = |headers: &HeaderMap, uri: &str| host_of(headers, &uri.parse().unwrap());
        assert_eq!(host(&headers, "/x").as_deref(), Some("acme.localhost"));
        assert_eq!(host(&headers, "http://acme.localhost/x").as_deref(), Some("acme.localhost"));
        assert_eq!(host(&headers, "http://other.localhost/x"), None);
        headers.append(header::HOST, "acme.localhost".parse().unwrap());
        assert_eq!(host(&headers, "/x"), None);
        assert_eq!(host(&HeaderMap::new(), "/x"), None);
    }
}
