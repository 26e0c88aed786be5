//! Why a timer refuses. Each refusal has a stable code and says what to do.

use jiff::Timestamp;

use crate::id::EntryId;

/// What a timer refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimerRefusal {
    /// One runs already.
    #[error(
        "the timer {entry} runs since {start}; stop or discard it first, or start this one with \
         stop_running, which stops that one in the same step"
    )]
    AlreadyRunning {
        /// What runs.
        entry: EntryId,
        /// Since when.
        start: Timestamp,
    },
    /// The entry is still a running timer, of which less can be asked.
    #[error(
        "the entry {entry} is a running timer: change its project, task, note, tags, billable or \
         start, discard it, or stop it first"
    )]
    StillRunning {
        /// What runs.
        entry: EntryId,
    },
    /// Nothing runs under this id.
    #[error("no timer {entry} runs; it was stopped or discarded before")]
    NotRunning {
        /// What was named.
        entry: EntryId,
    },
    /// It would be an entry of less than a second, or end before it began.
    #[error(
        "the timer {entry} began at {start}, and an entry lasts at least one second; give a later \
         end, or discard the timer"
    )]
    TooShort {
        /// What runs.
        entry: EntryId,
        /// Since when.
        start: Timestamp,
    },
    /// It ran for more than a day.
    #[error(
        "the timer {entry} runs since {start}, and an entry lasts at most 24 hours; give the end \
         of the work with end, or discard the timer"
    )]
    TooLong {
        /// What runs.
        entry: EntryId,
        /// Since when.
        start: Timestamp,
    },
    /// The end is not yet there.
    #[error("the end lies ahead; leave it out to stop the timer now")]
    EndAhead,
    /// The start is ahead or too far back.
    #[error("a timer starts now or up to 24 hours ago; record what is longer ago as an entry")]
    StartOutOfRange,
}

impl TimerRefusal {
    /// The stable name of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            TimerRefusal::AlreadyRunning { .. } => "time.timer_running",
            TimerRefusal::StillRunning { .. } => "time.entry_running",
            TimerRefusal::NotRunning { .. } => "time.timer_not_running",
            TimerRefusal::TooShort { .. } => "time.timer_too_short",
            TimerRefusal::TooLong { .. } => "time.timer_too_long",
            TimerRefusal::EndAhead => "time.timer_end_ahead",
            TimerRefusal::StartOutOfRange => "time.timer_start_out_of_range",
        }
    }

    /// The field of the request it's about, as a JSON pointer, where it's one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            TimerRefusal::TooShort { .. }
            | TimerRefusal::TooLong { .. }
            | TimerRefusal::EndAhead => Some("/end"),
            TimerRefusal::StartOutOfRange => Some("/start"),
            TimerRefusal::AlreadyRunning { .. } => Some("/stop_running"),
            TimerRefusal::StillRunning { .. } | TimerRefusal::NotRunning { .. } => None,
        }
    }
}
