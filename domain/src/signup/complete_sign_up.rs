//! A confirmed sign-up ends: the firm was made, or its name turned out to be taken by another way
//! in, and its owner is asked for another one.

use super::{Refusal, SignUp, SignUpCompleted, SignUpEvent, SignUpSentBack, SignUpState};
use crate::id::{MemberId, TenantId};

/// Say how making the firm ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompleteSignUp {
    /// The firm can be used.
    Made {
        /// The tenant.
        tenant: TenantId,
        /// Its owner.
        owner: MemberId,
    },
    /// Its name is another's.
    Taken,
}

/// Refuses a sign-up that nobody confirmed.
pub fn decide(sign_up: &SignUp, command: &CompleteSignUp) -> Result<Vec<SignUpEvent>, Refusal> {
    let (id, _) = sign_up.known()?;
    match sign_up.state {
        SignUpState::Confirmed => {}
        SignUpState::Completed => return Ok(Vec::new()),
        SignUpState::Unknown
        | SignUpState::Waiting
        | SignUpState::SentBack
        | SignUpState::Expired => return Err(Refusal::NotConfirmed),
    }
    Ok(vec![match *command {
        CompleteSignUp::Made { tenant, owner } => {
            SignUpCompleted { sign_up: id, tenant, owner }.into()
        }
        CompleteSignUp::Taken => SignUpSentBack { sign_up: id }.into(),
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signup::samples::{self, SIGN_UP};
    use uuid::Uuid;

    const MADE: CompleteSignUp =
        CompleteSignUp::Made { tenant: samples::TENANT, owner: MemberId(Uuid::from_u128(3)) };

    #[test]
    fn a_confirmed_sign_up_is_completed_once() {
        let mut sign_up = samples::waiting();
        sign_up.evolve(&samples::confirmed());
        let events = decide(&sign_up, &MADE).unwrap();
        events.iter().for_each(|event| sign_up.evolve(event));
        assert_eq!(sign_up.state, SignUpState::Completed);
        assert_eq!(decide(&sign_up, &MADE), Ok(vec![]));
        assert_eq!(decide(&sign_up, &CompleteSignUp::Taken), Ok(vec![]));
    }

    #[test]
    fn a_confirmed_sign_up_whose_name_is_anothers_is_sent_back() {
        let mut sign_up = samples::waiting();
        sign_up.evolve(&samples::confirmed());
        let events = decide(&sign_up, &CompleteSignUp::Taken).unwrap();
        assert_eq!(events, [SignUpSentBack { sign_up: SIGN_UP }.into()]);
    }

    #[test]
    fn what_nobody_confirmed_is_not_completed() {
        assert_eq!(decide(&samples::waiting(), &MADE), Err(Refusal::NotConfirmed));
    }
}
