//! States of streams, folded once and kept by tenant and stream within a bound of weight. A state
//! may be stale: every append checks the versions it rests on, so a stale one costs a retry, never
//! a wrong decision.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::id::{StreamId, TenantId};

/// About how many events' worth of state is kept.
const CAPACITY: usize = 400_000;
const SHARDS: usize = 16;

type Key = (TenantId, StreamId);

struct Entry {
    version: i32,
    state: Arc<dyn Any + Send + Sync>,
    /// Whether it was used since the sweep last passed.
    used: bool,
}

#[derive(Default)]
struct Shard {
    entries: HashMap<Key, Entry>,
    weight: usize,
}

/// States in memory.
pub struct StateCache {
    shards: Vec<Mutex<Shard>>,
}

impl std::fmt::Debug for StateCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StateCache")
    }
}

impl Default for StateCache {
    fn default() -> Self {
        StateCache { shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }
}

/// A state weighs as many events as it was folded from, and a little for being there.
fn weight(version: i32) -> usize {
    version.unsigned_abs() as usize + 4
}

impl StateCache {
    fn shard(&self, key: &Key) -> &Mutex<Shard> {
        &self.shards[key.1.0.as_bytes()[15] as usize % SHARDS]
    }

    /// The version and state kept for a stream, if it's of this type.
    pub fn get<A: Any + Send + Sync>(
        &self,
        tenant: TenantId,
        stream: StreamId,
    ) -> Option<(i32, Arc<A>)> {
        let key = (tenant, stream);
        let mut shard = self.shard(&key).lock().expect("no panic under it");
        let entry = shard.entries.get_mut(&key)?;
        entry.used = true;
        Some((entry.version, entry.state.clone().downcast().ok()?))
    }

    /// Keeps a state, unless a later version is kept already.
    pub fn put<A: Any + Send + Sync>(
        &self,
        tenant: TenantId,
        stream: StreamId,
        version: i32,
        state: Arc<A>,
    ) {
        let key = (tenant, stream);
        let mut shard = self.shard(&key).lock().expect("no panic under it");
        if shard.entries.get(&key).is_some_and(|entry| entry.version > version) {
            return;
        }
        let old = shard.entries.insert(key, Entry { version, state, used: true });
        shard.weight += weight(version);
        shard.weight -= old.map_or(0, |entry| weight(entry.version));
        if shard.weight > CAPACITY / SHARDS {
            shard.sweep();
        }
    }

    /// Forgets a stream's state.
    pub fn forget(&self, tenant: TenantId, stream: StreamId) {
        let key = (tenant, stream);
        let mut shard = self.shard(&key).lock().expect("no panic under it");
        if let Some(entry) = shard.entries.remove(&key) {
            shard.weight -= weight(entry.version);
        }
    }
}

impl Shard {
    /// Drops what was not used since the last sweep; if that is too little, everything.
    fn sweep(&mut self) {
        self.entries.retain(|_, entry| std::mem::take(&mut entry.used));
        self.weight = self.entries.values().map(|entry| weight(entry.version)).sum();
        if self.weight > CAPACITY / SHARDS / 2 {
            self.entries.clear();
            self.weight = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_later_state_is_not_replaced_by_an_earlier_one() {
        let cache = StateCache::default();
        let (tenant, stream) = (TenantId(Uuid::from_u128(1)), StreamId(Uuid::from_u128(2)));
        cache.put(tenant, stream, 2, Arc::new("two"));
        cache.put(tenant, stream, 1, Arc::new("one"));
        assert_eq!(cache.get::<&str>(tenant, stream), Some((2, Arc::new("two"))));
        assert_eq!(cache.get::<&str>(TenantId(Uuid::from_u128(9)), stream), None);
        cache.forget(tenant, stream);
        assert_eq!(cache.get::<&str>(tenant, stream), None);
    }

    #[test]
    fn what_is_kept_stays_within_its_bound() {
        let cache = StateCache::default();
        let tenant = TenantId(Uuid::from_u128(1));
        for n in 0..200_000_u128 {
            cache.put(tenant, StreamId(Uuid::from_u128(n)), 10, Arc::new(n));
        }
        let total: usize =
            cache.shards.iter().map(|shard| shard.lock().expect("no panic").weight).sum();
        assert!(total <= CAPACITY, "{total}");
        assert!(total > 0);
    }
}
