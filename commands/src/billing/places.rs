//! Where in its request a refusal points to. What a rule refuses is the same whoever asks, and the
//! field that it is about has another name in each request, so each command says it.

use domain::billing::Refusal;

use crate::refused::{CommandError, Refused};

/// That what a field of the body, or a part of the path in braces, names is not there.
pub(super) fn missing(field: &str) -> CommandError {
    CommandError::Missing(field.to_owned())
}

/// The same where the stream that was looked for is one of another kind.
pub(super) fn named<T>(found: Result<T, CommandError>, field: &str) -> Result<T, CommandError> {
    found.map_err(|error| match error {
        CommandError::NotFound => missing(field),
        error => error,
    })
}

/// A refusal at its place in the request; none where the request says nothing of what it's about.
pub(super) fn at(refusal: &Refusal, field: Option<String>) -> CommandError {
    match field {
        Some(field) if refusal.is_missing() => CommandError::Missing(field),
        None if refusal.is_missing() => CommandError::NotFound,
        field => CommandError::Refused(Refused {
            code: refusal.code().to_owned(),
            field,
            detail: refusal.to_string(),
        }),
    }
}

/// The same for one field of which something is refused in any case.
pub(super) fn at_field(field: &str) -> impl Fn(Refusal) -> CommandError {
    let field = field.to_owned();
    move |refusal| at(&refusal, Some(field.clone()))
}

/// The n-th of a list in the body, counted from zero, with what is below it.
pub(super) fn nth(list: &str, n: Option<usize>, below: &str) -> Option<String> {
    n.map(|n| format!("/{list}/{n}{below}"))
}
