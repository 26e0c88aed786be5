//! Who a member reports to. Nobody reports to themselves, however long the way: whoever walks up
//! from a member comes to an end.

use super::{Authority, Member, MemberEvent, MemberManagerChanged, Refusal};
use crate::id::MemberId;

/// Let a member report to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMemberManager {
    /// The member.
    pub member: MemberId,
    /// Their manager from now on; none = nobody.
    pub manager: Option<MemberId>,
}

/// What is known of the manager to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ManagerFacts {
    /// Whether they are an active member; without a meaning where nobody is to be the manager.
    pub active: bool,
    /// The managers above them, from the next one on.
    pub above: Vec<MemberId>,
}

/// Refuses an unknown member, a caller without the right, a manager who rests, and one who is the
/// member or reports to them; the one they have changes nothing.
pub fn decide(
    member: &Member,
    by: &Authority,
    facts: &ManagerFacts,
    command: ChangeMemberManager,
) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.looked_after_by(by)?;
    if member.manager == command.manager {
        return Ok(Vec::new());
    }
    if let Some(manager) = command.manager {
        if manager == id || facts.above.contains(&id) {
            return Err(Refusal::ManagerCycle);
        }
        if !facts.active {
            return Err(Refusal::ManagerNotActive);
        }
    }
    Ok(vec![MemberManagerChanged { member: id, manager: command.manager }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{Role, samples};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn id(n: usize) -> MemberId {
        MemberId(Uuid::from_u128(n as u128 + 1))
    }

    fn report_to(manager: Option<MemberId>) -> ChangeMemberManager {
        ChangeMemberManager { member: samples::MEMBER, manager }
    }

    fn active(above: &[MemberId]) -> ManagerFacts {
        ManagerFacts { active: true, above: above.to_vec() }
    }

    #[test]
    fn a_member_reports_to_another_one_and_to_nobody_again() {
        let mut member = samples::member(&[Role::Member]);
        let by = samples::colleague(Role::Admin);
        for manager in [Some(id(5)), None] {
            let events = decide(&member, &by, &active(&[]), report_to(manager)).unwrap();
            let changed = MemberManagerChanged { member: samples::MEMBER, manager };
            assert_eq!(events, [changed.into()]);
            member.evolve(&events[0]);
            assert_eq!(decide(&member, &by, &active(&[]), report_to(manager)), Ok(vec![]));
        }
    }

    #[test]
    fn an_unknown_member_is_refused_and_so_is_a_caller_without_the_right() {
        let command = report_to(Some(id(5)));
        let refused = decide(&Member::default(), &Authority::Operator, &active(&[]), command);
        assert_eq!(refused, Err(Refusal::UnknownMember));
        let member = samples::member(&[Role::Manager]);
        let by = samples::themselves(Role::Manager);
        let refused = decide(&member, &by, &active(&[]), report_to(None));
        assert_eq!(refused, Err(Refusal::NotAllowed));
    }

    #[test]
    fn a_manager_who_rests_is_refused() {
        let member = samples::member(&[Role::Member]);
        let facts = ManagerFacts::default();
        let refused = decide(&member, &Authority::Operator, &facts, report_to(Some(id(5))));
        assert_eq!(refused, Err(Refusal::ManagerNotActive));
    }

    #[test]
    fn nobody_reports_to_themselves_at_once_or_by_others() {
        let member = samples::member(&[Role::Member]);
        let refused = |above: &[MemberId], manager| {
            decide(&member, &Authority::Operator, &active(above), report_to(Some(manager)))
        };
        assert_eq!(refused(&[], samples::MEMBER), Err(Refusal::ManagerCycle));
        assert_eq!(refused(&[id(7), samples::MEMBER], id(5)), Err(Refusal::ManagerCycle));
    }

    const PEOPLE: usize = 6;

    /// Everybody above one, walked up as the write side does.
    fn above(people: &[Member], mut next: Option<MemberId>) -> Vec<MemberId> {
        let mut chain = Vec::new();
        while let Some(manager) = next {
            assert!(chain.len() <= PEOPLE, "a circle: {chain:?}");
            chain.push(manager);
            next = people.iter().find(|it| it.id == Some(manager)).and_then(|it| it.manager);
        }
        chain
    }

    proptest! {
        #[test]
        fn whatever_is_asked_in_whatever_order_every_way_up_ends(
            asked in prop::collection::vec((0..PEOPLE, prop::option::of(0..PEOPLE)), 1..40),
        ) {
            let mut people: Vec<Member> = (0..PEOPLE)
                .map(|n| Member { id: Some(id(n)), ..samples::member(&[Role::Member]) })
                .collect();
            for (who, manager) in asked {
                let manager = manager.map(id);
                let facts = match manager {
                    Some(manager) => active(&above(&people, Some(manager))[1..]),
                    None => ManagerFacts::default(),
                };
                let command = ChangeMemberManager { member: id(who), manager };
                if let Ok(events) = decide(&people[who], &Authority::Operator, &facts, command) {
                    events.iter().for_each(|event| people[who].evolve(event));
                }
                for person in &people {
                    prop_assert!(!above(&people, person.manager).contains(&person.id.unwrap()));
                }
            }
        }
    }
}
