//! Overlap: half-open spans of one member that share an instant. Entries live in the week of their
//! local start day, so a span near a week's edge may meet entries of the week before or after.

use super::{EntryId, Timesheet, Week, Worked};

/// What to do about time that overlaps other time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverlapRule {
    /// It's refused.
    Refuse,
    /// It's recorded, and whoever records says so: an importer takes over what was there.
    Allow,
}

/// Local clocks are at most this far from UTC: zones reach 14 hours, local mean time of old 16.
const FARTHEST_OFFSET_SECONDS: i64 = 16 * 3600;

/// The first entry of the sheet that shares an instant with `worked`, other than `except`.
fn first_overlap(sheet: &Timesheet, worked: &Worked, except: Option<EntryId>) -> Option<EntryId> {
    sheet
        .entries
        .iter()
        .find(|(id, entry)| Some(**id) != except && entry.worked.overlaps(worked))
        .map(|(id, _)| *id)
}

/// The first entry of the sheet that shares an instant with `worked`.
pub fn overlap_with(sheet: &Timesheet, worked: &Worked) -> Option<EntryId> {
    first_overlap(sheet, worked, None)
}

/// The first entry of any of the sheets that shares an instant with `worked`, other than `except`
/// (the entry that is about to have this time), with the sheet it stands in.
pub fn find_overlap<'a>(
    sheets: impl IntoIterator<Item = &'a Timesheet>,
    worked: &Worked,
    except: EntryId,
) -> Option<(EntryId, &'a Timesheet)> {
    sheets
        .into_iter()
        .find_map(|sheet| first_overlap(sheet, worked, Some(except)).map(|found| (found, sheet)))
}

/// The neighbours of `week` whose entries could overlap `worked`, whatever zones they are in; an
/// entry lasts 24 hours at most. Conservative: it may name a week that turns out not to matter.
pub fn neighbour_weeks(worked: &Worked, week: Week) -> Vec<Week> {
    let Some(span) = &worked.span else {
        return Vec::new();
    };
    let utc_midnight = |day: jiff::civil::Date| {
        jiff::tz::Offset::UTC
            .to_timestamp(day.at(0, 0, 0, 0))
            .map_or(i64::MAX, jiff::Timestamp::as_second)
    };
    let longest = i64::from(super::worked::LONGEST_ENTRY_SECONDS);
    let earlier_ends_by = utc_midnight(week.monday()) + FARTHEST_OFFSET_SECONDS + longest;
    let later_starts_from = utc_midnight(week.after().monday()) - FARTHEST_OFFSET_SECONDS;
    let before = (span.start.as_second() < earlier_ends_by).then(|| week.before());
    let after = (span.end.as_second() > later_starts_from).then(|| week.after());
    before.into_iter().chain(after).collect()
}

/// Whether entries of a neighbour week could overlap `worked`.
pub fn needs_neighbours(worked: &Worked, week: Week) -> bool {
    !neighbour_weeks(worked, week).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{duration, entry_id, sheet_of, span, span_in};

    #[test]
    fn the_overlapping_entry_is_named_and_the_entry_itself_is_left_out() {
        let nine = span("2026-01-07T09:00:00Z", "2026-01-07T10:00:00Z");
        let sheet = sheet_of(&[(1, nine.clone())]);
        let half_past = span("2026-01-07T09:30:00Z", "2026-01-07T10:30:00Z");
        assert_eq!(overlap_with(&sheet, &half_past), Some(entry_id(1)));
        assert_eq!(find_overlap([&sheet], &half_past, entry_id(1)), None);
        let found = find_overlap([&sheet], &half_past, entry_id(2));
        assert_eq!(found.map(|(entry, _)| entry), Some(entry_id(1)));
        let ten = span("2026-01-07T10:00:00Z", "2026-01-07T11:00:00Z");
        assert_eq!(overlap_with(&sheet, &ten), None);
    }

    #[test]
    fn the_middle_of_a_week_needs_no_neighbour_and_its_edges_do() {
        let week: Week = "2026-W02".parse().expect("a week");
        let wednesday = span("2026-01-07T09:00:00Z", "2026-01-07T10:00:00Z");
        assert!(!needs_neighbours(&wednesday, week));
        assert!(!needs_neighbours(&duration("2026-01-05", 3600), week));
        let monday = span("2026-01-05T00:00:00Z", "2026-01-05T01:00:00Z");
        assert_eq!(neighbour_weeks(&monday, week), [week.before()]);
        let sunday = span("2026-01-11T22:00:00Z", "2026-01-11T23:59:59Z");
        assert_eq!(neighbour_weeks(&sunday, week), [week.after()]);
    }

    #[test]
    fn entries_of_far_apart_zones_that_overlap_across_weeks_are_looked_for() {
        // Monday in Kiritimati (+14) is Sunday in Midway (-11): same instant, other weeks.
        let east = span_in("2026-01-04T11:00:00Z", "2026-01-04T12:00:00Z", "Pacific/Kiritimati");
        let west = span_in("2026-01-04T11:30:00Z", "2026-01-04T12:30:00Z", "Pacific/Midway");
        let (monday, sunday) = (Week::of(east.day), Week::of(west.day));
        assert_eq!(monday.before(), sunday);
        assert!(east.overlaps(&west));
        assert!(neighbour_weeks(&east, monday).contains(&sunday));
        assert!(neighbour_weeks(&west, sunday).contains(&monday));
    }
}
