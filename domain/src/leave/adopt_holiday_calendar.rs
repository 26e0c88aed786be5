//! A firm keeps a country's holidays, from days on, in the version of its pack that this program
//! has. Which country and region follow from the firm's settings; that a version was adopted is an
//! event, because leave that rests on another one has to be corrected.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Adoption, HolidayCalendar, HolidayCalendarAdopted, HolidayEvent, Refusal};
use crate::country::pack;
use crate::settings::{SettingKey, Settings};

/// Whose holidays are to be kept from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observance {
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// ISO 3166-1 alpha-2; none = no country's.
    pub country: Option<String>,
    /// The region's code.
    pub region: Option<String>,
}

/// Keep these holidays; each observance holds until the next one's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptHolidayCalendar {
    /// Ordered by day.
    pub observances: Vec<Observance>,
}

impl AdoptHolidayCalendar {
    /// What the settings ask for. A region that the country has not, because the country changed,
    /// is as none.
    pub fn of(settings: &Settings) -> Self {
        let keys = [SettingKey::Country, SettingKey::HolidayRegion];
        let days: BTreeSet<Option<Date>> =
            keys.iter().flat_map(|key| settings.history(*key)).map(|dated| dated.from).collect();
        let observance = |from: &Option<Date>| {
            let [country, region] = keys.map(|key| {
                let value = match from {
                    Some(day) => settings.value_on(key, *day),
                    None => settings.given(key, None).unwrap_or_default(),
                };
                (!value.is_empty()).then(|| value.to_owned())
            });
            let pack = country.as_deref().and_then(pack);
            let region = region.filter(|code| pack.is_some_and(|pack| pack.region(code).is_some()));
            Observance { from: *from, country, region }
        };
        AdoptHolidayCalendar { observances: days.iter().map(observance).collect() }
    }
}

/// Refuses nothing: what is kept already, in this version, stays as it is. An adoption of a day that
/// no longer has an observance of its own goes on as the one before.
pub fn decide(
    calendar: &HolidayCalendar,
    command: AdoptHolidayCalendar,
) -> Result<Vec<HolidayEvent>, Refusal> {
    let wanted = command.observances;
    let held = calendar.adoptions.iter().map(|adoption| adoption.from);
    let days: BTreeSet<Option<Date>> =
        wanted.iter().map(|observance| observance.from).chain(held).collect();
    let mut events = Vec::new();
    for from in days {
        let observance = wanted.iter().rev().find(|observance| observance.from <= from);
        let country = observance.and_then(|observance| observance.country.clone());
        let region = observance.and_then(|observance| observance.region.clone());
        let known = country.as_deref().and_then(pack).map_or(0, |pack| pack.version);
        let before = calendar.adoptions.iter().find(|adoption| adoption.from == from);
        // A program that is older than the log takes no version back.
        let newer = before.filter(|before| before.country == country);
        let pack_version = newer.map_or(known, |before| before.pack_version.max(known));
        let adoption = Adoption { from, country, region, pack_version };
        if before != Some(&adoption) {
            let Adoption { from, country, region, pack_version } = adoption;
            events.push(HolidayCalendarAdopted { country, region, pack_version, from }.into());
        }
    }
    Ok(events)
}

/// Refuses a region that the country of its day does not have.
pub fn check_region(settings: &Settings, region: &str, from: Option<Date>) -> Result<(), Refusal> {
    let country = match from {
        Some(day) => settings.value_on(SettingKey::Country, day),
        None => settings.given(SettingKey::Country, None).unwrap_or_default(),
    };
    let pack = pack(country);
    if pack.is_some_and(|pack| pack.region(region).is_some()) {
        return Ok(());
    }
    let codes: Vec<&str> =
        pack.map_or(&[][..], |pack| &pack.regions).iter().map(|it| &*it.code).collect();
    let known = match &codes[..] {
        [] => "leave it out".to_owned(),
        codes => format!("give one of {}", codes.join(", ")),
    };
    let country = match country {
        "" => "a firm without COUNTRY".to_owned(),
        country => country.to_owned(),
    };
    Err(Refusal::UnknownRegion { country, region: region.to_owned(), known })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::samples::{adopted, calendar, south_african};
    use crate::settings::{SettingChanged, SettingCleared};
    use jiff::civil::date;

    const MAY: Option<Date> = Some(date(2026, 5, 1));
    const JULY: Option<Date> = Some(date(2026, 7, 1));

    fn settings(values: &[(&str, &str, Option<Date>)]) -> Settings {
        let mut settings = Settings::default();
        for (key, value, from) in values {
            let (key, value) = ((*key).to_owned(), (*value).to_owned());
            settings.evolve(&SettingChanged { key, value, from: *from }.into());
        }
        settings
    }

    fn follow(calendar: &HolidayCalendar, settings: &Settings) -> Vec<HolidayEvent> {
        decide(calendar, AdoptHolidayCalendar::of(settings)).unwrap()
    }

    #[test]
    fn a_firm_keeps_the_holidays_of_its_country_in_the_version_that_is_known() {
        let settings = settings(&[("COUNTRY", "ZA", None)]);
        let events = follow(&HolidayCalendar::default(), &settings);
        let version = pack("ZA").unwrap().version;
        assert_eq!(events, [adopted(Some("ZA"), None, version, None)]);
        assert_eq!(follow(&calendar(&events), &settings), []);
    }

    #[test]
    fn a_country_without_a_pack_is_noted_until_there_is_one() {
        let settings = settings(&[("COUNTRY", "FR", None)]);
        let events = follow(&HolidayCalendar::default(), &settings);
        assert_eq!(events, [adopted(Some("FR"), None, 0, None)]);
        assert_eq!(follow(&HolidayCalendar::default(), &Settings::default()), []);
    }

    #[test]
    fn a_newer_version_is_adopted_for_all_days_and_none_is_taken_back() {
        let settings = settings(&[("COUNTRY", "ZA", None)]);
        let version = pack("ZA").unwrap().version;
        let older = calendar(&[adopted(Some("ZA"), None, version - 1, None)]);
        assert_eq!(follow(&older, &settings), [adopted(Some("ZA"), None, version, None)]);
        let newer = calendar(&[adopted(Some("ZA"), None, version + 1, None)]);
        assert_eq!(follow(&newer, &settings), []);
    }

    #[test]
    fn country_and_region_change_on_days_of_their_own() {
        let mut settings = settings(&[
            ("COUNTRY", "DE", None),
            ("HOLIDAY_REGION", "BY", MAY),
            ("COUNTRY", "ZA", JULY),
        ]);
        let events = follow(&HolidayCalendar::default(), &settings);
        let expected = [
            adopted(Some("DE"), None, 1, None),
            adopted(Some("DE"), Some("BY"), 1, MAY),
            // Bavaria is no part of South Africa.
            adopted(Some("ZA"), None, 1, JULY),
        ];
        assert_eq!(events, expected);
        let kept = calendar(&events);
        settings.evolve(&SettingCleared { key: "HOLIDAY_REGION".into(), from: MAY }.into());
        assert_eq!(follow(&kept, &settings), [adopted(Some("DE"), None, 1, MAY)]);
        let mut gone = settings;
        gone.evolve(&SettingCleared { key: "COUNTRY".into(), from: None }.into());
        assert_eq!(
            follow(&kept, &gone),
            [adopted(None, None, 0, None), adopted(None, None, 0, MAY)]
        );
    }

    #[test]
    fn a_region_must_be_one_of_its_countrys() {
        let german = settings(&[("COUNTRY", "DE", None)]);
        assert_eq!(check_region(&german, "BY", None), Ok(()));
        assert_eq!(check_region(&german, "BY", MAY), Ok(()));
        let refusal = check_region(&german, "ENG", None).unwrap_err();
        assert_eq!((refusal.code(), refusal.field()), ("leave.unknown_region", Some("/value")));
        assert!(refusal.to_string().starts_with("DE has no region \"ENG\""), "{refusal}");
        let refusal = check_region(&settings(&[]), "BY", None).unwrap_err();
        assert!(refusal.to_string().ends_with("leave it out"), "{refusal}");
        assert_eq!(follow(&south_african(), &settings(&[("COUNTRY", "ZA", None)])), []);
    }
}
