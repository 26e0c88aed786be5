//! What a name may be, the same for members, clients, projects and tasks, and when two names count
//! as one.

/// Names have at most this many characters.
pub const NAME_CHARACTERS_MAX: usize = 200;

/// The rule in words, for refusals.
pub const NAME_RULE: &str = "give a name of 1 to 200 characters without control characters";

/// `text` without white space around it, or `None` where it can't be a name.
pub fn checked_name(text: &str) -> Option<String> {
    let name = text.trim();
    let fits = (1..=NAME_CHARACTERS_MAX).contains(&name.chars().count());
    (fits && !name.contains(char::is_control)).then(|| name.to_owned())
}

/// The form in which names are compared: lower case, white space between words as one space.
pub fn normalised_name(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_around_a_name_goes_and_the_rest_stays() {
        assert_eq!(checked_name("  Ábel  Co \n").as_deref(), Some("Ábel  Co"));
        assert_eq!(checked_name(&"é".repeat(200)), Some("é".repeat(200)));
    }

    #[test]
    fn empty_long_and_control_characters_are_no_names() {
        for text in ["", " \t", "a\u{0}b", "two\nlines", &"x".repeat(201)] {
            assert_eq!(checked_name(text), None, "{text:?}");
        }
    }

    #[test]
    fn names_that_differ_in_case_and_spacing_count_as_one() {
        assert_eq!(normalised_name(" ACME \t Ltd"), normalised_name("Acme ltd"));
        assert_ne!(normalised_name("Acme Ltd"), normalised_name("AcmeLtd"));
    }
}
