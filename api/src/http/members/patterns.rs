//! By which patterns a member works. They and those who look after them see it; admins set it.

use commands::members::SetWorkPattern;
use domain::id::MemberId;
use domain::members::WorkPattern;
use jiff::civil::Date;
use projections::members::work_pattern::{self, WorkPattern as Patterns, WorkPatternRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ById, KIND, Nothing, sees_addresses, send};
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::Call;
use crate::http::cursor::Page;
use crate::http::problem::Problem;

/// A pattern of work.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "WorkPattern")]
pub(crate) struct PatternBody {
    /// The first day it holds; null = from always.
    from: Option<Date>,
    /// Minutes of work by weekday, Monday first: seven for each week of the cycle, which begins with
    /// the week of the first day.
    minutes: Vec<u32>,
}

impl PatternBody {
    /// The pattern as it's shown.
    pub(super) fn of(pattern: &WorkPattern) -> Self {
        PatternBody { from: pattern.from, minutes: pattern.minutes.clone() }
    }
}

/// `GET /members/{id}/work-patterns`.
pub(crate) async fn list(call: Call<ById, Nothing>) -> Result<Answer<Page<PatternBody>>, Problem> {
    let member = MemberId(call.path.id);
    let mut tx = call.tx().await?;
    let known = match call.rows_then::<projections::members::member::Member>().await? {
        None => projections::members::member::find(&mut tx, member).await?,
        Some(mut rows) => rows.take(&member),
    };
    known.ok_or_else(Problem::not_found)?;
    if !sees_addresses(&call, member) {
        return Err(Problem::forbidden());
    }
    let rows = match call.rows_then::<Patterns>().await? {
        None => work_pattern::of_member(&mut tx, member).await?,
        Some(rows) => {
            let mut own: Vec<WorkPatternRow> =
                rows.iter().filter(|row| row.member_id == member).cloned().collect();
            own.sort_by_key(|row| row.from_day);
            own
        }
    };
    tx.commit().await?;
    let shown = |row: WorkPatternRow| PatternBody { from: row.from_day.0, minutes: row.minutes };
    let items = rows.into_iter().map(shown).collect();
    Ok(call.read(Page { items, next_cursor: None }))
}

/// A pattern to set.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetPatternBody {
    /// The first day it holds; left out = from always. A pattern of the same day is replaced.
    from: Option<Date>,
    /// Minutes of work by weekday, Monday first: seven for each week of the cycle, eight weeks at
    /// most.
    minutes: Vec<u32>,
}

/// `POST /members/{id}/work-patterns`.
pub(crate) async fn set(
    call: Call<ById, Nothing, Json<SetPatternBody>>,
) -> Result<Answer<Changed>, Problem> {
    let member = MemberId(call.path.id);
    let SetPatternBody { from, minutes } = &call.body.0;
    let command = |expected_version| {
        let (from, minutes) = (*from, minutes.clone());
        SetWorkPattern { member, from, minutes, expected_version }
    };
    Ok(call.changed(send(&call, member, command).await?, (KIND, member.0)))
}
