//! Who issues and who is to pay, as EN 16931 asks for them: addresses in parts, and numbers with
//! the prefix of their country. Sealed facts have lines and bare numbers, as people read them.

use domain::billing::electronic;
use domain::billing::sealed::{Buyer, BuyerParticulars, SealedInvoice, Seller};
use domain::country::is_country;

use super::{ERASED, clean};

/// What stands for a country that nothing tells.
const NO_COUNTRY: &str = "ZZ";
/// What stands for a name that nobody gave.
const NO_NAME: &str = "[not given]";

/// An address in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Address {
    /// The first lines; what is beyond three of them is in the third.
    pub(crate) lines: Vec<String>,
    pub(crate) city: String,
    pub(crate) zone: String,
    /// ISO 3166-1 alpha-2.
    pub(crate) country: String,
}

/// A side of the document. What is not known is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Party {
    pub(crate) name: String,
    /// What tells who it is where no register does (BT-29).
    pub(crate) id: String,
    /// In the register of companies (BT-30, BT-47).
    pub(crate) legal_id: String,
    /// With the prefix of its country (BT-31, BT-48).
    pub(crate) vat_id: String,
    /// Its number where the document is outside the scope of the tax (BT-32).
    pub(crate) tax_id: String,
    /// Where it reads mail (BT-49).
    pub(crate) email: String,
    pub(crate) address: Address,
}

fn seller_country(sealed: &SealedInvoice) -> &str {
    electronic::seller_country(sealed).unwrap_or(NO_COUNTRY)
}

/// The firm. Outside the scope of the tax its number is no identifier for that tax (BR-O-02).
pub(super) fn seller(sealed: &SealedInvoice, outside_scope: bool) -> Party {
    let Seller { name, address, vat_number, registration_number, .. } = &sealed.seller;
    let country = seller_country(sealed);
    let number = clean(vat_number.as_deref().unwrap_or_default());
    let legal_id = clean(registration_number.as_deref().unwrap_or_default());
    let name = named(name);
    let vat_id = if outside_scope { String::new() } else { prefixed(&number, country) };
    let is_known = !legal_id.is_empty() || !vat_id.is_empty();
    Party {
        id: if is_known { String::new() } else { name.clone() },
        legal_id,
        vat_id,
        tax_id: if outside_scope { number } else { String::new() },
        email: String::new(),
        address: in_parts(address, country),
        name,
    }
}

/// Who is to pay; one whose country nobody gave is of the firm's.
pub(super) fn buyer(sealed: &SealedInvoice, outside_scope: bool) -> Party {
    let Buyer { particulars, country } = &sealed.buyer;
    let country = if is_country(country) { country } else { seller_country(sealed) };
    let Some(known) = particulars.get() else {
        let address = in_parts(&[], country);
        return Party { name: ERASED.to_owned(), address, ..Party::default() };
    };
    let BuyerParticulars { name, address, vat_number, registration_number, email } = known;
    let number = clean(vat_number.as_deref().unwrap_or_default());
    Party {
        name: named(name),
        legal_id: clean(registration_number.as_deref().unwrap_or_default()),
        vat_id: if outside_scope { String::new() } else { prefixed(&number, country) },
        email: clean(email.as_deref().unwrap_or_default()),
        address: in_parts(address, country),
        ..Party::default()
    }
}

fn named(name: &str) -> String {
    let name = clean(name);
    if name.is_empty() { NO_NAME.to_owned() } else { name }
}

/// A number with the prefix of its country, as BR-CO-09 asks; one that has a prefix keeps it.
fn prefixed(number: &str, country: &str) -> String {
    let number: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    let prefix = if country == "GR" { "EL" } else { country };
    let has_one = number.get(..2).is_some_and(|own| is_country(own) || ["EL", "XI"].contains(&own));
    if number.is_empty() || has_one { number } else { format!("{prefix}{number}") }
}

/// Lines as parts: the last that is no postal zone is the city, what is before it the street.
fn in_parts(lines: &[String], country: &str) -> Address {
    let mut lines: Vec<String> =
        lines.iter().map(|line| clean(line)).filter(|line| !line.is_empty()).collect();
    let mut zone = String::new();
    let mut city = String::new();
    if lines.len() > 1 && lines.last().is_some_and(|line| is_zone(line)) {
        zone = lines.pop().unwrap_or_default();
    }
    if lines.len() > 1 {
        city = lines.pop().unwrap_or_default();
    }
    if zone.is_empty() {
        let first = city.split_once(' ').filter(|(first, _)| is_zone(first));
        let last = city.rsplit_once(' ').filter(|(_, last)| is_zone(last));
        let split = first.or(last.map(|(rest, last)| (last, rest)));
        let split = split.map(|(zone, rest)| (zone.to_owned(), clean(rest.trim_end_matches(','))));
        (zone, city) = split.unwrap_or((zone, city));
    }
    if lines.len() > 3 {
        let rest = lines.split_off(2);
        lines.push(rest.join(", "));
    }
    Address { lines, city, zone, country: country.to_owned() }
}

/// Whether a word is a postal code, as most countries have them: digits.
fn is_zone(word: &str) -> bool {
    (3..=10).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
        && word.bytes().filter(u8::is_ascii_digit).count() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(lines: &[&str]) -> (Vec<String>, String, String) {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let Address { lines, city, zone, .. } = in_parts(&lines, "ZA");
        (lines, city, zone)
    }

    #[test]
    fn lines_of_an_address_become_street_city_and_zone() {
        let owned = |lines: &[&str]| lines.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        for (lines, street, city, zone) in [
            (&["1 Main Road", "Cape Town"][..], &["1 Main Road"][..], "Cape Town", ""),
            (
                &["1 Main Road", "Gardens", "Cape Town", "8001"],
                &["1 Main Road", "Gardens"],
                "Cape Town",
                "8001",
            ),
            (&["1 Main Road", "Cape Town, 8001"], &["1 Main Road"], "Cape Town", "8001"),
            (&["Weg 1", "10115 Berlin"], &["Weg 1"], "Berlin", "10115"),
            (&["1 Main Road"], &["1 Main Road"], "", ""),
            (&[], &[], "", ""),
            (
                &["a", "b", "c", "d", "e", "London SW1A 1AA"],
                &["a", "b", "c, d, e"],
                "London SW1A 1AA",
                "",
            ),
        ] {
            let expected = (owned(street), city.to_owned(), zone.to_owned());
            assert_eq!(parts(lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_vat_number_gets_the_prefix_of_its_country_once() {
        for (number, country, expected) in [
            ("4012345678", "ZA", "ZA4012345678"),
            ("ZA4012345678", "ZA", "ZA4012345678"),
            ("4012 345 678", "ZA", "ZA4012345678"),
            ("123456789", "GR", "EL123456789"),
            ("EL123456789", "GR", "EL123456789"),
            ("DE123456789", "NL", "DE123456789"),
            ("B12345678", "ES", "ESB12345678"),
            ("", "ZA", ""),
        ] {
            assert_eq!(prefixed(number, country), expected);
        }
    }
}
