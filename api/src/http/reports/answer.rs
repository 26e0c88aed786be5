//! A report on its way out, in the format that was asked for. Files have a name of their own and
//! are kept nowhere on the way.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures::stream;
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::{Schema, SchemaGenerator};

use super::format::{CSV, Format, XLSX};
use super::table::Table;
use super::{csv, document, xlsx};
use crate::http::answer::{Answers, EVENT_POSITION};
use crate::http::files::disposition;
use crate::http::problem::Problem;

/// How many lines travel at once.
const LINES: usize = 2000;

/// How a report is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Manner {
    /// In which format.
    pub(crate) format: Format,
    /// Whether CSV says that it's UTF-8.
    pub(crate) bom: bool,
    /// Its days.
    pub(crate) days: (Date, Date),
    /// The moment it's about, where it's not the present.
    pub(crate) as_of: Option<i64>,
    /// When it's made.
    pub(crate) now: Timestamp,
}

/// A report as it's sent.
#[derive(Debug)]
pub(crate) struct Rendered {
    headers: HeaderMap,
    body: Body,
}

/// The most rows of any report: those that fit a sheet.
pub(crate) const ROWS_MAX: usize = xlsx::ROWS_MAX;

/// 422: more rows than a report has.
pub(crate) fn too_many_rows() -> Problem {
    let detail =
        format!("a report has at most {ROWS_MAX} rows; ask for fewer days, or group by less");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "reports.too_many_rows", detail)
}

/// The whole of a report in the format asked for, as pieces of bytes.
pub(crate) fn written(
    table: Table,
    manner: &Manner,
) -> Result<Box<dyn Iterator<Item = Vec<u8>> + Send>, Problem> {
    if table.rows.len() > ROWS_MAX {
        return Err(too_many_rows());
    }
    Ok(match manner.format {
        Format::Json => {
            let document = document::document(&table, manner.days);
            let bytes = serde_json::to_vec(&document).expect("a report is plain data");
            Box::new(std::iter::once(bytes))
        }
        Format::Xlsx => {
            let bytes = xlsx::workbook(&table, manner.now);
            Box::new(std::iter::once(bytes.map_err(|error| Problem::internal(&error))?))
        }
        Format::Csv => {
            let bom = if manner.bom { csv::BOM } else { "" };
            let head = format!("{bom}{}", csv::head(&table)).into_bytes();
            let Table { columns, rows, .. } = table;
            let starts = (0..rows.len()).step_by(LINES);
            let piece = move |start: usize| {
                let rows = &rows[start..rows.len().min(start + LINES)];
                let lines: String = rows.iter().map(|row| csv::line(&columns, row)).collect();
                lines.into_bytes()
            };
            Box::new(std::iter::once(head).chain(starts.map(piece)))
        }
    })
}

/// The answer with a report.
pub(crate) async fn render(table: Table, manner: Manner) -> Result<Rendered, Problem> {
    let mut headers = HeaderMap::new();
    let (media, ending) = match manner.format {
        Format::Json => ("application/json", None),
        Format::Csv => ("text/csv; charset=utf-8; header=present", Some("csv")),
        Format::Xlsx => (XLSX, Some("xlsx")),
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    if let Some(ending) = ending {
        let name = format!("{}.{ending}", table.file_stem);
        headers.insert(header::CONTENT_DISPOSITION, disposition::written(false, &name));
    }
    if let Some(position) = manner.as_of {
        headers.insert(EVENT_POSITION, position.into());
    }
    // A large workbook takes seconds of work, which others' requests must not wait for.
    let pieces = tokio::task::spawn_blocking(move || written(table, &manner)).await;
    let mut pieces = pieces.map_err(|error| Problem::internal(&error))??;
    let body = match manner.format {
        Format::Csv => Body::from_stream(stream::iter(pieces.map(Ok::<_, std::io::Error>))),
        Format::Json | Format::Xlsx => Body::from(pieces.next().unwrap_or_default()),
    };
    Ok(Rendered { headers, body })
}

impl IntoResponse for Rendered {
    fn into_response(self) -> Response {
        (StatusCode::OK, self.headers, self.body).into_response()
    }
}

impl Answers for Rendered {
    const OTHER_MEDIA: &'static [&'static str] = &[CSV, XLSX];

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<document::Document<'_>>()
    }
}
