//! In which format a report is given: as its query says, else as its reader accepts, else JSON.

use axum::http::{HeaderMap, header};
use clap::ValueEnum;
use schemars::JsonSchema;
use serde::Deserialize;

/// The media type of CSV.
pub(crate) const CSV: &str = "text/csv";
/// The media type of workbooks.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    /// A document for programs.
    Json,
    /// Lines of values.
    Csv,
    /// A workbook.
    Xlsx,
}

impl Format {
    /// What is asked for, else what the headers accept best.
    pub(crate) fn chosen(asked: Option<Format>, headers: &HeaderMap) -> Format {
        asked.or_else(|| accepted(headers)).unwrap_or(Format::Json)
    }

    fn of_media(media: &str) -> Option<Format> {
        match media {
            CSV | "text/*" => Some(Format::Csv),
            XLSX => Some(Format::Xlsx),
            "application/json" | "application/*" | "*/*" => Some(Format::Json),
            _ => None,
        }
    }
}

/// The best accepted of those there are, by RFC 9110; of equals the first.
fn accepted(headers: &HeaderMap) -> Option<Format> {
    let mut best: Option<(Format, u32)> = None;
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for range in values.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts
            .filter_map(|parameter| parameter.strip_prefix("q="))
            .find_map(|weight| weight.parse::<f32>().ok())
            .map_or(1000, |weight| (weight.clamp(0.0, 1.0) * 1000.0) as u32);
        let better = best.is_none_or(|(_, known)| quality > known) && quality > 0;
        if let Some(format) = Format::of_media(&media).filter(|_| better) {
            best = Some((format, quality));
        }
    }
    best.map(|(format, _)| format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_wins_over_what_is_accepted_and_the_best_accepted_over_the_rest() {
        let chosen = |asked, accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            Format::chosen(asked, &headers)
        };
        assert_eq!(Format::chosen(None, &HeaderMap::new()), Format::Json);
        assert_eq!(chosen(None, "text/csv"), Format::Csv);
        assert_eq!(chosen(None, XLSX), Format::Xlsx);
        assert_eq!(chosen(Some(Format::Json), "text/csv"), Format::Json);
        assert_eq!(chosen(None, "text/html, */*;q=0.8"), Format::Json);
        assert_eq!(chosen(None, "application/json;q=0.5, Text/CSV;q=0.9"), Format::Csv);
        assert_eq!(chosen(None, "text/csv;q=0, image/png"), Format::Json);
    }
}
