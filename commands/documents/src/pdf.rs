//! The page for people, as PDF/A-3b with the electronic invoice inside. It's set by a template of
//! this program from the sealed facts alone, and dated by them: the same facts give the same bytes.

mod hybrid;
mod legible;
mod page;
mod picture;
#[cfg(test)]
mod samples;
mod setting;
mod unprintable;
mod words;

use domain::billing::sealed::SealedInvoice;
use sha2::{Digest, Sha256};
use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Bytes, Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::{Logo, RenderError};
use page::{Attached, Page};
use setting::Sheet;
pub use unprintable::{Unprintable, unprintable};

/// How many renderings ago something was last of use, to be forgotten: of one document hardly
/// anything is of use to the next, and all that is kept is looked through each time.
const FORGOTTEN_AFTER: usize = 1;

/// What is written across a document that is not the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Marking {
    /// The document itself.
    Original,
    /// Another one in place of one that was lost (ZA: VAT Act s20(1), proviso).
    Copy,
    /// What a draft would look like.
    Draft,
}

impl Marking {
    fn words(self) -> Option<&'static str> {
        match self {
            Marking::Original => None,
            Marking::Copy => Some("COPY"),
            Marking::Draft => Some("DRAFT"),
        }
    }
}

/// The bytes of the page. `xml` is the form that is attached under the name that Factur-X has for
/// it; a draft has none. An invoice doesn't wait for what can't be shown: a mark that can't be
/// drawn is left out, and for a character that can't be set its code stands.
pub fn render(
    sealed: &SealedInvoice,
    logo: Option<&Logo>,
    xml: Option<&[u8]>,
    marking: Marking,
) -> Result<Vec<u8>, RenderError> {
    let drawable = logo.filter(|logo| is_drawable(logo));
    let mut refused = RenderError::Page("nothing was tried".into());
    // From what is asked for to what always goes: without the mark, and in plain letters.
    for plain in [false, true] {
        for logo in drawable.map(Some).into_iter().chain([None]) {
            let with = Attached { logo: logo.is_some(), xml: xml.is_some() };
            let page = Page::of(sealed, marking, with);
            let facts = if plain { plain_json(&page) } else { serde_json::to_vec(&page) };
            let facts = facts.expect("texts and flags are JSON");
            let logo = logo.map(|logo| Bytes::new(logo.bytes.clone()));
            match typeset(sealed, facts, logo, xml) {
                Ok(pdf) => return Ok(pdf),
                Err(error) => refused = error,
            }
        }
    }
    Err(refused)
}

/// The facts in letters that surely can be set.
fn plain_json(page: &Page) -> serde_json::Result<Vec<u8>> {
    let mut facts = serde_json::to_value(page)?;
    legible::make_plain(&mut facts);
    serde_json::to_vec(&facts)
}

/// Pictures that the template takes, small enough to be unfolded.
fn is_drawable(logo: &Logo) -> bool {
    let known = ["image/png", "image/jpeg", "image/gif", "image/webp"];
    known.contains(&logo.media_type.as_str()) && picture::is_small(&logo.bytes)
}

fn typeset(
    sealed: &SealedInvoice,
    facts: Vec<u8>,
    logo: Option<Bytes>,
    xml: Option<&[u8]>,
) -> Result<Vec<u8>, RenderError> {
    let ident = ident(&facts, logo.as_ref(), xml);
    let sheet =
        Sheet { facts: Bytes::new(facts), logo, xml: xml.map(|xml| Bytes::new(xml.to_vec())) };
    let compiled = typst::compile::<PagedDocument>(&sheet).output;
    let written = compiled.and_then(|document| typst_pdf::pdf(&document, &options(sealed, ident)));
    // Nobody waits for it: looking through what is kept takes a tenth of the time of a page.
    std::thread::spawn(|| comemo::evict(FORGOTTEN_AFTER));
    let pdf = written.map_err(|errors| RenderError::Page(why(&errors)))?;
    if xml.is_some() { hybrid::announce(pdf) } else { Ok(pdf) }
}

/// What tells this document from all others: by what it says.
fn ident(facts: &[u8], logo: Option<&Bytes>, xml: Option<&[u8]>) -> String {
    let mut hash = Sha256::new();
    for part in [facts, logo.map_or(&[], |logo| logo.as_slice()), xml.unwrap_or(&[])] {
        hash.update(u64::try_from(part.len()).expect("a length").to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn options(sealed: &SealedInvoice, ident: String) -> PdfOptions {
    let day = sealed.issued_on;
    let part = |part: i8| u8::try_from(part).expect("months and days are above zero");
    let midnight =
        Datetime::from_ymd_hms(day.year().into(), part(day.month()), part(day.day()), 0, 0, 0);
    PdfOptions {
        ident: Smart::Custom(ident),
        creator: Smart::Custom(Some("Crowdminder".into())),
        timestamp: midnight.map(Timestamp::new_utc),
        standards: PdfStandards::new(&[PdfStandard::A_3b]).expect("one standard is no conflict"),
        ..PdfOptions::default()
    }
}

fn why(errors: &[SourceDiagnostic]) -> String {
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    messages.join("; ")
}

#[cfg(test)]
mod tests;
