//! What happened to an invoice since it was drafted, over HTTP: payments and what of them went
//! back, where it was sent, what the client disputes, and who agreed with it. Each names its place
//! in the log.

use domain::billing::shown::{AgreedTo, DisputedLine};
use domain::billing::{InvoiceEvent, InvoicePaid, InvoiceSignedOff, LineDisputed, Subject};
use domain::id::InvoiceId;
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::Money;
use super::disputes::settled;
use super::document::text;
use super::view::{InvoiceView, Story, Told, invoice_story};
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;

/// Where something stands in the log, and who did it.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(rename = "InvoicePlace")]
pub(crate) struct PlaceBody {
    /// As in `/events`.
    position: i64,
    recorded_at: Timestamp,
    /// The member who did it; null where it was the service, or a client by a link.
    recorded_by: Option<Uuid>,
}

impl From<&Told> for PlaceBody {
    fn from(told: &Told) -> Self {
        PlaceBody {
            position: told.position,
            recorded_at: told.recorded_at,
            recorded_by: told.by().map(|member| member.0),
        }
    }
}

/// A payment that went back, or a part of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PaymentReversal")]
pub(crate) struct ReversalBody {
    on: Date,
    amount: Money,
    /// What had been taken off for paying soon and is lost with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<Money>,
    reason: Option<String>,
    #[serde(flatten)]
    place: PlaceBody,
}

/// A payment.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Payment")]
pub(crate) struct PaymentBody {
    id: Uuid,
    invoice_id: Uuid,
    /// The day it came in.
    on: Date,
    amount: Money,
    /// What was taken off for paying soon, with the tax in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<Money>,
    /// The tax in that.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount_tax: Option<Money>,
    /// What of it was more than was due.
    #[serde(skip_serializing_if = "Option::is_none")]
    over: Option<Money>,
    reference: Option<String>,
    /// What of it went back.
    reversed: Money,
    reversals: Vec<ReversalBody>,
    #[serde(flatten)]
    place: PlaceBody,
}

impl PaymentBody {
    fn of(told: &Told, event: &InvoicePaid, all: &[Told], currency: &str) -> Self {
        let money = |amount| Money::of(amount, currency);
        let of_it = |told: &&Told| told.event.subject() == Subject::Payment(event.payment);
        let back = all.iter().filter(of_it).filter_map(|told| {
            let InvoiceEvent::PaymentReversed(back) = &told.event else { return None };
            Some((told, back))
        });
        let reversed = back.clone().map(|(_, back)| back.amount_minor).sum();
        let reversal = |(told, back): (&Told, &domain::billing::PaymentReversed)| ReversalBody {
            on: back.on,
            amount: money(back.amount_minor),
            discount: back.discount_minor.map(money),
            reason: text(back.reason.as_ref()),
            place: told.into(),
        };
        PaymentBody {
            id: event.payment.0,
            invoice_id: event.invoice.0,
            on: event.on,
            amount: money(event.amount_minor),
            discount: event.discount_minor.map(money),
            discount_tax: event.discount_tax_minor.map(money),
            over: event.over_minor.map(money),
            reference: text(event.reference.as_ref()),
            reversed: money(reversed),
            reversals: back.map(reversal).collect(),
            place: told.into(),
        }
    }
}

/// That a document went to the client.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceDelivery")]
pub(crate) struct DeliveryBody {
    on: Date,
    /// `mail`, `network` or `elsewhere`.
    by: &'static str,
    /// To which addresses; those that were erased are left out.
    to: Vec<String>,
    /// The credit note, where it's one of this invoice that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) credit_note_id: Option<Uuid>,
    #[serde(flatten)]
    place: PlaceBody,
}

/// A line as it was when it was disputed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "DisputedLine")]
pub(crate) struct DisputedLineBody {
    description: String,
    /// What it came to; null where it had no price.
    amount: Option<Money>,
    /// The entries that were in it.
    entries: Vec<Uuid>,
}

impl DisputedLineBody {
    fn of(shown: &DisputedLine) -> Self {
        DisputedLineBody {
            description: shown.description.clone(),
            amount: shown.amount_minor.map(|minor| Money::of(minor, &shown.currency)),
            entries: shown.lots.iter().map(|lot| lot.entry.0).collect(),
        }
    }
}

/// What a client disputes or disputed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceDispute")]
pub(crate) struct DisputeBody {
    id: Uuid,
    /// The line's number when it was disputed; of a draft it may be another one's by now.
    line: u32,
    /// The lines that hold what was disputed; empty where none does any more, or where it can't be
    /// told.
    pub(crate) lines: Vec<u32>,
    /// The line as the client saw it; left out of disputes of before this was written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    shown: Option<DisputedLineBody>,
    /// Who of them, as they say.
    by: Option<String>,
    reason: Option<String>,
    /// `accepted`, `rejected` or `withdrawn`; null while it's open.
    outcome: Option<&'static str>,
    /// What was said to it.
    note: Option<String>,
    #[serde(flatten)]
    place: PlaceBody,
    /// Where it was settled.
    settled: Option<PlaceBody>,
}

impl DisputeBody {
    fn of(told: &Told, event: &LineDisputed, all: &[Told]) -> Self {
        let settled = settled(all, event);
        DisputeBody {
            id: event.dispute.0,
            line: event.line,
            lines: Vec::new(),
            shown: event.shown.as_ref().map(DisputedLineBody::of),
            by: text(Some(&event.by)),
            reason: text(Some(&event.reason)),
            outcome: settled.map(|(_, settled)| settled.outcome.as_str()),
            note: settled.and_then(|(_, settled)| text(settled.note.as_ref())),
            place: told.into(),
            settled: settled.map(|(told, _)| told.into()),
        }
    }
}

/// That the client agrees with it as it was then.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceSignOff")]
pub(crate) struct SignOffBody {
    /// Who of them, as they say.
    by: Option<String>,
    /// What was to be paid when they agreed; left out where that was not written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<Money>,
    /// Stands for the lines and amounts that they saw: SHA-256.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    /// Whether the invoice is, to the line and the amount, what they agreed to; left out where that
    /// was not written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) as_agreed: Option<bool>,
    #[serde(flatten)]
    place: PlaceBody,
}

impl SignOffBody {
    fn of(told: &Told, event: &InvoiceSignedOff) -> Self {
        let agreed = event.agreed.as_ref();
        SignOffBody {
            by: text(Some(&event.by)),
            total: agreed.map(|it| Money::of(it.total_minor, &it.currency)),
            digest: agreed.map(|it| it.digest.clone()),
            as_agreed: None,
            place: told.into(),
        }
    }
}

/// What happened since it was drafted.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceStory")]
pub(crate) struct HappenedBody {
    pub(crate) payments: Vec<PaymentBody>,
    pub(crate) deliveries: Vec<DeliveryBody>,
    pub(crate) disputes: Vec<DisputeBody>,
    pub(crate) sign_offs: Vec<SignOffBody>,
    /// Why it's void, where it was voided and a reason was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) void_reason: Option<String>,
}

impl HappenedBody {
    /// Out of what is told of an invoice.
    pub(crate) fn of(all: &[Told], currency: &str) -> Self {
        let mut body = HappenedBody::default();
        for told in all {
            match &told.event {
                InvoiceEvent::InvoicePaid(event) => {
                    body.payments.push(PaymentBody::of(told, event, all, currency));
                }
                InvoiceEvent::InvoiceSent(event) => body.deliveries.push(DeliveryBody {
                    on: event.on,
                    by: event.by.as_str(),
                    to: event.to.iter().filter_map(|to| to.get().cloned()).collect(),
                    credit_note_id: event.credit_note.map(|note| note.0),
                    place: told.into(),
                }),
                InvoiceEvent::LineDisputed(event) => {
                    body.disputes.push(DisputeBody::of(told, event, all));
                }
                InvoiceEvent::InvoiceSignedOff(event) => {
                    body.sign_offs.push(SignOffBody::of(told, event));
                }
                InvoiceEvent::InvoiceVoided(event) => {
                    body.void_reason = text(event.reason.as_ref());
                }
                InvoiceEvent::InvoiceDrafted(_)
                | InvoiceEvent::InvoiceRedrafted(_)
                | InvoiceEvent::InvoiceTermsChanged(_)
                | InvoiceEvent::InvoiceIssued(_)
                | InvoiceEvent::PaymentReversed(_)
                | InvoiceEvent::CreditNoteIssued(_)
                | InvoiceEvent::DisputeSettled(_) => {}
            }
        }
        body
    }
}

impl InvoiceView {
    /// What happened to it since it was drafted.
    pub(crate) fn happened(&self) -> HappenedBody {
        let mut body = HappenedBody::of(&self.told, &self.drafted.currency);
        for (body, disputed) in body.disputes.iter_mut().zip(self.disputes()) {
            body.lines = disputed.lines;
        }
        if !body.sign_offs.is_empty() {
            let AgreedTo { digest: now, .. } = self.shown().agreed_to();
            for signed in &mut body.sign_offs {
                signed.as_agreed = signed.digest.as_ref().map(|digest| *digest == now);
            }
        }
        body
    }
}

/// `GET /invoices/{id}/payments`: each of them, which are few.
pub(crate) async fn payments(
    call: Call<ById, Nothing>,
) -> Result<Answer<Page<PaymentBody>>, Problem> {
    let Story { told, drafted, .. } = invoice_story(&call, InvoiceId(call.path.id)).await?;
    let items = HappenedBody::of(&told, &drafted.currency).payments;
    Ok(call.read(Page { items, next_cursor: None }))
}
