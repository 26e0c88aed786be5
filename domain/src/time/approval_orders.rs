//! Random orders of recording, revising, submitting, deciding and reopening, by anybody. Whatever
//! is asked: what is approved was passed by every office of its chain in exactly this version, by
//! somebody entitled to it who is not the member, and a change voids no other entry's approval.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use uuid::Uuid;

use super::record_time::WorkFacts;
use super::samples::{
    duration, entry_id, member, member_note, project, record, record_facts, right, task,
};
use super::*;
use crate::id::ClientId;
use crate::members::{Grant, Role};

const CHAINS: [&str; 6] = [
    "manager",
    "line_manager,billing",
    "project_manager,account_manager,admin",
    "line_manager,project_manager,manager,billing",
    "account_manager,manager",
    "admin",
];
const ENTRIES: u128 = 5;

/// Of what a firm consists as long as the order lasts.
#[derive(Debug, Clone)]
struct Firm {
    /// Members 1 to 6; the first is the one whose time it is.
    rights: Vec<Right>,
    line_manager: Option<u128>,
    /// Who stands in, and for whom.
    substitutes: Vec<(u128, u128)>,
    self_approval: bool,
}

#[derive(Debug, Clone)]
enum Step {
    Record { entry: u128, on: u128 },
    Revise { entry: u128, seconds: i64, on: Option<u128> },
    Remove { entry: u128 },
    Submit { part: Part, chain: usize },
    Approve { part: Part, by: u128 },
    Reject { part: Part, by: u128 },
    Reopen { part: Part, by: u128 },
}

fn client_of(on: ProjectId) -> ClientId {
    ClientId(Uuid::from_u128(100 + on.0.as_u128()))
}

fn any_right(n: u128) -> impl Strategy<Value = Right> {
    let role = prop::sample::select(vec![
        Role::Owner,
        Role::Manager,
        Role::Billing,
        Role::Member,
        Role::Member,
        Role::Auditor,
    ]);
    let grant = (any::<bool>(), 1_u128..4).prop_map(|(of_project, on)| match of_project {
        true => Grant::ProjectManager(project(on)),
        false => Grant::AccountManager(client_of(project(on))),
    });
    (role, prop::collection::btree_set(grant, 0..3))
        .prop_map(move |(role, grants)| Right { grants, ..right(n, &[role]) })
}

fn firm() -> impl Strategy<Value = Firm> {
    let rights: Vec<_> = (1..=6).map(any_right).collect();
    let pair = (1_u128..7, 1_u128..7);
    (rights, prop::option::of(2_u128..7), prop::collection::vec(pair, 0..3), any::<bool>())
        .prop_map(|(rights, line_manager, substitutes, own)| {
            let self_approval = own && substitutes.is_empty();
            let apart = |(by, of): &(u128, u128)| by != of;
            let substitutes = substitutes.into_iter().filter(apart).collect();
            Firm { rights, line_manager, substitutes, self_approval }
        })
}

fn part() -> impl Strategy<Value = Part> {
    let entries = prop::collection::btree_set((1..=ENTRIES).prop_map(entry_id), 1..3);
    prop_oneof![
        3 => Just(Part::default()),
        2 => (1_u128..4).prop_map(|on| Part::of_project(project(on))),
        1 => entries.prop_map(|entries| Part { projects: None, entries: Some(entries) }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let (entry, on, by) = (1..=ENTRIES, 1_u128..4, 1_u128..7);
    prop_oneof![
        3 => (entry.clone(), on.clone()).prop_map(|(entry, on)| Step::Record { entry, on }),
        2 => (entry.clone(), 60_i64..63, prop::option::of(on))
            .prop_map(|(entry, seconds, on)| Step::Revise { entry, seconds, on }),
        1 => entry.prop_map(|entry| Step::Remove { entry }),
        4 => (part(), 0..CHAINS.len()).prop_map(|(part, chain)| Step::Submit { part, chain }),
        8 => (part(), by.clone()).prop_map(|(part, by)| Step::Approve { part, by }),
        1 => (part(), by.clone()).prop_map(|(part, by)| Step::Reject { part, by }),
        1 => (part(), by).prop_map(|(part, by)| Step::Reopen { part, by }),
    ]
}

impl Firm {
    fn concerned(&self) -> Concerned {
        let works = |right: &&Right| right.roles != [Role::Auditor];
        let manager = |of: u128| works(&&self.rights[of as usize - 1]).then(|| member(of));
        Concerned {
            member: member(1),
            line_manager: self.line_manager.and_then(manager),
            clients: (1..4).map(project).map(|on| (on, client_of(on))).collect(),
            filled: Filled::by(self.rights.iter().filter(works), member(1)),
        }
    }

    fn deciding(&self, by: u128) -> Deciding {
        let of = |n: u128| self.rights[n as usize - 1].clone();
        let absent = self.substitutes.iter().filter(|(it, _)| *it == by).map(|(_, absent)| *absent);
        let rights = std::iter::once(by).chain(absent).map(of);
        Deciding {
            by: member(by),
            rights: rights.filter(|right| right.roles != [Role::Auditor]).collect(),
            self_approval: self.self_approval,
            concerned: self.concerned(),
        }
    }

    /// Whether a right is enough for an office, said anew and in full.
    fn entitles(&self, of: MemberId, office: Office, on: ProjectId) -> bool {
        let right = &self.rights[of.0.as_u128() as usize - 1];
        let role = right.roles[0];
        let others = || self.rights[1..].iter().filter(|it| it.roles != [Role::Auditor]);
        let nobody = |holds: &dyn Fn(&Right) -> bool| !others().any(holds);
        let granted = |grant| {
            right.grants.contains(&grant)
                || (role.includes(Role::Manager) && nobody(&|it| it.grants.contains(&grant)))
        };
        let by_role = |needed: Role| {
            role.includes(needed)
                || (role.includes(Role::Manager) && nobody(&|it| it.roles[0].includes(needed)))
        };
        role.includes(Role::Admin)
            || match office {
                Office::Manager => role.includes(Role::Manager),
                Office::LineManager => match self.concerned().line_manager {
                    Some(manager) => manager == of,
                    None => role.includes(Role::Manager),
                },
                Office::ProjectManager => granted(Grant::ProjectManager(on)),
                Office::AccountManager => granted(Grant::AccountManager(client_of(on))),
                Office::Billing => by_role(Role::Billing),
                Office::Admin => by_role(Role::Admin),
            }
    }
}

/// The events of a step; none where it's refused.
fn asked(firm: &Firm, sheet: &Timesheet, step: Step) -> Vec<TimeEvent> {
    let command = match step {
        Step::Record { entry, on } => {
            let command = record(entry, duration("2026-01-07", 60));
            let command = RecordTime { project: project(on), ..command };
            TimeCommand::RecordTime(Box::new(command), record_facts(), Vec::new())
        }
        Step::Revise { entry, seconds, on } => {
            let worked = Some(duration("2026-01-07", seconds));
            let command =
                ReviseTime { worked, project: on.map(project), ..ReviseTime::of(entry_id(entry)) };
            let command = ReviseTime { task: on.map(task), ..command };
            let work = WorkFacts { ..record_facts().work };
            let facts = ReviseFacts {
                work,
                billing: None,
                overlap: OverlapRule::Refuse,
                closed: None,
                target_closed: None,
                reversed_by: None,
            };
            TimeCommand::ReviseTime(Box::new(command), facts, Vec::new())
        }
        Step::Remove { entry } => {
            let command = RemoveTime { entry: entry_id(entry), reason: None };
            TimeCommand::RemoveTime(command, RemoveFacts::default())
        }
        Step::Submit { part, chain } => {
            let chain = Chain::parse(CHAINS[chain]).expect("a chain");
            TimeCommand::SubmitTimesheet(SubmitTimesheet { part }, chain)
        }
        Step::Approve { part, by } => {
            let content = Some(sheet.submitted_content(&part));
            let command = ApproveTimesheet { part, content };
            TimeCommand::ApproveTimesheet(command, Box::new(firm.deciding(by)))
        }
        Step::Reject { part, by } => {
            let command = RejectTimesheet { part, reason: member_note("Why?") };
            let facts = RejectFacts::default();
            TimeCommand::RejectTimesheet(command, facts, Box::new(firm.deciding(by)))
        }
        Step::Reopen { part, by } => {
            let command = ReopenTimesheet { part, reason: None };
            let deciding = Box::new(firm.deciding(by));
            TimeCommand::ReopenTimesheet(command, ReopenFacts::default(), deciding)
        }
    };
    command.decide(sheet).unwrap_or_default()
}

/// Who let which version of an entry pass, by the events alone.
#[derive(Debug, Clone, Default)]
struct Witness {
    chain: Chain,
    passed: Vec<(EntryVersion, MemberId, Option<MemberId>)>,
}

fn witness(seen: &mut BTreeMap<EntryId, Witness>, event: &TimeEvent) {
    let mut pass = |entries: &[EntryVersion], by, of| {
        for version in entries {
            seen.entry(version.entry).or_default().passed.push((*version, by, of));
        }
    };
    match event {
        TimeEvent::TimesheetStepApproved(event) => {
            pass(&event.entries, event.by, event.in_right_of);
        }
        TimeEvent::TimesheetApproved(event) => pass(&event.entries, event.by, event.in_right_of),
        TimeEvent::TimesheetSubmitted(event) => {
            for version in &event.entries {
                let chain = event.chain.clone();
                seen.insert(version.entry, Witness { chain, passed: Vec::new() });
            }
        }
        TimeEvent::TimeRecorded(_)
        | TimeEvent::TimeRevised(_)
        | TimeEvent::TimeRemoved(_)
        | TimeEvent::TimeReversed(_)
        | TimeEvent::TimesheetRejected(_)
        | TimeEvent::TimesheetReopened(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn approved_is_what_every_office_let_pass_in_this_version_and_nobody_their_own(
        firm in firm(), steps in prop::collection::vec(step(), 1..60),
    ) {
        let (mut sheet, mut seen) = (Timesheet::default(), BTreeMap::new());
        for step in steps {
            let before = sheet.clone();
            let events = asked(&firm, &sheet, step.clone());
            for event in &events {
                witness(&mut seen, event);
                sheet.evolve(event);
            }
            let changes = matches!(
                step, Step::Record { .. } | Step::Revise { .. } | Step::Remove { .. }
            );
            let touched: BTreeSet<EntryId> = before
                .entries
                .iter()
                .filter(|(id, entry)| sheet.entries.get(id) != Some(entry))
                .map(|(id, _)| *id)
                .collect();
            prop_assert!(!changes || touched.len() <= 1, "{step:?} touched {touched:?}");
            for (id, entry) in &sheet.entries {
                let steps = entry.approval.chain.offices();
                prop_assert!(entry.approval.passed.len() < steps.len());
                if entry.state != EntryState::Approved {
                    continue;
                }
                let Witness { chain, passed } = &seen[id];
                prop_assert_eq!(chain.offices(), steps);
                prop_assert_eq!(passed.len(), steps.len());
                for (office, (version, by, of)) in steps.iter().zip(passed) {
                    prop_assert_eq!(version.version, entry.version);
                    prop_assert!(firm.entitles(of.unwrap_or(*by), *office, entry.project));
                    let own = *by == member(1) || *of == Some(member(1));
                    prop_assert!(!own || (firm.self_approval && of.is_none()));
                    let stands_in = |of: MemberId| firm.substitutes.iter().any(|(it, absent)| {
                        member(*it) == *by && member(*absent) == of
                    });
                    prop_assert!(of.is_none_or(stands_in));
                }
            }
        }
    }
}
