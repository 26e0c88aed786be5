//! The owner followed the mailed link, so the firm is to be made. A second time is harmless.

use jiff::Timestamp;

use super::{Refusal, SignUp, SignUpConfirmed, SignUpEvent, SignUpState};
use crate::id::TenantId;

/// Confirm a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmSignUp {
    /// A new id for the tenant.
    pub tenant: TenantId,
    /// Now.
    pub at: Timestamp,
}

/// Refuses a sign-up that is over, and one whose name was taken meanwhile.
pub fn decide(sign_up: &SignUp, command: &ConfirmSignUp) -> Result<Vec<SignUpEvent>, Refusal> {
    let (id, _) = sign_up.known()?;
    match sign_up.state_at(command.at) {
        SignUpState::Waiting => {
            Ok(vec![SignUpConfirmed { sign_up: id, tenant: command.tenant }.into()])
        }
        SignUpState::Confirmed | SignUpState::Completed => Ok(Vec::new()),
        SignUpState::SentBack => Err(Refusal::SlugTaken),
        SignUpState::Unknown | SignUpState::Expired => Err(Refusal::Expired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signup::SignUpSentBack;
    use crate::signup::samples::{self, SIGN_UP, TENANT};

    fn confirm(hours: i64) -> ConfirmSignUp {
        ConfirmSignUp { tenant: TENANT, at: samples::at(hours) }
    }

    #[test]
    fn a_sign_up_is_confirmed_once_and_a_second_time_is_harmless() {
        let mut sign_up = samples::waiting();
        let events = decide(&sign_up, &confirm(23)).unwrap();
        assert_eq!(events, [SignUpConfirmed { sign_up: SIGN_UP, tenant: TENANT }.into()]);
        sign_up.evolve(&events[0]);
        let late = decide(&sign_up, &confirm(100));
        assert_eq!(late, Ok(vec![]));
    }

    #[test]
    fn what_is_over_or_was_sent_back_is_not_confirmed() {
        let late = decide(&samples::waiting(), &confirm(24));
        assert_eq!(late, Err(Refusal::Expired));
        let mut sign_up = samples::waiting();
        sign_up.evolve(&SignUpSentBack { sign_up: SIGN_UP }.into());
        let refused = decide(&sign_up, &confirm(1));
        assert_eq!(refused, Err(Refusal::SlugTaken));
    }
}
