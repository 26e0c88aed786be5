//! What each client owes at the end of a day, by how many days it's overdue then. What a client has
//! paid too much stands beside and is taken off nothing but the balance.

use std::collections::BTreeMap;

use domain::id::ClientId;
use jiff::civil::Date;
use projections::billing::receivable::{Owed, owed};
use projections::reports::grouped::{Dimension, Part};

use super::Terms;
use super::placed::{Places, money};
use crate::http::problem::Problem;
use crate::http::reports::names::Names;
use crate::http::reports::reading::{Reading, Standing};
use crate::http::reports::table::{Cell, Table};
use crate::http::reports::time_columns::in_order;

/// For how long something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bucket {
    /// Its last day to pay has not passed.
    NotDue,
    /// 1 to 30 days overdue.
    To30,
    /// 31 to 60.
    To60,
    /// 61 to 90.
    To90,
    /// More than 90.
    Over90,
    /// It's the client's: less than nothing is due.
    Credit,
}

/// Every bucket with its name and its heading.
pub(crate) const BUCKETS: [(Bucket, &str, &str); 6] = [
    (Bucket::NotDue, "not_due", "Not due"),
    (Bucket::To30, "days_1_30", "1-30 days"),
    (Bucket::To60, "days_31_60", "31-60 days"),
    (Bucket::To90, "days_61_90", "61-90 days"),
    (Bucket::Over90, "days_over_90", "Over 90 days"),
    (Bucket::Credit, "credit", "Paid too much"),
];

impl Bucket {
    fn of(balance_minor: i64, due_on: Date, day: Date) -> Self {
        let overdue = due_on.until(day).map_or(0, |span| span.get_days());
        match overdue {
            _ if balance_minor < 0 => Bucket::Credit,
            ..=0 => Bucket::NotDue,
            1..=30 => Bucket::To30,
            31..=60 => Bucket::To60,
            61..=90 => Bucket::To90,
            91.. => Bucket::Over90,
        }
    }
}

/// Balances by bucket, in minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Aged(BTreeMap<Bucket, i64>);

impl Aged {
    /// Adds what is due of an invoice at the end of a day.
    pub(crate) fn add(&mut self, owed: &Owed, day: Date) {
        let bucket = Bucket::of(owed.balance_minor, owed.due_on, day);
        *self.0.entry(bucket).or_default() += owed.balance_minor;
    }

    /// What is in a bucket.
    pub(crate) fn get(&self, bucket: Bucket) -> i64 {
        self.0.get(&bucket).copied().unwrap_or_default()
    }

    /// All that is due.
    pub(crate) fn balance(&self) -> i64 {
        self.0.values().sum()
    }
}

pub(super) async fn table(
    reading: &Reading,
    mut standing: Standing,
    terms: &Terms,
) -> Result<Table, Problem> {
    let day = terms.days.1;
    let clients: Option<Vec<ClientId>> =
        terms.clients.as_ref().map(|clients| clients.iter().copied().collect());
    let all = owed(&mut standing.tx, clients.as_deref(), day, reading.as_of).await?;
    let names = Names::open(&reading.keys, &mut standing.tx, &standing.firm).await?;
    standing.tx.commit().await?;
    let mut rows: BTreeMap<ClientId, BTreeMap<String, Aged>> = BTreeMap::new();
    let mut total: BTreeMap<String, Aged> = BTreeMap::new();
    for owed in all.iter().filter(|owed| owed.balance_minor != 0) {
        let of_client = rows.entry(owed.client).or_default();
        of_client.entry(owed.currency.clone()).or_default().add(owed, day);
        total.entry(owed.currency.clone()).or_default().add(owed, day);
    }
    let currencies: Vec<String> = total.keys().cloned().collect();
    let places = Places::of(vec![Dimension::Client]);
    let mut columns = places.columns();
    for (_, name, heading) in BUCKETS {
        money(&mut columns, name, heading, &currencies);
    }
    money(&mut columns, "balance", "Balance", &currencies);
    let cells = |parts: &[Part], sums: &BTreeMap<String, Aged>| {
        let mut cells = places.cells(parts, (&names, &reading.keys));
        let shown = |part: &dyn Fn(&Aged) -> i64| -> Vec<Cell> {
            let of = |currency| {
                let aged = sums.get(currency);
                aged.map_or(Cell::Empty, |aged: &Aged| Cell::Number(part(aged)))
            };
            currencies.iter().map(of).collect()
        };
        for (bucket, _, _) in BUCKETS {
            cells.extend(shown(&|aged| aged.get(bucket)));
        }
        cells.extend(shown(&Aged::balance));
        cells
    };
    let place = |client: &ClientId| vec![Part::Client(Some(*client))];
    let mut ordered: Vec<_> = rows.iter().map(|(client, sums)| (place(client), sums)).collect();
    ordered.sort_by(|(left, _), (right, _)| in_order(left, right, &names));
    Ok(Table {
        title: "What is owed".to_owned(),
        file_stem: format!("ageing-{}-{day}", reading.slug),
        totals: cells(&[], &total),
        rows: ordered.into_iter().map(|(parts, sums)| cells(&parts, sums)).collect(),
        columns,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_belongs_to_one_bucket() {
        let due = date(2026, 1, 31);
        let bucket = |day: &str| Bucket::of(1, due, day.parse().unwrap());
        let days = [
            ("2025-01-01", Bucket::NotDue),
            ("2026-01-31", Bucket::NotDue),
            ("2026-02-01", Bucket::To30),
            ("2026-03-02", Bucket::To30),
            ("2026-03-03", Bucket::To60),
            ("2026-04-01", Bucket::To60),
            ("2026-04-02", Bucket::To90),
            ("2026-05-01", Bucket::To90),
            ("2026-05-02", Bucket::Over90),
            ("2030-01-01", Bucket::Over90),
        ];
        for (day, expected) in days {
            assert_eq!(bucket(day), expected, "{day}");
        }
        assert_eq!(Bucket::of(-1, due, date(2026, 6, 1)), Bucket::Credit);
    }
}
