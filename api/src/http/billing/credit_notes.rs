//! Credit notes over HTTP: of an invoice, of all, and one with its lines and the seconds that it
//! takes off its invoice.

use domain::billing::{CreditNoteIssued, Fate, InvoiceEvent, MovedSeconds};
use domain::id::{ClientId, CreditNoteId, InvoiceId};
use jiff::Timestamp;
use jiff::civil::Date;
use projections::billing::credit_note::{self, CreditNote, CreditNoteRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Money;
use super::document::{DocumentBody, FormBody, LineBody, text};
use super::happened::{DeliveryBody, HappenedBody};
use super::sight::{client_asked, clients_seen};
use super::view::{Story, Told, invoice_story};
use crate::http::answer::Answer;
use crate::http::call::{About, Call, piece};
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;

/// What a credit note is called in tags.
pub(crate) const KIND: &str = "credit_note";

/// A credit note in a list. Its amounts are above zero.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct CreditNoteSummary {
    id: Uuid,
    /// The invoice that it takes back.
    invoice_id: Uuid,
    invoice_number: String,
    client_id: Uuid,
    number: String,
    issued_on: Date,
    currency: String,
    net: Money,
    tax: Money,
    gross: Money,
    /// What is not to be paid any more.
    payable: Money,
    /// The seconds it takes off the invoice.
    seconds: i64,
    /// Whether it went to the client.
    sent: bool,
    issued_at: Timestamp,
}

impl CreditNoteSummary {
    /// As it stands in lists.
    pub(crate) fn of(row: &CreditNoteRow) -> Self {
        let money = |amount| Money::of(amount, &row.currency);
        CreditNoteSummary {
            id: row.credit_note_id.0,
            invoice_id: row.invoice_id.0,
            invoice_number: row.invoice_number.clone(),
            client_id: row.client_id.0,
            number: row.number.clone(),
            issued_on: row.issued_on,
            currency: row.currency.clone(),
            net: money(row.net_minor),
            tax: money(row.tax_minor),
            gross: money(row.gross_minor),
            payable: money(row.payable_minor),
            seconds: row.seconds,
            sent: row.sent,
            issued_at: row.issued_at,
        }
    }
}

/// What becomes of credited seconds.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "CreditFate")]
pub(crate) enum FateName {
    /// They may be billed again.
    Unbilled,
    /// They are never billed again.
    WrittenOff,
}

/// Seconds that a credit note takes off its invoice.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(rename = "CreditedSeconds")]
pub(crate) struct MovedBody {
    /// The line they were billed in.
    line: u32,
    entry_id: Uuid,
    /// The credit note that had set these seconds free before.
    #[serde(skip_serializing_if = "Option::is_none")]
    freed_by: Option<Uuid>,
    seconds: i64,
    /// How many stay billed.
    left: i64,
    fate: FateName,
}

impl From<&MovedSeconds> for MovedBody {
    fn from(moved: &MovedSeconds) -> Self {
        MovedBody {
            line: moved.line,
            entry_id: moved.lot.entry.0,
            freed_by: moved.lot.freed_by.map(|note| note.0),
            seconds: moved.seconds,
            left: moved.left,
            fate: match moved.fate {
                Fate::Unbilled => FateName::Unbilled,
                Fate::WrittenOff => FateName::WrittenOff,
            },
        }
    }
}

/// A credit note with all that can be told of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "CreditNote")]
pub(crate) struct CreditNoteBody {
    #[serde(flatten)]
    summary: CreditNoteSummary,
    /// Why the invoice is taken back; null where that was erased.
    reason: Option<String>,
    /// With the numbers of the invoice's lines.
    lines: Vec<LineBody>,
    document: DocumentBody,
    /// The seconds it takes off the invoice; none where it lowers a price.
    moved: Vec<MovedBody>,
    /// What it was rendered to when it was issued.
    forms: Vec<FormBody>,
    deliveries: Vec<DeliveryBody>,
    /// Where it stands in the log, as in `/events`.
    position: i64,
}

/// A credit note at the moment that a read is about, opened.
pub(crate) struct CreditNoteView {
    /// As it stands in lists.
    pub(crate) row: CreditNoteRow,
    /// All that it says.
    pub(crate) event: CreditNoteIssued,
    /// Where it stands in the log.
    pub(crate) position: i64,
    /// The invoice that it takes back.
    pub(crate) story: Story,
}

/// The credit note at the moment that the request is about; not found where there is none then.
pub(crate) async fn credit_note_view(
    about: &About,
    id: CreditNoteId,
) -> Result<CreditNoteView, Problem> {
    clients_seen(about)?;
    let mut tx = about.tx().await?;
    let row = credit_note::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found_at("{id}"))?;
    tx.commit().await?;
    let story = invoice_story(about, row.invoice_id).await?;
    let note = |told: &Told| {
        let InvoiceEvent::CreditNoteIssued(event) = &told.event else { return None };
        (event.credit_note == id).then(|| (event.clone(), told.position))
    };
    let (event, position) =
        story.told.iter().find_map(note).ok_or_else(|| Problem::not_found_at("{id}"))?;
    // As it stood then, which its own row of today does not tell.
    let mut notes = story.credit_notes.iter();
    let row = notes.find(|note| note.credit_note_id == id).cloned();
    Ok(CreditNoteView { row: row.ok_or_else(Problem::not_found)?, event, position, story })
}

/// `GET /credit-notes/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<CreditNoteBody>, Problem> {
    let id = CreditNoteId(call.path.id);
    let CreditNoteView { row, event, position, story } = credit_note_view(&call, id).await?;
    let tag = call.tag((KIND, id.0), row.position);
    let sealed = &event.sealed;
    let credits = sealed.references.credits.as_ref();
    let mut deliveries = HappenedBody::of(&story.told, &sealed.currency).deliveries;
    deliveries.retain(|delivery| delivery.credit_note_id == Some(id.0));
    let body = CreditNoteBody {
        summary: CreditNoteSummary::of(&row),
        reason: credits.and_then(|credits| text(Some(&credits.reason))),
        lines: sealed.lines.iter().map(|line| LineBody::sealed(line, &sealed.currency)).collect(),
        document: DocumentBody::of(sealed),
        moved: event.moved.iter().map(Into::into).collect(),
        forms: event.forms.iter().map(Into::into).collect(),
        deliveries,
        position,
    };
    Ok(call.read(body).tagged(tag))
}

/// `GET /invoices/{id}/credit-notes`: each of them, which are few.
pub(crate) async fn of_invoice(
    call: Call<ById, Nothing>,
) -> Result<Answer<Page<CreditNoteSummary>>, Problem> {
    let story = invoice_story(&call, InvoiceId(call.path.id)).await?;
    let items = story.credit_notes.iter().map(CreditNoteSummary::of).collect();
    Ok(call.read(Page { items, next_cursor: None }))
}

/// Which credit notes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Of this client.
    client_id: Option<Uuid>,
    /// Of this invoice.
    invoice_id: Option<Uuid>,
    /// Issued on this day or later.
    from: Option<Date>,
    /// Issued on this day or earlier.
    to: Option<Date>,
    /// With this number.
    number: Option<String>,
}

/// `GET /credit-notes`.
pub(crate) async fn list(
    call: Call<(), Wanted>,
) -> Result<Answer<Page<CreditNoteSummary>>, Problem> {
    let Wanted { client_id, invoice_id, from, to, number } = call.query.clone();
    let client = client_asked(&call, client_id.map(ClientId))?;
    let wanted =
        credit_note::Wanted { client, invoice: invoice_id.map(InvoiceId), from, to, number };
    let (after, limit) = (call.after()?.map(CreditNoteId), call.look_for());
    let rows = match call.rows_then::<CreditNote>().await? {
        None => {
            let mut tx = call.tx().await?;
            let rows = credit_note::list(&mut tx, &wanted, after, limit).await?;
            tx.commit().await?;
            rows
        }
        Some(rows) => {
            piece(&rows, |row| wanted.covers(row), |row| row.credit_note_id, after, limit)
        }
    };
    Ok(call.page(rows, |row| row.credit_note_id.0, |row| CreditNoteSummary::of(&row)))
}
