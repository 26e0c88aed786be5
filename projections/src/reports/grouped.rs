//! Entries grouped by any ordered choice of dimensions. Each row, subtotal and the total is a set
//! of entries, summed by itself: the total is the same however it's grouped, and the rows add up
//! to it wherever a grouping does not cut a rounded day's sum apart or count an entry under two
//! labels.

use std::collections::{BTreeMap, HashMap};

use domain::id::{ClientId, EntryId, MemberId, ProjectId, TaskId};
use domain::time::{EntryState, Week};
use jiff::civil::Date;

use super::firm::Firm;
use super::sums::{Sums, Terming};
use super::work::{Work, by_units};

/// What to group by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Who worked.
    Member,
    /// For whom.
    Client,
    /// On what.
    Project,
    /// Doing what.
    Task,
    /// Under which label; an entry with two of them is under both, one without any under none.
    Tag,
    /// On which day.
    Day,
    /// In which ISO week.
    Week,
    /// In which month.
    Month,
    /// In which year.
    Year,
    /// Billable or not.
    Billable,
    /// How far approval has come.
    State,
    /// Each entry.
    Entry,
}

impl Dimension {
    /// Whether it can tell apart what is rounded and priced together.
    fn cuts(self) -> bool {
        match self {
            Dimension::Tag | Dimension::Billable | Dimension::State | Dimension::Entry => true,
            Dimension::Member
            | Dimension::Client
            | Dimension::Project
            | Dimension::Task
            | Dimension::Day
            | Dimension::Week
            | Dimension::Month
            | Dimension::Year => false,
        }
    }
}

/// The place of a row in one dimension.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Who worked.
    Member(MemberId),
    /// For whom, where that's known.
    Client(Option<ClientId>),
    /// On what.
    Project(ProjectId),
    /// Doing what.
    Task(TaskId),
    /// Under which label.
    Tag(Option<String>),
    /// On which day.
    Day(Date),
    /// In which ISO week.
    Week(Week),
    /// In which month, as its first day.
    Month(Date),
    /// In which year.
    Year(i16),
    /// Billable or not.
    Billable(bool),
    /// How far approval has come.
    State(EntryState),
    /// Which entry, by its day.
    Entry(Date, EntryId),
}

/// A row: what it comes to, and the entry where it's a single one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// What it comes to.
    pub sums: Sums,
    /// The entry that the row is.
    pub entry: Option<Box<Work>>,
}

/// Groups that grow with every piece of entries.
#[derive(Debug)]
pub struct Grouped {
    dimensions: Vec<Dimension>,
    cuts: bool,
    /// By all dimensions.
    rows: HashMap<Vec<Part>, Group>,
    /// By the first of them, at least one and not all; empty where nobody asks.
    subtotals: Option<HashMap<Vec<Part>, Sums>>,
    total: Sums,
}

impl Grouped {
    /// No groups yet.
    pub fn new(dimensions: Vec<Dimension>, subtotals: bool) -> Self {
        Grouped {
            cuts: dimensions.iter().any(|dimension| dimension.cuts()),
            dimensions,
            rows: HashMap::new(),
            subtotals: subtotals.then(HashMap::new),
            total: Sums::default(),
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every row, in no order.
    pub fn rows(&self) -> &HashMap<Vec<Part>, Group> {
        &self.rows
    }

    /// The sums by the first dimensions.
    pub fn subtotal(&self, parts: &[Part]) -> Option<&Sums> {
        self.subtotals.as_ref()?.get(parts)
    }

    /// What all of it comes to.
    pub fn total(&self) -> &Sums {
        &self.total
    }

    /// Takes in entries of some days, of which none comes again: whole days, so that what is
    /// rounded together comes together.
    pub fn take(&mut self, entries: &mut [Work], terming: &mut Terming<'_>, firm: &Firm) {
        for unit in by_units(entries) {
            let terms = terming.of(&unit[0]);
            let all = Sums::of_unit(unit, &terms);
            self.total.add(&all);
            if !self.cuts {
                let mut parts = Vec::with_capacity(self.dimensions.len());
                self.push_parts(&unit[0], None, firm, &mut parts);
                self.add(&parts, &all);
                continue;
            }
            let mut sets: BTreeMap<Vec<Part>, Vec<&Work>> = BTreeMap::new();
            for work in unit {
                for parts in self.places_of(work, firm) {
                    let levels = if self.subtotals.is_some() { 1 } else { parts.len() };
                    for level in levels.max(1)..=parts.len() {
                        let set = sets.entry(parts[..level].to_vec()).or_default();
                        // Two labels of one entry make one of it where they are not told apart.
                        if set.last().is_none_or(|last| last.entry != work.entry) {
                            set.push(work);
                        }
                    }
                }
            }
            for (parts, set) in sets {
                let sums = Sums::of_unit(set.iter().copied(), &terms);
                if parts.len() < self.dimensions.len() {
                    let subtotals = self.subtotals.get_or_insert_default();
                    subtotals.entry(parts).or_default().add(&sums);
                } else {
                    let group = self.rows.entry(parts).or_default();
                    group.sums.add(&sums);
                    if self.dimensions.contains(&Dimension::Entry) {
                        group.entry = set.first().map(|work| Box::new((*work).clone()));
                    }
                }
            }
        }
    }

    /// Adds to the row of a place and to the sums above it.
    fn add(&mut self, parts: &[Part], sums: &Sums) {
        if let Some(subtotals) = &mut self.subtotals {
            for level in 1..parts.len() {
                subtotals.entry(parts[..level].to_vec()).or_default().add(sums);
            }
        }
        match self.rows.get_mut(parts) {
            Some(group) => group.sums.add(sums),
            None => {
                let group = Group { sums: sums.clone(), ..Group::default() };
                self.rows.insert(parts.to_vec(), group);
            }
        }
    }

    /// Where an entry stands: in one place, or in one for each of its labels.
    fn places_of(&self, work: &Work, firm: &Firm) -> Vec<Vec<Part>> {
        let tags: Vec<Option<&String>> = match self.dimensions.contains(&Dimension::Tag) {
            true if !work.tags.is_empty() => {
                let mut tags: Vec<_> = work.tags.iter().map(Some).collect();
                tags.sort_unstable();
                tags.dedup();
                tags
            }
            _ => vec![None],
        };
        let place = |tag: Option<&String>| {
            let mut parts = Vec::with_capacity(self.dimensions.len());
            self.push_parts(work, tag, firm, &mut parts);
            parts
        };
        tags.into_iter().map(place).collect()
    }

    fn push_parts(&self, work: &Work, tag: Option<&String>, firm: &Firm, parts: &mut Vec<Part>) {
        let part = |dimension: &Dimension| match dimension {
            Dimension::Member => Part::Member(work.member),
            Dimension::Client => Part::Client(firm.client_of(work.project)),
            Dimension::Project => Part::Project(work.project),
            Dimension::Task => Part::Task(work.task),
            Dimension::Tag => Part::Tag(tag.cloned()),
            Dimension::Day => Part::Day(work.day),
            Dimension::Week => Part::Week(Week::of(work.day)),
            Dimension::Month => Part::Month(work.day.first_of_month()),
            Dimension::Year => Part::Year(work.day.year()),
            Dimension::Billable => Part::Billable(work.billable),
            Dimension::State => Part::State(work.state),
            Dimension::Entry => Part::Entry(work.day, work.entry),
        };
        parts.extend(self.dimensions.iter().map(part));
    }
}

#[cfg(test)]
#[path = "grouped_tests.rs"]
mod tests;
