//! The first reading of a file: its limits, and its habits of writing dates and numbers. One value
//! above 12, or one `0,5`, near the end of a file decides how its first row is read.

use csv::StringRecord;

use super::calendar::{DateOrder, OrderEvidence};
use super::columns::{Column, Layout, reader};
use super::encoding::{Quoting, quoting};
use super::number::{DecimalMark, Evidence, evidence};
use super::refusal::{ExportRefusal, MAX_CELL_BYTES, MAX_ROWS, RowWarning, WarningReason};
use super::rows::PEOPLE;

/// How a file writes dates and numbers.
#[derive(Debug)]
pub(super) struct Habits {
    pub(super) order: DateOrder,
    pub(super) mark: DecimalMark,
    /// What had to be guessed.
    pub(super) warnings: Vec<RowWarning>,
}

const NUMBERS: [Column; 6] = [
    Column::Hours,
    Column::RoundedHours,
    Column::Rate,
    Column::Amount,
    Column::CostRate,
    Column::CostAmount,
];

/// Goes through all records once.
pub(super) fn survey(text: &str, layout: &Layout) -> Result<Habits, ExportRefusal> {
    let mut reader = reader(text, layout.delimiter);
    let mut record = StringRecord::new();
    let mut dates = OrderEvidence::default();
    let mut marks = MarkEvidence::default();
    let (mut row, mut last_start) = (0_u32, 0);
    // The text is UTF-8 and in memory, and records may have any length: reading can't fail.
    while reader.read_record(&mut record).is_ok_and(|more| more) {
        row += 1;
        last_start = record.position().map_or(0, |at| at.byte());
        if row == 1 {
            continue;
        }
        if row - 1 > MAX_ROWS {
            return Err(ExportRefusal::TooManyRows { limit: MAX_ROWS });
        }
        check_cells(row, &record)?;
        gather_dates(&mut dates, row, &record, layout);
        for column in NUMBERS {
            marks.take(evidence(layout.cell(&record, column)), column == Column::Hours);
        }
    }
    let last = usize::try_from(last_start).ok().and_then(|start| text.get(start..));
    if last.is_some_and(|record| quoting(record, layout.delimiter) == Quoting::Open) {
        return Err(ExportRefusal::UnclosedQuote { row });
    }
    let mut warnings = Vec::new();
    let mut warn = |reason| warnings.push(RowWarning { row: 1, reason });
    if !PEOPLE.iter().any(|column| layout.has(*column)) {
        warn(WarningReason::NoPersonColumn);
    }
    let (order, guess) = dates.order();
    guess.map(&mut warn);
    let (mark, guess) = marks.mark();
    guess.map(&mut warn);
    Ok(Habits { order, mark, warnings })
}

fn check_cells(row: u32, record: &StringRecord) -> Result<(), ExportRefusal> {
    if record.as_slice().len() <= MAX_CELL_BYTES {
        return Ok(());
    }
    let long = record.iter().enumerate().find(|(_, cell)| cell.len() > MAX_CELL_BYTES);
    long.map_or(Ok(()), |(at, cell)| {
        let column = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let (bytes, limit) = (cell.len(), MAX_CELL_BYTES);
        Err(ExportRefusal::CellTooLong { row, column, bytes, limit })
    })
}

fn gather_dates(dates: &mut OrderEvidence, row: u32, record: &StringRecord, layout: &Layout) {
    let cell = |column| layout.cell(record, column);
    for column in [Column::StartDate, Column::EndDate, Column::Created] {
        dates.date(row, cell(column));
    }
    dates.span(cell(Column::StartDate), cell(Column::EndDate));
    dates.time(cell(Column::StartTime));
    dates.time(cell(Column::EndTime));
}

#[derive(Debug, Default)]
struct MarkEvidence {
    point: bool,
    comma: bool,
    open_hours: Option<char>,
}

impl MarkEvidence {
    fn take(&mut self, evidence: Evidence, hours: bool) {
        match evidence {
            Evidence::For(',') => self.comma = true,
            Evidence::For(_) => self.point = true,
            Evidence::Open(mark) if hours => _ = self.open_hours.get_or_insert(mark),
            Evidence::Open(_) | Evidence::Nothing => {}
        }
    }

    fn mark(&self) -> (DecimalMark, Option<WarningReason>) {
        let guess = |mark| WarningReason::DecimalMarkGuessed { mark };
        match (self.point, self.comma) {
            (true, true) => (DecimalMark::Both, None),
            (true, false) => (DecimalMark::Is('.'), None),
            (false, true) => (DecimalMark::Is(','), None),
            // Nobody works 1,250 hours in a day, so an open mark sets off decimals.
            (false, false) => (DecimalMark::Unknown, self.open_hours.map(guess)),
        }
    }
}
