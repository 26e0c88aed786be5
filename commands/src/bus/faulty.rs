//! A test instrument: a bus around another one that drops, doubles or holds back half of what its
//! readers get, in an order fixed by a seed. Consumers have to end up right all the same.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::id::TenantId;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{Ack, Arrival, Batch, Bus, BusError, BusState, Partitions, Subscription};

/// The longest a batch is held back when nothing comes after it.
const HOLD: Duration = Duration::from_millis(50);

/// A small random sequence that is the same on each run: the splitmix64 generator (Steele, Lea,
/// Flood 2014). Not for secrets.
#[derive(Debug, Clone)]
pub struct SplitMix(u64);

impl SplitMix {
    /// A sequence fixed by its seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}

/// A bus that delivers badly.
pub struct FaultyBus {
    inner: Arc<dyn Bus>,
    seed: u64,
    subscriptions: AtomicU64,
}

impl FaultyBus {
    /// Wraps a bus; each subscription gets a sequence of its own from the seed.
    pub fn new(inner: Arc<dyn Bus>, seed: u64) -> Self {
        Self { inner, seed, subscriptions: AtomicU64::new(0) }
    }
}

#[async_trait]
impl Bus for FaultyBus {
    async fn publish(&self, batch: Batch) -> Result<(), BusError> {
        self.inner.publish(batch).await
    }

    async fn last(&self, tenant: TenantId) -> Result<Option<(i64, i64)>, BusError> {
        self.inner.last(tenant).await
    }

    async fn subscribe(&self, partitions: Partitions) -> Result<Box<dyn Subscription>, BusError> {
        let number = self.subscriptions.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(Shuffled {
            inner: self.inner.subscribe(partitions).await?,
            random: SplitMix::new(self.seed ^ number.rotate_left(32)),
            due: VecDeque::new(),
            held: Vec::new(),
        }))
    }

    async fn reset(&self) -> Result<(), BusError> {
        self.inner.reset().await
    }

    fn incarnation(&self) -> watch::Receiver<Option<u64>> {
        self.inner.incarnation()
    }

    fn state(&self) -> BusState {
        self.inner.state()
    }
}

/// A batch that waits until so many others have passed it, or until its time is up.
struct HeldBack {
    batch: Batch,
    passes: u64,
    until: Instant,
}

struct Shuffled {
    inner: Box<dyn Subscription>,
    random: SplitMix,
    due: VecDeque<Arrival>,
    held: Vec<HeldBack>,
}

impl Shuffled {
    /// Decides the fate of a batch: half pass, the rest is dropped, doubled or held back.
    fn pass(&mut self, batch: Batch, ack: Ack) -> Option<Ack> {
        let fate = self.random.below(6);
        match fate {
            0 => return Some(ack),
            1 => self.due.push_back(Arrival::Batch(batch.clone(), Ack::default())),
            2 => {
                let passes = 1 + self.random.below(4);
                self.held.push(HeldBack { batch, passes, until: Instant::now() + HOLD });
                return Some(ack);
            }
            _ => {}
        }
        self.due.push_back(Arrival::Batch(batch, ack));
        None
    }

    /// Lets go of what was held back long enough.
    fn release(&mut self, passed: u64) {
        let now = Instant::now();
        for waiting in &mut self.held {
            waiting.passes = waiting.passes.saturating_sub(passed);
        }
        let out = self.held.extract_if(.., |waiting| waiting.passes == 0 || waiting.until <= now);
        self.due.extend(out.map(|free| Arrival::Batch(free.batch, Ack::default())));
    }
}

#[async_trait]
impl Subscription for Shuffled {
    async fn next(&mut self) -> Option<Arrival> {
        loop {
            if let Some(arrival) = self.due.pop_front() {
                return Some(arrival);
            }
            let until = self.held.iter().map(|waiting| waiting.until).min();
            let soon = until.unwrap_or_else(|| Instant::now() + HOLD);
            let arrival = tokio::select! {
                arrival = self.inner.next() => arrival,
                () = tokio::time::sleep_until(soon), if until.is_some() => {
                    self.release(0);
                    continue;
                }
            };
            match arrival {
                Some(Arrival::Batch(batch, ack)) => {
                    // What is dropped or held is acknowledged, so that no server repeats it.
                    let unused = self.pass(batch, ack);
                    self.release(1);
                    if let Some(ack) = unused {
                        ack.done().await;
                    }
                }
                Some(Arrival::Lagged) => self.due.push_back(Arrival::Lagged),
                None => {
                    self.release(u64::MAX);
                    return self.due.pop_front();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_numbers() {
        let mut random = SplitMix::new(7);
        let numbers: Vec<u64> = (0..5).map(|_| random.below(1000)).collect();
        let mut again = SplitMix::new(7);
        assert_eq!(numbers, (0..5).map(|_| again.below(1000)).collect::<Vec<_>>());
        assert_ne!(numbers, (0..5).map(|_| SplitMix::new(8).below(1000)).collect::<Vec<_>>());
    }
}
