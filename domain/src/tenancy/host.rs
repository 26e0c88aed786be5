//! A host of a tenant's own in its one form: lower case, without a dot at its end. What is no plain
//! host name is refused, not mended.

use super::Refusal;

/// The longest host name, in bytes (RFC 1035, section 2.3.4).
const HOST_MAX: usize = 253;
/// The longest label.
const LABEL_MAX: usize = 63;

/// The host in its one form. Refuses what can't be a public host name, and what lies under the
/// base domain, where slugs alone say what leads where.
pub fn own_host(text: &str, base_domain: &str) -> Result<String, Refusal> {
    if !text.is_ascii() {
        return Err(Refusal::HostNotAscii);
    }
    let host = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    if !is_public_name(&host) {
        return Err(Refusal::InvalidHost);
    }
    let base = base_domain.to_ascii_lowercase();
    if host == base || host.ends_with(&format!(".{base}")) || base.ends_with(&format!(".{host}")) {
        return Err(Refusal::HostOfPlatform);
    }
    Ok(host)
}

/// Two labels or more, the last with a letter, so that no address passes for a name.
fn is_public_name(host: &str) -> bool {
    let label = |label: &str| {
        (1..=LABEL_MAX).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    // Names of machines and networks of one's own lead nowhere that the public could check.
    let private = ["localhost", "local", "internal", "arpa"];
    (1..=HOST_MAX).contains(&host.len())
        && host.contains('.')
        && host.split('.').all(label)
        && last.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !private.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_one_form() {
        for text in ["hours.acme.example", "Hours.ACME.Example", "hours.acme.example."] {
            assert_eq!(own_host(text, "crowd.test").unwrap(), "hours.acme.example");
        }
        let idn = "xn--bcher-kva.example";
        assert_eq!(own_host(idn, "crowd.test").unwrap(), idn);
    }

    #[test]
    fn what_is_no_plain_public_host_name_is_refused() {
        let long = format!("{}.example", "a".repeat(64));
        for text in [
            "",
            ".",
            "acme",
            "acme..example",
            ".acme.example",
            "acme.example..",
            "acme.example:80",
            "https://acme.example",
            "me@acme.example",
            "acme.example/x",
            "*.acme.example",
            "-a.example",
            "a-.example",
            "a_b.example",
            "10.0.0.1",
            "[::1]",
            "a b.example",
            &long,
            "acme.localhost",
            "printer.local",
            "1.0.0.127.in-addr.arpa",
        ] {
            assert_eq!(own_host(text, "crowd.test"), Err(Refusal::InvalidHost), "{text:?}");
        }
        let refused = own_host("bücher.example", "crowd.test");
        assert_eq!(refused, Err(Refusal::HostNotAscii));
    }

    #[test]
    fn a_host_of_the_service_itself_is_nobodys_own() {
        for text in ["crowd.test", "acme.crowd.test", "a.b.Crowd.Test", "Acme.Crowd.Test."] {
            assert_eq!(own_host(text, "crowd.test"), Err(Refusal::HostOfPlatform), "{text}");
        }
        assert_eq!(own_host("app.test", "go.app.test"), Err(Refusal::HostOfPlatform));
        assert!(own_host("notcrowd.test", "crowd.test").is_ok());
    }
}
