//! The state that a command led to, kept in memory once it has landed.

use std::sync::Arc;

use domain::id::TenantId;

use super::{Loaded, Stream};
use crate::event_log::StreamAppend;
use crate::state_cache::StateCache;

/// Keeps the state after an append has landed, so that the next command needs no look at the log.
pub(super) fn keep_state<A: Stream>(
    cache: &StateCache,
    tenant: TenantId,
    loaded: Loaded<A>,
    append: &StreamAppend,
) {
    let mut state = loaded.state;
    let folded = Arc::make_mut(&mut state);
    for event in &append.events {
        let Ok(event) = A::Event::try_from(event.clone()) else { return };
        folded.apply(event);
    }
    let version = loaded.version + append.events.len() as i32;
    cache.put(tenant, loaded.stream, version, state);
}
