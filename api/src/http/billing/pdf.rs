//! The page of an invoice or a credit note. Of what was issued the bytes are given that were kept
//! with it, once their hash was checked; of a draft what it would look like, marked as a draft.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use commands::files::{ReadError, file_of, open};
use documents::pdf::Marking;
use documents::{FormName, Logo, Rendered};
use domain::billing::InvoiceEvent;
use domain::billing::sealed::{RenderedForm, SealedInvoice};
use domain::files::{File, FileKind, FileStored};
use domain::id::{CreditNoteId, FileId, InvoiceId};
use futures::TryStreamExt;
use projections::billing::credit_note;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use super::sight::clients_seen;
use super::view::{InvoiceView, invoice_story, invoice_view};
use crate::http::answer::Answers;
use crate::http::call::{About, Call};
use crate::http::files::content::{is_known, problem};
use crate::http::files::disposition;
use crate::http::members::ById;
use crate::http::problem::Problem;

/// Nothing but the page itself is loaded, and only our own pages may show it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/// How the page is wanted.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Whether it's to take the place of one that was lost: then it's marked `COPY`, and is not
    /// what was kept.
    copy: Option<bool>,
}

/// A page on its way out.
#[derive(Debug)]
pub(crate) struct Page {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        (self.status, self.headers, self.body).into_response()
    }
}

/// Bytes.
#[derive(JsonSchema)]
#[schemars(extend("format" = "binary"))]
struct PdfBytes(#[allow(dead_code, reason = "it's described, and made elsewhere")] String);

impl Answers for Page {
    const MEDIA: &'static str = "application/pdf";

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<PdfBytes>()
    }
}

/// `GET /invoices/{id}/pdf`.
pub(crate) async fn of_invoice(call: Call<ById, Wanted>) -> Result<Page, Problem> {
    let view = invoice_view(&call, InvoiceId(call.path.id)).await?;
    match page_of(&call, &view, call.query).await? {
        Some(page) => Ok(page),
        None => draft(&call, view).await,
    }
}

/// The page of an issued invoice; none of a draft.
pub(crate) async fn page_of(
    about: &About,
    view: &InvoiceView,
    wanted: Wanted,
) -> Result<Option<Page>, Problem> {
    let issued = view.told.iter().find_map(|told| {
        let InvoiceEvent::InvoiceIssued(issued) = &told.event else { return None };
        Some(issued)
    });
    match issued {
        Some(issued) => Ok(Some(page(about, &issued.sealed, &issued.forms, wanted).await?)),
        None => Ok(None),
    }
}

/// `GET /credit-notes/{id}/pdf`.
pub(crate) async fn of_credit_note(call: Call<ById, Wanted>) -> Result<Page, Problem> {
    clients_seen(&call)?;
    let id = CreditNoteId(call.path.id);
    let mut tx = call.tx().await?;
    let found = credit_note::find(&mut tx, id).await?;
    tx.commit().await?;
    let invoice = found.ok_or_else(|| Problem::not_found_at("{id}"))?.invoice_id;
    let story = invoice_story(&call, invoice).await?;
    let issued = story.told.iter().find_map(|told| {
        let InvoiceEvent::CreditNoteIssued(issued) = &told.event else { return None };
        (issued.credit_note == id).then_some(issued)
    });
    // As of a moment before it was issued there is none.
    let issued = issued.ok_or_else(Problem::not_found)?;
    page(&call, &issued.sealed, &issued.forms, call.query).await
}

/// What a draft would look like today.
async fn draft(about: &About, view: InvoiceView) -> Result<Page, Problem> {
    let Some(sealed) = view.document else {
        let Some(refusal) = view.seal_refusal else { return Err(Problem::not_found()) };
        return Err(
            commands::refused::CommandError::from(domain::refusal::Refusal::from(refusal)).into()
        );
    };
    let logo = logo_of(about, sealed.seller.logo).await?;
    let bytes = rendered(*sealed, logo, Marking::Draft, false).await?;
    Ok(answered(about, "draft", Rendered::of(FormName::Pdf, bytes)))
}

/// The page of what was issued.
async fn page(
    about: &About,
    sealed: &SealedInvoice,
    forms: &[RenderedForm],
    wanted: Wanted,
) -> Result<Page, Problem> {
    let kept = forms.iter().find(|form| form.form == FormName::Pdf.as_str());
    let copy = wanted.copy.unwrap_or(false);
    if let Some((form, file)) = kept.and_then(|form| Some((form, form.file?))).filter(|_| !copy) {
        let bytes = content(about, file).await?;
        let page = Rendered::of(FormName::Pdf, bytes);
        if page.sha256 != form.sha256 {
            return Err(problem(ReadError::Changed));
        }
        return Ok(answered(about, &sealed.number, page));
    }
    let logo = logo_of(about, sealed.seller.logo).await?;
    let marking = if copy { Marking::Copy } else { Marking::Original };
    // What was issued without forms for programs has none inside of a copy either.
    let with_form = kept.is_none() || forms.iter().any(|it| it.form == FormName::Cii.as_str());
    let bytes = rendered(sealed.clone(), logo, marking, with_form).await?;
    Ok(answered(about, &sealed.number, Rendered::of(FormName::Pdf, bytes)))
}

/// Sets a page beside the requests: it's work for a processor.
async fn rendered(
    sealed: SealedInvoice,
    logo: Option<Logo>,
    marking: Marking,
    with_form: bool,
) -> Result<Vec<u8>, Problem> {
    let render = move || {
        let xml = with_form.then(|| documents::cii::write(&sealed)).transpose()?;
        documents::pdf::render(&sealed, logo.as_ref(), xml.as_deref(), marking)
    };
    let done = tokio::task::spawn_blocking(render).await;
    done.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))
}

/// The firm's mark; none where it's gone or not what was kept.
async fn logo_of(about: &About, logo: Option<FileId>) -> Result<Option<Logo>, Problem> {
    let Some(logo) = logo else { return Ok(None) };
    let mut tx = about.tx().await?;
    let (state, _) = file_of(&mut tx, logo).await?;
    tx.commit().await?;
    let Some(kept) = state.kept().filter(|kept| kept.kind == FileKind::Logo) else {
        return Ok(None);
    };
    match bytes_of(about, kept).await {
        Ok(bytes) => Ok(Some(Logo { media_type: kept.media_type.clone(), bytes })),
        Err(error @ ReadError::Store(_)) => Err(problem(error)),
        Err(ReadError::Changed | ReadError::Erased | ReadError::NotLoaded) => Ok(None),
    }
}

/// What was kept of a page.
async fn content(about: &About, file: FileId) -> Result<Vec<u8>, Problem> {
    let mut tx = about.tx().await?;
    let (state, _) = file_of(&mut tx, file).await?;
    let key = File::key(file);
    if !about.keys.knows(&[key]) {
        about.keys.load(&mut tx, &[key]).await?;
    }
    tx.commit().await?;
    let kept = state.kept().ok_or_else(Problem::not_found)?;
    bytes_of(about, kept).await.map_err(problem)
}

async fn bytes_of(about: &About, kept: &FileStored) -> Result<Vec<u8>, ReadError> {
    let files = about.app.files.of(about.tenant.id);
    let keys = Arc::clone(&about.keys);
    let pieces: Vec<Bytes> = open(&files, &keys, kept).await?.bytes.try_collect().await?;
    Ok(pieces.concat())
}

/// The page with its headers; its tag is the hash of its bytes.
fn answered(about: &About, number: &str, page: Rendered) -> Page {
    let tag = format!("\"{}\"", page.sha256);
    let tag = HeaderValue::from_str(&tag).expect("hexadecimal digits");
    let mut headers = HeaderMap::new();
    headers.insert(header::ETAG, tag.clone());
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Some(position) = about.as_of {
        headers.insert(crate::http::answer::EVENT_POSITION, position.into());
    }
    if is_known(&about.headers, &tag) {
        return Page { status: StatusCode::NOT_MODIFIED, headers, body: Body::empty() };
    }
    let name = format!("{}.pdf", number.replace(['/', '\\'], "-"));
    headers.insert(header::CONTENT_DISPOSITION, disposition::written(true, &name));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    Page { status: StatusCode::OK, headers, body: Body::from(page.bytes) }
}
