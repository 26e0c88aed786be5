//! From a local time to an instant, with the built-in zone database. A local time that the clock
//! skipped is refused, never moved; of two equal ones the fold says which, the first by default.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::AmbiguousOffset;

use super::refusal::Refusal;
use super::worked::find_zone;

/// The instant of a local time in a zone. `fold` is 0 for the first and 1 for the second of two
/// equal local times, and without effect where there is one only.
pub fn resolve_local(local: DateTime, zone: &str, fold: Option<u8>) -> Result<Timestamp, Refusal> {
    let rules = find_zone(zone)?;
    let fold = fold.unwrap_or(0);
    if fold > 1 {
        return Err(Refusal::FoldUnknown);
    }
    let offset = match rules.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Fold { before, after } => {
            if fold == 0 {
                before
            } else {
                after
            }
        }
        AmbiguousOffset::Gap { before, .. } => {
            return Err(skipped(local, zone, &rules, before));
        }
    };
    offset.to_timestamp(local).map_err(|_| Refusal::DayOutOfRange)
}

/// The refusal of a local time in a gap: with the offset from before the gap, the time lies past
/// the change of clocks, so the change is the last one up to there.
fn skipped(
    local: DateTime,
    zone: &str,
    rules: &jiff::tz::TimeZone,
    before: jiff::tz::Offset,
) -> Refusal {
    let change = before.to_timestamp(local).ok().and_then(|past| {
        let up_to = past.checked_add(jiff::SignedDuration::from_secs(1)).ok()?;
        rules.preceding(up_to).next()
    });
    match change {
        Some(change) => Refusal::LocalTimeDoesNotExist {
            local,
            zone: zone.to_owned(),
            after: rules.to_datetime(change.timestamp()),
        },
        None => Refusal::DayOutOfRange,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(text: &str) -> DateTime {
        text.parse().expect("a local time")
    }

    #[test]
    fn a_skipped_local_time_is_refused_and_the_first_one_after_it_is_named() {
        for (zone, skipped, after) in [
            ("Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T03:00:00"),
            ("Europe/Berlin", "2026-03-29T02:00:00", "2026-03-29T03:00:00"),
            ("America/New_York", "2026-03-08T02:59:59", "2026-03-08T03:00:00"),
            ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-31T00:00:00"),
        ] {
            let refused = resolve_local(local(skipped), zone, None).expect_err("skipped");
            let (local, after) = (local(skipped), local(after));
            let zone = zone.to_owned();
            assert_eq!(refused, Refusal::LocalTimeDoesNotExist { local, zone, after });
        }
        for edge in ["2026-03-29T01:59:59", "2026-03-29T03:00:00"] {
            assert!(resolve_local(local(edge), "Europe/Berlin", None).is_ok(), "{edge}");
        }
    }

    #[test]
    fn a_fold_matters_only_where_the_clock_goes_back_and_is_0_or_1() {
        let noon = local("2026-10-25T12:00:00");
        let at_noon = resolve_local(noon, "Europe/Berlin", Some(1)).expect("exists");
        assert_eq!(at_noon.to_string(), "2026-10-25T11:00:00Z");
        assert_eq!(resolve_local(noon, "Europe/Berlin", Some(2)), Err(Refusal::FoldUnknown));
        let nowhere = resolve_local(noon, "Mars/Base", None).expect_err("no such zone");
        assert_eq!(nowhere.code(), "time.zone_unknown");
    }
}
