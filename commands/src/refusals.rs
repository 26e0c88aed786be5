//! How each slice's refusal becomes what a command answers: one place, so that codes stay stable.

use domain::log::ClaimKind;
use domain::refusal::Refusal;

use crate::refused::{CommandError, Refused};

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        if refusal.is_unknown() {
            return CommandError::NotFound;
        }
        if refusal.is_forbidden() {
            return CommandError::Forbidden;
        }
        CommandError::Refused(Refused {
            code: refusal.code().to_owned(),
            field: refusal.field().map(str::to_owned),
            detail: refusal.to_string(),
        })
    }
}

/// What a command answers when another stream holds what it would claim.
pub(crate) fn taken(kind: ClaimKind) -> CommandError {
    match Refusal::of_taken(kind) {
        Some(refusal) => refusal.into(),
        None => CommandError::Conflict,
    }
}

macro_rules! refusals {
    ($($slice:ident),+) => {$(
        impl From<domain::$slice::Refusal> for CommandError {
            fn from(refusal: domain::$slice::Refusal) -> Self {
                Refusal::from(refusal).into()
            }
        }
    )+};
}

refusals!(
    settings,
    members,
    catalogue,
    time,
    billing,
    budgets,
    tenancy,
    leave,
    jobs,
    signup,
    subscription,
    flags,
    files
);
