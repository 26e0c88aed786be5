//! Which documents EN 16931 has no form for. They are issued all the same, as a page without a form
//! inside, and whoever issues them is told why: a form that breaks the rules of the norm is turned
//! away by the receiver's program, and with it the invoice.

use super::sealed::SealedInvoice;
use super::tax::TaxCategory;
use crate::country::is_country;
use crate::money::minor_digits;

/// Currencies that the lists of EN 16931 lack (BR-CL-03, BR-CL-04).
const UNLISTED_CURRENCIES: [&str; 2] = ["STN", "XAD"];
/// The country whose prefix of VAT numbers they lack (BR-CO-09).
const UNLISTED_PREFIX: &str = "SS";
/// The most places that an amount may have (EN 16931, BR-DEC).
const DIGITS_MAX: u8 = 2;

/// Why there is no form for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// Amounts of this currency have more than two places (BR-DEC).
    Digits {
        /// ISO 4217.
        currency: String,
    },
    /// The lists of the norm lack this currency, or this country as a prefix of VAT numbers.
    Unlisted {
        /// Its code.
        code: String,
    },
    /// Where the firm is can't be told (BR-9).
    SellerCountry,
    /// A number that tells the firm as a vendor (BR-S-02 and its likes).
    SellerVatNumber,
    /// Who owes the tax in the firm's place is not told by a number (BR-AE-02, BR-IC-02).
    BuyerVatNumber,
}

impl Unfit {
    /// The stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Unfit::Digits { .. } => "currency",
            Unfit::Unlisted { .. } => "unlisted_code",
            Unfit::SellerCountry => "seller_country",
            Unfit::SellerVatNumber => "seller_vat_number",
            Unfit::BuyerVatNumber => "buyer_vat_number",
        }
    }

    /// What is wrong, and what to do about it on the next document.
    pub fn remedy(&self) -> String {
        match self {
            Unfit::Digits { currency } => format!(
                "EN 16931 knows amounts of two places and {currency} has more: send the page, or \
                 bill in another currency"
            ),
            Unfit::Unlisted { code } => {
                format!("the lists of EN 16931 lack {code}: send the page")
            }
            Unfit::SellerCountry => "set COUNTRY, so that it's known where the firm is".to_owned(),
            Unfit::SellerVatNumber => "set VAT_NUMBER".to_owned(),
            Unfit::BuyerVatNumber => {
                "give the client's VAT number, as who owes the tax must be told by one".to_owned()
            }
        }
    }
}

/// Why a document has no form for programs; empty where it has one. Of a buyer who was erased
/// nothing is said.
pub fn unfit(sealed: &SealedInvoice) -> Vec<Unfit> {
    let own = sealed.exchange.as_ref().map(|exchange| &exchange.currency);
    let currencies = [Some(&sealed.currency), own.filter(|own| **own != sealed.currency)];
    let long = |code: &&String| minor_digits(code).is_none_or(|digits| digits > DIGITS_MAX);
    let currencies: Vec<&String> = currencies.into_iter().flatten().collect();
    let digits = currencies.iter().copied().filter(long);
    let mut found: Vec<Unfit> =
        digits.map(|currency| Unfit::Digits { currency: currency.clone() }).collect();
    let unlisted = currencies.iter().filter(|code| UNLISTED_CURRENCIES.contains(&code.as_str()));
    found.extend(unlisted.map(|code| Unfit::Unlisted { code: (*code).clone() }));
    if seller_country(sealed).is_none() {
        found.push(Unfit::SellerCountry);
    }
    let is_blank =
        |number: &Option<String>| number.as_deref().is_none_or(|text| text.trim().is_empty());
    let is = |category| sealed.taxes.iter().any(|tax| tax.rate.category == category);
    if !is(TaxCategory::OutsideScope) && is_blank(&sealed.seller.vat_number) {
        found.push(Unfit::SellerVatNumber);
    }
    let buyers = sealed.buyer.particulars.get().map(|buyer| &buyer.vat_number);
    let prefixes = [
        (seller_country(sealed), Some(&sealed.seller.vat_number)),
        (Some(sealed.buyer.country.as_str()), buyers),
    ];
    let unlisted = |(country, number): &(Option<&str>, Option<&Option<String>>)| {
        *country == Some(UNLISTED_PREFIX) && number.is_some_and(|number| !is_blank(number))
    };
    if !is(TaxCategory::OutsideScope) && prefixes.iter().any(unlisted) {
        found.push(Unfit::Unlisted { code: UNLISTED_PREFIX.to_owned() });
    }
    let lacks = sealed.buyer.particulars.get().is_some_and(|buyer| {
        let nowhere = is_blank(&buyer.vat_number) && is_blank(&buyer.registration_number);
        is(TaxCategory::IntraCommunity) && is_blank(&buyer.vat_number)
            || is(TaxCategory::ReverseCharge) && nowhere
    });
    if lacks {
        found.push(Unfit::BuyerVatNumber);
    }
    found
}

/// The country of the firm as a form names it; where nobody gave it, that of its currency, and then
/// the client's.
pub fn seller_country(sealed: &SealedInvoice) -> Option<&str> {
    let own = sealed.exchange.as_ref().map_or(&sealed.currency, |exchange| &exchange.currency);
    let by_currency = own.get(..2).unwrap_or_default();
    let known = [sealed.seller.country.as_str(), by_currency, sealed.buyer.country.as_str()];
    known.into_iter().find(|code| is_country(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::{draft_of, hourly, seal_facts};
    use crate::billing::seal::{SealFacts, seal};

    fn codes(change: impl FnOnce(&mut SealFacts)) -> Vec<&'static str> {
        let state = draft_of(&[(1, "2026-01-07", 3600)]);
        let mut facts = seal_facts("INV-2026-00001", &state, &hourly(100_000));
        change(&mut facts);
        let sealed = seal(state.drafted.as_ref().expect("a draft"), &facts).expect("sealed");
        unfit(&sealed).iter().map(Unfit::code).collect()
    }

    #[test]
    fn a_firm_that_charges_tax_is_told_by_its_number_and_another_one_need_not_be() {
        assert!(codes(|_| ()).is_empty());
        assert_eq!(codes(|facts| facts.seller.vat_number = None), ["seller_vat_number"]);
        let unregistered = |facts: &mut SealFacts| {
            facts.seller.vat_number = None;
            facts.registered = false;
        };
        assert!(codes(unregistered).is_empty());
    }

    #[test]
    fn who_owes_the_tax_is_told_by_a_number() {
        let of = |category| codes(|facts| facts.category = Some(category));
        for category in TaxCategory::ALL {
            let wants =
                matches!(category, TaxCategory::ReverseCharge | TaxCategory::IntraCommunity);
            let expected: &[&str] = if wants { &["buyer_vat_number"] } else { &[] };
            assert_eq!(of(category), expected, "{category:?}");
        }
    }

    #[test]
    fn a_currency_of_three_places_has_no_form_whichever_of_the_two_it_is() {
        let state = draft_of(&[(1, "2026-01-07", 3600)]);
        let facts = seal_facts("INV-2026-00001", &state, &hourly(100_000));
        let sealed = seal(state.drafted.as_ref().expect("a draft"), &facts).expect("sealed");
        let kwd = SealedInvoice { currency: "KWD".to_owned(), ..sealed };
        let reasons = unfit(&kwd);
        assert_eq!(reasons, [Unfit::Digits { currency: "KWD".to_owned() }]);
        assert!(reasons[0].remedy().contains("KWD has more"));
    }
}
