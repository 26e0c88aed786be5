//! The columns of a report of time, and the cells of its rows. Places come first, in the order of
//! the grouping; then sums, and money where it's asked for and may be seen.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use domain::personal::Envelope;
use jiff::Timestamp;
use migrations::keys::TenantKeys;
use projections::reports::grouped::{Dimension, Part};
use projections::reports::sums::{Amounts, Sums};
use projections::reports::work::Work;

use super::names::Names;
use super::table::{Cell, Column, Kind};
use crate::http::personal;

/// Which money is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Money {
    /// None.
    Hidden,
    /// What is charged.
    Charged,
    /// What is charged, what it costs, and what is left.
    All,
}

/// What the columns follow from.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    pub(super) group_by: Vec<Dimension>,
    /// Whether rows tell whether they are subtotals.
    pub(super) subtotals: bool,
    pub(super) money: Money,
    /// The currencies of the whole report.
    currencies: Vec<String>,
}

impl Columns {
    pub(super) fn new(
        group_by: Vec<Dimension>,
        subtotals: bool,
        money: Money,
        total: &Sums,
    ) -> Self {
        let shown = |amounts: &Amounts| money == Money::All || amounts.charged;
        let currencies: BTreeSet<&String> = match money {
            Money::Hidden => BTreeSet::new(),
            Money::Charged | Money::All => {
                let shown = total.money.iter().filter(|(_, amounts)| shown(amounts));
                shown.map(|(currency, _)| currency).collect()
            }
        };
        let currencies = currencies.into_iter().cloned().collect();
        Columns { group_by, subtotals, money, currencies }
    }

    /// The columns of the places of rows.
    pub(super) fn of_places(&self) -> Vec<Column> {
        let mut all = Vec::new();
        self.group_by.iter().for_each(|dimension| self.push_places(*dimension, &mut all));
        all
    }

    /// The columns.
    pub(super) fn list(&self) -> Vec<Column> {
        let mut all = self.of_places();
        if self.subtotals {
            all.push(Column::new("subtotal", "Subtotal", Kind::Boolean));
        }
        let seconds = |name: &str, heading: &str| Column::new(name, heading, Kind::Seconds);
        all.push(Column::new("entries", "Entries", Kind::Integer));
        all.push(seconds("seconds", "Recorded"));
        all.push(seconds("rounded_seconds", "Rounded"));
        all.push(seconds("billable_seconds", "Billable"));
        all.push(seconds("not_billable_seconds", "Not billable"));
        let of_money = |all: &mut Vec<Column>, name: &str, heading: &str| {
            for currency in &self.currencies {
                let name = format!("{name}_{}", currency.to_lowercase());
                let heading = format!("{heading} ({currency})");
                all.push(Column::new(name, heading, Kind::Money(currency.clone())));
            }
        };
        if self.money != Money::Hidden {
            of_money(&mut all, "amount", "Amount");
            all.push(seconds("unpriced_seconds", "Without a rate"));
        }
        if self.money == Money::All {
            of_money(&mut all, "cost", "Cost");
            all.push(seconds("uncosted_seconds", "Without a cost rate"));
            of_money(&mut all, "margin", "Margin");
        }
        all
    }

    fn push_places(&self, dimension: Dimension, all: &mut Vec<Column>) {
        let text = |name: &str, heading: &str| Column::new(name, heading, Kind::Text);
        let day = || Column::new("day", "Day", Kind::Day);
        match dimension {
            Dimension::Member => {
                all.extend([text("member_id", "Member id"), text("member", "Member")])
            }
            Dimension::Client => {
                all.extend([text("client_id", "Client id"), text("client", "Client")])
            }
            Dimension::Project => {
                all.extend([text("project_id", "Project id"), text("project", "Project")]);
            }
            Dimension::Task => all.extend([text("task_id", "Task id"), text("task", "Task")]),
            Dimension::Tag => all.push(text("tag", "Tag")),
            Dimension::Day => all.push(day()),
            Dimension::Week => all.push(text("week", "Week")),
            Dimension::Month => all.push(Column::new("month", "Month", Kind::Month)),
            Dimension::Year => all.push(Column::new("year", "Year", Kind::Integer)),
            Dimension::Billable => all.push(Column::new("billable", "Billable?", Kind::Boolean)),
            Dimension::State => all.push(text("state", "State")),
            Dimension::Entry => {
                all.push(text("entry_id", "Entry id"));
                if !self.group_by.contains(&Dimension::Day) {
                    all.push(day());
                }
                all.extend([text("start", "Start"), text("end", "End")]);
                all.extend([text("note", "Note"), text("tags", "Tags")]);
            }
        }
    }

    /// The cells of a row in these places; fewer places than dimensions make a subtotal.
    pub(super) fn row(
        &self,
        parts: &[Part],
        (sums, entry): (&Sums, Option<&Work>),
        (names, keys): (&Names, &TenantKeys),
    ) -> Vec<Cell> {
        let mut cells = self.placed(parts, entry, (names, keys));
        if self.subtotals {
            cells.push(match parts.is_empty() {
                true => Cell::Empty,
                false => Cell::Boolean(parts.len() < self.group_by.len()),
            });
        }
        self.push_sums(sums, &mut cells);
        cells
    }

    /// The cells of places without an entry, empty where there are fewer of them than dimensions.
    pub(super) fn places(&self, parts: &[Part], with: (&Names, &TenantKeys)) -> Vec<Cell> {
        self.placed(parts, None, with)
    }

    fn placed(
        &self,
        parts: &[Part],
        entry: Option<&Work>,
        (names, keys): (&Names, &TenantKeys),
    ) -> Vec<Cell> {
        let mut cells = Vec::new();
        for part in parts {
            self.push_place(part, entry, names, keys, &mut cells);
        }
        cells.resize(self.of_places().len(), Cell::Empty);
        cells
    }

    fn push_sums(&self, sums: &Sums, cells: &mut Vec<Cell>) {
        cells.push(Cell::Number(sums.entries));
        cells.push(Cell::Number(sums.seconds));
        cells.push(Cell::Number(sums.rounded_seconds));
        cells.push(Cell::Number(sums.billable_seconds));
        cells.push(Cell::Number(sums.seconds - sums.billable_seconds));
        if self.money == Money::Hidden {
            return;
        }
        let amounts = |currency: &String| sums.money.get(currency).copied();
        let minor = |minor: Option<i64>| minor.map_or(Cell::Empty, Cell::Number);
        let bill = |it: &String| {
            amounts(it).filter(|amounts| amounts.charged).map(|amounts| amounts.bill_minor)
        };
        cells.extend(self.currencies.iter().map(|it| minor(bill(it))));
        cells.push(Cell::Number(sums.unpriced_seconds));
        if self.money == Money::All {
            let cost = |it: &String| amounts(it).map(|amounts| amounts.cost_minor);
            cells.extend(self.currencies.iter().map(|it| minor(cost(it))));
            cells.push(Cell::Number(sums.uncosted_seconds));
            // What is charged in one currency and paid in another can't be told from each other.
            let one = sums.money.len() == 1;
            let margin = |it: &String| {
                amounts(it).filter(|_| one).map(|both| both.bill_minor - both.cost_minor)
            };
            cells.extend(self.currencies.iter().map(|it| minor(margin(it))));
        }
    }

    fn push_place(
        &self,
        part: &Part,
        entry: Option<&Work>,
        names: &Names,
        keys: &TenantKeys,
        cells: &mut Vec<Cell>,
    ) {
        let called = |name: Option<std::sync::Arc<str>>| name.map_or(Cell::Empty, Cell::Text);
        let id = |id: uuid::Uuid| Cell::text(id.to_string());
        match part {
            Part::Member(it) => cells.extend([id(it.0), called(names.members.name(*it))]),
            Part::Client(None) => cells.extend([Cell::Empty, Cell::Empty]),
            Part::Client(Some(it)) => cells.extend([id(it.0), called(names.clients.name(*it))]),
            Part::Project(it) => cells.extend([id(it.0), called(names.projects.name(*it))]),
            Part::Task(it) => cells.extend([id(it.0), called(names.tasks.name(*it))]),
            Part::Tag(tag) => cells.push(tag.as_ref().map_or(Cell::Empty, Cell::text)),
            Part::Day(day) | Part::Month(day) => cells.push(Cell::Day(*day)),
            Part::Week(week) => cells.push(Cell::text(week.to_string())),
            Part::Year(year) => cells.push(Cell::Number(i64::from(*year))),
            Part::Billable(billable) => cells.push(Cell::Boolean(*billable)),
            Part::State(state) => cells.push(Cell::text(state.as_str())),
            Part::Entry(day, it) => {
                cells.push(id(it.0));
                if !self.group_by.contains(&Dimension::Day) {
                    cells.push(Cell::Day(*day));
                }
                let span = entry.and_then(|work| work.span.as_deref());
                let at = |instant: Timestamp, zone: &str| Cell::text(local(instant, zone));
                let (start, end) = span.map_or((Cell::Empty, Cell::Empty), |span| {
                    (at(span.start, &span.zone), at(span.end, &span.zone))
                });
                cells.extend([start, end]);
                let note = entry.and_then(|work| opened(keys, work.note.as_ref()));
                cells.push(note.map_or(Cell::Empty, Cell::text));
                let tags = entry.map(|work| work.tags.join(", ")).filter(|tags| !tags.is_empty());
                cells.push(tags.map_or(Cell::Empty, Cell::text));
            }
        }
    }
}

/// A note, where it's neither absent nor erased.
fn opened(keys: &TenantKeys, note: Option<&Envelope>) -> Option<String> {
    personal::text(keys, note)
}

/// RFC 3339 with the offset of the zone it was recorded in.
fn local(instant: Timestamp, zone: &str) -> String {
    let offset = domain::time::worked::find_zone(zone)
        .map_or(jiff::tz::Offset::UTC, |zone| zone.to_offset(instant));
    instant.display_with_offset(offset).to_string()
}

/// The order of two rows: by names where there are names, else by day, code or id.
pub(super) fn in_order(left: &[Part], right: &[Part], names: &Names) -> Ordering {
    let ordered = |pair: (&Part, &Part)| match pair {
        (Part::Member(a), Part::Member(b)) => {
            names.members.rank(*a).cmp(&names.members.rank(*b)).then(a.cmp(b))
        }
        (Part::Client(Some(a)), Part::Client(Some(b))) => {
            names.clients.rank(*a).cmp(&names.clients.rank(*b)).then(a.cmp(b))
        }
        (Part::Project(a), Part::Project(b)) => {
            names.projects.rank(*a).cmp(&names.projects.rank(*b)).then(a.cmp(b))
        }
        (Part::Task(a), Part::Task(b)) => {
            names.tasks.rank(*a).cmp(&names.tasks.rank(*b)).then(a.cmp(b))
        }
        (a, b) => a.cmp(b),
    };
    let parts = left.iter().zip(right).map(ordered).find(|order| order.is_ne());
    parts.unwrap_or_else(|| left.len().cmp(&right.len()))
}
