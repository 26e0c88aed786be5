//! A sign-up as its stream tells it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    BeginSignUp, CompleteSignUp, ConfirmSignUp, CorrectSignUp, Draft, ExpireSignUp, Particulars,
    Refusal, SignUpEvent, begin_sign_up, complete_sign_up, confirm_sign_up, correct_sign_up,
    expire_sign_up,
};
use crate::aggregate::aggregate;
use crate::id::{MemberId, SignUpId, StreamId, TenantId};

/// The stream of a sign-up.
pub fn sign_up_stream(sign_up: SignUpId) -> StreamId {
    StreamId(sign_up.0)
}

/// How far a sign-up is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUpState {
    /// It was never begun.
    #[default]
    Unknown,
    /// The link that was mailed to its owner was not followed yet.
    Waiting,
    /// The firm is being made.
    Confirmed,
    /// The firm can be used.
    Completed,
    /// The name was taken by another way in: it must be corrected.
    SentBack,
    /// Nobody confirmed it in time.
    Expired,
}

impl SignUpState {
    /// The name in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            SignUpState::Unknown => "unknown",
            SignUpState::Waiting => "waiting",
            SignUpState::Confirmed => "confirmed",
            SignUpState::Completed => "completed",
            SignUpState::SentBack => "sent_back",
            SignUpState::Expired => "expired",
        }
    }
}

/// A firm's sign-up. To be written down, its owner's name and address must be sealed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SignUp {
    /// Which one; none where its stream is empty: there is no such sign-up.
    pub id: Option<SignUpId>,
    /// How far it is.
    pub state: SignUpState,
    /// What the firm says of itself.
    pub particulars: Option<Particulars>,
    /// From then on it's as if it had never been, unless it was confirmed.
    pub expires_at: Option<Timestamp>,
    /// The letter whose link confirms it.
    pub letter: Option<Uuid>,
    /// The tenant that is or was made of it.
    pub tenant: Option<TenantId>,
    /// The tenant's owner.
    pub owner: Option<MemberId>,
}

/// What can be asked of a sign-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignUpCommand {
    /// See [`begin_sign_up`].
    Begin(BeginSignUp),
    /// See [`correct_sign_up`].
    Correct(CorrectSignUp),
    /// See [`confirm_sign_up`].
    Confirm(ConfirmSignUp),
    /// See [`complete_sign_up`].
    Complete(CompleteSignUp),
    /// See [`expire_sign_up`].
    Expire(ExpireSignUp),
}

aggregate!(SignUp, "sign_up", SignUpCommand, SignUpEvent, Refusal);

impl SignUp {
    /// What follows from a command.
    pub fn decide(&self, command: SignUpCommand) -> Result<Vec<SignUpEvent>, Refusal> {
        match command {
            SignUpCommand::Begin(command) => begin_sign_up::decide(self, &command),
            SignUpCommand::Correct(command) => correct_sign_up::decide(self, command),
            SignUpCommand::Confirm(command) => confirm_sign_up::decide(self, &command),
            SignUpCommand::Complete(command) => complete_sign_up::decide(self, &command),
            SignUpCommand::Expire(command) => Ok(expire_sign_up::decide(self, &command)),
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &SignUpEvent) {
        match event {
            SignUpEvent::SignUpBegun(event) => {
                self.id = Some(event.sign_up);
                self.wait(&event.particulars, event.letter, event.expires_at);
            }
            SignUpEvent::SignUpCorrected(event) => {
                self.wait(&event.particulars, event.letter, event.expires_at);
            }
            SignUpEvent::SignUpConfirmed(event) => {
                self.state = SignUpState::Confirmed;
                self.tenant = Some(event.tenant);
            }
            SignUpEvent::SignUpCompleted(event) => {
                self.state = SignUpState::Completed;
                self.tenant = Some(event.tenant);
                self.owner = Some(event.owner);
            }
            SignUpEvent::SignUpSentBack(_) => {
                self.state = SignUpState::SentBack;
                self.tenant = None;
            }
            SignUpEvent::SignUpExpired(_) => self.state = SignUpState::Expired,
        }
    }

    fn wait(&mut self, particulars: &Particulars, letter: Uuid, expires_at: Timestamp) {
        self.state = SignUpState::Waiting;
        self.particulars = Some(particulars.clone());
        self.expires_at = Some(expires_at);
        self.letter = Some(letter);
    }

    /// Its id and what the firm says, or the refusal that there is no such sign-up.
    pub fn known(&self) -> Result<(SignUpId, &Particulars), Refusal> {
        self.id.zip(self.particulars.as_ref()).ok_or(Refusal::UnknownSignUp)
    }

    /// Whether its time is over while it still waits for somebody.
    pub fn is_over(&self, at: Timestamp) -> bool {
        let waits = matches!(self.state, SignUpState::Waiting | SignUpState::SentBack);
        waits && self.expires_at.is_some_and(|expires_at| expires_at <= at)
    }

    /// How far it is at a moment: its end needs no event.
    pub fn state_at(&self, at: Timestamp) -> SignUpState {
        if self.is_over(at) { SignUpState::Expired } else { self.state }
    }

    /// What the firm says, as it said it; what was erased is empty.
    pub fn draft(&self) -> Option<Draft> {
        let said = self.particulars.clone()?;
        Some(Draft {
            firm_name: said.firm_name.get().cloned().unwrap_or_default(),
            slug: said.slug.get().map(|slug| slug.text.clone()).unwrap_or_default(),
            country: said.country,
            currency: said.currency,
            time_zone: said.time_zone,
            plan: said.plan,
            owner_name: said.owner_name.get().cloned().unwrap_or_default(),
            owner_email: said.owner_email.get().cloned().unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signup::samples;
    use cqrs_es::test::TestFramework;

    #[test]
    fn the_aggregate_answers_as_the_plain_decisions_do() {
        let tenant = samples::TENANT;
        let confirm = |at| SignUpCommand::Confirm(ConfirmSignUp { tenant, at });
        let confirmed = crate::signup::SignUpConfirmed { sign_up: samples::SIGN_UP, tenant };
        TestFramework::<SignUp>::with(())
            .given(vec![samples::begun()])
            .when(confirm(samples::at(1)))
            .then_expect_events(vec![confirmed.into()]);
        TestFramework::<SignUp>::with(())
            .given_no_previous_events()
            .when(confirm(samples::at(1)))
            .then_expect_error(Refusal::UnknownSignUp);
    }

    #[test]
    fn a_correction_makes_the_link_of_the_letter_before_useless() {
        let mut sign_up = samples::waiting();
        let before = sign_up.letter;
        sign_up.evolve(&samples::corrected("umbrella"));
        assert_ne!(sign_up.letter, before);
        assert_eq!(sign_up.state, SignUpState::Waiting);
    }

    #[test]
    fn the_end_of_a_sign_up_needs_no_event() {
        let sign_up = samples::waiting();
        assert_eq!(sign_up.state_at(samples::at(23)), SignUpState::Waiting);
        assert_eq!(sign_up.state_at(samples::at(24)), SignUpState::Expired);
    }
}
