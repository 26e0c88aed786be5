//! The forms for programs against the schemas and the rules of CEN, by the programs that everybody
//! checks with: some invoices and credit notes one by one, and many by chance.

mod bill;
mod cases;
mod fitting;
mod generated;
mod hybrid;
mod judged;

use documents::{cii, ubl};
use domain::billing::sealed::SealedInvoice;

use crate::judged::{Judged, judge};

type Written = (String, Vec<u8>);

/// Both forms of each document.
fn written(documents: &[cases::Case]) -> Vec<Written> {
    let forms = documents.iter().enumerate().flat_map(|(n, (name, sealed))| {
        let name = format!("{n:03} {}", name.replace(',', ""));
        let ubl = ubl::write(sealed).expect("written as UBL");
        let cii = cii::write(sealed).expect("written as CII");
        assert_eq!(ubl::write(sealed).as_ref(), Ok(&ubl), "the same bytes again");
        assert_eq!(cii::write(sealed).as_ref(), Ok(&cii), "the same bytes again");
        [(format!("{name}.ubl.xml"), ubl), (format!("{name}.cii.xml"), cii)]
    });
    forms.collect()
}

fn assert_sound(documents: &[cases::Case]) {
    let written = written(documents);
    let judged = judge(&written);
    assert_eq!(judged.len(), written.len(), "each file was judged");
    let unsound: Vec<&Judged> = judged.iter().filter(|it| !it.is_sound()).collect();
    assert!(unsound.is_empty(), "{} of {}: {unsound:#?}", unsound.len(), judged.len());
}

#[test]
fn invoices_and_credit_notes_of_every_kind_keep_to_en_16931() {
    let cases = cases::all();
    assert!(cases.len() >= 60, "{}", cases.len());
    assert_sound(&cases);
}

#[test]
fn invoices_and_credit_notes_by_chance_keep_to_en_16931() {
    assert_sound(&generated::documents(1, 60));
}
/// What makes a document wrong.
type Break = fn(&mut SealedInvoice);

/// The judges see what is wrong, so that their silence means something.
#[test]
fn an_amount_that_is_wrong_is_seen() {
    let sound = bill::Bill::default().sealed();
    let breaks: [(&str, Break); 4] = [
        ("BR-CO-10", |sealed| sealed.lines[0].net_minor += 1),
        ("BR-CO-14", |sealed| sealed.totals.tax_minor += 1),
        ("BR-CO-16", |sealed| sealed.totals.payable_minor += 1),
        ("BR-S-02", |sealed| sealed.seller.vat_number = None),
    ];
    for (rule, change) in breaks {
        let mut broken = sound.clone();
        change(&mut broken);
        for judged in judge(&written(&[(rule.to_owned(), broken)])) {
            let ids: Vec<&str> = judged.failed.iter().map(|it| it.id.as_str()).collect();
            assert!(ids.contains(&rule), "{judged:#?}");
        }
    }
    for (from, to, what) in [
        ("HUR", "OUR", "BR-CL-23"),
        ("1250.00<", "1250.01<", "LINE-NET"),
        ("cbc:IssueDate", "cbc:Issued", "schema"),
    ] {
        let bytes = ubl::write(&sound).expect("written");
        let text = String::from_utf8(bytes).expect("UTF-8").replace(from, to);
        let judged = judge(&[(format!("{what}.ubl.xml"), text.into_bytes())]);
        let ids = judged[0].failed.iter().any(|it| it.id == what);
        assert!(ids || (what == "schema" && !judged[0].schema.is_empty()), "{judged:#?}");
    }
}
