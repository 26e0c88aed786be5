//! A firm corrects what it said of itself, before it's made. The day to confirm begins anew, and
//! so does the proof of the address: links that were mailed before are of no use.

use jiff::Timestamp;
use uuid::Uuid;

use super::draft::{Known, checked, expiry};
use super::{Draft, Refusal, SignUp, SignUpCorrected, SignUpEvent, SignUpState};

/// Correct a sign-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectSignUp {
    /// All that the firm says of itself now.
    pub draft: Draft,
    /// The digest that claims the slug.
    pub slug_digest: String,
    /// What is known of its country and plan.
    pub known: Known,
    /// The id of the letter with the link that confirms it.
    pub letter: Uuid,
    /// Now.
    pub at: Timestamp,
}

/// Refuses a sign-up that is over or confirmed, and the first fault of the draft.
pub fn decide(sign_up: &SignUp, command: CorrectSignUp) -> Result<Vec<SignUpEvent>, Refusal> {
    let (id, _) = sign_up.known()?;
    match sign_up.state_at(command.at) {
        SignUpState::Waiting | SignUpState::SentBack => {}
        SignUpState::Confirmed | SignUpState::Completed => return Err(Refusal::AlreadyConfirmed),
        SignUpState::Unknown | SignUpState::Expired => return Err(Refusal::Expired),
    }
    let CorrectSignUp { draft, slug_digest, known, letter, at } = command;
    let particulars = checked(id, &draft, &slug_digest, known)?;
    if sign_up.draft() == Some(draft) && sign_up.state == SignUpState::Waiting {
        return Ok(Vec::new());
    }
    Ok(vec![SignUpCorrected { sign_up: id, particulars, letter, expires_at: expiry(at) }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signup::SignUpSentBack;
    use crate::signup::samples::{self, KNOWN, SIGN_UP};

    fn correct(slug: &str, hours: i64) -> CorrectSignUp {
        let draft = Draft { slug: slug.into(), ..samples::draft() };
        let slug_digest = samples::digest(slug);
        CorrectSignUp {
            draft,
            slug_digest,
            known: KNOWN,
            letter: samples::letter(1),
            at: samples::at(hours),
        }
    }

    #[test]
    fn a_correction_is_recorded_and_the_day_begins_anew() {
        let expected = vec![samples::corrected("umbrella")];
        assert_eq!(decide(&samples::waiting(), correct("umbrella", 1)), Ok(expected));
        assert_eq!(decide(&samples::waiting(), correct("acme", 1)), Ok(vec![]), "nothing is new");
    }

    #[test]
    fn a_sign_up_that_was_sent_back_may_take_the_same_name_again() {
        let mut sign_up = samples::waiting();
        sign_up.evolve(&SignUpSentBack { sign_up: SIGN_UP }.into());
        assert_eq!(decide(&sign_up, correct("acme", 1)).unwrap().len(), 1);
    }

    #[test]
    fn what_is_over_confirmed_or_unknown_is_not_corrected() {
        let refused = decide(&samples::waiting(), correct("umbrella", 24));
        assert_eq!(refused, Err(Refusal::Expired));
        let mut confirmed = samples::waiting();
        confirmed.evolve(&samples::confirmed());
        assert_eq!(decide(&confirmed, correct("umbrella", 1)), Err(Refusal::AlreadyConfirmed));
        let unknown = decide(&SignUp::default(), correct("umbrella", 1));
        assert_eq!(unknown, Err(Refusal::UnknownSignUp));
        let refused = decide(&samples::waiting(), correct("w w", 1));
        assert_eq!(refused, Err(Refusal::InvalidSlug));
    }
}
