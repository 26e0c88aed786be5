//! Copying a member's week to another one over HTTP.

use commands::time::{CopyReport, CopyWeek, OnConflict};
use commands::unit::told;
use domain::time::{Timesheet, Week, timesheet_stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sheets::{ByWeek, object};
use crate::http::answer::Answer;
use crate::http::body::OptionalJson;
use crate::http::call::Call;
use crate::http::if_seen::IfSeen;
use crate::http::members::Nothing;
use crate::http::problem::{FieldError, Problem};

/// What to do about an entry that can't be copied: one that would overlap, whose project or task
/// takes no more time, or whose local time does not exist or comes twice on the new day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OnConflict")]
pub(crate) enum OnConflictName {
    /// Copy the others.
    #[default]
    Skip,
    /// Copy nothing.
    Refuse,
}

/// What to copy into the week of the path.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopyBody {
    /// An ISO week, such as `2026-W10`; left out = the one before.
    from_week: Option<String>,
    #[serde(default)]
    on_conflict: OnConflictName,
    /// Whether to copy to public holidays and to days that the member does not work on.
    #[serde(default)]
    include_days_off: bool,
}

/// An entry with its copy.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct CopiedBody {
    /// The entry that was copied.
    from_id: Uuid,
    /// The new entry.
    id: Uuid,
}

/// An entry that was not copied.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct SkippedBody {
    from_id: Uuid,
    /// Why, such as `time.overlap`.
    code: String,
    detail: String,
}

/// What a copy came to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "WeekCopied")]
pub(crate) struct CopyAnswer {
    copied: Vec<CopiedBody>,
    skipped: Vec<SkippedBody>,
    /// Where the log stands after it.
    position: i64,
}

/// `POST /timesheets/{member_id}/{week}/copy`.
pub(crate) async fn copy(
    call: Call<ByWeek, Nothing, OptionalJson<CopyBody>>,
) -> Result<Answer<CopyAnswer>, Problem> {
    let (member, to) = call.path.parsed()?;
    let CopyBody { from_week, on_conflict, include_days_off } = call.body.0.clone();
    let from: Week = match from_week {
        None => to.before(),
        Some(text) => text.parse().map_err(|_| {
            let why = "give a week such as 2026-W10";
            Problem::malformed(vec![FieldError::new("/from_week", "json.invalid", why)])
        })?,
    };
    let on_conflict = match on_conflict {
        OnConflictName::Skip => OnConflict::Skip,
        OnConflictName::Refuse => OnConflict::Refuse,
    };
    let command = CopyWeek { member, from, to, on_conflict, include_days_off };
    let stream = timesheet_stream(member, to);
    let object = object(stream);
    let command = |seen| IfSeen::<Timesheet, _>::new(stream, seen, command);
    let done = call.send_if(object, stream, |_, _| true, command).await?;
    let mut tx = call.tx().await?;
    let report: Option<CopyReport> = told(&mut tx, done).await?;
    tx.commit().await?;
    let CopyReport { copied, skipped } = report.unwrap_or_default();
    let copied = copied.into_iter().map(|it| CopiedBody { from_id: it.from, id: it.id });
    let skipped = skipped.into_iter().map(|it| SkippedBody {
        from_id: it.from,
        code: it.code,
        detail: it.detail,
    });
    let (copied, skipped) = (copied.collect(), skipped.collect());
    let answer = call.changed(done, object);
    Ok(answer.map(|changed| CopyAnswer { copied, skipped, position: changed.position }))
}
