//! What members do often, for one click less: the labels they use and the tasks they worked on.

use domain::id::MemberId;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use projections::catalogue::project::Project;
use projections::catalogue::task::Task;
use projections::time::habits::{self, TagUse, TaskUse};
use projections::time::time_entry::TimeEntry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::timer::{Whose, moment_of};
use crate::http::answer::Answer;
use crate::http::call::{About, Call};
use crate::http::cursor::Page;
use crate::http::problem::Problem;

/// How far back labels are looked for.
const TAGS_DAYS: i64 = 400;
/// The most labels that are answered.
const TAGS_MAX: usize = 200;
/// How far back tasks are looked for.
const RECENT_DAYS: i64 = 100;
/// The most tasks that are answered.
const RECENT_MAX: usize = 50;

/// The day so many days before the moment that the read is about.
async fn days_before(about: &About, days: i64) -> Result<Date, Problem> {
    let today = moment_of(about).await?.to_zoned(TimeZone::UTC).date();
    Ok(today.checked_sub(jiff::Span::new().days(days)).unwrap_or(Date::MIN))
}

/// A label with its use.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Tag")]
pub(crate) struct TagBody {
    tag: String,
    /// How many entries have it.
    entries: i64,
    /// The last day of one.
    last_day: Date,
}

/// Which labels.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfTags {
    /// Used by this member; left out = by all whose time you see.
    member_id: Option<Uuid>,
    /// That contain this text, in any case.
    q: Option<String>,
}

/// `GET /tags`: of the last 400 days, most used first.
pub(crate) async fn tags(call: Call<(), OfTags>) -> Result<Answer<Page<TagBody>>, Problem> {
    let member = match (call.query.member_id.map(MemberId), call.sees_only()) {
        (asked, None) => asked,
        (None, Some(own)) => Some(own),
        (Some(asked), Some(own)) if asked == own => Some(own),
        (Some(_), Some(_)) => return Err(Problem::forbidden()),
    };
    let since = days_before(&call, TAGS_DAYS).await?;
    let containing = call.query.q.as_deref();
    let found = match call.rows_then::<TimeEntry>().await? {
        Some(rows) => {
            let of_member = |owner| member.is_none_or(|member| owner == member);
            let rows = rows.iter().filter(|row| row.day >= since && of_member(row.member_id));
            habits::tags_of(rows, containing, TAGS_MAX)
        }
        None => {
            let mut tx = call.tx().await?;
            let limit = TAGS_MAX as i64;
            let found = habits::tags(&mut tx, member, since, containing, limit).await?;
            tx.commit().await?;
            found
        }
    };
    let body = |TagUse { tag, entries, last_day }| TagBody { tag, entries, last_day };
    let items = found.into_iter().map(body).collect();
    Ok(call.read(Page { items, next_cursor: None }))
}

/// A task that a member worked on lately.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "RecentTask")]
pub(crate) struct RecentBody {
    project_id: Uuid,
    task_id: Uuid,
    /// How many entries are on it.
    entries: i64,
    /// The last day of one.
    last_day: Date,
}

/// `GET /time-entries/recent`: of the last 100 days, the last ones first, without those that take
/// no new time.
pub(crate) async fn recent(call: Call<(), Whose>) -> Result<Answer<Page<RecentBody>>, Problem> {
    let member = call.query.member(&call)?;
    let since = days_before(&call, RECENT_DAYS).await?;
    let found = match call.rows_then::<TimeEntry>().await? {
        Some(rows) => {
            let (projects, tasks) =
                (call.rows_then::<Project>().await?, call.rows_then::<Task>().await?);
            let (Some(mut projects), Some(mut tasks)) = (projects, tasks) else {
                return Err(Problem::internal(&"the past of one model and not of another"));
            };
            let own = rows.iter().filter(|row| row.day >= since && row.member_id == member);
            let mut open = |it: &TaskUse| {
                projects.get(&it.project).is_some_and(|project| !project.archived)
                    && tasks.get(&it.task).is_some_and(|task| !task.archived)
            };
            let mut found = habits::recent_tasks_of(own, usize::MAX);
            found.retain(|it| open(it));
            found.truncate(RECENT_MAX);
            found
        }
        None => {
            let mut tx = call.tx().await?;
            let found = habits::recent_tasks(&mut tx, member, since, RECENT_MAX as i64).await?;
            tx.commit().await?;
            found
        }
    };
    let body = |it: TaskUse| RecentBody {
        project_id: it.project.0,
        task_id: it.task.0,
        entries: it.entries,
        last_day: it.last_day,
    };
    Ok(call.read(Page { items: found.into_iter().map(body).collect(), next_cursor: None }))
}
