//! The lines of an invoice as a document or a file for spreadsheets: those that were sealed, or of
//! a draft what they are at the prices of the moment.

use domain::billing::sealed::{SealedInvoice, SealedLine};
use domain::catalogue::rates::RateUnit;
use domain::id::InvoiceId;
use domain::personal::Personal;
use schemars::JsonSchema;
use serde::Deserialize;

use super::view::{InvoiceView, invoice_view};
use crate::http::call::Call;
use crate::http::members::ById;
use crate::http::problem::Problem;
use crate::http::reports::answer::{Manner, Rendered, render};
use crate::http::reports::format::Format;
use crate::http::reports::table::{Cell, Column, Kind, Table};

/// How the lines are wanted.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// In which format; as the reader accepts where it's left out.
    format: Option<Format>,
    /// Whether CSV begins with the mark of UTF-8, which some spreadsheets need.
    bom: Option<bool>,
}

/// `GET /invoices/{id}/lines`.
pub(crate) async fn lines(call: Call<ById, Asked>) -> Result<Rendered, Problem> {
    let view = invoice_view(&call, InvoiceId(call.path.id)).await?;
    let manner = Manner {
        format: Format::chosen(call.query.format, &call.headers),
        bom: call.query.bom.unwrap_or(false),
        days: (view.drafted.from, view.drafted.to),
        as_of: call.as_of,
        now: call.now(),
    };
    render(table(&view), manner).await
}

fn table(view: &InvoiceView) -> Table {
    let money = || Kind::Money(view.drafted.currency.clone());
    let number = view.document.as_ref().map_or("", |document| document.number.as_str());
    let (title, file_stem) = match number {
        "" => ("Draft".to_owned(), "draft".to_owned()),
        number => (format!("Invoice {number}"), number.replace(['/', '\\'], "-")),
    };
    let columns = vec![
        Column::new("n", "Line", Kind::Integer),
        Column::new("description", "Description", Kind::Text),
        Column::new("member", "Member", Kind::Text),
        Column::new("note", "Note", Kind::Text),
        Column::new("recorded_seconds", "Recorded", Kind::Seconds),
        Column::new("billed_seconds", "Billed", Kind::Seconds),
        Column::new("quantity", "Quantity", Kind::Text),
        Column::new("unit", "Unit", Kind::Text),
        Column::new("unit_price", "Unit price", money()),
        Column::new("discount", "Discount", money()),
        Column::new("net", "Net", money()),
        Column::new("tax_category", "Tax category", Kind::Text),
        Column::new("tax_percent", "Tax percent", Kind::Text),
    ];
    let rows = match &view.document {
        Some(document) => document.lines.iter().map(sealed).collect(),
        None => unsealed(view),
    };
    let totals = totals(view.document.as_deref(), &rows, columns.len());
    Table { title, file_stem, columns, rows, totals }
}

fn said(text: Option<&Personal<String>>) -> Cell {
    match text {
        None => Cell::Empty,
        Some(text) => Cell::text(text.get().map_or("[erased]", String::as_str)),
    }
}

fn sealed(line: &SealedLine) -> Vec<Cell> {
    let unit = match line.unit {
        RateUnit::Hour => "hour",
        RateUnit::Day => "day",
    };
    vec![
        Cell::Number(line.n.into()),
        Cell::text(&line.description),
        said(line.who.as_ref()),
        said(line.note.as_ref()),
        Cell::Number(line.seconds),
        Cell::Number(line.rounded_seconds),
        Cell::text(&line.quantity),
        Cell::text(unit),
        Cell::Number(line.unit_price_minor),
        line.discount.map_or(Cell::Empty, |it| Cell::Number(it.amount_minor)),
        Cell::Number(line.net_minor),
        Cell::text(line.tax.category.code()),
        Cell::text(line.tax.percent.to_string()),
    ]
}

/// The lines of a draft that can't be sealed as it is: without tax, and without what has no price.
fn unsealed(view: &InvoiceView) -> Vec<Vec<Cell>> {
    let amount = |minor: Option<i64>| minor.map_or(Cell::Empty, Cell::Number);
    // The file may go to the client, as the document does.
    let (words, told) = (view.words(), view.names_members());
    let row = |line: &domain::billing::lines::Line| {
        vec![
            Cell::Number(line.n.into()),
            Cell::text(words.said(line)),
            words.who(line).filter(|_| told).map_or(Cell::Empty, Cell::text),
            Cell::Empty,
            Cell::Number(line.seconds),
            Cell::Number(line.rounded_seconds),
            Cell::text(&line.quantity),
            Cell::Empty,
            amount(line.unit_price_minor),
            Cell::Empty,
            amount(line.net_minor),
            Cell::Empty,
            Cell::Empty,
        ]
    };
    view.lines.iter().map(row).collect()
}

/// Times and nets; of a document its net before discounts on the whole.
fn totals(document: Option<&SealedInvoice>, rows: &[Vec<Cell>], columns: usize) -> Vec<Cell> {
    let sum = |at: usize| {
        let numbers = rows.iter().filter_map(|row| match row.get(at) {
            Some(Cell::Number(number)) => Some(*number),
            Some(Cell::Empty | Cell::Text(_) | Cell::Day(_) | Cell::Boolean(_)) | None => None,
        });
        numbers.sum::<i64>()
    };
    let mut totals = vec![Cell::Empty; columns];
    for at in [4, 5, 10] {
        totals[at] = Cell::Number(sum(at));
    }
    if let Some(document) = document {
        totals[10] = Cell::Number(document.totals.lines_minor);
    }
    totals
}
