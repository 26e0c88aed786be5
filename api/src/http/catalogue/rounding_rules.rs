//! Rounding rules of clients, projects and tasks over HTTP. The tenant's own is made of its
//! settings and holds where none of these does. A rule is no secret: everybody sees how their time
//! is rounded.

use commands::catalogue::{ClearRoundingRule, SetRoundingRule};
use domain::catalogue::rounding_rules::RuleScope;
use domain::catalogue::{RoundingRule as Rules, set_rounding_rule};
use domain::id::{ClientId, ProjectId, TaskId};
use domain::time::{Rounding, RoundingMode, RoundingScope, RoundingTie};
use jiff::Timestamp;
use jiff::civil::Date;
use projections::billing::unbilled;
use projections::catalogue::rounding_rule::{self, RoundingRule, RoundingRuleRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rates::{nameless, refusal};
use crate::http::answer::{Answer, Changed};
use crate::http::billing::preview::{Preview, preview};
use crate::http::body::Json;
use crate::http::call::{Call, piece};
use crate::http::cursor::Page;
use crate::http::members::Nothing;
use crate::http::problem::{FieldError, Problem};

/// Names of a choice in requests and answers, one for one with the domain's.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident as $schema:literal for $of:ident {
        $($(#[$variant_doc:meta])* $variant:ident),+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[schemars(rename = $schema)]
        #[allow(clippy::enum_variant_names, reason = "the names are those of the API")]
        pub(crate) enum $name { $($(#[$variant_doc])* $variant),+ }

        impl From<$name> for $of {
            fn from(name: $name) -> Self {
                match name { $($name::$variant => $of::$variant),+ }
            }
        }

        impl From<$of> for $name {
            fn from(of: $of) -> Self {
                match of { $($of::$variant => $name::$variant),+ }
            }
        }
    };
}

names! {
    /// Which way time is rounded.
    ModeName as "RoundingMode" for RoundingMode {
        /// Not at all.
        None,
        /// To the next whole interval.
        Up,
        /// To the nearer one.
        Nearest,
        /// To the last one.
        Down
    }
}

names! {
    /// What becomes of exactly half an interval.
    TieName as "RoundingTie" for RoundingTie {
        /// It goes up.
        HalfUp,
        /// It goes down.
        HalfDown,
        /// It goes to the even number of intervals.
        HalfEven
    }
}

names! {
    /// What is rounded.
    ScopeName as "RoundingScope" for RoundingScope {
        /// Each entry.
        Entry,
        /// Start and end of each entry, on the local clock.
        Ends,
        /// A member's day on one task.
        Day,
        /// A line of an invoice.
        InvoiceLine
    }
}

fn half_up() -> TieName {
    TieName::HalfUp
}

fn entry() -> ScopeName {
    ScopeName::Entry
}

/// A rounding rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RoundingRule")]
pub(crate) struct RuleBody {
    pub(crate) mode: ModeName,
    /// 1 to 240; 0 where nothing is rounded.
    pub(crate) interval_minutes: u32,
    #[serde(default = "half_up")]
    pub(crate) tie: TieName,
    #[serde(default = "entry")]
    pub(crate) scope: ScopeName,
}

impl From<Rounding> for RuleBody {
    fn from(rule: Rounding) -> Self {
        let Rounding { mode, tie, scope, interval_minutes } = rule;
        RuleBody { mode: mode.into(), tie: tie.into(), scope: scope.into(), interval_minutes }
    }
}

impl From<RuleBody> for Rounding {
    fn from(body: RuleBody) -> Self {
        let RuleBody { mode, tie, scope, interval_minutes } = body;
        Rounding { mode: mode.into(), tie: tie.into(), scope: scope.into(), interval_minutes }
    }
}

/// A rule that holds from a day on for some work; a task's weighs more than its project's, and that
/// more than its client's.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) struct DatedRule {
    client_id: Option<Uuid>,
    project_id: Option<Uuid>,
    task_id: Option<Uuid>,
    /// The first day it holds; null = from always.
    from: Option<Date>,
    rule: RuleBody,
    /// Since when it's known.
    known_at: Timestamp,
    /// The event that set it.
    position: i64,
}

fn shown(row: RoundingRuleRow) -> DatedRule {
    DatedRule {
        client_id: row.client_id.map(Uuid::from),
        project_id: row.project_id.map(Uuid::from),
        task_id: row.task_id.map(Uuid::from),
        from: row.from_day.0,
        rule: row.rule().into(),
        known_at: row.known_at,
        position: row.position,
    }
}

/// `GET /rounding-rules`.
pub(crate) async fn list(call: Call<(), Nothing>) -> Result<Answer<Page<DatedRule>>, Problem> {
    let key = |row: &RoundingRuleRow| (row.rule_id.0, row.from_day.0);
    let after: Option<(Uuid, Option<Date>)> = call.after()?;
    let rows = match call.facts_then::<RoundingRule>().await? {
        None => {
            let mut tx = call.tx().await?;
            let mut rows = rounding_rule::all(&mut tx).await?;
            tx.commit().await?;
            rows.retain(|row| after.is_none_or(|after| key(row) > after));
            rows.truncate(usize::try_from(call.look_for()).unwrap_or(usize::MAX));
            rows
        }
        Some(rows) => piece(&rows, |_| true, key, after, call.look_for()),
    };
    Ok(call.page(rows, key, shown))
}

fn scope_of(
    client: Option<Uuid>,
    project: Option<Uuid>,
    task: Option<Uuid>,
) -> Result<RuleScope, Problem> {
    match (client, project, task) {
        (Some(id), None, None) => Ok(RuleScope::Client(ClientId(id))),
        (None, Some(id), None) => Ok(RuleScope::Project(ProjectId(id))),
        (None, None, Some(id)) => Ok(RuleScope::Task(TaskId(id))),
        _ => {
            let detail = "name a client, a project or a task, and only one of them; the rule for \
                all work is in the settings ROUNDING_*";
            Err(Problem::malformed(vec![FieldError::new("", "field.one_of", detail)]))
        }
    }
}

/// A rule to set, for a client, a project or a task.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetRuleBody {
    client_id: Option<Uuid>,
    project_id: Option<Uuid>,
    task_id: Option<Uuid>,
    /// The first day it holds; left out = from always.
    from: Option<Date>,
    rule: RuleBody,
}

/// `POST /rounding-rules`.
pub(crate) async fn set(
    call: Call<(), Nothing, Json<SetRuleBody>>,
) -> Result<Answer<Changed>, Problem> {
    let SetRuleBody { client_id, project_id, task_id, from, rule } = call.body.0;
    let scope = scope_of(client_id, project_id, task_id)?;
    let command = SetRoundingRule { scope, from, rule: rule.into() };
    Ok(nameless(&call, call.send(command).await?))
}

/// A rule to take back.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClearRuleBody {
    client_id: Option<Uuid>,
    project_id: Option<Uuid>,
    task_id: Option<Uuid>,
    /// The day of the rule; left out = the one from always.
    from: Option<Date>,
}

/// `POST /rounding-rules/clear`.
pub(crate) async fn clear(
    call: Call<(), Nothing, Json<ClearRuleBody>>,
) -> Result<Answer<Changed>, Problem> {
    let ClearRuleBody { client_id, project_id, task_id, from } = call.body.0;
    let scope = scope_of(client_id, project_id, task_id)?;
    Ok(nameless(&call, call.send(ClearRoundingRule { scope, from }).await?))
}

/// A change of a rule to look at: another rule, or `clear`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewRuleBody {
    client_id: Option<Uuid>,
    project_id: Option<Uuid>,
    task_id: Option<Uuid>,
    /// The first day; left out = from always.
    from: Option<Date>,
    /// What would hold.
    rule: Option<RuleBody>,
    /// Whether the rule of that day would be taken back.
    #[serde(default)]
    clear: bool,
}

/// `POST /rounding-rules/preview`.
pub(crate) async fn previewed(
    call: Call<(), Nothing, Json<PreviewRuleBody>>,
) -> Result<Answer<Preview>, Problem> {
    let PreviewRuleBody { client_id, project_id, task_id, from, rule, clear } = call.body.0;
    let scope = scope_of(client_id, project_id, task_id)?;
    let rule = rule.map(Rounding::from);
    if rule.is_some() == clear {
        let detail = "give the rule that would hold, or clear: true";
        return Err(Problem::malformed(vec![FieldError::new("/rule", "field.one_of", detail)]));
    }
    if let Some(rule) = rule {
        let command = domain::catalogue::SetRoundingRule { scope, from, rule };
        set_rounding_rule::decide(&Rules::default(), command).map_err(refusal)?;
    }
    let of = unbilled::Wanted { worked_from: from, ..unbilled::Wanted::default() };
    let wanted = match scope {
        RuleScope::Client(id) => unbilled::Wanted { client: Some(id), ..of },
        RuleScope::Project(id) => unbilled::Wanted { project: Some(id), ..of },
        RuleScope::Task(id) => unbilled::Wanted { task: Some(id), ..of },
    };
    preview(&call, &wanted, |book| book.with_rounding(scope, from, rule)).await
}
