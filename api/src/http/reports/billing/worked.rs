//! Work that was not billed yet, at the rates of its days: what may be billed now, or all of it by
//! how far it has come. An entry of which a part was billed counts by what is left of it. What
//! rounds lines of an invoice rounds nothing here, where there are none.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::EntryId;
use domain::time::EntryState;
use projections::billing::billed_entry::{Taken, taken};
use projections::reports::grouped::{Grouped, Part};
use projections::reports::sums::{Sums, Terming};
use projections::reports::work::{Wanted, Work};

use super::placed::{Places, money, seconds};
use super::{GroupName, Terms};
use crate::http::problem::Problem;
use crate::http::reports::answer::{ROWS_MAX, too_many_rows};
use crate::http::reports::names::Names;
use crate::http::reports::reading::{Reading, Standing};
use crate::http::reports::table::{Cell, Column, Kind, Table};
use crate::http::reports::time_columns::in_order;

/// How far work has come on its way to an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Open,
    Rejected,
    Submitted,
    Approved,
    Drafted,
}

impl Stage {
    fn of(state: EntryState) -> Self {
        match state {
            EntryState::Open => Stage::Open,
            EntryState::Submitted => Stage::Submitted,
            EntryState::Approved => Stage::Approved,
            EntryState::Rejected => Stage::Rejected,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Stage::Open => "open",
            Stage::Rejected => "rejected",
            Stage::Submitted => "submitted",
            Stage::Approved => "approved",
            Stage::Drafted => "drafted",
        }
    }
}

/// An entry's seconds by stage, without those that were billed or written off.
fn staged(work: &Work, taken: Taken) -> impl Iterator<Item = (Stage, Work)> {
    let free = work.seconds - taken.drafted - taken.billed - taken.written_off;
    let part = |stage: Stage, seconds: i64| {
        // A part has no ends of its own to be rounded by.
        let span = work.span.clone().filter(|_| seconds == work.seconds);
        (seconds != 0).then(|| (stage, Work { seconds, span, ..work.clone() }))
    };
    [part(Stage::of(work.state), free), part(Stage::Drafted, taken.drafted)].into_iter().flatten()
}

/// Work by stage, grouped.
struct Staged {
    stages: BTreeMap<Stage, Grouped>,
}

impl Staged {
    fn total(&self) -> Sums {
        let mut total = Sums::default();
        self.stages.values().for_each(|grouped| total.add(grouped.total()));
        total
    }

    /// Rows by place, and by stage where that makes rows.
    fn rows(&self, by_stage: bool) -> BTreeMap<(Vec<Part>, Option<Stage>), Sums> {
        let mut rows: BTreeMap<(Vec<Part>, Option<Stage>), Sums> = BTreeMap::new();
        for (stage, grouped) in &self.stages {
            for (parts, group) in grouped.rows() {
                let place = (parts.clone(), by_stage.then_some(*stage));
                rows.entry(place).or_default().add(&group.sums);
            }
        }
        rows
    }
}

pub(super) async fn table(
    reading: &Reading,
    mut standing: Standing,
    terms: &Terms,
    in_progress: bool,
) -> Result<Table, Problem> {
    let taken = taken(&mut standing.tx, reading.as_of).await?;
    let staged = grouped(&mut standing, terms, &taken, in_progress).await?;
    let names = Names::open(&reading.keys, &mut standing.tx, &standing.firm).await?;
    standing.tx.commit().await?;
    let by_stage = terms.groups.contains(&GroupName::Stage);
    let places = Places::of(terms.dimensions());
    let total = staged.total();
    let currencies: Vec<String> =
        total.money.iter().filter(|it| it.1.charged).map(|it| it.0.clone()).collect();
    let mut columns = places.columns();
    if by_stage {
        columns.push(Column::new("stage", "Stage", Kind::Text));
    }
    columns.push(Column::new("entries", "Entries", Kind::Integer));
    columns.extend([seconds("seconds", "Recorded"), seconds("rounded_seconds", "Rounded")]);
    money(&mut columns, "amount", "Amount", &currencies);
    columns.push(seconds("unpriced_seconds", "Without a rate"));
    let cells = |parts: &[Part], stage: Option<Stage>, sums: &Sums| {
        let mut cells = places.cells(parts, (&names, &reading.keys));
        if by_stage {
            cells.push(stage.map_or(Cell::Empty, |stage| Cell::text(stage.as_str())));
        }
        let numbers = [sums.entries, sums.seconds, sums.rounded_seconds];
        cells.extend(numbers.map(Cell::Number));
        let amount = |currency| sums.money.get(currency).filter(|it| it.charged);
        let shown = |currency| {
            amount(currency).map_or(Cell::Empty, |amounts| Cell::Number(amounts.bill_minor))
        };
        cells.extend(currencies.iter().map(shown));
        cells.push(Cell::Number(sums.unpriced_seconds));
        cells
    };
    let rows = staged.rows(by_stage);
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by(|((left, one), _), ((right, other), _)| {
        in_order(left, right, &names).then(one.cmp(other))
    });
    let (from, to) = terms.days;
    let (name, title) =
        if in_progress { ("wip", "Work in progress") } else { ("unbilled", "Unbilled time") };
    Ok(Table {
        title: title.to_owned(),
        file_stem: format!("{name}-{}-{from}-{to}", reading.slug),
        totals: cells(&[], None, &total),
        rows: rows.iter().map(|((parts, stage), sums)| cells(parts, *stage, sums)).collect(),
        columns,
    })
}

async fn grouped(
    standing: &mut Standing,
    terms: &Terms,
    taken: &BTreeMap<EntryId, Taken>,
    in_progress: bool,
) -> Result<Staged, Problem> {
    let (from, to) = terms.days;
    let projects = terms.clients.as_ref().map(|clients| {
        let theirs = standing.firm.projects.values().filter(|it| clients.contains(&it.client_id));
        theirs.map(|row| row.project_id).collect::<Vec<_>>()
    });
    let wanted = Wanted { projects, billable: Some(true), ..Wanted::days(from, to) };
    let dimensions = terms.dimensions();
    let mut staged = Staged { stages: BTreeMap::new() };
    standing
        .each_piece(&wanted, false, |entries, firm, book| {
            let mut pieces: BTreeMap<Stage, Vec<Work>> = BTreeMap::new();
            for work in entries.iter() {
                let taken = taken.get(&work.entry).copied().unwrap_or_default();
                for (stage, part) in self::staged(work, taken) {
                    if in_progress || stage == Stage::Approved {
                        pieces.entry(stage).or_default().push(part);
                    }
                }
            }
            for (stage, mut works) in pieces {
                let grouped = staged.stages.entry(stage);
                let grouped = grouped.or_insert_with(|| Grouped::new(dimensions.clone(), false));
                grouped.take(&mut works, &mut Terming::new(book, firm, true), firm);
            }
            let places: BTreeSet<_> = staged.stages.values().map(Grouped::len).collect();
            let most = places.last().copied().unwrap_or_default();
            if most > ROWS_MAX { Err(too_many_rows()) } else { Ok(()) }
        })
        .await?;
    Ok(staged)
}
