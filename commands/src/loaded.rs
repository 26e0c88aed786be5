//! A stream as it was loaded: the state that its events fold into, and its version then.

use std::any::Any;
use std::sync::Arc;

use cqrs_es::Aggregate;
use domain::id::StreamId;
use domain::log::{Event, EventFamily};

use crate::refused::CommandError;

/// A state that streams of one kind fold into.
pub trait Stream:
    Aggregate<Event: EventFamily + Into<Event> + TryFrom<Event>> + Clone + Any
{
}

impl<A> Stream for A where
    A: Aggregate<Event: EventFamily + Into<Event> + TryFrom<Event>> + Clone + Any
{
}

/// A loaded stream.
#[derive(Debug)]
pub struct Loaded<A> {
    /// The stream.
    pub stream: StreamId,
    /// Its version; 0 where it does not exist.
    pub version: i32,
    /// Its state.
    pub state: Arc<A>,
}

impl<A> Clone for Loaded<A> {
    fn clone(&self) -> Self {
        Loaded { stream: self.stream, version: self.version, state: self.state.clone() }
    }
}

impl<A> Loaded<A> {
    /// Whether anything has happened in it.
    pub fn exists(&self) -> bool {
        self.version > 0
    }

    /// Refuses to go on where the caller saw another version of it than this one.
    pub fn check_seen(&self, seen: Option<i32>) -> Result<(), CommandError> {
        match seen {
            Some(seen) if self.exists() && seen != self.version => Err(CommandError::Stale),
            Some(_) | None => Ok(()),
        }
    }
}
