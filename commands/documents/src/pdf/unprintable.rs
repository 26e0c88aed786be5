//! Which characters of a document no font of the page has, and where they stand. The page shows
//! their codes, and whoever issues it is told, so that a client's name can be spelled in another
//! way; the forms for programs have the texts as they are.

use std::collections::BTreeSet;
use std::fmt;

use domain::billing::sealed::SealedInvoice;
use domain::personal::Personal;

use super::legible::is_printable;

/// How many characters are named of a field. They are ordered by their codes, so that what was
/// written can't be read from them.
const NAMED: usize = 5;

/// Characters of a field that the page can't show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unprintable {
    /// The field, as a JSON pointer into the document; of lines the first one.
    pub field: String,
    /// The characters, each once, ordered by their codes.
    pub characters: BTreeSet<char>,
}

impl fmt::Display for Unprintable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.characters.iter().take(NAMED);
        let named: Vec<String> = named.map(|c| format!("{c} (U+{:04X})", u32::from(*c))).collect();
        write!(f, "{}: {}", self.field, named.join(", "))?;
        let more = self.characters.len().saturating_sub(NAMED);
        if more > 0 { write!(f, " and {more} more") } else { Ok(()) }
    }
}

/// What of an issued document, or of a preview, the page can't show. Texts that were erased have
/// nothing to show.
pub fn unprintable(sealed: &SealedInvoice) -> Vec<Unprintable> {
    let mut found = Found::default();
    let seller = &sealed.seller;
    found.look("/number", [&sealed.number]);
    found.look("/seller/name", [&seller.name]);
    found.look("/seller/address", &seller.address);
    found.look("/seller/vat_number", &seller.vat_number);
    found.look("/seller/registration_number", &seller.registration_number);
    found.look("/seller/bank_details", &seller.bank_details);
    if let Some(buyer) = sealed.buyer.particulars.get() {
        found.look("/buyer/name", [&buyer.name]);
        found.look("/buyer/address", &buyer.address);
        found.look("/buyer/vat_number", &buyer.vat_number);
        found.look("/buyer/registration_number", &buyer.registration_number);
    }
    let references = &sealed.references;
    found.look("/references/buyer_reference", said(references.buyer_reference.as_ref()));
    found.look("/references/purchase_order", said(references.purchase_order.as_ref()));
    let reason = references.credits.as_ref().map(|credits| &credits.reason);
    found.look("/references/credits/reason", said(reason));
    for part in ["description", "who", "note"] {
        let mut of_lines = Found::default();
        for line in &sealed.lines {
            let text = match part {
                "description" => Some(&line.description),
                "who" => said(line.who.as_ref()),
                _ => said(line.note.as_ref()),
            };
            of_lines.look(&format!("/lines/{}/{part}", line.n), text);
        }
        found.add_as_one(of_lines);
    }
    for (n, allowance) in sealed.allowances.iter().enumerate() {
        found.look(&format!("/allowances/{n}/reason"), said(allowance.reason.as_ref()));
    }
    found.look("/wording/title", [&sealed.wording.title]);
    found.look("/wording/tax_reason", &sealed.wording.tax_reason);
    found.look("/wording/footer", &sealed.wording.footer);
    found.look("/wording/note", said(sealed.wording.note.as_ref()));
    found.look("/exchange/source", sealed.exchange.as_ref().map(|it| &it.stated.source));
    found.0
}

fn said(text: Option<&Personal<String>>) -> Option<&String> {
    text.and_then(Personal::get)
}

#[derive(Default)]
struct Found(Vec<Unprintable>);

impl Found {
    fn look<'a>(&mut self, field: &str, texts: impl IntoIterator<Item = &'a String>) {
        let letters = texts.into_iter().flat_map(|text| text.chars());
        let characters: BTreeSet<char> = letters.filter(|c| !is_printable(*c)).collect();
        if !characters.is_empty() {
            self.0.push(Unprintable { field: field.to_owned(), characters });
        }
    }

    /// Adds what is of several fields as if it were of the first of them.
    fn add_as_one(&mut self, other: Found) {
        let all = other.0.into_iter().reduce(|mut first, next| {
            first.characters.extend(next.characters);
            first
        });
        self.0.extend(all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::samples;
    use crate::pdf::tests::hostile::full_of;

    #[test]
    fn each_text_that_somebody_writes_is_looked_at() {
        let found = unprintable(&full_of("Nova 株 😀"));
        let fields: Vec<&str> = found.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "/seller/name",
                "/seller/address",
                "/seller/registration_number",
                "/seller/bank_details",
                "/buyer/name",
                "/buyer/address",
                "/buyer/vat_number",
                "/buyer/registration_number",
                "/references/buyer_reference",
                "/references/purchase_order",
                "/lines/1/description",
                "/lines/1/who",
                "/lines/1/note",
                "/wording/tax_reason",
                "/wording/footer",
                "/wording/note",
            ]
        );
        assert!(found.iter().all(|it| it.characters == BTreeSet::from(['株', '😀'])));
        assert_eq!(found[0].to_string(), "/seller/name: 株 (U+682A), 😀 (U+1F600)");
    }

    #[test]
    fn what_the_page_can_show_is_not_told() {
        for sealed in [samples::rich(), samples::credit(), samples::foreign(), samples::long(9)] {
            assert_eq!(unprintable(&sealed), []);
        }
        assert_eq!(unprintable(&full_of("Zoë Łódź Ελλάδα Київ Việt שלום\u{200d}\u{fe0f}")), []);
    }

    #[test]
    fn lines_are_told_of_once_and_long_lists_are_cut() {
        let mut sealed = samples::long(40);
        for (line, c) in sealed.lines.iter_mut().skip(3).zip('\u{4e00}'..) {
            line.description.push(c);
        }
        let found = unprintable(&sealed);
        assert_eq!(found.len(), 1);
        assert!(found[0].to_string().starts_with("/lines/4/description: 一 (U+4E00), 丁"));
        assert!(found[0].to_string().ends_with(" (U+4E04) and 32 more"), "{}", found[0]);
    }
}
