//! Issuing, sending and crediting over HTTP.

use commands::Warned;
use commands::billing::{CreditInvoice, EntryPart, IssueInvoice, Part, SendInvoice};
use domain::billing::{Fate, SentBy, invoice_stream};
use domain::id::{CreditNoteId, EntryId, InvoiceId};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Money;
use super::invoices::KIND;
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Json, OptionalJson};
use crate::http::call::Call;
use crate::http::members::{ById, Nothing};
use crate::http::problem::{FieldError, Problem};

/// How an invoice is issued.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "InvoiceIssue")]
pub(crate) struct IssueBody {
    /// The day of issue; today in the firm's zone where it's left out.
    issued_on: Option<Date>,
    /// Issue a tax invoice though it lacks what the law asks for.
    #[serde(default)]
    allow_incomplete: bool,
}

/// Something that is worth another look.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct IssueWarning {
    /// Stable, such as `billing.particulars_missing`.
    code: String,
    /// What is the matter, and what to do.
    detail: String,
}

impl From<Warned> for IssueWarning {
    fn from(Warned { code, detail, .. }: Warned) -> Self {
        IssueWarning { code, detail }
    }
}

/// What issuing did.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceIssuedAnswer")]
pub(crate) struct InvoiceIssuedBody {
    #[serde(flatten)]
    changed: Changed,
    /// What is worth another look; it was issued all the same.
    warnings: Vec<IssueWarning>,
}

/// `POST /invoices/{id}/issue`.
pub(crate) async fn issue(
    call: Call<ById, Nothing, OptionalJson<IssueBody>>,
) -> Result<Answer<InvoiceIssuedBody>, Problem> {
    let invoice = InvoiceId(call.path.id);
    let IssueBody { issued_on, allow_incomplete } = call.body.0;
    let object = (KIND, invoice.0);
    let command = |expected_version| IssueInvoice {
        invoice,
        issued_on,
        allow_incomplete,
        firm: call.tenant.name.clone(),
        files: call.app.files.of(call.tenant.id),
        expected_version,
    };
    let stream = invoice_stream(invoice);
    let (done, warnings) = call.send_if_warned(object, stream, |_, _| true, command).await?;
    let warnings = warnings.into_iter().map(Into::into).collect();
    Ok(call.changed(done, object).map(|changed| InvoiceIssuedBody { changed, warnings }))
}

/// By which way a document goes to the client.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Way {
    /// Mailed from here.
    Mail,
    /// Over a network of electronic invoices.
    Network,
    /// Outside of this system.
    Elsewhere,
}

impl From<Way> for SentBy {
    fn from(way: Way) -> Self {
        match way {
            Way::Mail => SentBy::Mail,
            Way::Network => SentBy::Network,
            Way::Elsewhere => SentBy::Elsewhere,
        }
    }
}

/// How a document goes to the client.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "InvoiceSending")]
pub(crate) struct SendBody {
    /// To which addresses; the client's where it's left out.
    #[serde(default)]
    to: Vec<String>,
    /// By mail where it's left out.
    by: Option<Way>,
    /// The credit note, where it's one of this invoice that is sent.
    credit_note_id: Option<Uuid>,
}

/// `POST /invoices/{id}/send`.
pub(crate) async fn send(
    call: Call<ById, Nothing, OptionalJson<SendBody>>,
) -> Result<Answer<Changed>, Problem> {
    let invoice = InvoiceId(call.path.id);
    let SendBody { to, by, credit_note_id } = call.body.0.clone();
    let command = SendInvoice {
        invoice,
        credit_note: credit_note_id.map(CreditNoteId),
        by: by.unwrap_or(Way::Mail).into(),
        to,
    };
    let done = call.send(command).await?;
    Ok(call.changed(done, (KIND, invoice.0)))
}

/// What becomes of credited seconds.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum FateName {
    /// They may be billed again.
    Unbilled,
    /// They are never billed again.
    WrittenOff,
}

/// Seconds of an entry that are taken back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreditedEntry")]
struct EntryPartBody {
    entry_id: Uuid,
    /// How many; less than nothing where the entry takes time back.
    seconds: i64,
    /// Of an entry that is on the line in parts: the credit note that had set this part free.
    freed_by: Option<Uuid>,
}

/// What of a line is taken back: all that is left of it, or one of the three.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreditedPart")]
struct PartBody {
    /// The line: 1, 2, 3, …
    n: u32,
    /// So many of its seconds, from its entries in their order.
    seconds: Option<i64>,
    /// These seconds of these entries.
    entries: Option<Vec<EntryPartBody>>,
    /// So much of its price before tax; the seconds stay billed.
    net: Option<Money>,
}

/// What a credit note takes back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "InvoiceCredit")]
pub(crate) struct CreditBody {
    /// Parts of lines; all that is left of the invoice where it's left out.
    lines: Option<Vec<PartBody>>,
    /// What becomes of the seconds.
    fate: FateName,
    /// Why it's taken back; the law wants it said.
    reason: String,
    /// The day of issue; today in the firm's zone where it's left out.
    issued_on: Option<Date>,
}

fn part((place, body): (usize, PartBody)) -> Result<(u32, Part), Problem> {
    let PartBody { n, seconds, entries, net } = body;
    let entry = |it: EntryPartBody| EntryPart {
        entry: EntryId(it.entry_id),
        freed_by: it.freed_by.map(CreditNoteId),
        seconds: it.seconds,
    };
    let part = match (seconds, entries, net) {
        (None, None, None) => Part::Whole,
        (Some(seconds), None, None) => Part::Seconds(seconds),
        (None, Some(entries), None) => Part::Entries(entries.into_iter().map(entry).collect()),
        (None, None, Some(Money { amount_minor, currency })) => {
            Part::Net { amount_minor, currency }
        }
        _ => {
            let detail = "give seconds, entries or net, or none of them for the whole line";
            let fault = FieldError::new(format!("/lines/{place}"), "json.bad_value", detail);
            return Err(Problem::malformed(vec![fault]));
        }
    };
    Ok((n, part))
}

/// `POST /invoices/{id}/credit-notes`.
pub(crate) async fn credit(
    call: Call<ById, Nothing, Json<CreditBody>>,
) -> Result<Answer<Changed>, Problem> {
    let CreditBody { lines, fate, reason, issued_on } = call.body.0.clone();
    let lines = lines.map(|lines| lines.into_iter().enumerate().map(part).collect());
    let command = CreditInvoice {
        invoice: InvoiceId(call.path.id),
        credit_note: CreditNoteId(call.new_id()),
        lines: lines.transpose()?,
        fate: match fate {
            FateName::Unbilled => Fate::Unbilled,
            FateName::WrittenOff => Fate::WrittenOff,
        },
        reason,
        issued_on,
        files: call.app.files.of(call.tenant.id),
        expected_version: None,
    };
    let done = call.send(command).await?;
    Ok(call.made(done, "credit_note", "/credit-notes"))
}
