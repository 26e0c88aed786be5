//! Whatever somebody wrote, it's a text on the page, and there is a page.

use super::*;
use domain::billing::sealed::{BuyerParticulars, SealedInvoice};
use domain::personal::Personal;
use samples::{invoice, line, personal};
use typst::World as _;
use typst::syntax::{RootedPath, VirtualPath, VirtualRoot};

/// An invoice on which this text stands wherever somebody may write one.
pub(in crate::pdf) fn full_of(text: &str) -> SealedInvoice {
    let mut lines = vec![line(1, text, 3600, 125_000)];
    lines[0].who = Some(personal(text));
    lines[0].note = Some(personal(text));
    let mut sealed = invoice(lines);
    sealed.seller.name = text.into();
    sealed.seller.address = vec![text.into(); 6];
    sealed.seller.bank_details = vec![text.into()];
    sealed.seller.registration_number = Some(text.into());
    let particulars = BuyerParticulars {
        name: text.into(),
        address: vec![text.into(); 6],
        vat_number: Some(text.into()),
        registration_number: Some(text.into()),
        email: None,
    };
    let key = samples::subject();
    sealed.buyer.particulars =
        Personal::new(key, domain::personal::PurposeClass::Identity, particulars);
    sealed.wording.tax_reason = Some(text.into());
    sealed.wording.footer = Some(text.into());
    sealed.wording.note = Some(personal(text));
    sealed.references.buyer_reference = Some(personal(text));
    sealed.references.purchase_order = Some(personal(text));
    sealed
}

fn page_of(text: &str) -> Vec<u8> {
    render(&full_of(text), None, None, Marking::Original).expect("rendered")
}

/// The letters of a page without what parts them.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect()
}

#[test]
fn markup_in_a_text_stays_text() {
    for (n, attack) in [
        "#panic(\"run\")",
        "#read(\"/etc/passwd\")",
        "$x^2$ *bold* _slanted_ `raw` ] } ) [ { (",
        "<label> @reference = Heading",
        "#import \"@preview/cetz:0.3.0\": *",
        "\\u{1F600} \\ // comment /* more */ ~ -- --- ...",
        "\"}],\"title\":\"PAID\"",
    ]
    .into_iter()
    .enumerate()
    {
        let text = text_of(&format!("markup-{n}"), &page_of(attack));
        assert!(squeezed(&text).contains(&squeezed(attack)), "{attack} is not in:\n{text}");
        assert!(text.contains("TAX INVOICE"));
    }
}

#[test]
fn words_that_no_line_holds_are_broken_and_stay_on_the_page() {
    let word = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamten".repeat(3);
    let disk = OnDisk::put("words", &page_of(&word));
    let boxes = disk.ask("pdftotext", &["-bbox", "page.pdf", "-"]);
    let edges = boxes.lines().filter_map(|row| {
        let (_, rest) = row.split_once("xMax=\"")?;
        rest.split_once('"')?.0.parse::<f64>().ok()
    });
    let widest = edges.fold(0.0_f64, f64::max);
    // A4 is 595.28 points wide, and the tint of the sum reaches three millimetres into the margin.
    assert!(widest > 100.0 && widest <= 595.28 - 48.0, "{widest}");
    let text = disk.ask("pdftotext", &["-raw", "page.pdf", "-"]);
    assert!(squeezed(&text).contains(&word[..40]), "{text}");
}

#[test]
fn scripts_that_the_fonts_have_are_shown_and_others_by_their_codes() {
    let texts = ["Zoë Škoda Ærø Łódź", "Ελλάδα Αθήνα", "Київ Москва", "Việt Nam", "€ £ ₦ № ½ “”"];
    for (n, text) in texts.into_iter().enumerate() {
        let shown = text_of(&format!("script-{n}"), &page_of(text));
        assert!(squeezed(&shown).contains(&squeezed(text)), "{text} is not in:\n{shown}");
    }
    let shown = text_of("script-none", &page_of("株式会社 😀 Nova"));
    assert!(shown.contains("[U+682A]") && shown.contains("[U+1F600]"), "{shown}");
    assert!(shown.contains("Nova") && !shown.contains('\u{25a1}'), "{shown}");
}

#[test]
fn no_character_keeps_a_document_from_being_rendered() {
    let mut text = String::from("a\0b\u{7}c\u{202e}d\u{feff}e\u{fffd}f\u{e000}g\r\nh\ti");
    text.extend(('\u{a0}'..='\u{ffff}').step_by(5));
    text.extend(('\u{10000}'..='\u{10ffff}').step_by(4001));
    let words: Vec<String> =
        text.chars().collect::<Vec<_>>().chunks(30).map(|it| it.iter().collect()).collect();
    let mut sealed = samples::short();
    sealed.wording.note = Some(personal(&words.join(" ")));
    let bytes = render(&sealed, None, None, Marking::Original).expect("rendered");
    assert!(OnDisk::put("characters", &bytes).pictures() >= 1);
}

#[test]
fn four_hundred_lines_are_a_document_and_quick_to_set() {
    let sealed = samples::long(400);
    let began = std::time::Instant::now();
    let bytes = original(&sealed, None);
    // 0.4 s where it was measured, unoptimised; this is to notice what grows without bounds.
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    let text = text_of("four-hundred", &bytes);
    assert!(text.contains("Harbour portal: Design review 400"));
    let (n, last) = (sealed.lines.len(), &sealed.lines[399]);
    assert_eq!(n, 400);
    assert!(text.contains(&words::amount(last.net_minor, "ZAR")));
}

#[test]
fn nothing_but_its_own_facts_is_in_the_reach_of_a_page() {
    let sheet = Sheet { facts: Bytes::new(*b"{}"), logo: None, xml: None };
    for name in ["logo", "factur-x.xml", "etc/passwd", "Cargo.toml", "invoice.typ"] {
        let path = VirtualPath::new(name).expect("a path");
        let id = RootedPath::new(VirtualRoot::Project, path).intern();
        assert!(sheet.file(id).is_err(), "{name}");
        assert_eq!(sheet.source(id).is_ok(), name == "invoice.typ", "{name}");
    }
    assert!(sheet.today(None).is_none());
}
