//! The second reading of a file: one record becomes one row or one fault. A row that is refused
//! leaves nothing but its fault; equal rows are numbered, so that none of them is lost or doubled.

use std::collections::HashMap;

use csv::StringRecord;
use sha2::{Digest, Sha256};

use super::Export;
use super::columns::{Column, Layout, Shape, reader};
use super::encoding::{Quoting, quoting};
use super::number::decimal;
use super::refusal::{FaultReason, RowFault, RowWarning, WarningReason, quoted};
use super::row::{ExportRow, Person, SourceFacts, row_content};
use super::survey::Habits;
use super::worked::Clockwork;
use super::zone::{Zone, Zones};

/// The columns that can say who worked.
pub(super) const PEOPLE: [Column; 4] =
    [Column::Name, Column::FirstName, Column::LastName, Column::Email];

/// Reads every record after the header.
pub(super) fn read_rows(
    text: &str,
    layout: &Layout,
    habits: Habits,
    zone: Zone,
    zones: Zones,
) -> Export {
    let shape = Shape::of(layout.format);
    let mut export = Export { warnings: habits.warnings.clone(), ..Export::default() };
    let mut clockwork = Clockwork { layout, shape, habits, zone, zones };
    let mut seen: HashMap<[u8; 32], u32> = HashMap::new();
    let mut doubts = Vec::new();
    let mut reader = reader(text, layout.delimiter);
    let mut record = StringRecord::new();
    let mut number = 0;
    // The text is UTF-8 and in memory, and records may have any length: reading can't fail.
    while reader.read_record(&mut record).is_ok_and(|more| more) {
        number += 1;
        if number == 1 {
            continue;
        }
        doubts.clear();
        if is_torn(text, &record, reader.position().byte(), layout.delimiter) {
            let reason = FaultReason::TornQuotes;
            export.faults.push(RowFault { row: number, field: "row", reason });
            continue;
        }
        match read_row(number, &record, &mut clockwork, &mut doubts) {
            Ok(mut row) => {
                let content = Sha256::digest(row_content(&row)).into();
                let times = seen.entry(content).or_default();
                *times += 1;
                row.occurrence = *times;
                export.rows.push(row);
                let warning = |reason| RowWarning { row: number, reason };
                export.warnings.extend(doubts.drain(..).map(warning));
            }
            Err(_) if record.iter().all(|cell| cell.trim().is_empty()) => {
                let reason = FaultReason::Missing;
                export.faults.push(RowFault { row: number, field: "row", reason });
            }
            Err((column, reason)) => {
                let field = shape.name(column);
                export.faults.push(RowFault { row: number, field, reason });
            }
        }
    }
    export
}

/// Whether a record of several lines has lost a quote. In one line, nothing is swallowed by that.
fn is_torn(text: &str, record: &StringRecord, end: u64, delimiter: u8) -> bool {
    if !record.as_slice().contains('\n') {
        return false;
    }
    let start = record.position().map_or(0, |at| at.byte());
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let own = range.and_then(|(start, end)| text.get(start..end));
    own.is_some_and(|own| quoting(own, delimiter) == Quoting::Torn)
}

fn read_row(
    row: u32,
    record: &StringRecord,
    clockwork: &mut Clockwork<'_>,
    doubts: &mut Vec<WarningReason>,
) -> Result<ExportRow, (Column, FaultReason)> {
    let layout = clockwork.layout;
    let cell = |column| layout.cell(record, column);
    let said = |column| filled(cell(column));
    let kind = cell(Column::Kind);
    if !kind.is_empty() && !kind.eq_ignore_ascii_case("regular") {
        return Err((Column::Kind, FaultReason::NotWork(quoted(kind))));
    }
    let project = said(Column::Project).ok_or((Column::Project, FaultReason::Missing))?;
    let (worked, written) = clockwork.worked(record, doubts)?;
    let person = person(layout, record);
    if person.is_none() && PEOPLE.iter().any(|column| layout.has(*column)) {
        doubts.push(WarningReason::NoPerson);
    }
    let billable = yes_or_no(cell(Column::Billable));
    if billable.is_none() && !cell(Column::Billable).is_empty() {
        doubts.push(WarningReason::BillableUnreadable);
    }
    if record.len() > layout.width {
        doubts.push(WarningReason::ExtraCells);
    }
    Ok(ExportRow {
        row,
        person,
        client: said(Column::Client),
        project,
        task: said(Column::Task),
        note: cell(Column::Note).replace("\r\n", "\n"),
        tags: tags(cell(Column::Tags)),
        billable,
        worked,
        facts: facts(layout, record, &clockwork.habits),
        written,
        occurrence: 1,
    })
}

fn filled(text: &str) -> Option<String> {
    if text.is_empty() { None } else { Some(text.to_owned()) }
}

fn person(layout: &Layout, record: &StringRecord) -> Option<Person> {
    let cell = |column| layout.cell(record, column);
    let email = filled(cell(Column::Email)).map(|email| email.to_lowercase());
    let names = [cell(Column::Name), cell(Column::FirstName), cell(Column::LastName)];
    let name = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ");
    let name = if name.is_empty() { email.clone()? } else { name };
    Some(Person { name, email })
}

fn yes_or_no(cell: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    if is(&["yes", "true", "1", "y"]) {
        Some(true)
    } else if is(&["no", "false", "0", "n"]) {
        Some(false)
    } else {
        None
    }
}

fn tags(cell: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in cell.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

fn facts(layout: &Layout, record: &StringRecord, habits: &Habits) -> SourceFacts {
    let said = |column| filled(layout.cell(record, column));
    let number = |column| said(column).map(|text| decimal(&text, habits.mark).unwrap_or(text));
    // Harvest writes `Euro - EUR`.
    let currency = |text: String| match text.rsplit_once(" - ") {
        Some((_, code)) => code.trim().to_owned(),
        None => text,
    };
    SourceFacts {
        rate: number(Column::Rate),
        amount: number(Column::Amount),
        cost_rate: number(Column::CostRate),
        cost_amount: number(Column::CostAmount),
        currency: said(Column::Currency).map(currency).or_else(|| layout.currency.clone()),
        invoiced: said(Column::Invoiced),
        invoice_id: said(Column::InvoiceId),
        approved: said(Column::Approved),
        project_code: said(Column::ProjectCode),
        external_url: said(Column::Url),
        created: said(Column::Created),
        rounded_hours: number(Column::RoundedHours),
        employee_id: said(Column::EmployeeId),
    }
}
