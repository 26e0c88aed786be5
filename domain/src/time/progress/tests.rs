//! What is due in a month, pro rata and exactly.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::leave::samples::south_african;
use crate::time::calendar::holidays_by_day;

const MARCH: (Date, Date) = (date(2026, 3, 1), date(2026, 3, 31));
const APRIL: (Date, Date) = (date(2026, 4, 1), date(2026, 4, 30));

fn holidays() -> BTreeMap<Date, String> {
    holidays_by_day(south_african().holidays(date(2026, 1, 1), date(2026, 12, 31)))
}

fn usual(holidays: &BTreeMap<Date, String>) -> WorkTerms<'_> {
    WorkTerms { patterns: &[], hired_on: None, left_on: None, holidays, leave: &[] }
}

fn six_hours(_: Date) -> u32 {
    6 * 3600
}

#[test]
fn a_month_is_its_working_days_less_holidays() {
    let holidays = holidays();
    // April 2026: 22 weekdays, of which Good Friday, Family Day and Freedom Day are free.
    let april = due(&usual(&holidays), APRIL.0, APRIL.1, six_hours);
    assert_eq!((april.working_days, april.minutes), (19, 19 * 480));
    assert_eq!(april.target_seconds, 19 * 6 * 3600);
    let march = due(&usual(&holidays), MARCH.0, MARCH.1, |_| 8 * 3600);
    assert_eq!((march.working_days, march.target_seconds), (22, 22 * 8 * 3600));
    assert_eq!(due(&usual(&holidays), MARCH.1, MARCH.0, six_hours), Due::default());
}

#[test]
fn a_hire_in_the_middle_of_the_month_begins_there() {
    let holidays = holidays();
    let terms = WorkTerms { hired_on: Some(date(2026, 4, 15)), ..usual(&holidays) };
    let april = due(&terms, APRIL.0, APRIL.1, six_hours);
    assert_eq!((april.working_days, april.minutes), (11, 11 * 480), "less Freedom Day");
    assert_eq!(capacity_minutes(&terms, APRIL.0, APRIL.1), 11 * 480);
    assert_eq!(capacity_minutes(&terms, MARCH.0, MARCH.1), 0);
}

#[test]
fn a_dated_setting_holds_from_its_day_and_short_days_count_pro_rata() {
    let holidays = holidays();
    let patterns = [WorkPattern { from: None, minutes: vec![480, 480, 480, 480, 240, 0, 0] }];
    let terms = WorkTerms { patterns: &patterns, ..usual(&holidays) };
    let by_day = |day| if day < date(2026, 3, 5) { 6 * 3600 } else { 4 * 3600 };
    // Tuesday and Wednesday by six hours, Thursday by four, Friday by half of four.
    let days = due(&terms, date(2026, 3, 3), date(2026, 3, 6), by_day);
    assert_eq!(days.target_seconds, (6 + 6 + 4 + 2) * 3600);
    assert_eq!((days.working_days, days.minutes), (4, 3 * 480 + 240));
}

#[test]
fn a_target_is_never_more_than_what_is_due() {
    let holidays = holidays();
    let patterns = [WorkPattern { from: None, minutes: vec![180, 180, 0, 0, 0, 0, 0] }];
    let terms = WorkTerms { patterns: &patterns, ..usual(&holidays) };
    let week = |hours: u32| {
        due(&terms, date(2026, 3, 2), date(2026, 3, 8), move |_| hours * 3600).target_seconds
    };
    assert_eq!(week(24), 2 * 180 * 60);
    assert_eq!(week(7), 2 * 180 * 60);
    assert_eq!(week(3), 2 * (3 * 3600 * 180 / 420), "whole seconds each day");
}

#[test]
fn leave_takes_from_capacity_and_target_alike() {
    let holidays = holidays();
    let leave = [
        LeaveOn { day: date(2026, 3, 2), minutes: 480 },
        LeaveOn { day: date(2026, 3, 3), minutes: 240 },
        LeaveOn { day: date(2026, 3, 7), minutes: 480 },
    ];
    let terms = WorkTerms { leave: &leave, ..usual(&holidays) };
    let march = due(&terms, MARCH.0, MARCH.1, six_hours);
    assert_eq!((march.working_days, march.minutes), (21, 22 * 480 - 720));
    assert_eq!(march.target_seconds, 20 * 6 * 3600 + 3 * 3600);
    assert_eq!(leave_minutes(&terms, MARCH.0, MARCH.1), 720);
    assert_eq!(leave_minutes(&usual(&holidays), MARCH.0, MARCH.1), 0);
}

#[test]
fn forecasts_and_shares_are_whole_and_rounded_half_up() {
    assert_eq!(forecast(3600, 480, 960), Some(7200));
    assert_eq!(forecast(1, 2, 1), Some(1));
    assert_eq!(forecast(-3600, 480, 960), Some(-7200));
    assert_eq!(forecast(3600, 0, 960), None);
    assert_eq!(share_basis_points(6 * 3600, 480), Some(7500));
    assert_eq!(share_basis_points(1, 1), Some(167));
    assert_eq!(share_basis_points(0, 480), Some(0));
    assert_eq!(share_basis_points(60, 0), None);
}

proptest! {
    #[test]
    fn a_month_is_the_sum_of_its_parts(
        cut in 0_i64..30, hours in 1_u32..=24, minutes in prop::array::uniform7(0_u32..=1440),
    ) {
        let holidays = holidays();
        let patterns = [WorkPattern { from: None, minutes: minutes.to_vec() }];
        let terms = WorkTerms { patterns: &patterns, ..usual(&holidays) };
        let part = |first, last| due(&terms, first, last, |_| hours * 3600);
        let (before, after) = (MARCH.0 + cut.days(), MARCH.0 + (cut + 1).days());
        let (one, other) = (part(MARCH.0, before), part(after, MARCH.1));
        let all = part(MARCH.0, MARCH.1);
        prop_assert_eq!(one.minutes + other.minutes, all.minutes);
        prop_assert_eq!(one.working_days + other.working_days, all.working_days);
        prop_assert_eq!(one.target_seconds + other.target_seconds, all.target_seconds);
        prop_assert_eq!(capacity_minutes(&terms, MARCH.0, MARCH.1), all.minutes);
        prop_assert!(all.target_seconds <= all.minutes * 60);
    }
}
