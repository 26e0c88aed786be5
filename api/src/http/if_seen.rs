//! A command that holds only if its stream is still in the version that the caller saw, for
//! commands that don't ask for one themselves.

use std::marker::PhantomData;

use commands::unit::Stream;
use commands::{Command, CommandError, Reply, Unit};
use domain::id::StreamId;

/// `command`, where the stream of `A` is in the version seen.
pub(crate) struct IfSeen<A, C> {
    stream: StreamId,
    seen: Option<i32>,
    command: C,
    state: PhantomData<fn() -> A>,
}

impl<A, C> IfSeen<A, C> {
    /// Holds in any version where none is named.
    pub(crate) fn new(stream: StreamId, seen: Option<i32>, command: C) -> Self {
        IfSeen { stream, seen, command, state: PhantomData }
    }
}

impl<A: Stream, C: Command> Command for IfSeen<A, C> {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let loaded = unit.write::<A>(self.stream).await?;
        // What does not exist is for the command to say.
        let stale = self.seen.is_some_and(|seen| loaded.exists() && seen != loaded.version);
        if stale { Err(CommandError::Stale) } else { self.command.run(unit).await }
    }
}
