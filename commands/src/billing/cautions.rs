//! What whoever issues a document is warned of, and reads of a draft before: that a program has no
//! form for it, that the way to tax does not fit the countries, that a page shows codes instead of
//! characters. None of it keeps the document from being issued.

use documents::pdf::unprintable;
use domain::billing::electronic::unfit;
use domain::billing::sealed::{DocumentKind, SealedInvoice};
use domain::billing::tax_places::misplaced;

use crate::refused::Warned;

/// EN 16931 has no form for it.
const NO_FORM: &str = "billing.no_electronic_form";
/// The way to tax does not fit the countries of the two sides.
const MISPLACED: &str = "billing.tax_category_misplaced";
/// The page shows codes in the place of characters.
const NOT_PRINTABLE: &str = "billing.character_not_printable";

/// What is to be said of a document as it's sealed, or would be.
pub fn cautions(sealed: &SealedInvoice) -> Vec<Warned> {
    let mut cautions = Vec::new();
    let mut say = |code: &str, detail: String| {
        cautions.push(Warned { item: None, code: code.to_owned(), detail });
    };
    // A credit note is taxed as its invoice was.
    let is_invoice = sealed.document == DocumentKind::Invoice;
    for it in misplaced(sealed).into_iter().filter(|_| is_invoice) {
        say(MISPLACED, format!("tax category {}: {}", it.category().code(), it.remedy()));
    }
    for it in unfit(sealed) {
        say(NO_FORM, format!("there is no form for programs, {}: {}", it.code(), it.remedy()));
    }
    for it in unprintable(sealed) {
        say(NOT_PRINTABLE, format!("{it}; no font of the page has it, so its code is printed"));
    }
    cautions
}
