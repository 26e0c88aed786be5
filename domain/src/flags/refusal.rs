//! Why a flag refuses.

/// What a flag refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The key can't be one.
    #[error("give a key of 1 to 60 of a-z, 0-9 and _ that begins with a letter")]
    InvalidKey,
    /// Nobody would know what it switches.
    #[error("say in 1 to 500 characters what the flag switches")]
    InvalidDescription,
    /// More than all.
    #[error("give a percentage from 0 to 100")]
    InvalidPercent,
    /// There is no such flag.
    #[error("there is no such flag")]
    UnknownFlag,
    /// A flag is said of too many one by one.
    #[error("the flag is set for {most} tenants and members one by one; use a percentage instead",
        most = super::override_flag::OVERRIDES_MAX)]
    TooManyOverrides,
}

impl Refusal {
    /// The stable name of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::InvalidKey => "flags.invalid_key",
            Refusal::InvalidDescription => "flags.invalid_description",
            Refusal::InvalidPercent => "flags.invalid_percent",
            Refusal::UnknownFlag => "flags.unknown_flag",
            Refusal::TooManyOverrides => "flags.too_many_overrides",
        }
    }

    /// The field of the request it's about, as a JSON pointer, where it's one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::InvalidKey => Some("/key"),
            Refusal::InvalidDescription => Some("/description"),
            Refusal::InvalidPercent => Some("/share/percent"),
            Refusal::UnknownFlag | Refusal::TooManyOverrides => None,
        }
    }

    /// Whether what was named is not there at all.
    pub fn is_unknown(&self) -> bool {
        *self == Refusal::UnknownFlag
    }
}
