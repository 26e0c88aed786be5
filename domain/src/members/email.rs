//! What an e-mail address may be. The check is meant for typing errors; that an address works is
//! known only once somebody signs in with it.

/// Longest address in bytes that SMTP carries (RFC 5321, erratum 1690).
pub const EMAIL_BYTES_MAX: usize = 254;

const LOCAL_PART_BYTES_MAX: usize = 64;

/// `text` without white space around it, or `None` where it can't be an address.
///
/// There is one `@` with something on both sides, no white space or control character, and a domain
/// of non-empty labels. A domain without a dot is fine: firms have such hosts inside.
pub fn checked_email(text: &str) -> Option<String> {
    let address = text.trim();
    let (local, domain) = address.split_once('@')?;
    let no_blank = !address.contains(|c: char| c.is_whitespace() || c.is_control());
    let fits =
        address.len() <= EMAIL_BYTES_MAX && (1..=LOCAL_PART_BYTES_MAX).contains(&local.len());
    let plain = !local.contains(['<', '>', '(', ')', ',', ';', ':', '"', '\\']);
    let host = domain.split('.').all(is_label);
    (no_blank && fits && plain && host).then(|| address.to_owned())
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
}

/// The form in which addresses are compared and claimed. Lower case throughout: mailboxes that
/// differ in case only are, in practice, one.
pub fn normalised_email(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_addresses_pass_and_lose_the_white_space_around_them() {
        assert_eq!(
            checked_email(" Nova.O'Neil+x@example.co.za ").as_deref(),
            Some("Nova.O'Neil+x@example.co.za")
        );
        for address in ["a@b", "ops@localhost", "jörg@bücher.example", "a_b-c@x-y.example"] {
            assert_eq!(checked_email(address).as_deref(), Some(address));
        }
    }

    #[test]
    fn what_can_not_be_an_address_does_not_pass() {
        let long = format!("{}@example.com", "x".repeat(65));
        let longer = format!("x@{}example.com", "abcdefgh.".repeat(30));
        for text in [
            "",
            "nova",
            "@example.com",
            "nova@",
            "a@b@c",
            "a b@example.com",
            "a@exa mple.com",
            "a@example..com",
            "a@.com",
            "a@example.com.",
            "a@-x.com",
            "Nova <nova@example.com>",
            "a\n@example.com",
            "a@example.com,b@example.com",
            &long,
            &longer,
        ] {
            assert_eq!(checked_email(text), None, "{text:?}");
        }
    }

    #[test]
    fn addresses_that_differ_in_case_are_one() {
        assert_eq!(normalised_email(" Nova@Example.COM"), normalised_email("nova@example.com "));
    }
}
