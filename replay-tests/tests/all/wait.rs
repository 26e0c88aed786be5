//! Waiting in tests: until something holds, never just for a while.

use std::time::{Duration, Instant};

/// How long a busy machine may take for what usually takes milliseconds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Asks again and again until `holds`; fails with `what` when it takes too long.
pub(crate) async fn wait_until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    wait_while_it_moves(what, async || if holds().await { None } else { Some(0) }).await;
}

/// The same for something that comes nearer: `rest` answers how far it is, and nothing at its end.
/// It may take long, but it must not stand still.
pub(crate) async fn wait_while_it_moves(what: &str, mut rest: impl AsyncFnMut() -> Option<i64>) {
    let (mut since, mut last) = (Instant::now(), None);
    while let Some(now) = rest().await {
        if last != Some(now) {
            (since, last) = (Instant::now(), Some(now));
        }
        assert!(since.elapsed() < PATIENCE, "{what}: no nearer than {now} within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What a client does before it asks a service again that had no answer.
pub(crate) async fn back_off() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

/// The seed of a random test: its own, or the one in `CROWDMINDER_SEED`, to see a failure again or
/// to look for others. It is printed, and shown when the test fails.
pub(crate) fn seed(own: u64) -> u64 {
    let asked = std::env::var("CROWDMINDER_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = asked.unwrap_or(own);
    println!("seed {seed}");
    seed
}
