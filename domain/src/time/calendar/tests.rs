//! What days are, with the holidays of South Africa, patterns that alternate and a hire within the
//! month.

use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::leave::HolidayDeclared;
use crate::leave::samples::south_african;

const FULL: [u32; 7] = [480, 480, 480, 480, 300, 0, 0];
const SHORT: [u32; 7] = [480, 480, 0, 480, 0, 240, 0];
const TODAY: Date = date(2026, 12, 31);

fn holidays(first: Date, last: Date) -> BTreeMap<Date, String> {
    holidays_by_day(south_african().holidays(first, last))
}

fn of_2026() -> BTreeMap<Date, String> {
    holidays(date(2026, 1, 1), date(2026, 12, 31))
}

fn weekly(from: Option<Date>, minutes: &[u32]) -> WorkPattern {
    WorkPattern { from, minutes: minutes.to_vec() }
}

fn terms<'a>(
    patterns: &'a [WorkPattern],
    holidays: &'a BTreeMap<Date, String>,
    leave: &'a [LeaveOn],
) -> WorkTerms<'a> {
    WorkTerms { patterns, hired_on: None, left_on: None, holidays, leave }
}

#[test]
fn a_holiday_on_a_sunday_frees_the_monday_and_both_are_holidays() {
    let holidays = of_2026();
    let patterns = [weekly(None, &FULL)];
    let terms = terms(&patterns, &holidays, &[]);
    // Women's Day 2026 is a Sunday.
    let (sunday, monday) = (terms.planned(date(2026, 8, 9)), terms.planned(date(2026, 8, 10)));
    assert_eq!((sunday.kind, monday.kind), (DayKind::Holiday, DayKind::Holiday));
    assert_eq!(monday.holiday.as_deref(), Some("National Women's Day (observed)"));
    assert_eq!((monday.pattern_minutes, monday.due_minutes), (480, 0));
    assert_eq!(sunday.due_minutes, 0);
    let tuesday = terms.planned(date(2026, 8, 11));
    assert_eq!((tuesday.kind, tuesday.due_minutes), (DayKind::Working, 480));
    let warned = monday.warnings(60, TODAY);
    assert_eq!(warned, [Warning::OnHoliday("National Women's Day (observed)".to_owned())]);
    assert_eq!(warned[0].code(), "time.on_holiday");
    assert!(warned[0].detail(monday.day).contains("2026-08-10"));
}

#[test]
fn a_pattern_of_two_weeks_says_which_weekdays_are_off() {
    let holidays = of_2026();
    let patterns = [weekly(Some(date(2026, 2, 2)), &[FULL, SHORT].concat())];
    let terms = terms(&patterns, &holidays, &[]);
    let kinds = |first| -> Vec<_> {
        terms.planned_days(first, first + 6.days()).iter().map(|day| day.kind).collect()
    };
    use DayKind::{DayOff, Weekend, Working};
    let long = [Working, Working, Working, Working, Working, Weekend, Weekend];
    let short = [Working, Working, DayOff, Working, DayOff, Working, Weekend];
    assert_eq!(kinds(date(2026, 2, 2)), long);
    assert_eq!(kinds(date(2026, 2, 9)), short);
    assert_eq!(kinds(date(2026, 2, 16)), long);
    let off = terms.planned(date(2026, 2, 11)).warnings(60, TODAY);
    let weekend = terms.planned(date(2026, 2, 15)).warnings(60, TODAY);
    assert_eq!((off, weekend), (vec![Warning::OnDayOff(false)], vec![Warning::OnDayOff(true)]));
    assert_eq!(terms.planned(date(2026, 2, 14)).warnings(60, TODAY), [], "a Saturday of work");
}

#[test]
fn who_has_no_pattern_works_eight_hours_from_monday_to_friday() {
    let none = BTreeMap::new();
    let terms = terms(&[], &none, &[]);
    assert_eq!(terms.planned(date(2026, 3, 6)).due_minutes, 480);
    assert_eq!(terms.planned(date(2026, 3, 7)).kind, DayKind::Weekend);
    let later = [weekly(Some(date(2026, 3, 9)), &SHORT)];
    let terms = WorkTerms { patterns: &later, ..terms };
    assert_eq!(terms.planned(date(2026, 3, 6)).due_minutes, 480, "before the first pattern");
    assert_eq!(terms.planned(date(2026, 3, 11)).kind, DayKind::DayOff);
}

#[test]
fn nothing_is_due_before_the_first_and_after_the_last_day() {
    let holidays = of_2026();
    let (first, last) = (date(2026, 4, 15), date(2026, 4, 24));
    let all = terms(&[], &holidays, &[]);
    let terms = WorkTerms { hired_on: Some(first), left_on: Some(last), ..all };
    let kind = |day| terms.planned(date(2026, 4, day)).kind;
    assert_eq!((kind(14), kind(15)), (DayKind::BeforeHire, DayKind::Working));
    assert_eq!((kind(24), kind(27)), (DayKind::Working, DayKind::AfterLeaving));
    assert_eq!(kind(6), DayKind::BeforeHire, "Family Day is none of theirs yet");
    let early = terms.planned(date(2026, 4, 14)).warnings(60, TODAY);
    let late = terms.planned(date(2026, 4, 27)).warnings(60, TODAY);
    assert_eq!(
        (&early[..], &late[..]),
        (&[Warning::BeforeHire(first)][..], &[Warning::AfterLeaving(last)][..],)
    );
}

#[test]
fn leave_takes_work_from_working_days_only_and_warns_beyond_what_it_leaves() {
    let holidays = of_2026();
    let (monday, tuesday, friday) = (date(2026, 8, 10), date(2026, 8, 11), date(2026, 8, 14));
    let on = |day, minutes| LeaveOn { day, minutes };
    let leave = [on(monday, 480), on(tuesday, 9999), on(friday, 240), on(date(2026, 8, 15), 480)];
    let terms = terms(&[], &holidays, &leave);
    assert_eq!(terms.planned(monday).leave_minutes, 0, "a holiday takes no leave");
    let day = terms.planned(tuesday);
    assert_eq!((day.kind, day.leave_minutes, day.due_minutes), (DayKind::Leave, 480, 0));
    assert_eq!(day.warnings(60, TODAY), [Warning::OnLeave]);
    let half = terms.planned(friday);
    assert_eq!((half.kind, half.leave_minutes, half.due_minutes), (DayKind::Working, 240, 240));
    assert_eq!(half.warnings(240 * 60, TODAY), []);
    assert_eq!(half.warnings(240 * 60 + 1, TODAY), [Warning::OnLeave]);
    assert_eq!(terms.planned(date(2026, 8, 15)).kind, DayKind::Weekend);
}

#[test]
fn more_than_a_day_and_a_day_to_come_are_worth_a_word_and_no_time_is_not() {
    let none = BTreeMap::new();
    let day = terms(&[], &none, &[]).planned(date(2026, 3, 4));
    assert_eq!(day.warnings(86_400, day.day), []);
    assert_eq!(day.warnings(86_401, day.day), [Warning::Over24Hours]);
    assert_eq!(day.warnings(60, date(2026, 3, 3)), [Warning::Future]);
    assert_eq!(day.warnings(0, date(2026, 3, 3)), []);
    assert_eq!(day.warnings(-60, date(2026, 3, 3)), []);
}

#[test]
fn holidays_of_one_day_are_named_together() {
    let mut calendar = south_african();
    let name = "Stocktaking".to_owned();
    calendar.evolve(&HolidayDeclared { day: date(2026, 8, 10), name }.into());
    let days = holidays_by_day(calendar.holidays(date(2026, 8, 10), date(2026, 8, 10)));
    let names: Vec<_> = days.into_values().collect();
    assert_eq!(names, ["National Women's Day (observed), Stocktaking"]);
}

proptest! {
    #[test]
    fn what_is_due_and_what_leave_takes_add_up_to_the_pattern_on_every_day(
        from in 0_i64..700, minutes in prop::array::uniform7(0_u32..=1440),
        taken in prop::collection::vec((0_i64..60, 0_u32..1000), 0..20),
        hired in prop::option::of(0_i64..60),
    ) {
        let first = date(2025, 6, 1) + from.days();
        let holidays = holidays(first, first + 60.days());
        let leave: Vec<_> = taken.iter().map(|(n, minutes)| LeaveOn {
            day: first + n.days(),
            minutes: *minutes,
        }).collect();
        let patterns = [weekly(None, &minutes)];
        let all = terms(&patterns, &holidays, &leave);
        let terms = WorkTerms { hired_on: hired.map(|n| first + n.days()), ..all };
        for day in terms.planned_days(first, first + 60.days()) {
            let free = day.kind == DayKind::Holiday;
            let rest = if free { 0 } else { day.pattern_minutes };
            prop_assert_eq!(day.due_minutes + day.leave_minutes, rest);
            prop_assert_eq!(day.due_minutes > 0, day.kind == DayKind::Working);
            prop_assert_eq!(day.holiday.is_some(), free);
            prop_assert_eq!(day.bound.is_some(), day.kind == DayKind::BeforeHire);
        }
    }
}
