//! All sessions of a member end at once, as when a device is lost. It's one event of the member,
//! not one per session, so none can be overlooked that begins at the same time.

use super::{Authority, Member, MemberEvent, MemberSessionsRevoked, Refusal};
use crate::id::MemberId;

/// End every session of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeMemberSessions {
    /// The member.
    pub member: MemberId,
}

/// Refuses an unknown member and a caller who is neither the member nor looks after them.
pub fn decide(
    member: &Member,
    by: &Authority,
    _: RevokeMemberSessions,
) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.own_or_looked_after_by(by)?;
    Ok(vec![MemberSessionsRevoked { member: id }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{Role, samples};

    const REVOKE: RevokeMemberSessions = RevokeMemberSessions { member: samples::MEMBER };

    #[test]
    fn a_member_and_whoever_looks_after_them_begins_a_new_epoch() {
        let mut member = samples::member(&[Role::Auditor]);
        for by in [samples::themselves(Role::Auditor), samples::colleague(Role::Admin)] {
            let before = member.epoch;
            let events = decide(&member, &by, REVOKE).unwrap();
            events.iter().for_each(|event| member.evolve(event));
            assert_eq!(member.epoch, before + 1);
        }
    }

    #[test]
    fn an_unknown_member_is_refused_and_so_is_a_caller_without_the_right() {
        let refused = decide(&Member::default(), &Authority::Operator, REVOKE);
        assert_eq!(refused, Err(Refusal::UnknownMember));
        let member = samples::member(&[Role::Member]);
        let refused = decide(&member, &samples::colleague(Role::Manager), REVOKE);
        assert_eq!(refused, Err(Refusal::NotAllowed));
        let owner = samples::member(&[Role::Owner]);
        let refused = decide(&owner, &samples::colleague(Role::Admin), REVOKE).unwrap_err();
        assert_eq!(refused.code(), "members.role_too_high");
    }
}
