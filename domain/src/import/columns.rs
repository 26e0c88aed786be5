//! Which column of a header means what. Matching is by name and never by position; what a format
//! doesn't know is left alone, and what it can't do without is named in the refusal.

use csv::StringRecord;

use super::refusal::ExportRefusal;
use super::{Format, clockify, harvest, plain, toggl};

/// What a column can mean, over all formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    FirstName,
    LastName,
    Email,
    EmployeeId,
    Client,
    Project,
    ProjectCode,
    Task,
    Note,
    Tags,
    Billable,
    /// Whether it's work at all, or a break.
    Kind,
    Zone,
    StartDate,
    StartTime,
    EndDate,
    EndTime,
    /// Hours and minutes.
    Clock,
    /// Decimal hours.
    Hours,
    /// Whole seconds.
    Seconds,
    RoundedHours,
    Rate,
    Amount,
    CostRate,
    CostAmount,
    Currency,
    Invoiced,
    InvoiceId,
    Approved,
    Url,
    Created,
}

const COLUMNS: usize = Column::Created as usize + 1;

/// What a format's header looks like.
pub(super) struct Shape {
    pub(super) format: Format,
    /// The names of each column, in any case of letters; `(*)` stands for a currency in brackets.
    pub(super) columns: &'static [(Column, &'static [&'static str])],
    /// What is needed: one of each group.
    pub(super) needs: &'static [&'static [Column]],
    /// Names that only this format has.
    pub(super) marks: &'static [&'static str],
}

impl Shape {
    pub(super) fn of(format: Format) -> &'static Shape {
        match format {
            Format::Toggl => &toggl::SHAPE,
            Format::Clockify => &clockify::SHAPE,
            Format::Harvest => &harvest::SHAPE,
            Format::Csv => &plain::SHAPE,
        }
    }

    /// The name that this format usually gives to a column.
    pub(super) fn name(&self, column: Column) -> &'static str {
        let names = self.columns.iter().find(|(known, _)| *known == column);
        names.and_then(|(_, names)| names.first()).copied().unwrap_or("row")
    }

    fn marks_in(&self, header: &StringRecord) -> usize {
        let is_mark =
            |cell: &&str| self.marks.iter().any(|mark| matches_name(cell, mark).is_some());
        header.iter().filter(is_mark).count()
    }
}

/// Where the columns of one file are.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) format: Format,
    pub(super) delimiter: u8,
    /// The currency in brackets behind an amount or a rate, if any.
    pub(super) currency: Option<String>,
    /// Cells of the header.
    pub(super) width: usize,
    at: [Option<usize>; COLUMNS],
    doubled: Option<Column>,
}

impl Layout {
    fn new(header: &StringRecord, delimiter: u8, shape: &Shape) -> Layout {
        let mut layout = Layout {
            format: shape.format,
            delimiter,
            currency: None,
            width: header.len(),
            at: [None; COLUMNS],
            doubled: None,
        };
        for (position, cell) in header.iter().enumerate() {
            let found = shape.columns.iter().find_map(|(column, names)| {
                names.iter().find_map(|name| Some((*column, matches_name(cell, name)?)))
            });
            let Some((column, currency)) = found else {
                continue;
            };
            if layout.at[column as usize].replace(position).is_some() {
                layout.doubled = Some(column);
            }
            if layout.currency.is_none() && !currency.is_empty() {
                layout.currency = Some(currency.to_owned());
            }
        }
        layout
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.at[column as usize].is_some()
    }

    /// The trimmed cell of a column; empty where the column or the cell isn't there.
    pub(super) fn cell<'r>(&self, record: &'r StringRecord, column: Column) -> &'r str {
        self.at[column as usize].and_then(|at| record.get(at)).unwrap_or("").trim()
    }

    fn recognised(&self) -> usize {
        self.at.iter().flatten().count()
    }

    fn missing(&self, shape: &Shape) -> Vec<String> {
        let lacks = |group: &&&[Column]| !group.iter().any(|column| self.has(*column));
        let names = |group: &&[Column]| {
            group.iter().map(|column| shape.name(*column)).collect::<Vec<_>>().join(" or ")
        };
        shape.needs.iter().filter(lacks).map(names).collect()
    }
}

/// Finds the layout of a text: its delimiter is the one under which most columns are known.
pub(super) fn layout_of(text: &str, format: Format) -> Result<Layout, ExportRefusal> {
    let headers = [b',', b';', b'\t'].map(|delimiter| (delimiter, header_of(text, delimiter)));
    let shape = Shape::of(format);
    let best = best_layout(&headers, shape);
    let others = Format::ALL.into_iter().filter(|other| *other != format).map(Shape::of);
    let suits = |other: &&Shape| {
        let layout = best_layout(&headers, other);
        layout.missing(other).is_empty() && marks(&headers, layout.delimiter, other) > 0
    };
    let looks_like = others.filter(suits).max_by_key(|other| {
        let layout = best_layout(&headers, other);
        (layout.recognised(), marks(&headers, layout.delimiter, other))
    });
    let looks_like = looks_like.map(|shape| shape.format);
    let missing = best.missing(shape);
    if !missing.is_empty() {
        return Err(ExportRefusal::MissingColumns { format, missing, looks_like });
    }
    match looks_like {
        Some(looks_like) if marks(&headers, best.delimiter, shape) == 0 => {
            return Err(ExportRefusal::OtherFormat { format, looks_like });
        }
        Some(_) | None => {}
    }
    match best.doubled {
        Some(column) => Err(ExportRefusal::DoubledColumn { column: shape.name(column) }),
        None => Ok(best),
    }
}

type Headers = [(u8, StringRecord); 3];

fn best_layout(headers: &Headers, shape: &Shape) -> Layout {
    let [first, rest @ ..] = headers.each_ref().map(|(d, header)| Layout::new(header, *d, shape));
    rest.into_iter().fold(
        first,
        |best, other| {
            if other.recognised() > best.recognised() { other } else { best }
        },
    )
}

fn marks(headers: &Headers, delimiter: u8, shape: &Shape) -> usize {
    let own = headers.iter().filter(|(with, _)| *with == delimiter);
    own.map(|(_, header)| shape.marks_in(header)).sum()
}

fn header_of(text: &str, delimiter: u8) -> StringRecord {
    let mut header = StringRecord::new();
    // The text is UTF-8 and in memory, and records may have any length: nothing can fail.
    let read = reader(text, delimiter).read_record(&mut header);
    debug_assert!(read.is_ok(), "{read:?}");
    header
}

/// A reader over all records, the header among them.
pub(super) fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// Whether a header cell is this name, and the text in the brackets that `(*)` stands for.
fn matches_name<'c>(cell: &'c str, name: &str) -> Option<&'c str> {
    let cell = cell.trim();
    let Some(base) = name.strip_suffix(" (*)") else {
        return cell.eq_ignore_ascii_case(name).then_some("");
    };
    let (start, rest) = cell.split_once('(')?;
    let inside = rest.strip_suffix(')')?;
    start.trim_end().eq_ignore_ascii_case(base).then_some(inside.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOGGL: &str =
        "User,Project,Start date,Start time,End date,End time,Duration,Amount (EUR)";

    #[test]
    fn columns_are_found_by_name_in_any_order_and_any_case() {
        let layout = layout_of("duration,EXTRA,PROJECT,start time,start date\n", Format::Toggl);
        let layout = layout.unwrap();
        let record = StringRecord::from(vec!["0:10", "?", " Alpha "]);
        assert_eq!(layout.cell(&record, Column::Project), "Alpha");
        assert_eq!(layout.cell(&record, Column::StartDate), "");
        assert!(!layout.has(Column::Email));
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_sense_of_the_header() {
        let semicolons = TOGGL.replace(',', ";");
        assert_eq!(layout_of(&semicolons, Format::Toggl).unwrap().delimiter, b';');
        let tabs = TOGGL.replace(',', "\t");
        assert_eq!(layout_of(&tabs, Format::Toggl).unwrap().delimiter, b'\t');
    }

    #[test]
    fn the_currency_in_the_brackets_is_kept() {
        let currency = |header: &str| layout_of(header, Format::Toggl).unwrap().currency;
        assert_eq!(currency(TOGGL), Some("EUR".into()));
        assert_eq!(currency(&TOGGL.replace("EUR", "")), None);
        assert_eq!(currency(&TOGGL.replace(" (EUR)", "")), None);
    }

    #[test]
    fn a_header_that_lacks_columns_names_them_and_the_format_it_suits() {
        let refusal = layout_of(TOGGL, Format::Harvest).unwrap_err();
        let missing = vec!["Date".to_owned(), "Hours".to_owned()];
        let looks_like = Some(Format::Toggl);
        let format = Format::Harvest;
        assert_eq!(refusal, ExportRefusal::MissingColumns { format, missing, looks_like });

        let refusal = layout_of("Projekt;Beginn\n", Format::Clockify).unwrap_err().to_string();
        assert!(refusal.contains("End Time or Duration (h)"), "{refusal}");
        assert!(refusal.contains("English"), "{refusal}");
    }

    #[test]
    fn a_header_with_the_marks_of_another_format_only_is_refused() {
        let refusal = layout_of(TOGGL, Format::Clockify).unwrap_err();
        let (format, looks_like) = (Format::Clockify, Format::Toggl);
        assert_eq!(refusal, ExportRefusal::OtherFormat { format, looks_like });
    }

    #[test]
    fn two_columns_of_one_meaning_are_refused() {
        let refusal = layout_of(&format!("{TOGGL},Stop time"), Format::Toggl).unwrap_err();
        assert_eq!(refusal, ExportRefusal::DoubledColumn { column: "End time" });
    }
}
