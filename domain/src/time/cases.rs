//! The worked cases of `domain/cases/time.json`, each read from that file and checked by what it's
//! about, through the functions that serve readers and invoices. A case that nobody checks fails a
//! test, so that none is forgotten.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::clock::{round_clock, round_ends};
use super::rounding::{day_seconds, entry_seconds, line_seconds};
use super::worked::find_zone;
use super::{
    Refusal, Rounding, RoundingMode, RoundingScope, RoundingTie, Week, Worked, resolve_local,
    samples, split_at_midnight,
};
use crate::billing::lines::{Line, Terms, invoice_lines};
use crate::billing::{GroupBy, ReservedEntry};
use crate::catalogue::rates::{Rate, RateUnit};
use crate::money::price;
use crate::settings::{SettingChanged, SettingKey, Settings};

struct Case {
    inputs: Value,
    expected: Value,
}

fn cases() -> Vec<(String, Case)> {
    let file: Value = serde_json::from_str(include_str!("../../cases/time.json")).expect("JSON");
    let read = |case: &Value| {
        let id = case["id"].as_str().expect("an id").to_owned();
        (id, Case { inputs: case["inputs"].clone(), expected: case["expected"].clone() })
    };
    file["cases"].as_array().expect("a list of cases").iter().map(read).collect()
}

macro_rules! checked {
    ($($id:literal $name:ident: $check:expr;)+) => {
        $(#[test]
        fn $name() {
            let (_, case) = cases().into_iter().find(|(id, _)| id == $id).expect("a case");
            let check: fn(&Case) = $check;
            check(&case);
        })+

        #[test]
        fn every_worked_case_about_time_is_checked() {
            let ids: Vec<_> = cases().into_iter().map(|(id, _)| id).collect();
            assert_eq!(ids, [$($id),+]);
        }
    };
}

checked! {
    "T01" t01_time_goes_up_to_the_nearer_or_down_to_a_whole_interval: modes;
    "T03" t03_a_tie_goes_as_the_rule_declares: ties;
    "T05" t05_zero_never_rounds_up: modes;
    "T07" t07_per_entry_and_per_day_differ_when_rounding_up: |case| scopes(case, RoundingMode::Up);
    "T09" t09_per_entry_and_per_day_differ_when_rounding_down: |case| {
        scopes(case, RoundingMode::Down);
    };
    "T11" t11_both_ends_are_rounded_to_the_nearer_quarter: both_ends;
    "T13" t13_time_is_rounded_first_and_then_priced: priced_by_the_day;
    "T15" t15_the_working_day_in_force_on_the_day_of_the_work_counts: working_day_changed;
    "T17" t17_work_over_the_autumn_fold_lasts_what_passed: one_span;
    "T19" t19_a_local_time_that_happens_twice_is_told_apart: fold;
    "T21" t21_night_shifts_over_changes_of_clocks_last_what_passed: spans;
    "T23" t23_work_over_midnight_is_split_there: midnight;
    "T25" t25_a_change_that_is_published_year_by_year_is_known: spans;
    "T27" t27_a_later_change_of_the_zone_moves_nothing: zone_changed_later;
    "T29" t29_a_start_is_rounded_on_the_local_clock: local_clock;
    "T31" t31_equal_wall_times_in_the_fold_do_not_overlap: fold_without_overlap;
    "T33" t33_a_week_belongs_to_the_year_of_its_thursday: weeks;
}

impl Case {
    fn text(&self, name: &str) -> &str {
        self.inputs[name].as_str().expect("a text")
    }

    fn rule(&self, mode: RoundingMode, tie: RoundingTie, scope: RoundingScope) -> Rounding {
        let interval = self.inputs["TIMECAPTURE_INTERVAL_MINUTES"].as_u64().expect("an interval");
        Rounding { mode, tie, scope, interval_minutes: u32::try_from(interval).expect("small") }
    }

    /// The instant of a local time in the zone of the case, the first of two.
    fn instant(&self, local: &str) -> jiff::Timestamp {
        resolve_local(datetime(local), self.text("zone"), None).expect("a time that exists")
    }

    fn worked(&self, start: &str, end: &str) -> Worked {
        let (start, end) = (self.instant(start), self.instant(end));
        Worked::span(start, end, self.text("zone")).expect("a span")
    }
}

fn datetime(text: &str) -> DateTime {
    text.parse().expect("a local time")
}

fn strings(values: &Value) -> Vec<&str> {
    values.as_array().expect("a list").iter().map(|it| it.as_str().expect("a text")).collect()
}

fn modes(case: &Case) {
    let seconds = case.inputs["minutes"].as_i64().expect("minutes") * 60;
    for (mode, minutes) in case.expected.as_object().expect("minutes by mode") {
        let mode = RoundingMode::parse(mode).expect("a mode");
        let rule = case.rule(mode, RoundingTie::HalfUp, RoundingScope::Entry);
        assert_eq!(json!(entry_seconds(seconds, rule) / 60), *minutes, "{mode:?}");
    }
}

fn ties(case: &Case) {
    let seconds = case.inputs["seconds"].as_i64().expect("seconds");
    for (tie, minutes) in case.expected.as_object().expect("minutes by tie") {
        let tie = RoundingTie::parse(tie).expect("a tie rule");
        let rule = case.rule(RoundingMode::Nearest, tie, RoundingScope::Entry);
        assert_eq!(json!(entry_seconds(seconds, rule) / 60), *minutes, "{tie:?}");
    }
}

fn scopes(case: &Case, mode: RoundingMode) {
    let entries = case.inputs["minutes"].as_array().expect("minutes of each entry").iter();
    let entries = entries.map(|it| it.as_i64().expect("minutes") * 60);
    for (scope, name) in [(RoundingScope::Entry, "per_entry"), (RoundingScope::Day, "per_day")] {
        let rule = case.rule(mode, RoundingTie::HalfUp, scope);
        let minutes = json!(day_seconds(entries.clone(), rule) / 60);
        assert_eq!(minutes, case.expected[name], "{name}");
        let on_a_line = line_seconds(entries.clone().map(|seconds| ((), seconds)), rule);
        assert_eq!(json!(on_a_line / 60), case.expected[name], "{name} on a line");
    }
}

fn both_ends(case: &Case) {
    let on_a_day = |name: &str| {
        let local = datetime(&format!("2026-01-07T{}", case.text(name)));
        resolve_local(local, "UTC", None).expect("UTC has no gaps")
    };
    let worked = Worked::span(on_a_day("start"), on_a_day("end"), "UTC").expect("a span");
    let rule = case.rule(RoundingMode::Nearest, RoundingTie::HalfUp, RoundingScope::Ends);
    assert_eq!(json!(entry_seconds(&worked, rule) / 60), case.expected["minutes"]);
    assert_eq!(json!(line_seconds([((), &worked)], rule) / 60), case.expected["minutes"]);
    let (start, end) = round_ends(&worked.span.expect("made of one"), rule).expect("a zone");
    assert_eq!(start.strftime("%H:%M").to_string(), case.expected["start_rounded"]);
    assert_eq!(end.strftime("%H:%M").to_string(), case.expected["end_rounded"]);
}

/// The net amounts, with two decimals, of lines of one entry per day and minutes, by the settings
/// of those days.
fn amounts(settings: &Settings, day_rate: &str, entries: &[(Date, i64)]) -> Vec<(Line, String)> {
    let amount_minor = day_rate.replace('.', "").parse().expect("an amount");
    let rate = Rate { unit: RateUnit::Day, amount_minor, currency: "ZAR".into() };
    let reserved = |(n, (day, minutes)): (u128, &(Date, i64))| ReservedEntry {
        entry: samples::entry_id(n),
        version: 1,
        member: samples::member(1),
        project: samples::project(1),
        task: samples::task(1),
        day: *day,
        seconds: minutes * 60,
        freed_by: None,
        billed_seconds: None,
    };
    let entries: Vec<_> = (1..).zip(entries).map(reserved).collect();
    let terms = |entry: &ReservedEntry| Terms {
        rounding: settings.rounding(entry.day),
        rate: Some(rate.clone()),
        working_day_seconds: settings.working_day_seconds(entry.day),
        span: None,
    };
    let shown = |line: Line| {
        let net = line.net_minor.expect("a price");
        (line, format!("{}.{:02}", net / 100, net % 100))
    };
    let lines = invoice_lines(&entries, GroupBy::Entry, "ZAR", terms, price);
    lines.into_iter().map(shown).collect()
}

fn settings_with(changes: &[(SettingKey, &str, Option<Date>)]) -> Settings {
    let mut settings = Settings::default();
    for (key, value, from) in changes {
        let (key, value) = (key.as_str().to_owned(), (*value).to_owned());
        settings.evolve(&SettingChanged { key, value, from: *from }.into());
    }
    settings
}

fn priced_by_the_day(case: &Case) {
    let interval = case.inputs["TIMECAPTURE_INTERVAL_MINUTES"].to_string();
    let settings = settings_with(&[
        (SettingKey::RoundingMode, "up", None),
        (SettingKey::TimecaptureIntervalMinutes, &interval, None),
        (SettingKey::BillableHoursInWorkingDay, case.text("BILLABLE_HOURS_IN_WORKING_DAY"), None),
    ]);
    let worked = (jiff::civil::date(2026, 1, 7), case.inputs["minutes"].as_i64().expect("minutes"));
    let lines = amounts(&settings, case.text("day_rate"), &[worked]);
    assert_eq!(json!(lines[0].0.rounded_seconds / 60), case.expected["rounded_minutes"]);
    assert_eq!(json!(lines[0].0.quantity), case.expected["days"]);
    assert_eq!(json!(lines[0].1), case.expected["amount"]);
}

fn working_day_changed(case: &Case) {
    let day = |value: &Value| -> Date { value.as_str().expect("a day").parse().expect("a day") };
    let history = case.inputs["history"].as_array().expect("a list").iter();
    let changes: Vec<_> = history
        .map(|it| {
            let hours = it[1].as_str().expect("hours");
            (SettingKey::BillableHoursInWorkingDay, hours, Some(day(&it[0])))
        })
        .collect();
    let entries = case.inputs["entries"].as_array().expect("a list").iter();
    let entries: Vec<_> =
        entries.map(|it| (day(&it[0]), it[1].as_i64().expect("minutes"))).collect();
    let lines = amounts(&settings_with(&changes), case.text("day_rate"), &entries);
    let amounts: Vec<_> = lines.into_iter().map(|(_, amount)| amount).collect();
    assert_eq!(json!(amounts), case.expected["amounts"]);
}

fn one_span(case: &Case) {
    let worked = case.worked(case.text("start"), case.text("end"));
    assert_eq!(json!(worked.seconds), case.expected["seconds"]);
}

fn fold(case: &Case) {
    for (fold, name) in [(None, "first_utc"), (Some(0), "first_utc"), (Some(1), "second_utc")] {
        let start = datetime(case.text("start"));
        let instant = resolve_local(start, case.text("zone"), fold).expect("exists twice");
        assert_eq!(instant.to_string(), case.expected[name]);
    }
}

fn spans(case: &Case) {
    let spans = case.inputs["spans"].as_array().expect("spans").iter();
    let hours: Vec<_> = spans
        .map(|span| {
            let ends = strings(span);
            let seconds = case.worked(ends[0], ends[1]).seconds;
            assert_eq!(seconds % 3600, 0);
            seconds / 3600
        })
        .collect();
    assert_eq!(json!(hours), case.expected["hours"]);
}

fn midnight(case: &Case) {
    let worked = case.worked(case.text("start"), case.text("end"));
    assert_eq!(json!(worked.seconds / 3600), case.expected["total_hours"]);
    let days: serde_json::Map<_, _> = split_at_midnight(&worked)
        .into_iter()
        .map(|(day, seconds)| (day.to_string(), json!(seconds / 3600)))
        .collect();
    assert_eq!(json!(days), case.expected["per_day"]);
}

fn zone_changed_later(case: &Case) {
    let captured = case.text("captured_zone");
    let instant = |name: &str| {
        resolve_local(datetime(case.text(name)), captured, None).expect("a time that exists")
    };
    let worked = Worked::span(instant("start"), instant("end"), captured).expect("a span");
    // What is stored is read back with nothing else known: no setting has a part in it.
    let stored = serde_json::to_string(&worked).expect("plain data");
    let read: Worked = serde_json::from_str(&stored).expect("as it was written");
    let days: serde_json::Map<_, _> = split_at_midnight(&read)
        .into_iter()
        .map(|(day, seconds)| (day.to_string(), json!(seconds / 60)))
        .collect();
    assert_eq!(json!(days), case.expected["minutes_per_day_kept"]);
    assert_eq!(read.day.to_string(), &case.text("start")[..10]);
    let span = read.span.expect("made of one");
    assert_eq!(span.start.to_string(), case.expected["start_utc"]);
    assert_eq!(span.end.to_string(), case.expected["end_utc"]);
    let new_zone = find_zone(case.text("new_zone")).expect("a zone");
    let shown = [span.start, span.end]
        .map(|at| at.to_zoned(new_zone.clone()).strftime("%Y-%m-%dT%H:%M%:z").to_string());
    assert_eq!(json!(shown), case.expected["shown_in_london"]);
}

fn local_clock(case: &Case) {
    let mode = RoundingMode::parse(case.text("mode")).expect("a mode");
    let rule = case.rule(mode, RoundingTie::HalfUp, RoundingScope::Entry);
    let zone = find_zone(case.text("zone")).expect("a zone");
    let shown = |zone: &TimeZone, at| zone.to_datetime(at).strftime("%H:%M").to_string();
    let start = case.instant(case.text("start"));
    assert_eq!(shown(&zone, round_clock(start, &zone, rule)), case.expected["local_floor"]);
    // Of an hour from then on, both ends are rounded so.
    let end = start + jiff::SignedDuration::from_mins(60);
    let worked = Worked::span(start, end, case.text("zone")).expect("an hour");
    let by_ends = Rounding { scope: RoundingScope::Ends, ..rule };
    assert_eq!(entry_seconds(&worked, by_ends), 3600);
    let rounded = round_ends(&worked.span.expect("made of one"), by_ends).expect("a zone");
    assert_eq!(shown(&zone, rounded.0), case.expected["local_floor"]);
    // On the epoch's clock, which is UTC's, the same rounding gives what is wrong.
    let on_epoch = round_clock(start, &TimeZone::UTC, rule);
    assert_eq!(shown(&zone, on_epoch), case.expected["epoch_floor_wrong"]);
}

fn fold_without_overlap(case: &Case) {
    let worked = |name: &str| {
        let (times, which) = case.text(name).split_once(' ').expect("times and which");
        let (start, end) = times.split_once('-').expect("from and to");
        let fold = if which == "second" { 1 } else { 0 };
        let instant = |time: &str| -> Result<jiff::Timestamp, Refusal> {
            let local = datetime(&format!("{}T{time}", case.text("date")));
            resolve_local(local, case.text("zone"), Some(fold))
        };
        let (start, end) = (instant(start).expect("exists"), instant(end).expect("exists"));
        Worked::span(start, end, case.text("zone")).expect("a span")
    };
    let (a, b) = (worked("a"), worked("b"));
    assert_eq!(case.expected["overlap_minutes"], 0);
    assert!(!a.overlaps(&b) && !b.overlaps(&a));
    let shared = |worked: &Worked| worked.span.clone().expect("made of one");
    assert!(shared(&a).end <= shared(&b).start);
}

fn weeks(case: &Case) {
    let weeks: Vec<_> = strings(&case.inputs["dates"])
        .into_iter()
        .map(|day| Week::of(day.parse::<Date>().expect("a day")).to_string())
        .collect();
    assert_eq!(json!(weeks), case.expected["weeks"]);
}
