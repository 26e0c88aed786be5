//! Samples of the events of timesheets and invoices.

use std::collections::BTreeMap;

use domain::billing::{GroupBy, InvoiceDrafted, InvoiceEvent, InvoiceVoided, ReservedEntry};
use domain::id::{ClientId, EntryId, ImportId, InvoiceId, MemberId, ProjectId, SubjectId, TaskId};
use domain::import::ImportSource;
use domain::log::Event;
use domain::personal::{Personal, PurposeClass};
use domain::time::periods::{PeriodClosed, PeriodEvent, PeriodReopened, PeriodScope};
use domain::time::{
    Chain, EntryVersion, TimeEvent, TimeRecorded, TimeRemoved, TimeReversed, TimeRevised,
    TimesheetApproved, TimesheetRejected, TimesheetReopened, TimesheetStepApproved,
    TimesheetSubmitted, Week, Worked,
};
use jiff::civil::date;

use super::sample::{
    BRIDGE, DRAWING, ENTRY, IMPORT, INVOICE, KABELO, NOVA, TUESDAY, UMBRELLA, digest, id, text,
};

fn of(event: impl Into<TimeEvent>) -> Event {
    event.into().into()
}

fn member() -> MemberId {
    MemberId(id(NOVA))
}

/// Over midnight in Johannesburg.
fn span() -> Worked {
    let at = |text: &str| text.parse().expect("an instant");
    Worked::span(at("2026-02-03T21:30:00Z"), at("2026-02-03T22:15:30Z"), "Africa/Johannesburg")
        .expect("three quarters of an hour")
}

fn recorded() -> TimeRecorded {
    TimeRecorded {
        entry: EntryId(id(ENTRY)),
        version: 1,
        member: member(),
        project: ProjectId(id(BRIDGE)),
        task: TaskId(id(DRAWING)),
        worked: span(),
        billable: true,
        note: Some(text(NOVA, PurposeClass::Note, "Drew the pylon;\nsent it \"as is\" – 3 m²")),
        tags: vec!["on site".into(), "α".into()],
        import: None,
        source: None,
        replaces: None,
        work_day: None,
    }
}

fn imported() -> TimeRecorded {
    let facts = [("amount", "1250.50"), ("currency", "ZAR"), ("invoiced", "yes")];
    let facts: BTreeMap<_, _> = facts.map(|(name, fact)| (name.into(), fact.into())).into();
    let source = ImportSource { row: 7, digest: digest("row 7"), facts };
    TimeRecorded {
        version: 3,
        worked: Worked::duration(TUESDAY, 86_400).expect("a whole day"),
        billable: false,
        note: None,
        tags: vec![],
        import: Some(ImportId(id(IMPORT))),
        source: Some(Personal::new(SubjectId(id(NOVA)), PurposeClass::Note, source)),
        ..recorded()
    }
}

fn revised() -> TimeRevised {
    let TimeRecorded { entry, member, project, task, worked, billable, note, tags, .. } =
        recorded();
    TimeRevised { entry, version: 2, member, project, task, worked, billable, note, tags }
}

fn reversed() -> TimeReversed {
    let TimeRecorded { entry, member, project, task, .. } = recorded();
    TimeReversed {
        entry: EntryId(id(ENTRY + 2)),
        reverses: entry,
        reversed_version: 2,
        member,
        project,
        task,
        day: date(2026, 3, 2),
        work_day: TUESDAY,
        seconds: 2730,
        billable: true,
        reason: text(NOVA, PurposeClass::Reason, "was another's bridge"),
        written_off_seconds: None,
    }
}

pub(crate) fn timesheets() -> Vec<Event> {
    let member = member();
    let reason = |words: &str| text(NOVA, PurposeClass::Reason, words);
    let worked = Worked::duration(date(2026, 12, 31), 1).expect("a second");
    let removed = |moved_to, reason| TimeRemoved {
        entry: EntryId(id(ENTRY)),
        member,
        moved_to,
        reverses: None,
        replaces: None,
        reason,
    };
    let changes = [
        of(recorded()),
        of(imported()),
        of(revised()),
        of(TimeRevised { worked, billable: false, note: None, tags: vec![], ..revised() }),
        of(removed(None, Some(reason("typed twice")))),
        of(removed(Some(Week::of(date(2026, 12, 31))), None)),
        of(reversed()),
    ];
    changes.into_iter().chain(approvals()).collect()
}

/// Samples of what becomes of a week.
fn approvals() -> Vec<Event> {
    let (member, week, by) = (member(), Week::of(TUESDAY), MemberId(id(KABELO)));
    let entries = vec![
        EntryVersion { entry: EntryId(id(ENTRY)), version: 1 },
        EntryVersion { entry: EntryId(id(ENTRY + 1)), version: 12 },
    ];
    let reason = |words: &str| text(NOVA, PurposeClass::Reason, words);
    let content = digest("the content of two entries");
    let (first, second) = (entries.clone(), entries.clone());
    let chain = Chain::parse("line_manager,billing").expect("a chain");
    let step = |in_right_of| TimesheetStepApproved {
        member,
        week,
        step: 1,
        chain: chain.clone(),
        by,
        in_right_of,
        entries: first.clone(),
        content: content.clone(),
    };
    let submitted = TimesheetSubmitted {
        member,
        week,
        entries: first.clone(),
        content: content.clone(),
        chain: Chain::default(),
    };
    let approved = TimesheetApproved {
        member,
        week,
        by,
        entries: second.clone(),
        content: content.clone(),
        in_right_of: None,
        chain: Chain::default(),
    };
    let rejected = TimesheetRejected {
        member,
        week,
        by,
        reason: reason("No task."),
        entries: second.clone(),
        in_right_of: None,
    };
    let entries = &first;
    let reopened = |reason| TimesheetReopened {
        member,
        week,
        by,
        reason,
        entries: entries.clone(),
        in_right_of: None,
    };
    vec![
        of(submitted),
        of(approved),
        of(rejected),
        of(reopened(Some(reason("one hour is missing")))),
        of(reopened(None)),
        of(step(None)),
        of(step(Some(member))),
    ]
}

pub(crate) fn periods() -> Vec<Event> {
    let of = |event: PeriodEvent| Event::from(event);
    let reason = |words: &str| text(KABELO, PurposeClass::Reason, words);
    let closed = |scope, reason| of(PeriodClosed { scope, through: TUESDAY, reason }.into());
    vec![
        closed(PeriodScope::Tenant, Some(reason("February is billed"))),
        closed(PeriodScope::Client(ClientId(id(UMBRELLA))), None),
        closed(PeriodScope::Project(ProjectId(id(BRIDGE))), None),
        closed(PeriodScope::Member(member()), None),
        of(PeriodReopened {
            scope: PeriodScope::Tenant,
            from: TUESDAY,
            through: date(2026, 2, 28),
            reason: reason("an hour came late"),
        }
        .into()),
    ]
}

pub(crate) fn invoices() -> Vec<Event> {
    let of = |event: InvoiceEvent| Event::from(event);
    let (invoice, client) = (InvoiceId(id(INVOICE)), ClientId(id(UMBRELLA)));
    let drafted = |group_by, entries| {
        of(InvoiceDrafted {
            invoice,
            client,
            from: date(2026, 2, 1),
            to: date(2026, 2, 28),
            group_by,
            currency: "ZAR".into(),
            entries,
        }
        .into())
    };
    let reserved = ReservedEntry {
        entry: EntryId(id(ENTRY)),
        version: 1,
        member: member(),
        project: ProjectId(id(BRIDGE)),
        task: TaskId(id(DRAWING)),
        day: TUESDAY,
        seconds: 2730,
        freed_by: None,
        billed_seconds: None,
    };
    let voided = |reason| {
        let (entries, freed) = (vec![EntryId(id(ENTRY))], vec![]);
        of(InvoiceVoided { invoice, client, entries, freed, reason, on: None }.into())
    };
    let why = text(UMBRELLA, PurposeClass::Reason, "for the wrong month");
    vec![
        drafted(GroupBy::Task, vec![reserved]),
        drafted(GroupBy::Member, vec![]),
        drafted(GroupBy::Day, vec![]),
        drafted(GroupBy::Entry, vec![reserved, reserved]),
        voided(Some(why)),
        voided(None),
    ]
}
