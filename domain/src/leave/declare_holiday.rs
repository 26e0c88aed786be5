//! A firm declares a day a holiday: one by a decree that no pack knows yet, or one of its own. A day
//! that is a holiday by law already may be declared too: it stays one when the law changes.

use jiff::civil::Date;

use super::calendar::DECLARED_MAX;
use super::{HolidayCalendar, HolidayDeclared, HolidayEvent, Refusal};
use crate::name::checked_name;

/// Declare a day a holiday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclareHoliday {
    /// The day.
    pub day: Date,
    /// What it's called.
    pub name: String,
}

/// Refuses a bad name, a day that was declared already, and more days than a firm may declare.
pub fn decide(
    calendar: &HolidayCalendar,
    command: DeclareHoliday,
) -> Result<Vec<HolidayEvent>, Refusal> {
    let DeclareHoliday { day, name } = command;
    let name = checked_name(&name).ok_or(Refusal::InvalidName)?;
    match calendar.declared.get(&day) {
        Some(held) if *held == name => return Ok(Vec::new()),
        Some(_) => return Err(Refusal::AlreadyDeclared { day }),
        None if calendar.declared.len() >= DECLARED_MAX => return Err(Refusal::TooManyDeclared),
        None => {}
    }
    Ok(vec![HolidayDeclared { day, name }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::samples::south_african;
    use jiff::civil::date;

    const DAY: Date = date(2026, 11, 4);

    fn declare(day: Date, name: &str) -> DeclareHoliday {
        DeclareHoliday { day, name: name.into() }
    }

    #[test]
    fn a_day_is_declared_once_under_its_trimmed_name() {
        let mut calendar = south_african();
        let events = decide(&calendar, declare(DAY, " Elections ")).unwrap();
        assert_eq!(events, [HolidayDeclared { day: DAY, name: "Elections".into() }.into()]);
        calendar.evolve(&events[0]);
        assert_eq!(decide(&calendar, declare(DAY, "Elections")), Ok(vec![]));
        let refusal = decide(&calendar, declare(DAY, "Something else")).unwrap_err();
        assert_eq!((refusal.code(), refusal.field()), ("leave.already_declared", Some("/day")));
    }

    #[test]
    fn a_day_that_is_a_holiday_by_law_may_be_declared_too() {
        assert!(decide(&south_african(), declare(date(2026, 12, 25), "Works party")).is_ok());
    }

    #[test]
    fn a_bad_name_and_too_many_days_are_refused() {
        let mut calendar = south_african();
        assert_eq!(decide(&calendar, declare(DAY, "")), Err(Refusal::InvalidName));
        let days = date(2027, 1, 1).series(jiff::Span::new().days(1)).take(DECLARED_MAX);
        calendar.declared = days.map(|day| (day, "Day".to_owned())).collect();
        let refusal = decide(&calendar, declare(DAY, "Elections")).unwrap_err();
        assert_eq!(refusal.to_string(), "a firm declares at most 1000 days");
    }
}
