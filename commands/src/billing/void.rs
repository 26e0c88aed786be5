//! Voiding: what an invoice holds is unbilled again. A number that it has stays its own.

use domain::billing::{InvoiceEvent, void_invoice};
use domain::id::InvoiceId;
use domain::personal::PurposeClass;
use domain::settings::{Settings, settings_stream};

use super::{drafted, invoice_to_change, of_client};
use crate::handle::Command;
use crate::members::substitutes::day_of;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Give back what a draft, or an issued invoice that never left the house, holds.
#[derive(Debug, Clone)]
pub struct VoidInvoice {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Why.
    pub reason: Option<String>,
    /// The version of the invoice that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for VoidInvoice {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let invoice = invoice_to_change(unit, self.invoice, self.expected_version).await?;
        let client = drafted(&invoice)?.client;
        let reason = self.reason.clone();
        let settings = unit.read::<Settings>(settings_stream()).await?;
        let command = void_invoice::VoidInvoice {
            invoice: self.invoice,
            reason: reason.map(|text| of_client(client, PurposeClass::Reason, text)),
            on: day_of(&settings.state, unit.now()),
        };
        let voided = void_invoice::decide(&invoice.state, command)?;
        unit.emit(&invoice, [InvoiceEvent::from(voided)]);
        Ok(Reply::changed(self.invoice))
    }
}
