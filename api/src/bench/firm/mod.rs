//! A made-up year of a consulting firm as the plain CSV that `import` reads: the same for the same
//! seed. Each member has dice of their own, so that a larger firm holds the smaller one's people
//! with the same days.

mod person;
mod words;

use std::fmt::Write as _;
use std::io::Write;

use domain::import::CSV_HEADER;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use serde::Serialize;

use person::Person;

/// The zone of the firm.
pub const ZONE: &str = "Africa/Johannesburg";
/// The domain of the firm's addresses; nobody can ever own it.
const MAIL_DOMAIN: &str = "bench.example";

/// How large a firm, and which year of it.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Who works there.
    pub members: usize,
    /// The most entries of time; none = the whole year's, about 1280 per member.
    pub entries: Option<u64>,
    /// The year.
    pub year: i16,
    /// The same seed makes the same year.
    pub seed: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Shape { members: 200, entries: None, year: 2025, seed: 1 }
    }
}

impl Shape {
    /// How many clients it has, with itself as the first: 40 for 200 members.
    pub fn clients(&self) -> usize {
        (self.members / 5).clamp(4, 40)
    }

    /// How many projects: three per client.
    pub fn projects(&self) -> usize {
        3 * self.clients()
    }

    /// What a client is called.
    pub fn client_name(&self, number: usize) -> String {
        words::client(number)
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Entries of time: lines after the header.
    pub entries: u64,
    /// With the header.
    pub bytes: u64,
}

/// Writes the year as one file.
pub fn write(shape: Shape, out: &mut impl Write) -> std::io::Result<Written> {
    let mut weeks = Weeks::of(shape);
    let mut text = header();
    let mut written = Written::default();
    loop {
        out.write_all(text.as_bytes())?;
        written.bytes += text.len() as u64;
        text.clear();
        match weeks.next(&mut text) {
            Some(entries) => written.entries += entries,
            None => return Ok(written),
        }
    }
}

/// The first line of each file.
pub fn header() -> String {
    format!("{CSV_HEADER}\n")
}

/// The year, week by week, in each of them one member after the other.
#[derive(Debug)]
pub struct Weeks {
    shape: Shape,
    people: Vec<Person>,
    monday: Date,
    left: u64,
}

impl Weeks {
    /// The year from its first day on.
    pub fn of(shape: Shape) -> Self {
        let people = (0..shape.members).map(|number| Person::of(shape, number)).collect();
        let monday = domain::time::Week::of(date(shape.year, 1, 1)).monday();
        Weeks { shape, people, monday, left: shape.entries.unwrap_or(u64::MAX) }
    }

    /// Writes the lines of the next week and answers how many; none once the year is over.
    pub fn next(&mut self, text: &mut String) -> Option<u64> {
        if self.monday.year() > self.shape.year || self.left == 0 {
            return None;
        }
        let mut written = 0;
        for person in &mut self.people {
            for n in 0..7 {
                let day = self.monday + n.days();
                if day.year() != self.shape.year || is_holiday(day) {
                    continue;
                }
                for line in person.day(day) {
                    if self.left == 0 {
                        return Some(written);
                    }
                    writeln!(text, "{line}").expect("a text takes any line");
                    (self.left, written) = (self.left - 1, written + 1);
                }
            }
        }
        self.monday += 7.days();
        Some(written)
    }
}

/// Days on which the whole firm rests, whichever weekday they fall on.
fn is_holiday(day: Date) -> bool {
    const DAYS: [(i8, i8); 10] =
        [(1, 1), (3, 21), (4, 27), (5, 1), (6, 16), (8, 9), (9, 24), (12, 16), (12, 25), (12, 26)];
    DAYS.contains(&(day.month(), day.day()))
}

/// Monday to Friday.
fn is_weekday(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use domain::import::{ExportRow, Format, read_export};
    use jiff::Timestamp;

    use super::*;

    const SMALL: Shape = Shape { members: 12, entries: None, year: 2025, seed: 7 };

    fn text(shape: Shape) -> String {
        let mut bytes = Vec::new();
        let written = write(shape, &mut bytes).unwrap();
        assert_eq!(written.bytes, bytes.len() as u64);
        String::from_utf8(bytes).unwrap()
    }

    fn rows(shape: Shape) -> Vec<ExportRow> {
        let export = read_export(text(shape).as_bytes(), Format::Csv, ZONE).unwrap();
        assert_eq!((&export.faults[..], &export.warnings[..]), (&[][..], &[][..]));
        export.rows
    }

    #[test]
    fn a_seed_tells_one_year_and_another_seed_another() {
        assert_eq!(text(SMALL), text(SMALL));
        assert_ne!(text(SMALL), text(Shape { seed: 8, ..SMALL }));
    }

    #[test]
    fn nobody_is_at_two_places_at_once() {
        let mut spans: BTreeMap<String, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
        for row in rows(SMALL) {
            let email = row.person.unwrap().email.unwrap();
            let span = row.worked.span.map(|span| (span.start, span.end));
            spans.entry(email).or_default().extend(span);
        }
        assert_eq!(spans.len(), 12);
        for (who, mut spans) in spans {
            spans.sort();
            let apart = spans.windows(2).all(|two| two[0].1 <= two[1].0);
            assert!(apart, "{who}");
        }
    }

    #[test]
    fn a_year_has_about_as_many_entries_as_people_record() {
        let rows = rows(SMALL);
        let each = rows.len() / SMALL.members;
        assert!((1150..1400).contains(&each), "{each} per member");
        let seconds: i64 = rows.iter().map(|row| i64::from(row.worked.seconds)).sum();
        let hours = seconds / 3600 / SMALL.members as i64;
        assert!((1400..1900).contains(&hours), "{hours} hours per member");
    }

    #[test]
    fn the_year_has_every_kind_of_entry() {
        let rows = rows(SMALL);
        let share = |of: &dyn Fn(&ExportRow) -> bool| {
            rows.iter().filter(|row| of(row)).count() as f64 / rows.len() as f64
        };
        let lengths = share(&|row| row.worked.span.is_none());
        assert!((0.02..0.4).contains(&lengths), "{lengths} are lengths");
        let unpaid = share(&|row| row.billable == Some(false));
        assert!((0.05..0.5).contains(&unpaid), "{unpaid} are not billable");
        let (noted, tagged) =
            (share(&|row| !row.note.is_empty()), share(&|row| row.tags.len() > 1));
        assert!((0.5..0.9).contains(&noted) && tagged > 0.02, "{noted} noted, {tagged} tagged");
        let zones: BTreeSet<_> =
            rows.iter().filter_map(|row| Some(row.worked.span.as_ref()?.zone.clone())).collect();
        assert_eq!(zones.len(), 2);
        let local = |row: &ExportRow| {
            let span = row.worked.span.as_ref()?;
            let zone = domain::time::worked::find_zone(&span.zone).unwrap();
            Some((span.start.to_zoned(zone.clone()).date(), span.end.to_zoned(zone).date()))
        };
        assert!(rows.iter().filter_map(local).any(|(start, end)| start < end), "over midnight");
        assert!(rows.iter().all(|row| !is_holiday(row.worked.day)));
    }

    #[test]
    fn a_bound_on_entries_cuts_the_year_and_changes_nothing_before() {
        let whole = text(SMALL);
        let cut = text(Shape { entries: Some(500), ..SMALL });
        assert_eq!(cut.lines().count(), 501);
        assert!(whole.starts_with(&cut));
    }
}
