//! The letter that carries an invoice or a credit note to its client, with the document itself and
//! its form for programs. Without the document it's not sent: it would promise what is not there.

use askama::Template;
use commands::jobs::{Job, WorkError};
use documents::FormName;
use domain::billing::sealed::{DocumentKind, RenderedForm, SealedInvoice};
use domain::billing::{InvoiceEvent, InvoiceSent};
use domain::id::InvoiceId;
use migrations::platform::TenantRecord;

use super::invoices::{Bill, bill};
use crate::mail::{Addressee, Attachment, Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/invoice.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    said: &'a Said,
}

#[derive(Template)]
#[template(path = "mail/invoice.html")]
struct Html<'a> {
    head: &'a Letterhead,
    said: &'a Said,
}

/// What the letter says, in words.
struct Said {
    number: String,
    credit: bool,
    /// The invoice that a credit note takes back.
    credits: String,
    amount: String,
    due_on: String,
    bank: Vec<String>,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (invoice, version, nth): (InvoiceId, i32, u32),
) -> Result<Option<Composed>, WorkError> {
    let Some(bill) = bill(post, tenant.id, invoice).await? else { return Ok(None) };
    let Some(InvoiceEvent::InvoiceSent(sent)) = bill.event(version) else { return Ok(None) };
    let nth = usize::try_from(nth).unwrap_or(usize::MAX);
    let Some(email) = sent.to.get(nth).and_then(|to| to.get()).cloned() else { return Ok(None) };
    let Some((sealed, forms)) = document(&bill, sent) else { return Ok(None) };
    let said = &said(sealed, &bill);
    let head = &post.letterhead(tenant).await?;
    let what = if said.credit { "Credit note" } else { "Invoice" };
    let subject = format!("{what} {} of {}", said.number, head.firm);
    let name = sealed.buyer.particulars.get().map(|it| it.name.clone()).unwrap_or_default();
    let to = Addressee { name, email };
    let composed = Composed::new(to, &subject, &Text { head, said }, &Html { head, said })?;
    let attached = attachments(post, tenant, sealed, forms).await?;
    Ok(Some(composed.carrying(attached)))
}

/// The document that was sent, with the forms it was rendered to.
fn document<'a>(
    bill: &'a Bill,
    sent: &InvoiceSent,
) -> Option<(&'a SealedInvoice, &'a [RenderedForm])> {
    bill.events().find_map(|event| {
        if let (InvoiceEvent::InvoiceIssued(issued), None) = (event, sent.credit_note) {
            return Some((&*issued.sealed, &issued.forms[..]));
        }
        let InvoiceEvent::CreditNoteIssued(note) = event else { return None };
        let meant = sent.credit_note == Some(note.credit_note);
        meant.then(|| (&*note.sealed, &note.forms[..]))
    })
}

fn said(sealed: &SealedInvoice, bill: &Bill) -> Said {
    let credits = sealed.references.credits.as_ref();
    Said {
        number: sealed.number.clone(),
        credit: sealed.document == DocumentKind::CreditNote,
        credits: credits.map(|it| it.number.clone()).unwrap_or_default(),
        amount: bill.money(sealed.totals.payable_minor),
        due_on: sealed.due_on.to_string(),
        bank: sealed.seller.bank_details.clone(),
    }
}

/// The page as it was kept, and the form for programs, which is the same bytes whenever it's
/// written, where it was issued with one.
async fn attachments(
    post: &Post,
    tenant: &TenantRecord,
    sealed: &SealedInvoice,
    forms: &[RenderedForm],
) -> Result<Vec<Attachment>, WorkError> {
    let mut attached = Vec::new();
    for form in forms {
        let Some(file) = form.file else { continue };
        let bytes = post.file(tenant.id, file).await?;
        let sha256 = migrations::keys::hex(&migrations::keys::sha256(&bytes));
        if sha256 != form.sha256 {
            return Err(WorkError::never(
                "the document that is kept is not the one that was issued",
            ));
        }
        attached.push(Attachment {
            name: format!("{}.{}", sealed.number, form.form),
            media: "application/pdf".to_owned(),
            bytes,
        });
    }
    if attached.is_empty() {
        return Err(WorkError::never("the document was not kept"));
    }
    if !forms.iter().any(|form| form.form == FormName::Ubl.as_str()) {
        return Ok(attached);
    }
    let ubl = documents::ubl::write(sealed);
    let bytes = ubl.map_err(|error| WorkError::never(error.to_string()))?;
    let (name, media) = (format!("{}.xml", sealed.number), "application/xml".to_owned());
    attached.push(Attachment { name, media, bytes });
    Ok(attached)
}
