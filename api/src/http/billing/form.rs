//! Forms of what was issued for other programs: EN 16931 as UBL or as CII. They are written again
//! from the sealed facts whenever they're asked for, and given out only if they are still the bytes
//! that were sealed.

use axum::body::Bytes;
use axum::http::header::{self, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use documents::{FormName, Rendered, cii, ubl};
use domain::billing::InvoiceEvent;
use domain::billing::electronic::unfit;
use domain::billing::sealed::{RenderedForm, SealedInvoice};
use domain::id::{CreditNoteId, InvoiceId};
use projections::billing::credit_note;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use super::sight::clients_seen;
use super::view::invoice_story;
use crate::http::answer::Answers;
use crate::http::call::Call;
use crate::http::files::content::is_known;
use crate::http::files::disposition::written;
use crate::http::members::ById;
use crate::http::problem::{FieldError, Problem};

/// What is answered where a document was issued without forms for programs.
const NO_FORM: &str = "billing.no_electronic_form";

/// The syntax that a form is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Syntax {
    /// UBL 2.1.
    #[default]
    Ubl,
    /// UN/CEFACT CII, as Factur-X has it in its profile EN 16931: what lies inside the PDF.
    Cii,
}

/// Which form is asked for.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Left out = `ubl`.
    #[serde(default)]
    syntax: Syntax,
}

/// A form with its headers.
#[derive(Debug)]
pub(crate) struct Form {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// `GET /invoices/{id}/xml`.
pub(crate) async fn of_invoice(call: Call<ById, Wanted>) -> Result<Form, Problem> {
    let story = invoice_story(&call, InvoiceId(call.path.id)).await?;
    let issued = story.told.iter().find_map(|told| {
        let InvoiceEvent::InvoiceIssued(issued) = &told.event else { return None };
        Some(issued)
    });
    let issued = issued.ok_or_else(|| {
        let detail = "a draft has no form for programs: issue it first";
        Problem::new(StatusCode::NOT_FOUND, "billing.not_issued", detail)
    })?;
    form(&call.headers, call.query.syntax, &issued.sealed, &issued.forms)
}

/// `GET /credit-notes/{id}/xml`.
pub(crate) async fn of_credit_note(call: Call<ById, Wanted>) -> Result<Form, Problem> {
    clients_seen(&call)?;
    let id = CreditNoteId(call.path.id);
    let mut tx = call.tx().await?;
    let row = credit_note::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found_at("{id}"))?;
    tx.commit().await?;
    let story = invoice_story(&call, row.invoice_id).await?;
    let issued = story.told.iter().find_map(|told| {
        let InvoiceEvent::CreditNoteIssued(issued) = &told.event else { return None };
        (issued.credit_note == id).then_some(issued)
    });
    let issued = issued.ok_or_else(Problem::not_found)?;
    form(&call.headers, call.query.syntax, &issued.sealed, &issued.forms)
}

/// The form of these facts, where it is what was sealed with them. What was erased in them since
/// reads as erased, and then it can't be.
pub(crate) fn form(
    headers: &HeaderMap,
    syntax: Syntax,
    sealed: &SealedInvoice,
    forms: &[RenderedForm],
) -> Result<Form, Problem> {
    let (name, bytes) = match syntax {
        Syntax::Ubl => (FormName::Ubl, ubl::write(sealed)),
        Syntax::Cii => (FormName::Cii, cii::write(sealed)),
    };
    let known = forms.iter().find(|form| form.form == name.as_str());
    if known.is_none() && !forms.is_empty() {
        return Err(none(sealed));
    }
    let bytes = bytes.map_err(|error| Problem::internal(&error))?;
    let rendered = Rendered::of(name, bytes);
    if known.is_some_and(|known| known.sha256 != rendered.sha256) && !sealed.is_partly_erased() {
        let detail = "what the sealed facts come to is not what was sealed, so it's not given out; \
                      tell who runs the service";
        let code = "billing.form_changed";
        return Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, code, detail));
    }
    let tag = format!("\"{}\"", rendered.sha256);
    let tag = HeaderValue::try_from(tag).expect("hexadecimal digits in quotes fit a header");
    let mut found = HeaderMap::new();
    found.insert(header::ETAG, tag.clone());
    if is_known(headers, &tag) {
        let (status, body) = (StatusCode::NOT_MODIFIED, Bytes::new());
        return Ok(Form { status, headers: found, body });
    }
    let file = format!("{}.xml", sealed.number.replace('/', "-"));
    found.insert(header::CONTENT_DISPOSITION, written(false, &file));
    found.insert(header::CONTENT_TYPE, HeaderValue::from_static(name.media_type()));
    Ok(Form { status: StatusCode::OK, headers: found, body: rendered.bytes.into() })
}

/// That a document was issued without forms for programs, and why.
fn none(sealed: &SealedInvoice) -> Problem {
    let reasons = unfit(sealed);
    let each: Vec<String> =
        reasons.iter().map(|it| format!("{}: {}", it.code(), it.remedy())).collect();
    let detail = format!(
        "this document was issued without a form for programs ({}); its page is at /pdf",
        each.join("; ")
    );
    let problem = Problem::new(StatusCode::NOT_FOUND, NO_FORM, detail);
    reasons.iter().fold(problem, |problem, reason| {
        problem.with_error(FieldError::new(format!("/{}", reason.code()), NO_FORM, reason.remedy()))
    })
}

impl IntoResponse for Form {
    fn into_response(self) -> Response {
        (self.status, self.headers, self.body).into_response()
    }
}

/// A document in XML.
#[derive(JsonSchema)]
struct Xml(#[allow(dead_code, reason = "it's described, and made as bytes")] String);

impl Answers for Form {
    const MEDIA: &'static str = "application/xml";

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Xml>()
    }
}
