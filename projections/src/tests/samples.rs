//! Events with fixed values. A number stands for an id, so that a test reads as a story.

use domain::id::{EntryId, MemberId, ProjectId, StreamId, SubjectId, TaskId};
use domain::log::{Event, Recorded};
use domain::personal::{Envelope, Personal, PurposeClass};
use domain::time::{
    Chain, EntryVersion, Span, TimeEvent, TimeRecorded, TimeRemoved, TimeRevised,
    TimesheetApproved, TimesheetRejected, TimesheetReopened, TimesheetStepApproved,
    TimesheetSubmitted, Week, Worked,
};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

pub(crate) use super::stories::{
    END, catalogue, drafted, everything, files, imports, members, rates, rounding_rules, settings,
    voided,
};
pub(crate) use super::story_of_budgets::budgets;
pub(crate) use super::story_of_corrections::corrections;
pub(crate) use super::story_of_leave::leave;
pub(crate) use super::story_of_member_leave::member_leave;
pub(crate) use super::story_of_timers::{favourites, timers};

/// The id of a number.
pub(crate) fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// A Monday, in week 2026-W06.
pub(crate) const MONDAY: Date = date(2026, 2, 2);

/// The stream of a member's week.
pub(crate) fn sheet(member: u128, day: Date) -> StreamId {
    let week = Week::of(day).to_string();
    StreamId::derived("timesheet", &[id(member).as_bytes(), week.as_bytes()])
}

/// A sealed text of a person, as the log holds it.
pub(crate) fn sealed<T>(class: PurposeClass, subject: u128, bytes: &str) -> Personal<T> {
    let subject = SubjectId(id(subject)).0.simple();
    let text = format!("p1.{}.{subject}.{bytes}", class.as_str());
    Personal::from_envelope(Envelope::parse(&text).expect("an envelope"))
}

/// A history that grows: positions and versions count up, an event a minute.
#[derive(Debug, Default)]
pub(crate) struct History(pub(crate) Vec<Recorded>);

impl History {
    /// The instant at which the event of a position is recorded.
    pub(crate) fn instant(position: i64) -> Timestamp {
        let start: Timestamp = "2026-02-02T08:00:00Z".parse().expect("an instant");
        start + jiff::SignedDuration::from_mins(position)
    }

    /// Adds an event to a stream.
    pub(crate) fn add(&mut self, stream: StreamId, event: impl Into<Event>) -> &mut Self {
        let position = i64::try_from(self.0.len()).expect("a short history") + 1;
        let earlier = self.0.iter().filter(|event| event.stream == stream).count();
        self.0.push(Recorded {
            position,
            stream,
            version: i32::try_from(earlier).expect("a short history") + 1,
            recorded_at: History::instant(position),
            event: event.into(),
        });
        self
    }

    /// Adds an event of a member's week.
    pub(crate) fn time(
        &mut self,
        member: u128,
        day: Date,
        event: impl Into<TimeEvent>,
    ) -> &mut Self {
        self.add(sheet(member, day), Event::Time(event.into()))
    }
}

/// Member 1 worked on an entry, from nine on, for so many seconds.
pub(crate) fn recorded(entry: u128, day: Date, seconds: u32) -> TimeRecorded {
    TimeRecorded {
        entry: EntryId(id(entry)),
        version: 1,
        member: MemberId(id(1)),
        project: ProjectId(id(20)),
        task: TaskId(id(30)),
        worked: worked(day, seconds),
        billable: true,
        note: Some(sealed(PurposeClass::Note, 1, "AAAA")),
        tags: vec!["on \"site\"".to_owned(), "a,b\\c".to_owned()],
        import: None,
        source: None,
        replaces: None,
        work_day: None,
    }
}

fn worked(day: Date, seconds: u32) -> Worked {
    let start: Timestamp = format!("{day}T09:00:00Z").parse().expect("an instant");
    let end = start + jiff::SignedDuration::from_secs(i64::from(seconds));
    Worked { day, seconds, span: Some(Span { start, end, zone: "UTC".to_owned() }) }
}

/// The entry in another version, without a span, not billable.
pub(crate) fn revised(entry: u128, version: u32, day: Date, seconds: u32) -> TimeRevised {
    TimeRevised {
        entry: EntryId(id(entry)),
        version,
        member: MemberId(id(1)),
        project: ProjectId(id(21)),
        task: TaskId(id(31)),
        worked: Worked { day, seconds, span: None },
        billable: false,
        note: None,
        tags: Vec::new(),
    }
}

/// The entry is gone, to another week where one is named.
pub(crate) fn removed(entry: u128, moved_to: Option<Date>) -> TimeRemoved {
    TimeRemoved {
        entry: EntryId(id(entry)),
        member: MemberId(id(1)),
        moved_to: moved_to.map(Week::of),
        reverses: None,
        replaces: None,
        reason: None,
    }
}

/// (entry, version) pairs.
pub(crate) fn versions(entries: &[(u128, u32)]) -> Vec<EntryVersion> {
    let version = |(entry, version): &(u128, u32)| EntryVersion {
        entry: EntryId(id(*entry)),
        version: *version,
    };
    entries.iter().map(version).collect()
}

/// Member 1 asks for approval in the week of `MONDAY`.
pub(crate) fn submitted(entries: &[(u128, u32)]) -> TimesheetSubmitted {
    TimesheetSubmitted {
        member: MemberId(id(1)),
        week: Week::of(MONDAY),
        entries: versions(entries),
        content: "c1".to_owned(),
        chain: Chain::default(),
    }
}

/// Member 9 lets entries of a week of member 3 pass the first of two steps.
pub(crate) fn step_approved(entries: &[(u128, u32)]) -> TimesheetStepApproved {
    TimesheetStepApproved {
        member: MemberId(id(3)),
        week: Week::of(date(2026, 4, 6)),
        step: 1,
        chain: Chain::parse("line_manager,billing").expect("a chain"),
        by: MemberId(id(9)),
        in_right_of: None,
        entries: versions(entries),
        content: "c1".to_owned(),
    }
}

/// Member 9 approves in the week of `MONDAY`.
pub(crate) fn approved(entries: &[(u128, u32)]) -> TimesheetApproved {
    TimesheetApproved {
        member: MemberId(id(1)),
        week: Week::of(MONDAY),
        by: MemberId(id(9)),
        entries: versions(entries),
        content: "c1".to_owned(),
        in_right_of: None,
        chain: Chain::default(),
    }
}

/// Member 9 sends entries of the week of `MONDAY` back.
pub(crate) fn rejected(entries: &[(u128, u32)]) -> TimesheetRejected {
    TimesheetRejected {
        member: MemberId(id(1)),
        week: Week::of(MONDAY),
        by: MemberId(id(9)),
        reason: sealed(PurposeClass::Reason, 1, "BBBB"),
        entries: versions(entries),
        in_right_of: None,
    }
}

/// Member 9 opens entries of the week of `MONDAY` again.
pub(crate) fn reopened(entries: &[(u128, u32)]) -> TimesheetReopened {
    TimesheetReopened {
        member: MemberId(id(1)),
        week: Week::of(MONDAY),
        by: MemberId(id(9)),
        reason: None,
        entries: versions(entries),
        in_right_of: None,
    }
}

/// Every kind of event of a timesheet at least once: three entries, one of them revised after it
/// was approved, one moved to the next week, one sent back.
pub(crate) fn weeks_of_time() -> History {
    let next = date(2026, 2, 9);
    let mut history = History::default();
    history
        .time(1, MONDAY, recorded(101, MONDAY, 3600))
        .time(1, MONDAY, recorded(102, MONDAY, 1800))
        .time(1, MONDAY, recorded(103, MONDAY, 60))
        .time(1, MONDAY, submitted(&[(101, 1), (102, 1), (103, 1)]))
        .time(1, MONDAY, approved(&[(101, 1), (102, 1)]))
        .time(1, MONDAY, rejected(&[(103, 1)]))
        .time(1, MONDAY, revised(101, 2, MONDAY, 7200))
        .time(1, MONDAY, reopened(&[(102, 1)]))
        .time(1, MONDAY, removed(102, Some(next)))
        .time(1, next, TimeRecorded { version: 2, ..recorded(102, next, 1800) })
        .time(1, MONDAY, removed(103, None));
    history
}

/// Member 3's entry 301 has passed the first of two steps, and 302 was revised after it had.
pub(crate) fn steps() -> History {
    let (chain, day) = (Chain::parse("line_manager,billing").expect("a chain"), date(2026, 4, 6));
    let member = MemberId(id(3));
    let recorded = |entry| TimeRecorded { member, ..recorded(entry, day, 60) };
    let both = submitted(&[(301, 1), (302, 1)]);
    let mut history = History::default();
    history
        .time(3, day, recorded(301))
        .time(3, day, recorded(302))
        .time(3, day, TimesheetSubmitted { member, week: Week::of(day), chain, ..both })
        .time(3, day, step_approved(&[(301, 1), (302, 1)]))
        .time(3, day, TimeRevised { member, ..revised(302, 2, day, 90) });
    history
}
