//! What is due of an invoice, in one place: whatever shows a balance folds events into this. A
//! discount for paying soon lowers a price, so a credit note takes back its share of it, and no
//! more is ever the client's than came in.

use serde::{Deserialize, Serialize};

use super::InvoiceEvent;
use crate::money::proportion;

/// The sums that make a balance, in minor units of the invoice's currency. Before issue, and once
/// it's void without a credit note, they are all nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceBalance {
    /// What was to be paid when it was issued.
    pub payable_minor: i64,
    /// What credit notes took back of that.
    pub credited_minor: i64,
    /// The money that came in and did not go back.
    pub paid_minor: i64,
    /// What was taken off for paying soon, as it was granted; nothing once it's lost.
    pub discount_minor: i64,
    /// What was to be paid and not credited when that was granted: what it's a discount on.
    pub discount_of_minor: i64,
}

/// What one event changed, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BalanceEffect {
    /// By how much more is due; less than nothing takes off.
    pub due_minor: i64,
    /// What came in; less than nothing went back.
    pub cash_minor: i64,
    /// What more was taken off for paying soon; less than nothing was lost, or went back with a
    /// credit note.
    pub discount_minor: i64,
}

impl InvoiceBalance {
    /// Takes in what happened, and says what that changed.
    pub fn take(&mut self, event: &InvoiceEvent) -> BalanceEffect {
        let before = *self;
        match event {
            InvoiceEvent::InvoiceIssued(event) => {
                *self = InvoiceBalance {
                    payable_minor: event.sealed.totals.payable_minor,
                    ..InvoiceBalance::default()
                };
            }
            InvoiceEvent::InvoicePaid(event) => {
                self.pay(event.amount_minor, event.discount_minor.unwrap_or(0));
            }
            InvoiceEvent::PaymentReversed(event) => {
                self.reverse(event.amount_minor, event.discount_minor.unwrap_or(0));
            }
            InvoiceEvent::CreditNoteIssued(event) => {
                self.credited_minor += event.sealed.totals.payable_minor;
            }
            // It's voided only while nothing was paid or credited, and then nobody owes it.
            InvoiceEvent::InvoiceVoided(_) => *self = InvoiceBalance::default(),
            InvoiceEvent::InvoiceDrafted(_)
            | InvoiceEvent::InvoiceRedrafted(_)
            | InvoiceEvent::InvoiceTermsChanged(_)
            | InvoiceEvent::InvoiceSent(_)
            | InvoiceEvent::InvoiceSignedOff(_)
            | InvoiceEvent::LineDisputed(_)
            | InvoiceEvent::DisputeSettled(_) => {}
        }
        BalanceEffect {
            due_minor: self.balance_minor() - before.balance_minor(),
            cash_minor: self.paid_minor - before.paid_minor,
            discount_minor: self.discount_left_minor() - before.discount_left_minor(),
        }
    }

    fn pay(&mut self, amount_minor: i64, discount_minor: i64) {
        self.paid_minor += amount_minor;
        if discount_minor != 0 {
            // What still counts of one that was granted before goes on as a part of this one.
            self.discount_minor = self.discount_left_minor() + discount_minor;
            self.discount_of_minor = self.payable_minor - self.credited_minor;
        }
    }

    fn reverse(&mut self, amount_minor: i64, lost_minor: i64) {
        self.paid_minor -= amount_minor;
        self.discount_minor -= lost_minor.min(self.discount_minor);
        if self.discount_minor == 0 {
            self.discount_of_minor = 0;
        }
    }

    /// What still counts of the discount for paying soon: its share of what was not credited since
    /// it was granted, rounded half up. It comes from the sums, not credit note by credit note, so
    /// that roundings don't add up and nothing of it is left at the end.
    pub fn discount_left_minor(&self) -> i64 {
        let left_minor = self.payable_minor - self.credited_minor;
        match self.discount_of_minor {
            0 => 0,
            of => proportion(self.discount_minor, left_minor, of),
        }
    }

    /// What payments settle: the money, and what still counts of the discount.
    pub fn settled_minor(&self) -> i64 {
        self.paid_minor + self.discount_left_minor()
    }

    /// What is due; less than nothing is the client's.
    pub fn balance_minor(&self) -> i64 {
        self.payable_minor - self.credited_minor - self.settled_minor()
    }
}

#[cfg(test)]
mod tests;
