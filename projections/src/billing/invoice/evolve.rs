//! How events change the row of an invoice. It follows the same rules as the invoice itself, from
//! sums instead of lines, so that one row tells what is due without its documents.

use domain::billing::sealed::SealedInvoice;
use domain::billing::{
    CreditNoteIssued, InvoiceBalance, InvoiceDrafted, InvoiceEvent, InvoiceState, InvoiceVoided,
    ReservedEntry,
};
use domain::log::Recorded;
use jiff::Timestamp;

use super::InvoiceRow;

fn sum(entries: &[ReservedEntry]) -> (i64, i64) {
    let count = i64::try_from(entries.len()).expect("one event holds far fewer");
    (count, entries.iter().map(|entry| entry.seconds).sum())
}

impl InvoiceRow {
    /// A new draft.
    pub(super) fn of(event: &InvoiceDrafted, recorded: &Recorded) -> Self {
        let (entries, seconds) = sum(&event.entries);
        InvoiceRow {
            invoice_id: event.invoice,
            client_id: event.client,
            from_day: event.from,
            to_day: event.to,
            group_by: event.group_by,
            currency: event.currency.clone(),
            state: InvoiceState::Draft,
            entries,
            seconds,
            number: None,
            issued_on: None,
            due_on: None,
            net_minor: None,
            tax_minor: None,
            gross_minor: None,
            payable_minor: None,
            paid_minor: 0,
            discount_minor: 0,
            granted_minor: 0,
            granted_of_minor: 0,
            credited_minor: 0,
            balance_minor: 0,
            credit_notes: 0,
            left_gross_minor: 0,
            left_net_minor: 0,
            left_lots: 0,
            sent: false,
            disputed: 0,
            signed_off: false,
            drafted_at: recorded.recorded_at,
            issued_at: None,
            voided_at: None,
            position: recorded.position,
        }
    }

    /// Takes in what happened to it.
    pub(super) fn evolve(&mut self, event: &InvoiceEvent, at: Timestamp) {
        match event {
            InvoiceEvent::InvoiceDrafted(_) => {}
            InvoiceEvent::InvoiceVoided(InvoiceVoided { .. }) => {
                self.state = InvoiceState::Void;
                self.voided_at = Some(at);
                self.balance_minor = 0;
            }
            InvoiceEvent::InvoiceRedrafted(event) => {
                let ((taken, more), (released, less)) = (sum(&event.taken), sum(&event.released));
                self.from_day = event.from;
                self.to_day = event.to;
                self.group_by = event.group_by;
                self.currency.clone_from(&event.currency);
                self.entries += taken - released;
                self.seconds += more - less;
                self.signed_off = false;
            }
            InvoiceEvent::InvoiceTermsChanged(_) => self.signed_off = false,
            InvoiceEvent::InvoiceIssued(issued) => {
                self.issue(&issued.sealed, at);
                self.settle(event, at);
            }
            InvoiceEvent::InvoiceSent(event) => self.sent |= event.credit_note.is_none(),
            InvoiceEvent::InvoicePaid(_) | InvoiceEvent::PaymentReversed(_) => {
                self.settle(event, at);
            }
            InvoiceEvent::CreditNoteIssued(note) => {
                self.credit(note);
                self.settle(event, at);
            }
            InvoiceEvent::InvoiceSignedOff(_) => self.signed_off = true,
            InvoiceEvent::LineDisputed(_) => {
                self.disputed += 1;
                self.signed_off = false;
            }
            InvoiceEvent::DisputeSettled(_) => self.disputed -= 1,
        }
    }

    fn issue(&mut self, sealed: &SealedInvoice, at: Timestamp) {
        let totals = &sealed.totals;
        self.state = InvoiceState::Issued;
        self.number = Some(sealed.number.clone());
        self.issued_on = Some(sealed.issued_on);
        self.due_on = Some(sealed.due_on);
        self.net_minor = Some(totals.net_minor);
        self.tax_minor = Some(totals.tax_minor);
        self.gross_minor = Some(totals.gross_minor);
        self.payable_minor = Some(totals.payable_minor);
        self.left_gross_minor = totals.gross_minor;
        self.left_net_minor = nets(sealed);
        let lots = sealed.lines.iter().map(|line| line.entries.len()).sum::<usize>();
        self.left_lots = i64::try_from(lots).expect("one event holds far fewer");
        self.issued_at = Some(at);
    }

    fn credit(&mut self, event: &CreditNoteIssued) {
        let totals = &event.sealed.totals;
        self.credit_notes += 1;
        self.left_gross_minor -= totals.gross_minor;
        self.left_net_minor -= nets(&event.sealed);
        let gone = event.moved.iter().filter(|moved| moved.left == 0).count();
        self.left_lots -= i64::try_from(gone).expect("one event holds far fewer");
    }

    /// The sums that make its balance.
    fn balance(&self) -> InvoiceBalance {
        InvoiceBalance {
            payable_minor: self.payable_minor.unwrap_or(0),
            credited_minor: self.credited_minor,
            paid_minor: self.paid_minor - self.discount_minor,
            discount_minor: self.granted_minor,
            discount_of_minor: self.granted_of_minor,
        }
    }

    /// Says what is due, and how far it has come. What is void stays so.
    fn settle(&mut self, event: &InvoiceEvent, at: Timestamp) {
        let mut balance = self.balance();
        balance.take(event);
        self.credited_minor = balance.credited_minor;
        self.paid_minor = balance.settled_minor();
        self.discount_minor = balance.discount_left_minor();
        self.granted_minor = balance.discount_minor;
        self.granted_of_minor = balance.discount_of_minor;
        self.balance_minor = balance.balance_minor();
        if self.state == InvoiceState::Void {
            return;
        }
        let left = (self.left_gross_minor, self.left_net_minor, self.left_lots);
        self.state = if self.credit_notes > 0 && left == (0, 0, 0) {
            self.voided_at = Some(at);
            InvoiceState::Void
        } else if self.balance_minor <= 0 {
            InvoiceState::Paid
        } else {
            InvoiceState::Issued
        };
    }
}

/// The nets of the lines, each counted above zero: what is taken of a line is of its sign.
fn nets(sealed: &SealedInvoice) -> i64 {
    sealed.lines.iter().map(|line| line.net_minor.abs()).sum()
}
