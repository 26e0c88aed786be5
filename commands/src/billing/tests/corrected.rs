//! Corrections of time whose seconds credit notes wrote off: what is not billed any more is not
//! taken back once more, in whichever order the two are asked for.

use domain::billing::{Fate, ReservedEntry};
use domain::id::EntryId;
use domain::log::Event;
use domain::time::{TimeEvent, TimeReversed};
use migrations::testing::random_id;

use super::bureau::{Bureau, day};
use crate::billing::{CreditInvoice, Part};
use crate::testing::refused;
use crate::time::samples::{duration, week};
use crate::time::{CorrectTime, Replacement};

/// An hour of January on an issued invoice.
async fn billed() -> (Bureau, EntryId, domain::id::InvoiceId) {
    let bureau = Bureau::new().await;
    let entry = bureau.office.recorded(duration("2026-01-07", 3600)).await;
    bureau.office.approved(week("2026-W02")).await;
    let invoice = bureau.drafted("2026-01-01", "2026-01-31").await;
    bureau.send(bureau.issue(invoice)).await.expect("issued");
    (bureau, entry, invoice)
}

fn off(credit: CreditInvoice) -> CreditInvoice {
    CreditInvoice { fate: Fate::WrittenOff, ..credit }
}

/// Takes the entry back on a day of February; half an hour stands in where it's said whether that
/// may be billed.
fn correct(entry: EntryId, stands_in: Option<Option<bool>>) -> CorrectTime {
    let replacement = stands_in.map(|billable| Replacement {
        entry: EntryId(random_id()),
        project: None,
        task: None,
        seconds: Some(1800),
        billable,
        note: None,
        tags: None,
    });
    CorrectTime {
        entry,
        reversal: EntryId(random_id()),
        day: Some(day("2026-02-03")),
        reason: "was half as long".into(),
        replacement,
        expected_version: None,
    }
}

async fn reversal(bureau: &Bureau) -> TimeReversed {
    let events = bureau.firm().recorded().await.into_iter();
    let reversed = |event| match event {
        Event::Time(TimeEvent::TimeReversed(event)) => Some(event),
        _ => None,
    };
    events.filter_map(|it| reversed(it.event)).next_back().expect("it was taken back")
}

/// The seconds of a draft over February.
async fn next_bill(bureau: &Bureau) -> Vec<i64> {
    bureau.office.approved(week("2026-W06")).await;
    let draft = bureau.drafted("2026-02-01", "2026-02-28").await;
    let held = bureau.folded(draft).await.entries;
    held.iter().map(|it: &ReservedEntry| it.seconds).collect()
}

#[tokio::test]
async fn a_correction_takes_back_what_is_billed_and_not_what_was_written_off() {
    let (bureau, entry, invoice) = billed().await;
    let credit = off(bureau.credit(invoice, Some(Part::Seconds(1200))));
    bureau.send(credit).await.expect("written off");
    bureau.send(correct(entry, None)).await.expect("corrected");
    let reversed = reversal(&bureau).await;
    assert_eq!((reversed.seconds, reversed.written_off_seconds), (3600, Some(1200)));
    assert_eq!(next_bill(&bureau).await, [-2400]);
    bureau.office.check_claims().await;
}

#[tokio::test]
async fn of_time_that_was_all_written_off_nothing_comes_on_a_bill() {
    let (bureau, entry, invoice) = billed().await;
    bureau.send(off(bureau.credit(invoice, None))).await.expect("written off");
    let unsaid = bureau.send(correct(entry, Some(None))).await;
    assert_eq!(refused(unsaid), "time.written_off");
    bureau.send(correct(entry, Some(Some(false)))).await.expect("corrected");
    assert_eq!(reversal(&bureau).await.written_off_seconds, Some(3600));
    bureau.office.approved(week("2026-W06")).await;
    let nothing = bureau.send(bureau.draft("2026-01-01", "2026-02-28")).await;
    assert_eq!(refused(nothing), "billing.nothing_to_bill");
    bureau.office.check_claims().await;
}

#[tokio::test]
async fn what_was_set_free_billed_again_and_then_written_off_counts_too() {
    let (bureau, entry, invoice) = billed().await;
    bureau.send(bureau.credit(invoice, Some(Part::Seconds(900)))).await.expect("credited");
    let second = bureau.drafted("2026-01-01", "2026-01-31").await;
    bureau.send(bureau.issue(second)).await.expect("issued");
    for (of, seconds) in [(invoice, 600), (second, 300)] {
        let credit = off(bureau.credit(of, Some(Part::Seconds(seconds))));
        bureau.send(credit).await.expect("written off");
    }
    bureau.send(correct(entry, Some(Some(true)))).await.expect("corrected");
    assert_eq!(reversal(&bureau).await.written_off_seconds, Some(900));
    let mut seconds = next_bill(&bureau).await;
    seconds.sort_unstable();
    assert_eq!(seconds, [-2700, 1800]);
}

#[tokio::test]
async fn what_a_correction_takes_back_is_credited_as_unbilled_and_not_written_off() {
    let (bureau, entry, invoice) = billed().await;
    bureau.send(correct(entry, None)).await.expect("corrected");
    let twice = bureau.send(off(bureau.credit(invoice, None))).await;
    assert_eq!(refused(twice), "billing.time_corrected");
    bureau.send(bureau.credit(invoice, None)).await.expect("credited");
    bureau.office.approved(week("2026-W06")).await;
    let draft = bureau.drafted("2026-01-01", "2026-02-28").await;
    let held = bureau.folded(draft).await.entries;
    assert_eq!(held.iter().map(|it| it.seconds).sum::<i64>(), 0);
}
