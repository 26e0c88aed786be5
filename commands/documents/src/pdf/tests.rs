//! The page: what it says, that it's the same each time, and that others can open it.

use super::*;
use crate::pdf::samples::{self, logo};

fn render_original(sealed: &SealedInvoice) -> Vec<u8> {
    render(sealed, None, None, Marking::Original).expect("rendered")
}

/// Writes each sample to the folder named by `CROWDMINDER_PAGES`, to be looked at.
#[test]
fn each_kind_of_document_is_a_page() {
    let mark = logo();
    let xml: &[u8] = b"<a/>";
    let samples = [
        ("short", samples::short(), None, Marking::Original),
        ("logo", samples::short(), Some(&mark), Marking::Original),
        ("rich", samples::rich(), Some(&mark), Marking::Copy),
        ("long", samples::long(70), None, Marking::Original),
        ("foreign", samples::foreign(), None, Marking::Original),
        ("unregistered", samples::unregistered(), None, Marking::Draft),
        ("credit", samples::credit(), Some(&mark), Marking::Original),
    ];
    let folder = std::env::var_os("CROWDMINDER_PAGES");
    for (name, sealed, logo, marking) in samples {
        let begun = std::time::Instant::now();
        let bytes = render(&sealed, logo, Some(xml), marking).expect(name);
        println!("{name} {} bytes {:?}", bytes.len(), begun.elapsed());
        assert!(bytes.starts_with(b"%PDF-1.7"), "{name}");
        if let Some(folder) = &folder {
            let path = std::path::Path::new(folder).join(format!("{name}.pdf"));
            std::fs::write(path, &bytes).expect("written");
        }
    }
}

#[test]
fn two_renderings_of_the_same_facts_are_the_same_bytes() {
    for sealed in [samples::rich(), samples::credit()] {
        assert_eq!(render_original(&sealed), render_original(&sealed));
    }
}
