//! What a policy grants per cycle by a member's pattern, to be shown beside its terms: the same
//! arithmetic by which it's granted.

use jiff::civil::Date;

use super::cycles::Cycle;
use super::terms::Terms;
use super::week::AverageWeek;
use crate::country::Counts;
use crate::leave::amount::LeaveDays;
use crate::leave::policy::{AccrualRule, GrantRule, LeaveCycle};
use crate::members::WorkPattern;

/// Days of work that a rule grants for a cycle that begins on a day, by the pattern that holds
/// then; none where they grow with the work alone.
pub fn days_per_cycle(
    rule: &GrantRule,
    cycle: LeaveCycle,
    counts: Counts,
    patterns: &[WorkPattern],
    day: Date,
) -> Option<LeaveDays> {
    if matches!(rule.accrual, AccrualRule::Worked(_)) {
        return None;
    }
    let week = AverageWeek::on(patterns, counts, day);
    let terms = Terms::of_week(week, day);
    let entitled = terms.entitlement(rule, &Cycle::from(day, cycle, day));
    Some(entitled.minutes.in_days(week.day()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::leave::samples::{annual, pattern, week};
    use crate::leave::{LeaveType, PackRef};

    const DAY: Date = date(2026, 3, 2);

    fn of_law(country: &str, code: &str, minutes: &[u32]) -> String {
        let (country, code) = (country.to_owned(), code.to_owned());
        let kind = LeaveType { pack: Some(PackRef { country, version: 1 }), code, ..annual() };
        let policy = &kind.policies()[0].policy;
        let patterns = [pattern(None, minutes)];
        let (rule, counts) = (&policy.grants[0], Counts::WorkingDays);
        days_per_cycle(rule, policy.cycle, counts, &patterns, DAY).expect("no work").to_string()
    }

    fn annual_of(minutes: &[u32]) -> String {
        of_law("ZA", "annual", minutes)
    }

    /// 21 consecutive days are 3 weeks; 3 x 5 = 15.
    #[test]
    fn l01_a_full_cycle_of_a_five_day_week_is_fifteen_days() {
        assert_eq!(annual_of(&week(5, 480)), "15");
    }

    #[test]
    fn a_full_cycle_of_a_six_day_week_is_eighteen_days_and_of_alternating_weeks_in_between() {
        assert_eq!(annual_of(&week(6, 480)), "18");
        // 5 and 6 days in turn: 3 x 5.5 = 16.5.
        assert_eq!(annual_of(&[week(5, 480), week(6, 480)].concat()), "16.5");
    }

    /// 3 x 3 = 9.
    #[test]
    fn l03_part_time_on_three_days_is_nine_days() {
        assert_eq!(annual_of(&[480, 0, 480, 0, 480, 0, 0]), "9");
    }

    #[test]
    fn other_kinds_and_countries_go_by_the_same_arithmetic() {
        // Six weeks: 30 days for five a week, 36 for six, 18 for three.
        let sick = [5, 6, 3].map(|days| of_law("ZA", "sick", &week(days, 480)));
        assert_eq!(sick, ["30", "36", "18"]);
        assert_eq!(of_law("ZA", "family_responsibility", &week(6, 480)), "3");
        // 24 of a week of six are 20 of a week of five, and 4 per day of the week.
        let german = [6, 5, 3].map(|days| of_law("DE", "annual", &week(days, 480)));
        assert_eq!(german, ["24", "20", "12"]);
        // 5.6 x 5 = 28 and 5.6 x 3 = 16.8.
        let british = [5, 3].map(|days| of_law("GB", "annual", &week(days, 480)));
        assert_eq!(british, ["28", "16.8"]);
    }
}
