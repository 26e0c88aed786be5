//! Why a sign-up is refused: each refusal names its field and says what to write instead.

use crate::name::NAME_RULE;

/// What a sign-up refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The firm's name is none.
    #[error("{NAME_RULE}")]
    InvalidFirmName,
    /// The slug can't be part of a host name.
    #[error("give 2 to 40 of a-z, 0-9 and -, beginning and ending with a letter or digit")]
    InvalidSlug,
    /// The slug is the service's own.
    #[error("this name is kept for the service itself; choose another, such as your firm's name")]
    SlugReserved,
    /// The slug is another's, or was.
    #[error("this name is not free; choose another, such as your firm's name with its town")]
    SlugTaken,
    /// No code of a country.
    #[error("give the country's two-letter code in capitals, such as ZA")]
    InvalidCountry,
    /// Nothing is known of it.
    #[error("nothing is known of this country; give the currency and the time zone too")]
    UnknownCountry,
    /// No currency.
    #[error("give the currency's three-letter code, such as ZAR")]
    UnknownCurrency,
    /// No time zone.
    #[error("give an IANA time zone, such as Africa/Johannesburg")]
    UnknownTimeZone,
    /// No plan that firms can choose.
    #[error("there is no such plan to choose; GET /plans lists them")]
    UnknownPlan,
    /// The owner's name is none.
    #[error("{NAME_RULE}")]
    InvalidOwnerName,
    /// The owner's address is none.
    #[error("give one e-mail address, such as nova@example.com")]
    InvalidOwnerEmail,
    /// The id was used.
    #[error("this sign-up was begun before")]
    AlreadyBegun,
    /// There is no such sign-up.
    #[error("there is no such sign-up")]
    UnknownSignUp,
    /// Nothing can be corrected any more.
    #[error("this sign-up was confirmed; change the firm's settings on its own site")]
    AlreadyConfirmed,
    /// Nobody confirmed it in time, or the link is old or was used.
    #[error("the link or the sign-up is no longer valid; sign up again")]
    Expired,
    /// It was not confirmed.
    #[error("this sign-up is not confirmed; follow the link in the mail")]
    NotConfirmed,
    /// The operator let no firms sign themselves up now.
    #[error("sign-ups are closed at the moment; ask who runs the service")]
    Closed,
}

impl Refusal {
    /// The stable name of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::InvalidFirmName => "signup.invalid_firm_name",
            Refusal::InvalidSlug => "signup.invalid_slug",
            Refusal::SlugReserved => "signup.slug_reserved",
            Refusal::SlugTaken => "signup.slug_taken",
            Refusal::InvalidCountry => "signup.invalid_country",
            Refusal::UnknownCountry => "signup.unknown_country",
            Refusal::UnknownCurrency => "signup.unknown_currency",
            Refusal::UnknownTimeZone => "signup.unknown_time_zone",
            Refusal::UnknownPlan => "signup.unknown_plan",
            Refusal::InvalidOwnerName => "signup.invalid_owner_name",
            Refusal::InvalidOwnerEmail => "signup.invalid_owner_email",
            Refusal::AlreadyBegun => "signup.already_begun",
            Refusal::UnknownSignUp => "signup.unknown",
            Refusal::AlreadyConfirmed => "signup.already_confirmed",
            Refusal::Expired => "signup.expired",
            Refusal::NotConfirmed => "signup.not_confirmed",
            Refusal::Closed => "signup.closed",
        }
    }

    /// The field of the request it's about, as a JSON pointer, where it's one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::InvalidFirmName => Some("/firm_name"),
            Refusal::InvalidSlug | Refusal::SlugReserved | Refusal::SlugTaken => Some("/slug"),
            Refusal::InvalidCountry | Refusal::UnknownCountry => Some("/country"),
            Refusal::UnknownCurrency => Some("/currency"),
            Refusal::UnknownTimeZone => Some("/time_zone"),
            Refusal::UnknownPlan => Some("/plan"),
            Refusal::InvalidOwnerName => Some("/owner_name"),
            Refusal::InvalidOwnerEmail => Some("/owner_email"),
            Refusal::AlreadyBegun
            | Refusal::UnknownSignUp
            | Refusal::AlreadyConfirmed
            | Refusal::Expired
            | Refusal::NotConfirmed
            | Refusal::Closed => None,
        }
    }

    /// Whether what was named is not there at all.
    pub fn is_unknown(&self) -> bool {
        *self == Refusal::UnknownSignUp
    }
}
