//! A member's entries laid on days: what a calendar and a week's grid show. Seconds lie on the days
//! that the policy says; what is rounded, counted and approved belongs to the day of the start,
//! because billing goes by it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::attribution::{DayAttribution, laid};
use super::{EntryState, calendar::DayTime};
use crate::id::{EntryId, ProjectId, TaskId};

/// An entry with what says where it's shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedEntry {
    /// The entry.
    pub entry: EntryId,
    /// The local day of its start.
    pub day: Date,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// Whether it may be billed.
    pub billable: bool,
    /// How far its approval has come.
    pub state: EntryState,
    /// All its seconds, unrounded; negative where they take back those of another entry.
    pub seconds: i64,
    /// Of these, those on other days than that of its start.
    pub on_other_days: Vec<(Date, i64)>,
}

/// What is summed up in one cell, ordered as rows of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellKey {
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// Whether it may be billed.
    pub billable: bool,
    /// On which day.
    pub day: Date,
}

/// One cell: a member's day on one project and task, billable or not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// Its seconds, unrounded.
    pub seconds: i64,
    /// The entries that put them there; those that started on another day too.
    pub entries: Vec<EntryId>,
    /// Those that started on this day with all their seconds: what is rounded here.
    pub started: Vec<(EntryId, i64)>,
    /// How many of these are open, submitted, approved and rejected.
    pub states: [u32; 4],
}

/// The cells of some entries, each entry by the policy of its day.
pub fn cells(
    entries: impl IntoIterator<Item = PlacedEntry>,
    policy: impl Fn(Date) -> DayAttribution,
) -> BTreeMap<CellKey, Cell> {
    let mut cells: BTreeMap<CellKey, Cell> = BTreeMap::new();
    for placed in entries {
        let PlacedEntry { entry, project, task, billable, .. } = placed;
        let key = |day| CellKey { project, task, billable, day };
        let parts = laid(placed.day, placed.seconds, &placed.on_other_days, policy(placed.day));
        for (day, seconds) in parts {
            let cell = cells.entry(key(day)).or_default();
            cell.seconds += seconds;
            cell.entries.push(entry);
        }
        let cell = cells.entry(key(placed.day)).or_default();
        cell.started.push((entry, placed.seconds));
        cell.states[placed.state as usize] += 1;
    }
    cells
}

/// What cells add up to by day.
pub fn by_day(cells: &BTreeMap<CellKey, Cell>) -> BTreeMap<Date, DayTime> {
    let mut days: BTreeMap<Date, DayTime> = BTreeMap::new();
    for (key, cell) in cells {
        let day = days.entry(key.day).or_default();
        day.seconds += cell.seconds;
        day.billable_seconds += if key.billable { cell.seconds } else { 0 };
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{entry_id, project, span_in, task};
    use crate::time::{Worked, on_other_days};
    use jiff::civil::date;
    use proptest::prelude::*;

    /// 2026-01-01T00:00:00Z.
    const NEW_YEAR: i64 = 1_767_225_600;

    fn placed(n: u128, worked: &Worked) -> PlacedEntry {
        let other = on_other_days(worked).into_iter();
        PlacedEntry {
            entry: entry_id(n),
            day: worked.day,
            project: project(n % 2),
            task: task(n % 3),
            billable: n.is_multiple_of(2),
            state: if n.is_multiple_of(2) { EntryState::Open } else { EntryState::Approved },
            seconds: worked.seconds.into(),
            on_other_days: other.map(|(day, seconds)| (day, seconds.into())).collect(),
        }
    }

    #[test]
    fn a_night_is_one_cell_or_two_and_is_rounded_where_it_started() {
        let (zone, sunday) = ("Africa/Johannesburg", date(2026, 3, 8));
        let night = span_in("2026-03-08T22:00:00+02:00", "2026-03-09T02:00:00+02:00", zone);
        let whole = cells([placed(2, &night)], |_| DayAttribution::Start);
        assert_eq!(whole.len(), 1);
        let split = cells([placed(2, &night)], |_| DayAttribution::Split);
        let told: Vec<_> = split
            .iter()
            .map(|(key, cell)| (key.day, cell.seconds, cell.entries.len(), cell.started.len()))
            .collect();
        assert_eq!(told, [(sunday, 7200, 1, 1), (date(2026, 3, 9), 7200, 1, 0)]);
        let first = split.values().next().expect("two cells");
        assert_eq!(
            (&first.started[..], first.states),
            (&[(entry_id(2), 14_400)][..], [1, 0, 0, 0])
        );
        let monday = by_day(&split)[&date(2026, 3, 9)];
        assert_eq!(monday, DayTime { seconds: 7200, billable_seconds: 7200 });
    }

    #[test]
    fn what_takes_time_back_takes_it_from_its_cell() {
        let day = date(2026, 3, 4);
        let work = Worked { day, seconds: 3600, span: None };
        let back = PlacedEntry { seconds: -3600, entry: entry_id(3), ..placed(2, &work) };
        let cells = cells([placed(2, &work), back], |_| DayAttribution::Split);
        let cell = cells.values().next().expect("one cell");
        assert_eq!((cells.len(), cell.seconds, cell.started.len()), (1, 0, 2));
    }

    proptest! {
        #[test]
        fn days_and_cells_add_up_to_the_entries_under_any_policy(
            starts in prop::collection::vec((0_i64..40_000_000, 1_i64..=86_400), 1..30),
            split_from in 0_i16..12, zone in 0_usize..3,
        ) {
            let zone = ["Europe/Berlin", "America/St_Johns", "Pacific/Apia"][zone];
            let at = |second| jiff::Timestamp::from_second(NEW_YEAR + second).expect("in 2026");
            let works: Vec<Worked> = starts.iter().map(|(start, seconds)| {
                Worked::span(at(*start), at(start + seconds), zone).expect("work")
            }).collect();
            let entries: Vec<_> = (1..).zip(&works).map(|(n, work)| placed(n, work)).collect();
            // The policy changes in the middle, as a dated setting may.
            let policy = |day: Date| if i16::from(day.month()) > split_from {
                DayAttribution::Split
            } else {
                DayAttribution::Start
            };
            let all: i64 = entries.iter().map(|entry| entry.seconds).sum();
            let billable: i64 =
                entries.iter().filter(|entry| entry.billable).map(|entry| entry.seconds).sum();
            let cells = cells(entries, policy);
            prop_assert_eq!(cells.values().map(|cell| cell.seconds).sum::<i64>(), all);
            let started = cells.values().flat_map(|cell| &cell.started).map(|(_, it)| it);
            prop_assert_eq!(started.sum::<i64>(), all);
            let days = by_day(&cells);
            prop_assert_eq!(days.values().map(|day| day.seconds).sum::<i64>(), all);
            prop_assert_eq!(days.values().map(|day| day.billable_seconds).sum::<i64>(), billable);
            let counted: u32 = cells.values().flat_map(|cell| cell.states).sum();
            prop_assert_eq!(counted as usize, works.len());
        }
    }
}
