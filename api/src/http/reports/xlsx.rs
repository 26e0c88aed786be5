//! A table as a workbook, for people: typed cells under a header that stays in sight, time as
//! `[h]:mm:ss` with its seconds beside it, totals as values. A text is always a string and never a
//! formula; one that looks like a formula also stays a string when somebody edits its cell. Nobody
//! is named in the file's properties.

use domain::money::minor_digits;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use super::guard::looks_like_formula;
use super::table::{Cell, Column, Kind, Table};

/// The most rows of a sheet, with room for header and totals.
pub(crate) const ROWS_MAX: usize = 1_048_000;
/// The most characters of a cell, in UTF-16.
const CELL_MAX: usize = 32_767;
const WIDTH_MAX: usize = 60;

/// The formats of one column: plain, and bold for totals.
struct Look {
    plain: Format,
    bold: Format,
    quoted: Format,
    width: f64,
}

/// A workbook of one sheet, made at `now`.
pub(crate) fn workbook(table: &Table, now: Timestamp) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_timestamp(now.as_second())?;
    let properties = DocProperties::new().set_title(&table.title).set_creation_datetime(&made);
    workbook.set_properties(&properties);
    let sheet = workbook.add_worksheet();
    sheet.set_name("Report")?.set_freeze_panes(1, 0)?;
    let looks: Vec<Look> = table.columns.iter().map(|column| look(&column.kind)).collect();
    head(sheet, table, &looks)?;
    let mut line = 1;
    for row in &table.rows {
        write_row(sheet, line, (&table.columns, row), &looks, false)?;
        line += 1;
    }
    write_row(sheet, line, (&table.columns, &table.totals), &looks, true)?;
    if !matches!(table.totals.first(), Some(Cell::Number(_))) {
        sheet.write_string_with_format(line, 0, "Total", &Format::new().set_bold())?;
    }
    workbook.save_to_buffer()
}

fn head(sheet: &mut Worksheet, table: &Table, looks: &[Look]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let mut at = 0;
    for (n, Column { heading, kind, .. }) in table.columns.iter().enumerate() {
        sheet.write_string_with_format(0, at, heading, &bold)?;
        sheet.set_column_width(at, width(table, n, looks[n].width))?;
        at += 1;
        if *kind == Kind::Seconds {
            sheet.write_string_with_format(0, at, format!("{heading} (s)"), &bold)?;
            sheet.set_column_width(at, 12)?;
            at += 1;
        }
    }
    Ok(())
}

/// As wide as the texts of the first rows.
fn width(table: &Table, n: usize, least: f64) -> f64 {
    let longest = table.rows.iter().take(200).filter_map(|row| match &row[n] {
        Cell::Text(text) => Some(text.chars().count()),
        Cell::Empty | Cell::Day(_) | Cell::Number(_) | Cell::Boolean(_) => None,
    });
    let longest = longest.max().unwrap_or(0).clamp(table.columns[n].heading.len(), WIDTH_MAX);
    least.max(longest as f64 + 2.0)
}

fn look(kind: &Kind) -> Look {
    let (number, width) = match kind {
        Kind::Text => (None, 12.0),
        Kind::Boolean => (None, 9.0),
        Kind::Day => (Some("yyyy-mm-dd".to_owned()), 12.0),
        Kind::Month => (Some("yyyy-mm".to_owned()), 10.0),
        Kind::Seconds => (Some("[h]:mm:ss".to_owned()), 12.0),
        Kind::BasisPoints => (Some("0.00%".to_owned()), 10.0),
        Kind::Integer => (Some("0".to_owned()), 10.0),
        Kind::LeaveMinutes | Kind::LeaveDays => (Some("0.####".to_owned()), 12.0),
        Kind::Money(currency) => {
            let digits = usize::from(minor_digits(currency).unwrap_or(2));
            let decimals = "0".repeat(digits);
            let point = if digits == 0 { "" } else { "." };
            (Some(format!("#,##0{point}{decimals}")), 16.0)
        }
    };
    let plain = number.map_or_else(Format::new, |number| Format::new().set_num_format(number));
    let quoted = Format::new().set_quote_prefix();
    Look { bold: plain.clone().set_bold(), plain, quoted, width }
}

fn write_row(
    sheet: &mut Worksheet,
    line: u32,
    (columns, row): (&[Column], &[Cell]),
    looks: &[Look],
    bold: bool,
) -> Result<(), XlsxError> {
    let mut at = 0;
    for ((column, cell), look) in columns.iter().zip(row).zip(looks) {
        let format = if bold { &look.bold } else { &look.plain };
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => {
                let format = if looks_like_formula(text) { &look.quoted } else { format };
                sheet.write_string_with_format(line, at, bounded(text), format)?;
            }
            Cell::Boolean(yes) => {
                sheet.write_boolean_with_format(line, at, *yes, format)?;
            }
            Cell::Day(day) => match serial(*day) {
                Some(serial) => {
                    sheet.write_number_with_format(line, at, serial, format)?;
                }
                None => {
                    sheet.write_string(line, at, day.to_string())?;
                }
            },
            Cell::Number(number) => {
                let value = value(&column.kind, *number);
                sheet.write_number_with_format(line, at, value, format)?;
            }
        }
        at += 1;
        if column.kind == Kind::Seconds {
            if let Cell::Number(seconds) = cell {
                sheet.write_number(line, at, *seconds as f64)?;
            }
            at += 1;
        }
    }
    Ok(())
}

fn value(kind: &Kind, number: i64) -> f64 {
    let number = number as f64;
    match kind {
        Kind::Seconds => number / 86_400.0,
        Kind::BasisPoints | Kind::LeaveMinutes | Kind::LeaveDays => number / 10_000.0,
        Kind::Money(currency) => {
            number / 10_f64.powi(i32::from(minor_digits(currency).unwrap_or(2)))
        }
        Kind::Text | Kind::Day | Kind::Month | Kind::Integer | Kind::Boolean => number,
    }
}

/// The number of a day in a sheet; none for days that sheets do not know. They take 1900 for a leap
/// year, so days are sure from March of it on.
fn serial(day: Date) -> Option<f64> {
    let days = day.duration_since(date(1899, 12, 30)).as_hours() / 24;
    (day >= date(1900, 3, 1)).then_some(days as f64)
}

/// As much of a text as a cell takes.
fn bounded(text: &str) -> &str {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > CELL_MAX {
            return &text[..at];
        }
    }
    text
}
