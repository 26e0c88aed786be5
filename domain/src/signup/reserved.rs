//! Names that no firm can have, because people would take their hosts for the service's own.

/// What belongs to the service, by what it's used for.
pub const RESERVED: &[(&str, &[&str])] = &[
    (
        "the service's own sites",
        &["www", "api", "app", "admin", "console", "dashboard", "platform"],
    ),
    ("its infrastructure", &["cdn", "assets", "static", "files", "media", "ns1", "ns2", "dns"]),
    ("its mail", &["mail", "email", "smtp", "imap", "pop", "mx", "webmail", "postmaster"]),
    ("its words to customers", &["status", "support", "help", "docs", "blog", "news", "about"]),
    ("its business", &["billing", "pay", "payments", "plans", "pricing", "sales", "shop"]),
    ("ways in", &["login", "signin", "signup", "sign-up", "auth", "sso", "oauth", "account"]),
    ("who answers for it", &["abuse", "security", "legal", "privacy", "root", "hostmaster"]),
    ("stages of it", &["dev", "test", "staging", "beta", "demo", "sandbox", "preview", "local"]),
    ("names with a meaning on the net", &["localhost", "autodiscover", "autoconfig", "wpad"]),
    ("the product's name", &["crowdminder", "crowd-minder"]),
];

/// Whether a slug is kept back: one of `RESERVED`, or one that a mail or domain system would read
/// otherwise (`xn--`).
pub fn is_reserved(slug: &str) -> bool {
    slug.starts_with("xn--") || RESERVED.iter().any(|(_, names)| names.contains(&slug))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signup::is_slug;

    #[test]
    fn each_reserved_name_could_be_a_slug_and_is_listed_once() {
        let names: Vec<_> = RESERVED.iter().flat_map(|(_, names)| names.iter()).collect();
        assert!(names.iter().all(|name| is_slug(name)), "else it need not be kept back");
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len());
    }

    #[test]
    fn the_services_own_names_are_kept_back_and_those_of_firms_are_not() {
        for slug in ["www", "api", "admin", "mail", "status", "support", "xn--mnchen-3ya"] {
            assert!(is_reserved(slug), "{slug}");
        }
        for slug in ["acme", "umbrella", "api-design", "www2"] {
            assert!(!is_reserved(slug), "{slug}");
        }
    }
}
