//! Days as a calendar file by RFC 5545: lines end in CRLF and are folded at 75 octets, texts are
//! escaped, and an event keeps its UID for ever. Days are whole days, because nobody records at
//! which hour half a day begins; the half is said in the summary.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The longest line in octets, without its end.
const LINE_MAX: usize = 75;

/// Whole days on which something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Days {
    /// Stays the same for ever, whatever else changes.
    pub(super) uid: String,
    /// When it was last changed.
    pub(super) changed: Timestamp,
    /// How often it was changed.
    pub(super) sequence: u32,
    /// The first day.
    pub(super) from: Date,
    /// The last day.
    pub(super) to: Date,
    /// What is shown.
    pub(super) summary: String,
    /// Whether one is busy on them, or they are only marked.
    pub(super) busy: bool,
}

/// A calendar of some days, by name.
pub(super) fn calendar(name: &str, days: &[Days]) -> String {
    let mut text = String::new();
    let mut line = |content: &str| fold_into(&mut text, content);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Crowdminder//Leave//EN");
    line("CALSCALE:GREGORIAN");
    line("METHOD:PUBLISH");
    line(&format!("X-WR-CALNAME:{}", escaped(name)));
    line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    for days in days {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", escaped(&days.uid)));
        let changed = instant(days.changed);
        line(&format!("DTSTAMP:{changed}"));
        line(&format!("LAST-MODIFIED:{changed}"));
        line(&format!("SEQUENCE:{}", days.sequence));
        line(&format!("DTSTART;VALUE=DATE:{}", day(days.from)));
        // The end is the first day that is no longer part of it.
        line(&format!("DTEND;VALUE=DATE:{}", day(days.to.tomorrow().unwrap_or(days.to))));
        line(&format!("SUMMARY:{}", escaped(&days.summary)));
        line(if days.busy { "TRANSP:OPAQUE" } else { "TRANSP:TRANSPARENT" });
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    text
}

fn day(day: Date) -> String {
    day.strftime("%Y%m%d").to_string()
}

fn instant(instant: Timestamp) -> String {
    instant.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as the value of a property: no line of it begins another property.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => escaped.push_str("\\n"),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Adds a line; one that is too long goes on behind a line end and a space, and no character is cut
/// in two.
fn fold_into(text: &mut String, content: &str) {
    let mut octets = 0;
    for character in content.chars() {
        if octets + character.len_utf8() > LINE_MAX {
            text.push_str("\r\n ");
            octets = 1;
        }
        text.push(character);
        octets += character.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn one(summary: &str) -> Days {
        Days {
            uid: "u1@example.com".into(),
            changed: "2026-03-02T10:20:30+02:00".parse().unwrap(),
            sequence: 3,
            from: date(2026, 2, 27),
            to: date(2026, 2, 28),
            summary: summary.into(),
            busy: true,
        }
    }

    /// What a reader makes of it: folded lines joined again.
    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn an_absence_is_whole_days_with_an_end_that_is_not_part_of_it() {
        let text = calendar("Leave, Acme", &[one("Nova away")]);
        let lines = unfolded(&text);
        let has = |line: &str| assert!(lines.iter().any(|it| it == line), "{line} in {text}");
        has("X-WR-CALNAME:Leave\\, Acme");
        has("UID:u1@example.com");
        has("DTSTAMP:20260302T082030Z");
        has("SEQUENCE:3");
        has("DTSTART;VALUE=DATE:20260227");
        has("DTEND;VALUE=DATE:20260301");
        has("SUMMARY:Nova away");
        assert_eq!((&*lines[0], &**lines.last().unwrap()), ("BEGIN:VCALENDAR", "END:VCALENDAR"));
    }

    #[test]
    fn a_text_can_not_begin_a_property_of_its_own() {
        let text = calendar("x", &[one("a;b,c\\d\r\nDTSTART:19700101\u{7}")]);
        assert!(text.contains("SUMMARY:a\\;b\\,c\\\\d\\nDTSTART:19700101 \r\n"), "{text}");
    }

    proptest! {
        #[test]
        fn no_line_is_longer_than_75_octets_and_none_is_lost(summary in "\\PC{0,200}") {
            let text = calendar("x", &[one(&summary)]);
            for line in text.split("\r\n") {
                prop_assert!(line.len() <= LINE_MAX, "{line}");
                prop_assert!(!line.contains(['\r', '\n']));
            }
            let line = format!("SUMMARY:{}", escaped(&summary));
            prop_assert!(unfolded(&text).contains(&line));
        }
    }
}
