//! The page: what it says, that it's the same each time, and that others can open it.

pub(super) mod hostile;
mod said;

use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;
use crate::pdf::samples::{self, logo};
use crate::{FormName, cii};

/// The page of an issued document, with its form for programs inside.
pub(super) fn original(sealed: &SealedInvoice, logo: Option<&Logo>) -> Vec<u8> {
    let xml = cii::write(sealed).expect("a form");
    render(sealed, logo, Some(&xml), Marking::Original).expect("rendered")
}

/// A page in a folder of its own, where other programs can read it.
struct OnDisk {
    folder: PathBuf,
}

impl OnDisk {
    fn put(name: &str, bytes: &[u8]) -> Self {
        let unique = format!("crowdminder-page-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(unique);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("page.pdf"), bytes).expect("written");
        OnDisk { folder }
    }

    fn page(&self) -> PathBuf {
        self.folder.join("page.pdf")
    }

    /// What a program of poppler-utils answers, which must be content.
    fn ask(&self, program: &str, arguments: &[&str]) -> String {
        let done = Command::new(program).args(arguments).current_dir(&self.folder).output();
        let done = done.expect("poppler-utils is installed (./dev test does so)");
        let complaints = String::from_utf8_lossy(&done.stderr);
        // It wants a member to be a name that the standard says is a truth value.
        let known = |row: &&str| !row.is_empty() && !row.contains("Suspects object is wrong type");
        let complained = complaints.lines().find(known);
        assert!(done.status.success() && complained.is_none(), "{program}: {complaints}");
        String::from_utf8(done.stdout).expect("UTF-8")
    }

    fn text(&self) -> String {
        self.ask("pdftotext", &["-layout", "page.pdf", "-"])
    }

    /// Its pages as pictures.
    fn pictures(&self) -> usize {
        self.ask("pdftoppm", &["-r", "20", "-png", "page.pdf", "picture"]);
        let entries = std::fs::read_dir(&self.folder).expect("a folder");
        let png = |path: &Path| path.extension().is_some_and(|ending| ending == "png");
        entries.filter(|entry| entry.as_ref().is_ok_and(|entry| png(&entry.path()))).count()
    }
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

fn text_of(name: &str, bytes: &[u8]) -> String {
    OnDisk::put(name, bytes).text()
}

/// Each kind of document, which `CROWDMINDER_PAGES=<folder>` writes there to be looked at.
#[test]
fn each_kind_of_document_is_a_page_that_others_open() {
    let mark = logo();
    let samples = [
        ("short", samples::short(), None, 1),
        ("logo", samples::short(), Some(&mark), 1),
        ("rich", samples::rich(), Some(&mark), 1),
        ("long", samples::long(70), None, 3),
        ("foreign", samples::foreign(), None, 1),
        ("unregistered", samples::unregistered(), None, 1),
        ("credit", samples::credit(), Some(&mark), 1),
    ];
    let looked_at = std::env::var_os("CROWDMINDER_PAGES");
    for (name, sealed, logo, pages) in samples {
        let bytes = original(&sealed, logo);
        assert!(bytes.starts_with(b"%PDF-1.7"), "{name}");
        let disk = OnDisk::put(name, &bytes);
        assert_eq!(disk.pictures(), pages, "{name}");
        if let Some(folder) = &looked_at {
            let copy = Path::new(folder).join(format!("{name}.pdf"));
            std::fs::copy(disk.page(), copy).expect("copied");
        }
    }
}

#[test]
fn the_form_for_programs_lies_in_the_page_as_it_was_sealed() {
    for sealed in [samples::rich(), samples::credit(), samples::foreign()] {
        let forms = crate::render(&sealed, None).expect("rendered");
        let bytes = |name| &forms.iter().find(|form| form.name == name).expect("there").bytes;
        let disk = OnDisk::put(&sealed.number, bytes(FormName::Pdf));
        let listed = disk.ask("pdfdetach", &["-list", "page.pdf"]);
        assert!(listed.contains("1 embedded files") && listed.contains("factur-x.xml"), "{listed}");
        disk.ask("pdfdetach", &["-save", "1", "-o", "factur-x.xml", "page.pdf"]);
        let inside = std::fs::read(disk.folder.join("factur-x.xml")).expect("saved");
        assert_eq!(&inside, bytes(FormName::Cii));
    }
}

#[test]
fn the_page_claims_to_be_an_archive_with_all_fonts_inside() {
    let disk = OnDisk::put("archive", &original(&samples::rich(), Some(&logo())));
    let claims = disk.ask("pdfinfo", &["-meta", "page.pdf"]);
    assert!(claims.contains("<pdfaid:part>3</pdfaid:part>"), "{claims}");
    assert!(claims.contains("<pdfaid:conformance>B</pdfaid:conformance>"), "{claims}");
    let raw = std::fs::read(disk.page()).expect("there");
    for part in [&b"/OutputIntent"[..], b"/AFRelationship/Alternative", b"/AF"] {
        assert!(raw.windows(part.len()).any(|window| window == part));
    }
    let fonts = disk.ask("pdffonts", &["page.pdf"]);
    let embedded = |row: &str| row.split_whitespace().rev().nth(4) == Some("yes");
    assert!(fonts.lines().count() > 2 && fonts.lines().skip(2).all(embedded), "{fonts}");
}

#[test]
fn the_metadata_names_the_form_inside_where_there_is_one() {
    let sealed = samples::rich();
    let disk = OnDisk::put("announced", &original(&sealed, Some(&logo())));
    let metadata = disk.ask("pdfinfo", &["-meta", "page.pdf"]);
    for said in [
        "xmlns:fx=\"urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#\"",
        "<fx:DocumentType>INVOICE</fx:DocumentType>",
        "<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>",
        "<fx:Version>1.0</fx:Version>",
        "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>",
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>",
    ] {
        assert_eq!(metadata.matches(said).count(), 1, "{said} in {metadata}");
    }
    // PDF/A takes one list of schemas.
    assert_eq!(metadata.matches("<pdfaExtension:schemas>").count(), 1);
    let draft = render(&sealed, None, None, Marking::Draft).expect("rendered");
    let metadata = OnDisk::put("draft", &draft).ask("pdfinfo", &["-meta", "page.pdf"]);
    assert!(metadata.contains("<pdfaid:part>3</pdfaid:part>") && !metadata.contains("fx:"));
}

#[test]
fn a_page_is_dated_by_its_facts_and_names_itself() {
    let disk = OnDisk::put("dated", &original(&samples::short(), None));
    let told = disk.ask("pdfinfo", &["-isodates", "page.pdf"]);
    for line in ["CreationDate:    2026-01-31T00:00:00Z", "TAX INVOICE INV-2026-00042"] {
        assert!(told.contains(line), "{told}");
    }
    assert!(told.contains("Author:          Kopano Design Studio (Pty) Ltd"), "{told}");
    assert!(told.contains("Crowdminder") && told.contains("Tagged:          yes"), "{told}");
}

/// The hash of a page that another process makes too.
fn a_hash() -> String {
    let bytes = original(&samples::rich(), Some(&logo()));
    crate::Rendered::of(FormName::Pdf, bytes).sha256
}

const TOLD: &str = "CROWDMINDER_PAGE_HASH_TO";

#[test]
fn two_renderings_of_the_same_facts_are_the_same_bytes_in_two_processes_too() {
    let hash = a_hash();
    if let Some(file) = std::env::var_os(TOLD) {
        // This is the other process.
        std::fs::write(file, hash).expect("written");
        return;
    }
    assert_eq!(hash, a_hash());
    let others: Vec<_> = (0..20).map(|n| samples::long(n + 1)).collect();
    for sealed in &others {
        let once = original(sealed, None);
        assert_eq!(once, original(sealed, None));
    }
    assert_eq!(hash, a_hash(), "whatever was rendered between");
    let disk = OnDisk::put("hash", b"");
    let file = disk.folder.join("hash");
    let this = "two_renderings_of_the_same_facts_are_the_same_bytes_in_two_processes_too";
    let mut other = Command::new(std::env::current_exe().expect("this program"));
    other.args(["--exact", &format!("pdf::tests::{this}")]).env(TOLD, &file);
    assert!(other.output().expect("it runs").status.success());
    assert_eq!(std::fs::read_to_string(&file).expect("told"), hash);
}

#[test]
fn other_facts_another_mark_or_another_form_make_another_page() {
    let sealed = samples::short();
    let plain = original(&sealed, None);
    let mut changed = sealed.clone();
    changed.number = "INV-2026-00043".into();
    assert_ne!(original(&changed, None), plain);
    assert_ne!(original(&sealed, Some(&logo())), plain);
    assert_ne!(render(&sealed, None, None, Marking::Original).expect("rendered"), plain);
}

#[test]
fn a_mark_that_can_not_be_drawn_is_left_out() {
    let sealed = samples::short();
    let plain = original(&sealed, None);
    let png = |bytes: &[u8]| Logo { media_type: "image/png".into(), bytes: bytes.to_vec() };
    for broken in [
        png(b""),
        png(b"\x89PNG\r\n\x1a\n"),
        png(&logo().bytes[..300]),
        Logo { media_type: "application/pdf".into(), ..logo() },
    ] {
        assert_eq!(original(&sealed, Some(&broken)), plain);
    }
}
