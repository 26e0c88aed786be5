//! The worked cases of public holidays within leave, by their ids: how many working days some days
//! of leave cost, and what law the packs hold for whom on which day.

use jiff::Span;
use jiff::civil::{Date, Weekday, date};

use super::*;

const MON_FRI: std::ops::RangeInclusive<i8> = 1..=5;
const MON_SAT: std::ops::RangeInclusive<i8> = 1..=6;
const MON_SUN: std::ops::RangeInclusive<i8> = 1..=7;

fn is_holiday(day: Date) -> bool {
    let south_africa = pack("ZA").expect("there is one");
    south_africa.holidays(day.year(), None).iter().any(|holiday| holiday.day == day)
}

/// The days of the pattern from one day to another, both included, that are no holidays.
fn cost(first: Date, last: Date, pattern: std::ops::RangeInclusive<i8>) -> usize {
    let days = first.series(Span::new().days(1)).take_while(|day| *day <= last);
    let worked = days.filter(|day| pattern.contains(&day.weekday().to_monday_one_offset()));
    worked.filter(|day| !is_holiday(*day)).count()
}

#[test]
fn l13_a_sunday_holiday_gives_the_monday_too() {
    assert_eq!(cost(date(2026, 8, 7), date(2026, 8, 11), MON_FRI), 2);
}

#[test]
fn l15_a_week_of_six_days_loses_the_saturday_holiday() {
    assert_eq!(cost(date(2026, 12, 24), date(2026, 12, 29), MON_SAT), 3);
}

#[test]
fn l17_on_a_roster_of_seven_days_sunday_and_monday_are_both_holidays() {
    assert_eq!(cost(date(2026, 8, 6), date(2026, 8, 11), MON_SUN), 4);
}

#[test]
fn l19_a_proclaimed_day_counts_and_a_saturday_gives_nothing() {
    assert_eq!(cost(date(2023, 12, 11), date(2023, 12, 22), MON_FRI), 9);
}

#[test]
fn l21_an_election_day_is_a_holiday() {
    assert_eq!(cost(date(2024, 5, 27), date(2024, 5, 31), MON_FRI), 4);
}

#[test]
fn l23_there_is_no_half_of_a_holiday_to_take() {
    assert!(is_holiday(date(2026, 9, 24)));
    assert_eq!(cost(date(2026, 9, 24), date(2026, 9, 24), MON_FRI), 0);
}

#[test]
fn l25_leave_over_new_year_loses_the_holidays_of_both_years() {
    assert_eq!(cost(date(2026, 12, 21), date(2026, 12, 31), MON_FRI), 8);
    assert_eq!(cost(date(2027, 1, 1), date(2027, 1, 8), MON_FRI), 5);
}

#[test]
fn l05_l07_l39_paid_holidays_within_worked_time_are_where_they_are_said_to_be() {
    let on_weekdays = |first: Date, last: Date| {
        let days = first.series(Span::new().days(1)).take_while(|day| *day <= last);
        let weekdays = days.filter(|day| MON_FRI.contains(&day.weekday().to_monday_one_offset()));
        weekdays.filter(|day| is_holiday(*day)).count()
    };
    // The only one, 21 March, is a Saturday.
    assert_eq!(on_weekdays(date(2026, 1, 5), date(2026, 3, 31)), 0);
    assert!(is_holiday(date(2026, 3, 21)));
    assert_eq!(on_weekdays(date(2026, 6, 1), date(2026, 6, 30)), 1, "16 June");
    assert_eq!(on_weekdays(date(2026, 2, 3), date(2026, 8, 14)), 6);
}

#[test]
fn l41_days_worked_are_those_of_the_week_without_the_holidays() {
    assert_eq!(cost(date(2026, 1, 5), date(2026, 4, 30), MON_FRI), 81);
}

#[test]
fn the_schedule_of_the_act_has_twelve_days() {
    let south_africa = pack("ZA").expect("there is one");
    let schedule = "Public Holidays Act 36 of 1994, Schedule 1";
    let names: Vec<_> = south_africa
        .holidays(2026, None)
        .into_iter()
        .filter(|holiday| holiday.source == schedule)
        .map(|holiday| holiday.name)
        .collect();
    assert_eq!(
        names,
        [
            "New Year's Day",
            "Human Rights Day",
            "Good Friday",
            "Family Day",
            "Freedom Day",
            "Workers' Day",
            "Youth Day",
            "National Women's Day",
            "Heritage Day",
            "Day of Reconciliation",
            "Christmas Day",
            "Day of Goodwill",
        ]
    );
}

#[test]
fn a_monday_that_is_a_holiday_already_gives_no_third_day() {
    // Christmas was a Sunday: 26 December is the Day of Goodwill, and 27 December was proclaimed.
    let south_africa = pack("ZA").expect("there is one");
    let christmas = south_africa.holidays(2022, None);
    let christmas: Vec<_> = christmas.iter().filter(|it| it.day >= date(2022, 12, 25)).collect();
    let days: Vec<_> = christmas.iter().map(|it| (it.day.day(), it.shifted_from)).collect();
    assert_eq!(days, [(25, None), (26, None), (27, None)]);
    assert!(christmas[2].source.contains("section 2A"));
    assert!(!is_holiday(date(2033, 12, 27)), "the next one has not been proclaimed");
    assert_eq!(date(2033, 12, 25).weekday(), Weekday::Sunday);
}

#[test]
fn a_day_that_was_proclaimed_on_a_sunday_gives_its_monday_too() {
    assert!(is_holiday(date(2000, 1, 2)) && is_holiday(date(2000, 1, 3)));
}

#[test]
fn the_days_that_only_one_table_knew_are_there_and_the_unsettled_one_is_not() {
    for day in [
        date(2019, 5, 8),
        date(2021, 11, 1),
        date(2022, 12, 27),
        date(2023, 12, 15),
        date(2024, 5, 29),
    ] {
        assert!(is_holiday(day), "{day}");
    }
    assert!(!is_holiday(date(2026, 11, 4)), "no proclamation was seen: a firm declares it");
}

fn statutes(code: &str, day: Date) -> Vec<&'static Statute> {
    let kind = pack("ZA").and_then(|pack| pack.leave_type(code)).expect("a kind of leave");
    kind.statute.iter().filter(|statute| statute.holds_on(day)).collect()
}

#[test]
fn south_african_law_of_annual_sick_and_family_leave_is_held_as_data() {
    let day = date(2026, 1, 5);
    let annual = statutes("annual", day)[0];
    assert_eq!(annual.entitlement, Entitlement::ConsecutiveDays(21));
    let cycle = |months| Some(Cycle { months, begins: CycleBegins::Employment });
    assert_eq!((annual.cycle, annual.grant_within_months), (cycle(12), Some(6)));
    let per = |unit, per| Accrual { unit, amount: 1, per };
    let instead = [per(AccrualUnit::Days, 17), per(AccrualUnit::Hours, 17)];
    assert_eq!(annual.by_agreement, instead);
    assert!(annual.holiday_gives_a_day && annual.carries.is_none(), "carry-over is contested");
    let sick = statutes("sick", day)[0];
    assert_eq!((sick.entitlement, sick.cycle), (Entitlement::WeeksOfWork(600), cycle(36)));
    let at_first = AtFirst { months: 6, accrual: per(AccrualUnit::Days, 26) };
    assert_eq!((sick.at_first, sick.carries), (Some(at_first), Some(false)));
    let certificate =
        Certificate { consecutive_days_over: 2, occasions_over: Some(2), within_weeks: Some(8) };
    assert_eq!(sick.certificate, Some(certificate));
    let family = statutes("family_responsibility", day)[0];
    assert_eq!(family.entitlement, Entitlement::WorkingDays(3));
    let requires = Requires {
        employed_months_over: Some(4),
        employed_weeks_over: None,
        days_per_week_min: Some(4),
    };
    assert_eq!(family.requires, Some(requires));
    let births = |day| statutes("family_responsibility", day)[0].text.contains("born");
    assert!(births(date(2019, 12, 31)) && !births(date(2020, 1, 1)));
}

#[test]
fn parental_leave_changed_on_3_october_2025() {
    let leave = |day| -> Vec<_> {
        let statutes = statutes("parental", day).into_iter();
        statutes.map(|it| (it.applies_to.as_deref().unwrap_or(""), it.entitlement)).collect()
    };
    let calendar =
        |months, weeks, days| Entitlement::Calendar(CalendarSpan { months, weeks, days });
    assert_eq!(
        leave(date(2025, 10, 2)),
        [
            ("birth mother", calendar(4, 0, 0)),
            ("other parent", calendar(0, 0, 10)),
            ("adopting parent of a child under two", calendar(0, 10, 0)),
        ]
    );
    assert_eq!(
        leave(date(2025, 10, 3)),
        [
            ("both parents employed", calendar(4, 0, 10)),
            ("single parent or only one employed", calendar(4, 0, 0)),
        ]
    );
    assert!(statutes("parental", date(2026, 2, 10))[0].shared);
    assert_eq!(leave(date(2019, 6, 1)).len(), 1, "other parents had none before 2020");
}

#[test]
fn other_countries_are_data_too() {
    let law = |country: &str| {
        let kind = pack(country).and_then(|pack| pack.leave_type("annual")).expect("annual leave");
        kind.statute[0].entitlement
    };
    assert_eq!(law("DE"), Entitlement::DaysOfWeek { days: 24, week: 6 });
    assert_eq!(law("GB"), Entitlement::WeeksOfWork(560));
}
