//! A day that a firm had declared a holiday is none. A holiday by law is not the firm's to withdraw.

use jiff::civil::Date;

use super::{HolidayCalendar, HolidayEvent, HolidayWithdrawn, Refusal};

/// Let a day that was declared be no holiday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawHoliday {
    /// The day.
    pub day: Date,
}

/// Refuses a day that the firm has not declared.
pub fn decide(
    calendar: &HolidayCalendar,
    command: WithdrawHoliday,
) -> Result<Vec<HolidayEvent>, Refusal> {
    let WithdrawHoliday { day } = command;
    if !calendar.declared.contains_key(&day) {
        return Err(Refusal::NotDeclared);
    }
    Ok(vec![HolidayWithdrawn { day }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::HolidayDeclared;
    use crate::leave::samples::south_african;
    use jiff::civil::date;

    #[test]
    fn what_was_declared_is_withdrawn_and_nothing_else() {
        let (day, christmas) = (date(2026, 11, 4), date(2026, 12, 25));
        let mut calendar = south_african();
        assert_eq!(decide(&calendar, WithdrawHoliday { day }), Err(Refusal::NotDeclared));
        let command = WithdrawHoliday { day: christmas };
        assert_eq!(decide(&calendar, command), Err(Refusal::NotDeclared), "it's the law's");
        calendar.evolve(&HolidayDeclared { day, name: "Elections".into() }.into());
        let events = decide(&calendar, WithdrawHoliday { day });
        assert_eq!(events, Ok(vec![HolidayWithdrawn { day }.into()]));
    }
}
