//! What the packs say of real years, and how a file that can't be right is refused.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;

/// Of each year what PyPI `holidays` 0.108 has, but for 4 November 2026 (see the pack).
const SOUTH_AFRICA: &str = "\
2019 01-01 03-21 04-19 04-22 04-27 05-01 05-08 06-16 06-17 08-09 09-24 12-16 12-25 12-26
2020 01-01 03-21 04-10 04-13 04-27 05-01 06-16 08-09 08-10 09-24 12-16 12-25 12-26
2021 01-01 03-21 03-22 04-02 04-05 04-27 05-01 06-16 08-09 09-24 11-01 12-16 12-25 12-26 12-27
2022 01-01 03-21 04-15 04-18 04-27 05-01 05-02 06-16 08-09 09-24 12-16 12-25 12-26 12-27
2023 01-01 01-02 03-21 04-07 04-10 04-27 05-01 06-16 08-09 09-24 09-25 12-15 12-16 12-25 12-26
2024 01-01 03-21 03-29 04-01 04-27 05-01 05-29 06-16 06-17 08-09 09-24 12-16 12-25 12-26
2025 01-01 03-21 04-18 04-21 04-27 04-28 05-01 06-16 08-09 09-24 12-16 12-25 12-26
2026 01-01 03-21 04-03 04-06 04-27 05-01 06-16 08-09 08-10 09-24 12-16 12-25 12-26
2027 01-01 03-21 03-22 03-26 03-29 04-27 05-01 06-16 08-09 09-24 12-16 12-25 12-26 12-27
2028 01-01 03-21 04-14 04-17 04-27 05-01 06-16 08-09 09-24 09-25 12-16 12-25 12-26
2029 01-01 03-21 03-30 04-02 04-27 05-01 06-16 08-09 09-24 12-16 12-17 12-25 12-26
2030 01-01 03-21 04-19 04-22 04-27 05-01 06-16 06-17 08-09 09-24 12-16 12-25 12-26";

/// The Länder in 2026, by the same source; first what holds everywhere, then what they have more.
const GERMANY_2026: &str = "\
- 01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26
BB 04-05 05-24 10-31
BE 03-08
BW 01-06 06-04 11-01
BY 01-06 06-04 11-01
HB 10-31
HE 06-04
HH 10-31
MV 03-08 10-31
NI 10-31
NW 06-04 11-01
RP 06-04 11-01
SH 10-31
SL 06-04 08-15 11-01
SN 10-31 11-18
ST 01-06 10-31
TH 09-20 10-31";

/// As gov.uk published them.
const ENGLAND: &str = "\
2020 01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28
2021 01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28
2022 01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27
2023 01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26
2026 01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28";

fn days(country: &str, year: i16, region: Option<&str>) -> Vec<String> {
    let holidays = pack(country).expect("there is one").holidays(year, region);
    holidays.iter().map(|holiday| holiday.day.strftime("%m-%d").to_string()).collect()
}

fn assert_years(country: &str, region: Option<&str>, table: &str) {
    for line in table.lines() {
        let (year, expected) = line.split_once(' ').expect("a year and its days");
        let year = year.parse().expect("a year");
        assert_eq!(days(country, year, region).join(" "), expected, "{country} {year}");
    }
}

#[test]
fn every_pack_reads_and_its_country_is_named_once() {
    let countries: Vec<_> = packs().iter().map(|pack| &*pack.country).collect();
    assert_eq!(countries, ["ZA", "DE", "GB"]);
    assert_eq!(pack("ZA").map(|pack| &*pack.currency), Some("ZAR"));
    assert!(pack("FR").is_none() && pack("za").is_none());
    for country in ["ZA", "DE", "GB", "FR"] {
        let codes: Vec<_> = leave_types(country).iter().map(|kind| &*kind.code).collect();
        assert!(["annual", "sick", "unpaid"].iter().all(|code| codes.contains(code)), "{country}");
    }
}

#[test]
fn south_africa_keeps_its_twelve_days_the_mondays_after_sundays_and_the_proclaimed_days() {
    assert_years("ZA", None, SOUTH_AFRICA);
    assert_eq!(days("ZA", 1994, None), [""; 0], "before the Act nothing is known");
}

#[test]
fn the_laender_have_the_days_of_the_whole_country_and_their_own() {
    let mut lines = GERMANY_2026.lines().map(|line| line.split_once(' ').expect("days"));
    let (_, everywhere) = lines.next().expect("the whole country");
    assert_eq!(days("DE", 2026, None).join(" "), everywhere);
    let laender: Vec<_> = lines.collect();
    assert_eq!(laender.len(), pack("DE").expect("there is one").regions.len());
    for (land, own) in laender {
        let mut expected: Vec<_> = everywhere.split(' ').chain(own.split(' ')).collect();
        expected.sort_unstable();
        assert_eq!(days("DE", 2026, Some(land)), expected, "{land}");
    }
}

#[test]
fn german_law_changed_from_year_to_year() {
    let has = |year, land, day: &str| days("DE", year, land).contains(&day.to_owned());
    assert!(has(2017, None, "10-31") && has(2017, Some("BY"), "10-31"));
    assert!(!has(2018, None, "10-31") && has(2018, Some("HH"), "10-31"));
    assert!(!has(2016, Some("HH"), "10-31") && has(2016, Some("TH"), "10-31"));
    let reformation = days("DE", 2017, Some("TH")).iter().filter(|day| *day == "10-31").count();
    assert_eq!(reformation, 1);
    assert!(!has(2018, Some("BE"), "03-08") && has(2019, Some("BE"), "03-08"));
    assert!(!has(2022, Some("MV"), "03-08") && has(2023, Some("MV"), "03-08"));
    assert!(!has(2018, Some("TH"), "09-20") && has(2019, Some("TH"), "09-20"));
    assert!(has(2020, Some("BE"), "05-08") && has(2025, Some("BE"), "05-08"));
    assert!(!has(2024, Some("BE"), "05-08") && has(2028, Some("BE"), "06-17"));
}

#[test]
fn a_british_holiday_on_a_weekend_is_kept_on_a_weekday_instead() {
    assert_years("GB", Some("ENG"), ENGLAND);
    assert_years("GB", Some("WLS"), ENGLAND);
    let has = |year, region, day: &str| days("GB", year, Some(region)).contains(&day.to_owned());
    // 1 and 2 January 2022 were a Saturday and a Sunday.
    assert!(has(2022, "SCT", "01-03") && has(2022, "SCT", "01-04"));
    assert!(!has(2026, "SCT", "04-06") && has(2026, "SCT", "08-03") && has(2026, "SCT", "11-30"));
    assert!(has(2026, "NIR", "03-17") && has(2026, "NIR", "07-13") && !has(2026, "NIR", "07-12"));
}

/// What a version said is a promise to those who adopted it. Where this fails, the pack was edited:
/// give it a new version, with `added_in` and `dropped_in` on the rules that changed.
#[test]
fn what_a_version_of_a_pack_says_never_changes() {
    let said = [
        ("ZA", 1, "05ce64e9c57f28d2"),
        ("DE", 1, "112b5eadbde307fd"),
        ("GB", 1, "110f4538606cf4b6"),
    ];
    for (country, version, digest) in said {
        let pack = pack(country).expect("there is one");
        let mut hash = Sha256::new();
        let regions = pack.regions.iter().map(|region| Some(&*region.code));
        for region in std::iter::once(None).chain(regions) {
            for year in pack.holidays_since..=2100 {
                for holiday in pack.holidays_by(version, year, region) {
                    hash.update(format!("{region:?} {} {}\n", holiday.day, holiday.name));
                }
            }
        }
        let found: String = hash.finalize().iter().take(8).map(|it| format!("{it:02x}")).collect();
        assert_eq!(found, digest, "{country} {version}");
    }
    let newest: Vec<_> = packs().iter().map(|pack| (&*pack.country, pack.version)).collect();
    let known: Vec<_> = said.iter().map(|(country, version, _)| (*country, *version)).collect();
    assert!(newest.iter().all(|pack| known.contains(pack)), "write the new version down here");
}

proptest! {
    /// Twelve days, a Monday for each Sunday unless it is one already; one day less where Good
    /// Friday is Human Rights Day or Family Day is Freedom Day.
    #[test]
    fn each_south_african_year_has_the_count_that_the_act_gives(year in 2031_i16..=2400) {
        let holidays = pack("ZA").expect("there is one").holidays(year, None);
        let (given, by_rule): (Vec<_>, Vec<_>) =
            holidays.iter().partition(|holiday| holiday.shifted_from.is_none());
        prop_assert_eq!(given.len(), 12);
        let on_sunday = given.iter().filter(|it| it.day.weekday() == Weekday::Sunday);
        let mondays: Vec<Date> = on_sunday
            .filter_map(|it| it.day.tomorrow().ok())
            .filter(|monday| given.iter().all(|it| it.day != *monday))
            .collect();
        let by_rule: Vec<Date> = by_rule.iter().map(|it| it.day).collect();
        prop_assert_eq!(by_rule, mondays);
    }

    /// Without a rule for weekends every year is like every other.
    #[test]
    fn each_german_year_has_the_same_count(year in 2029_i16..=2400, place in 0_usize..16) {
        let pack = pack("DE").expect("there is one");
        let region = Some(&*pack.regions[place].code);
        prop_assert_eq!(pack.holidays(year, None).len(), 9);
        prop_assert_eq!(
            pack.holidays(year, region).len(),
            pack.holidays(2029, region).len()
        );
    }

    /// Only 2 January is free for Scots alone; no region loses a day to a weekend.
    #[test]
    fn each_british_year_has_the_same_count_and_no_weekend(year in 2027_i16..=2400) {
        let pack = pack("GB").expect("there is one");
        for (region, count) in [("ENG", 8), ("WLS", 8), ("SCT", 9), ("NIR", 10)] {
            let holidays = pack.holidays(year, Some(region));
            prop_assert_eq!(holidays.len(), count, "{}", region);
            let mut days: Vec<Date> = holidays.iter().map(|holiday| holiday.day).collect();
            days.dedup();
            prop_assert_eq!(days.len(), count);
            let weekend = [Weekday::Saturday, Weekday::Sunday];
            prop_assert!(days.iter().all(|day| !weekend.contains(&day.weekday())));
        }
    }
}

/// A file that is right.
const SOUND: &str = r#"country = "NA"
name = "Namibia"
version = 2
currency = "NAD"
time_zones = ["Africa/Windhoek"]
week_start = "monday"
date_order = "year_month_day"

[regions]
KH = "Khomas"

[holidays]
since = 1990
source = "Public Holidays Act 26 of 1990"

[[holiday]]
name = "Independence Day"
on = "03-21"
regions = ["KH"]
added_in = 2

[[leave_type]]
code = "annual"
name = "Annual leave"
paid = true
"#;

#[test]
fn a_file_that_can_not_be_right_is_refused_with_its_line() {
    let sound = read::pack("na.toml", SOUND).expect("it's right");
    assert_eq!(sound.holidays(2026, Some("KH")).len(), 1);
    assert_eq!(sound.holidays_by(1, 2026, Some("KH")), []);
    for (line, was, is) in [
        (1, "\"NA\"", "\"ZZ\""),
        (3, "version = 2", "version = 0"),
        (4, "NAD", "NAX"),
        (5, "Africa/Windhoek", "Africa/Atlantis"),
        (6, "\"monday\"", "\"moonday\""),
        (7, "year_month_day", "year_day"),
        (14, "since = 1990", "since = 1990\nuntil = 2000"),
        (16, "on = \"03-21\"", "on = \"3-21\""),
        (16, "on = \"03-21\"", "on = \"02-30\""),
        (16, "on = \"03-21\"", "on = \"03-21\"\neaster = 1"),
        (16, "on = \"03-21\"\n", ""),
        (16, "on = \"03-21\"", "easter = 1000"),
        (16, "on = \"03-21\"", "nth = { nth = 6, weekday = \"monday\", month = 5 }"),
        (16, "on = \"03-21\"", "nth = { nth = 1, weekday = \"Monday\", month = 5 }"),
        (16, "on = \"03-21\"", "days = [\"2026-01-02\", \"2026-01-01\"]"),
        (16, "\"KH\"]", "\"KX\"]"),
        (16, "added_in = 2", "added_in = 3"),
        (16, "added_in = 2", "added_in = 2\ndropped_in = 2"),
        (16, "added_in = 2", "from = 2020\nuntil = 2019"),
        (22, "code = \"annual\"", "code = \"Annual\""),
        (25, "paid = true", "paid = 1"),
    ] {
        assert!(SOUND.contains(was), "{was}");
        let refused = read::pack("na.toml", &SOUND.replace(was, is));
        let error = refused.expect_err(is);
        assert_eq!((&*error.file, error.line), ("na.toml", line), "{is}: {error}");
        assert!(error.to_string().starts_with(&format!("na.toml:{line}: ")), "{error}");
    }
    let twice = format!("{SOUND}\n{}", &SOUND[SOUND.find("[[leave_type]]").unwrap()..]);
    assert_eq!(read::pack("na.toml", &twice).expect_err("twice").line, 27);
    let vat = "[[vat]]\nfrom = \"2020-01-01\"\npercent = \"15\"\nsource = \"a law\"\n\n[regions]";
    let error = read::pack("na.toml", &SOUND.replace("[regions]", vat)).expect_err("no first");
    assert_eq!(error.line, 9);
}
