//! The client's agreement with an invoice as it was shown. It's bound to the version that they saw,
//! and any change of the draft or a dispute ends it.

use super::{Invoice, InvoiceEvent, InvoiceSignedOff, InvoiceState, Refusal};
use crate::id::InvoiceId;
use crate::personal::Personal;

/// Agrees with an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOff {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Who of the client's, as they say.
    pub by: Personal<String>,
    /// The version of the invoice's stream that they saw.
    pub seen_version: i32,
    /// The version that it has.
    pub version: i32,
}

/// What signing leads to: nothing where it's signed already.
pub fn decide(invoice: &Invoice, command: SignOff) -> Result<Vec<InvoiceEvent>, Refusal> {
    let SignOff { invoice: id, by, seen_version, version } = command;
    let drafted = invoice.known(id)?;
    if drafted.state == InvoiceState::Void {
        return Err(Refusal::NotIssued { invoice: id, state: drafted.state });
    }
    if drafted.signed_off {
        return Ok(Vec::new());
    }
    if drafted.is_disputed() {
        return Err(Refusal::Disputed);
    }
    if seen_version != version {
        return Err(Refusal::SeenTooOld);
    }
    Ok(vec![InvoiceSignedOff { invoice: id, client: drafted.client, by, seen_version }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::InvoiceTermsChanged;
    use crate::billing::draft_terms::DraftTerms;
    use crate::billing::samples::{client, dispute, drafted, personal, voided};
    use crate::time::samples::invoice;

    fn sign(seen_version: i32) -> SignOff {
        SignOff { invoice: invoice(1), by: personal("Nova"), seen_version, version: 3 }
    }

    fn signed() -> Invoice {
        let mut state = drafted();
        let events = decide(&state, sign(3)).expect("signed");
        assert_eq!(events.len(), 1);
        events.iter().for_each(|event| state.evolve(event));
        state
    }

    #[test]
    fn what_was_seen_is_signed_once() {
        let state = signed();
        assert!(state.drafted.as_ref().unwrap().signed_off);
        assert_eq!(decide(&state, sign(3)), Ok(vec![]));
        assert_eq!(decide(&drafted(), sign(2)), Err(Refusal::SeenTooOld));
    }

    #[test]
    fn a_change_or_a_dispute_ends_the_agreement() {
        let terms = DraftTerms::default();
        let changed = InvoiceTermsChanged { invoice: invoice(1), client: client(1), terms };
        for event in [changed.into(), dispute(1).into()] {
            let mut state = signed();
            state.evolve(&event);
            assert!(!state.drafted.as_ref().unwrap().signed_off);
        }
    }

    #[test]
    fn what_is_disputed_or_void_is_not_signed() {
        let mut state = drafted();
        state.evolve(&dispute(1).into());
        assert_eq!(decide(&state, sign(3)), Err(Refusal::Disputed));
        let refusal = decide(&voided(), sign(3)).expect_err("void");
        assert_eq!(refusal.code(), "billing.not_issued");
    }
}
