//! One session ends: its member signs out, or somebody who looks after them ends it.

use super::{Authority, Member, Refusal, Session, SessionEnded, SessionEvent};
use crate::id::SessionId;

/// End a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndSession {
    /// The session.
    pub session: SessionId,
}

/// Refuses an unknown session, and to anybody but its member and those who look after them that
/// there is one; what has ended stays so.
pub fn decide(
    session: &Session,
    member: &Member,
    by: &Authority,
    _: EndSession,
) -> Result<Vec<SessionEvent>, Refusal> {
    let id = session.id.ok_or(Refusal::UnknownSession)?;
    let member = member.own_or_looked_after_by(by).map_err(|_| Refusal::UnknownSession)?;
    if session.ended {
        return Ok(Vec::new());
    }
    Ok(vec![SessionEnded { session: id, member }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{Role, samples};
    use uuid::Uuid;

    const SESSION: SessionId = SessionId(Uuid::from_u128(9));
    const END: EndSession = EndSession { session: SESSION };

    fn begun() -> Session {
        Session { id: Some(SESSION), member: Some(samples::MEMBER), ended: false }
    }

    #[test]
    fn a_session_is_ended_once_by_its_member_or_an_admin() {
        let member = samples::member(&[Role::Auditor]);
        for by in [samples::themselves(Role::Auditor), samples::colleague(Role::Admin)] {
            let mut session = begun();
            let events = decide(&session, &member, &by, END).unwrap();
            let ended = SessionEnded { session: SESSION, member: samples::MEMBER };
            assert_eq!(events, [ended.into()]);
            session.evolve(&events[0]);
            assert_eq!(decide(&session, &member, &by, END), Ok(vec![]));
        }
    }

    #[test]
    fn to_others_a_session_is_as_unknown_as_one_that_never_was() {
        let member = samples::member(&[Role::Member]);
        let by = samples::colleague(Role::Manager);
        assert_eq!(decide(&begun(), &member, &by, END), Err(Refusal::UnknownSession));
        let refused = decide(&Session::default(), &member, &Authority::Operator, END);
        assert_eq!(refused, Err(Refusal::UnknownSession));
        let (owner, admin) = (samples::member(&[Role::Owner]), samples::colleague(Role::Admin));
        assert_eq!(decide(&begun(), &owner, &admin, END), Err(Refusal::UnknownSession));
    }
}
