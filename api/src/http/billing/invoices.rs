//! Invoices over HTTP: lists of them, drafting and voiding.

use commands::billing::{DraftInvoice, VoidInvoice};
use domain::billing::sealed::SealedInvoice;
use domain::billing::{GroupBy, InvoiceState};
use domain::id::{ClientId, InvoiceId};
use jiff::Timestamp;
use jiff::civil::Date;
use projections::billing::invoice::{self, Invoice, InvoiceRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Money;
use super::book::rounding_then;
use super::sealing::firm_today;
use super::sight::client_asked;
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Json, OptionalJson};
use crate::http::call::{Call, piece};
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;

/// What an invoice is called in tags.
pub(crate) const KIND: &str = "invoice";

/// What makes a line.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grouping {
    /// One line per project and task.
    Task,
    /// One line per member.
    Member,
    /// One line per day.
    Day,
    /// One line per entry.
    Entry,
}

impl From<Grouping> for GroupBy {
    fn from(grouping: Grouping) -> Self {
        match grouping {
            Grouping::Task => GroupBy::Task,
            Grouping::Member => GroupBy::Member,
            Grouping::Day => GroupBy::Day,
            Grouping::Entry => GroupBy::Entry,
        }
    }
}

impl From<GroupBy> for Grouping {
    fn from(group_by: GroupBy) -> Self {
        match group_by {
            GroupBy::Task => Grouping::Task,
            GroupBy::Member => Grouping::Member,
            GroupBy::Day => Grouping::Day,
            GroupBy::Entry => Grouping::Entry,
        }
    }
}

/// What an invoice comes to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceAmounts")]
pub(crate) struct Amounts {
    /// Before tax.
    pub(crate) net: Money,
    pub(crate) tax: Money,
    /// With tax.
    pub(crate) gross: Money,
    /// What is to be paid, in coins where it's rounded to them.
    pub(crate) payable: Money,
}

impl Amounts {
    /// What a document comes to.
    pub(crate) fn of(sealed: &SealedInvoice) -> Self {
        let (totals, currency) = (&sealed.totals, &*sealed.currency);
        Amounts {
            net: Money::of(totals.net_minor, currency),
            tax: Money::of(totals.tax_minor, currency),
            gross: Money::of(totals.gross_minor, currency),
            payable: Money::of(totals.payable_minor, currency),
        }
    }
}

/// What became of what an issued invoice asks for.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceSettlement")]
pub(crate) struct Settled {
    /// The day of issue.
    issued_on: Date,
    /// The last day to pay.
    due_on: Option<Date>,
    /// What payments settle, what was taken off for paying soon among it.
    paid: Money,
    /// What credit notes take off what is to be paid.
    credited: Money,
    /// What is due; less than nothing is the client's.
    balance: Money,
    /// How many credit notes it has.
    credit_note_count: i64,
    /// Whether it went to the client.
    sent: bool,
}

/// An invoice in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct InvoiceSummary {
    id: Uuid,
    client_id: Uuid,
    from: Date,
    to: Date,
    group_by: Grouping,
    currency: String,
    /// `draft`, `issued`, `paid` or `void`.
    state: String,
    /// Once it's issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// How many entries it took.
    entries: i64,
    /// Their seconds, as recorded.
    seconds: i64,
    /// What it comes to. In lists, of what was issued; a draft's are worked out where it's asked
    /// for by itself.
    #[serde(flatten)]
    pub(crate) amounts: Option<Amounts>,
    /// Once it's issued.
    #[serde(flatten)]
    settled: Option<Settled>,
    /// How many lines the client disputes.
    disputed: i64,
    /// Whether the client agreed with it as it is.
    signed_off: bool,
    drafted_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voided_at: Option<Timestamp>,
}

/// An invoice as it stands in lists.
pub(crate) fn summary(row: &InvoiceRow) -> InvoiceSummary {
    let money = |amount| Money::of(amount, &row.currency);
    let amounts = || {
        Some(Amounts {
            net: money(row.net_minor?),
            tax: money(row.tax_minor?),
            gross: money(row.gross_minor?),
            payable: money(row.payable_minor?),
        })
    };
    let settled = row.issued_on.map(|issued_on| Settled {
        issued_on,
        due_on: row.due_on,
        paid: money(row.paid_minor),
        credited: money(row.credited_minor),
        balance: money(row.balance_minor),
        credit_note_count: row.credit_notes,
        sent: row.sent,
    });
    InvoiceSummary {
        id: row.invoice_id.0,
        client_id: row.client_id.0,
        from: row.from_day,
        to: row.to_day,
        group_by: row.group_by.into(),
        currency: row.currency.clone(),
        state: row.state.as_str().to_owned(),
        number: row.number.clone(),
        entries: row.entries,
        seconds: row.seconds,
        amounts: amounts(),
        settled,
        disputed: row.disputed,
        signed_off: row.signed_off,
        drafted_at: row.drafted_at,
        issued_at: row.issued_at,
        voided_at: row.voided_at,
    }
}

/// Which invoices.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Of this client.
    client_id: Option<Uuid>,
    /// In this state.
    state: Option<State>,
    /// Issued on this day or later.
    from: Option<Date>,
    /// Issued on this day or earlier.
    to: Option<Date>,
    /// With this number.
    number: Option<String>,
    /// Those of which something is due since before today, or the others.
    overdue: Option<bool>,
}

/// The state of an invoice: something is due of an issued one, nothing of a paid one.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Draft,
    Issued,
    Paid,
    Void,
}

impl From<State> for InvoiceState {
    fn from(state: State) -> Self {
        match state {
            State::Draft => InvoiceState::Draft,
            State::Issued => InvoiceState::Issued,
            State::Paid => InvoiceState::Paid,
            State::Void => InvoiceState::Void,
        }
    }
}

/// `GET /invoices`.
pub(crate) async fn list(call: Call<(), Wanted>) -> Result<Answer<Page<InvoiceSummary>>, Problem> {
    let Wanted { client_id, state, from, to, number, overdue } = call.query.clone();
    let client = client_asked(&call, client_id.map(ClientId))?;
    let book = match overdue {
        Some(_) => Some(rounding_then(&call).await?),
        None => None,
    };
    let past = call.rows_then::<Invoice>().await?;
    let mut tx = call.tx().await?;
    let today = match &book {
        Some(book) => Some(firm_today(&call, &mut tx, book.settings()).await?),
        None => None,
    };
    let wanted = invoice::Wanted {
        client,
        state: state.map(Into::into),
        from,
        to,
        number,
        overdue: today.zip(overdue),
    };
    let (after, limit) = (call.after()?.map(InvoiceId), call.look_for());
    let rows = match past {
        None => invoice::list(&mut tx, &wanted, after, limit).await?,
        Some(rows) => piece(&rows, |row| wanted.covers(row), |row| row.invoice_id, after, limit),
    };
    tx.commit().await?;
    Ok(call.page(rows, |row| row.invoice_id.0, |row| summary(&row)))
}

/// A draft to be made.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftBody {
    /// Who is to pay.
    client_id: Uuid,
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    /// What makes a line.
    group_by: Grouping,
}

/// `POST /invoices`.
pub(crate) async fn draft(
    call: Call<(), Nothing, Json<DraftBody>>,
) -> Result<Answer<Changed>, Problem> {
    let DraftBody { client_id, from, to, group_by } = call.body.0;
    let command = DraftInvoice {
        invoice: InvoiceId(call.new_id()),
        client: ClientId(client_id),
        from,
        to,
        group_by: group_by.into(),
    };
    let done = call.send(command).await?;
    Ok(call.made(done, KIND, "/invoices"))
}

/// Why an invoice is void.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VoidBody {
    /// In your words.
    reason: Option<String>,
}

/// `POST /invoices/{id}/void`.
pub(crate) async fn void(
    call: Call<ById, Nothing, OptionalJson<VoidBody>>,
) -> Result<Answer<Changed>, Problem> {
    let invoice = InvoiceId(call.path.id);
    let object = (KIND, invoice.0);
    let stream = domain::billing::invoice_stream(invoice);
    let reason = call.body.0.reason.clone();
    let command =
        |expected_version| VoidInvoice { invoice, reason: reason.clone(), expected_version };
    let done = call.send_if(object, stream, |_, _| true, command).await?;
    Ok(call.changed(done, object))
}
