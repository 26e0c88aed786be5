//! Decides a whole import in memory, in the order in which it will be recorded: what a dry run
//! reports, and how a run knows beforehand whether anything is left to do. The states it has read
//! stay in the cache, so that the recording after it asks the database nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::id::StreamId;
use domain::time::Timesheet;
use domain::time::periods::{Periods, periods_stream};

use super::plan::Plan;
use super::report::Totals;
use super::week::{WeekFacts, WeekWork, decide_week, room_after};
use crate::refused::CommandError;
use crate::unit::Unit;

/// How many streams are read at once.
const STREAMS_AT_ONCE: usize = 500;

type Sheets = BTreeMap<StreamId, (i32, Arc<Timesheet>)>;

/// What recording these weeks would come to.
pub(super) async fn simulate(
    unit: &mut Unit<'_>,
    plan: &Plan,
    weeks: &[Vec<Arc<WeekWork>>; 2],
) -> Result<Totals, CommandError> {
    let mut sheets = read_sheets(unit, weeks).await?;
    let (projects, active) = (plan.places.states(), plan.active());
    let periods = unit.peek::<Periods>(periods_stream()).await?;
    let mut totals = Totals::default();
    for work in weeks.iter().flatten() {
        let beside = work.beside();
        let beside: Vec<Arc<Timesheet>> =
            beside.iter().map(|stream| sheets[stream].1.clone()).collect();
        let (version, sheet) = sheets.get_mut(&work.stream()).expect("each week was read");
        let facts = WeekFacts {
            member_active: active.get(&work.member).copied().unwrap_or(false),
            projects: &projects,
            beside: &beside,
            periods: &periods.state,
            known: &BTreeSet::new(),
            room: room_after(unit, *version),
        };
        let (_, week) = decide_week(Arc::make_mut(sheet), &facts, work);
        totals.add(week);
    }
    Ok(totals)
}

async fn read_sheets(
    unit: &mut Unit<'_>,
    weeks: &[Vec<Arc<WeekWork>>; 2],
) -> Result<Sheets, CommandError> {
    let mut wanted = BTreeSet::new();
    for work in weeks.iter().flatten() {
        wanted.insert(work.stream());
        wanted.extend(work.beside());
    }
    let wanted: Vec<StreamId> = wanted.into_iter().collect();
    let mut sheets = Sheets::new();
    for streams in wanted.chunks(STREAMS_AT_ONCE) {
        let begun = unit.begun(streams).await?;
        for loaded in unit.peek_many::<Timesheet>(&begun).await? {
            sheets.insert(loaded.stream, (loaded.version, loaded.state));
        }
        for stream in streams {
            sheets.entry(*stream).or_insert_with(|| {
                let empty: Arc<Timesheet> = Arc::default();
                unit.cache.put(unit.tenant, *stream, 0, empty.clone());
                (0, empty)
            });
        }
    }
    Ok(sheets)
}
