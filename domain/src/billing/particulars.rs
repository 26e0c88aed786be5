//! What a document lacks that the law asks for. It's told before it's issued and does not keep it
//! from being issued: a firm may have good reasons, and an address can't be made up.

use super::sealed::{BuyerParticulars, SealedInvoice};
use super::tax::TaxCategory;
use super::tax_invoice::TaxInvoiceKind;

/// A particular that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// The firm's legal name: `LEGAL_NAME`.
    SellerName,
    /// The firm's address: `LEGAL_ADDRESS`.
    SellerAddress,
    /// The firm's number as a vendor: `VAT_NUMBER`.
    SellerVatNumber,
    /// The client's name.
    BuyerName,
    /// The client's address.
    BuyerAddress,
    /// The client's number as a vendor, or where that will do in the register of companies.
    BuyerVatNumber,
    /// Why there is no tax.
    TaxReason,
    /// Tax in the firm's own currency.
    Exchange,
}

impl Missing {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Missing::SellerName => "seller_name",
            Missing::SellerAddress => "seller_address",
            Missing::SellerVatNumber => "seller_vat_number",
            Missing::BuyerName => "buyer_name",
            Missing::BuyerAddress => "buyer_address",
            Missing::BuyerVatNumber => "buyer_vat_number",
            Missing::TaxReason => "tax_reason",
            Missing::Exchange => "exchange",
        }
    }

    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Missing::SellerName => "set LEGAL_NAME",
            Missing::SellerAddress => "set LEGAL_ADDRESS",
            Missing::SellerVatNumber => "set VAT_NUMBER",
            Missing::BuyerName => "give the client's legal name",
            Missing::BuyerAddress => "give the client's address",
            Missing::BuyerVatNumber => "give the client's VAT number",
            Missing::TaxReason => "say on the draft or for the client why there is no tax",
            Missing::Exchange => "state an exchange rate on the draft",
        }
    }
}

/// What a document lacks. A full tax invoice names both sides with their addresses (ZA: VAT Act
/// s20(4)), an abridged one the firm (s20(5)). Of a buyer who was erased nothing is said.
pub fn missing(sealed: &SealedInvoice, own_currency: &str) -> Vec<Missing> {
    let empty = BuyerParticulars::default();
    let buyer = sealed.buyer.particulars.get();
    let known = buyer.unwrap_or(&empty);
    let seller = &sealed.seller;
    let is_tax_invoice = !matches!(sealed.kind, TaxInvoiceKind::NotATaxInvoice);
    let is_full = sealed.kind == TaxInvoiceKind::Full;
    let blank = |lines: &[String]| lines.iter().all(|line| line.trim().is_empty());
    let untaxed = sealed.taxes.iter().any(|tax| tax.rate.category.wants_reason());
    let foreign = sealed.currency != own_currency && sealed.exchange.is_none();
    let checks = [
        (Missing::SellerName, seller.name.trim().is_empty()),
        (Missing::SellerAddress, is_tax_invoice && blank(&seller.address)),
        (Missing::SellerVatNumber, is_tax_invoice && seller.vat_number.is_none()),
        (Missing::BuyerName, is_full && buyer.is_some() && known.name.trim().is_empty()),
        (Missing::BuyerAddress, is_full && buyer.is_some() && blank(&known.address)),
        (Missing::BuyerVatNumber, is_tax_invoice && buyer.is_some_and(|it| is_unknown(sealed, it))),
        (Missing::TaxReason, is_tax_invoice && untaxed && sealed.wording.tax_reason.is_none()),
        (Missing::Exchange, sealed.totals.tax_minor != 0 && foreign),
    ];
    checks.into_iter().filter_map(|(missing, is_so)| is_so.then_some(missing)).collect()
}

/// Whether who owes the tax in the place of the seller can't be told (EN 16931, BR-AE-02 and
/// BR-IC-02): within the European Union it takes a number as a vendor.
fn is_unknown(sealed: &SealedInvoice, buyer: &BuyerParticulars) -> bool {
    let is_blank =
        |number: &Option<String>| number.as_deref().is_none_or(|text| text.trim().is_empty());
    let lacks = |category| match category {
        TaxCategory::IntraCommunity => is_blank(&buyer.vat_number),
        TaxCategory::ReverseCharge => {
            is_blank(&buyer.vat_number) && is_blank(&buyer.registration_number)
        }
        TaxCategory::Standard
        | TaxCategory::ZeroRated
        | TaxCategory::Exempt
        | TaxCategory::OutsideScope
        | TaxCategory::Export => false,
    };
    sealed.taxes.iter().any(|tax| lacks(tax.rate.category))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::{draft_of, hourly, seal_facts};
    use crate::billing::seal::{SealFacts, seal};
    use crate::personal::{Personal, PersonalField as _};

    fn lacks(seconds: i64, change: impl FnOnce(&mut SealFacts)) -> Vec<Missing> {
        let state = draft_of(&[(1, "2026-01-07", seconds)]);
        let mut facts = seal_facts("INV-2026-00001", &state, &hourly(100_000));
        change(&mut facts);
        let sealed = seal(state.drafted.as_ref().expect("a draft"), &facts).expect("sealed");
        missing(&sealed, "ZAR")
    }

    #[test]
    fn a_full_tax_invoice_wants_the_buyers_address_and_an_abridged_one_does_not() {
        assert_eq!(lacks(36_000, |_| ()), [Missing::BuyerAddress]);
        assert_eq!(lacks(3600, |_| ()), []);
    }

    #[test]
    fn a_tax_invoice_wants_the_sellers_address_and_number_and_another_one_does_not() {
        let bare = |facts: &mut SealFacts| {
            facts.seller.address.clear();
            facts.seller.vat_number = None;
        };
        assert_eq!(lacks(3600, bare), [Missing::SellerAddress, Missing::SellerVatNumber]);
        assert_eq!(
            lacks(3600, |facts| {
                bare(facts);
                facts.registered = false;
            }),
            []
        );
    }

    #[test]
    fn an_exempt_supply_wants_a_reason() {
        let exempt = |facts: &mut SealFacts| facts.category = Some(TaxCategory::Exempt);
        assert_eq!(lacks(3600, exempt), [Missing::TaxReason]);
        assert_eq!(
            lacks(3600, |facts| {
                exempt(facts);
                facts.tax_reason = Some("Section 12(a)".into());
            }),
            []
        );
    }

    #[test]
    fn who_owes_the_tax_in_the_place_of_the_seller_is_told_by_a_number() {
        let lacks_it = |category, vat: Option<&str>, register: Option<&str>| {
            let missing = lacks(3600, |facts| {
                facts.category = Some(category);
                let mut known = facts.buyer.particulars.get().expect("in clear").clone();
                known.vat_number = vat.map(str::to_owned);
                known.registration_number = register.map(str::to_owned);
                let key = facts.buyer.particulars.key();
                facts.buyer.particulars = Personal::new(key.subject, key.class, known);
            });
            missing.contains(&Missing::BuyerVatNumber)
        };
        assert!(lacks_it(TaxCategory::IntraCommunity, None, Some("HRB 1")));
        assert!(!lacks_it(TaxCategory::IntraCommunity, Some("ATU12345678"), None));
        assert!(lacks_it(TaxCategory::ReverseCharge, Some(" "), None));
        assert!(!lacks_it(TaxCategory::ReverseCharge, None, Some("HRB 1")));
        assert!(!lacks_it(TaxCategory::Export, None, None));
    }
}
