//! The write side's clock and source of ids. It's injected, so that a demo can live through a year
//! in a minute; whatever a simulated clock writes says so in its metadata.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use uuid::Uuid;

/// Where "now" and new ids come from.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Simulated(Arc<Mutex<Simulation>>),
}

#[derive(Debug)]
struct Simulation {
    now: Timestamp,
    random: SplitMix,
}

/// A small generator (SplitMix64) for ids that must be the same for the same seed.
#[derive(Debug)]
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

impl Clock {
    /// The machine's clock and random ids.
    pub fn system() -> Self {
        Clock(Source::System)
    }

    /// A clock that stands at `now` until it's set, with ids that follow from `seed`.
    pub fn simulated(now: Timestamp, seed: u64) -> Self {
        let simulation = Simulation { now, random: SplitMix(seed) };
        Clock(Source::Simulated(Arc::new(Mutex::new(simulation))))
    }

    /// Now, in whole microseconds.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => {
                #[expect(clippy::disallowed_methods, reason = "this is the injected clock")]
                let now = Timestamp::now();
                Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
            }
            Source::Simulated(simulation) => simulation.lock().expect("no panic under it").now,
        }
    }

    /// A new id of version 7, later than ids made before.
    pub fn new_id(&self) -> Uuid {
        match &self.0 {
            Source::System => {
                #[expect(clippy::disallowed_methods, reason = "this is the injected source of ids")]
                let id = Uuid::now_v7();
                id
            }
            Source::Simulated(simulation) => {
                let mut simulation = simulation.lock().expect("no panic under it");
                let millis = u64::try_from(simulation.now.as_millisecond()).unwrap_or_default();
                let (high, low) = (simulation.random.next(), simulation.random.next());
                let mut bytes = [0; 10];
                bytes[..8].copy_from_slice(&high.to_be_bytes());
                bytes[8..].copy_from_slice(&low.to_be_bytes()[..2]);
                uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
            }
        }
    }

    /// Sets a simulated clock; the machine's clock can't be set.
    pub fn set(&self, now: Timestamp) {
        if let Source::Simulated(simulation) = &self.0 {
            simulation.lock().expect("no panic under it").now = now;
        }
    }

    /// Whether what it says is not the real time.
    pub fn is_simulated(&self) -> bool {
        matches!(self.0, Source::Simulated(_))
    }
}
