//! Whether an absence needs a document, such as a medical certificate: because it's long, or
//! because it's one of many within some weeks. What follows from that is for requests: whether
//! it's asked for at once, or only before it's approved.

use jiff::ToSpan;
use jiff::civil::Date;

use super::amount::LeaveMinutes;
use super::days::{DayTerms, pattern_minutes};
use super::member_leave::{DayPart, LeaveSpan};
use super::policy::DocumentRule;
use crate::country::Counts;

/// Why a document is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentReason {
    /// The absence is of `days` consecutive days, and of more than `over` it is needed.
    Days {
        /// Days that count, by the kind of leave.
        days: u32,
        /// How many need none.
        over: u32,
    },
    /// It's the `nth` absence within so many weeks, and after `over` of them it is needed.
    Occasions {
        /// 1, 2, 3, …
        nth: u32,
        /// How many need none.
        over: u32,
        /// Within how many weeks; none = ever.
        within_weeks: Option<u32>,
    },
}

impl std::fmt::Display for DocumentReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DocumentReason::Days { over: 0, .. } => write!(f, "it is needed each time"),
            DocumentReason::Days { days, over } => {
                write!(f, "it is an absence of {days} days; of more than {over} it is needed")
            }
            DocumentReason::Occasions { nth, over, within_weeks } => {
                write!(f, "it is absence number {nth}")?;
                if let Some(weeks) = within_weeks {
                    write!(f, " within {weeks} weeks")?;
                }
                write!(f, "; after {over} it is needed")
            }
        }
    }
}

/// Why an absence needs a document by a rule; none = it needs none. `others` are the other absences
/// of this kind that were taken or are asked for. Absences between which no work was to be done are
/// one: a Friday and the Monday after it are two working days in a row. An absence on which nothing
/// would have been worked needs none.
pub fn needed(
    rule: &DocumentRule,
    absence: &LeaveSpan,
    others: &[LeaveSpan],
    terms: &DayTerms<'_>,
) -> Option<DocumentReason> {
    let of_this = days_of(absence, terms);
    if of_this == 0 {
        return None;
    }
    let mut spans: Vec<LeaveSpan> = others.iter().chain([absence]).copied().collect();
    spans.sort_by_key(|span| (span.from, span.to));
    let mut occasions: Vec<Occasion> = Vec::new();
    for span in &spans {
        match occasions.last_mut() {
            Some(before) if before.goes_on_in(span, terms) => before.take_in(span),
            _ => occasions.push(Occasion::of(span)),
        }
    }
    let holds = |it: &&Occasion| it.first <= absence.from && absence.to <= it.last;
    let own = occasions.iter().find(holds)?;
    let days = own.days(terms);
    if days > rule.consecutive_days_over {
        return Some(DocumentReason::Days { days, over: rule.consecutive_days_over });
    }
    let over = rule.occasions_over?;
    // Eight weeks are 56 days with the first and the last one.
    let since =
        rule.within_weeks.and_then(|weeks| own.first.checked_sub(i64::from(weeks).weeks()).ok());
    let counts = |it: &&Occasion| {
        it.first <= own.first && since.is_none_or(|since| since < it.last) && it.days(terms) > 0
    };
    let nth = u32::try_from(occasions.iter().filter(counts).count()).unwrap_or(u32::MAX);
    (nth > over).then_some(DocumentReason::Occasions { nth, over, within_weeks: rule.within_weeks })
}

fn days_of(span: &LeaveSpan, terms: &DayTerms<'_>) -> u32 {
    u32::try_from(terms.of(span).len()).unwrap_or(u32::MAX)
}

/// An absence, of one or several requests.
#[derive(Debug, Clone, Copy)]
struct Occasion {
    first: Date,
    last: Date,
    /// Whether they were away until the end of the last day.
    to_the_end: bool,
}

impl Occasion {
    fn of(span: &LeaveSpan) -> Self {
        let to_the_end = matches!(span.part, None | Some(DayPart::Pm));
        Occasion { first: span.from, last: span.to, to_the_end }
    }

    /// Whether there was no work between this and a later one.
    fn goes_on_in(&self, span: &LeaveSpan, terms: &DayTerms<'_>) -> bool {
        let from_the_start =
            matches!(span.part, None | Some(DayPart::Am | DayPart::EndsAtNoon)) && self.to_the_end;
        let rests = |day: Date| {
            terms.holidays.contains_key(&day) || pattern_minutes(terms.patterns, day) == 0
        };
        let between = self.last.series(1.day()).skip(1).take_while(|day| *day < span.from);
        span.from <= self.last || (from_the_start && between.into_iter().all(rests))
    }

    fn take_in(&mut self, span: &LeaveSpan) {
        let later = Occasion::of(span);
        if later.last >= self.last {
            self.to_the_end = later.to_the_end;
        }
        self.last = self.last.max(later.last);
    }

    /// Those of its days that count, and each of them between where the calendar counts.
    fn days(&self, terms: &DayTerms<'_>) -> u32 {
        let days = self.first.series(1.day()).take_while(|day| *day <= self.last);
        let counted = days.filter(|day| match terms.counts {
            Counts::CalendarDays => true,
            Counts::WorkingDays => terms.whole(*day) != LeaveMinutes::ZERO,
        });
        u32::try_from(counted.count()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::*;
    use crate::leave::samples;

    /// As the South African law has it.
    const RULE: DocumentRule = DocumentRule {
        consecutive_days_over: 2,
        occasions_over: Some(2),
        within_weeks: Some(8),
        before_approval: false,
    };

    fn span(from: (i8, i8), to: (i8, i8)) -> LeaveSpan {
        LeaveSpan { from: date(2026, from.0, from.1), to: date(2026, to.0, to.1), part: None }
    }

    fn why(
        rule: &DocumentRule,
        absence: LeaveSpan,
        others: &[LeaveSpan],
    ) -> Option<DocumentReason> {
        why_by(Counts::WorkingDays, rule, absence, others)
    }

    fn why_by(
        counts: Counts,
        rule: &DocumentRule,
        absence: LeaveSpan,
        others: &[LeaveSpan],
    ) -> Option<DocumentReason> {
        let kept = samples::south_african().holidays(date(2026, 1, 1), date(2026, 12, 31));
        let holidays: BTreeMap<_, _> = kept.into_iter().map(|it| (it.day, it.name)).collect();
        let (hired_on, left_on) = (None, None);
        let terms = DayTerms { counts, patterns: &[], holidays: &holidays, hired_on, left_on };
        needed(rule, &absence, others, &terms)
    }

    #[test]
    fn l45_a_certificate_is_needed_of_more_than_two_consecutive_working_days() {
        assert_eq!(why(&RULE, span((3, 2), (3, 3)), &[]), None);
        let three = Some(DocumentReason::Days { days: 3, over: 2 });
        assert_eq!(why(&RULE, span((3, 2), (3, 4)), &[]), three);
        // A Friday and a Monday.
        assert_eq!(why(&RULE, span((3, 6), (3, 9)), &[]), None);
        assert_eq!(why(&RULE, span((3, 9), (3, 9)), &[span((3, 6), (3, 6))]), None);
        assert_eq!(why(&RULE, span((3, 6), (3, 10)), &[]), three);
    }

    #[test]
    fn requests_without_work_between_them_are_one_absence() {
        let three = Some(DocumentReason::Days { days: 3, over: 2 });
        assert_eq!(why(&RULE, span((3, 4), (3, 4)), &[span((3, 2), (3, 3))]), three);
        assert_eq!(why(&RULE, span((3, 9), (3, 10)), &[span((3, 6), (3, 6))]), three);
        // Found from its beginning too.
        assert_eq!(why(&RULE, span((3, 2), (3, 3)), &[span((3, 4), (3, 4))]), three);
        // Good Friday and Family Day lie between 2 and 7 April.
        assert_eq!(why(&RULE, span((4, 7), (4, 8)), &[span((4, 2), (4, 2))]), three);
        // On 4 March they worked.
        assert_eq!(why(&RULE, span((3, 5), (3, 5)), &[span((3, 2), (3, 3))]), None);
        // On the afternoon of the 3rd, too.
        let noon = LeaveSpan { part: Some(DayPart::EndsAtNoon), ..span((3, 2), (3, 3)) };
        assert_eq!(why(&RULE, span((3, 4), (3, 4)), &[noon]), None);
        let halves = [DayPart::Am, DayPart::Pm]
            .map(|part| LeaveSpan { part: Some(part), ..span((3, 3), (3, 3)) });
        let [morning, afternoon] = halves;
        let before = [span((3, 2), (3, 2)), morning];
        assert_eq!(why(&RULE, afternoon, &before), None);
        assert_eq!(why(&RULE, span((3, 4), (3, 4)), &[morning, afternoon, before[0]]), three);
    }

    #[test]
    fn the_third_occasion_within_eight_weeks_needs_one() {
        let two = [span((3, 2), (3, 2)), span((3, 16), (3, 16))];
        let third = |nth| Some(DocumentReason::Occasions { nth, over: 2, within_weeks: Some(8) });
        assert_eq!(why(&RULE, two[1], &two[..1]), None);
        assert_eq!(why(&RULE, span((4, 20), (4, 20)), &two), third(3));
        // 2 March to 26 April are 56 days; the 27th is a holiday, and the 28th is later.
        assert_eq!(why(&RULE, span((4, 28), (4, 28)), &two), None);
        assert_eq!(why(&RULE, span((4, 24), (4, 24)), &two), third(3));
        // What was later is no occasion before.
        assert_eq!(why(&RULE, two[0], &[two[1], span((4, 20), (4, 20))]), None);
        // A Friday and the Monday after it are one occasion, and so are no three.
        let joined = [span((3, 6), (3, 6)), span((3, 9), (3, 9))];
        assert_eq!(why(&RULE, span((3, 18), (3, 18)), &joined), None);
        // Nothing would have been worked on Human Rights Day and a Sunday.
        let idle = [span((3, 21), (3, 22)), two[0]];
        assert_eq!(why(&RULE, span((3, 25), (3, 25)), &idle), None);
        assert_eq!(why(&RULE, span((3, 21), (3, 22)), &two), None);
    }

    #[test]
    fn a_rule_of_each_time_and_one_of_calendar_days_hold_as_they_are() {
        let each = DocumentRule { consecutive_days_over: 0, occasions_over: None, ..RULE };
        let reason = why(&each, span((3, 2), (3, 2)), &[]);
        assert_eq!(reason, Some(DocumentReason::Days { days: 1, over: 0 }));
        assert_eq!(reason.map(|it| it.to_string()).as_deref(), Some("it is needed each time"));
        // As in Germany: four days with a weekend among them.
        let german = DocumentRule { consecutive_days_over: 3, occasions_over: None, ..RULE };
        let by_calendar = |absence| why_by(Counts::CalendarDays, &german, absence, &[]);
        let four = Some(DocumentReason::Days { days: 4, over: 3 });
        assert_eq!(by_calendar(span((3, 6), (3, 9))), four);
        assert_eq!(by_calendar(span((3, 6), (3, 8))), None);
        let words = four.map(|it| it.to_string());
        assert_eq!(
            words.as_deref(),
            Some("it is an absence of 4 days; of more than 3 it is needed")
        );
        let third = DocumentReason::Occasions { nth: 3, over: 2, within_weeks: Some(8) };
        assert_eq!(
            third.to_string(),
            "it is absence number 3 within 8 weeks; after 2 it is needed"
        );
    }
}
