//! The client's agreement with an invoice as it was shown. It's bound to the version and to the
//! amounts that they saw, and any change of the draft or a dispute ends it.

use super::shown::AgreedTo;
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
    /// The digest of what they saw; none where somebody of the firm notes it for them.
    pub seen: Option<String>,
    /// What it comes to now.
    pub agreed: AgreedTo,
}

/// What signing leads to: nothing where that is signed already.
pub fn decide(invoice: &Invoice, command: SignOff) -> Result<Vec<InvoiceEvent>, Refusal> {
    let SignOff { invoice: id, by, seen_version, version, seen, agreed } = command;
    let drafted = invoice.known(id)?;
    if drafted.state == InvoiceState::Void {
        return Err(Refusal::NotIssued { invoice: id, state: drafted.state });
    }
    // What was agreed to before that was written down counts as what is there.
    let same = drafted.agreed.as_ref().is_none_or(|before| before.digest == agreed.digest);
    if drafted.signed_off && same {
        return Ok(Vec::new());
    }
    if drafted.is_disputed() {
        return Err(Refusal::Disputed);
    }
    if seen_version != version || seen.is_some_and(|seen| seen != agreed.digest) {
        return Err(Refusal::SeenTooOld);
    }
    let (client, agreed) = (drafted.client, Some(agreed));
    Ok(vec![InvoiceSignedOff { invoice: id, client, by, seen_version, agreed }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::InvoiceTermsChanged;
    use crate::billing::draft_terms::DraftTerms;
    use crate::billing::samples::{client, dispute, drafted, personal, voided};
    use crate::time::samples::invoice;

    fn agreed(digest: &str) -> AgreedTo {
        AgreedTo { digest: digest.into(), total_minor: 2395, currency: "ZAR".into() }
    }

    fn sign(seen_version: i32) -> SignOff {
        SignOff {
            invoice: invoice(1),
            by: personal("Nova"),
            seen_version,
            version: 3,
            seen: Some("aa".into()),
            agreed: agreed("aa"),
        }
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
    fn what_was_not_shown_is_not_agreed_to_and_what_was_is_written_down() {
        let other = SignOff { agreed: agreed("bb"), ..sign(3) };
        assert_eq!(decide(&drafted(), other), Err(Refusal::SeenTooOld));
        assert_eq!(signed().drafted.unwrap().agreed, Some(agreed("aa")));
        let now = SignOff { seen: Some("bb".into()), agreed: agreed("bb"), ..sign(3) };
        let events = decide(&signed(), now).expect("agreed to other amounts");
        assert!(matches!(&*events, [InvoiceEvent::InvoiceSignedOff(event)]
            if event.agreed == Some(agreed("bb"))));
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
