//! Settling a dispute: what came of it is said once. What follows for the line, a change of the
//! draft or a credit note, is a step of its own.

use super::{DisputeSettled, Invoice, Outcome, Refusal};
use crate::id::{DisputeId, InvoiceId};
use crate::personal::Personal;

/// Says what came of a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleDispute {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The dispute.
    pub dispute: DisputeId,
    /// What came of it.
    pub outcome: Outcome,
    /// What is said to it.
    pub note: Option<Personal<String>>,
}

/// What settling leads to.
pub fn decide(invoice: &Invoice, command: SettleDispute) -> Result<DisputeSettled, Refusal> {
    let SettleDispute { invoice: id, dispute, outcome, note } = command;
    let drafted = invoice.known(id)?;
    let known = drafted.disputes.iter().find(|it| it.dispute == dispute);
    let known = known.ok_or(Refusal::DisputeUnknown { dispute })?;
    if known.outcome.is_some() {
        return Err(Refusal::DisputeClosed);
    }
    Ok(DisputeSettled { invoice: id, client: drafted.client, dispute, outcome, note })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::InvoiceState;
    use crate::billing::samples::{dispute, dispute_id, drafted, issued, void};
    use crate::billing::void_invoice;
    use crate::time::samples::invoice;

    fn settle(n: u128) -> SettleDispute {
        let (invoice, dispute) = (invoice(1), dispute_id(n));
        SettleDispute { invoice, dispute, outcome: Outcome::Rejected, note: None }
    }

    #[test]
    fn a_void_invoice_stays_void_when_its_dispute_is_settled() {
        let mut state = issued();
        state.evolve(&dispute(1).into());
        state.evolve(&void_invoice::decide(&state, void()).expect("voided").into());
        state.evolve(&decide(&state, settle(1)).expect("settled").into());
        assert_eq!(state.drafted.as_ref().unwrap().state, InvoiceState::Void);
    }

    #[test]
    fn a_dispute_is_settled_once_and_then_the_invoice_may_be_issued() {
        let mut state = drafted();
        state.evolve(&dispute(1).into());
        state.evolve(&decide(&state, settle(1)).expect("settled").into());
        let drafted = state.drafted.as_ref().unwrap();
        assert!(!drafted.is_disputed());
        assert_eq!(drafted.disputes[0].outcome, Some(Outcome::Rejected));
        assert_eq!(decide(&state, settle(1)), Err(Refusal::DisputeClosed));
        let unknown = decide(&state, settle(2));
        assert_eq!(unknown, Err(Refusal::DisputeUnknown { dispute: dispute_id(2) }));
    }
}
