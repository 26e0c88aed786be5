//! What an entry's row says after what happened, and of whom else it speaks.

use super::*;
use crate::tests::samples::{
    History, MONDAY, approved, corrections, id, recorded, removed, revised, sealed, sheet,
    submitted, weeks_of_time,
};
use crate::tests::{assert_declares_what_it_touches, rows_of};
use domain::personal::PurposeClass;
use jiff::civil::date;

#[test]
fn an_entry_is_what_was_last_said_of_it_with_its_note_sealed() {
    let mut history = History::default();
    history.time(1, MONDAY, recorded(101, MONDAY, 3600));
    let row = &rows_of::<TimeEntry>(&history.0)[0];
    let note = sealed::<String>(PurposeClass::Note, 1, "AAAA");
    assert_eq!(row.note.as_ref(), note.envelope());
    assert_eq!((row.seconds, row.billable, row.tags.len()), (3600, true, 2));
    assert_eq!(row.start_at.map(|at| at.to_string()).as_deref(), Some("2026-02-02T09:00:00Z"));
    history.time(1, MONDAY, revised(101, 2, MONDAY, 60));
    let row = &rows_of::<TimeEntry>(&history.0)[0];
    assert_eq!((row.seconds, row.billable, row.version, row.position), (60, false, 2, 2));
    assert_eq!((&row.note, row.start_at, &row.zone), (&None, None, &None));
}

#[test]
fn a_step_of_approval_is_bound_to_the_version_and_voided_by_another_content() {
    let mut history = History::default();
    history
        .time(1, MONDAY, recorded(101, MONDAY, 3600))
        .time(1, MONDAY, recorded(102, MONDAY, 3600))
        .time(1, MONDAY, submitted(&[(101, 1), (102, 1)]))
        .time(1, MONDAY, revised(102, 2, MONDAY, 60))
        .time(1, MONDAY, approved(&[(101, 1), (102, 1)]));
    let states = |history: &History| {
        let rows = rows_of::<TimeEntry>(&history.0);
        rows.iter().map(|row| row.state).collect::<Vec<_>>()
    };
    assert_eq!(states(&history), [EntryState::Approved, EntryState::Open]);
    history.time(1, MONDAY, revised(101, 2, MONDAY, 60));
    assert_eq!(states(&history), [EntryState::Open, EntryState::Open]);
}

#[test]
fn a_move_to_another_week_keeps_the_entry_whichever_of_its_two_events_comes_first() {
    let next = date(2026, 2, 9);
    let moved = TimeRecorded { version: 2, ..recorded(101, next, 3600) };
    for removal_first in [true, false] {
        let mut history = History::default();
        history.time(1, MONDAY, recorded(101, MONDAY, 3600));
        if removal_first {
            history.time(1, MONDAY, removed(101, Some(next))).time(1, next, moved.clone());
        } else {
            history.time(1, next, moved.clone()).time(1, MONDAY, removed(101, Some(next)));
        }
        let rows = rows_of::<TimeEntry>(&history.0);
        assert_eq!((rows.len(), rows[0].day, rows[0].version), (1, next, 2));
        assert_eq!(rows[0].sheet_id, sheet(1, next));
        assert_eq!(rows[0].member_id, MemberId(id(1)));
    }
}

#[test]
fn a_correction_is_the_negative_of_its_entry_and_says_so_on_both_sides() {
    let rows = rows_of::<TimeEntry>(&corrections().0);
    let entry = |n| rows.iter().find(|row| row.entry_id == EntryId(id(n))).expect("there");
    let of = |n| Some(EntryId(id(n)));
    let (reversal, replacement) = (entry(211), entry(212));
    assert_eq!((entry(210).seconds, reversal.seconds), (3600, -3600));
    assert_eq!((entry(210).reversed_by, entry(210).replaced_by), (of(211), of(212)));
    assert_eq!((reversal.reverses, replacement.replaces), (of(210), of(210)));
    assert_eq!((reversal.work_day, replacement.work_day), (MONDAY, MONDAY));
    assert!(reversal.day > MONDAY && reversal.reason.is_some());
    let given_up = entry(213);
    assert_eq!((given_up.reversed_by, given_up.replaced_by), (None, None));
    assert_eq!(given_up.position, 8);
}

#[test]
fn it_declares_every_row_that_it_touches() {
    assert_declares_what_it_touches::<TimeEntry>(&corrections().0);
    assert_declares_what_it_touches::<TimeEntry>(&weeks_of_time().0);
}
