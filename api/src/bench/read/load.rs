//! Load on one route. In a closed loop each client asks again once it was answered; in an open loop
//! requests fall due at a rate, whether or not the server keeps up, and what waited counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::task::JoinSet;

use super::client::{Connection, Site};
use crate::bench::quantile;

/// The most requests of one leg.
const MOST: usize = 2_000_000;

/// What is asked for: paths of one route, one after the other, over and over.
#[derive(Debug, Clone)]
pub struct Target {
    /// What it's called in the report.
    pub name: &'static str,
    /// The paths, with their queries.
    pub paths: Vec<String>,
}

/// How requests follow each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// The next one once the last was answered.
    Closed,
    /// So many a second over all connections.
    Open(f64),
}

/// What came of a leg.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Milliseconds of each answer, from when it was due.
    pub ms: Vec<f64>,
    /// Of all bodies.
    pub bytes: u64,
    /// From the first request to the last answer.
    pub seconds: f64,
}

impl Tally {
    /// Answers per second.
    pub fn per_second(&self) -> f64 {
        if self.seconds > 0.0 { self.ms.len() as f64 / self.seconds } else { 0.0 }
    }

    /// Bytes of an answer, on average.
    pub fn bytes_each(&self) -> f64 {
        self.bytes as f64 / self.ms.len().max(1) as f64
    }

    /// Milliseconds below which this share of the answers came.
    pub fn quantile(&self, share: f64) -> f64 {
        quantile(&self.ms, share)
    }
}

/// Asks for each path once, over one connection; the status of the first that is not 200.
pub async fn look(site: &Site, target: &Target) -> anyhow::Result<u16> {
    let mut connection = Connection::to(site).await?;
    for path in &target.paths {
        let status = connection.get(path).await?.status;
        if status != 200 {
            return Ok(status);
        }
    }
    Ok(200)
}

/// Runs one leg with so many connections. Fails where anything is answered but 200.
pub async fn run(
    site: &Site,
    target: &Target,
    connections: usize,
    pace: Pace,
    leg: Duration,
) -> anyhow::Result<Tally> {
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::to(site).await?);
    }
    let (target, next) = (Arc::new(target.clone()), Arc::new(AtomicUsize::new(0)));
    let (start, mut tasks) = (Instant::now(), JoinSet::new());
    for connection in open {
        let one = One { target: target.clone(), next: next.clone(), start, pace, leg };
        tasks.spawn(one.run(connection));
    }
    let mut whole = Tally::default();
    while let Some(tally) = tasks.join_next().await {
        let Tally { mut ms, bytes, .. } = tally??;
        whole.ms.append(&mut ms);
        whole.bytes += bytes;
    }
    whole.seconds = start.elapsed().as_secs_f64();
    Ok(whole)
}

/// One connection of a leg.
struct One {
    target: Arc<Target>,
    /// The number of the next request, over all connections.
    next: Arc<AtomicUsize>,
    start: Instant,
    pace: Pace,
    leg: Duration,
}

impl One {
    async fn run(self, mut connection: Connection) -> anyhow::Result<Tally> {
        let mut tally = Tally::default();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(due) = self.due(number).await else { return Ok(tally) };
            let path = &self.target.paths[number % self.target.paths.len()];
            let answer = connection.get(path).await?;
            tally.ms.push(due.elapsed().as_secs_f64() * 1e3);
            tally.bytes += answer.bytes;
            ensure!(answer.status == 200, "{path} answered {}", answer.status);
        }
    }

    /// Waits until a request is due and answers since when it is; none once the leg is over.
    async fn due(&self, number: usize) -> Option<Instant> {
        let now = Instant::now();
        let due = match self.pace {
            Pace::Closed => now,
            Pace::Open(rate) => self.start + Duration::from_secs_f64(number as f64 / rate),
        };
        if number >= MOST || due.max(now) >= self.start + self.leg {
            return None;
        }
        if due <= now {
            return Some(due);
        }
        tokio::time::sleep_until(due.into()).await;
        // Timers are coarse: what they add is not the server's.
        Some(Instant::now())
    }
}
