//! On which days of a week somebody should work: those with minutes by their pattern, from their
//! first day of employment to their last. Who has no pattern is expected on no day.

use jiff::civil::Date;

use super::Member;
use crate::time::Week;
use crate::time::calendar::LeaveOn;

impl Member {
    /// The first day of a week on which they should work; none where they should not at all.
    pub fn first_day_of_work(&self, week: Week) -> Option<Date> {
        self.first_day_of_work_beside(week, &[])
    }

    /// The same where leave takes these days: one that it takes whole is no day of work.
    pub fn first_day_of_work_beside(&self, week: Week, leave: &[LeaveOn]) -> Option<Date> {
        let days = week.monday().series(jiff::Span::new().days(1)).take(7);
        let employed = |day: &Date| {
            self.hired_on.is_none_or(|first| first <= *day)
                && self.left_on.is_none_or(|last| *day <= last)
        };
        let taken = |day: &Date| -> u32 {
            leave.iter().filter(|it| it.day == *day).map(|it| it.minutes).sum()
        };
        let works =
            |day: &Date| self.pattern_on(*day).is_some_and(|it| it.minutes_on(*day) > taken(day));
        days.filter(employed).find(works).filter(|_| self.active)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{MemberDeactivated, Role, WorkPattern, samples};
    use jiff::civil::date;

    #[test]
    fn the_first_day_of_work_is_by_pattern_and_within_the_employment() {
        let week: Week = "2026-W07".parse().unwrap();
        let mut member = samples::member(&[Role::Member]);
        assert_eq!(member.first_day_of_work(week), None, "no pattern");
        let minutes = vec![0, 480, 480, 0, 0, 0, 60];
        member.patterns = vec![WorkPattern { from: Some(date(2026, 2, 1)), minutes }];
        assert_eq!(member.first_day_of_work(week), Some(date(2026, 2, 10)));
        assert_eq!(member.first_day_of_work("2026-W04".parse().unwrap()), None, "not yet");
        let leave = |day, minutes| LeaveOn { day: date(2026, 2, day), minutes };
        let beside = |leave: &[LeaveOn]| member.first_day_of_work_beside(week, leave);
        let (half, whole) = (leave(10, 240), [leave(10, 240), leave(10, 240), leave(11, 480)]);
        assert_eq!(beside(&[half]), Some(date(2026, 2, 10)), "half a day is left");
        assert_eq!(beside(&whole), Some(date(2026, 2, 15)));
        assert_eq!(beside(&[&whole[..], &[leave(15, 60)]].concat()), None);
        member.hired_on = Some(date(2026, 2, 12));
        assert_eq!(member.first_day_of_work(week), Some(date(2026, 2, 15)));
        member.left_on = Some(date(2026, 2, 14));
        assert_eq!(member.first_day_of_work(week), None);
        member.left_on = None;
        member.evolve(&MemberDeactivated { member: samples::MEMBER }.into());
        assert_eq!(member.first_day_of_work(week), None);
    }
}
