//! Accounts by the law of other countries than the first, by data alone.

use std::collections::BTreeMap;

use jiff::civil::date;

use super::*;
use crate::country::pack;
use crate::leave::ledger::{AccountFacts, RestsOn, average_day, replay};
use crate::leave::samples::{annual, pattern, week};
use crate::leave::{LeaveType, PackRef};
use crate::members::WorkPattern;

/// Annual leave of a country, in days, of a member hired on a day, on each of these days.
fn annual_of(
    country: &str,
    hired_on: Date,
    patterns: &[WorkPattern],
    days: &[Date],
) -> Vec<String> {
    let law = pack(country).expect("a pack");
    let pack = Some(PackRef { country: country.to_owned(), version: law.version });
    let kind = LeaveType { pack, ..annual() };
    let holidays = BTreeMap::new();
    let facts = AccountFacts {
        counts: kind.counts,
        policies: kind.policies(),
        hired_on: Some(hired_on),
        left_on: None,
        patterns,
        holidays: &holidays,
        agreed: &[],
        entries: Vec::new(),
        cases: Vec::new(),
        absences: Vec::new(),
        unpaid: Vec::new(),
        away: Vec::new(),
        rests_on: RestsOn::default(),
    };
    let balance = |day: &Date| {
        let minutes = replay(&facts, *day).balance_on(*day);
        minutes.in_days(average_day(patterns, kind.counts, *day)).to_string()
    };
    days.iter().map(balance).collect()
}

/// 24 days of a week of six are 20 of a week of five, a twelfth each month, to be taken by the end
/// of March of the next year.
#[test]
fn german_annual_leave_grows_by_a_twelfth_each_month_and_what_is_left_lapses_in_spring() {
    let five = [pattern(None, &week(5, 480))];
    let hired_on = date(2025, 1, 1);
    let days = [date(2025, 3, 31), date(2025, 12, 31), date(2026, 3, 31), date(2026, 4, 1)];
    let balances = annual_of("DE", hired_on, &five, &days);
    assert_eq!(balances, ["5", "20", "25", "5"], "20 x 3/12; 20; 20 + 5; 5");
    let three = [pattern(None, &week(3, 480))];
    assert_eq!(annual_of("DE", hired_on, &three, &days[1..2]), ["12"], "24 / 6 x 3");
}

/// 5.6 weeks of five days are 28 days, a twelfth at the beginning of each month; nothing goes over.
#[test]
fn british_annual_leave_is_there_month_by_month_and_lapses_with_its_year() {
    let five = [pattern(None, &week(5, 480))];
    let days = [date(2025, 4, 6), date(2025, 9, 6), date(2026, 4, 5), date(2026, 4, 6)];
    let balances = annual_of("GB", date(2025, 4, 6), &five, &days);
    assert_eq!(balances, ["2.3333", "14", "28", "2.3333"], "28/12; 28 x 6/12; 28; 28/12");
}
