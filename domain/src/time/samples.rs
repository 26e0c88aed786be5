//! Fixed values for the tests of this slice.

use uuid::Uuid;

use super::record_time::{RecordFacts, RecordTime, TaskFacts, WorkFacts, decide};
use super::{
    Approval, Chain, Concerned, Deciding, Entry, EntryState, Filled, OverlapRule, Right, Timesheet,
    Worked,
};
use crate::id::{EntryId, InvoiceId, MemberId, ProjectId, SubjectId, TaskId};
use crate::members::Role;
use crate::personal::{Personal, PurposeClass};

pub(crate) fn at(text: &str) -> jiff::Timestamp {
    text.parse().expect("an instant")
}

pub(crate) fn span(start: &str, end: &str) -> Worked {
    span_in(start, end, "UTC")
}

pub(crate) fn span_in(start: &str, end: &str, zone: &str) -> Worked {
    Worked::span(at(start), at(end), zone).expect("a span of sound length")
}

pub(crate) fn duration(day: &str, seconds: i64) -> Worked {
    Worked::duration(day.parse().expect("a day"), seconds).expect("a sound length")
}

pub(crate) fn entry_id(n: u128) -> EntryId {
    EntryId(Uuid::from_u128(n))
}

pub(crate) fn invoice(n: u128) -> InvoiceId {
    InvoiceId(Uuid::from_u128(n))
}

pub(crate) fn member(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(n))
}

pub(crate) fn project(n: u128) -> ProjectId {
    ProjectId(Uuid::from_u128(n))
}

pub(crate) fn task(n: u128) -> TaskId {
    TaskId(Uuid::from_u128(n))
}

pub(crate) fn member_note(text: &str) -> Personal<String> {
    Personal::new(SubjectId(member(1).0), PurposeClass::Note, text.to_owned())
}

pub(crate) fn task_facts() -> TaskFacts {
    TaskFacts { archived: false, billable_default: true }
}

pub(crate) fn record_facts() -> RecordFacts {
    RecordFacts {
        member_active: true,
        work: WorkFacts {
            project_archived: false,
            member_linked_or_open: true,
            task: Some(task_facts()),
        },
        overlap: OverlapRule::Refuse,
        closed: None,
    }
}

pub(crate) fn record(entry: u128, worked: Worked) -> RecordTime {
    RecordTime {
        entry: entry_id(entry),
        member: member(1),
        project: project(1),
        task: task(1),
        worked,
        billable: None,
        note: None,
        tags: Vec::new(),
        import: None,
        source: None,
    }
}

pub(crate) fn open_entry(worked: Worked) -> Entry {
    Entry {
        version: 1,
        project: project(1),
        task: task(1),
        worked,
        billable: true,
        state: EntryState::Open,
        approval: Approval::default(),
        note: None,
        tags: Vec::new(),
        import: None,
        reverses: None,
        replaces: None,
        written_off_seconds: 0,
        work_day: None,
    }
}

/// A week of member 1 with these entries recorded, overlapping or not.
pub(crate) fn sheet_of(entries: &[(u128, Worked)]) -> Timesheet {
    let facts = RecordFacts { overlap: OverlapRule::Allow, ..record_facts() };
    let mut sheet = Timesheet::default();
    for (entry, worked) in entries {
        let command = record(*entry, worked.clone());
        sheet.evolve(&decide(&sheet, &facts, &[], command).expect("recorded").into());
    }
    sheet
}

/// The sheet with these entries in a state.
pub(crate) fn in_state(mut sheet: Timesheet, entries: &[u128], state: EntryState) -> Timesheet {
    for entry in entries {
        sheet.entries.get_mut(&entry_id(*entry)).expect("recorded before").state = state;
    }
    sheet
}

/// The sheet with these entries submitted by the steps of a chain.
pub(crate) fn in_chain(sheet: Timesheet, entries: &[u128], chain: &str) -> Timesheet {
    let mut sheet = in_state(sheet, entries, EntryState::Submitted);
    let chain = Chain::parse(chain).expect("a chain");
    for entry in entries {
        let entry = sheet.entries.get_mut(&entry_id(*entry)).expect("recorded before");
        entry.approval = Approval::of(&chain);
    }
    sheet
}

pub(crate) fn right(n: u128, roles: &[Role]) -> Right {
    Right { of: member(n), roles: roles.to_vec(), grants: Default::default() }
}

/// Somebody with these roles decides on the time of member 1, who has no manager.
pub(crate) fn deciding(by: u128, roles: &[Role]) -> Deciding {
    Deciding {
        by: member(by),
        rights: vec![right(by, roles)],
        self_approval: false,
        concerned: Concerned {
            member: member(1),
            line_manager: None,
            clients: Default::default(),
            filled: Filled::default(),
        },
    }
}
