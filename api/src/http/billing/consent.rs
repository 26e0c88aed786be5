//! What a client says of an invoice, noted by the firm over HTTP: that it agrees, or that a line is
//! wrong; and what came of that.

use commands::billing::{DisputeLine, SettleDispute, SignOff};
use domain::billing::{Outcome, invoice_stream};
use domain::id::{DisputeId, InvoiceId};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::invoices::KIND;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::Call;
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;

/// Who agrees.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "InvoiceSignOffBody")]
pub(crate) struct SignOffBody {
    /// Who of the client's.
    by: String,
}

/// `POST /invoices/{id}/sign-off`.
pub(crate) async fn sign_off(
    call: Call<ById, Nothing, Json<SignOffBody>>,
) -> Result<Answer<Changed>, Problem> {
    let invoice = InvoiceId(call.path.id);
    let object = (KIND, invoice.0);
    let by = call.body.0.by.clone();
    let command = |seen_version| SignOff { invoice, by: by.clone(), seen_version };
    let done = call.send_if(object, invoice_stream(invoice), |_, _| true, command).await?;
    Ok(call.changed(done, object))
}

/// A line of an invoice.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct OfLine {
    /// The invoice.
    id: Uuid,
    /// The line: 1, 2, 3, …
    n: u32,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LineDisputeBody")]
pub(crate) struct DisputeBody {
    /// Who of the client's says so.
    by: String,
    /// What is wrong.
    reason: String,
}

/// `POST /invoices/{id}/lines/{n}/disputes`.
pub(crate) async fn dispute(
    call: Call<OfLine, Nothing, Json<DisputeBody>>,
) -> Result<Answer<Changed>, Problem> {
    let OfLine { id, n } = call.path;
    let DisputeBody { by, reason } = call.body.0.clone();
    let dispute = DisputeId(call.new_id());
    let command = DisputeLine { invoice: InvoiceId(id), dispute, line: n, by, reason };
    let done = call.send(command).await?;
    Ok(call.made(done, "dispute", &format!("/invoices/{id}/disputes")))
}

/// A dispute of an invoice.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct ByDispute {
    /// The invoice.
    id: Uuid,
    /// The dispute.
    dispute_id: Uuid,
}

/// What came of a dispute.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum OutcomeName {
    /// The client was right.
    Accepted,
    /// The line stays.
    Rejected,
    /// The client takes it back.
    Withdrawn,
}

/// What came of a dispute, in words.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DisputeSettlementBody")]
pub(crate) struct SettleBody {
    outcome: OutcomeName,
    /// What is said to it.
    note: Option<String>,
}

/// `POST /invoices/{id}/disputes/{dispute_id}/settle`.
pub(crate) async fn settle(
    call: Call<ByDispute, Nothing, Json<SettleBody>>,
) -> Result<Answer<Changed>, Problem> {
    let ByDispute { id, dispute_id } = call.path;
    let SettleBody { outcome, note } = call.body.0.clone();
    let command = SettleDispute {
        invoice: InvoiceId(id),
        dispute: DisputeId(dispute_id),
        outcome: match outcome {
            OutcomeName::Accepted => Outcome::Accepted,
            OutcomeName::Rejected => Outcome::Rejected,
            OutcomeName::Withdrawn => Outcome::Withdrawn,
        },
        note,
    };
    let done = call.send(command).await?;
    Ok(call.changed(done, ("dispute", dispute_id)))
}
