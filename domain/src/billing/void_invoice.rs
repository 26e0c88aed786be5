//! Voiding an invoice: exactly the seconds that it holds are unbilled again. Of an issued one the
//! number stays; it's voided only while nobody else has it in their books.

use jiff::civil::Date;

use super::{Invoice, InvoiceState, InvoiceVoided, Refusal, ReservedEntry};
use crate::id::InvoiceId;
use crate::personal::Personal;

/// Gives back what a draft, or an issued invoice that never left the house, holds.
#[derive(Debug, Clone, PartialEq)]
pub struct VoidInvoice {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Why.
    pub reason: Option<Personal<String>>,
    /// Today, in the firm's zone.
    pub on: Date,
}

/// What voiding leads to.
pub fn decide(invoice: &Invoice, command: VoidInvoice) -> Result<InvoiceVoided, Refusal> {
    let id = command.invoice;
    let drafted = invoice.known(id)?;
    let open = match (drafted.state, &drafted.issued) {
        (state @ InvoiceState::Void, _) => {
            return Err(Refusal::NotADraft { invoice: id, state });
        }
        (InvoiceState::Draft | InvoiceState::Issued | InvoiceState::Paid, issued) => issued,
    };
    let held = open.as_ref().and_then(|issued| {
        let paid = issued.payments.iter().any(|payment| payment.kept_minor() != 0);
        let reasons = [
            (issued.sent, "sent"),
            (paid, "paid"),
            (!issued.credits.is_empty(), "credited"),
            (drafted.signed_off, "agreed to"),
        ];
        reasons.into_iter().find_map(|(holds, why)| holds.then_some(why))
    });
    if let Some(why) = held {
        return Err(Refusal::NotVoidable { invoice: id, why });
    }
    let issued_on = open.as_ref().map(|issued| issued.sealed.issued_on);
    let lots = drafted.entries.iter().map(ReservedEntry::lot);
    Ok(InvoiceVoided {
        invoice: id,
        client: drafted.client,
        entries: drafted.entries.iter().map(|reserved| reserved.entry).collect(),
        freed: lots.filter(|lot| lot.freed_by.is_some()).collect(),
        reason: command.reason,
        on: Some(issued_on.map_or(command.on, |issued_on| issued_on.max(command.on))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::draft_invoice::decide as decide_draft;
    use crate::billing::samples::{day, draft, draft_facts, drafted, issued, void};
    use crate::billing::{InvoiceCommand, InvoiceEvent, invoice_stream};
    use crate::log::{ClaimChange, ClaimKey, claims_of};
    use crate::time::samples::{entry_id, invoice};
    use cqrs_es::test::TestFramework;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_void_draft_gives_back_what_it_reserved_and_holds_nothing() {
        let mut draft = drafted();
        let voided = decide(&draft, void()).expect("voided");
        assert_eq!(voided.entries, [entry_id(1)]);
        draft.evolve(&voided.into());
        let state = draft.drafted.as_ref().expect("it was drafted");
        assert_eq!(state.state, InvoiceState::Void);
        assert!(state.entries.is_empty());
        let refusal = Refusal::NotADraft { invoice: invoice(1), state: InvoiceState::Void };
        assert_eq!(refusal.to_string().split(" is ").last(), Some("void"));
        assert_eq!(decide(&draft, void()), Err(refusal));
    }

    #[test]
    fn a_void_counts_for_its_day_and_never_for_one_before_the_issue() {
        let on = |on: &str| {
            let command = VoidInvoice { on: day(on), ..void() };
            decide(&issued(), command).expect("it never left the house").on
        };
        // The invoice of the samples is issued on the last of January.
        assert_eq!(on("2026-02-03"), Some(day("2026-02-03")));
        assert_eq!(on("2026-01-30"), Some(day("2026-01-31")));
    }

    #[test]
    fn a_void_that_names_no_day_counts_for_that_of_its_recording() {
        let named = decide(&issued(), void()).expect("it never left the house");
        let event = InvoiceVoided { on: None, ..named.clone() };
        let recorded_at = "2026-02-04T23:30:00Z".parse().expect("an instant");
        let issued_on = day("2026-01-31");
        assert_eq!(event.day(recorded_at, issued_on), day("2026-02-04"));
        assert_eq!(event.day(recorded_at, day("2026-02-28")), day("2026-02-28"));
        assert_eq!(named.day(recorded_at, issued_on), day("2026-02-03"));
        let stored = serde_json::to_string(&event).expect("JSON");
        assert!(!stored.contains("\"on\""), "what was stored stays as it is: {stored}");
    }

    #[test]
    fn what_was_never_drafted_is_not_voided() {
        let refusal = Refusal::InvoiceUnknown { invoice: invoice(1) };
        assert!(refusal.is_missing());
        assert_eq!(decide(&Invoice::default(), void()), Err(refusal));
    }

    #[test]
    fn the_aggregate_answers_as_the_plain_decisions_do() {
        let facts = draft_facts(&[(1, "2026-01-07", 60)]);
        let event = decide_draft(&Invoice::default(), &facts, &draft()).expect("drafted");
        TestFramework::<Invoice>::with(())
            .given_no_previous_events()
            .when(InvoiceCommand::DraftInvoice(draft(), facts))
            .then_expect_events(vec![event.clone().into()]);
        TestFramework::<Invoice>::with(())
            .given(vec![event.into()])
            .when(InvoiceCommand::VoidInvoice(void()))
            .then_expect_events(vec![decide(&drafted(), void()).expect("voided").into()]);
    }

    /// The keys of the claims that are held after the events of one stream.
    fn held(events: &[InvoiceEvent]) -> BTreeSet<ClaimKey> {
        let stream = invoice_stream(invoice(1));
        let mut held = BTreeSet::new();
        for change in events.iter().flat_map(|event| claims_of(stream, &event.clone().into())) {
            match change {
                ClaimChange::Take { key, .. } => assert!(held.insert(key), "taken twice"),
                ClaimChange::Release { key } => assert!(held.remove(&key), "not held"),
                ClaimChange::ReleaseAll { kind, .. } => {
                    held.retain(|key: &ClaimKey| key.kind != kind);
                }
            }
        }
        held
    }

    proptest! {
        #[test]
        fn drafting_and_voiding_takes_and_frees_exactly_the_same_entries(
            entries in prop::collection::btree_map(1_u128..500, 1_i64..=86_400, 1..60),
        ) {
            let entries: Vec<_> = entries.into_iter().map(|(n, s)| (n, "2026-01-07", s)).collect();
            let drafted = decide_draft(&Invoice::default(), &draft_facts(&entries), &draft())
                .expect("there is something to bill");
            let mut state = Invoice::default();
            state.evolve(&drafted.clone().into());
            let voided = decide(&state, void()).expect("it's a draft");
            let reserved: Vec<_> = drafted.entries.iter().map(|it| it.entry).collect();
            prop_assert_eq!(&voided.entries, &reserved);
            let (drafted, voided) = (drafted.into(), voided.into());
            prop_assert_eq!(held(std::slice::from_ref(&drafted)).len(), entries.len());
            prop_assert!(held(&[drafted, voided]).is_empty());
        }
    }
}
