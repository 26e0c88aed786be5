//! Waiting in tests: until something holds, never just for a while.

use std::time::{Duration, Instant};

/// How long a busy machine may take for what usually takes milliseconds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Asks again and again until `holds`; fails with `what` when it takes too long.
pub(crate) async fn wait_until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
