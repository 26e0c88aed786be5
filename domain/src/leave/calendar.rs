//! A firm's calendar of holidays as its stream tells it, and the days it gives: those of the law it
//! keeps, by the version it adopted, and those it declared itself.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    AdoptHolidayCalendar, DeclareHoliday, HolidayEvent, Refusal, WithdrawHoliday,
    adopt_holiday_calendar, declare_holiday, withdraw_holiday,
};
use crate::aggregate::aggregate;
use crate::country::{Holiday, pack};
use crate::id::StreamId;

/// A firm declares at most so many days.
pub(super) const DECLARED_MAX: usize = 1000;

/// The one stream of a firm's calendar of holidays.
pub fn calendar_stream() -> StreamId {
    StreamId::derived("holiday_calendar", &[])
}

/// Whose holidays are kept from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adoption {
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// ISO 3166-1 alpha-2; none = no country's.
    pub country: Option<String>,
    /// The region's code.
    pub region: Option<String>,
    /// The version of the country's pack; 0 = there was none.
    pub pack_version: u32,
}

/// A firm's calendar of holidays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HolidayCalendar {
    /// Ordered by the day they hold from; empty as long as nobody said whose holidays are kept.
    pub adoptions: Vec<Adoption>,
    /// What the firm declared, by day.
    pub declared: BTreeMap<Date, String>,
}

/// A holiday that a firm keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptHoliday {
    /// The day.
    pub day: Date,
    /// What it's called.
    pub name: String,
    /// The law it follows from, by whose adoption; none where the firm declared it.
    pub law: Option<(Adoption, Holiday)>,
}

/// What can be asked of a calendar of holidays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalendarCommand {
    /// See [`adopt_holiday_calendar`].
    Adopt(AdoptHolidayCalendar),
    /// See [`declare_holiday`].
    Declare(DeclareHoliday),
    /// See [`withdraw_holiday`].
    Withdraw(WithdrawHoliday),
}

aggregate!(HolidayCalendar, "holiday_calendar", CalendarCommand, HolidayEvent, Refusal);

impl HolidayCalendar {
    /// What follows from a command.
    pub fn decide(&self, command: CalendarCommand) -> Result<Vec<HolidayEvent>, Refusal> {
        match command {
            CalendarCommand::Adopt(command) => adopt_holiday_calendar::decide(self, command),
            CalendarCommand::Declare(command) => declare_holiday::decide(self, command),
            CalendarCommand::Withdraw(command) => withdraw_holiday::decide(self, command),
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &HolidayEvent) {
        match event {
            HolidayEvent::HolidayCalendarAdopted(event) => self.adopt(Adoption {
                from: event.from,
                country: event.country.clone(),
                region: event.region.clone(),
                pack_version: event.pack_version,
            }),
            HolidayEvent::HolidayDeclared(event) => {
                self.declared.insert(event.day, event.name.clone());
            }
            HolidayEvent::HolidayWithdrawn(event) => {
                self.declared.remove(&event.day);
            }
        }
    }

    /// Whose holidays are kept from a day on; an adoption of the same day is replaced.
    pub fn adopt(&mut self, adoption: Adoption) {
        match self.adoptions.binary_search_by_key(&adoption.from, |held| held.from) {
            Ok(place) => self.adoptions[place] = adoption,
            Err(place) => self.adoptions.insert(place, adoption),
        }
    }

    /// Whose holidays are kept on a day; none where nobody has said so.
    pub fn on(&self, day: Date) -> Option<&Adoption> {
        let past = |held: &&Adoption| held.from.is_none_or(|from| from <= day);
        self.adoptions.iter().rev().find(past)
    }

    /// The holidays from one day to another, both included, by day: those of the law first.
    pub fn holidays(&self, first: Date, last: Date) -> Vec<KeptHoliday> {
        let mut kept: Vec<KeptHoliday> = Vec::new();
        for (place, adoption) in self.adoptions.iter().enumerate() {
            let Some(pack) = adoption.country.as_deref().and_then(pack) else { continue };
            let from = adoption.from.map_or(first, |from| from.max(first));
            let next = self.adoptions.get(place + 1).and_then(|next| next.from);
            let holds =
                |day: Date| (from..=last).contains(&day) && next.is_none_or(|next| day < next);
            for year in from.year()..=last.year() {
                let (version, region) = (adoption.pack_version, adoption.region.as_deref());
                let holidays = pack.holidays_by(version, year, region).into_iter();
                kept.extend(holidays.filter(|holiday| holds(holiday.day)).map(|holiday| {
                    let (day, name) = (holiday.day, holiday.name.clone());
                    KeptHoliday { day, name, law: Some((adoption.clone(), holiday)) }
                }));
            }
        }
        let declared = self.declared.range(first..=last.max(first));
        kept.extend(declared.filter(|(day, _)| **day <= last).map(|(day, name)| KeptHoliday {
            day: *day,
            name: name.clone(),
            law: None,
        }));
        kept.sort_by(|one, other| {
            (one.day, one.law.is_none(), &one.name).cmp(&(
                other.day,
                other.law.is_none(),
                &other.name,
            ))
        });
        kept
    }

    /// Whether a day is a holiday.
    pub fn is_holiday(&self, day: Date) -> bool {
        !self.holidays(day, day).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::samples::{adopted, calendar, south_african};
    use crate::leave::{HolidayDeclared, HolidayWithdrawn};
    use jiff::civil::date;

    fn days(calendar: &HolidayCalendar, first: Date, last: Date) -> Vec<(Date, String)> {
        let kept = calendar.holidays(first, last).into_iter();
        kept.map(|holiday| (holiday.day, holiday.name)).collect()
    }

    #[test]
    fn what_the_law_gives_and_what_the_firm_declared_stand_side_by_side() {
        let mut calendar = south_african();
        let name = "Municipal elections".to_owned();
        calendar.evolve(&HolidayDeclared { day: date(2026, 11, 4), name: name.clone() }.into());
        let (first, last) = (date(2026, 8, 9), date(2026, 11, 4));
        assert_eq!(
            days(&calendar, first, last),
            [
                (date(2026, 8, 9), "National Women's Day".to_owned()),
                (date(2026, 8, 10), "National Women's Day (observed)".to_owned()),
                (date(2026, 9, 24), "Heritage Day".to_owned()),
                (date(2026, 11, 4), name),
            ]
        );
        assert!(calendar.is_holiday(last) && !calendar.is_holiday(date(2026, 11, 5)));
        calendar.evolve(&HolidayWithdrawn { day: last }.into());
        assert!(!calendar.is_holiday(last));
    }

    #[test]
    fn each_day_follows_the_adoption_that_holds_on_it() {
        let calendar = calendar(&[
            adopted(Some("DE"), Some("BY"), 1, None),
            adopted(Some("DE"), Some("BE"), 1, Some(date(2026, 6, 1))),
            adopted(Some("ZA"), None, 1, Some(date(2027, 1, 1))),
        ]);
        let kept = days(&calendar, date(2026, 1, 1), date(2027, 1, 1));
        let names: Vec<_> = kept.iter().map(|(_, name)| &**name).collect();
        assert!(names.contains(&"Heilige Drei Könige"), "Bavaria until May");
        assert!(!names.contains(&"Fronleichnam"), "Berlin in June");
        assert_eq!(names.last(), Some(&"New Year's Day"), "South Africa from then on");
        assert_eq!(kept.iter().filter(|(day, _)| *day == date(2027, 1, 1)).count(), 1);
    }

    #[test]
    fn a_firm_of_which_no_law_is_known_has_only_what_it_declared() {
        let mut calendar = calendar(&[adopted(Some("FR"), None, 0, None)]);
        let (first, last) = (date(2026, 1, 1), date(2026, 12, 31));
        assert_eq!(days(&calendar, first, last), []);
        assert_eq!(days(&HolidayCalendar::default(), first, last), []);
        let name = "Fête nationale".to_owned();
        calendar.evolve(&HolidayDeclared { day: date(2026, 7, 14), name }.into());
        assert_eq!(days(&calendar, first, last).len(), 1);
        assert_eq!(days(&calendar, last, first), [], "the other way round there is nothing");
    }
}
