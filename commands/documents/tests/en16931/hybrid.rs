//! The page as the software of receivers reads it: the form inside is what was sealed, and the
//! metadata says so in the words of Factur-X.

use documents::{FormName, Rendered, render};
use serde_json::{Value, json};

use crate::bill::Bill;
use crate::cases;
use crate::judged::answers_of;

#[test]
fn a_page_is_an_invoice_to_the_programs_that_look_for_one_inside() {
    let credit = cases::all().into_iter().find(|(name, _)| name.contains("back"));
    let documents = [Bill::default().sealed(), credit.expect("a credit note").1];
    let rendered: Vec<Vec<Rendered>> =
        documents.iter().map(|sealed| render(sealed, None).expect("rendered")).collect();
    let form = |n: usize, name| rendered[n].iter().find(|form| form.name == name).expect("there");
    let files: Vec<(String, Vec<u8>)> = (0..rendered.len())
        .map(|n| (format!("{n}.pdf"), form(n, FormName::Pdf).bytes.clone()))
        .collect();
    let read: Vec<Value> = answers_of("hybrid.py", &files);
    assert_eq!(read.len(), documents.len());
    for (n, read) in read.iter().enumerate() {
        let cii = form(n, FormName::Cii);
        assert_eq!(
            read["xml"],
            json!({ "name": "factur-x.xml", "sha256": cii.sha256, "level": "en16931" })
        );
        assert_eq!(read["said"], read["expected"], "{read}");
        assert_eq!(
            read["described"],
            json!(["ConformanceLevel", "DocumentFileName", "DocumentType", "Version"])
        );
        assert_eq!(
            read["embedded"],
            json!({
                "names": ["factur-x.xml", "factur-x.xml"],
                "type": "/text/xml",
                "size": cii.bytes.len(),
                "dated": true,
                "relationship": "/Alternative",
                "plain": true,
            })
        );
    }
}
