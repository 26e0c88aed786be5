//! Discarding a timer: it ends and no time follows from it. That it ran stays in the log.

use super::super::Refusal;
use super::{Timer, TimerDiscarded};
use crate::id::EntryId;
use crate::personal::Personal;

/// Throws a running timer away.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscardTimer {
    /// What runs.
    pub entry: EntryId,
    /// Why.
    pub reason: Option<Personal<String>>,
}

/// What discarding leads to.
pub fn decide(timer: &Timer, command: DiscardTimer) -> Result<TimerDiscarded, Refusal> {
    let (member, running) = timer.entry(command.entry)?;
    Ok(TimerDiscarded { entry: running.entry, member, reason: command.reason })
}

#[cfg(test)]
mod tests {
    use super::super::start_timer::tests::running;
    use super::*;
    use crate::time::samples::entry_id;

    #[test]
    fn what_is_discarded_runs_no_more_and_is_not_discarded_twice() {
        let mut timer = running(1, "2026-01-07T09:00:00Z");
        let command = DiscardTimer { entry: entry_id(1), reason: None };
        timer.evolve(&decide(&timer, command.clone()).expect("discarded").into());
        assert_eq!(timer.running, None);
        let again = decide(&timer, command).expect_err("it runs no more");
        assert_eq!((again.code(), again.field()), ("time.timer_not_running", None));
    }
}
