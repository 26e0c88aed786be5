//! What can be done with an invoice on its page: each a plain form that becomes the same command as
//! in the API, and leads back to the page once that shows what was done.

use commands::billing::{IssueInvoice, RecordPayment, SendInvoice, VoidInvoice};
use commands::{Command, Done};
use domain::billing::record_payment::Over;
use domain::billing::{SentBy, invoice_stream};
use domain::id::{InvoiceId, PaymentId};
use domain::money::{minor_digits, minor_of};
use jiff::civil::Date;

use super::super::Shown;
use super::super::inside::{Inside, settled};
use crate::http::members::{ById, Nothing};
use crate::http::problem::{FieldError, Problem};

type Form = Inside<ById, Nothing>;

fn invoice(form: &Form) -> InvoiceId {
    InvoiceId(form.call.path.id)
}

/// Back to the page, once it shows what was done.
async fn back(form: &Form, done: Done) -> Result<Shown, Problem> {
    let path = format!("/invoices/{}", invoice(form));
    Ok(settled(&form.app, &form.tenant, done.position, &path).await)
}

/// Sends a command that is meant for the invoice as the page showed it.
async fn send<C: Command>(
    form: &Form,
    command: impl Fn(Option<i32>) -> C,
) -> Result<Shown, Problem> {
    let id = invoice(form);
    let done = form.send_if(("invoice", id.0), invoice_stream(id), |_, _| true, command).await?;
    back(form, done).await
}

fn text(form: &Form, name: &str) -> Option<String> {
    form.field(name).map(str::to_owned)
}

fn fault(name: &str, detail: &str) -> Problem {
    Problem::malformed(vec![FieldError::new(format!("/{name}"), "form.invalid", detail)])
}

fn date(form: &Form, name: &str) -> Result<Option<Date>, Problem> {
    let day = form.field(name).map(str::parse).transpose();
    day.map_err(|_| fault(name, "give a day such as 2026-03-31"))
}

/// `POST /invoices/{id}/void`.
pub(in super::super) async fn void(form: Form) -> Result<Shown, Problem> {
    let (invoice, reason) = (invoice(&form), text(&form, "reason"));
    let command =
        |expected_version| VoidInvoice { invoice, reason: reason.clone(), expected_version };
    send(&form, command).await
}

/// `POST /invoices/{id}/issue`.
pub(in super::super) async fn issue(form: Form) -> Result<Shown, Problem> {
    let (invoice, issued_on) = (invoice(&form), date(&form, "issued_on")?);
    let command = |expected_version| IssueInvoice {
        invoice,
        issued_on,
        allow_incomplete: form.field("allow_incomplete").is_some(),
        firm: form.tenant.name.clone(),
        files: form.app.files.of(form.tenant.id),
        expected_version,
    };
    send(&form, command).await
}

/// `POST /invoices/{id}/send`.
pub(in super::super) async fn send_off(form: Form) -> Result<Shown, Problem> {
    let elsewhere = form.field("by") == Some("elsewhere");
    let to = form.field("to").into_iter().flat_map(|to| to.split([',', ';', ' ']));
    let command = SendInvoice {
        invoice: invoice(&form),
        credit_note: None,
        by: if elsewhere { SentBy::Elsewhere } else { SentBy::Mail },
        to: to.filter(|address| !address.is_empty()).map(str::to_owned).collect(),
    };
    let done = form.call.send(command).await?;
    back(&form, done).await
}

/// `POST /invoices/{id}/payments`.
pub(in super::super) async fn pay(form: Form) -> Result<Shown, Problem> {
    let currency = text(&form, "currency").unwrap_or_default();
    let digits = minor_digits(&currency).ok_or_else(|| fault("currency", "no known currency"))?;
    // As people copy amounts: with spaces between groups of digits.
    let amount = text(&form, "amount").unwrap_or_default();
    let amount: String = amount.chars().filter(|letter| !letter.is_whitespace()).collect();
    let amount_minor = minor_of(&amount, digits)
        .ok_or_else(|| fault("amount", "give an amount such as 1250.00"))?;
    let command = RecordPayment {
        invoice: invoice(&form),
        payment: PaymentId(form.new_id()),
        amount_minor,
        currency,
        on: date(&form, "on")?,
        over: if form.field("over").is_some() { Over::Keep } else { Over::Refuse },
        reference: text(&form, "reference"),
    };
    let done = form.call.send(command).await?;
    back(&form, done).await
}
