//! Why a whole file, or one row of it, isn't taken, and what was taken with a doubt. Each reason
//! has a name to compare and a sentence that tells a person what to do. A sentence may quote a cell
//! that should be a date, a time or a number, cut short; it never sets out to quote a name or note.

use std::fmt;

use jiff::civil::DateTime;
use thiserror::Error;

use super::Format;

/// Most rows of time that one file may hold: a year of a firm of about 400 people.
pub const MAX_ROWS: u32 = 500_000;
/// Most bytes that one cell may hold: 16 KiB.
pub const MAX_CELL_BYTES: usize = 16 * 1024;

/// Why nothing of a file is taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExportRefusal {
    /// No bytes, or nothing but blank lines.
    #[error("the file is empty")]
    Empty,
    /// An archive or a workbook and not a text.
    #[error("the file is an archive or a workbook: export or save it as CSV")]
    Archive,
    /// Bytes that aren't UTF-8, most often Windows-1252.
    #[error(
        "the text isn't UTF-8 (first at byte {byte}), it may be Windows-1252: save the file again \
         as \"CSV UTF-8\""
    )]
    NotUtf8 {
        /// Offset of the first bad byte, from 0.
        byte: usize,
    },
    /// Zero bytes: UTF-16 that doesn't say so, or no text at all.
    #[error(
        "the file holds zero bytes: it's UTF-16 without a byte order mark, or no text; save it \
         again as \"CSV UTF-8\""
    )]
    ZeroBytes,
    /// UTF-16 with a byte order mark and a broken pair or an odd length.
    #[error("the UTF-16 text is damaged: save the file again as \"CSV UTF-8\"")]
    DamagedUtf16,
    /// The header lacks what this format can't be read without.
    #[error("{}", missing_columns(*.format, .missing, *.looks_like))]
    MissingColumns {
        /// The format that was asked for.
        format: Format,
        /// The columns that weren't found; alternatives are joined by "or".
        missing: Vec<String>,
        /// The format that the header would suit.
        looks_like: Option<Format>,
    },
    /// The header could be read, but has the marks of another format only.
    #[error("this looks like an export of {looks_like}, not of {format}: choose that format")]
    OtherFormat {
        /// The format that was asked for.
        format: Format,
        /// The format whose marks the header has.
        looks_like: Format,
    },
    /// Two columns of the header mean the same.
    #[error("the header has two columns for {column}: remove one")]
    DoubledColumn {
        /// Name of the column, as the format usually writes it.
        column: &'static str,
    },
    /// A quote is opened in the last record and never closed, so rows would be lost in it.
    #[error("row {row} opens a quote that is never closed: the file is cut or damaged")]
    UnclosedQuote {
        /// Number of the record, the header being 1.
        row: u32,
    },
    /// More rows than one file may hold.
    #[error("the file has more than {limit} rows: split it")]
    TooManyRows {
        /// The limit: [`MAX_ROWS`].
        limit: u32,
    },
    /// A cell is longer than a cell may be.
    #[error("row {row} has a cell of {bytes} bytes in column {column}; at most {limit} are taken")]
    CellTooLong {
        /// Number of the record, the header being 1.
        row: u32,
        /// Number of the column, from 1.
        column: u32,
        /// Length of the cell.
        bytes: usize,
        /// The limit: [`MAX_CELL_BYTES`].
        limit: usize,
    },
    /// The zone to read local times in isn't in the time zone database.
    #[error("unknown time zone {0:?}: give an IANA name such as Africa/Johannesburg")]
    UnknownZone(String),
}

fn missing_columns(format: Format, missing: &[String], looks_like: Option<Format>) -> String {
    let mut text =
        format!("the header isn't one of {format}: it has no column {}", missing.join(", "));
    match looks_like {
        Some(other) => text.push_str(&format!("; it looks like {other}")),
        None => text.push_str("; export with the language set to English and with these columns"),
    }
    text
}

/// A row that isn't taken. The rest of the file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// Number of the record, the header being 1.
    pub row: u32,
    /// The column at fault, as the format usually writes it.
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: FaultReason,
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.reason)
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FaultReason {
    /// A cell that must be filled is empty or absent.
    #[error("is empty")]
    Missing,
    /// A quoted cell with line breaks goes on behind its closing quote.
    #[error("has a quote too many or too few and may hold the rows below it: mend it")]
    TornQuotes,
    /// A break, a holiday or time off, which the export lists among the work.
    #[error("{0:?} isn't work")]
    NotWork(String),
    /// No day of the calendar between 1970 and 2199.
    #[error("{0:?} isn't a date")]
    NotADate(String),
    /// The file writes days both ways, and this one can be read both ways.
    #[error(
        "{found:?} can be read both ways: row {day_first_row} writes the day first, row \
         {month_first_row} the month"
    )]
    AmbiguousDate {
        /// The cell.
        found: String,
        /// The first row whose dates have the day first.
        day_first_row: u32,
        /// The first row whose dates have the month first.
        month_first_row: u32,
    },
    /// Not a time of day.
    #[error("{0:?} isn't a time of day")]
    NotATime(String),
    /// Neither hours and minutes nor a number.
    #[error("{0:?} isn't a length of time")]
    NotALength(String),
    /// The file uses comma and point as decimal mark, and this number can be read both ways.
    #[error("{0:?} can be read both ways: the file has decimal commas and decimal points")]
    AmbiguousNumber(String),
    /// The clock went forward over this local time.
    #[error("{local} doesn't exist in {zone}: the clock went forward over it")]
    LocalTimeDoesNotExist {
        /// The local time.
        local: DateTime,
        /// The zone's name.
        zone: String,
    },
    /// The row names a zone that isn't in the time zone database.
    #[error("unknown time zone {0:?}")]
    UnknownZone(String),
    /// The end is before the start.
    #[error("the end is before the start")]
    EndBeforeStart,
    /// A length below zero.
    #[error("the length is negative")]
    NegativeLength,
    /// Nothing was worked.
    #[error("the length is zero")]
    ZeroLength,
    /// Longer than 24 hours.
    #[error("the length is more than 24 hours")]
    TooLong,
}

/// A row that is taken, with a doubt worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowWarning {
    /// Number of the record; 1, the header, for what concerns the whole file.
    pub row: u32,
    /// The doubt.
    pub reason: WarningReason,
}

/// Why a row, or a file, deserves a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WarningReason {
    /// No column says who worked.
    NoPersonColumn,
    /// The row doesn't say who worked.
    NoPerson,
    /// No date tells whether the day or the month comes first.
    DateOrderGuessed {
        /// What was assumed.
        day_first: bool,
        /// Whether AM and PM were the hint.
        by_clock: bool,
    },
    /// No number tells which decimal mark is used; it was read as one.
    DecimalMarkGuessed {
        /// The mark.
        mark: char,
    },
    /// A length cell disagrees with start and end, which win.
    LengthDisagrees {
        /// The column with the length.
        field: &'static str,
        /// Seconds in the cell.
        written: u32,
        /// Seconds from start to end, which were taken.
        taken: u32,
    },
    /// A length cell can't be read; start and end were taken.
    LengthUnreadable {
        /// The column with the length.
        field: &'static str,
    },
    /// The local time happened twice and nothing decides; the first one was taken.
    LocalTimeTwice {
        /// The local time.
        local: DateTime,
        /// The zone's name.
        zone: String,
    },
    /// The date cell isn't the local day of the start, which was taken.
    DateDisagrees,
    /// Neither yes nor no; taken as not said.
    BillableUnreadable,
    /// More cells than the header has columns: a delimiter may be unquoted.
    ExtraCells,
}

impl fmt::Display for WarningReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPersonColumn => f.write_str("no column says who worked: name a member for all"),
            Self::NoPerson => f.write_str("the row doesn't say who worked"),
            Self::DateOrderGuessed { day_first, by_clock } => {
                let order = if *day_first { "day" } else { "month" };
                let hint = if *by_clock { " because of AM and PM" } else { "" };
                write!(f, "no date tells if day or month comes first; the {order} was taken{hint}")
            }
            Self::DecimalMarkGuessed { mark } => {
                write!(f, "no number tells the decimal mark; {mark:?} was taken as one")
            }
            Self::LengthDisagrees { field, written, taken } => {
                write!(f, "{field} says {written} s, start and end say {taken} s, which was taken")
            }
            Self::LengthUnreadable { field } => {
                write!(f, "{field} can't be read; start and end were taken")
            }
            Self::LocalTimeTwice { local, zone } => {
                write!(f, "{local} happened twice in {zone}; the first was taken")
            }
            Self::DateDisagrees => {
                f.write_str("the date isn't the day of the start, which was taken")
            }
            Self::BillableUnreadable => f.write_str("billable is neither yes nor no; left open"),
            Self::ExtraCells => {
                f.write_str("more cells than the header: a delimiter may be unquoted")
            }
        }
    }
}

/// A cell as a sentence quotes it: at most 24 characters.
pub(super) fn quoted(cell: &str) -> String {
    let mut text: String = cell.chars().take(24).collect();
    if text.len() < cell.len() {
        text.push('…');
    }
    text
}
