//! By which pattern a member works from a day on. A pattern for the same day replaces the one
//! before; earlier days keep theirs.

use jiff::civil::Date;

use super::{Authority, Member, MemberEvent, Refusal, WorkPattern, WorkPatternSet};
use crate::id::MemberId;

/// Set by which pattern a member works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetWorkPattern {
    /// The member.
    pub member: MemberId,
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// Minutes of work by weekday, Monday first, seven for each week of the cycle.
    pub minutes: Vec<u32>,
}

/// Refuses an unknown member, a caller without the right, minutes that are no weeks of work, and a
/// cycle without a first day; the pattern that holds from that day changes nothing.
pub fn decide(
    member: &Member,
    by: &Authority,
    command: SetWorkPattern,
) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.looked_after_by(by)?;
    let pattern = WorkPattern { from: command.from, minutes: command.minutes };
    if !pattern.is_sound() {
        return Err(Refusal::InvalidWorkPattern);
    }
    if pattern.is_cycle() && pattern.from.is_none() {
        return Err(Refusal::CycleWithoutStart);
    }
    if member.patterns.contains(&pattern) {
        return Ok(Vec::new());
    }
    let WorkPattern { from, minutes } = pattern;
    Ok(vec![WorkPatternSet { member: id, from, minutes }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{Role, samples};
    use jiff::civil::date;
    use proptest::prelude::*;

    const WEEK: [u32; 7] = [480, 480, 480, 480, 480, 0, 0];

    fn set(from: Option<Date>, minutes: &[u32]) -> SetWorkPattern {
        SetWorkPattern { member: samples::MEMBER, from, minutes: minutes.to_vec() }
    }

    #[test]
    fn a_pattern_holds_from_its_day_on_until_the_next_one() {
        let mut member = samples::member(&[Role::Member]);
        let by = samples::colleague(Role::Admin);
        let half = [240; 7];
        for command in [set(Some(date(2026, 3, 1)), &half), set(None, &WEEK)] {
            let events = decide(&member, &by, command.clone()).unwrap();
            assert_eq!(events.len(), 1);
            member.evolve(&events[0]);
            assert_eq!(decide(&member, &by, command), Ok(vec![]));
        }
        let minutes = |day| member.pattern_on(day).map(|pattern| pattern.minutes_on(day));
        assert_eq!(minutes(date(2026, 2, 27)), Some(480));
        assert_eq!(minutes(date(2026, 3, 1)), Some(240));
        assert_eq!(Member::default().pattern_on(date(2026, 3, 1)), None);
    }

    #[test]
    fn minutes_that_are_no_weeks_and_a_cycle_without_a_start_are_refused() {
        let member = samples::member(&[Role::Member]);
        let refused = |command| decide(&member, &Authority::Operator, command).unwrap_err();
        assert_eq!(refused(set(None, &WEEK[..6])), Refusal::InvalidWorkPattern);
        assert_eq!(refused(set(None, &WEEK.repeat(2))), Refusal::CycleWithoutStart);
        let from = Some(date(2026, 3, 1));
        assert!(decide(&member, &Authority::Operator, set(from, &WEEK.repeat(2))).is_ok());
    }

    #[test]
    fn an_unknown_member_is_refused_and_so_is_a_caller_without_the_right() {
        let refused = decide(&Member::default(), &Authority::Operator, set(None, &WEEK));
        assert_eq!(refused, Err(Refusal::UnknownMember));
        let member = samples::member(&[Role::Member]);
        let refused = decide(&member, &samples::themselves(Role::Member), set(None, &WEEK));
        assert_eq!(refused, Err(Refusal::NotAllowed));
    }

    proptest! {
        #[test]
        fn patterns_hold_the_same_in_whatever_order_they_were_set(
            days in prop::collection::btree_set(0_i8..28, 1..6),
            asked in 1_i8..29,
        ) {
            let sets: Vec<_> = days.iter().map(|day| {
                let from = (*day > 0).then(|| date(2026, 2, *day));
                set(from, &[u32::from(day.unsigned_abs()); 7])
            }).collect();
            let told = |sets: &mut dyn Iterator<Item = &SetWorkPattern>| {
                let mut member = samples::member(&[Role::Member]);
                for command in sets {
                    let events = decide(&member, &Authority::Operator, command.clone()).unwrap();
                    events.iter().for_each(|event| member.evolve(event));
                }
                member.patterns
            };
            prop_assert_eq!(told(&mut sets.iter()), told(&mut sets.iter().rev()));
            let day = date(2026, 2, asked.min(28));
            let member = Member {
                patterns: told(&mut sets.iter()),
                ..samples::member(&[Role::Member])
            };
            let latest = days.iter().filter(|it| **it <= asked.min(28)).max();
            let latest = latest.map(|day| u32::from(day.unsigned_abs()));
            prop_assert_eq!(member.pattern_on(day).map(|it| it.minutes_on(day)), latest);
        }
    }
}
