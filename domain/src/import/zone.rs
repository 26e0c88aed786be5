//! From local times to instants. A time that the clock skipped is a fault of its row; one that
//! happened twice is decided by the other end or by the length, else it's the first, and it's said.

use std::collections::HashMap;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

use super::refusal::FaultReason;
use super::row::Written;
use crate::time::Span;

/// A zone with the name that rows keep.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    pub(super) name: String,
    pub(super) rules: TimeZone,
}

/// The zones of a file, from the bundled database, so that a result never depends on the host.
#[derive(Debug, Default)]
pub(super) struct Zones {
    known: HashMap<String, Option<Zone>>,
}

impl Zones {
    /// The zone of that name, in any case of letters.
    pub(super) fn get(&mut self, name: &str) -> Option<&Zone> {
        if !self.known.contains_key(name) {
            let zone = TimeZoneDatabase::bundled().get(name).ok().map(|rules| {
                let name = rules.iana_name().unwrap_or(name).to_owned();
                Zone { name, rules }
            });
            self.known.insert(name.to_owned(), zone);
        }
        self.known.get(name)?.as_ref()
    }
}

/// One end of a span as a file gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// On the wall clock of the row's zone.
    Local(DateTime),
    /// With an offset.
    Instant(Timestamp),
}

/// A span whose instants are known.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Resolved {
    pub(super) span: Span,
    pub(super) written: Written,
    pub(super) seconds: u32,
    /// The local time that happened twice without anything to decide which was meant.
    pub(super) doubled: Option<DateTime>,
}

/// Which end of a span is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Start,
    End,
}

const DAY_SECONDS: i64 = 86_400;

/// The span from `start` to `end`, or of `length` seconds where the end isn't given.
///
/// `length` also decides between two readings of a doubled time, to within `slack` seconds.
pub(super) fn resolve(
    start: Moment,
    end: Option<Moment>,
    length: Option<u32>,
    slack: u32,
    zone: &Zone,
) -> Result<Resolved, (Side, FaultReason)> {
    let starts = readings(start, zone).map_err(|fault| (Side::Start, fault))?;
    let mut pairs = Vec::with_capacity(4);
    match (end, length) {
        (Some(end), _) => {
            let ends = readings(end, zone).map_err(|fault| (Side::End, fault))?;
            for from in starts.into_iter().flatten() {
                pairs.extend(ends.into_iter().flatten().map(|to| (from, to)));
            }
        }
        (None, Some(length)) => {
            let length = SignedDuration::from_secs(i64::from(length));
            for from in starts.into_iter().flatten() {
                let to = from.checked_add(length);
                pairs.push((from, to.map_err(|_| (Side::End, FaultReason::TooLong))?));
            }
        }
        (None, None) => return Err((Side::End, FaultReason::Missing)),
    }
    let seconds = |pair: &(Timestamp, Timestamp)| pair.1.as_second() - pair.0.as_second();
    let fits = |pair: &&(Timestamp, Timestamp)| (1..=DAY_SECONDS).contains(&seconds(pair));
    let agrees = |pair: &&(Timestamp, Timestamp)| {
        length.is_none_or(|length| seconds(pair).abs_diff(i64::from(length)) <= u64::from(slack))
    };
    let sound: Vec<_> = pairs.iter().filter(fits).collect();
    let agreed: Vec<_> = sound.iter().copied().filter(agrees).collect();
    let left = if agreed.is_empty() { &sound } else { &agreed };
    let Some(&&(from, to)) = left.first() else {
        return Err((Side::End, unsound(pairs.iter().map(seconds).max().unwrap_or(0))));
    };
    let span = Span { start: from, end: to, zone: zone.name.clone() };
    let seconds = u32::try_from(seconds(&(from, to))).expect("the length was checked above");
    let doubled = match start {
        Moment::Local(local) if left.len() > 1 => Some(local),
        Moment::Local(_) | Moment::Instant(_) => None,
    };
    let doubled = doubled.or(match end {
        Some(Moment::Local(local)) if left.len() > 1 => Some(local),
        Some(Moment::Local(_) | Moment::Instant(_)) | None => None,
    });
    Ok(Resolved { written: written(start, end, to, zone), span, seconds, doubled })
}

fn unsound(seconds: i64) -> FaultReason {
    match seconds {
        ..0 => FaultReason::EndBeforeStart,
        0 => FaultReason::ZeroLength,
        1.. => FaultReason::TooLong,
    }
}

fn written(start: Moment, end: Option<Moment>, to: Timestamp, zone: &Zone) -> Written {
    match (start, end) {
        (Moment::Local(start), Some(Moment::Local(end))) => Written::Local { start, end },
        (Moment::Local(start), None) => Written::Local { start, end: zone.rules.to_datetime(to) },
        (Moment::Instant(_), _) | (_, Some(Moment::Instant(_))) => Written::Instants,
    }
}

/// The instants that a moment can be, the earlier one first.
fn readings(moment: Moment, zone: &Zone) -> Result<[Option<Timestamp>; 2], FaultReason> {
    let local = match moment {
        Moment::Instant(instant) => return Ok([Some(instant), None]),
        Moment::Local(local) => local,
    };
    // Dates are held between 1970 and 2199, well inside of what an instant can be.
    let at = |offset: jiff::tz::Offset| offset.to_timestamp(local).ok();
    match zone.rules.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => Ok([at(offset), None]),
        AmbiguousOffset::Fold { before, after } => Ok([at(before), at(after)]),
        AmbiguousOffset::Gap { .. } => {
            Err(FaultReason::LocalTimeDoesNotExist { local, zone: zone.name.clone() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        Zones::default().get("europe/berlin").unwrap().clone()
    }

    fn local(text: &str) -> Moment {
        Moment::Local(text.parse().unwrap())
    }

    fn span(start: &str, end: Option<&str>, length: Option<u32>) -> (String, u32, bool) {
        let found = resolve(local(start), end.map(local), length, 36, &berlin()).unwrap();
        (found.span.start.to_string(), found.seconds, found.doubled.is_some())
    }

    #[test]
    fn a_length_is_the_difference_of_instants_across_a_change_of_the_clock() {
        let spring = span("2026-03-29T01:30", Some("2026-03-29T03:30"), None);
        assert_eq!(spring, ("2026-03-29T00:30:00Z".into(), 3600, false));
        let autumn = span("2026-10-25T01:30", Some("2026-10-25T03:30"), None);
        assert_eq!(autumn, ("2026-10-24T23:30:00Z".into(), 3 * 3600, false));
    }

    #[test]
    fn a_time_that_happened_twice_is_the_first_and_says_so() {
        let open = span("2026-10-25T02:30", Some("2026-10-25T04:00"), None);
        assert_eq!(open, ("2026-10-25T00:30:00Z".into(), 9000, true));
        let alone = span("2026-10-25T02:30", None, Some(60));
        assert_eq!(alone, ("2026-10-25T00:30:00Z".into(), 60, true));
        let end = span("2026-10-25T01:30", Some("2026-10-25T02:30"), None);
        assert_eq!(end, ("2026-10-24T23:30:00Z".into(), 3600, true));
    }

    #[test]
    fn a_length_or_the_other_end_decides_a_doubled_time() {
        let by_length = span("2026-10-25T02:30", Some("2026-10-25T04:00"), Some(5400));
        assert_eq!(by_length, ("2026-10-25T01:30:00Z".into(), 5400, false));
        let by_end = span("2026-10-25T02:50", Some("2026-10-25T02:10"), None);
        assert_eq!(by_end, ("2026-10-25T00:50:00Z".into(), 1200, false));
    }

    #[test]
    fn a_time_that_was_skipped_is_a_fault_of_its_side() {
        let skipped = local("2026-03-29T02:30");
        let (side, fault) =
            resolve(skipped, Some(local("2026-03-29T04:00")), None, 36, &berlin()).unwrap_err();
        assert_eq!(side, Side::Start);
        assert!(fault.to_string().contains("doesn't exist in Europe/Berlin"), "{fault}");
        let end = resolve(local("2026-03-29T01:00"), Some(skipped), None, 36, &berlin());
        assert_eq!(end.unwrap_err().0, Side::End);
    }

    #[test]
    fn a_span_is_longer_than_nothing_and_at_most_a_day() {
        let fault = |start, end| {
            resolve(local(start), Some(local(end)), None, 36, &berlin()).unwrap_err().1
        };
        let noon = "2026-06-01T12:00";
        assert_eq!(fault(noon, noon), FaultReason::ZeroLength);
        assert_eq!(fault(noon, "2026-06-01T11:59:59"), FaultReason::EndBeforeStart);
        assert_eq!(fault(noon, "2026-06-02T12:00:01"), FaultReason::TooLong);
        assert_eq!(span(noon, Some("2026-06-02T12:00"), None).1, 86_400);
        assert!(Zones::default().get("Mars/Olympus").is_none());
    }
}
