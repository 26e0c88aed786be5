//! Seconds are conserved: what a credit, a void or a redraft gives back is exactly what the next
//! draft gets, and the claims say the same as the ledger of the events.

use domain::billing::{Fate, InvoiceState, Lot, ReservedEntry};
use domain::id::{EntryId, InvoiceId};
use domain::log::ClaimKey;

use super::bureau::{Bureau, day};
use crate::billing::{Coverage, EntryPart, Part, ReviseDraft, TermsChange};
use crate::event_log::read;
use crate::testing::refused;
use crate::time::samples::{duration, week};

const ALL: (&str, &str) = ("2026-01-01", "2026-01-31");

/// Entries of so many seconds on the days from January 7 on, approved.
async fn worked(seconds: &[i64]) -> (Bureau, Vec<(EntryId, i64)>) {
    let bureau = Bureau::new().await;
    let mut entries = Vec::new();
    for (on, seconds) in (7..).zip(seconds) {
        let entry = bureau.office.recorded(duration(&format!("2026-01-{on:02}"), *seconds)).await;
        entries.push((entry, *seconds));
    }
    for it in ["2026-W02", "2026-W03"] {
        if !bureau.office.sheet(week(it)).await.entries.is_empty() {
            bureau.office.approved(week(it)).await;
        }
    }
    (bureau, entries)
}

fn held(entries: &[ReservedEntry]) -> Vec<(EntryId, i64, bool)> {
    entries.iter().map(|it| (it.entry, it.seconds, it.freed_by.is_some())).collect()
}

/// Checks that no second is lost, and that what the ledger has free no invoice holds by its claim.
async fn check(bureau: &Bureau, entries: &[(EntryId, i64)]) {
    let ledger = bureau.ledger(entries).await;
    let mut lots: Vec<Lot> = Vec::new();
    for (entry, seconds) in entries {
        assert_eq!(ledger.entry(*entry).all(), *seconds, "no second is lost");
        lots.extend(ledger.free(*entry).into_iter().map(|(lot, _)| lot));
    }
    bureau.office.check_claims().await;
    let mut tx = bureau.firm().tenant.tenants.begin(bureau.firm().id()).await.expect("the door");
    let keys: Vec<ClaimKey> = lots.into_iter().map(ClaimKey::lot).collect();
    let claimed = read::held(&mut tx, &keys).await.expect("the claims");
    tx.commit().await.expect("read");
    assert_eq!(claimed, [], "what is free is claimed by nobody");
}

#[tokio::test]
async fn a_second_draft_gets_exactly_what_a_credit_set_free() {
    let (bureau, entries) = worked(&[3600, 1800]).await;
    let first = bureau.drafted(ALL.0, ALL.1).await;
    bureau.send(bureau.issue(first)).await.expect("issued");
    let nothing = bureau.send(bureau.draft(ALL.0, ALL.1)).await;
    assert_eq!(refused(nothing), "billing.nothing_to_bill");
    bureau.send(bureau.credit(first, Some(Part::Seconds(600)))).await.expect("credited");
    let second = bureau.drafted(ALL.0, ALL.1).await;
    assert_eq!(held(&bureau.folded(second).await.entries), [(entries[0].0, 600, true)]);
    check(&bureau, &entries).await;
    // The lot is billed, split again, and what is left of the entry is set free by another note.
    bureau.send(bureau.issue(second)).await.expect("issued");
    bureau.send(bureau.credit(second, Some(Part::Seconds(250)))).await.expect("credited");
    let part = EntryPart { entry: entries[1].0, freed_by: None, seconds: 1800 };
    let whole = Part::Entries(vec![part]);
    bureau.send(bureau.credit(first, Some(whole))).await.expect("credited");
    let third = bureau.drafted(ALL.0, ALL.1).await;
    let expected = [(entries[0].0, 250, true), (entries[1].0, 1800, false)];
    assert_eq!(held(&bureau.folded(third).await.entries), expected);
    check(&bureau, &entries).await;
}

#[tokio::test]
async fn what_is_written_off_comes_on_no_draft_and_what_is_void_comes_back_whole() {
    let (bureau, entries) = worked(&[3600, 1800]).await;
    let first = bureau.drafted(ALL.0, ALL.1).await;
    bureau.send(bureau.issue(first)).await.expect("issued");
    bureau.send(bureau.void(first)).await.expect("it never left the house");
    let second = bureau.drafted(ALL.0, ALL.1).await;
    let both = [(entries[0].0, 3600, false), (entries[1].0, 1800, false)];
    assert_eq!(held(&bureau.folded(second).await.entries), both);
    bureau.send(bureau.issue(second)).await.expect("issued");
    bureau.send(bureau.sent(second)).await.expect("sent");
    assert_eq!(refused(bureau.send(bureau.void(second)).await), "billing.not_voidable");
    let mut off = bureau.credit(second, None);
    off.fate = Fate::WrittenOff;
    bureau.send(off).await.expect("written off");
    assert_eq!(bureau.folded(second).await.state, InvoiceState::Void);
    let nothing = bureau.send(bureau.draft(ALL.0, ALL.1)).await;
    assert_eq!(refused(nothing), "billing.nothing_to_bill");
    check(&bureau, &entries).await;
}

/// Numbers that look random and are the same each time.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % bound
    }
}

/// One step on one of these invoices; whether it was let is not asked.
async fn step(bureau: &Bureau, drawn: &mut Drawn, invoices: &mut Vec<InvoiceId>) {
    let last = format!("2026-01-{:02}", 7 + drawn.below(9));
    let all = invoices.len() as u64;
    let one = if all == 0 { None } else { invoices.get(drawn.below(all) as usize).copied() };
    let kind = drawn.below(20);
    let Some(invoice) = one.filter(|_| kind > 4) else {
        let command = bureau.draft(ALL.0, &last);
        let invoice = command.invoice;
        if bureau.send(command).await.is_ok() {
            invoices.push(invoice);
        }
        return;
    };
    let outcome = match kind {
        5 | 6 => {
            let coverage = Coverage { to: Some(day(&last)), ..Coverage::default() };
            let terms = TermsChange::default();
            let coverage = Some(coverage);
            bureau.send(ReviseDraft { invoice, coverage, terms, expected_version: None }).await
        }
        7..=11 => bureau.send(bureau.issue(invoice)).await,
        12..=16 => {
            let part = match drawn.below(4) {
                0 => None,
                1 => Some(Part::Whole),
                _ => Some(Part::Seconds(1 + drawn.below(4000) as i64)),
            };
            let mut credit = bureau.credit(invoice, part);
            if drawn.below(3) == 0 {
                credit.fate = Fate::WrittenOff;
            }
            bureau.send(credit).await
        }
        17 => bureau.send(bureau.pay(invoice, 1 + drawn.below(9000) as i64)).await,
        _ => bureau.send(bureau.void(invoice)).await,
    };
    if let Err(error) = outcome {
        assert!(matches!(error, crate::CommandError::Refused(_)), "{error}");
    }
}

#[tokio::test]
async fn any_sequence_of_drafts_issues_credits_and_voids_conserves_the_seconds() {
    for seed in 1..=4_u64 {
        let (bureau, entries) = worked(&[3600, 1800, 61, 7200, 2700, 5400]).await;
        let (mut drawn, mut invoices) = (Drawn(seed), Vec::new());
        for _ in 0..40 {
            step(&bureau, &mut drawn, &mut invoices).await;
        }
        assert!(invoices.len() > 2, "seed {seed} drafts");
        check(&bureau, &entries).await;
        for invoice in invoices {
            if let Some(issued) = bureau.folded(invoice).await.issued {
                let lines: i64 = issued.sealed.lines.iter().map(|line| line.net_minor).sum();
                assert_eq!(lines, issued.sealed.totals.net_minor);
                let credited: i64 = issued.credits.iter().map(|it| it.gross_minor).sum();
                assert!(credited <= issued.sealed.totals.gross_minor);
            }
        }
    }
}
