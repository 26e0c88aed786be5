//! Somebody stands in for a member who is away, for some days, and may then decide in that member's
//! right. The member says who, or an admin. What an absent one was given by others they can't pass
//! on: who stands in for the substitute does not stand in for the member.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Authority, Member, MemberEvent, Refusal, Role, SubstituteNamed};
use crate::id::{MemberId, SubstitutionId};

/// The most days at once.
pub const DAYS_MAX: i32 = 366;
/// The most that one member has on record.
pub const SUBSTITUTES_MAX: usize = 100;

/// Days on which somebody stands in for a member; both the first and the last are part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Substitution {
    /// What it's known by.
    pub id: SubstitutionId,
    /// Who stands in.
    pub substitute: MemberId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Substitution {
    pub(super) fn of(event: &SubstituteNamed) -> Self {
        let SubstituteNamed { id, substitute, from, to, .. } = *event;
        Substitution { id, substitute, from, to }
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

impl Member {
    /// Who stands in for them on a day.
    pub fn substitutes_on(&self, day: Date) -> impl Iterator<Item = MemberId> + '_ {
        let holds = move |substitution: &&Substitution| substitution.holds_on(day);
        self.substitutes.iter().filter(holds).map(|substitution| substitution.substitute)
    }
}

/// Let somebody stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameSubstitute {
    /// A new id.
    pub id: SubstitutionId,
    /// Who is away.
    pub member: MemberId,
    /// Who stands in.
    pub substitute: MemberId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// What naming a substitute is decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubstituteFacts {
    /// Whether the substitute is active and has a role to work with.
    pub fit: bool,
    /// The firm's day.
    pub today: Date,
}

/// Refuses an unknown member, a caller who is neither the member nor an admin, a substitute who is
/// the member or can't act, and days that are over, too many, or somebody else's already.
pub fn decide(
    member: &Member,
    by: &Authority,
    facts: &SubstituteFacts,
    command: NameSubstitute,
) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.known()?;
    own_or_admins(by, id)?;
    let NameSubstitute { substitute, from, to, .. } = command;
    if substitute == id {
        return Err(Refusal::OwnSubstitute);
    }
    if !facts.fit {
        return Err(Refusal::SubstituteUnfit);
    }
    let days = to.since(from).map_or(i32::MAX, |span| span.get_days());
    if !(0..DAYS_MAX).contains(&days) {
        return Err(Refusal::SubstituteDays { max: DAYS_MAX });
    }
    if to < facts.today {
        return Err(Refusal::SubstituteDaysOver);
    }
    let overlaps = |it: &Substitution| it.from <= to && from <= it.to;
    if member.substitutes.iter().any(overlaps) {
        return Err(Refusal::SubstituteDaysTaken);
    }
    if member.substitutes.len() >= SUBSTITUTES_MAX {
        return Err(Refusal::TooManySubstitutes { max: SUBSTITUTES_MAX });
    }
    Ok(vec![SubstituteNamed { id: command.id, member: id, substitute, from, to }.into()])
}

/// Whoever is away says who stands in for them, or an admin does.
pub(super) fn own_or_admins(by: &Authority, member: MemberId) -> Result<(), Refusal> {
    let own = by.is(member) && by.includes(Role::Member);
    if own || by.includes(Role::Admin) { Ok(()) } else { Err(Refusal::NotAllowed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{WithdrawSubstitute, samples, withdraw_substitute};
    use jiff::civil::date;
    use uuid::Uuid;

    const FACTS: SubstituteFacts = SubstituteFacts { fit: true, today: date(2026, 2, 2) };

    fn id(n: u128) -> SubstitutionId {
        SubstitutionId(Uuid::from_u128(n))
    }

    fn name(n: u128, from: Date, to: Date) -> NameSubstitute {
        let substitute = MemberId(Uuid::from_u128(50));
        NameSubstitute { id: id(n), member: samples::MEMBER, substitute, from, to }
    }

    fn own() -> Authority {
        Authority::Member { member: samples::MEMBER, roles: vec![Role::Member] }
    }

    #[test]
    fn a_member_names_who_stands_in_for_them_and_takes_it_back() {
        let mut member = samples::member(&[Role::Member]);
        let command = name(1, date(2026, 2, 2), date(2026, 2, 13));
        let events = decide(&member, &own(), &FACTS, command).unwrap();
        member.evolve(&events[0]);
        let on = |member: &Member, day| member.substitutes_on(day).collect::<Vec<_>>();
        assert_eq!(on(&member, date(2026, 2, 2)), [command.substitute]);
        assert_eq!(on(&member, date(2026, 2, 13)), [command.substitute]);
        for day in [date(2026, 2, 1), date(2026, 2, 14)] {
            assert_eq!(on(&member, day), []);
        }
        let withdraw = |n| WithdrawSubstitute { id: id(n), member: samples::MEMBER };
        let unknown = withdraw_substitute::decide(&member, &own(), withdraw(2));
        assert_eq!(unknown, Err(Refusal::UnknownSubstitution));
        let events = withdraw_substitute::decide(&member, &own(), withdraw(1)).unwrap();
        member.evolve(&events[0]);
        assert_eq!(on(&member, date(2026, 2, 2)), []);
    }

    #[test]
    fn admins_name_substitutes_for_others_and_nobody_else_does() {
        let member = samples::member(&[Role::Owner]);
        let command = name(1, date(2026, 2, 2), date(2026, 2, 2));
        assert!(decide(&member, &samples::colleague(Role::Admin), &FACTS, command).is_ok());
        for role in [Role::Manager, Role::Billing, Role::Member, Role::Auditor] {
            let refused = decide(&member, &samples::colleague(role), &FACTS, command);
            assert_eq!(refused, Err(Refusal::NotAllowed), "{role}");
        }
        let nobody = decide(&Member::default(), &own(), &FACTS, command);
        assert_eq!(nobody, Err(Refusal::UnknownMember));
    }

    #[test]
    fn nobody_stands_in_for_themselves_or_while_they_can_not_act() {
        let member = samples::member(&[Role::Member]);
        let sound = name(1, date(2026, 2, 2), date(2026, 2, 2));
        let own_name = NameSubstitute { substitute: samples::MEMBER, ..sound };
        assert_eq!(decide(&member, &own(), &FACTS, own_name), Err(Refusal::OwnSubstitute));
        let unfit = SubstituteFacts { fit: false, ..FACTS };
        let refused = decide(&member, &own(), &unfit, sound).unwrap_err();
        let told = (refused.code(), refused.field());
        assert_eq!(told, ("members.substitute_unfit", Some("/substitute_id")));
    }

    #[test]
    fn the_days_are_some_not_over_and_nobody_elses() {
        let mut member = samples::member(&[Role::Member]);
        let code = |member: &Member, from, to| {
            let outcome = decide(member, &own(), &FACTS, name(1, from, to));
            outcome.map_or_else(|refusal| refusal.code(), |_| "named")
        };
        let (first, last) = (date(2026, 2, 5), date(2026, 2, 9));
        assert_eq!(code(&member, last, first), "members.substitute_days");
        assert_eq!(code(&member, first, date(2027, 2, 6)), "members.substitute_days");
        assert_eq!(code(&member, first, date(2027, 2, 5)), "named");
        let over = code(&member, date(2026, 1, 1), date(2026, 2, 1));
        assert_eq!(over, "members.substitute_days_over");
        member.evolve(&decide(&member, &own(), &FACTS, name(2, first, last)).unwrap()[0]);
        assert_eq!(code(&member, last, last), "members.substitute_days_taken");
        assert_eq!(code(&member, date(2026, 2, 10), date(2026, 2, 10)), "named");
        assert_eq!(code(&member, date(2026, 2, 2), date(2026, 2, 4)), "named");
    }

    #[test]
    fn nobody_has_substitutes_without_end() {
        let mut member = samples::member(&[Role::Member]);
        for n in 0..SUBSTITUTES_MAX {
            let day = date(2026, 3, 1).checked_add(jiff::Span::new().days(n as i64)).unwrap();
            let events = decide(&member, &own(), &FACTS, name(n as u128, day, day)).unwrap();
            member.evolve(&events[0]);
        }
        let one_more = name(999, date(2027, 1, 1), date(2027, 1, 1));
        let refused = decide(&member, &own(), &FACTS, one_more);
        assert_eq!(refused, Err(Refusal::TooManySubstitutes { max: SUBSTITUTES_MAX }));
    }
}
