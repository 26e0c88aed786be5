//! Issued invoices and credit notes as documents: a page for people, and two forms for programs.
//! Sealed facts go in and bytes come out, the same bytes each time: no clock, no chance, no look
//! at anything else.

pub mod cii;
mod en16931;
pub mod pdf;
pub mod ubl;

use domain::billing::electronic::unfit;
use domain::billing::sealed::SealedInvoice;
use sha2::{Digest, Sha256};

/// A form of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FormName {
    /// PDF/A-3b with the CII form inside.
    Pdf,
    /// EN 16931 in the syntax of UBL 2.1.
    Ubl,
    /// EN 16931 in the syntax of UN/CEFACT CII, as Factur-X has it.
    Cii,
}

impl FormName {
    /// Each of them.
    pub const ALL: [FormName; 3] = [FormName::Pdf, FormName::Ubl, FormName::Cii];

    /// The name in the log and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            FormName::Pdf => "pdf",
            FormName::Ubl => "ubl",
            FormName::Cii => "cii",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            FormName::Pdf => "application/pdf",
            FormName::Ubl | FormName::Cii => "application/xml",
        }
    }
}

/// A form as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Which form.
    pub name: FormName,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Their SHA-256, hexadecimal in lower case.
    pub sha256: String,
}

impl Rendered {
    /// A form of these bytes.
    pub fn of(name: FormName, bytes: Vec<u8>) -> Self {
        let digest = Sha256::digest(&bytes);
        let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Rendered { name, bytes, sha256 }
    }
}

/// The firm's mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// Its media type, such as `image/png`.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a document can't be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The typesetter refuses it.
    #[error("the page can't be set: {0}")]
    Page(String),
    /// A form for programs can't be written.
    #[error("the {form} form can't be written: {why}")]
    Form {
        /// Which one.
        form: &'static str,
        /// Why.
        why: String,
    },
}

/// All forms of an issued document, each the same bytes for ever: the page has the CII form inside.
/// Where EN 16931 has none for it there is the page alone. A mark that can't be drawn is left out.
pub fn render(sealed: &SealedInvoice, logo: Option<&Logo>) -> Result<Vec<Rendered>, RenderError> {
    if !unfit(sealed).is_empty() {
        let page = pdf::render(sealed, logo, None, pdf::Marking::Original)?;
        return Ok(vec![Rendered::of(FormName::Pdf, page)]);
    }
    let (ubl, cii) = (ubl::write(sealed)?, cii::write(sealed)?);
    let page = pdf::render(sealed, logo, Some(&cii), pdf::Marking::Original)?;
    let forms = [(FormName::Pdf, page), (FormName::Ubl, ubl), (FormName::Cii, cii)];
    Ok(forms.into_iter().map(|(name, bytes)| Rendered::of(name, bytes)).collect())
}
