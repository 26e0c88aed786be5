//! What reports of billing have in common: columns of their places, and columns of money, one per
//! currency.

use migrations::keys::TenantKeys;
use projections::reports::grouped::{Dimension, Part};
use projections::reports::sums::Sums;

use crate::http::reports::names::Names;
use crate::http::reports::table::{Cell, Column, Kind};
use crate::http::reports::time_columns::{Columns, Money};

/// The columns that say what a row is about.
pub(super) struct Places(Columns);

impl Places {
    /// Those of these dimensions.
    pub(super) fn of(dimensions: Vec<Dimension>) -> Self {
        Places(Columns::new(dimensions, false, Money::Hidden, &Sums::default()))
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        self.0.of_places()
    }

    /// The cells of a row; empty ones for the totals.
    pub(super) fn cells(&self, parts: &[Part], with: (&Names, &TenantKeys)) -> Vec<Cell> {
        self.0.places(parts, with)
    }
}

/// A column of money for each of these currencies, such as `amount_zar`.
pub(super) fn money(all: &mut Vec<Column>, name: &str, heading: &str, currencies: &[String]) {
    for currency in currencies {
        let name = format!("{name}_{}", currency.to_lowercase());
        let heading = format!("{heading} ({currency})");
        all.push(Column::new(name, heading, Kind::Money(currency.clone())));
    }
}

pub(super) fn seconds(name: &str, heading: &str) -> Column {
    Column::new(name, heading, Kind::Seconds)
}
