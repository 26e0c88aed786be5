//! The bus inside one process, for the embedded default: a ring of the newest messages. A reader
//! that falls behind the ring is told that it lagged; memory is bounded by leaving bodies out.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::id::TenantId;
use tokio::sync::{broadcast, watch};

use super::{Ack, Arrival, Batch, Bus, BusError, BusState, Partitions, Subscription};

/// How many messages the ring holds for slow readers.
const RING: usize = 1024;
/// How many bytes of bodies the ring holds. Above it messages go as positions only.
const RING_BYTES: usize = 32 * 1024 * 1024;

/// A batch in the ring; its bytes are counted until the last reader has passed it.
struct Held {
    batch: Batch,
    bytes: Arc<AtomicUsize>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.bytes.fetch_sub(self.batch.body.len(), Ordering::Relaxed);
    }
}

#[derive(Clone)]
enum Slot {
    Batch(Arc<Held>),
    Reset,
}

/// A bus between the tasks of one process.
pub struct InProcessBus {
    ring: broadcast::Sender<Slot>,
    last: Mutex<HashMap<TenantId, (i64, i64)>>,
    bytes: Arc<AtomicUsize>,
    incarnation: watch::Sender<Option<u64>>,
}

impl Default for InProcessBus {
    fn default() -> Self {
        Self::with_ring(RING)
    }
}

impl InProcessBus {
    /// A bus whose ring holds so many messages, at least one.
    pub fn with_ring(messages: usize) -> Self {
        Self {
            ring: broadcast::Sender::new(messages.max(1)),
            last: Mutex::default(),
            bytes: Arc::default(),
            incarnation: watch::Sender::new(Some(0)),
        }
    }

    fn held(&self, batch: Batch) -> Arc<Held> {
        let bytes = batch.body.len();
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if bytes > 0 && before + bytes > RING_BYTES {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Arc::new(Held { batch: batch.without_body(), bytes: self.bytes.clone() });
        }
        Arc::new(Held { batch, bytes: self.bytes.clone() })
    }
}

#[async_trait]
impl Bus for InProcessBus {
    async fn publish(&self, batch: Batch) -> Result<(), BusError> {
        batch.check()?;
        let positions = (batch.first, batch.last);
        // The lock is held over the sending so that two publishers of a tenant can't swap.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.insert(batch.tenant, positions) != Some(positions) && self.ring.receiver_count() > 0
        {
            // It fails only if the last reader left just now: then nobody misses the message.
            let _ = self.ring.send(Slot::Batch(self.held(batch)));
        }
        Ok(())
    }

    async fn last(&self, tenant: TenantId) -> Result<Option<(i64, i64)>, BusError> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(last.get(&tenant).copied())
    }

    async fn subscribe(&self, partitions: Partitions) -> Result<Box<dyn Subscription>, BusError> {
        Ok(Box::new(Reader { ring: self.ring.subscribe(), partitions, started: false }))
    }

    async fn reset(&self) -> Result<(), BusError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.clear();
        // It fails only without readers, and then there is nobody to tell.
        let _ = self.ring.send(Slot::Reset);
        self.incarnation.send_modify(|number| *number = number.map(|number| number + 1));
        Ok(())
    }

    fn incarnation(&self) -> watch::Receiver<Option<u64>> {
        self.incarnation.subscribe()
    }

    fn state(&self) -> BusState {
        BusState {
            kind: "in-process",
            connected: true,
            ready: true,
            server_version: None,
            refused: None,
            trouble: None,
            warnings: Vec::new(),
        }
    }
}

struct Reader {
    ring: broadcast::Receiver<Slot>,
    partitions: Partitions,
    started: bool,
}

#[async_trait]
impl Subscription for Reader {
    async fn next(&mut self) -> Option<Arrival> {
        if !std::mem::replace(&mut self.started, true) {
            return Some(Arrival::Lagged);
        }
        loop {
            match self.ring.recv().await {
                Ok(Slot::Batch(held)) if self.partitions.contains(held.batch.tenant) => {
                    return Some(Arrival::Batch(held.batch.clone(), Ack::default()));
                }
                Ok(Slot::Batch(_)) => {}
                Ok(Slot::Reset) | Err(broadcast::error::RecvError::Lagged(_)) => {
                    return Some(Arrival::Lagged);
                }
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::MAX_BODY;
    use bytes::Bytes;
    use uuid::Uuid;

    fn large(position: i64) -> Batch {
        let tenant = TenantId(Uuid::from_u128(1));
        Batch { tenant, first: position, last: position, body: Bytes::from(vec![b'x'; MAX_BODY]) }
    }

    #[tokio::test]
    async fn bodies_are_left_out_rather_than_held_without_bound() {
        let bus = InProcessBus::default();
        let mut reader = bus.subscribe(Partitions::all()).await.unwrap();
        for position in 1..=100 {
            bus.publish(large(position)).await.unwrap();
        }
        assert!(bus.bytes.load(Ordering::Relaxed) <= RING_BYTES);
        let (mut whole, mut bare) = (0, 0);
        assert!(matches!(reader.next().await, Some(Arrival::Lagged)));
        for position in 1..=100 {
            let Some(Arrival::Batch(batch, _)) = reader.next().await else { panic!("no batch") };
            assert_eq!(batch.first, position);
            if batch.is_positions_only() { bare += 1 } else { whole += 1 }
        }
        assert_eq!((whole, bare), (64, 36));
        assert_eq!(bus.bytes.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_message_without_readers_takes_no_memory() {
        let bus = InProcessBus::default();
        bus.publish(large(1)).await.unwrap();
        assert_eq!(bus.bytes.load(Ordering::Relaxed), 0);
        assert_eq!(bus.last(large(1).tenant).await.unwrap(), Some((1, 1)));
    }
}
