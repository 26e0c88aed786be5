//! Locks within this process on the streams that a command will write, held from load to the end of
//! the append. Without them commands on one stream make one another stale and turn batches into
//! retries; right without them too, because the append checks versions.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use domain::id::{StreamId, TenantId};
use tokio::sync::OwnedMutexGuard;

type Key = (TenantId, StreamId);
type Table = Arc<Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>>;

/// The locks of this process.
#[derive(Debug, Clone, Default)]
pub struct StreamLocks {
    table: Table,
}

/// The locks one command holds; given back when dropped.
#[derive(Debug)]
pub struct HeldLocks {
    table: Table,
    tenant: TenantId,
    held: Vec<(StreamId, OwnedMutexGuard<()>)>,
}

impl StreamLocks {
    /// Waits for the locks of these streams, in their order, so that no two commands can wait for
    /// each other.
    pub async fn lock(&self, tenant: TenantId, streams: &BTreeSet<StreamId>) -> HeldLocks {
        let mut held = HeldLocks { table: self.table.clone(), tenant, held: Vec::new() };
        for stream in streams {
            let lock = {
                let mut table = self.table.lock().expect("no panic under it");
                table.entry((tenant, *stream)).or_default().clone()
            };
            held.held.push((*stream, lock.lock_owned().await));
        }
        held
    }
}

impl HeldLocks {
    /// Whether it holds this stream's lock.
    pub fn holds(&self, stream: StreamId) -> bool {
        self.held.iter().any(|(held, _)| *held == stream)
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}

impl Drop for HeldLocks {
    fn drop(&mut self) {
        let mut table = self.table.lock().expect("no panic under it");
        for (stream, guard) in self.held.drain(..) {
            drop(guard);
            let key = (self.tenant, stream);
            // Only the table knows it: nobody waits, and nobody can begin to while this is locked.
            if table.get(&key).is_some_and(|lock| Arc::strong_count(lock) == 1) {
                table.remove(&key);
            }
        }
    }
}
