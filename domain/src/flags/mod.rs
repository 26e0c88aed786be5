//! Feature flags: switches that the platform throws for all, for one tenant, for one member or for
//! a percentage of them. They are evaluated in one place, `Evaluated`; a flag nobody defined is
//! off.

pub mod define_flag;
mod evaluated;
mod events;
mod flag;
pub mod override_flag;
mod refusal;
pub mod remove_flag;

pub use define_flag::DefineFlag;
pub use evaluated::{BUCKETS, Evaluated, Subject, bucket};
pub use events::{FlagDefined, FlagEvent, FlagOverridden, FlagRemoved, Share, ShareOf};
pub use flag::{Flag, FlagCommand, flag_stream};
pub use override_flag::OverrideFlag;
pub use refusal::Refusal;
pub use remove_flag::RemoveFlag;

/// Whether firms may sign themselves up; on where nobody defined it otherwise.
pub const PUBLIC_SIGN_UP: &str = "public_sign_up";

/// The longest key, in bytes.
pub const KEY_BYTES_MAX: usize = 60;

/// The longest description, in characters.
pub const DESCRIPTION_CHARACTERS_MAX: usize = 500;

/// Whether a text can be a flag's key: `a-z`, `0-9` and `_`, beginning with a letter.
pub fn is_key(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=KEY_BYTES_MAX).contains(&text.len())
        && text.bytes().all(inner)
        && text.starts_with(|first: char| first.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_of_lower_case_letters_digits_and_underscores_and_begins_with_a_letter() {
        for key in ["a", PUBLIC_SIGN_UP, "v2_grid", &"a".repeat(60)] {
            assert!(is_key(key), "{key:?}");
        }
        for text in ["", "2nd", "_a", "New", "a-b", "a.b", "a b", "é", &"a".repeat(61)] {
            assert!(!is_key(text), "{text:?}");
        }
    }
}
