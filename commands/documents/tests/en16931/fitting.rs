//! Where a document has a form for programs, the rules let it pass; where it has none, they would
//! not. Each currency, each country and each way to tax is tried.

use documents::{FormName, render};
use domain::billing::electronic::unfit;
use domain::billing::tax::TaxCategory;
use domain::country::is_country;
use domain::money::currencies;

use crate::bill::Bill;
use crate::cases::Case;
use crate::judged::judge;
use crate::written;

/// The forms of what has one are sound, and those that the rest would have are not.
fn assert_told_apart(documents: &[Case]) {
    let written = written(documents);
    let judged = judge(&written);
    assert_eq!(judged.len(), 2 * documents.len());
    let mut wrong = Vec::new();
    for ((name, sealed), judged) in documents.iter().zip(judged.chunks(2)) {
        let reasons = unfit(sealed);
        if reasons.is_empty() != judged.iter().all(|it| it.is_sound()) {
            wrong.push(format!("{name}: {reasons:?}, {judged:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}: {}", wrong.len(), documents.len(), wrong.join("\n"));
}

#[test]
fn a_currency_has_a_form_where_its_amounts_have_two_places_at_most() {
    let of = |(code, _): (&str, u8)| {
        let (currency, own_currency) = (code.to_owned(), code.to_owned());
        (code.to_owned(), Bill { currency, own_currency, ..Bill::default() }.sealed())
    };
    let documents: Vec<Case> = currencies().map(of).collect();
    assert!(documents.len() > 150, "{}", documents.len());
    assert_told_apart(&documents);
    let without = documents.iter().filter(|(_, sealed)| !unfit(sealed).is_empty());
    let mut without: Vec<&str> = without.map(|(code, _)| code.as_str()).collect();
    without.sort_unstable();
    let expected = "BHD CLF IQD JOD KWD LYD OMR STN TND UYW XAD";
    assert_eq!(without.join(" "), expected);
}

#[test]
fn every_country_but_one_has_a_form() {
    let letters = || 'A'..='Z';
    let codes = letters().flat_map(|one| letters().map(move |other| format!("{one}{other}")));
    let of = |code: String| {
        let mut bill = Bill::in_the_union();
        bill.seller.country.clone_from(&code);
        bill.seller.vat_number = Some("123456789".to_owned());
        bill.buyer_country.clone_from(&code);
        (code, bill.sealed())
    };
    let documents: Vec<Case> = codes.filter(|code| is_country(code)).map(of).collect();
    assert!(documents.len() > 240, "{}", documents.len());
    // The list of prefixes of VAT numbers lacks South Sudan.
    let fits = |(code, sealed): &Case| unfit(sealed).is_empty() != (code == "SS");
    assert!(documents.iter().all(fits));
    assert_told_apart(&documents);
}

#[test]
fn every_way_to_tax_has_a_form_where_what_the_norm_asks_for_is_known() {
    let mut documents: Vec<Case> = Vec::new();
    for category in TaxCategory::ALL {
        for lacks in 0..32_u32 {
            let is_there = |bit: u32| lacks & (1 << bit) == 0;
            let mut bill = Bill { category: Some(category), ..Bill::in_the_union() };
            let text = |bit, text: &str| is_there(bit).then(|| text.to_owned());
            bill.seller.country = text(0, "DE").unwrap_or_default();
            bill.buyer_country = text(1, "AT").unwrap_or_default();
            bill.seller.vat_number = text(2, "123456789");
            bill.buyer.vat_number = text(3, "U12345678");
            bill.buyer.registration_number = text(4, "FN 12345 a");
            documents.push((format!("{} {lacks:05b}", category.code()), bill.sealed()));
        }
    }
    assert_told_apart(&documents);
}

#[test]
fn what_has_no_form_is_a_page_without_one_inside() {
    let kwd = || "KWD".to_owned();
    let document = Bill { currency: kwd(), own_currency: kwd(), ..Bill::default() }.sealed();
    let names = |sealed| {
        let forms = render(sealed, None).expect("rendered");
        let embeds = forms[0].bytes.windows(12).any(|it| it == b"EmbeddedFile");
        (forms.iter().map(|form| form.name).collect::<Vec<_>>(), embeds)
    };
    assert_eq!(names(&document), (vec![FormName::Pdf], false));
    let all = vec![FormName::Pdf, FormName::Ubl, FormName::Cii];
    assert_eq!(names(&Bill::default().sealed()), (all, true));
}
