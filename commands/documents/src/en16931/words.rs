//! What a form says in words: its notes, its terms of payment, and why there is no tax.

use domain::billing::sealed::{DocumentKind, SealedInvoice};
use domain::billing::tax::TaxCategory;
use domain::billing::tax_places::is_in_union;
use domain::money::minor_digits;

use super::{amount, clean, told};

/// Why there is no tax as a code of the European Union's list; empty for firms outside of it.
pub(super) fn reason_code(category: TaxCategory, country: &str) -> &'static str {
    if !is_in_union(country) {
        return "";
    }
    match category {
        TaxCategory::ReverseCharge => "VATEX-EU-AE",
        TaxCategory::IntraCommunity => "VATEX-EU-IC",
        TaxCategory::Export => "VATEX-EU-G",
        TaxCategory::OutsideScope => "VATEX-EU-O",
        TaxCategory::Standard | TaxCategory::ZeroRated | TaxCategory::Exempt => "",
    }
}

/// What a document says besides its numbers (BT-22), one paragraph each.
pub(super) fn notes(sealed: &SealedInvoice, digits: u8, outside_scope: bool) -> Vec<String> {
    let wording = &sealed.wording;
    let mut notes = vec![clean(&wording.title), told(wording.note.as_ref())];
    if let Some(credits) = &sealed.references.credits {
        notes.push(format!("Reason: {}", told(Some(&credits.reason))));
    }
    if let Some(own) = &sealed.exchange {
        let own_digits = minor_digits(&own.currency).unwrap_or(digits);
        let gross = amount(own.gross_minor, own_digits);
        notes.push(format!(
            "1 {} = {} {} ({}, {}); the total is {gross} {}",
            sealed.currency,
            own.stated.rate,
            own.currency,
            clean(&own.stated.source),
            own.stated.on,
            own.currency,
        ));
    }
    let buyer = sealed.buyer.particulars.get();
    let number = buyer.and_then(|buyer| buyer.vat_number.as_deref()).map(clean);
    if let Some(number) = number.filter(|number| outside_scope && !number.is_empty()) {
        notes.push(format!("VAT number of the buyer: {number}"));
    }
    let bank: Vec<String> = sealed.seller.bank_details.iter().map(|line| clean(line)).collect();
    if sealed.document == DocumentKind::Invoice && bank.iter().any(|line| !line.is_empty()) {
        notes.push(format!("Bank details: {}", bank.join(", ")));
    }
    notes.extend(wording.footer.as_deref().map(clean));
    notes.retain(|note| !note.is_empty());
    notes
}

/// By when it's to be paid and what is taken off for paying soon (BT-20).
pub(super) fn payment_terms(sealed: &SealedInvoice, digits: u8) -> String {
    if let Some(credits) = &sealed.references.credits {
        return format!("Credited to invoice {}", clean(&credits.number));
    }
    let mut terms = format!("Payable by {}", sealed.due_on);
    if let Some(prompt) = &sealed.prompt_payment {
        let money = |minor| format!("{} {}", amount(minor, digits), sealed.currency);
        terms.push_str(&format!(
            "; if paid by {}, {} % or {} is taken off, with {} of VAT in it, and {} is to be paid",
            prompt.until,
            prompt.percent,
            money(prompt.discount_minor),
            money(prompt.tax_minor),
            money(prompt.payable_minor),
        ));
    }
    terms
}
