//! A member signs in. That the proof is sound is checked before, by whoever can; here is decided
//! whether this member may sign in by it.

use jiff::Timestamp;

use super::{Member, Proof, Refusal, Session, SessionBegun, SessionEvent};
use crate::id::SessionId;

/// Begin a session of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeginSession {
    /// A new id.
    pub session: SessionId,
    /// How they showed who they are.
    pub proofs: Vec<Proof>,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// Refuses an unknown member and one who rests, a proof that is not enough, and an id that was
/// used, which is as good as none.
pub fn decide(
    session: &Session,
    member: &Member,
    command: BeginSession,
) -> Result<Vec<SessionEvent>, Refusal> {
    if session.id.is_some() {
        return Err(Refusal::UnknownSession);
    }
    let id = member.known()?;
    if !member.active {
        return Err(Refusal::NotActive);
    }
    if !Proof::are_enough(&command.proofs, &member.roles) {
        return Err(Refusal::ProofTooWeak);
    }
    let BeginSession { session, proofs, expires_at } = command;
    let epoch = member.epoch;
    Ok(vec![SessionBegun { session, member: id, proofs, epoch, expires_at }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{MemberSessionsRevoked, Role, samples};
    use uuid::Uuid;

    const SESSION: SessionId = SessionId(Uuid::from_u128(9));

    fn begin(proofs: &[Proof]) -> BeginSession {
        let expires_at = Timestamp::UNIX_EPOCH;
        BeginSession { session: SESSION, proofs: proofs.to_vec(), expires_at }
    }

    #[test]
    fn a_session_belongs_to_the_epoch_of_its_member() {
        let mut member = samples::member(&[Role::Member]);
        member.evolve(&MemberSessionsRevoked { member: samples::MEMBER }.into());
        let events = decide(&Session::default(), &member, begin(&[Proof::MailedLink])).unwrap();
        let begun = SessionBegun {
            session: SESSION,
            member: samples::MEMBER,
            proofs: vec![Proof::MailedLink],
            epoch: 1,
            expires_at: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(events, [begun.into()]);
    }

    #[test]
    fn an_unknown_member_one_who_rests_no_proof_and_a_used_id_are_refused() {
        let link = [Proof::MailedLink];
        let mut member = samples::member(&[Role::Member]);
        let mut session = Session::default();
        let refused = decide(&session, &Member::default(), begin(&link));
        assert_eq!(refused, Err(Refusal::UnknownMember));
        assert_eq!(decide(&session, &member, begin(&[])), Err(Refusal::ProofTooWeak));
        let events = decide(&session, &member, begin(&link)).unwrap();
        session.evolve(&events[0]);
        assert_eq!(decide(&session, &member, begin(&link)), Err(Refusal::UnknownSession));
        member.active = false;
        let refused = decide(&Session::default(), &member, begin(&link));
        assert_eq!(refused, Err(Refusal::NotActive));
    }
}
