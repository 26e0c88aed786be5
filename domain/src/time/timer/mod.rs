//! The timer: what a member works on right now, one stream per member. It's no time yet: nothing
//! is rounded, approved or billed of it. Stopping it records an entry into a timesheet under the
//! same id in the same commit, by the rules of any other entry.

pub mod change_timer;
pub mod discard_timer;
mod events;
#[cfg(test)]
mod orders;
mod refusal;
pub mod start_timer;
pub mod stop_timer;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record_time::WorkFacts;
use super::{Refusal, Worked};
use crate::aggregate::aggregate;
use crate::id::{EntryId, MemberId, ProjectId, StreamId, TaskId};
use crate::personal::Personal;
use change_timer::ChangeTimer;
use discard_timer::DiscardTimer;
use start_timer::StartTimer;
use stop_timer::StopTimer;

pub use events::{TimerChanged, TimerDiscarded, TimerEvent, TimerStarted, TimerStopped};
pub use refusal::TimerRefusal;

/// The stored type of a timer's stream.
pub const TIMER: &str = "timer";

/// What the claim on an entry's id notes while the entry is a running timer.
pub const RUNNING: &str = "running";

/// How far back a timer may have begun, in seconds: an entry lasts as long at most.
pub const LONGEST_BACK_SECONDS: i64 = super::worked::LONGEST_ENTRY_SECONDS as i64;

/// The stream of a member's timer.
pub fn timer_stream(member: MemberId) -> StreamId {
    StreamId::derived(TIMER, &[member.0.as_bytes()])
}

/// A timer that runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Running {
    /// The entry that it becomes.
    pub entry: EntryId,
    /// 1, 2, 3, …; the entry goes on from there.
    pub version: u32,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// Since when, in whole seconds.
    pub start: Timestamp,
    /// The IANA zone that its day is in.
    pub zone: String,
    /// Whether the time may be billed.
    pub billable: bool,
    /// What is done; it may stay sealed here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<String>>,
    /// Labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// A member's timer; one at most runs at any time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timer {
    /// Whose.
    pub member: Option<MemberId>,
    /// What runs, if anything does.
    pub running: Option<Running>,
}

impl Timer {
    /// What runs under this id, or the refusal that nothing does.
    pub fn entry(&self, entry: EntryId) -> Result<(MemberId, &Running), Refusal> {
        let running = self.running.as_ref().filter(|running| running.entry == entry);
        let unknown = TimerRefusal::NotRunning { entry };
        Ok(self.member.zip(running).ok_or(unknown)?)
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &TimerEvent) {
        match event {
            TimerEvent::TimerStarted(event) => {
                self.member = Some(event.member);
                self.running = Some(Running {
                    entry: event.entry,
                    version: 1,
                    project: event.project,
                    task: event.task,
                    start: event.start,
                    zone: event.zone.clone(),
                    billable: event.billable,
                    note: event.note.clone(),
                    tags: event.tags.clone(),
                });
            }
            TimerEvent::TimerChanged(event) => {
                self.running = Some(Running {
                    entry: event.entry,
                    version: event.version,
                    project: event.project,
                    task: event.task,
                    start: event.start,
                    zone: event.zone.clone(),
                    billable: event.billable,
                    note: event.note.clone(),
                    tags: event.tags.clone(),
                });
            }
            TimerEvent::TimerStopped(_) | TimerEvent::TimerDiscarded(_) => self.running = None,
        }
    }
}

/// What can be asked of a timer, each with the facts it's decided on.
#[derive(Debug, Clone, PartialEq)]
pub enum TimerCommand {
    /// Begin.
    Start(Box<StartTimer>, start_timer::StartFacts),
    /// Let it be about something else, or have begun at another time.
    Change(Box<ChangeTimer>, WorkFacts),
    /// End it. What is recorded is for the timesheet to say.
    Stop(StopTimer),
    /// Throw it away.
    Discard(DiscardTimer),
}

impl Timer {
    /// What a command leads to in this state; nothing is changed by asking.
    pub fn decide(&self, command: TimerCommand) -> Result<Vec<TimerEvent>, Refusal> {
        Ok(match command {
            TimerCommand::Start(command, facts) => {
                vec![start_timer::decide(self, &facts, *command)?.into()]
            }
            TimerCommand::Change(command, work) => {
                let changed = change_timer::decide(self, &work, *command)?;
                changed.map(TimerEvent::from).into_iter().collect()
            }
            TimerCommand::Stop(command) => {
                vec![stop_timer::decide(self, command)?.stopped.into()]
            }
            TimerCommand::Discard(command) => vec![discard_timer::decide(self, command)?.into()],
        })
    }
}

aggregate!(Timer, "timer", TimerCommand, TimerEvent, Refusal);

/// The instant without its fraction of a second: a timer counts whole ones.
pub fn whole_seconds(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).expect("an instant has its whole second")
}

/// A start must be a whole second that is not ahead and at most 24 hours back.
fn check_start(start: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if start.subsec_nanosecond() != 0 {
        return Err(super::worked::WorkedError::Fraction.into());
    }
    let back = now.as_second() - start.as_second();
    if !(0..=LONGEST_BACK_SECONDS).contains(&back) {
        return Err(TimerRefusal::StartOutOfRange.into());
    }
    Ok(())
}

/// The time that a timer has certainly taken by now: it must meet no other work of the member.
pub fn taken_so_far(start: Timestamp, now: Timestamp, zone: &str) -> Result<Worked, Refusal> {
    let (first, last) = (start.as_second() + 1, start.as_second() + LONGEST_BACK_SECONDS);
    let end = Timestamp::from_second(now.as_second().clamp(first, last));
    let end = end.map_err(|_| Refusal::DayOutOfRange)?;
    Ok(Worked::span(start, end, zone)?)
}
