//! What a tenant's slug may be, and which ones the service keeps for itself: a host such as
//! `login.<base domain>` must never lead to a customer.

/// Slugs that nobody gets: the service's own hosts, those that mail and browsers look up by
/// themselves, and those that a visitor takes for the service.
pub const RESERVED: &[&str] = &[
    "account",
    "accounts",
    "admin",
    "administrator",
    "api",
    "app",
    "assets",
    "auth",
    "autoconfig",
    "autodiscover",
    "billing",
    "blog",
    "cdn",
    "crowdminder",
    "dashboard",
    "demo",
    "dev",
    "dns",
    "docs",
    "download",
    "downloads",
    "example",
    "files",
    "ftp",
    "git",
    "grafana",
    "health",
    "help",
    "hostmaster",
    "id",
    "imap",
    "info",
    "internal",
    "invoice",
    "invoices",
    "legal",
    "local",
    "localhost",
    "login",
    "logout",
    "mail",
    "metrics",
    "mta-sts",
    "mx",
    "nats",
    "news",
    "noreply",
    "ns",
    "ns1",
    "ns2",
    "oauth",
    "operator",
    "operators",
    "pay",
    "payment",
    "payments",
    "platform",
    "pop",
    "pop3",
    "postmaster",
    "privacy",
    "public",
    "register",
    "root",
    "sales",
    "secure",
    "security",
    "server",
    "service",
    "signin",
    "signup",
    "smtp",
    "ssl",
    "sso",
    "staging",
    "static",
    "status",
    "support",
    "system",
    "team",
    "terms",
    "test",
    "tls",
    "webhook",
    "webhooks",
    "webmail",
    "webmaster",
    "whois",
    "wpad",
    "ws",
    "www",
    "www1",
    "www2",
];

/// Whether a slug can be the first label of a host name: 2 to 40 of `a-z`, `0-9` and `-`, with a
/// letter or digit at both ends. The third and fourth may not both be `-`: that is how names in
/// other alphabets are written, which may look like another firm's (RFC 5891, section 4.2.3.1).
pub fn is_slug(slug: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (2..=40).contains(&slug.len())
        && slug.bytes().all(|byte| inner(byte) || byte == b'-')
        && slug.bytes().next().is_some_and(inner)
        && slug.bytes().last().is_some_and(inner)
        && slug.get(2..4) != Some("--")
}

/// Whether the service keeps a slug for itself.
pub fn is_reserved(slug: &str) -> bool {
    RESERVED.binary_search(&slug).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_what_a_host_name_may_begin_with() {
        for slug in ["acme", "a1", "umbrella-sa", "9to5", "a--b"] {
            assert!(is_slug(slug), "{slug}");
        }
        let long = "a".repeat(41);
        for slug in ["", "a", "-acme", "acme-", "Acme", "a.b", "a_b", "a b", "xn--80ak6aa", &long] {
            assert!(!is_slug(slug), "{slug}");
        }
    }

    #[test]
    fn reserved_slugs_are_in_order_and_could_be_slugs_otherwise() {
        assert!(RESERVED.is_sorted_by(|one, next| one < next));
        assert!(RESERVED.iter().all(|slug| is_slug(slug) && is_reserved(slug)));
        assert!(!is_reserved("acme"));
    }
}
