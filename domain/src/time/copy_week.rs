//! Copying time to another week: the same local times on the same days of the week. The zone of an
//! entry may have changed its clocks in between, so instants are found anew, and a local time that
//! does not exist or comes twice there is refused by name: nobody said which is meant.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use jiff::tz::AmbiguousOffset;

use super::worked::find_zone;
use super::{Refusal, Week, Worked, resolve_local};

/// What copying refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CopyRefusal {
    /// The clock goes back over this local time.
    #[error("the local time {local} comes twice in {zone}: the clock goes back; record it by hand")]
    LocalTimeTwice {
        /// The local time.
        local: DateTime,
        /// The zone.
        zone: String,
    },
    /// The member does not work on the day.
    #[error("{day} is a holiday or no working day of the member; say include_days_off to copy all")]
    DayOff {
        /// The day.
        day: Date,
    },
    /// It's a correction of other time, or was corrected.
    #[error("the entry is a correction or was corrected, and stands for what happened once")]
    Correction,
    /// The week would be copied to itself.
    #[error("a week is not copied to itself; name another with from_week")]
    SameWeek,
    /// Nothing is left to copy.
    #[error("nothing is copied: the week {from} has no entry to copy, or each of them is skipped")]
    NothingToCopy {
        /// The week that was to be copied.
        from: Week,
    },
}

impl CopyRefusal {
    /// The stable name of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            CopyRefusal::LocalTimeTwice { .. } => "time.local_time_twice",
            CopyRefusal::DayOff { .. } => "time.day_off",
            CopyRefusal::Correction => "time.correction_not_copied",
            CopyRefusal::SameWeek => "time.same_week",
            CopyRefusal::NothingToCopy { .. } => "time.nothing_to_copy",
        }
    }

    /// The field of the request it's about, as a JSON pointer, where it's one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            CopyRefusal::SameWeek | CopyRefusal::NothingToCopy { .. } => Some("/from_week"),
            CopyRefusal::DayOff { .. } => Some("/include_days_off"),
            CopyRefusal::LocalTimeTwice { .. } | CopyRefusal::Correction => None,
        }
    }
}

/// The day of the week `to` that is the same day of the week as `day`.
pub fn day_in(to: Week, day: Date) -> Date {
    let offset = i64::from(day.weekday().to_monday_zero_offset());
    to.monday().saturating_add(offset.days())
}

/// The same work in another week: as long as before, from the same local time on.
pub fn moved(worked: &Worked, to: Week) -> Result<Worked, Refusal> {
    let day = day_in(to, worked.day);
    let Some(span) = &worked.span else {
        return Ok(Worked { day, ..worked.clone() });
    };
    let rules = find_zone(&span.zone)?;
    let local = day.to_datetime(rules.to_datetime(span.start).time());
    let offset = rules.to_ambiguous_timestamp(local).offset();
    if matches!(offset, AmbiguousOffset::Fold { .. }) {
        let zone = span.zone.clone();
        return Err(CopyRefusal::LocalTimeTwice { local, zone }.into());
    }
    let start = resolve_local(local, &span.zone, None)?;
    let end = Timestamp::from_second(start.as_second() + i64::from(worked.seconds))
        .map_err(|_| Refusal::DayOutOfRange)?;
    Ok(Worked::span(start, end, &span.zone)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{duration, span_in};
    use proptest::prelude::*;

    const BERLIN: &str = "Europe/Berlin";

    fn week(text: &str) -> Week {
        text.parse().expect("a week")
    }

    #[test]
    fn the_same_local_time_is_meant_on_either_side_of_a_change_of_clocks() {
        let before = span_in("2026-03-24T08:00:00Z", "2026-03-24T16:00:00Z", BERLIN);
        let after = moved(&before, week("2026-W14")).expect("exists once");
        let nine = span_in("2026-03-31T07:00:00Z", "2026-03-31T15:00:00Z", BERLIN);
        assert_eq!(after, nine);
        let day = moved(&duration("2026-03-24", 60), week("2026-W14")).expect("a day");
        assert_eq!((day.day.to_string(), day.seconds), ("2026-03-31".to_owned(), 60));
    }

    #[test]
    fn a_local_time_that_is_skipped_or_comes_twice_is_refused_by_name() {
        let night = span_in("2026-03-22T01:30:00Z", "2026-03-22T02:00:00Z", BERLIN);
        let gap = moved(&night, week("2026-W13")).expect_err("skipped");
        assert_eq!(gap.code(), "time.local_time_does_not_exist");
        let night = span_in("2026-10-18T00:30:00Z", "2026-10-18T01:00:00Z", BERLIN);
        let fold = moved(&night, week("2026-W43")).expect_err("twice");
        assert_eq!((fold.code(), fold.field()), ("time.local_time_twice", None));
    }

    proptest! {
        #[test]
        fn what_is_copied_keeps_its_length_its_day_of_the_week_and_its_local_time(
            hour in 0_i64..24 * 7, seconds in 1_i64..86_400, weeks in 1_usize..60,
        ) {
            let start = "2026-01-05T00:00:00Z".parse::<Timestamp>().expect("an instant");
            let at = |second: i64| Timestamp::from_second(start.as_second() + second);
            let begun = at(hour * 3600).expect("within 2026").to_string();
            let ended = at(hour * 3600 + seconds).expect("within 2026").to_string();
            let worked = span_in(&begun, &ended, BERLIN);
            let to = (0..weeks).fold(Week::of(worked.day), |week, _| week.after());
            if let Ok(copied) = moved(&worked, to) {
                prop_assert_eq!(copied.seconds, worked.seconds);
                prop_assert_eq!(Week::of(copied.day), to);
                prop_assert_eq!(copied.day.weekday(), worked.day.weekday());
                let rules = find_zone(BERLIN).expect("a zone");
                let local = |worked: &Worked| {
                    rules.to_datetime(worked.span.as_ref().expect("a span").start).time()
                };
                prop_assert_eq!(local(&copied), local(&worked));
            }
        }
    }
}
