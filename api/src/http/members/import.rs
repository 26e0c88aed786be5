//! `POST /members/import`: people of a CSV file become members. Whoever is there already is left,
//! so the same request may come again.

use axum::http::StatusCode;
use commands::Sender;
use commands::event_log::read::head_of;
use commands::members::{PeopleError, PeopleOptions, PersonNote, import_people};
use domain::log::Via;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::http::answer::Answer;
use crate::http::body::Csv;
use crate::http::call::Call;
use crate::http::problem::{FieldError, Problem};

/// How to take people in.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct How {
    /// Write nothing, and say what would be.
    #[serde(default)]
    dry_run: bool,
    /// Mail an invitation to everybody who is added and has an address.
    #[serde(default)]
    invite: bool,
}

/// A row with what there is to say of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PersonNote")]
pub(crate) struct Note {
    /// The number of the record in the file; the header is 1.
    row: u32,
    reason: String,
}

/// What a file of people came to. Each row was added, is a duplicate, or was skipped.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct PeopleBody {
    rows: usize,
    added: usize,
    /// Those who were added and are mailed an invitation.
    invited: usize,
    /// Rows of people who were there before, or stood higher up in the file.
    duplicates: usize,
    skipped: Vec<Note>,
    /// Rows that were taken with something left out.
    warnings: Vec<Note>,
    /// Columns that mean nothing here.
    ignored_columns: Vec<String>,
}

fn notes(notes: Vec<PersonNote>) -> Vec<Note> {
    notes.into_iter().map(|PersonNote { row, reason }| Note { row, reason }).collect()
}

/// `POST /members/import`.
pub(crate) async fn import(call: Call<(), How, Csv>) -> Result<Answer<PeopleBody>, Problem> {
    let How { dry_run, invite } = call.query;
    let options = PeopleOptions { dry_run, invite };
    let sender = Sender { via: Via::Import, key: None, ..call.sender() };
    let outcome = import_people(&call.app.commands, sender, &call.body.0, options).await;
    let report = outcome.map_err(|error| match error {
        PeopleError::Command(error) => error.into(),
        PeopleError::File(refusal) => {
            let (code, detail) = ("members.unreadable_file", refusal.to_string());
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail.clone())
                .with_error(FieldError::new("", code, detail))
        }
    })?;
    let body = PeopleBody {
        rows: report.rows,
        added: report.added,
        invited: report.invited,
        duplicates: report.duplicates,
        skipped: notes(report.skipped),
        warnings: notes(report.warnings),
        ignored_columns: report.ignored_columns,
    };
    let head = head_of(&call.app.tenants, call.tenant.id).await?;
    Ok(Answer::of(body).at(head))
}
