//! A client's dispute of a line, while it's a draft or once it's issued. It travels with the
//! invoice: a draft is not issued while one is open.

use super::lines::LineKey;
use super::{Invoice, InvoiceState, LineDisputed, Refusal};
use crate::id::{DisputeId, InvoiceId};
use crate::personal::Personal;

/// Says that a line is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeLine {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The new dispute.
    pub dispute: DisputeId,
    /// The line as it was shown: its number and what it's about.
    pub line: (u32, LineKey),
    /// Who of the client's, as they say.
    pub by: Personal<String>,
    /// What is wrong.
    pub reason: Personal<String>,
}

/// What disputing leads to. Of an issued invoice the line must be one that was sealed.
pub fn decide(invoice: &Invoice, command: DisputeLine) -> Result<LineDisputed, Refusal> {
    let DisputeLine { invoice: id, dispute, line: (line, key), by, reason } = command;
    let drafted = invoice.known(id)?;
    if drafted.disputes.iter().any(|it| it.dispute == dispute) {
        return Err(Refusal::DisputeExists { dispute });
    }
    if drafted.state == InvoiceState::Void {
        return Err(Refusal::NotIssued { invoice: id, state: drafted.state });
    }
    if let Some(issued) = &drafted.issued {
        let sealed = issued.sealed.line(line).filter(|sealed| sealed.key == key);
        sealed.ok_or(Refusal::LineUnknown { line })?;
    }
    Ok(LineDisputed { invoice: id, client: drafted.client, dispute, line, key, by, reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::{a_line, dispute_id, dispute_line, drafted, issued, voided};
    use crate::time::samples::{invoice, member};

    #[test]
    fn a_line_of_a_draft_or_of_an_issued_invoice_is_disputed() {
        for mut state in [drafted(), issued()] {
            let event = decide(&state, dispute_line(1)).expect("disputed");
            state.evolve(&event.into());
            let drafted = state.drafted.as_ref().unwrap();
            assert!(drafted.is_disputed());
            assert_eq!((drafted.disputes[0].line, drafted.disputes[0].key), a_line());
            let again = decide(&state, dispute_line(1));
            assert_eq!(again, Err(Refusal::DisputeExists { dispute: dispute_id(1) }));
        }
    }

    #[test]
    fn a_line_that_was_not_sealed_and_a_void_invoice_are_not_disputed() {
        let other = (1, LineKey::Member { member: member(1) });
        for line in [other, (2, a_line().1)] {
            let refused = decide(&issued(), DisputeLine { line, ..dispute_line(1) });
            assert_eq!(refused, Err(Refusal::LineUnknown { line: line.0 }));
        }
        let refusal = decide(&voided(), dispute_line(1)).expect_err("void");
        assert_eq!(refusal.code(), "billing.not_issued");
        let unknown = decide(&Invoice::default(), dispute_line(1));
        assert_eq!(unknown, Err(Refusal::InvoiceUnknown { invoice: invoice(1) }));
    }
}
