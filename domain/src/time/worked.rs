//! When or how long somebody worked. A span keeps its two instants, the zone they were said in and
//! the local day of its start, so that a later change of any setting moves nothing.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The longest one entry may be: 24 hours, in seconds.
pub const LONGEST_ENTRY_SECONDS: u32 = 24 * 60 * 60;

/// A half-open span of time: the start is in it, the end is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// The IANA name of the zone it was recorded in.
    pub zone: String,
}

impl Span {
    /// Whether two spans share an instant. Spans that only touch do not.
    pub fn overlaps(&self, other: &Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Work done: how long and on which day, with the span where it's known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worked {
    /// The local day of the start; it decides the week.
    pub day: Date,
    /// Whole seconds, 1 to 86 400: the difference of the instants where there is a span.
    pub seconds: u32,
    /// From when to when; absent where only the duration was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

/// Why work can't be recorded as said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkedError {
    /// The end is not after the start, or the duration is zero.
    #[error("work must last at least one second")]
    NotPositive,
    /// More than 24 hours.
    #[error("one entry lasts at most 24 hours; record longer work as several entries")]
    TooLong,
    /// An instant with a fraction of a second.
    #[error("work is recorded in whole seconds")]
    Fraction,
    /// The zone is not in the IANA database.
    #[error("the zone {0:?} is not in the IANA time zone database")]
    UnknownZone(String),
}

impl Worked {
    /// Work from `start` to `end`; the day is the start's in `zone`.
    pub fn span(start: Timestamp, end: Timestamp, zone: &str) -> Result<Self, WorkedError> {
        if start.subsec_nanosecond() != 0 || end.subsec_nanosecond() != 0 {
            return Err(WorkedError::Fraction);
        }
        let seconds = check_length(end.as_second() - start.as_second())?;
        let zone_rules = find_zone(zone)?;
        let day = start.to_zoned(zone_rules).date();
        Ok(Worked { day, seconds, span: Some(Span { start, end, zone: zone.to_owned() }) })
    }

    /// `seconds` of work on `day`, without saying when.
    pub fn duration(day: Date, seconds: i64) -> Result<Self, WorkedError> {
        Ok(Worked { day, seconds: check_length(seconds)?, span: None })
    }

    /// Whether both have spans that share an instant.
    pub fn overlaps(&self, other: &Worked) -> bool {
        match (&self.span, &other.span) {
            (Some(mine), Some(theirs)) => mine.overlaps(theirs),
            _ => false,
        }
    }
}

fn check_length(seconds: i64) -> Result<u32, WorkedError> {
    if seconds <= 0 {
        return Err(WorkedError::NotPositive);
    }
    match u32::try_from(seconds) {
        Ok(seconds) if seconds <= LONGEST_ENTRY_SECONDS => Ok(seconds),
        _ => Err(WorkedError::TooLong),
    }
}

/// The rules of a zone, from the database that is built in, so that no host's files matter.
pub fn find_zone(name: &str) -> Result<jiff::tz::TimeZone, WorkedError> {
    jiff::tz::TimeZoneDatabase::bundled()
        .get(name)
        .map_err(|_| WorkedError::UnknownZone(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn the_day_of_work_is_the_local_day_of_its_start() {
        let worked = Worked::span(
            at("2026-06-10T21:30:00Z"),
            at("2026-06-10T22:30:00Z"),
            "Africa/Johannesburg",
        )
        .expect("an hour");
        assert_eq!(worked.day.to_string(), "2026-06-10");
        assert_eq!(worked.seconds, 3600);
    }

    #[test]
    fn spans_that_touch_do_not_overlap() {
        let span = |start: &str, end: &str| {
            Worked::span(at(start), at(end), "UTC").expect("a span of sound length")
        };
        let nine = span("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z");
        assert!(!nine.overlaps(&span("2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z")));
        assert!(nine.overlaps(&span("2026-01-05T09:59:59Z", "2026-01-05T11:00:00Z")));
        assert!(!nine.overlaps(&Worked::duration(nine.day, 3600).expect("an hour")));
    }

    #[test]
    fn lengths_out_of_bounds_and_unknown_zones_are_refused_by_name() {
        let start = at("2026-01-05T09:00:00Z");
        let work = |end: &str| Worked::span(start, at(end), "UTC");
        assert_eq!(work("2026-01-05T09:00:00Z"), Err(WorkedError::NotPositive));
        assert_eq!(work("2026-01-06T09:00:01Z"), Err(WorkedError::TooLong));
        assert_eq!(work("2026-01-05T10:00:00.5Z"), Err(WorkedError::Fraction));
        assert!(matches!(
            Worked::span(start, at("2026-01-05T10:00:00Z"), "Mars/Base"),
            Err(WorkedError::UnknownZone(_))
        ));
    }
}
