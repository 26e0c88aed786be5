//! Changing a running timer: what is not named stays as it was. It's asked like a start where the
//! project, the task or the start moves, so that the stop is no surprise.

use jiff::Timestamp;

use super::super::Refusal;
use super::super::record_time::{WorkFacts, check_words};
use super::{Running, Timer, TimerChanged, check_start};
use crate::id::{EntryId, ProjectId, TaskId};
use crate::personal::Personal;

/// Changes a running timer; each field left out stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeTimer {
    /// What runs.
    pub entry: EntryId,
    /// Another project; a task of it should come along.
    pub project: Option<ProjectId>,
    /// Another task.
    pub task: Option<TaskId>,
    /// Another start with the zone that its day is in.
    pub start: Option<(Timestamp, String)>,
    /// Whether it may be billed.
    pub billable: Option<bool>,
    /// Another note, or none from now on.
    pub note: Option<Option<Personal<String>>>,
    /// Other tags: all from now on.
    pub tags: Option<Vec<String>>,
    /// Now.
    pub now: Timestamp,
}

impl ChangeTimer {
    /// The project and the task once it's changed: what facts are needed of.
    pub fn target(&self, running: &Running) -> (ProjectId, TaskId) {
        (self.project.unwrap_or(running.project), self.task.unwrap_or(running.task))
    }
}

/// What changing leads to: nothing where nothing would change.
pub fn decide(
    timer: &Timer,
    work: &WorkFacts,
    command: ChangeTimer,
) -> Result<Option<TimerChanged>, Refusal> {
    let (member, running) = timer.entry(command.entry)?;
    let (project, task) = command.target(running);
    let (start, zone) = command.start.unwrap_or_else(|| (running.start, running.zone.clone()));
    let new = Running {
        entry: running.entry,
        version: running.version,
        project,
        task,
        start,
        zone,
        billable: command.billable.unwrap_or(running.billable),
        note: command.note.unwrap_or_else(|| running.note.clone()),
        tags: command.tags.unwrap_or_else(|| running.tags.clone()),
    };
    if new == *running {
        return Ok(None);
    }
    if (project, task) != (running.project, running.task) {
        work.check()?;
    }
    if start != running.start {
        check_start(start, command.now)?;
    }
    super::super::worked::find_zone(&new.zone)?;
    check_words(new.note.as_ref(), &new.tags)?;
    Ok(Some(TimerChanged {
        entry: new.entry,
        version: running.version + 1,
        member,
        project,
        task,
        start,
        zone: new.zone,
        billable: new.billable,
        note: new.note,
        tags: new.tags,
    }))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::start_timer::tests::running;
    use super::*;
    use crate::time::samples::{at, entry_id, member_note, record_facts, task};

    pub(crate) fn change(entry: u128) -> ChangeTimer {
        ChangeTimer {
            entry: entry_id(entry),
            project: None,
            task: None,
            start: None,
            billable: None,
            note: None,
            tags: None,
            now: at("2026-01-07T12:00:00Z"),
        }
    }

    const NINE: &str = "2026-01-07T09:00:00Z";

    #[test]
    fn what_is_named_changes_and_the_rest_stays() {
        let mut timer = running(1, NINE);
        let note = Some(Some(member_note("Logo")));
        let command = ChangeTimer { note, task: Some(task(2)), ..change(1) };
        let changed = decide(&timer, &record_facts().work, command).expect("may be");
        timer.evolve(&changed.expect("changed").into());
        let (_, running) = timer.entry(entry_id(1)).expect("it runs");
        assert_eq!((running.version, running.task, running.start), (2, task(2), at(NINE)));
        assert_eq!(decide(&timer, &record_facts().work, change(1)), Ok(None));
    }

    #[test]
    fn a_task_that_takes_no_time_is_refused_only_where_it_is_new() {
        let closed = WorkFacts { project_archived: true, ..record_facts().work };
        let timer = running(1, NINE);
        let same = ChangeTimer { billable: Some(false), ..change(1) };
        assert!(decide(&timer, &closed, same).is_ok());
        let other = ChangeTimer { task: Some(task(2)), ..change(1) };
        assert_eq!(decide(&timer, &closed, other), Err(Refusal::ProjectArchived));
    }

    #[test]
    fn a_start_moves_within_the_last_24_hours_of_what_runs() {
        let timer = running(1, NINE);
        let to = |start: &str| {
            let start = Some((at(start), "UTC".to_owned()));
            decide(&timer, &record_facts().work, ChangeTimer { start, ..change(1) })
        };
        assert!(to("2026-01-07T08:00:00Z").is_ok());
        let ahead = to("2026-01-07T12:00:01Z").expect_err("ahead");
        let code = ahead.code();
        assert_eq!((code, ahead.field()), ("time.timer_start_out_of_range", Some("/start")));
        let gone = decide(&timer, &record_facts().work, change(2)).expect_err("not that one");
        assert_eq!(gone.code(), "time.timer_not_running");
    }
}
