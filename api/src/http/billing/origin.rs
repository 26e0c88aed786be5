//! Where billed time comes from: who recorded and approved each entry, and which facts priced it,
//! all read from the log up to a position. Of what was issued that is the position of its issue, so
//! whatever happens later, the answer stays.

use std::collections::{BTreeMap, BTreeSet};

use commands::event_log::read::{StoredRow, begun, streams};
use domain::billing::ReservedEntry;
use domain::billing::sealed::RateSource;
use domain::catalogue::project_stream;
use domain::catalogue::rates::{RateKind, RateScope, RatedWork};
use domain::catalogue::rounding_rules::RuleScope;
use domain::id::{ClientId, EntryId, MemberId, ProjectId, StreamId, TaskId};
use domain::log::{Actor, Metadata, Recorded};
use domain::members::member_stream;
use domain::settings::settings_stream;
use domain::time::{EntryVersion, TimeEvent, Week, timesheet_stream};
use jiff::Timestamp;
use migrations::TenantTx;
use projections::billing::price_book::{PriceBook, work_of};
use projections::billing::rounding_book::RoundingBook;
use projections::billing::unbilled;
use projections::catalogue::project::Project;
use projections::catalogue::rate::{Rate, RateRow};
use projections::catalogue::rounding_rule::RoundingRule;
use projections::catalogue::task::Task;
use projections::members::member::Member;
use projections::settings::setting::Setting;

use crate::http::call::About;
use crate::http::personal;
use crate::http::problem::Problem;
use crate::http::time::days::fold;

/// How many weeks after its day of work an entry is looked for, where it's booked on another one.
const MOST_WEEKS: usize = 110;

/// Up to where the log is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    /// What happened to entries.
    pub(crate) story: i64,
    /// Rates, rules and settings.
    pub(crate) facts: i64,
}

/// What happened to an entry, as far as billing is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "a step of approval is called a step")]
pub(crate) enum Step {
    /// It was recorded, or moved to another week.
    Recorded,
    /// It has another content.
    Revised,
    /// It takes another entry back.
    Reversed,
    /// Approval was asked for.
    Submitted,
    /// It passed a step of its approval that is not the last one.
    StepApproved(u32),
    /// It was approved.
    Approved,
    /// It was sent back.
    Rejected,
    /// It was opened again.
    Reopened,
}

/// One step with who did it and where it stands in the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stepped {
    pub(crate) step: Step,
    /// The version of the entry that it was about.
    pub(crate) version: u32,
    pub(crate) by: Option<MemberId>,
    /// In whose right, where they stood in for somebody.
    pub(crate) in_right_of: Option<MemberId>,
    pub(crate) position: i64,
    pub(crate) recorded_at: Timestamp,
}

/// What some entries rest on.
pub(crate) struct Origins {
    steps: BTreeMap<EntryId, Vec<Stepped>>,
    members: BTreeMap<MemberId, Option<String>>,
    projects: BTreeMap<ProjectId, String>,
    tasks: BTreeMap<TaskId, String>,
    rates: Vec<RateRow>,
    set_by: BTreeMap<i64, MemberId>,
    /// Rates, rules and settings of these entries, as they were known.
    pub(crate) book: PriceBook,
}

impl Origins {
    /// Of entries of a client, up to a cut.
    pub(crate) async fn load(
        about: &About,
        client: ClientId,
        held: &[ReservedEntry],
        cut: Cut,
    ) -> Result<Self, Problem> {
        let mut tx = about.tx().await?;
        let steps = steps(&mut tx, held, cut.story).await?;
        let facts = until(&mut tx, &facts_of(client, held), cut.facts).await?;
        let recorded = decoded(&facts)?;
        let rates: Vec<RateRow> = fold::<Rate>(&recorded).iter().cloned().collect();
        let set_by = facts.iter().filter_map(|row| Some((row.position, by(row)?))).collect();
        let rules = fold::<RoundingRule>(&recorded);
        let settings = fold::<Setting>(&recorded);
        let rounding = RoundingBook::of(rules.iter().cloned(), settings.iter().cloned());
        let mut origins = Origins {
            steps,
            members: BTreeMap::new(),
            projects: BTreeMap::new(),
            tasks: BTreeMap::new(),
            book: PriceBook::of(rates.iter().cloned(), rounding),
            rates,
            set_by,
        };
        origins.name(about, &mut tx, held, cut.story).await?;
        tx.commit().await?;
        Ok(origins)
    }

    /// What everything was called then.
    async fn name(
        &mut self,
        about: &About,
        tx: &mut TenantTx,
        held: &[ReservedEntry],
        position: i64,
    ) -> Result<(), Problem> {
        let mut ids: BTreeSet<StreamId> =
            held.iter().map(|it| project_stream(it.project)).collect();
        let stepped = self.steps.values().flatten();
        let others = stepped.flat_map(|it| [it.by, it.in_right_of]).flatten();
        let setters = self.set_by.values().copied();
        let members = held.iter().map(|it| it.member).chain(others).chain(setters);
        ids.extend(members.map(member_stream));
        let ids: Vec<StreamId> = ids.into_iter().collect();
        let recorded = decoded(&until(tx, &ids, position).await?)?;
        let rows = fold::<Member>(&recorded);
        personal::load(&about.keys, tx, rows.iter().filter_map(|row| row.name.as_ref())).await?;
        for row in rows.iter() {
            let name = personal::text(&about.keys, row.name.as_ref());
            self.members.insert(row.member_id, name);
        }
        let projects = fold::<Project>(&recorded);
        self.projects = projects.iter().map(|row| (row.project_id, row.name.clone())).collect();
        let tasks = fold::<Task>(&recorded);
        self.tasks = tasks.iter().map(|row| (row.task_id, row.name.clone())).collect();
        Ok(())
    }

    /// What happened to an entry, in the order of the log.
    pub(crate) fn steps(&self, entry: EntryId) -> &[Stepped] {
        self.steps.get(&entry).map_or(&[], Vec::as_slice)
    }

    /// What a member was called; nothing of one who was erased.
    pub(crate) fn member(&self, member: MemberId) -> Option<&str> {
        self.members.get(&member)?.as_deref()
    }

    /// What a project was called.
    pub(crate) fn project(&self, project: ProjectId) -> Option<&str> {
        self.projects.get(&project).map(String::as_str)
    }

    /// What a task was called.
    pub(crate) fn task(&self, task: TaskId) -> Option<&str> {
        self.tasks.get(&task).map(String::as_str)
    }

    /// The rate as it was set, and by whom.
    pub(crate) fn rate(&self, source: &RateSource) -> Option<(&RateRow, Option<MemberId>)> {
        let is = |row: &&RateRow| {
            row.kind == RateKind::Bill
                && row.scope() == source.scope
                && row.from_day.0 == source.from
        };
        let row = self.rates.iter().find(is)?;
        Some((row, self.set_by.get(&row.position).copied()))
    }
}

/// The streams of everything that may have priced these entries: which they are follows from what
/// the work is, so none is missed.
fn facts_of(client: ClientId, held: &[ReservedEntry]) -> Vec<StreamId> {
    let mut ids = BTreeSet::from([settings_stream()]);
    for held in held {
        let work: RatedWork = work_of(client, held);
        ids.extend(RateScope::candidates(&work).iter().map(RateScope::stream));
        ids.extend(RuleScope::candidates(&work).iter().map(RuleScope::stream));
    }
    ids.into_iter().collect()
}

/// The events of these streams up to a position, in the order of the log.
async fn until(
    tx: &mut TenantTx,
    ids: &[StreamId],
    position: i64,
) -> Result<Vec<StoredRow>, Problem> {
    let mut rows = streams(tx, ids).await?;
    rows.retain(|row| row.position <= position);
    rows.sort_unstable_by_key(|row| row.position);
    Ok(rows)
}

fn decoded(rows: &[StoredRow]) -> Result<Vec<Recorded>, Problem> {
    Ok(rows.iter().map(StoredRow::decode).collect::<Result<_, _>>()?)
}

/// The member who caused an event.
fn by(row: &StoredRow) -> Option<MemberId> {
    let metadata: Metadata = serde_json::from_str(&row.metadata).ok()?;
    match metadata.actor {
        Actor::Member(member) => Some(member),
        Actor::Operator | Actor::System | Actor::Visitor => None,
    }
}

/// What happened to these entries. An entry lies in the week of its day of work, unless it's a
/// correction, which is booked on an open day.
async fn steps(
    tx: &mut TenantTx,
    held: &[ReservedEntry],
    position: i64,
) -> Result<BTreeMap<EntryId, Vec<Stepped>>, Problem> {
    let wanted: BTreeSet<EntryId> = held.iter().map(|it| it.entry).collect();
    let mut found = BTreeMap::new();
    let sheet = |it: &ReservedEntry| timesheet_stream(it.member, Week::of(it.day));
    let sheets: BTreeSet<StreamId> = held.iter().map(sheet).collect();
    let mut looked = sheets.clone();
    take_steps(&mut found, &wanted, &until(tx, &ids_of(sheets), position).await?)?;
    let missing = |found: &BTreeMap<EntryId, Vec<Stepped>>| -> Vec<ReservedEntry> {
        held.iter().filter(|it| !found.contains_key(&it.entry)).copied().collect()
    };
    let elsewhere = missing(&found);
    if elsewhere.is_empty() {
        return Ok(found);
    }
    let of: Vec<EntryId> = elsewhere.iter().map(|it| it.entry).collect();
    let sheets: BTreeSet<StreamId> = unbilled::sheets(tx, of).await?.into_iter().collect();
    let sheets: BTreeSet<StreamId> = sheets.difference(&looked).copied().collect();
    looked.extend(&sheets);
    take_steps(&mut found, &wanted, &until(tx, &ids_of(sheets), position).await?)?;
    // One that was moved since is found by a look through the weeks that follow its work.
    let weeks = |it: &ReservedEntry| {
        let weeks = std::iter::successors(Some(Week::of(it.day)), |week| Some(week.after()));
        let member = it.member;
        weeks.take(MOST_WEEKS).map(move |week| timesheet_stream(member, week))
    };
    let sheets: BTreeSet<StreamId> = missing(&found).iter().flat_map(weeks).collect();
    let sheets = ids_of(sheets.difference(&looked).copied().collect());
    let sheets = begun(tx, &sheets).await?;
    take_steps(&mut found, &wanted, &until(tx, &sheets, position).await?)?;
    Ok(found)
}

fn ids_of(ids: BTreeSet<StreamId>) -> Vec<StreamId> {
    ids.into_iter().collect()
}

fn take_steps(
    found: &mut BTreeMap<EntryId, Vec<Stepped>>,
    wanted: &BTreeSet<EntryId>,
    rows: &[StoredRow],
) -> Result<(), Problem> {
    for row in rows {
        let recorded = row.decode()?;
        let Some(event): Option<&TimeEvent> = recorded.event.family() else { continue };
        for (entry, version, step, named) in stepped(event) {
            if wanted.contains(&entry) {
                let (named_by, in_right_of) = named.unzip();
                found.entry(entry).or_default().push(Stepped {
                    step,
                    version,
                    by: named_by.or_else(|| by(row)),
                    in_right_of: in_right_of.flatten(),
                    position: row.position,
                    recorded_at: row.recorded_at,
                });
            }
        }
    }
    Ok(())
}

/// A step of an entry in a version, with who took it where the event names them.
type OfEntry = (EntryId, u32, Step, Option<(MemberId, Option<MemberId>)>);

fn stepped(event: &TimeEvent) -> Vec<OfEntry> {
    let all = |versions: &[EntryVersion], step, by| -> Vec<OfEntry> {
        versions.iter().map(|it| (it.entry, it.version, step, by)).collect()
    };
    match event {
        TimeEvent::TimeRecorded(it) => vec![(it.entry, it.version, Step::Recorded, None)],
        TimeEvent::TimeRevised(it) => vec![(it.entry, it.version, Step::Revised, None)],
        TimeEvent::TimeReversed(it) => vec![(it.entry, 1, Step::Reversed, None)],
        TimeEvent::TimeRemoved(_) => Vec::new(),
        TimeEvent::TimesheetSubmitted(it) => all(&it.entries, Step::Submitted, None),
        TimeEvent::TimesheetStepApproved(it) => {
            all(&it.entries, Step::StepApproved(it.step), Some((it.by, it.in_right_of)))
        }
        TimeEvent::TimesheetApproved(it) => {
            all(&it.entries, Step::Approved, Some((it.by, it.in_right_of)))
        }
        TimeEvent::TimesheetRejected(it) => {
            all(&it.entries, Step::Rejected, Some((it.by, it.in_right_of)))
        }
        TimeEvent::TimesheetReopened(it) => {
            all(&it.entries, Step::Reopened, Some((it.by, it.in_right_of)))
        }
    }
}
