//! That a document went to the client: from then on an invoice is in their books too and is
//! credited instead of voided.

use jiff::civil::Date;

use super::{Invoice, InvoiceSent, Refusal, SentBy};
use crate::id::{CreditNoteId, InvoiceId};
use crate::personal::Personal;

/// Notes that an invoice, or a credit note of it, went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendInvoice {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The credit note, where it's one of this invoice.
    pub credit_note: Option<CreditNoteId>,
    /// By which way.
    pub by: SentBy,
    /// To which addresses.
    pub to: Vec<Personal<String>>,
    /// On which day, in the firm's zone.
    pub on: Date,
}

/// What sending leads to. It may be sent again; a credit note also once its invoice is void by it.
pub fn decide(invoice: &Invoice, command: SendInvoice) -> Result<InvoiceSent, Refusal> {
    let SendInvoice { invoice: id, credit_note, by, to, on } = command;
    let drafted = invoice.known(id)?;
    let issued_on = match (credit_note, &drafted.issued) {
        (Some(credit_note), Some(issued)) => {
            let known = issued.credits.iter().any(|credit| credit.credit_note == credit_note);
            if !known {
                return Err(Refusal::CreditNoteUnknown { credit_note });
            }
            issued.sealed.issued_on
        }
        (Some(_) | None, _) => invoice.issued(id)?.1.sealed.issued_on,
    };
    if on < issued_on {
        return Err(Refusal::BeforeIssue { issued_on });
    }
    Ok(InvoiceSent { invoice: id, client: drafted.client, credit_note, by, to, on })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::InvoiceState;
    use crate::billing::samples::{credit_all, credit_note, day, drafted, issued, personal, void};
    use crate::billing::void_invoice;
    use crate::time::samples::invoice;

    fn send(on: &str) -> SendInvoice {
        SendInvoice {
            invoice: invoice(1),
            credit_note: None,
            by: SentBy::Mail,
            to: vec![personal("nova@example.com")],
            on: day(on),
        }
    }

    #[test]
    fn what_was_sent_is_not_voided_any_more() {
        let mut state = issued();
        assert!(void_invoice::decide(&state, void()).is_ok());
        state.evolve(&decide(&state, send("2026-02-01")).expect("sent").into());
        let refusal = void_invoice::decide(&state, void()).expect_err("sent");
        assert_eq!(refusal, Refusal::NotVoidable { invoice: invoice(1), why: "sent" });
        assert!(decide(&state, send("2026-02-02")).is_ok(), "it may be sent again");
    }

    #[test]
    fn a_draft_a_day_too_early_and_an_unknown_credit_note_are_refused() {
        let code = |state: &Invoice, command| decide(state, command).map_err(|it| it.code());
        assert_eq!(code(&drafted(), send("2026-02-01")), Err("billing.not_issued"));
        assert_eq!(code(&issued(), send("2026-01-30")), Err("billing.before_issue"));
        let unknown = SendInvoice { credit_note: Some(credit_note(9)), ..send("2026-02-01") };
        assert_eq!(code(&issued(), unknown), Err("billing.credit_note_unknown"));
    }

    #[test]
    fn the_credit_note_that_made_an_invoice_void_is_still_sent() {
        let mut state = issued();
        state.evolve(&credit_all(&state).into());
        assert_eq!(state.drafted.as_ref().unwrap().state, InvoiceState::Void);
        let its_credit = SendInvoice { credit_note: Some(credit_note(1)), ..send("2026-02-01") };
        assert!(decide(&state, its_credit).is_ok());
        let refusal = decide(&state, send("2026-02-01")).expect_err("void");
        assert_eq!(refusal.code(), "billing.not_issued");
    }
}
