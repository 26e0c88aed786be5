//! Revenue: what was issued less what was credited, before tax, by the days of the documents; and
//! what is left of it once its seconds are paid at the cost rates of the days of their work.

use std::collections::BTreeMap;

use domain::catalogue::rates::RateKind;
use domain::id::{MemberId, ProjectId, TaskId};
use domain::money::price;
use projections::billing::billed_entry::{Billed, Wanted, billed};
use projections::billing::price_book::PriceBook;
use projections::reports::grouped::Part;
use uuid::Uuid;

use super::placed::{Places, money, seconds};
use super::{GroupName, Terms};
use crate::http::problem::Problem;
use crate::http::reports::names::Names;
use crate::http::reports::reading::{Reading, Standing};
use crate::http::reports::table::{Cell, Column, Table};
use crate::http::reports::time_columns::in_order;

/// Minor units of one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Amounts {
    issued: i64,
    credited: i64,
    cost: i64,
    /// Whether a document is in this currency.
    earned: bool,
}

impl Amounts {
    fn net(&self) -> i64 {
        self.issued - self.credited
    }
}

/// What a row comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Earned {
    seconds: i64,
    uncosted_seconds: i64,
    money: BTreeMap<String, Amounts>,
}

impl Earned {
    fn add(&mut self, part: &Billed) {
        self.seconds += part.seconds;
        let amounts = self.money.entry(part.currency.clone()).or_default();
        amounts.earned = true;
        if part.takes_back {
            amounts.credited -= part.net_minor;
        } else {
            amounts.issued += part.net_minor;
        }
    }

    /// Pays for a part: for what is taken back the same is that was paid for it.
    fn pay(&mut self, part: &Billed, book: &PriceBook) {
        let rated = part.work.as_ref().map(|work| (work, book.rate(work, RateKind::Cost)));
        match rated {
            Some((work, Some(rate))) => {
                let day = book.settings().working_day_seconds(work.day);
                let cost = price(part.seconds, rate, day);
                self.money.entry(rate.currency.clone()).or_default().cost += cost;
            }
            Some((_, None)) | None => self.uncosted_seconds += part.seconds,
        }
    }
}

/// The place of a part; work that is not known has a nil id.
fn place(groups: &[GroupName], part: &Billed) -> Vec<Part> {
    let nobody = Uuid::nil();
    let work = part.work.as_ref();
    let place = |group: &GroupName| match group {
        GroupName::Client => Some(Part::Client(Some(part.client))),
        GroupName::Month => Some(Part::Month(part.on.first_of_month())),
        GroupName::Project => {
            Some(Part::Project(work.map_or(ProjectId(nobody), |work| work.project)))
        }
        GroupName::Task => Some(Part::Task(work.map_or(TaskId(nobody), |work| work.task))),
        GroupName::Member => Some(Part::Member(work.map_or(MemberId(nobody), |work| work.member))),
        GroupName::Stage => None,
    };
    groups.iter().filter_map(place).collect()
}

pub(super) async fn table(
    reading: &Reading,
    mut standing: Standing,
    terms: &Terms,
    with_costs: bool,
) -> Result<Table, Problem> {
    let (clients, days) = (terms.clients.as_ref(), terms.days);
    let wanted = Wanted { clients, days, as_of: reading.as_of };
    let all = billed(&mut standing.tx, wanted).await?;
    let names = Names::open(&reading.keys, &mut standing.tx, &standing.firm).await?;
    standing.tx.commit().await?;
    let (mut rows, mut total) = (BTreeMap::<Vec<Part>, Earned>::new(), Earned::default());
    for part in &all {
        let row = rows.entry(place(&terms.groups, part)).or_default();
        for sums in [row, &mut total] {
            sums.add(part);
            if with_costs {
                sums.pay(part, &standing.book);
            }
        }
    }
    let places = Places::of(terms.dimensions());
    let columns = Shown::of(&total, with_costs);
    let cells = |parts: &[Part], sums: &Earned| {
        let mut cells = places.cells(parts, (&names, &reading.keys));
        columns.push(sums, &mut cells);
        cells
    };
    let mut ordered: Vec<_> = rows.iter().collect();
    ordered.sort_by(|(left, _), (right, _)| in_order(left, right, &names));
    let (from, to) = terms.days;
    let (name, title) = if with_costs { ("margin", "Margin") } else { ("revenue", "Revenue") };
    Ok(Table {
        title: title.to_owned(),
        file_stem: format!("{name}-{}-{from}-{to}", reading.slug),
        totals: cells(&[], &total),
        rows: ordered.into_iter().map(|(parts, sums)| cells(parts, sums)).collect(),
        columns: places.columns().into_iter().chain(columns.list()).collect(),
    })
}

/// Which columns of figures there are.
struct Shown {
    earned: Vec<String>,
    all: Vec<String>,
    costs: bool,
}

impl Shown {
    fn of(total: &Earned, costs: bool) -> Self {
        let earned = total.money.iter().filter(|it| it.1.earned).map(|it| it.0.clone()).collect();
        Shown { earned, all: total.money.keys().cloned().collect(), costs }
    }

    fn list(&self) -> Vec<Column> {
        let mut all = vec![seconds("seconds", "Billed")];
        money(&mut all, "issued", "Issued", &self.earned);
        money(&mut all, "credited", "Credited", &self.earned);
        money(&mut all, "revenue", "Revenue", &self.earned);
        if self.costs {
            money(&mut all, "cost", "Cost", &self.all);
            all.push(seconds("uncosted_seconds", "Without a cost rate"));
            money(&mut all, "margin", "Margin", &self.all);
        }
        all
    }

    fn push(&self, sums: &Earned, cells: &mut Vec<Cell>) {
        let of = |part: fn(&Amounts) -> i64| {
            move |currency: &String| {
                let amounts = sums.money.get(currency);
                amounts.map_or(Cell::Empty, |amounts| Cell::Number(part(amounts)))
            }
        };
        cells.push(Cell::Number(sums.seconds));
        cells.extend(self.earned.iter().map(of(|it| it.issued)));
        cells.extend(self.earned.iter().map(of(|it| it.credited)));
        cells.extend(self.earned.iter().map(of(Amounts::net)));
        if !self.costs {
            return;
        }
        cells.extend(self.all.iter().map(of(|it| it.cost)));
        cells.push(Cell::Number(sums.uncosted_seconds));
        // What is earned in one currency and paid in another can't be told from each other.
        let one = sums.money.len() == 1;
        let margin = of(|it| it.net() - it.cost);
        cells.extend(self.all.iter().map(|it| if one { margin(it) } else { Cell::Empty }));
    }
}
