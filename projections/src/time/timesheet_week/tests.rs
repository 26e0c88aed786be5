//! What a week's row says after what happened, and when it is gone.

use super::*;
use crate::tests::samples::{
    History, MONDAY, approved, id, recorded, rejected, removed, reopened, revised, steps,
    submitted, weeks_of_time,
};
use crate::tests::{assert_declares_what_it_touches, rows_of};
use domain::time::TimeRecorded;
use jiff::civil::date;

fn monday(history: &History) -> TimesheetWeekRow {
    rows_of::<TimesheetWeek>(&history.0).remove(0)
}

#[test]
fn the_state_of_a_week_follows_from_its_entries() {
    let mut history = History::default();
    history.time(1, MONDAY, recorded(101, MONDAY, 3600)).time(1, MONDAY, recorded(102, MONDAY, 60));
    assert_eq!(monday(&history).state, EntryState::Open);
    history.time(1, MONDAY, submitted(&[(101, 1)]));
    assert_eq!(monday(&history).state, EntryState::Open, "one is still open");
    history.time(1, MONDAY, submitted(&[(102, 1)]));
    assert_eq!(monday(&history).state, EntryState::Submitted);
    history.time(1, MONDAY, approved(&[(101, 1)]));
    assert_eq!(monday(&history).state, EntryState::Submitted, "one still waits");
    history.time(1, MONDAY, rejected(&[(102, 1)]));
    assert_eq!(monday(&history).state, EntryState::Rejected);
    history.time(1, MONDAY, approved(&[(102, 1)]));
    let row = monday(&history);
    assert_eq!((row.state, row.approved, row.entries), (EntryState::Approved, 2, 2));
    assert_eq!(row.decided_by, Some(MemberId(id(9))));
    assert_eq!(row.decided_at, Some(History::instant(7)));
    assert_eq!(row.approved_content.as_deref(), Some("c1"));
    history.time(1, MONDAY, reopened(&[(101, 1)]));
    assert_eq!(monday(&history).state, EntryState::Open);
}

#[test]
fn sums_follow_what_is_added_changed_and_removed() {
    let mut history = History::default();
    history
        .time(1, MONDAY, recorded(101, MONDAY, 3600))
        .time(1, MONDAY, recorded(102, MONDAY, 60))
        .time(1, MONDAY, revised(102, 2, MONDAY, 90));
    let row = monday(&history);
    assert_eq!((row.entries, row.seconds, row.billable_seconds), (2, 3690, 3600));
    history.time(1, MONDAY, removed(101, None));
    let row = monday(&history);
    assert_eq!((row.entries, row.seconds, row.billable_seconds), (1, 90, 0));
    assert_eq!((row.entry_versions, row.entry_billable), (vec![2], vec![false]));
}

#[test]
fn the_seconds_of_the_first_of_two_months_are_summed_by_themselves() {
    // The week from Monday 30 March to Sunday 5 April 2026.
    let (monday, april) = (date(2026, 3, 30), date(2026, 4, 1));
    let mut history = History::default();
    history.time(1, monday, recorded(101, monday, 3600));
    history.time(1, monday, recorded(102, april, 600));
    let row = self::monday(&history);
    assert_eq!((row.seconds, row.first_month_seconds), (4200, 3600));
    assert_eq!((row.billable_seconds, row.first_month_billable_seconds), (4200, 3600));
    assert_eq!((row.monday, row.entry_days), (monday, vec![monday, april]));
    history.time(1, monday, revised(101, 2, april, 60));
    let row = self::monday(&history);
    assert_eq!((row.seconds, row.first_month_seconds), (660, 0));
}

#[test]
fn a_week_that_was_emptied_is_gone_unless_it_was_ever_submitted() {
    let mut history = History::default();
    history.time(1, MONDAY, recorded(101, MONDAY, 60)).time(1, MONDAY, removed(101, None));
    assert_eq!(rows_of::<TimesheetWeek>(&history.0), []);
    history
        .time(1, MONDAY, recorded(101, MONDAY, 60))
        .time(1, MONDAY, submitted(&[(101, 1)]))
        .time(1, MONDAY, removed(101, None));
    let row = monday(&history);
    assert_eq!((row.state, row.entries, row.seconds), (EntryState::Open, 0, 0));
    assert_eq!(row.submitted_at, Some(History::instant(4)));
}

#[test]
fn it_declares_every_row_that_it_touches() {
    assert_declares_what_it_touches::<TimesheetWeek>(&weeks_of_time().0);
}

#[test]
fn what_fell_on_another_day_than_the_start_is_kept_until_the_entry_changes_or_goes() {
    let at = |text: &str| text.parse().expect("an instant");
    let (from, to) = (at("2026-02-02T20:00:00Z"), at("2026-02-03T02:00:00Z"));
    let night = Worked::span(from, to, "Africa/Johannesburg").expect("six hours");
    let mut history = History::default();
    history.time(1, MONDAY, recorded(101, MONDAY, 3600)).time(
        1,
        MONDAY,
        TimeRecorded { worked: night, ..recorded(102, MONDAY, 60) },
    );
    let row = monday(&history);
    let tuesday = date(2026, 2, 3);
    assert_eq!((&row.other_days[..], &row.other_day_seconds[..]), (&[tuesday][..], &[14_400][..]));
    let placed = placed(&row);
    assert_eq!((placed.len(), placed[1].seconds, placed[1].day), (2, 21_600, MONDAY));
    assert_eq!(placed[1].on_other_days, [(tuesday, 14_400)]);
    assert_eq!(placed[0].on_other_days, []);
    let mut removal = History(history.0.clone());
    removal.time(1, MONDAY, removed(102, None));
    assert_eq!(monday(&removal).other_days, []);
    history.time(1, MONDAY, revised(102, 2, MONDAY, 60));
    assert_eq!(monday(&history).other_day_entries, []);
}

#[test]
fn a_week_tells_which_offices_decide_next_and_a_change_begins_anew() {
    let (mut history, day) = (steps(), date(2026, 4, 6));
    let row = monday(&history);
    assert_eq!((row.submitted, row.open), (1, 1));
    assert_eq!(row.waits_for, [Office::Billing]);
    assert_eq!((row.next_office(0), row.next_office(1)), (Some(Office::Billing), None));
    assert_eq!(row.entry_steps_done, [1, 0]);
    history.time(3, day, submitted(&[(302, 2)]));
    assert_eq!(monday(&history).waits_for, [Office::Manager, Office::Billing]);
    history.time(3, day, approved(&[(302, 2)])).time(3, day, rejected(&[(301, 1)]));
    let row = monday(&history);
    assert_eq!((row.waits_for, row.entry_steps_done), (vec![], vec![0, 1]));
}
