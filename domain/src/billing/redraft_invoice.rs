//! Drafting anew: a draft covers another period, is grouped otherwise, or leaves entries out. What
//! stays on it stays reserved; exactly the rest is given back, and exactly what is new is taken.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::draft_invoice::{DraftFacts, MOST_ENTRIES, billable};
use super::{GroupBy, Invoice, InvoiceEvent, InvoiceRedrafted, Lot, Refusal};
use crate::id::{EntryId, InvoiceId};

/// Has a draft cover something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedraftInvoice {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The first day of the period.
    pub from: Date,
    /// The last day of the period.
    pub to: Date,
    /// What makes a line.
    pub group_by: GroupBy,
    /// Entries of the period that are left for another invoice.
    pub without: BTreeSet<EntryId>,
}

/// What drafting anew leads to: nothing where all is as it was.
///
/// The facts are those of a new draft; seconds that this draft holds are free for it.
pub fn decide(
    invoice: &Invoice,
    facts: &DraftFacts,
    command: &RedraftInvoice,
) -> Result<Vec<InvoiceEvent>, Refusal> {
    let RedraftInvoice { invoice: id, from, to, group_by, without } = command;
    let (from, to) = (*from, *to);
    let draft = invoice.draft(*id)?;
    if to < from {
        return Err(Refusal::PeriodReversed { from, to });
    }
    let own = super::invoice_stream(*id);
    let mut wanted = billable(facts, draft.client, from, to, Some(own));
    wanted.retain(|reserved| !without.contains(&reserved.entry));
    if wanted.is_empty() {
        return Err(Refusal::NothingToBill { from, to });
    }
    if wanted.len() > MOST_ENTRIES {
        return Err(Refusal::TooManyEntries { found: wanted.len(), most: MOST_ENTRIES });
    }
    let held: BTreeSet<Lot> = draft.entries.iter().map(super::ReservedEntry::lot).collect();
    // What a draft holds can't be changed, so what is wanted of it is as it was reserved.
    let stays: BTreeSet<Lot> = wanted.iter().map(super::ReservedEntry::lot).collect();
    let same = (draft.from, draft.to, draft.group_by) == (from, to, *group_by)
        && draft.currency == facts.currency;
    if same && held == stays {
        return Ok(Vec::new());
    }
    let released = draft.entries.iter().filter(|it| !stays.contains(&it.lot()));
    Ok(vec![
        InvoiceRedrafted {
            invoice: *id,
            client: draft.client,
            from,
            to,
            group_by: *group_by,
            currency: facts.currency.clone(),
            released: released.copied().collect(),
            taken: wanted.into_iter().filter(|it| !held.contains(&it.lot())).collect(),
        }
        .into(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::draft_invoice::Candidate;
    use crate::billing::invoice_stream;
    use crate::billing::samples::{candidate, day, draft_facts, drafted};
    use crate::time::samples::{entry_id, invoice};

    fn redraft() -> RedraftInvoice {
        RedraftInvoice {
            invoice: invoice(1),
            from: day("2026-01-01"),
            to: day("2026-01-31"),
            group_by: GroupBy::Task,
            without: BTreeSet::new(),
        }
    }

    /// Entry 1 as the draft holds it, and free entries.
    fn facts(free: &[(u128, &str, i64)]) -> DraftFacts {
        let mut facts = draft_facts(free);
        let held = candidate(1, "2026-01-07", 60);
        facts.candidates.push(Candidate { claimed: Some(invoice_stream(invoice(1))), ..held });
        facts
    }

    fn redrafted(facts: &DraftFacts, command: &RedraftInvoice) -> InvoiceRedrafted {
        let events = decide(&drafted(), facts, command).expect("redrafted");
        let [InvoiceEvent::InvoiceRedrafted(event)] = &events[..] else {
            panic!("one event: {events:?}")
        };
        event.clone()
    }

    #[test]
    fn what_is_new_is_taken_and_what_stays_is_not_named() {
        let event = redrafted(&facts(&[(2, "2026-01-08", 90)]), &redraft());
        assert_eq!(event.released, []);
        let taken: Vec<_> = event.taken.iter().map(|it| (it.entry, it.seconds)).collect();
        assert_eq!(taken, [(entry_id(2), 90)]);
        let mut state = drafted();
        state.evolve(&event.into());
        let held: Vec<_> = state.drafted.unwrap().entries.iter().map(|it| it.entry).collect();
        assert_eq!(held, [entry_id(1), entry_id(2)]);
    }

    #[test]
    fn what_is_left_out_or_beyond_the_period_is_given_back() {
        let free = facts(&[(2, "2026-01-08", 90)]);
        let without = RedraftInvoice { without: [entry_id(1)].into(), ..redraft() };
        let released = |command| {
            let event = redrafted(&free, command);
            event.released.iter().map(|it| (it.lot(), it.seconds)).collect::<Vec<_>>()
        };
        assert_eq!(released(&without), [(Lot::whole(entry_id(1)), 60)]);
        let later = RedraftInvoice { from: day("2026-01-08"), ..redraft() };
        assert_eq!(released(&later), [(Lot::whole(entry_id(1)), 60)]);
    }

    #[test]
    fn nothing_happens_where_all_is_as_it_was() {
        assert_eq!(decide(&drafted(), &facts(&[]), &redraft()), Ok(vec![]));
        let by_day = RedraftInvoice { group_by: GroupBy::Day, ..redraft() };
        let event = redrafted(&facts(&[]), &by_day);
        assert_eq!((event.released.len(), event.taken.len()), (0, 0));
    }

    #[test]
    fn what_another_invoice_holds_is_not_taken_and_nothing_at_all_is_refused() {
        let mut all = facts(&[(2, "2026-01-08", 90)]);
        all.candidates[0].claimed = Some(invoice_stream(invoice(9)));
        let without = RedraftInvoice { without: [entry_id(1)].into(), ..redraft() };
        let (from, to) = (without.from, without.to);
        let refused = decide(&drafted(), &all, &without);
        assert_eq!(refused, Err(Refusal::NothingToBill { from, to }));
        let reversed = RedraftInvoice { to: day("2025-12-31"), ..redraft() };
        let refusal = decide(&drafted(), &all, &reversed).expect_err("reversed");
        assert_eq!(refusal.code(), "billing.period_reversed");
        let unknown = decide(&Invoice::default(), &all, &redraft());
        assert_eq!(unknown, Err(Refusal::InvoiceUnknown { invoice: invoice(1) }));
    }
}
