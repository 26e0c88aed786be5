//! What is told of every command while it's handled: a span below the request's, how it ended and
//! how long that took. Never what it says.

use std::future::Future;
use std::time::Instant;

use domain::id::TenantId;
use tracing::Instrument;

use crate::refused::{CommandError, Told};

/// Handles a command of this type under a span of its own, and counts how it ended.
pub(crate) async fn measured<C>(
    tenant: TenantId,
    work: impl Future<Output = Result<Told, CommandError>>,
) -> Result<Told, CommandError> {
    let (aggregate, kind) = named(std::any::type_name::<C>());
    let span = tracing::info_span!("command", otel.name = kind, command = kind, %tenant);
    let began = Instant::now();
    let outcome = work.instrument(span).await;
    let labels = [("aggregate", aggregate), ("type", kind)];
    metrics::histogram!("command_duration_seconds", &labels).record(began.elapsed().as_secs_f64());
    let labels = [labels[0], labels[1], ("outcome", word(&outcome))];
    metrics::counter!("commands_total", &labels).increment(1);
    outcome
}

/// The slice and the name of a command, out of the path of its type.
fn named(path: &'static str) -> (&'static str, &'static str) {
    let path = path.split('<').next().unwrap_or(path);
    let parts: Vec<&str> = path.split("::").collect();
    match parts[..] {
        [_, slice, .., name] => (slice, name),
        [.., name] => ("other", name),
        [] => ("other", path),
    }
}

fn word(outcome: &Result<Told, CommandError>) -> &'static str {
    match outcome {
        Ok((done, _)) if done.replayed => "replayed",
        Ok(_) => "done",
        Err(CommandError::Refused(_)) => "refused",
        Err(CommandError::RefusedBefore(_)) => "refused_before",
        Err(CommandError::NotFound | CommandError::Missing(_)) => "not_found",
        Err(CommandError::Forbidden) => "forbidden",
        Err(CommandError::Stale) => "stale",
        Err(CommandError::Conflict) => "conflict",
        Err(CommandError::KeyReused) => "key_reused",
        Err(CommandError::StillRunning) => "still_running",
        Err(CommandError::Unavailable(_)) => "unavailable",
        Err(CommandError::Internal(_)) => "internal",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_named_by_its_slice_and_its_type_whatever_it_is_made_of() {
        assert_eq!(named("commands::time::RecordTime"), ("time", "RecordTime"));
        assert_eq!(named("commands::time::many::Many<a::B>"), ("time", "Many"));
        assert_eq!(named("Alone"), ("other", "Alone"));
    }
}
