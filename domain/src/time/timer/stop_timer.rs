//! Stopping a timer: it ends, and what it measured is recorded like any other time, under the same
//! id and one version on, so that nobody takes the entry for the timer that they saw.

use jiff::Timestamp;

use super::super::record_time::RecordTime;
use super::super::worked::WorkedError;
use super::super::{Refusal, TimeRecorded, Worked};
use super::{Timer, TimerRefusal, TimerStopped, whole_seconds};
use crate::id::EntryId;

/// Stops a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopTimer {
    /// What runs.
    pub entry: EntryId,
    /// When the work ended; now where it's not said.
    pub end: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
}

/// What stopping leads to, once the timesheet has taken the time.
#[derive(Debug, Clone, PartialEq)]
pub struct Stopping {
    /// For the timer's stream, and there first: it sets the entry's id free.
    pub stopped: TimerStopped,
    /// What to record. Whoever worked gets it recorded, even if they left since.
    pub record: RecordTime,
    /// The version of the recorded entry.
    pub version: u32,
}

impl Stopping {
    /// The recorded time, one version on from the timer's.
    pub fn finish(&self, recorded: TimeRecorded) -> TimeRecorded {
        TimeRecorded { version: self.version, ..recorded }
    }
}

/// What stopping leads to.
pub fn decide(timer: &Timer, command: StopTimer) -> Result<Stopping, Refusal> {
    let (member, running) = timer.entry(command.entry)?;
    let (entry, start) = (running.entry, running.start);
    if command.end.is_some_and(|end| end > command.now) {
        return Err(TimerRefusal::EndAhead.into());
    }
    let end = command.end.unwrap_or_else(|| whole_seconds(command.now));
    let worked = Worked::span(start, end, &running.zone).map_err(|error| match error {
        WorkedError::NotPositive => TimerRefusal::TooShort { entry, start }.into(),
        WorkedError::TooLong => TimerRefusal::TooLong { entry, start }.into(),
        WorkedError::Fraction | WorkedError::UnknownZone(_) => Refusal::from(error),
    })?;
    let record = RecordTime {
        entry,
        member,
        project: running.project,
        task: running.task,
        worked,
        billable: Some(running.billable),
        note: running.note.clone(),
        tags: running.tags.clone(),
        import: None,
        source: None,
    };
    let stopped = TimerStopped { entry, member, end };
    Ok(Stopping { stopped, record, version: running.version + 1 })
}

#[cfg(test)]
mod tests {
    use super::super::start_timer::tests::running;
    use super::*;
    use crate::time::samples::{at, entry_id, record_facts};
    use crate::time::{Timesheet, record_time};

    const NINE: &str = "2026-01-07T09:00:00Z";

    fn stop(end: Option<&str>, now: &str) -> Result<Stopping, Refusal> {
        let command = StopTimer { entry: entry_id(1), end: end.map(at), now: at(now) };
        decide(&running(1, NINE), command)
    }

    #[test]
    fn what_was_measured_is_recorded_in_whole_seconds_one_version_on() {
        let stopping = stop(None, "2026-01-07T09:00:07.9Z").expect("stopped");
        assert_eq!(stopping.stopped.end, at("2026-01-07T09:00:07Z"));
        assert_eq!(stopping.record.worked.seconds, 7);
        let recorded = record_time::decide(
            &Timesheet::default(),
            &record_facts(),
            &[],
            stopping.record.clone(),
        );
        let recorded = stopping.finish(recorded.expect("recorded"));
        assert_eq!((recorded.entry, recorded.version), (entry_id(1), 2));
        let early = stop(Some("2026-01-07T09:30:00Z"), "2026-01-07T15:00:00Z").expect("stopped");
        assert_eq!(early.record.worked.seconds, 1800);
    }

    #[test]
    fn less_than_a_second_and_more_than_a_day_are_refused_with_a_remedy() {
        let refused = |end, now| stop(end, now).expect_err("refused");
        let short = refused(None, "2026-01-07T09:00:00.9Z");
        assert_eq!((short.code(), short.field()), ("time.timer_too_short", Some("/end")));
        assert!(short.to_string().contains("discard"), "{short}");
        let before = refused(Some("2026-01-07T08:00:00Z"), "2026-01-07T10:00:00Z");
        assert_eq!(before.code(), "time.timer_too_short");
        let long = refused(None, "2026-01-08T09:00:01Z");
        assert_eq!((long.code(), long.field()), ("time.timer_too_long", Some("/end")));
        assert!(long.to_string().contains("give the end"), "{long}");
        assert!(stop(None, "2026-01-08T09:00:00Z").is_ok());
        let remedied = stop(Some("2026-01-07T17:00:00Z"), "2026-01-09T09:00:00Z");
        assert_eq!(remedied.expect("stopped").record.worked.seconds, 8 * 3600);
    }

    #[test]
    fn an_end_is_a_whole_second_that_is_not_ahead_and_only_what_runs_is_stopped() {
        let now = "2026-01-07T10:00:00Z";
        let ahead = stop(Some("2026-01-07T10:00:01Z"), now).expect_err("ahead");
        assert_eq!((ahead.code(), ahead.field()), ("time.timer_end_ahead", Some("/end")));
        let half = stop(Some("2026-01-07T09:30:00.5Z"), now).expect_err("half a second");
        assert_eq!(half.code(), "time.fraction_of_a_second");
        let command = StopTimer { entry: entry_id(2), end: None, now: at(now) };
        let other = decide(&running(1, NINE), command).expect_err("another one");
        assert_eq!(other.code(), "time.timer_not_running");
    }
}
