//! Numbers of invoices and credit notes: one series per kind and year, without gaps and without
//! doubles, because the n-th number is the n-th event of the series' stream and is taken in the
//! commit that issues. A draft has none, and a void document keeps its own. Within a series days
//! never go back.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::sealed::DocumentKind;
use crate::aggregate::aggregate;
use crate::id::{CreditNoteId, InvoiceId, StreamId};

/// How long a number may be, in characters.
pub const NUMBER_CHARACTERS_MAX: usize = 40;
const COUNT_DIGITS_MAX: usize = 9;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Year,
    ShortYear,
    Count(usize),
}

/// How numbers of a series look, such as `INV-{year}-{n:5}`.
///
/// `{year}` or `{yy}` stands for the year of issue, `{n}` for the count and `{n:5}` for the count
/// with at least five digits; all else is letters, digits and `-` `/` `.` `_` as they are. The
/// count stands there once and the year at least once, so that numbers of two years differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberPattern(Vec<Part>);

impl NumberPattern {
    /// Reads a pattern; none where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let part = if first == '{' {
                let (token, after) = rest[1..].split_once('}')?;
                rest = after;
                token_part(token)?
            } else {
                let end = rest.find('{').unwrap_or(rest.len());
                let (literal, after) = rest.split_at(end);
                rest = after;
                let sound = |it: char| it.is_ascii_alphanumeric() || "-/._".contains(it);
                Part::Text(literal.chars().all(sound).then(|| literal.to_owned())?)
            };
            parts.push(part);
        }
        let counts = parts.iter().filter(|part| matches!(part, Part::Count(_))).count();
        let dated = parts.iter().any(|part| matches!(part, Part::Year | Part::ShortYear));
        let pattern = NumberPattern(parts);
        let longest = pattern.number(9999, 999_999_999).len();
        (counts == 1 && dated && longest <= NUMBER_CHARACTERS_MAX).then_some(pattern)
    }

    /// The n-th number of a year.
    pub fn number(&self, year: i16, n: u32) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Year => format!("{year:04}"),
            Part::ShortYear => format!("{:02}", year.rem_euclid(100)),
            Part::Count(digits) => format!("{n:0digits$}"),
        };
        self.0.iter().map(part).collect()
    }
}

fn token_part(token: &str) -> Option<Part> {
    match (token, token.split_once(':')) {
        ("year", _) => Some(Part::Year),
        ("yy", _) => Some(Part::ShortYear),
        ("n", _) => Some(Part::Count(1)),
        (_, Some(("n", digits))) => {
            let plain = digits.len() == 1 && digits.bytes().all(|it| it.is_ascii_digit());
            let digits = digits.parse().ok().filter(|_| plain)?;
            (1..=COUNT_DIGITS_MAX).contains(&digits).then_some(Part::Count(digits))
        }
        (_, Some(_) | None) => None,
    }
}

impl fmt::Display for NumberPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                Part::Text(text) => f.write_str(text)?,
                Part::Year => f.write_str("{year}")?,
                Part::ShortYear => f.write_str("{yy}")?,
                Part::Count(1) => f.write_str("{n}")?,
                Part::Count(digits) => write!(f, "{{n:{digits}}}")?,
            }
        }
        Ok(())
    }
}

/// The year whose series a document issued on this day belongs to.
pub fn year_of(issued_on: Date) -> i16 {
    issued_on.year()
}

/// The stream of a series: taking from it, one waits for the other.
pub fn series_stream(document: DocumentKind, year: i16) -> StreamId {
    StreamId::derived("invoice_series", &[document.as_str().as_bytes(), &year.to_be_bytes()])
}

/// A number was given to a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberTaken {
    /// The kind of document that the series is of.
    pub document: DocumentKind,
    /// The year that it's of.
    pub year: i16,
    /// 1, 2, 3, …
    pub n: u32,
    /// As it stands on the document.
    pub number: String,
    /// The invoice, or the one that the credit note is of.
    pub invoice: InvoiceId,
    /// The credit note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_note: Option<CreditNoteId>,
    /// The document's day of issue; none of those before it was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<Date>,
}

crate::event_family! {
    /// The events of a series of numbers.
    SeriesEvent {
        /// One more.
        NumberTaken = 1,
    }
}

/// A series of numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceSeries {
    /// How many were taken; the last one's count.
    pub taken: u32,
    /// The last day of issue that was noted.
    pub last_on: Option<Date>,
}

/// Takes the next number for a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeNumber {
    /// How it looks.
    pub pattern: NumberPattern,
    /// The day of issue, in the firm's zone.
    pub issued_on: Date,
    /// The invoice, or the one that the credit note is of.
    pub invoice: InvoiceId,
    /// The credit note, where the number is for one.
    pub credit_note: Option<CreditNoteId>,
}

impl TakeNumber {
    /// The kind of document that the number is for.
    pub fn document(&self) -> DocumentKind {
        match self.credit_note {
            Some(_) => DocumentKind::CreditNote,
            None => DocumentKind::Invoice,
        }
    }

    /// The stream of the series.
    pub fn stream(&self) -> StreamId {
        series_stream(self.document(), year_of(self.issued_on))
    }
}

impl InvoiceSeries {
    /// What taking leads to.
    pub fn decide(&self, command: TakeNumber) -> Result<Vec<SeriesEvent>, Refusal> {
        Ok(vec![self.next(command)?.into()])
    }

    /// The next number; refused where a document with an earlier one is of a later day, for numbers
    /// and days of a series go up together.
    pub fn next(&self, command: TakeNumber) -> Result<NumberTaken, Refusal> {
        if let Some(last_on) = self.last_on.filter(|last_on| command.issued_on < *last_on) {
            return Err(Refusal::BeforeLastOfSeries { last_on });
        }
        let (year, n) = (year_of(command.issued_on), self.taken + 1);
        Ok(NumberTaken {
            document: command.document(),
            year,
            n,
            number: command.pattern.number(year, n),
            invoice: command.invoice,
            credit_note: command.credit_note,
            issued_on: Some(command.issued_on),
        })
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &SeriesEvent) {
        let SeriesEvent::NumberTaken(event) = event;
        self.taken = event.n;
        self.last_on = self.last_on.max(event.issued_on);
    }
}

aggregate!(InvoiceSeries, "invoice_series", TakeNumber, SeriesEvent, Refusal);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::{credit_note, day};
    use crate::log::{ClaimChange, claims_of};
    use crate::time::samples::invoice;
    use cqrs_es::test::TestFramework;

    fn pattern(text: &str) -> NumberPattern {
        NumberPattern::parse(text).expect("a pattern")
    }

    fn take(of: u128, on: &str) -> TakeNumber {
        let pattern = pattern("INV-{year}-{n:5}");
        TakeNumber { pattern, issued_on: day(on), invoice: invoice(of), credit_note: None }
    }

    #[test]
    fn a_pattern_says_where_year_and_count_stand() {
        assert_eq!(pattern("INV-{year}-{n:5}").number(2026, 7), "INV-2026-00007");
        assert_eq!(pattern("{yy}/{n}").number(2026, 123_456), "26/123456");
        assert_eq!(pattern("A.{n:3}_{year}").number(2026, 12_345), "A.12345_2026");
        for text in ["INV-{year}-{n:5}", "{yy}/{n}", "A.{n:3}_{year}"] {
            assert_eq!(pattern(text).to_string(), text);
        }
    }

    #[test]
    fn a_pattern_without_count_or_year_with_two_counts_or_odd_letters_is_none() {
        for text in [
            "",
            "INV-{year}",
            "INV-{n}",
            "{n}-{n}-{year}",
            "{n:0}-{year}",
            "{n:10}-{year}",
            "{n:+5}-{year}",
            "{n}-{month}-{year}",
            "{n-{year}",
            "n}-{year}",
            "INV {n} {year}",
            "Nº{n}-{year}",
            "A-VERY-LONG-PREFIX-OF-NUMBERS-{year}-{n:9}",
        ] {
            assert_eq!(NumberPattern::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn m23_only_an_issue_that_lands_takes_a_number_and_none_is_skipped() {
        let mut series = InvoiceSeries::default();
        let mut numbers = Vec::new();
        // Drafts ask for none. The issue of c is decided and does not land: its event is dropped.
        for (of, lands) in [(1, true), (3, false), (4, true), (5, true)] {
            let taken = series.next(take(of, "2026-01-31")).expect("a number");
            if lands {
                series.evolve(&taken.clone().into());
                numbers.push((of, taken.n, taken.number));
            }
        }
        let expected =
            [(1, 1, "INV-2026-00001"), (4, 2, "INV-2026-00002"), (5, 3, "INV-2026-00003")];
        assert_eq!(numbers, expected.map(|(of, n, number)| (of, n, number.to_owned())));
    }

    #[test]
    fn each_kind_and_year_counts_by_itself() {
        let credit = TakeNumber { credit_note: Some(credit_note(1)), ..take(1, "2026-01-31") };
        let streams =
            [take(1, "2026-12-31").stream(), take(1, "2027-01-01").stream(), credit.stream()];
        assert_eq!(take(2, "2026-01-01").stream(), streams[0]);
        let mut different = streams.to_vec();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), 3);
        let taken = InvoiceSeries::default().next(credit).expect("a number");
        assert_eq!(taken.document, DocumentKind::CreditNote);
    }

    #[test]
    fn within_a_series_no_day_is_before_the_last_one() {
        let mut series = InvoiceSeries::default();
        let mut issue = |on| {
            let taken = series.next(take(1, on))?;
            series.evolve(&taken.clone().into());
            Ok(taken.n)
        };
        let last_on = day("2026-03-31");
        let refusal = Refusal::BeforeLastOfSeries { last_on };
        assert_eq!(issue("2026-03-31"), Ok(1));
        assert_eq!(issue("2026-03-30"), Err(refusal.clone()));
        assert_eq!((issue("2026-03-31"), issue("2026-04-01")), (Ok(2), Ok(3)));
        assert_eq!(refusal.field(), Some("/issued_on"));
        assert!(refusal.to_string().contains("2026-03-31"), "{refusal}");
        // What was numbered before days were noted binds nobody.
        let old = InvoiceSeries { taken: 7, last_on: None };
        assert_eq!(old.next(take(1, "2026-01-01")).map(|it| it.n), Ok(8));
        let mut noted = InvoiceSeries { taken: 7, last_on: Some(last_on) };
        let taken = series.next(take(1, "2026-04-02")).expect("a number");
        noted.evolve(&NumberTaken { issued_on: None, ..taken }.into());
        assert_eq!(noted.last_on, Some(last_on));
    }

    #[test]
    fn a_number_is_claimed_so_that_no_two_patterns_give_the_same() {
        let event = InvoiceSeries::default().next(take(1, "2026-01-31")).expect("a number");
        let stream = take(1, "2026-01-31").stream();
        let claims = |number: &str| {
            let event = NumberTaken { number: number.into(), ..event.clone() };
            claims_of(stream, &SeriesEvent::from(event).into())
        };
        assert!(
            matches!(&claims("INV-1")[..], [ClaimChange::Take { holder, .. }] if *holder == stream)
        );
        assert_eq!(claims("INV-1"), claims("inv-1"));
        assert_ne!(claims("INV-1"), claims("INV-2"));
    }

    #[test]
    fn the_aggregate_answers_as_the_plain_decision_does() {
        let first = InvoiceSeries::default().next(take(1, "2026-01-31")).expect("a number");
        let second = NumberTaken { n: 2, number: "INV-2026-00002".into(), ..first.clone() };
        TestFramework::<InvoiceSeries>::with(())
            .given(vec![first.into()])
            .when(take(1, "2026-01-31"))
            .then_expect_events(vec![second.into()]);
    }
}
