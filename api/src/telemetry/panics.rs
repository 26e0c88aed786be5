//! Panics as lines of the log. What a panic says may have been put together from what somebody
//! wrote, so only words that stand in the program are repeated, and the place always.

use std::panic;

/// Logs every panic from now on.
pub(super) fn log_them() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let words = panic.payload().downcast_ref::<&'static str>();
        let words = words.copied().unwrap_or("what it said is withheld");
        tracing::error!(place, words, "a panic");
    }));
}
