//! What an importer hands on: one row of worked time with its person, its place and the foreign
//! facts beside it, and the text by which the same row is known again in a later export.
//! Foreign amounts stay facts; nothing here prices or rounds time.

use std::fmt::Write as _;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::time::Worked;

/// One readable row of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    /// The number of the record in the file; the header is 1, so the first row of time is 2. Blank
    /// lines aren't counted, and a cell with line breaks in it doesn't add any.
    pub row: u32,
    /// Who worked; `None` when the row doesn't say, and then the caller needs a default.
    pub person: Option<Person>,
    /// The client's name, if the row has one.
    pub client: Option<String>,
    /// The project's name, never empty.
    pub project: String,
    /// The task's name, if the row has one.
    pub task: Option<String>,
    /// What was done; may be empty. Line breaks are `\n`.
    pub note: String,
    /// Labels in the file's order, none twice.
    pub tags: Vec<String>,
    /// Whether the time is billable; `None` when the file doesn't say.
    pub billable: Option<bool>,
    /// When and how long.
    pub worked: Worked,
    /// What the foreign system held about this row, kept as it was found.
    pub facts: SourceFacts,
    /// How the row's times were written, which is what its identity is made of.
    pub written: Written,
    /// 1 for the first row of the file with this content, 2 for the second, and so on.
    pub occurrence: u32,
}

/// A person as a foreign system names them. At least one of the two isn't empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name; the e-mail address where the file has no name.
    pub name: String,
    /// The e-mail address in lower case. Harvest exports none.
    pub email: Option<String>,
}

/// How the times of a row were written. The identity is made of this and not of instants, so that
/// a file read again in another zone is still known as the same file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// A day and a length.
    Length,
    /// Local start and end (the end computed where the file has a start and a length).
    Local {
        /// Local start.
        start: DateTime,
        /// Local end.
        end: DateTime,
    },
    /// Instants with an offset; they are in the span.
    Instants,
}

/// What the foreign system said about money and state: facts about that system, never ours.
///
/// Amounts and rates are decimal strings with a point and no grouping (`2000.0`), or the text
/// found where that can't be told. Everything else is the text found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceFacts {
    /// Billable rate per hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    /// Billable amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// Cost rate per hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_rate: Option<String>,
    /// Cost amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_amount: Option<String>,
    /// Currency: from a `Currency` cell (`Euro - EUR` is `EUR`), else from `Amount (EUR)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Whether it was invoiced there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoiced: Option<String>,
    /// The invoice it was on there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_id: Option<String>,
    /// Whether it was approved there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved: Option<String>,
    /// The project's code there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_code: Option<String>,
    /// A link to what the time was for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_url: Option<String>,
    /// When the row was made there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// Hours after that system's rounding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounded_hours: Option<String>,
    /// The person's number there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee_id: Option<String>,
}

/// The canonical text that identifies a row: its content and its occurrence in the file.
///
/// The content is the person (e-mail address, else name), client, project, task, note, billable and
/// the times as written, each prefixed with its length in bytes. Columns of money, state, tags and
/// unknown ones aren't part of it, nor are the order of columns, byte order marks and the zone. It
/// holds personal data: keep only a keyed hash of it.
pub fn row_identity(row: &ExportRow) -> String {
    let mut text = row_content(row);
    push(&mut text, &row.occurrence.to_string());
    text
}

/// The identity of a row without its occurrence.
pub(super) fn row_content(row: &ExportRow) -> String {
    let mut text = String::with_capacity(128 + row.note.len());
    let person = row.person.as_ref().map(|who| who.email.as_ref().unwrap_or(&who.name));
    push(&mut text, "row/1");
    push(&mut text, person.map_or("", |name| name));
    push(&mut text, row.client.as_deref().unwrap_or(""));
    push(&mut text, &row.project);
    push(&mut text, row.task.as_deref().unwrap_or(""));
    push(&mut text, &row.note);
    push(&mut text, row.billable.map_or("", |yes| if yes { "yes" } else { "no" }));
    match (row.written, &row.worked.span) {
        (Written::Local { start, end }, _) => {
            push(&mut text, &start.to_string());
            push(&mut text, &end.to_string());
        }
        (Written::Instants, Some(span)) => {
            push(&mut text, &span.start.to_string());
            push(&mut text, &span.end.to_string());
        }
        (Written::Instants | Written::Length, _) => {
            push(&mut text, &row.worked.day.to_string());
            push(&mut text, &row.worked.seconds.to_string());
        }
    }
    text
}

fn push(text: &mut String, field: &str) {
    write!(text, "{}:{field}", field.len()).expect("writing to a string can't fail");
}
