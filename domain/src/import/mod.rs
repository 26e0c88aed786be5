//! Reads exports of other systems: bytes in, rows of worked time out, each bad row by number and
//! reason and the rest kept. Nothing is recorded here; members, clients and projects stay names.
//! A file is read twice: first for its habits (order of dates, decimal mark), then for its rows.

mod calendar;
mod clockify;
mod columns;
mod encoding;
mod events;
mod harvest;
mod number;
mod plain;
#[cfg(test)]
mod random;
mod refusal;
mod row;
mod rows;
mod survey;
mod toggl;
mod worked;
mod zone;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub(crate) use encoding::text_of;
pub use events::{ImportEvent, ImportFinished, ImportSource, ImportStarted, ImportUndone};
pub use plain::HEADER as CSV_HEADER;
pub use refusal::{
    ExportRefusal, FaultReason, MAX_CELL_BYTES, MAX_ROWS, RowFault, RowWarning, WarningReason,
};
pub use row::{ExportRow, Person, SourceFacts, Written, row_identity};

/// The system that a file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Toggl Track: detailed report or time entries.
    Toggl,
    /// Clockify: detailed report.
    Clockify,
    /// Harvest: detailed time report or "export all time".
    Harvest,
    /// Our own plain form; its header is [`CSV_HEADER`].
    Csv,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 4] = [Format::Toggl, Format::Clockify, Format::Harvest, Format::Csv];
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Toggl => "toggl",
            Format::Clockify => "clockify",
            Format::Harvest => "harvest",
            Format::Csv => "csv",
        })
    }
}

/// A format's name that isn't known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown format {0:?}: toggl, clockify, harvest or csv")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Format::ALL.into_iter().find(|format| format.to_string() == text);
        found.ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// What a file holds. Every record after the header is either a row or a fault.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// The readable rows, in the file's order.
    pub rows: Vec<ExportRow>,
    /// The rows that can't be taken, in the file's order.
    pub faults: Vec<RowFault>,
    /// Doubts: those about the whole file first, then those about readable rows in their order.
    pub warnings: Vec<RowWarning>,
}

/// Reads an export. Local times are in `zone` (an IANA name), unless a row names its own.
///
/// # Errors
/// An [`ExportRefusal`] when nothing of the file can be taken: no text, no or another format's
/// header, a cut file, or one above [`MAX_ROWS`] or [`MAX_CELL_BYTES`].
pub fn read_export(bytes: &[u8], format: Format, zone: &str) -> Result<Export, ExportRefusal> {
    let text = encoding::text_of(bytes)?;
    let mut zones = zone::Zones::default();
    let Some(zone) = zones.get(zone).cloned() else {
        return Err(ExportRefusal::UnknownZone(zone.to_owned()));
    };
    if text.trim().is_empty() {
        return Err(ExportRefusal::Empty);
    }
    let layout = columns::layout_of(&text, format)?;
    let habits = survey::survey(&text, &layout)?;
    Ok(rows::read_rows(&text, &layout, habits, zone, zones))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_named_in_lower_case() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        assert_eq!("Toggl".parse::<Format>(), Err(UnknownFormat("Toggl".into())));
    }

    #[test]
    fn a_file_without_text_or_in_an_unknown_zone_is_refused() {
        let refusal = |bytes: &[u8], zone| read_export(bytes, Format::Csv, zone).unwrap_err();
        assert_eq!(refusal(b"", "UTC"), ExportRefusal::Empty);
        assert_eq!(refusal(b"\xEF\xBB\xBF \r\n", "UTC"), ExportRefusal::Empty);
        let unknown = ExportRefusal::UnknownZone("Moon/Base".into());
        assert_eq!(refusal(b"project\n", "Moon/Base"), unknown);
    }
}
