//! A table as a JSON document: typed columns, rows as objects by the names of their columns. It
//! ends after so many rows, which it says; the totals are of all.

use std::borrow::Cow;

use domain::leave::{LeaveDays, LeaveMinutes};
use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::table::{Cell, Column, Kind, Table};
use crate::http::billing::Money;
use crate::http::leave::amounts::Minutes;

/// The most rows of a document.
pub(crate) const ROWS_MAX: usize = 50_000;

/// A column of a report.
#[derive(Debug, Serialize, JsonSchema)]
struct ReportColumn<'a> {
    /// The member of each row that it is.
    name: &'a str,
    /// What it's called, for people.
    heading: &'a str,
    /// `text`, `day`, `month`, `seconds`, `money`, `basis_points`, `integer`, `leave_minutes`,
    /// `leave_days` or `boolean`.
    r#type: &'static str,
    /// ISO 4217 code, of a column of money.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'a str>,
}

/// A report.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Report")]
pub(crate) struct Document<'a> {
    /// What it's called.
    title: &'a str,
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    /// Its columns, in order.
    columns: Vec<ReportColumn<'a>>,
    /// Its rows: an object each, with a member per column.
    rows: Vec<Row<'a>>,
    /// What all of it comes to, also of rows that are not here.
    totals: Row<'a>,
    /// Whether there are more rows than these.
    truncated: bool,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
}

/// A document of a table.
pub(crate) fn document(table: &Table, (from, to): (Date, Date)) -> Document<'_> {
    let truncated = table.rows.len() > ROWS_MAX;
    let rows = table.rows.iter().take(ROWS_MAX);
    Document {
        title: &table.title,
        from,
        to,
        columns: table.columns.iter().map(described).collect(),
        rows: rows.map(|cells| Row { columns: &table.columns, cells }).collect(),
        totals: Row { columns: &table.columns, cells: &table.totals },
        truncated,
        remedy: truncated.then_some("ask for fewer days or groups, or for format=csv"),
    }
}

fn described(column: &Column) -> ReportColumn<'_> {
    let currency = match &column.kind {
        Kind::Money(currency) => Some(currency.as_str()),
        Kind::Text
        | Kind::Day
        | Kind::Month
        | Kind::Seconds
        | Kind::BasisPoints
        | Kind::Integer
        | Kind::LeaveMinutes
        | Kind::LeaveDays
        | Kind::Boolean => None,
    };
    let (name, heading) = (&column.name, &column.heading);
    ReportColumn { name, heading, r#type: column.kind.as_str(), currency }
}

/// A row as an object.
#[derive(Debug)]
struct Row<'a> {
    columns: &'a [Column],
    cells: &'a [Cell],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.cells.len()))?;
        for (Column { name, kind, .. }, cell) in self.columns.iter().zip(self.cells) {
            match (cell, kind) {
                (Cell::Empty, _) => object.serialize_entry(name, &())?,
                (Cell::Text(text), _) => object.serialize_entry(name, &**text)?,
                (Cell::Boolean(yes), _) => object.serialize_entry(name, yes)?,
                (Cell::Day(day), Kind::Month) => {
                    object.serialize_entry(name, &day.strftime("%Y-%m").to_string())?;
                }
                (Cell::Day(day), _) => object.serialize_entry(name, day)?,
                (Cell::Number(minor), Kind::Money(currency)) => {
                    object.serialize_entry(name, &Money::of(*minor, currency))?;
                }
                (Cell::Number(units), Kind::LeaveMinutes) => {
                    let minutes = LeaveMinutes::of_ten_thousandths(*units);
                    object.serialize_entry(name, &Minutes(minutes))?;
                }
                (Cell::Number(units), Kind::LeaveDays) => {
                    let days = LeaveDays::of_ten_thousandths(*units);
                    object.serialize_entry(name, &days)?;
                }
                (Cell::Number(number), _) => object.serialize_entry(name, number)?,
            }
        }
        object.end()
    }
}

impl JsonSchema for Row<'_> {
    fn schema_name() -> Cow<'static, str> {
        "ReportRow".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "A value per column: a text, day or month as a string, time in seconds, \
                money as an object of minor units and currency, a share in basis points, or null.",
            "additionalProperties": true,
        })
    }
}
