//! A sign-up that nobody confirmed in time ends, and its name is free again. Whoever wants the name
//! ends it on the way; the daily run ends the rest.

use jiff::Timestamp;

use super::{SignUp, SignUpEvent, SignUpExpired};

/// End a sign-up whose time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpireSignUp {
    /// Now.
    pub at: Timestamp,
}

/// Nothing where its time is not over.
pub fn decide(sign_up: &SignUp, command: &ExpireSignUp) -> Vec<SignUpEvent> {
    let over = sign_up.id.filter(|_| sign_up.is_over(command.at));
    over.map(|sign_up| SignUpExpired { sign_up }.into()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signup::samples::{self, SIGN_UP};

    #[test]
    fn a_sign_up_ends_once_when_its_day_is_over() {
        let mut sign_up = samples::waiting();
        assert_eq!(decide(&sign_up, &ExpireSignUp { at: samples::at(23) }), []);
        let events = decide(&sign_up, &ExpireSignUp { at: samples::at(24) });
        assert_eq!(events, [SignUpExpired { sign_up: SIGN_UP }.into()]);
        sign_up.evolve(&events[0]);
        assert_eq!(decide(&sign_up, &ExpireSignUp { at: samples::at(25) }), []);
    }

    #[test]
    fn a_confirmed_sign_up_does_not_end() {
        let mut sign_up = samples::waiting();
        sign_up.evolve(&samples::confirmed());
        assert_eq!(decide(&sign_up, &ExpireSignUp { at: samples::at(99) }), []);
    }
}
