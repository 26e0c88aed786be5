//! The worked cases of `domain/cases/time.json`, each read from that file and checked by what it's
//! about. A case that nobody checks fails the test, so that none is forgotten.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::clock::{round_clock, round_ends};
use super::rounding::{day_seconds, line_seconds, round_seconds};
use super::worked::find_zone;
use super::{
    Refusal, Rounding, RoundingMode, RoundingScope, RoundingTie, Week, Worked, resolve_local,
    split_at_midnight,
};

/// These price time, which is the affair of money; its tests read the same file.
const HELD_BY_MONEY: [&str; 2] = ["T13", "T15"];

struct Case {
    inputs: Value,
    expected: Value,
}

#[test]
fn every_worked_case_about_time_holds() {
    let file: Value = serde_json::from_str(include_str!("../../cases/time.json")).expect("JSON");
    let cases = file["cases"].as_array().expect("a list of cases");
    assert_eq!(cases.len(), 17);
    for case in cases {
        let id = case["id"].as_str().expect("an id");
        println!("{id}: {}", case["title"]);
        check(id, &Case { inputs: case["inputs"].clone(), expected: case["expected"].clone() });
    }
}

fn check(id: &str, case: &Case) {
    match id {
        "T01" | "T05" => modes(case),
        "T03" => ties(case),
        "T07" => scopes(case, RoundingMode::Up),
        "T09" => scopes(case, RoundingMode::Down),
        "T11" => both_ends(case),
        "T17" => one_span(case),
        "T19" => fold(case),
        "T21" | "T25" => spans(case),
        "T23" => midnight(case),
        "T27" => zone_changed_later(case),
        "T29" => local_clock(case),
        "T31" => fold_without_overlap(case),
        "T33" => weeks(case),
        held if HELD_BY_MONEY.contains(&held) => {}
        unknown => panic!("nobody checks the case {unknown}"),
    }
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
    let seconds = case.inputs["minutes"].as_u64().expect("minutes") * 60;
    for (mode, minutes) in case.expected.as_object().expect("minutes by mode") {
        let mode = RoundingMode::parse(mode).expect("a mode");
        let rule = case.rule(mode, RoundingTie::HalfUp, RoundingScope::Entry);
        assert_eq!(json!(round_seconds(seconds, rule) / 60), *minutes, "{mode:?}");
    }
}

fn ties(case: &Case) {
    let seconds = case.inputs["seconds"].as_u64().expect("seconds");
    for (tie, minutes) in case.expected.as_object().expect("minutes by tie") {
        let tie = RoundingTie::parse(tie).expect("a tie rule");
        let rule = case.rule(RoundingMode::Nearest, tie, RoundingScope::Entry);
        assert_eq!(json!(round_seconds(seconds, rule) / 60), *minutes, "{tie:?}");
    }
}

fn scopes(case: &Case, mode: RoundingMode) {
    let entries = case.inputs["minutes"].as_array().expect("minutes of each entry").iter();
    let entries = entries.map(|it| u32::try_from(it.as_u64().expect("minutes")).expect("few") * 60);
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
    let rule = case.rule(RoundingMode::Nearest, RoundingTie::HalfUp, RoundingScope::Entry);
    let (start, end) = round_ends(&worked.span.expect("made of one"), rule).expect("a zone");
    assert_eq!(start.strftime("%H:%M").to_string(), case.expected["start_rounded"]);
    assert_eq!(end.strftime("%H:%M").to_string(), case.expected["end_rounded"]);
    let minutes = (end.as_second() - start.as_second()) / 60;
    assert_eq!(json!(minutes), case.expected["minutes"]);
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
