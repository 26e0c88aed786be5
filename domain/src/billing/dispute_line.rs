//! A client's dispute of a line, while it's a draft or once it's issued. It travels with the
//! invoice: a draft is not issued while one is open.

use std::collections::BTreeSet;

use super::shown::{DisputedLine, ShownLine};
use super::{Invoice, InvoiceState, LineDisputed, Lot, Refusal, ReservedEntry};
use crate::id::{DisputeId, InvoiceId};
use crate::personal::Personal;

/// Says that a line is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeLine {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The new dispute.
    pub dispute: DisputeId,
    /// The line as it was shown.
    pub line: ShownLine,
    /// Who of the client's, as they say.
    pub by: Personal<String>,
    /// What is wrong.
    pub reason: Personal<String>,
}

/// What disputing leads to. Of an issued invoice the line must be one that was sealed, of a draft
/// it must hold what the draft holds.
pub fn decide(invoice: &Invoice, command: DisputeLine) -> Result<LineDisputed, Refusal> {
    let DisputeLine { invoice: id, dispute, line: shown, by, reason } = command;
    let (line, key) = (shown.n, shown.key);
    let drafted = invoice.known(id)?;
    if drafted.disputes.iter().any(|it| it.dispute == dispute) {
        return Err(Refusal::DisputeExists { dispute });
    }
    if drafted.state == InvoiceState::Void {
        return Err(Refusal::NotIssued { invoice: id, state: drafted.state });
    }
    let lots: Vec<Lot> = shown.lots.iter().map(|(lot, _)| *lot).collect();
    let is_there = match &drafted.issued {
        Some(issued) => issued.sealed.line(line).is_some_and(|sealed| sealed.key == key),
        None => {
            let held: BTreeSet<Lot> = drafted.entries.iter().map(ReservedEntry::lot).collect();
            lots.iter().all(|lot| held.contains(lot))
        }
    };
    if !is_there {
        return Err(Refusal::LineUnknown { line });
    }
    let shown = DisputedLine {
        description: shown.description,
        amount_minor: shown.amount_minor,
        currency: drafted.currency.clone(),
        lots,
    };
    let (client, shown) = (drafted.client, Some(shown));
    Ok(LineDisputed { invoice: id, client, dispute, line, key, by, reason, shown })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::lines::LineKey;
    use crate::billing::samples::{a_line, dispute_id, dispute_line, drafted, issued, voided};
    use crate::time::samples::{entry_id, invoice, member};

    #[test]
    fn a_line_of_a_draft_or_of_an_issued_invoice_is_disputed() {
        for mut state in [drafted(), issued()] {
            let event = decide(&state, dispute_line(1)).expect("disputed");
            state.evolve(&event.into());
            let drafted = state.drafted.as_ref().unwrap();
            assert!(drafted.is_disputed());
            assert_eq!((drafted.disputes[0].line, drafted.disputes[0].key), (1, a_line().key));
            let again = decide(&state, dispute_line(1));
            assert_eq!(again, Err(Refusal::DisputeExists { dispute: dispute_id(1) }));
        }
    }

    #[test]
    fn what_the_line_said_and_came_to_is_written_down_with_what_it_held() {
        let event = decide(&drafted(), dispute_line(1)).expect("disputed");
        let shown = event.shown.expect("the line as it was");
        assert_eq!((&*shown.description, shown.amount_minor), ("Website: Design", Some(2083)));
        assert_eq!((&*shown.currency, shown.lots), ("ZAR", vec![Lot::whole(entry_id(1))]));
    }

    #[test]
    fn a_line_that_was_not_sealed_and_a_void_invoice_are_not_disputed() {
        let other = ShownLine { key: LineKey::Member { member: member(1) }, ..a_line() };
        for line in [other, ShownLine { n: 2, ..a_line() }] {
            let n = line.n;
            let refused = decide(&issued(), DisputeLine { line, ..dispute_line(1) });
            assert_eq!(refused, Err(Refusal::LineUnknown { line: n }));
        }
        let line = ShownLine { lots: vec![(Lot::whole(entry_id(9)), 60)], ..a_line() };
        let refused = decide(&drafted(), DisputeLine { line, ..dispute_line(1) });
        assert_eq!(refused, Err(Refusal::LineUnknown { line: 1 }), "the draft holds no such entry");
        let refusal = decide(&voided(), dispute_line(1)).expect_err("void");
        assert_eq!(refusal.code(), "billing.not_issued");
        let unknown = decide(&Invoice::default(), dispute_line(1));
        assert_eq!(unknown, Err(Refusal::InvoiceUnknown { invoice: invoice(1) }));
    }
}
