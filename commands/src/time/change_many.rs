//! Changing or removing several entries at once: all of them in one commit or none. What is the
//! same for all of them is said once; tags are added and taken away, as entries have others too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::id::{EntryId, MemberId, ProjectId, StreamId, TaskId};
use domain::log::{ClaimKey, ClaimKind};
use domain::time::remove_time::{self, RemoveFacts};
use domain::time::revise_time::{self, ReviseFacts};
use domain::time::timer::TimerRefusal;
use domain::time::{OverlapRule, Refusal, TimeEvent, Timesheet};

use super::{
    MOST_ITEMS, Ties, authority_over, closing_of, is_running, note_of, reason_about, ties_by,
    tying, work_facts,
};
use crate::handle::Command;
use crate::refused::{CommandError, Refused, Reply};
use crate::unit::{Loaded, Pause, Unit};

/// One of the entries meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// The entry.
    pub entry: EntryId,
    /// The version of it that the caller saw, where it matters.
    pub expected_version: Option<u32>,
}

/// What becomes of each; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Another project.
    pub project: Option<ProjectId>,
    /// Another task.
    pub task: Option<TaskId>,
    /// Whether it may be billed.
    pub billable: Option<bool>,
    /// Another note, or none from now on.
    pub note: Option<Option<String>>,
    /// Labels that each has from now on.
    pub tags_add: Vec<String>,
    /// Labels that none has from now on.
    pub tags_remove: Vec<String>,
}

impl Changes {
    /// Whether nothing is said.
    pub fn is_silent(&self) -> bool {
        *self == Changes::default()
    }

    /// The tags of an entry afterwards; none where they stay.
    fn tags(&self, before: &[String]) -> Option<Vec<String>> {
        let mut tags = before.to_vec();
        tags.retain(|tag| !self.tags_remove.contains(tag));
        for tag in &self.tags_add {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        (tags != before).then_some(tags)
    }
}

/// Which of the entries stopped the rest: for the edge, which answers with more than an error.
#[derive(Debug, Clone)]
pub struct Culprit(Arc<AtomicUsize>);

impl Default for Culprit {
    fn default() -> Self {
        Culprit(Arc::new(AtomicUsize::new(usize::MAX)))
    }
}

impl Culprit {
    /// Its place among those chosen, where one did.
    pub fn index(&self) -> Option<usize> {
        Some(self.0.load(Ordering::Relaxed)).filter(|index| *index != usize::MAX)
    }

    fn at(&self, index: usize, error: CommandError) -> CommandError {
        self.0.store(index, Ordering::Relaxed);
        match error {
            CommandError::Refused(refused) => {
                CommandError::Refused(Refused { field: Some(format!("/ids/{index}")), ..refused })
            }
            error => error,
        }
    }
}

/// Change all of these, or, if one is refused, none.
#[derive(Debug, Clone)]
pub struct ChangeMany {
    /// 1 to 500 entries.
    pub chosen: Vec<Chosen>,
    /// What becomes of each.
    pub changes: Changes,
    /// Tells which of them was refused.
    pub culprit: Culprit,
}

impl Command for ChangeMany {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let mut open = Open::of(unit, &self.chosen, &self.culprit).await?;
        for (index, chosen) in self.chosen.iter().enumerate() {
            let changed = self.change(unit, &mut open, chosen.entry).await;
            changed.map_err(|error| self.culprit.at(index, error))?;
        }
        open.emit(unit);
        Ok(Reply { id: one_id(&self.chosen), created: false })
    }
}

impl ChangeMany {
    async fn change(
        &self,
        unit: &mut Unit<'_>,
        open: &mut Open,
        id: EntryId,
    ) -> Result<(), CommandError> {
        let (member, ties) = (open.member(id)?, open.ties(id));
        let sheet = open.sheet(id);
        let entry = sheet.entry(id)?;
        let command = revise_time::ReviseTime {
            project: self.changes.project,
            task: self.changes.task,
            billable: self.changes.billable,
            note: self.changes.note.as_ref().map(|note| note_of(member, note.as_deref())),
            tags: self.changes.tags(&entry.tags),
            ..revise_time::ReviseTime::of(id)
        };
        let (project, task) = command.target(entry);
        let facts = ReviseFacts {
            work: work_facts(unit, member, project, task).await?,
            billing: ties.billing,
            overlap: OverlapRule::Refuse,
            closed: closing_of(unit, member, entry.project, entry.worked.day).await?,
            target_closed: closing_of(unit, member, project, entry.worked.day).await?,
            reversed_by: ties.reversed_by,
        };
        let revised = revise_time::decide(sheet, &facts, &[], command)?;
        open.take(id, revised.map(TimeEvent::from));
        Ok(())
    }
}

/// Take back all of these, or, if one is refused, none.
#[derive(Debug, Clone)]
pub struct RemoveMany {
    /// 1 to 500 entries.
    pub chosen: Vec<Chosen>,
    /// Why.
    pub reason: Option<String>,
    /// Tells which of them was refused.
    pub culprit: Culprit,
}

impl Command for RemoveMany {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let mut open = Open::of(unit, &self.chosen, &self.culprit).await?;
        for (index, chosen) in self.chosen.iter().enumerate() {
            let removed = self.remove(unit, &mut open, chosen.entry).await;
            removed.map_err(|error| self.culprit.at(index, error))?;
        }
        open.emit(unit);
        Ok(Reply { id: one_id(&self.chosen), created: false })
    }
}

impl RemoveMany {
    async fn remove(
        &self,
        unit: &mut Unit<'_>,
        open: &mut Open,
        id: EntryId,
    ) -> Result<(), CommandError> {
        let member = open.member(id)?;
        let reason = self.reason.as_deref().map(|reason| reason_about(member, reason));
        let entry = open.sheet(id).entry(id)?;
        let closed = closing_of(unit, member, entry.project, entry.worked.day).await?;
        let Ties { billing, reversed_by, replacement } = open.ties(id);
        let facts = RemoveFacts { billing, closed, reversed_by, replacement };
        let command = remove_time::RemoveTime { entry: id, reason };
        let removed = remove_time::decide(open.sheet(id), &facts, command)?;
        open.take(id, Some(removed.into()));
        Ok(())
    }
}

/// The id where one entry alone was meant.
fn one_id(chosen: &[Chosen]) -> Option<uuid::Uuid> {
    match chosen {
        [one] => Some(one.entry.0),
        _ => None,
    }
}

/// The weeks of the entries, with what has been decided so far.
struct Open {
    sheets: BTreeMap<StreamId, (Loaded<Timesheet>, Timesheet, Vec<TimeEvent>)>,
    places: BTreeMap<EntryId, StreamId>,
    ties: BTreeMap<EntryId, Ties>,
}

impl Open {
    /// Finds and locks the weeks of all; checks that the caller may, and saw these versions.
    async fn of(
        unit: &mut Unit<'_>,
        chosen: &[Chosen],
        culprit: &Culprit,
    ) -> Result<Self, CommandError> {
        check_chosen(chosen, culprit)?;
        let places = places_of(unit, chosen, culprit).await?;
        let streams: BTreeSet<StreamId> = places.values().copied().collect();
        unit.will_write(streams.iter().copied())?;
        let mut sheets = BTreeMap::new();
        for stream in streams {
            let loaded = unit.write::<Timesheet>(stream).await?;
            let state = (*loaded.state).clone();
            sheets.insert(stream, (loaded, state, Vec::new()));
        }
        let mut open = Open { sheets, places, ties: BTreeMap::new() };
        let mut asked = BTreeSet::new();
        for (index, chosen) in chosen.iter().enumerate() {
            let Ok(version) = open.sheet(chosen.entry).entry(chosen.entry).map(|it| it.version)
            else {
                // It left this week since the claims were looked at.
                unit.pause = Some(Pause::Moved);
                return Err(CommandError::Conflict);
            };
            let member = open.member(chosen.entry)?;
            if asked.insert(member) {
                let may = authority_over(unit, member).await;
                may.map_err(|error| culprit.at(index, error))?;
            }
            if chosen.expected_version.is_some_and(|expected| expected != version) {
                return Err(culprit.at(index, CommandError::Stale));
            }
        }
        open.ties = ties_of_all(unit, &open, chosen).await?;
        Ok(open)
    }

    fn sheet(&self, entry: EntryId) -> &Timesheet {
        &self.sheets[&self.places[&entry]].1
    }

    fn member(&self, entry: EntryId) -> Result<MemberId, CommandError> {
        self.sheet(entry).member.ok_or(CommandError::NotFound)
    }

    fn ties(&self, entry: EntryId) -> Ties {
        self.ties.get(&entry).copied().unwrap_or_default()
    }

    fn take(&mut self, entry: EntryId, event: Option<TimeEvent>) {
        let place = self.places[&entry];
        let (_, state, events) = self.sheets.get_mut(&place).expect("each entry's week is open");
        if let Some(event) = event {
            state.evolve(&event);
            events.push(event);
        }
    }

    fn emit(self, unit: &mut Unit<'_>) {
        for (loaded, _, events) in self.sheets.into_values() {
            unit.emit(&loaded, events);
        }
    }
}

fn check_chosen(chosen: &[Chosen], culprit: &Culprit) -> Result<(), CommandError> {
    if chosen.is_empty() || chosen.len() > MOST_ITEMS {
        return Err(CommandError::Refused(Refused {
            code: "time.batch_size".to_owned(),
            field: Some("/ids".to_owned()),
            detail: format!("name 1 to {MOST_ITEMS} entries; send several requests for more"),
        }));
    }
    let mut seen = BTreeSet::new();
    match chosen.iter().position(|chosen| !seen.insert(chosen.entry)) {
        None => Ok(()),
        Some(index) => {
            let refused = Refused {
                code: "time.entry_named_twice".to_owned(),
                field: None,
                detail: "the entry is named twice; name each once".to_owned(),
            };
            Err(culprit.at(index, CommandError::Refused(refused)))
        }
    }
}

async fn places_of(
    unit: &mut Unit<'_>,
    chosen: &[Chosen],
    culprit: &Culprit,
) -> Result<BTreeMap<EntryId, StreamId>, CommandError> {
    let key = |chosen: &Chosen| ClaimKey::id(ClaimKind::Entry, chosen.entry);
    let keys: Vec<ClaimKey> = chosen.iter().map(key).collect();
    let held: BTreeMap<_, _> = unit.held_many(&keys).await?.into_iter().collect();
    let mut places = BTreeMap::new();
    for (index, (chosen, key)) in chosen.iter().zip(&keys).enumerate() {
        let entry = chosen.entry;
        match held.get(key) {
            None => return Err(culprit.at(index, CommandError::NotFound)),
            Some(held) if is_running(held) => {
                let refusal = Refusal::from(TimerRefusal::StillRunning { entry });
                return Err(culprit.at(index, refusal.into()));
            }
            Some(held) => places.insert(entry, held.holder),
        };
    }
    Ok(places)
}

/// What ties each of these. Where nothing does, the append makes sure of it.
async fn ties_of_all(
    unit: &mut Unit<'_>,
    open: &Open,
    chosen: &[Chosen],
) -> Result<BTreeMap<EntryId, Ties>, CommandError> {
    let entries: Vec<(EntryId, Option<EntryId>)> = chosen
        .iter()
        .map(|chosen| Ok((chosen.entry, open.sheet(chosen.entry).entry(chosen.entry)?.reverses)))
        .collect::<Result<_, Refusal>>()?;
    let keys: Vec<ClaimKey> =
        entries.iter().flat_map(|(entry, reverses)| tying(*entry, *reverses)).collect();
    let held = unit.held_many(&keys).await?;
    let taken: BTreeSet<&ClaimKey> = held.iter().map(|(key, _)| key).collect();
    keys.iter().filter(|key| !taken.contains(key)).for_each(|key| unit.must_be_free(key.clone()));
    Ok(entries
        .into_iter()
        .map(|(entry, reverses)| (entry, ties_by(entry, reverses, &held)))
        .collect())
}
