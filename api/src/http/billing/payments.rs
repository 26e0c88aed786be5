//! Payments over HTTP: money that came in, and money that went back.

use commands::billing::{RecordPayment, ReversePayment};
use domain::billing::record_payment::Over;
use domain::id::{InvoiceId, PaymentId};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::Money;
use super::invoices::KIND;
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Json, OptionalJson};
use crate::http::call::Call;
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;

/// Money that came in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "InvoicePaymentBody")]
pub(crate) struct PaymentBody {
    amount: Money,
    /// The day it came in; today in the firm's zone where it's left out.
    on: Option<Date>,
    /// What the bank statement says.
    reference: Option<String>,
    /// Refuse what is more than is due, instead of keeping the rest as the client's.
    #[serde(default)]
    refuse_over: bool,
}

/// `POST /invoices/{id}/payments`.
pub(crate) async fn record(
    call: Call<ById, Nothing, Json<PaymentBody>>,
) -> Result<Answer<Changed>, Problem> {
    let invoice = InvoiceId(call.path.id);
    let PaymentBody { amount, on, reference, refuse_over } = call.body.0.clone();
    let Money { amount_minor, currency } = amount;
    let command = RecordPayment {
        invoice,
        payment: PaymentId(call.new_id()),
        amount_minor,
        currency,
        on,
        over: if refuse_over { Over::Refuse } else { Over::Keep },
        reference,
    };
    let done = call.send(command).await?;
    Ok(call.made(done, "payment", &format!("/invoices/{invoice}/payments")))
}

/// A payment of an invoice.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct ByPayment {
    /// The invoice.
    id: Uuid,
    /// The payment.
    payment_id: Uuid,
}

/// What went back of a payment.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PaymentReversalBody")]
pub(crate) struct ReverseBody {
    /// Why, in your words.
    reason: Option<String>,
    /// How much, in minor units of the invoice's currency; all that is left where it's left out.
    amount_minor: Option<i64>,
    /// The day it went; today in the firm's zone where it's left out.
    on: Option<Date>,
}

/// `DELETE /invoices/{id}/payments/{payment_id}`.
pub(crate) async fn reverse(
    call: Call<ByPayment, Nothing, OptionalJson<ReverseBody>>,
) -> Result<Answer<Changed>, Problem> {
    let ByPayment { id, payment_id } = call.path;
    let ReverseBody { reason, amount_minor, on } = call.body.0.clone();
    let (invoice, payment) = (InvoiceId(id), PaymentId(payment_id));
    let stream = domain::billing::invoice_stream(invoice);
    let of_payment = |_: &str, payload: &serde_json::Value| {
        payload["payment"].as_str() == Some(&*payment.to_string())
    };
    let command = |expected_version| ReversePayment {
        invoice,
        payment,
        amount_minor,
        on,
        reason: reason.clone(),
        expected_version,
    };
    // The tag of a payment stays while the invoice goes on, and the tag of the invoice will do too.
    let object = match call.meant((KIND, id)) {
        Some(crate::http::tag::Meant::Seen(_)) => (KIND, id),
        Some(_) | None => ("payment", payment_id),
    };
    let done = call.send_if(object, stream, of_payment, command).await?;
    Ok(call.changed(done, object))
}
