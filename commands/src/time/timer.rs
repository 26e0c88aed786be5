//! Starting, changing, stopping and discarding a timer. A stop records the entry in the same
//! commit: the timer's stream sets the id free first, and the timesheet takes it.

use domain::id::{EntryId, FavouriteId, MemberId, ProjectId, TaskId};
use domain::log::{ClaimKey, ClaimKind};
use domain::members::{Member, member_stream};
use domain::time::favourites::{Favourite, Favourites, favourites_stream};
use domain::time::timer::start_timer::{self, StartFacts};
use domain::time::timer::{
    RUNNING, Running, Timer, TimerDiscarded, TimerEvent, TimerRefusal, change_timer, discard_timer,
    stop_timer, taken_so_far, timer_stream, whole_seconds,
};
use domain::time::{Refusal, TimeEvent, Timesheet, Week, neighbour_weeks, timesheet_stream};
use jiff::Timestamp;

use super::{
    RecordTime, ReviseTime, authority_over, decide_recorded, neighbours, note_of, place_of,
    reason_about, states, work_facts,
};
use crate::event_log::read::Held;
use crate::handle::Command;
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Pause, Unit};

/// Whether what holds an entry's id is the timer that it still is.
pub fn is_running(held: &Held) -> bool {
    held.value == RUNNING
}

/// The zone of the timer with this id, if it runs.
pub async fn zone_of_running(
    unit: &mut Unit<'_>,
    entry: EntryId,
) -> Result<Option<String>, CommandError> {
    let held = unit.held(&ClaimKey::id(ClaimKind::Entry, entry)).await?;
    let Some(held) = held.filter(is_running) else { return Ok(None) };
    let timer = unit.write::<Timer>(held.holder).await?;
    Ok(timer.state.entry(entry).ok().map(|(_, running)| running.zone.clone()))
}

/// What to work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A task of a project.
    Work(ProjectId, TaskId),
    /// What a favourite of the member says.
    Favourite(FavouriteId),
}

/// Start a timer.
#[derive(Debug, Clone)]
pub struct StartTimer {
    /// A new id: that of the entry to be.
    pub entry: EntryId,
    /// Who works.
    pub member: MemberId,
    /// On what.
    pub what: What,
    /// Since when; none = now.
    pub start: Option<Timestamp>,
    /// The IANA zone that its day is in.
    pub zone: String,
    /// Whether it may be billed; none = as the favourite or else the task says.
    pub billable: Option<bool>,
    /// What is done; none = as the favourite says.
    pub note: Option<String>,
    /// Labels; none = those of the favourite.
    pub tags: Option<Vec<String>>,
    /// Whether a timer that runs is stopped now.
    pub stop_running: bool,
}

impl Command for StartTimer {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let timer = unit.write::<Timer>(timer_stream(self.member)).await?;
        authority_over(unit, self.member).await?;
        let member = unit.read::<Member>(member_stream(self.member)).await?;
        if !member.exists() {
            return Err(CommandError::NotFound);
        }
        let favourite = self.favourite(unit).await?;
        let (project, task) = match (self.what, &favourite) {
            (What::Favourite(_), Some(kept)) => (kept.project, kept.task),
            (What::Work(project, task), _) => (project, task),
            (What::Favourite(_), None) => return Err(CommandError::NotFound),
        };
        let note = self.note.clone().or_else(|| text_of(favourite.as_ref()?.note.as_ref()));
        let kept_tags = favourite.as_ref().map(|kept| kept.tags.clone());
        let command = start_timer::StartTimer {
            entry: self.entry,
            member: self.member,
            project,
            task,
            start: self.start.unwrap_or_else(|| whole_seconds(unit.now())),
            zone: self.zone.clone(),
            billable: self.billable.or_else(|| favourite.as_ref()?.billable),
            note: note_of(self.member, note.as_deref()),
            tags: self.tags.clone().or(kept_tags).unwrap_or_default(),
            now: unit.now(),
        };
        let mut state = (*timer.state).clone();
        let mut stopped = None;
        if let Some(running) = state.running.clone().filter(|_| self.stop_running) {
            let ended = stop(unit, &timer, running.entry, None).await?;
            state.running = None;
            stopped = Some(ended);
        }
        let facts = StartFacts {
            member_active: member.state.active,
            work: work_facts(unit, self.member, project, task).await?,
            sheets: self.taken(unit, stopped.as_ref(), &command).await?,
        };
        let started = start_timer::decide(&state, &facts, command)?;
        unit.emit(&timer, [TimerEvent::from(started)]);
        Ok(Reply::created(self.entry))
    }
}

impl StartTimer {
    async fn favourite(&self, unit: &mut Unit<'_>) -> Result<Option<Favourite>, CommandError> {
        let What::Favourite(id) = self.what else { return Ok(None) };
        let list = unit.read::<Favourites>(favourites_stream(self.member)).await?;
        Ok(Some(list.state.find(id)?.clone()))
    }

    /// The weeks whose entries the time until now may meet, with what was stopped just now in it.
    async fn taken(
        &self,
        unit: &mut Unit<'_>,
        stopped: Option<&(Loaded<Timesheet>, TimeEvent)>,
        command: &start_timer::StartTimer,
    ) -> Result<Vec<Timesheet>, CommandError> {
        let worked = taken_so_far(command.start, command.now, &command.zone)?;
        let own = Week::of(worked.day);
        let mut known = Vec::new();
        for week in neighbour_weeks(&worked, own).into_iter().chain([own]) {
            let stream = timesheet_stream(self.member, week);
            // The append checks by itself that what it writes to has not moved.
            let written = stopped.filter(|(sheet, _)| sheet.stream == stream);
            known.push(match written {
                None => (*unit.read::<Timesheet>(stream).await?.state).clone(),
                Some((sheet, event)) => {
                    let mut state = (*sheet.state).clone();
                    state.evolve(event);
                    state
                }
            });
        }
        Ok(known)
    }
}

fn text_of(note: Option<&domain::personal::Personal<String>>) -> Option<String> {
    note?.get().cloned()
}

/// Stops what runs: emits the end of the timer, then the record, and gives the record's week as it
/// was with what happened in it.
async fn stop(
    unit: &mut Unit<'_>,
    timer: &Loaded<Timer>,
    entry: EntryId,
    end: Option<Timestamp>,
) -> Result<(Loaded<Timesheet>, TimeEvent), CommandError> {
    let now = unit.now();
    let stopping = stop_timer::decide(&timer.state, stop_timer::StopTimer { entry, end, now })?;
    let record = &stopping.record;
    let command = RecordTime {
        entry,
        member: record.member,
        project: record.project,
        task: record.task,
        worked: record.worked.clone(),
        billable: record.billable,
        note: text_of(record.note.as_ref()),
        tags: record.tags.clone(),
    };
    unit.will_write([timer.stream, command.stream()])?;
    let sheet = unit.write::<Timesheet>(command.stream()).await?;
    let around = neighbours(unit, command.member, &command.worked).await?;
    // Whoever has left since has worked all the same.
    let recorded = decide_recorded(unit, &sheet.state, &states(&around), &command, true).await?;
    let recorded = TimeEvent::from(stopping.finish(recorded));
    unit.emit(timer, [TimerEvent::from(stopping.stopped)]);
    unit.emit(&sheet, [recorded.clone()]);
    Ok((sheet, recorded))
}

/// A running timer with its member, where the caller may and saw this version.
async fn find_running(
    unit: &mut Unit<'_>,
    id: EntryId,
    expected: Option<u32>,
) -> Result<(Loaded<Timer>, Running, MemberId), CommandError> {
    let held = place_of(unit, id).await?;
    if !is_running(&held) {
        let sheet = unit.read::<Timesheet>(held.holder).await?;
        if let Some(member) = sheet.state.member {
            authority_over(unit, member).await?;
        }
        return Err(Refusal::from(TimerRefusal::NotRunning { entry: id }).into());
    }
    let timer = unit.write::<Timer>(held.holder).await?;
    let Ok((member, running)) = timer.state.entry(id) else {
        // It was stopped or discarded by another process just now.
        unit.pause = Some(Pause::Moved);
        return Err(CommandError::Conflict);
    };
    let running = running.clone();
    authority_over(unit, member).await?;
    match expected {
        Some(expected) if expected != running.version => Err(CommandError::Stale),
        Some(_) | None => Ok((timer, running, member)),
    }
}

/// Stop a timer and record what it measured.
#[derive(Debug, Clone, Copy)]
pub struct StopTimer {
    /// The entry that it becomes.
    pub entry: EntryId,
    /// When the work ended; none = now.
    pub end: Option<Timestamp>,
    /// The version that the caller saw, where it matters.
    pub expected_version: Option<u32>,
}

impl Command for StopTimer {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (timer, ..) = find_running(unit, self.entry, self.expected_version).await?;
        stop(unit, &timer, self.entry, self.end).await?;
        Ok(Reply::changed(self.entry))
    }
}

/// Change a running timer; what is left out stays as it is.
#[derive(Debug, Clone)]
pub struct ChangeTimer {
    /// The entry that it becomes.
    pub entry: EntryId,
    /// Another project.
    pub project: Option<ProjectId>,
    /// Another task.
    pub task: Option<TaskId>,
    /// Another start.
    pub start: Option<Timestamp>,
    /// Another zone for its day.
    pub zone: Option<String>,
    /// Whether it may be billed.
    pub billable: Option<bool>,
    /// Another note, or none from now on.
    pub note: Option<Option<String>>,
    /// All tags from now on.
    pub tags: Option<Vec<String>>,
    /// The version that the caller saw, where it matters.
    pub expected_version: Option<u32>,
}

impl Command for ChangeTimer {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (timer, running, member) =
            find_running(unit, self.entry, self.expected_version).await?;
        let moved = self.start.is_some() || self.zone.is_some();
        let start = moved.then(|| {
            let zone = self.zone.clone().unwrap_or_else(|| running.zone.clone());
            (self.start.unwrap_or(running.start), zone)
        });
        let command = change_timer::ChangeTimer {
            entry: self.entry,
            project: self.project,
            task: self.task,
            start,
            billable: self.billable,
            note: self.note.as_ref().map(|note| note_of(member, note.as_deref())),
            tags: self.tags.clone(),
            now: unit.now(),
        };
        let (project, task) = command.target(&running);
        let work = work_facts(unit, member, project, task).await?;
        let changed = change_timer::decide(&timer.state, &work, command)?;
        unit.emit(&timer, changed.map(TimerEvent::from));
        Ok(Reply::changed(self.entry))
    }
}

/// A change of an entry that still runs: all but when it was.
pub(super) async fn revise(
    unit: &mut Unit<'_>,
    command: &ReviseTime,
) -> Result<Reply, CommandError> {
    if command.worked.is_some() {
        return Err(Refusal::from(TimerRefusal::StillRunning { entry: command.entry }).into());
    }
    let ReviseTime { entry, project, task, billable, note, tags, expected_version, .. } =
        command.clone();
    let (start, zone) = (None, None);
    let change =
        ChangeTimer { entry, project, task, start, zone, billable, note, tags, expected_version };
    change.run(unit).await
}

/// Throw a running timer away.
#[derive(Debug, Clone)]
pub struct DiscardTimer {
    /// The entry that it does not become.
    pub entry: EntryId,
    /// Why.
    pub reason: Option<String>,
    /// The version that the caller saw, where it matters.
    pub expected_version: Option<u32>,
}

impl Command for DiscardTimer {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (timer, _, member) = find_running(unit, self.entry, self.expected_version).await?;
        let reason = self.reason.as_deref().map(|reason| reason_about(member, reason));
        let command = discard_timer::DiscardTimer { entry: self.entry, reason };
        let discarded: TimerDiscarded = discard_timer::decide(&timer.state, command)?;
        unit.emit(&timer, [TimerEvent::from(discarded)]);
        Ok(Reply::changed(self.entry))
    }
}
