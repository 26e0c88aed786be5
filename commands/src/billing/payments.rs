//! Money that came in for an invoice, in whole or in part, and money that went back.

use domain::billing::record_payment::{self, Over};
use domain::billing::{InvoiceEvent, Refusal, reverse_payment};
use domain::id::{InvoiceId, PaymentId};
use domain::personal::PurposeClass;
use jiff::civil::Date;

use super::places::{at, at_field};
use super::{check_paid_on, drafted, invoice_to_change, of_client, refusal, settings_today};
use crate::handle::Command;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// How long the words of a bank statement may be, in characters.
const REFERENCE_CHARACTERS_MAX: usize = 200;

/// Note that money came in.
#[derive(Debug, Clone)]
pub struct RecordPayment {
    /// The invoice.
    pub invoice: InvoiceId,
    /// A new id.
    pub payment: PaymentId,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// Of which currency; it must be the invoice's.
    pub currency: String,
    /// The day it came in; none = today.
    pub on: Option<Date>,
    /// What becomes of money beyond what is due.
    pub over: Over,
    /// What the bank statement says.
    pub reference: Option<String>,
}

impl Command for RecordPayment {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let invoice = invoice_to_change(unit, self.invoice, None).await?;
        let client = drafted(&invoice)?.client;
        let (_, issued) = invoice.state.issued(self.invoice)?;
        let own = &issued.sealed.currency;
        if *own != self.currency {
            let detail = format!("the invoice is in {own}; say how much of that came in");
            return Err(refusal("billing.other_currency", Some("/amount/currency"), detail));
        }
        let most = REFERENCE_CHARACTERS_MAX;
        let reference = self.reference.clone();
        if reference.as_ref().is_some_and(|text| text.chars().count() > most) {
            let what = "a reference";
            return Err(at_field("/reference")(Refusal::BadText { what, most }));
        }
        let (_, today) = settings_today(unit).await?;
        check_paid_on(self.on.unwrap_or(today), today)?;
        let command = record_payment::RecordPayment {
            invoice: self.invoice,
            payment: self.payment,
            amount_minor: self.amount_minor,
            on: self.on.unwrap_or(today),
            over: self.over,
            reference: reference.map(|text| of_client(client, PurposeClass::Identity, text)),
        };
        let events = record_payment::decide(&invoice.state, command);
        let events =
            events.map_err(|refusal| at(&refusal, place(&refusal, "/amount/amount_minor")))?;
        unit.emit(&invoice, events);
        Ok(Reply::created(self.payment))
    }
}

/// Where a refusal of money points to; `amount` is where the request says how much it is.
fn place(refusal: &Refusal, amount: &str) -> Option<String> {
    let place = match refusal {
        Refusal::AmountNotPositive
        | Refusal::AmountTooLarge
        | Refusal::Overpaid { .. }
        | Refusal::ReversedTooMuch { .. } => amount,
        Refusal::BeforeIssue { .. } | Refusal::DayOutOfRange => "/on",
        Refusal::PaymentUnknown { .. } => "{payment_id}",
        other => return other.field().map(str::to_owned),
    };
    Some(place.to_owned())
}

/// Note that a payment, or a part of it, went back.
#[derive(Debug, Clone)]
pub struct ReversePayment {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The payment.
    pub payment: PaymentId,
    /// How much, in minor units; none = all that is left of it.
    pub amount_minor: Option<i64>,
    /// The day it went; none = today.
    pub on: Option<Date>,
    /// Why.
    pub reason: Option<String>,
    /// The version of the invoice that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ReversePayment {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let invoice = invoice_to_change(unit, self.invoice, self.expected_version).await?;
        let client = drafted(&invoice)?.client;
        let (_, today) = settings_today(unit).await?;
        check_paid_on(self.on.unwrap_or(today), today)?;
        let reason = self.reason.clone();
        let command = reverse_payment::ReversePayment {
            invoice: self.invoice,
            payment: self.payment,
            amount_minor: self.amount_minor,
            on: self.on.unwrap_or(today),
            reason: reason.map(|text| of_client(client, PurposeClass::Reason, text)),
        };
        let reversed = reverse_payment::decide(&invoice.state, command);
        let reversed =
            reversed.map_err(|refusal| at(&refusal, place(&refusal, "/amount_minor")))?;
        unit.emit(&invoice, [InvoiceEvent::from(reversed)]);
        Ok(Reply::changed(self.payment))
    }
}
