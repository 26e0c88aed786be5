//! Which ways to tax don't fit the places of the two sides. They are told and keep no document from
//! being issued: borders of taxes are not those of countries everywhere, and the firm may know
//! better.

use super::sealed::SealedInvoice;
use super::tax::TaxCategory;

/// The states of the European Union by their codes.
const UNION: &str = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI \
    SK";

/// Whether a country is a state of the European Union.
pub fn is_in_union(country: &str) -> bool {
    UNION.split_whitespace().any(|state| state == country)
}

/// A way to tax that does not fit a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Misplaced {
    /// An intra-community supply by a firm that is not in the union.
    SupplierOutside,
    /// One to a client that is not in the union, or whose country is not known.
    AcquirerOutside,
    /// One within one state.
    OneState,
    /// An export from the union by a firm that is not in it.
    ExporterOutside,
    /// One to a client in the union, or whose country is not known.
    ImporterInside,
}

impl Misplaced {
    /// The way to tax.
    pub fn category(self) -> TaxCategory {
        match self {
            Misplaced::SupplierOutside | Misplaced::AcquirerOutside | Misplaced::OneState => {
                TaxCategory::IntraCommunity
            }
            Misplaced::ExporterOutside | Misplaced::ImporterInside => TaxCategory::Export,
        }
    }

    /// What is wrong, and what to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Misplaced::SupplierOutside => {
                "K is for firms of the European Union: set COUNTRY, or tax as Z or O"
            }
            Misplaced::AcquirerOutside => {
                "K is for clients in the European Union: give the client's country, or tax as G"
            }
            Misplaced::OneState => "K is between two states: tax as S, or AE if the client owes",
            Misplaced::ExporterOutside => {
                "G is for firms of the European Union: set COUNTRY, or tax as Z"
            }
            Misplaced::ImporterInside => {
                "G is for clients outside of the European Union: give the client's country, or tax \
                 as K"
            }
        }
    }
}

/// What of a document does not fit the places of its two sides.
pub fn misplaced(sealed: &SealedInvoice) -> Vec<Misplaced> {
    let (own, theirs) = (sealed.seller.country.as_str(), sealed.buyer.country.as_str());
    let is = |category| sealed.taxes.iter().any(|tax| tax.rate.category == category);
    let (within, export) = (is(TaxCategory::IntraCommunity), is(TaxCategory::Export));
    let checks = [
        (Misplaced::SupplierOutside, within && !is_in_union(own)),
        (Misplaced::AcquirerOutside, within && !is_in_union(theirs)),
        (Misplaced::OneState, within && own == theirs && is_in_union(own)),
        (Misplaced::ExporterOutside, export && !is_in_union(own)),
        (Misplaced::ImporterInside, export && (theirs.is_empty() || is_in_union(theirs))),
    ];
    checks.into_iter().filter_map(|(misplaced, is_so)| is_so.then_some(misplaced)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::{draft_of, hourly, seal_facts};
    use crate::billing::seal::seal;

    fn found(category: TaxCategory, own: &str, theirs: &str) -> Vec<Misplaced> {
        let state = draft_of(&[(1, "2026-01-07", 3600)]);
        let mut facts = seal_facts("INV-2026-00001", &state, &hourly(100_000));
        facts.category = Some(category);
        facts.seller.country = own.to_owned();
        facts.buyer.country = theirs.to_owned();
        let sealed = seal(state.drafted.as_ref().expect("a draft"), &facts).expect("sealed");
        misplaced(&sealed)
    }

    #[test]
    fn a_supply_within_the_union_is_between_two_of_its_states() {
        let within = |own, theirs| found(TaxCategory::IntraCommunity, own, theirs);
        assert_eq!(within("DE", "AT"), []);
        assert_eq!(within("ZA", "AT"), [Misplaced::SupplierOutside]);
        assert_eq!(within("DE", "ZA"), [Misplaced::AcquirerOutside]);
        assert_eq!(within("DE", ""), [Misplaced::AcquirerOutside]);
        assert_eq!(within("DE", "DE"), [Misplaced::OneState]);
        let outside = [Misplaced::SupplierOutside, Misplaced::AcquirerOutside];
        assert_eq!(within("ZA", "ZA"), outside);
    }

    #[test]
    fn an_export_from_the_union_goes_out_of_it() {
        let export = |own, theirs| found(TaxCategory::Export, own, theirs);
        assert_eq!(export("DE", "ZA"), []);
        assert_eq!(export("ZA", "US"), [Misplaced::ExporterOutside]);
        assert_eq!(export("DE", "AT"), [Misplaced::ImporterInside]);
        assert_eq!(export("DE", ""), [Misplaced::ImporterInside]);
    }

    #[test]
    fn other_ways_to_tax_are_of_any_place() {
        for category in TaxCategory::ALL {
            let has_places = matches!(category, TaxCategory::IntraCommunity | TaxCategory::Export);
            assert_eq!(found(category, "ZA", "ZA").is_empty(), !has_places, "{category:?}");
            assert!(found(category, "ZA", "ZA").iter().all(|it| it.category() == category));
        }
    }
}
