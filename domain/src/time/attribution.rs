//! Which day work over midnight counts for where time is shown by day: the day of its start, or
//! each day with its own seconds. Billing and rounding always go by the day of the start.

use jiff::civil::Date;

use super::{Worked, split_at_midnight};

/// How work is laid on days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DayAttribution {
    /// All of it on the local day of its start.
    #[default]
    Start,
    /// On each local day what was worked on it.
    Split,
}

impl DayAttribution {
    /// The name of each, in settings.
    pub const NAMES: &'static [&'static str] = &["start", "split"];

    /// The one with this stored name.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [DayAttribution::Start, DayAttribution::Split];
        Self::NAMES.iter().zip(all).find_map(|(name, it)| (*name == text).then_some(it))
    }
}

/// The days that work counts for with the seconds on each, in order; their sum is all its seconds.
pub fn attributed(worked: &Worked, policy: DayAttribution) -> Vec<(Date, u32)> {
    match policy {
        DayAttribution::Start => vec![(worked.day, worked.seconds)],
        DayAttribution::Split => split_at_midnight(worked),
    }
}

/// What of the work fell on other days than that of its start, in order; mostly nothing. It may be
/// an earlier day, where a clock was set back over midnight.
pub fn on_other_days(worked: &Worked) -> Vec<(Date, u32)> {
    let mut days = split_at_midnight(worked);
    days.retain(|(day, _)| *day != worked.day);
    days
}

/// The same of an entry as read models keep it: its day, all its seconds and those on other days.
pub fn laid(
    day: Date,
    seconds: i64,
    on_other_days: &[(Date, i64)],
    policy: DayAttribution,
) -> Vec<(Date, i64)> {
    match policy {
        DayAttribution::Start => vec![(day, seconds)],
        DayAttribution::Split => {
            let elsewhere: i64 = on_other_days.iter().map(|(_, seconds)| seconds).sum();
            let mut days = vec![(day, seconds - elsewhere)];
            days.extend_from_slice(on_other_days);
            days.sort_unstable_by_key(|(day, _)| *day);
            days
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{duration, span_in};
    use jiff::civil::date;
    use proptest::prelude::*;

    const ZONES: [&str; 5] = [
        "Africa/Johannesburg",
        "Europe/Berlin",
        "America/St_Johns",
        "Pacific/Apia",
        "Australia/Lord_Howe",
    ];

    #[test]
    fn a_night_counts_for_the_day_of_its_start_or_is_split() {
        let night = span_in(
            "2026-03-31T22:00:00+02:00",
            "2026-04-01T06:30:00+02:00",
            "Africa/Johannesburg",
        );
        let (march, april) = (date(2026, 3, 31), date(2026, 4, 1));
        assert_eq!(attributed(&night, DayAttribution::Start), [(march, 30_600)]);
        assert_eq!(attributed(&night, DayAttribution::Split), [(march, 7200), (april, 23_400)]);
        assert_eq!(on_other_days(&night), [(april, 23_400)]);
        assert_eq!(on_other_days(&duration("2026-03-31", 86_400)), []);
    }

    #[test]
    fn a_whole_day_over_the_short_night_of_spring_touches_three_days() {
        let work =
            span_in("2026-03-28T23:30:00+01:00", "2026-03-30T00:30:00+02:00", "Europe/Berlin");
        assert_eq!(work.seconds, 86_400);
        assert_eq!(on_other_days(&work), [(date(2026, 3, 29), 82_800), (date(2026, 3, 30), 1800)]);
    }

    #[test]
    fn every_policy_is_found_by_its_name() {
        assert_eq!(DayAttribution::parse("start"), Some(DayAttribution::default()));
        let all = DayAttribution::NAMES.iter().filter_map(|name| DayAttribution::parse(name));
        assert_eq!(all.count(), 2);
        assert_eq!(DayAttribution::parse("end"), None);
    }

    proptest! {
        #[test]
        fn no_second_is_lost_or_doubled_under_any_policy(
            start in 1_200_000_000_i64..1_900_000_000,
            seconds in 1_i64..=86_400,
            zone in 0_usize..5,
        ) {
            let at = |second| jiff::Timestamp::from_second(second).expect("an instant");
            let work = Worked::span(at(start), at(start + seconds), ZONES[zone]).expect("work");
            for policy in [DayAttribution::Start, DayAttribution::Split] {
                let days = attributed(&work, policy);
                prop_assert_eq!(days.iter().map(|(_, it)| i64::from(*it)).sum::<i64>(), seconds);
                prop_assert!(days.windows(2).all(|pair| pair[0].0 < pair[1].0));
                prop_assert!(days.iter().all(|(_, it)| *it > 0));
            }
            let other = on_other_days(&work).into_iter();
            let other: Vec<_> = other.map(|it| (it.0, i64::from(it.1))).collect();
            for policy in [DayAttribution::Start, DayAttribution::Split] {
                let kept = laid(work.day, seconds, &other, policy);
                let told = attributed(&work, policy).into_iter();
                prop_assert_eq!(kept, told.map(|it| (it.0, i64::from(it.1))).collect::<Vec<_>>());
            }
            let elsewhere: u32 = on_other_days(&work).iter().map(|(_, it)| it).sum();
            prop_assert!(elsewhere < work.seconds);
        }
    }
}
