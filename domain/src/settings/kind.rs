//! The types a setting can have: what text it takes, in which canonical form it is stored, and how
//! a refusal says what is allowed.

use jiff::tz::TimeZone;

use crate::billing::numbering::NumberPattern;
use crate::country::is_country;
use crate::decimal::{scaled, shortest};
use crate::id::FileId;
use crate::members::checked_email;
use crate::money::minor_digits;

/// The type of a setting with its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name of the IANA time zone database.
    TimeZone,
    /// An ISO 4217 code.
    Currency,
    /// An ISO 3166-1 alpha-2 code.
    Country,
    /// The code of a part of a country; whether that country has it is not for the type to say.
    Region,
    /// A whole number.
    Integer {
        /// The least.
        min: u32,
        /// The greatest.
        max: u32,
    },
    /// A decimal number; bounds in units of 10^-`decimals`.
    Decimal {
        /// Digits after the point at most.
        decimals: u32,
        /// The least.
        min: u64,
        /// The greatest.
        max: u64,
    },
    /// One of these names.
    OneOf(&'static [&'static str]),
    /// Some of these names in an order, none of them twice.
    Steps {
        /// The names.
        names: &'static [&'static str],
        /// How many at most.
        most: usize,
    },
    /// Numbers of days, apart by commas, none of them twice; or `none`.
    Days {
        /// The longest.
        max: u16,
        /// How many at most.
        most: usize,
    },
    /// `true` or `false`.
    Boolean,
    /// An absolute http or https URL.
    Url,
    /// An e-mail address.
    Email,
    /// The id of a file; whether there is one is not for the type to say.
    File,
    /// How numbers of documents look.
    NumberPattern,
    /// Text of one line.
    Line {
        /// How many characters at most.
        most: usize,
    },
    /// Text of several lines.
    Lines {
        /// How many lines at most, each of at most 200 characters.
        most: usize,
    },
}

/// The value of a list of days that has none.
const NO_DAYS: &str = "none";
/// How long a line of a text may be, in characters.
pub(super) const LINE_CHARACTERS_MAX: usize = 200;

impl Kind {
    /// The name of the type in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::TimeZone => "time_zone",
            Kind::Currency => "currency",
            Kind::Country => "country",
            Kind::Region => "region",
            Kind::Integer { .. } => "integer",
            Kind::Decimal { .. } => "decimal",
            Kind::OneOf(_) => "choice",
            Kind::Steps { .. } => "steps",
            Kind::Days { .. } => "days",
            Kind::Boolean => "boolean",
            Kind::Url => "url",
            Kind::Email => "email",
            Kind::File => "file",
            Kind::NumberPattern => "number_pattern",
            Kind::Line { .. } => "line",
            Kind::Lines { .. } => "lines",
        }
    }

    /// The canonical form of a value of this type, or `None` where `text` is none.
    pub fn canonical(&self, text: &str) -> Option<String> {
        match *self {
            Kind::TimeZone => canonical_time_zone(text),
            Kind::Currency => minor_digits(text).map(|_| text.to_owned()),
            Kind::Country => is_country(text).then(|| text.to_owned()),
            Kind::Region => is_region(text).then(|| text.to_owned()),
            Kind::Integer { min, max } => {
                let number = scaled(text, 0).filter(|n| (min.into()..=max.into()).contains(n))?;
                Some(number.to_string())
            }
            Kind::Decimal { decimals, min, max } => {
                let number = scaled(text, decimals).filter(|n| (min..=max).contains(n))?;
                Some(shortest(number, decimals))
            }
            Kind::OneOf(names) => names.contains(&text).then(|| text.to_owned()),
            Kind::Steps { names, most } => steps(text, names, most),
            Kind::Days { max, most } => days(text, max, most),
            Kind::Boolean => ["true", "false"].contains(&text).then(|| text.to_owned()),
            Kind::Url => is_url(text).then(|| text.trim_end_matches('/').to_owned()),
            Kind::Email => checked_email(text),
            Kind::File => text.parse::<FileId>().ok().map(|file| file.to_string()),
            Kind::NumberPattern => NumberPattern::parse(text).map(|pattern| pattern.to_string()),
            Kind::Line { most } => lines(text, 1, most),
            Kind::Lines { most } => lines(text, most, LINE_CHARACTERS_MAX),
        }
    }

    /// What is allowed, in words.
    pub fn allowed(&self) -> String {
        match *self {
            Kind::TimeZone => "an IANA time zone such as Africa/Johannesburg".to_owned(),
            Kind::Currency => "a current ISO 4217 code in capitals such as EUR".to_owned(),
            Kind::Country => "an ISO 3166-1 code of two capitals such as ZA".to_owned(),
            Kind::Region => "the code of a region such as BY".to_owned(),
            Kind::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Kind::Decimal { decimals, min, max } => format!(
                "a number from {} to {} with at most {decimals} digits after a point",
                shortest(min, decimals),
                shortest(max, decimals)
            ),
            Kind::OneOf(names) => format!("one of {}", names.join(", ")),
            Kind::Steps { names, most } => {
                format!("1 to {most} of {} in their order, apart by commas", names.join(", "))
            }
            Kind::Days { max, most } => {
                format!("none, or 1 to {most} numbers of days from 1 to {max}, apart by commas")
            }
            Kind::Boolean => "true or false".to_owned(),
            Kind::Url => "a URL such as https://time.example.com without a path".to_owned(),
            Kind::Email => "an e-mail address".to_owned(),
            Kind::File => "the id of a file of the kind logo".to_owned(),
            Kind::NumberPattern => {
                "letters, digits and - / . _ with {n} or {n:5} once and {year} or \
                                    {yy}, such as INV-{year}-{n:5}"
                    .to_owned()
            }
            Kind::Line { most } => format!("one line of at most {most} characters"),
            Kind::Lines { most } => {
                format!("at most {most} lines of at most {LINE_CHARACTERS_MAX} characters each")
            }
        }
    }
}

/// The lines without white space around them and without empty ones before and after; none where
/// there is nothing, too much, or a control character.
fn lines(text: &str, most: usize, characters: usize) -> Option<String> {
    let lines: Vec<&str> = text.trim().lines().map(str::trim).collect();
    let sound =
        |line: &&str| line.chars().count() <= characters && !line.contains(char::is_control);
    let fits = (1..=most).contains(&lines.len()) && lines.iter().all(sound);
    fits.then(|| lines.join("\n"))
}

/// The zone's name as the IANA database spells it, or `None` where it has no such zone.
pub fn canonical_time_zone(name: &str) -> Option<String> {
    let zone = TimeZone::get(name).ok().filter(|zone| !zone.is_unknown())?;
    zone.iana_name().map(str::to_owned)
}

/// The names in their order, apart by commas alone.
fn steps(text: &str, names: &[&str], most: usize) -> Option<String> {
    let steps: Vec<&str> = text.split(',').map(str::trim).collect();
    let is_sound = |(n, step): (usize, &&str)| names.contains(step) && !steps[..n].contains(step);
    let sound = steps.len() <= most && steps.iter().enumerate().all(is_sound);
    sound.then(|| steps.join(","))
}

/// The numbers from the least to the greatest, apart by commas alone.
fn days(text: &str, max: u16, most: usize) -> Option<String> {
    if text == NO_DAYS {
        return Some(text.to_owned());
    }
    let number = |text: &str| scaled(text.trim(), 0).filter(|n| (1..=max.into()).contains(n));
    let mut days = text.split(',').map(number).collect::<Option<Vec<u64>>>()?;
    days.sort_unstable();
    let twice = days.windows(2).any(|pair| pair[0] == pair[1]);
    let texts: Vec<String> = days.iter().map(u64::to_string).collect();
    (!twice && days.len() <= most).then(|| texts.join(","))
}

fn is_region(text: &str) -> bool {
    let fits = |byte: u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9');
    (1..=6).contains(&text.len()) && text.bytes().all(fits)
}

fn is_url(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
    let host_fits = (1..=253).contains(&host.len())
        && host.split('.').all(|label| !label.is_empty())
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    host_fits && port.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOURS: Kind = Kind::Decimal { decimals: 2, min: 1, max: 2400 };
    const REMINDERS: Kind = Kind::Days { max: 365, most: 2 };
    const CHAIN: Kind = Kind::Steps { names: &["admin", "billing", "manager"], most: 2 };

    #[test]
    fn values_are_stored_in_their_canonical_form() {
        let canonical = |kind: Kind, text: &str| kind.canonical(text).unwrap();
        assert_eq!(canonical(Kind::TimeZone, "africa/johannesburg"), "Africa/Johannesburg");
        assert_eq!(canonical(Kind::Currency, "ZAR"), "ZAR");
        assert_eq!(canonical(Kind::Integer { min: 1, max: 240 }, "015"), "15");
        assert_eq!(canonical(HOURS, "7.50"), "7.5");
        assert_eq!(canonical(HOURS, "24"), "24");
        assert_eq!(canonical(Kind::OneOf(&["up", "down"]), "down"), "down");
        assert_eq!(canonical(CHAIN, " billing, admin"), "billing,admin");
        assert_eq!(canonical(CHAIN, "admin"), "admin");
        assert_eq!(canonical(REMINDERS, "30, 7"), "7,30");
        assert_eq!(canonical(REMINDERS, "none"), "none");
        assert_eq!(canonical(Kind::Boolean, "true"), "true");
        assert_eq!(canonical(Kind::Url, "https://time.example.com/"), "https://time.example.com");
        assert_eq!(canonical(Kind::Url, "http://localhost:8080"), "http://localhost:8080");
        assert_eq!(canonical(Kind::Email, " a@example.com"), "a@example.com");
        assert_eq!(canonical(Kind::NumberPattern, "A-{yy}-{n:1}"), "A-{yy}-{n}");
        assert_eq!(canonical(Kind::Line { most: 6 }, " Acme é "), "Acme é");
        assert_eq!(
            canonical(Kind::Lines { most: 2 }, "\n1 Main Road \r\nParis\n"),
            "1 Main Road\nParis"
        );
    }

    #[test]
    fn what_is_not_of_the_type_or_out_of_bounds_has_no_canonical_form() {
        for (kind, text) in [
            (Kind::TimeZone, "Mars/Olympus"),
            (Kind::TimeZone, ""),
            (Kind::TimeZone, "Etc/Unknown"),
            (Kind::Currency, "zar"),
            (Kind::Currency, "HRK"),
            (Kind::Integer { min: 1, max: 240 }, "0"),
            (Kind::Integer { min: 1, max: 240 }, "241"),
            (Kind::Integer { min: 1, max: 240 }, "1.0"),
            (HOURS, "0"),
            (HOURS, "24.01"),
            (HOURS, "7.125"),
            (HOURS, "7,5"),
            (Kind::OneOf(&["up", "down"]), "Up"),
            (CHAIN, ""),
            (CHAIN, "admin,"),
            (CHAIN, "boss"),
            (CHAIN, "admin,admin"),
            (CHAIN, "admin,billing,manager"),
            (REMINDERS, ""),
            (REMINDERS, "0"),
            (REMINDERS, "7,7"),
            (REMINDERS, "7,,14"),
            (REMINDERS, "1,2,3"),
            (REMINDERS, "366"),
            (Kind::Boolean, "1"),
            (Kind::Url, "time.example.com"),
            (Kind::Url, "https://"),
            (Kind::Url, "https://a b.example"),
            (Kind::Url, "https://user@example.com"),
            (Kind::Url, "https://example.com/path"),
            (Kind::Url, "https://example.com:0"),
            (Kind::Email, "nobody"),
            (Kind::NumberPattern, "INV-{n}"),
            (Kind::Line { most: 6 }, " "),
            (Kind::Line { most: 6 }, "a\nb"),
            (Kind::Line { most: 6 }, "Acme AG"),
            (Kind::Lines { most: 2 }, "a\nb\nc"),
            (Kind::Lines { most: 2 }, "bell\u{7}"),
        ] {
            assert_eq!(kind.canonical(text), None, "{kind:?} {text:?}");
        }
    }

    #[test]
    fn a_refusal_can_say_what_is_allowed() {
        assert_eq!(HOURS.allowed(), "a number from 0.01 to 24 with at most 2 digits after a point");
        assert_eq!(Kind::OneOf(&["up", "down"]).allowed(), "one of up, down");
        let of_chain = "1 to 2 of admin, billing, manager in their order, apart by commas";
        assert_eq!(CHAIN.allowed(), of_chain);
    }
}
