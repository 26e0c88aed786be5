//! The public holidays of a year, by the rules of a pack: first the days that the rules name, then
//! what a weekend does to them.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

use super::Pack;
use super::rule::ShiftRule;

/// A public holiday.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holiday {
    /// The day.
    pub day: Date,
    /// What it's called there.
    pub name: String,
    /// The day of the weekend that gave it, where one did.
    pub shifted_from: Option<Date>,
    /// The law.
    pub source: String,
}

impl Pack {
    /// The holidays of a year by day, as this version of the pack has them; two may share a day.
    /// None before the first year that is known. A region that is not the country's gets what holds
    /// everywhere.
    pub fn holidays(&self, year: i16, region: Option<&str>) -> Vec<Holiday> {
        self.holidays_by(self.version, year, region)
    }

    /// The same as an earlier version of the pack had it; as this one has it for a later version.
    pub fn holidays_by(&self, version: u32, year: i16, region: Option<&str>) -> Vec<Holiday> {
        // A weekend at the end of the year before may give a day of this one.
        let named =
            [year.saturating_sub(1), year].map(|year| self.named(version, year, region)).concat();
        let mut all = self.shifted(named);
        all.retain(|holiday| holiday.day.year() == year);
        all.sort();
        all
    }

    /// The days that the rules name.
    fn named(&self, version: u32, year: i16, region: Option<&str>) -> Vec<Holiday> {
        if year < self.holidays_since {
            return Vec::new();
        }
        let rules = self.holidays.iter().flat_map(|rule| {
            rule.days(version, year, region).into_iter().map(|day| Holiday {
                day,
                name: rule.name.clone(),
                shifted_from: None,
                source: rule.source.clone(),
            })
        });
        rules.collect()
    }

    /// What a weekend makes of them.
    fn shifted(&self, mut named: Vec<Holiday>) -> Vec<Holiday> {
        named.sort();
        let mut taken: BTreeSet<Date> = named.iter().map(|holiday| holiday.day).collect();
        let mut all = Vec::with_capacity(named.len() + 2);
        for holiday in named {
            let weekend = matches!(holiday.day.weekday(), Weekday::Saturday | Weekday::Sunday);
            let (gives, stays) = match self.shift.rule {
                ShiftRule::Nothing => (None, true),
                ShiftRule::SundayGivesMondayToo => {
                    let sunday = holiday.day.weekday() == Weekday::Sunday;
                    let monday = holiday.day.tomorrow().ok().filter(|_| sunday);
                    (monday.filter(|monday| !taken.contains(monday)), true)
                }
                ShiftRule::WeekendGivesWeekdayInstead => {
                    (free_weekday(holiday.day, &taken).filter(|_| weekend), !weekend)
                }
            };
            if let Some(day) = gives {
                taken.insert(day);
                all.push(Holiday {
                    day,
                    name: format!("{} {}", holiday.name, self.shift.label),
                    shifted_from: Some(holiday.day),
                    source: self.shift.source.clone(),
                });
            }
            if stays {
                all.push(holiday);
            }
        }
        all
    }
}

/// The next weekday that is no holiday.
fn free_weekday(after: Date, taken: &BTreeSet<Date>) -> Option<Date> {
    let free = |day: &Date| {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !taken.contains(day)
    };
    std::iter::successors(after.tomorrow().ok(), |day| day.tomorrow().ok()).find(free)
}
