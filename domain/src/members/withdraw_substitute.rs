//! Somebody stands in for a member no longer. What they have decided until then stays decided.

use super::name_substitute::own_or_admins;
use super::{Authority, Member, MemberEvent, Refusal, SubstituteWithdrawn};
use crate::id::{MemberId, SubstitutionId};

/// Take back that somebody stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithdrawSubstitute {
    /// What it's known by.
    pub id: SubstitutionId,
    /// Who was to be away.
    pub member: MemberId,
}

/// Refuses an unknown member or substitute, and a caller who is neither the member nor an admin.
pub fn decide(
    member: &Member,
    by: &Authority,
    command: WithdrawSubstitute,
) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.known()?;
    own_or_admins(by, id)?;
    if !member.substitutes.iter().any(|substitution| substitution.id == command.id) {
        return Err(Refusal::UnknownSubstitution);
    }
    Ok(vec![SubstituteWithdrawn { id: command.id, member: id }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{Role, SubstituteNamed, samples};
    use jiff::civil::date;
    use uuid::Uuid;

    #[test]
    fn only_the_member_and_admins_take_a_substitute_back() {
        let (id, member) = (SubstitutionId(Uuid::from_u128(1)), samples::MEMBER);
        let substitute = MemberId(Uuid::from_u128(50));
        let (from, to) = (date(2026, 2, 2), date(2026, 2, 3));
        let mut state = samples::member(&[Role::Member]);
        state.evolve(&SubstituteNamed { id, member, substitute, from, to }.into());
        let withdraw = WithdrawSubstitute { id, member };
        let refused = decide(&state, &samples::colleague(Role::Manager), withdraw);
        assert_eq!(refused, Err(Refusal::NotAllowed));
        let events = decide(&state, &samples::colleague(Role::Admin), withdraw).unwrap();
        assert_eq!(events, [SubstituteWithdrawn { id, member }.into()]);
        assert_eq!(
            decide(&Member::default(), &Authority::Operator, withdraw),
            Err(Refusal::UnknownMember)
        );
    }
}
