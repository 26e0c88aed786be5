//! Starting a timer: by the rules of recording, as far as they can be asked before the end is
//! known, so that whoever works for hours is not refused in the evening what could be told now.

use jiff::Timestamp;

use super::super::overlap::OverlapRule;
use super::super::record_time::{WorkFacts, check_overlap, check_words};
use super::super::{Refusal, Timesheet};
use super::{Timer, TimerRefusal, TimerStarted, check_start, taken_so_far};
use crate::id::{EntryId, MemberId, ProjectId, TaskId};
use crate::personal::Personal;

/// Starts a timer.
#[derive(Debug, Clone, PartialEq)]
pub struct StartTimer {
    /// The entry that it becomes.
    pub entry: EntryId,
    /// Who works.
    pub member: MemberId,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// Since when, in whole seconds.
    pub start: Timestamp,
    /// The IANA zone that its day is in.
    pub zone: String,
    /// Whether it may be billed; the task's default where it's not said.
    pub billable: Option<bool>,
    /// What is done.
    pub note: Option<Personal<String>>,
    /// Labels.
    pub tags: Vec<String>,
    /// Now.
    pub now: Timestamp,
}

/// What starting is decided on.
#[derive(Debug, Clone, PartialEq)]
pub struct StartFacts {
    /// The member is active.
    pub member_active: bool,
    /// The project and the task.
    pub work: WorkFacts,
    /// The week of the start and the neighbour weeks that may overlap the time until now.
    pub sheets: Vec<Timesheet>,
}

/// What starting leads to. Stop a timer that runs first, if that is meant.
pub fn decide(
    timer: &Timer,
    facts: &StartFacts,
    command: StartTimer,
) -> Result<TimerStarted, Refusal> {
    if let Some(running) = &timer.running {
        let (entry, start) = (running.entry, running.start);
        return Err(TimerRefusal::AlreadyRunning { entry, start }.into());
    }
    if !facts.member_active {
        return Err(Refusal::MemberInactive);
    }
    let task = facts.work.check()?;
    check_words(command.note.as_ref(), &command.tags)?;
    check_start(command.start, command.now)?;
    check_free(&facts.sheets, command.entry, command.start, command.now, &command.zone)?;
    Ok(TimerStarted {
        entry: command.entry,
        member: command.member,
        project: command.project,
        task: command.task,
        start: command.start,
        zone: command.zone,
        billable: command.billable.unwrap_or(task.billable_default),
        note: command.note,
        tags: command.tags,
    })
}

/// No recorded work shares an instant with the time from the start until now.
fn check_free(
    sheets: &[Timesheet],
    entry: EntryId,
    start: Timestamp,
    now: Timestamp,
    zone: &str,
) -> Result<(), Refusal> {
    let taken = taken_so_far(start, now, zone)?;
    let empty = Timesheet::default();
    let sheets: Vec<&Timesheet> = sheets.iter().collect();
    check_overlap(&empty, &sheets, OverlapRule::Refuse, &taken, entry)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::time::record_time::TaskFacts;
    use crate::time::samples::{
        at, entry_id, member, project, record_facts, sheet_of, span, task, task_facts,
    };

    pub(crate) fn start(entry: u128, start: &str) -> StartTimer {
        StartTimer {
            entry: entry_id(entry),
            member: member(1),
            project: project(1),
            task: task(1),
            start: at(start),
            zone: "Africa/Johannesburg".into(),
            billable: None,
            note: None,
            tags: Vec::new(),
            now: at("2026-01-07T10:00:00.5Z"),
        }
    }

    pub(crate) fn facts() -> StartFacts {
        StartFacts { member_active: true, work: record_facts().work, sheets: Vec::new() }
    }

    pub(crate) fn running(entry: u128, since: &str) -> Timer {
        let mut timer = Timer::default();
        let started = decide(&timer, &facts(), start(entry, since)).expect("started");
        timer.evolve(&started.into());
        timer
    }

    fn refused(timer: &Timer, facts: &StartFacts, command: StartTimer) -> Refusal {
        decide(timer, facts, command).expect_err("must be refused")
    }

    const NINE: &str = "2026-01-07T09:00:00Z";

    #[test]
    fn a_timer_runs_from_its_start_and_is_billable_as_its_task_unless_said() {
        let timer = running(1, NINE);
        let (of, running) = timer.entry(entry_id(1)).expect("it runs");
        assert_eq!((of, running.version, running.billable), (member(1), 1, true));
        let said = StartTimer { billable: Some(false), ..start(1, NINE) };
        assert!(!decide(&Timer::default(), &facts(), said).expect("started").billable);
    }

    #[test]
    fn a_second_timer_is_refused_and_the_first_is_named() {
        let refusal = refused(&running(1, NINE), &facts(), start(2, NINE));
        let named = TimerRefusal::AlreadyRunning { entry: entry_id(1), start: at(NINE) };
        assert_eq!(refusal, named.into());
        assert_eq!(
            (refusal.code(), refusal.field()),
            ("time.timer_running", Some("/stop_running"))
        );
    }

    #[test]
    fn nobody_starts_on_what_takes_no_time() {
        let none = Timer::default();
        let inactive = StartFacts { member_active: false, ..facts() };
        assert_eq!(refused(&none, &inactive, start(1, NINE)), Refusal::MemberInactive);
        let task = Some(TaskFacts { archived: true, ..task_facts() });
        let archived = StartFacts { work: WorkFacts { task, ..facts().work }, ..facts() };
        assert_eq!(refused(&none, &archived, start(1, NINE)), Refusal::TaskArchived);
        let tags = vec![" ".to_owned()];
        let blank = StartTimer { tags, ..start(1, NINE) };
        assert_eq!(refused(&none, &facts(), blank).code(), "time.tags_out_of_bounds");
    }

    #[test]
    fn a_start_lies_up_to_24_hours_back_and_never_ahead() {
        let code = |start_at: &str| {
            decide(&Timer::default(), &facts(), start(1, start_at)).map_err(|it| it.code())
        };
        assert!(code("2026-01-06T10:00:00Z").is_ok());
        assert!(code("2026-01-07T10:00:00Z").is_ok());
        let out = Err("time.timer_start_out_of_range");
        assert_eq!(code("2026-01-06T09:59:59Z").map(drop), out);
        assert_eq!(code("2026-01-07T10:00:01Z").map(drop), out);
        assert_eq!(code("2026-01-07T09:00:00.5Z").map(drop), Err("time.fraction_of_a_second"));
    }

    #[test]
    fn a_start_within_recorded_work_is_refused_and_names_the_entry() {
        let recorded = sheet_of(&[(7, span("2026-01-07T08:00:00Z", "2026-01-07T09:30:00Z"))]);
        let facts = StartFacts { sheets: vec![recorded], ..facts() };
        let refusal = refused(&Timer::default(), &facts, start(1, NINE));
        assert!(matches!(refusal, Refusal::Overlap { with, .. } if with == entry_id(7)));
        let after = start(1, "2026-01-07T09:30:00Z");
        assert!(decide(&Timer::default(), &facts, after).is_ok());
    }
}
