//! A firm begins to sign itself up. That no other sign-up has its slug is held by a claim in the
//! append; that no tenant has it is looked up before, and decided for good by the catalogue's own
//! uniqueness when the firm is made.

use jiff::Timestamp;
use uuid::Uuid;

use super::draft::{Known, checked, expiry};
use super::{Draft, Refusal, SignUp, SignUpBegun, SignUpEvent};
use crate::id::SignUpId;

/// Begin a sign-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeginSignUp {
    /// A new id, which only its owner is told.
    pub sign_up: SignUpId,
    /// What the firm says of itself.
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

/// Refuses an id that was used, and the first fault of the draft.
pub fn decide(sign_up: &SignUp, command: &BeginSignUp) -> Result<Vec<SignUpEvent>, Refusal> {
    if sign_up.id.is_some() {
        return Err(Refusal::AlreadyBegun);
    }
    let BeginSignUp { sign_up, draft, slug_digest, known, letter, at } = command;
    let particulars = checked(*sign_up, draft, slug_digest, *known)?;
    let expires_at = expiry(*at);
    Ok(vec![SignUpBegun { sign_up: *sign_up, particulars, letter: *letter, expires_at }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signup::samples::{self, KNOWN, SIGN_UP};

    fn begin(draft: Draft) -> BeginSignUp {
        let slug_digest = samples::digest(&draft.slug);
        BeginSignUp {
            sign_up: SIGN_UP,
            draft,
            slug_digest,
            known: KNOWN,
            letter: samples::letter(0),
            at: samples::at(0),
        }
    }

    #[test]
    fn a_sign_up_waits_a_day_for_its_confirmation() {
        let events = decide(&SignUp::default(), &begin(samples::draft())).unwrap();
        let [SignUpEvent::SignUpBegun(begun)] = &events[..] else { panic!("{events:?}") };
        assert_eq!(begun.expires_at, samples::at(24));
        assert_eq!(begun.particulars.slug.get().unwrap().text, "acme");
    }

    #[test]
    fn an_id_that_was_used_and_a_faulty_draft_are_refused() {
        let refused = decide(&samples::waiting(), &begin(samples::draft()));
        assert_eq!(refused, Err(Refusal::AlreadyBegun));
        let draft = Draft { slug: "-".into(), ..samples::draft() };
        assert_eq!(decide(&SignUp::default(), &begin(draft)), Err(Refusal::InvalidSlug));
    }
}
