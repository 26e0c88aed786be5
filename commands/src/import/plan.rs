//! What is to be recorded of a file: its rows without those that are in already, each with the
//! member, the project and the task that its names stand for.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::MemberId;
use domain::import::{ExportRow, Person};
use domain::log::{ClaimKey, ClaimKind};
use uuid::Uuid;

use super::people::{Found, find_people, known, person_key};
use super::places::{GENERAL, NO_CLIENT, Place, Places};
use super::report::{Created, Totals};
use super::week::PlannedRow;
use super::{ImportOptions, new_entry};
use crate::members::AddMember;
use crate::refused::CommandError;
use crate::unit::Unit;

/// How many claims are asked for at once.
const CLAIMS_AT_ONCE: usize = 5_000;

/// A row of a file with the digest that it's known by.
pub(super) struct ReadRow {
    pub row: ExportRow,
    pub digest: String,
}

/// What is to be done with a file.
pub(super) struct Plan {
    /// The rows to record, in the file's order.
    pub rows: Vec<(MemberId, PlannedRow)>,
    /// What became of the others.
    pub totals: Totals,
    pub people: BTreeMap<String, Found>,
    pub places: Places,
}

/// Which of these rows an import has brought before.
pub(super) async fn known_digests<'a>(
    unit: &mut Unit<'_>,
    digests: impl Iterator<Item = &'a String>,
) -> Result<BTreeSet<String>, CommandError> {
    let keys: Vec<ClaimKey> =
        digests.map(|digest| ClaimKey::digest(ClaimKind::ImportRow, digest)).collect();
    let mut known = BTreeSet::new();
    for keys in keys.chunks(CLAIMS_AT_ONCE) {
        known.extend(unit.held_many(keys).await?.into_iter().map(|(key, _)| key.key));
    }
    Ok(known)
}

/// Plans a file.
pub(super) async fn plan(
    unit: &mut Unit<'_>,
    rows: Vec<ReadRow>,
    options: &ImportOptions,
) -> Result<Plan, CommandError> {
    let duplicates = known_digests(unit, rows.iter().map(|read| &read.digest)).await?;
    let (old, new): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|read| duplicates.contains(&read.digest));
    let duplicates = u32::try_from(old.len()).unwrap_or(u32::MAX);
    let totals = Totals { duplicates, ..Totals::default() };
    let people: BTreeMap<String, Person> = new
        .iter()
        .filter_map(|read| read.row.person.clone())
        .map(|person| (person_key(&person), person))
        .collect();
    let people = find_people(unit, people).await?;
    let places = Places::find(unit, &places_of(&new)).await?;
    let mut plan = Plan { rows: Vec::with_capacity(new.len()), totals, people, places };
    if let Some(member) = options.default_member {
        plan.people.insert(String::new(), Ok(known(unit, member).await?));
    }
    for read in new {
        let row = read.row.row;
        match plan.planned(unit, read) {
            Ok(planned) => plan.rows.push(planned),
            Err(reason) => plan.totals.skip(row, reason),
        }
    }
    Ok(plan)
}

fn place_of(row: &ExportRow) -> Place {
    Place {
        client: row.client.clone().unwrap_or_else(|| NO_CLIENT.to_owned()),
        project: row.project.clone(),
        task: row.task.clone().unwrap_or_else(|| GENERAL.to_owned()),
    }
}

/// Each place with the default of its task, should it be made: billable, unless every row that says
/// so says no.
fn places_of(rows: &[ReadRow]) -> BTreeMap<Place, bool> {
    let mut said: BTreeMap<Place, (bool, bool)> = BTreeMap::new();
    for ReadRow { row, .. } in rows {
        let (yes, no) = said.entry(place_of(row)).or_default();
        *yes |= row.billable == Some(true);
        *no |= row.billable == Some(false);
    }
    said.into_iter().map(|(place, (yes, no))| (place, yes || !no)).collect()
}

impl Plan {
    fn planned(&self, unit: &Unit<'_>, read: ReadRow) -> Result<(MemberId, PlannedRow), String> {
        let ReadRow { row, digest } = read;
        // Whoever stands for rows that name nobody is under the empty key.
        let key = row.person.as_ref().map(person_key).unwrap_or_default();
        let member = match self.people.get(&key) {
            Some(Ok(someone)) => someone.member,
            Some(Err(reason)) => return Err(reason.clone()),
            None => return Err("the row doesn't say who worked; name a member for all".into()),
        };
        let (project, task) = self.places.at(&place_of(&row))?;
        let facts = serde_json::to_value(&row.facts).expect("facts are plain texts");
        let facts = serde_json::from_value(facts).expect("facts are texts by name");
        let planned = PlannedRow {
            row: row.row,
            entry: new_entry(unit),
            digest,
            project,
            task,
            worked: row.worked,
            billable: row.billable,
            note: row.note,
            tags: row.tags,
            facts,
        };
        Ok((member, planned))
    }

    /// Makes nothing that no recorded row needs.
    pub(super) fn keep_needed(&mut self, used: &BTreeSet<Uuid>) {
        for someone in self.people.values_mut().filter_map(|someone| someone.as_mut().ok()) {
            if !used.contains(&someone.member.0) {
                someone.new = None;
            }
        }
        self.places.keep_needed(used);
    }

    /// Whether a member takes time, by id.
    pub(super) fn active(&self) -> BTreeMap<MemberId, bool> {
        let known = self.people.values().filter_map(|someone| someone.as_ref().ok());
        known.map(|someone| (someone.member, someone.active)).collect()
    }

    /// The members to make.
    pub(super) fn new_members(&self) -> Vec<AddMember> {
        let known = self.people.values().filter_map(|someone| someone.as_ref().ok());
        known.filter_map(|someone| someone.new.clone()).collect()
    }

    /// How much is to be made.
    pub(super) fn created(&self) -> Created {
        let count = |items: usize| u32::try_from(items).unwrap_or(u32::MAX);
        let work = self.places.new_work();
        Created {
            members: count(self.new_members().len()),
            clients: count(self.places.new_clients().len()),
            projects: count(work.iter().filter(|project| project.is_new()).count()),
            tasks: count(work.iter().map(|project| project.tasks()).sum()),
        }
    }
}
