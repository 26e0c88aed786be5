//! The rows of one member's week, recorded in one commit. A row at fault is left out with its
//! reason; one that overlaps other time is recorded with a warning, for an import takes over what
//! was there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use domain::catalogue::{Project, project_stream};
use domain::id::{EntryId, ImportId, MemberId, ProjectId, StreamId, SubjectId, TaskId};
use domain::import::ImportSource;
use domain::members::{Action, Member, Object, member_stream};
use domain::personal::{Personal, PurposeClass};
use domain::time::periods::{Periods, PlaceOfTime, periods_stream};
use domain::time::record_time::{self, RecordFacts};
use domain::time::{
    OverlapRule, TimeEvent, TimeRecorded, Timesheet, Week, Worked, find_overlap, neighbour_weeks,
    timesheet_stream,
};

use super::plan::known_digests;
use super::report::Totals;
use super::run_state::{ImportRun, check_runs, import_stream};
use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::time::{facts_of, note_of};
use crate::unit::Unit;

/// A row with what its names stand for.
#[derive(Debug, Clone)]
pub(super) struct PlannedRow {
    pub row: u32,
    pub entry: EntryId,
    pub digest: String,
    pub project: ProjectId,
    pub task: TaskId,
    pub worked: Worked,
    pub billable: Option<bool>,
    pub note: String,
    pub tags: Vec<String>,
    pub facts: BTreeMap<String, String>,
}

/// The rows of one member's week.
#[derive(Debug)]
pub(super) struct WeekWork {
    pub import: ImportId,
    pub member: MemberId,
    pub week: Week,
    pub rows: Vec<PlannedRow>,
}

impl WeekWork {
    pub(super) fn stream(&self) -> StreamId {
        timesheet_stream(self.member, self.week)
    }

    /// The weeks beside it that may hold time at the same instants.
    pub(super) fn beside(&self) -> BTreeSet<StreamId> {
        let weeks = self.rows.iter().flat_map(|row| neighbour_weeks(&row.worked, self.week));
        weeks.map(|week| timesheet_stream(self.member, week)).collect()
    }

    pub(super) fn projects(&self) -> BTreeSet<ProjectId> {
        self.rows.iter().map(|row| row.project).collect()
    }
}

/// The rows by week, the even weeks first and then the odd ones, so that of two weeks that touch
/// one is done before the other.
pub(super) fn by_parity(
    import: ImportId,
    rows: Vec<(MemberId, PlannedRow)>,
) -> [Vec<Arc<WeekWork>>; 2] {
    let mut weeks: BTreeMap<(Week, MemberId), Vec<PlannedRow>> = BTreeMap::new();
    for (member, row) in rows {
        weeks.entry((Week::of(row.worked.day), member)).or_default().push(row);
    }
    let mut halves = [Vec::new(), Vec::new()];
    for ((week, member), rows) in weeks {
        // ISO weeks number anew each year, Julian days do not.
        let epoch = jiff::civil::date(1970, 1, 5);
        let days = (week.monday() - epoch).get_days();
        let half = usize::from((days / 7).rem_euclid(2) == 1);
        halves[half].push(Arc::new(WeekWork { import, member, week, rows }));
    }
    halves
}

/// The weeks without these rows.
pub(super) fn without(
    weeks: [Vec<Arc<WeekWork>>; 2],
    rows: &BTreeSet<u32>,
) -> [Vec<Arc<WeekWork>>; 2] {
    weeks.map(|half| {
        let left = |work: Arc<WeekWork>| {
            let mut work = Arc::into_inner(work).expect("nobody else looks at it yet");
            work.rows.retain(|row| !rows.contains(&row.row));
            (!work.rows.is_empty()).then(|| Arc::new(work))
        };
        half.into_iter().filter_map(left).collect()
    })
}

/// What the rows of a week are decided on.
pub(super) struct WeekFacts<'a> {
    pub member_active: bool,
    pub projects: &'a BTreeMap<ProjectId, Arc<Project>>,
    pub beside: &'a [Arc<Timesheet>],
    pub periods: &'a Periods,
    /// Rows that are in already, by digest.
    pub known: &'a BTreeSet<String>,
    /// How many events the week's stream still takes.
    pub room: usize,
}

/// Decides a week's rows one after the other; `sheet` becomes the week as it will be.
pub(super) fn decide_week(
    sheet: &mut Timesheet,
    facts: &WeekFacts<'_>,
    work: &WeekWork,
) -> (Vec<TimeEvent>, Totals) {
    let (mut events, mut totals) = (Vec::new(), Totals::default());
    for row in &work.rows {
        if facts.known.contains(&row.digest) {
            totals.duplicates += 1;
            continue;
        }
        if events.len() >= facts.room {
            totals.skip(row.row, "the week's history is full; record what is left in other weeks");
            continue;
        }
        let overlap = overlap_of(sheet, facts.beside, row);
        match decide_row(sheet, facts, work, row) {
            Err(reason) => totals.skip(row.row, reason),
            Ok(event) => {
                totals.recorded += 1;
                totals.seconds += u64::from(event.worked.seconds);
                totals.billable_seconds +=
                    if event.billable { u64::from(event.worked.seconds) } else { 0 };
                totals.used.extend([work.member.0, row.project.0, row.task.0]);
                if let Some(warning) = overlap {
                    totals.warn(row.row, warning);
                }
                let event = TimeEvent::from(event);
                sheet.evolve(&event);
                events.push(event);
            }
        }
    }
    (events, totals)
}

fn overlap_of(sheet: &Timesheet, beside: &[Arc<Timesheet>], row: &PlannedRow) -> Option<String> {
    let sheets = std::iter::once(sheet).chain(beside.iter().map(|sheet| &**sheet));
    let (other, sheet) = find_overlap(sheets, &row.worked, row.entry)?;
    let span = sheet.entries[&other].worked.span.as_ref()?;
    Some(format!(
        "overlaps time of the same member from {} to {}; recorded all the same",
        span.start, span.end
    ))
}

fn decide_row(
    sheet: &Timesheet,
    facts: &WeekFacts<'_>,
    work: &WeekWork,
    row: &PlannedRow,
) -> Result<TimeRecorded, String> {
    let Some(project) = facts.projects.get(&row.project) else {
        return Err("the project is gone; run the import again".to_owned());
    };
    let source =
        ImportSource { row: row.row, digest: row.digest.clone(), facts: row.facts.clone() };
    let subject = SubjectId(work.member.0);
    let command = record_time::RecordTime {
        entry: row.entry,
        member: work.member,
        project: row.project,
        task: row.task,
        worked: row.worked.clone(),
        billable: row.billable,
        note: note_of(work.member, Some(&row.note)),
        tags: row.tags.clone(),
        import: Some(work.import),
        source: Some(Personal::new(subject, PurposeClass::Note, source)),
    };
    let facts = RecordFacts {
        member_active: facts.member_active,
        work: facts_of(project, work.member, row.task),
        overlap: OverlapRule::Allow,
        closed: facts.periods.closed(&PlaceOfTime {
            member: work.member,
            client: project.client,
            project: row.project,
            day: row.worked.day,
        }),
    };
    record_time::decide(sheet, &facts, &[], command).map_err(|refusal| refusal.to_string())
}

/// Record a week's rows; `outcome` is what became of them in the run that landed.
pub(super) struct RecordWeek {
    pub work: Arc<WeekWork>,
    pub outcome: Arc<Mutex<Totals>>,
}

impl Command for RecordWeek {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let work = &*self.work;
        let loaded = unit.write::<Timesheet>(work.stream()).await?;
        allowed(unit, Action::Import, &Object::Firm).await?;
        check_runs(&unit.read::<ImportRun>(import_stream(work.import)).await?)?;
        let periods = unit.read::<Periods>(periods_stream()).await?;
        let member = unit.read::<Member>(member_stream(work.member)).await?;
        let mut projects = BTreeMap::new();
        for project in work.projects() {
            projects.insert(project, unit.read::<Project>(project_stream(project)).await?.state);
        }
        let mut beside = Vec::new();
        for stream in work.beside() {
            beside.push(unit.read::<Timesheet>(stream).await?.state);
        }
        // Only once the claim on a row was lost to another run is it worth a look.
        let known = match unit.fresh {
            true => known_digests(unit, work.rows.iter().map(|row| &row.digest)).await?,
            false => BTreeSet::new(),
        };
        let facts = WeekFacts {
            member_active: member.state.active,
            projects: &projects,
            beside: &beside,
            periods: &periods.state,
            known: &known,
            room: room_after(unit, loaded.version),
        };
        let mut sheet = (*loaded.state).clone();
        let (events, totals) = decide_week(&mut sheet, &facts, work);
        unit.emit(&loaded, events);
        *self.outcome.lock().expect("no panic under it") = totals;
        Ok(Reply::changed(work.import))
    }
}

/// How many more events a stream takes.
pub(super) fn room_after(unit: &Unit<'_>, version: i32) -> usize {
    usize::try_from(unit.log.limits().events_per_stream - version).unwrap_or(0)
}
