//! A table as CSV by RFC 4180, for programs: one line of names, one line per row, no totals, which
//! would be one more row to whoever adds up. Texts are always in quotes, so that no separator in
//! them begins another cell, whichever separator a reader expects.

use super::guard::{MARK, looks_like_formula};
use super::table::{Cell, Column, Kind, Table, decimal, digits_of, hours};

/// Says that a file is UTF-8, to spreadsheets that else guess.
pub(crate) const BOM: &str = "\u{feff}";

/// The line of names. Time has two columns: seconds, and hours as a decimal.
pub(crate) fn head(table: &Table) -> String {
    let mut line = String::new();
    for Column { name, kind, .. } in &table.columns {
        push(&mut line, |line| quoted(line, &name_of(name, kind)));
        if *kind == Kind::Seconds {
            push(&mut line, |line| quoted(line, &name.replace("seconds", "hours")));
        }
    }
    line.push_str("\r\n");
    line
}

fn name_of(name: &str, kind: &Kind) -> String {
    match kind {
        Kind::BasisPoints => name.replace("basis_points", "percent"),
        Kind::Text
        | Kind::Day
        | Kind::Month
        | Kind::Seconds
        | Kind::Money(_)
        | Kind::Integer
        | Kind::LeaveMinutes
        | Kind::LeaveDays
        | Kind::Boolean => name.to_owned(),
    }
}

/// The line of a row.
pub(crate) fn line(columns: &[Column], row: &[Cell]) -> String {
    let mut line = String::new();
    for (column, cell) in columns.iter().zip(row) {
        push(&mut line, |line| value(line, &column.kind, cell));
        if column.kind == Kind::Seconds {
            push(&mut line, |line| match cell {
                Cell::Number(seconds) => line.push_str(&hours(*seconds)),
                Cell::Empty | Cell::Text(_) | Cell::Day(_) | Cell::Boolean(_) => {}
            });
        }
    }
    line.push_str("\r\n");
    line
}

fn push(line: &mut String, write: impl FnOnce(&mut String)) {
    if !line.is_empty() {
        line.push(',');
    }
    let before = line.len();
    write(line);
    // An empty first cell is written, so that the next one knows it's not the first.
    if line.is_empty() && before == 0 {
        line.push_str("\"\"");
    }
}

fn value(line: &mut String, kind: &Kind, cell: &Cell) {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => quoted(line, text),
        Cell::Boolean(yes) => line.push_str(if *yes { "true" } else { "false" }),
        Cell::Day(day) if *kind == Kind::Month => line.push_str(&day.strftime("%Y-%m").to_string()),
        Cell::Day(day) => line.push_str(&day.to_string()),
        Cell::Number(number) => {
            let digits = match kind {
                Kind::Money(currency) => digits_of(currency),
                Kind::BasisPoints => 2,
                Kind::LeaveMinutes | Kind::LeaveDays => 4,
                Kind::Text
                | Kind::Day
                | Kind::Month
                | Kind::Seconds
                | Kind::Integer
                | Kind::Boolean => 0,
            };
            line.push_str(&decimal(*number, digits));
        }
    }
}

/// A text in quotes, marked where it could be taken for a formula.
fn quoted(line: &mut String, text: &str) {
    line.push('"');
    if looks_like_formula(text) {
        line.push(MARK);
    }
    for c in text.chars() {
        if c == '"' {
            line.push('"');
        }
        line.push(c);
    }
    line.push('"');
}
