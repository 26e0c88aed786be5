//! The days between which a member is employed: leave and reports rest on them. They are facts with
//! days of their own, so it does not matter when they are written down; access ends by resting.

use jiff::civil::Date;

use super::{Authority, Member, MemberEmploymentChanged, MemberEvent, Refusal};
use crate::id::MemberId;

/// Say between which days a member is employed. What is left out stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMemberEmployment {
    /// The member.
    pub member: MemberId,
    /// The first day, or that none is known.
    pub hired_on: Option<Option<Date>>,
    /// The last day, or that there is none.
    pub left_on: Option<Option<Date>>,
}

/// Refuses an unknown member, a caller without the right, and a last day before the first; what is
/// known changes nothing.
pub fn decide(
    member: &Member,
    by: &Authority,
    command: ChangeMemberEmployment,
) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.looked_after_by(by)?;
    let hired_on = command.hired_on.unwrap_or(member.hired_on);
    let left_on = command.left_on.unwrap_or(member.left_on);
    if (hired_on, left_on) == (member.hired_on, member.left_on) {
        return Ok(Vec::new());
    }
    if let (Some(first), Some(last)) = (hired_on, left_on)
        && last < first
    {
        return Err(Refusal::LeftBeforeHired);
    }
    Ok(vec![MemberEmploymentChanged { member: id, hired_on, left_on }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{Role, samples};
    use jiff::civil::date;

    fn change(
        hired_on: Option<Option<Date>>,
        left_on: Option<Option<Date>>,
    ) -> ChangeMemberEmployment {
        ChangeMemberEmployment { member: samples::MEMBER, hired_on, left_on }
    }

    #[test]
    fn the_days_are_given_one_after_the_other_and_taken_back() {
        let mut member = samples::member(&[Role::Member]);
        let by = samples::colleague(Role::Admin);
        let (first, last) = (date(2026, 2, 1), date(2026, 2, 1));
        for (command, expected) in [
            (change(Some(Some(first)), None), (Some(first), None)),
            (change(None, Some(Some(last))), (Some(first), Some(last))),
            (change(Some(None), None), (None, Some(last))),
        ] {
            let events = decide(&member, &by, command.clone()).unwrap();
            events.iter().for_each(|event| member.evolve(event));
            assert_eq!((member.hired_on, member.left_on), expected);
            assert_eq!(decide(&member, &by, command), Ok(vec![]));
        }
    }

    #[test]
    fn a_last_day_before_the_first_is_refused_whichever_is_given_last() {
        let mut member = samples::member(&[Role::Member]);
        let day = |day| Some(Some(date(2026, 2, day)));
        let refused = decide(&member, &Authority::Operator, change(day(2), day(1)));
        assert_eq!(refused, Err(Refusal::LeftBeforeHired));
        member.left_on = Some(date(2026, 2, 1));
        let refused = decide(&member, &Authority::Operator, change(day(2), None));
        assert_eq!(refused, Err(Refusal::LeftBeforeHired));
    }

    #[test]
    fn an_unknown_member_is_refused_and_so_is_a_caller_without_the_right() {
        let command = change(Some(None), None);
        let refused = decide(&Member::default(), &Authority::Operator, command.clone());
        assert_eq!(refused, Err(Refusal::UnknownMember));
        let member = samples::member(&[Role::Member]);
        let refused = decide(&member, &samples::themselves(Role::Member), command);
        assert_eq!(refused, Err(Refusal::NotAllowed));
    }
}
