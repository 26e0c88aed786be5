//! The moments at which an invoice looked different: each event of its own, and of what a draft is
//! priced by each change since. A range over them is the slider of the page.

use commands::event_log::read::{StoredRow, rows_after};
use domain::billing::ReservedEntry;
use domain::catalogue::rounding_rules::RuleScope;
use domain::log::Metadata;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use projections::catalogue::{rate, rounding_rule};
use uuid::Uuid;

use super::timeline::Happened;
use super::words::moment;
use crate::http::billing::view::InvoiceView;
use crate::http::call::About;
use crate::http::problem::Problem;

/// The most changes of rates and rules that are told of one draft.
const FACTS_MAX: usize = 50;

/// Something that changed what a draft comes to.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    /// Where it stands in the log.
    pub(super) position: i64,
    /// When.
    pub(super) at: Timestamp,
    /// Who did it.
    pub(super) actor: domain::log::Actor,
    /// What it was.
    pub(super) what: &'static str,
}

/// Rates and rounding rules that were given while it was a draft and that touch its work.
pub(super) async fn facts(about: &About, view: &InvoiceView) -> Result<Vec<Fact>, Problem> {
    let drafted = view.told.first().map_or(0, |told| told.position);
    let until = view.issued_at().unwrap_or(i64::MAX);
    let within = |position: i64| drafted < position && position < until;
    let mut tx = about.tx().await?;
    let mut positions = Vec::new();
    for row in rate::all(&mut tx).await?.into_iter().filter(|row| within(row.position)) {
        let scope = row.scope();
        let touches = |it: &ReservedEntry| {
            scope.member.is_none_or(|id| id == it.member)
                && scope.project.is_none_or(|id| id == it.project)
                && scope.task.is_none_or(|id| id == it.task)
        };
        let ours = scope.client.is_none_or(|id| id == view.drafted.client);
        if ours && view.entries.iter().any(touches) {
            positions.push((row.position, "A rate was set"));
        }
    }
    for row in rounding_rule::all(&mut tx).await?.into_iter().filter(|row| within(row.position)) {
        let ours = match row.scope_of_work() {
            Some(RuleScope::Client(id)) => id == view.drafted.client,
            Some(RuleScope::Project(id)) => view.entries.iter().any(|it| it.project == id),
            Some(RuleScope::Task(id)) => view.entries.iter().any(|it| it.task == id),
            None => false,
        };
        if ours {
            positions.push((row.position, "A rounding rule was set"));
        }
    }
    positions.sort_unstable();
    positions.truncate(FACTS_MAX);
    let mut facts = Vec::with_capacity(positions.len());
    for (position, what) in positions {
        for row in rows_after(&mut tx, position - 1, 1).await? {
            facts.push(fact(&row, what)?);
        }
    }
    tx.commit().await?;
    Ok(facts)
}

fn fact(row: &StoredRow, what: &'static str) -> Result<Fact, Problem> {
    let metadata: Metadata =
        serde_json::from_str(&row.metadata).map_err(|error| Problem::internal(&error))?;
    Ok(Fact { position: row.position, at: row.recorded_at, actor: metadata.actor, what })
}

/// Adds what changed the prices to what happened to the invoice, in order.
pub(super) fn with_facts(
    happened: &mut Vec<Happened>,
    facts: &[Fact],
    who: impl Fn(&domain::log::Actor) -> String,
    zone: &TimeZone,
    (path, at): (&str, Option<i64>),
) {
    happened.extend(facts.iter().map(|fact| Happened {
        position: fact.position,
        when: moment(fact.at, zone),
        instant: fact.at.to_string(),
        who: who(&fact.actor),
        what: fact.what.to_owned(),
        details: Vec::new(),
        anchor: String::new(),
        at: false,
        later: at.is_some_and(|at| fact.position > at),
        link: format!("{path}?as_of={}", fact.position),
    }));
    happened.sort_by_key(|it| it.position);
    let last = happened.iter().rposition(|it| !it.later).filter(|_| at.is_some());
    for (n, it) in happened.iter_mut().enumerate() {
        it.at = Some(n) == last;
    }
}

/// The slider.
#[derive(Debug, Clone)]
pub(crate) struct Slider {
    /// The page itself.
    pub(crate) path: String,
    /// One for each moment, with what happened then.
    pub(crate) labels: Vec<String>,
    /// Which moment is shown: 1, 2, 3, …
    pub(crate) value: usize,
    /// Whether a moment of the past was asked for.
    pub(crate) past: bool,
    /// What happened at the moment that is shown.
    pub(crate) label: String,
    /// The moment before, as a link.
    pub(crate) back: Option<String>,
    /// The moment after, as a link.
    pub(crate) on: Option<String>,
}

impl Slider {
    /// A slider over what happened; `at` is the position that is shown, none = now.
    pub(super) fn over(happened: &[Happened], id: Uuid, at: Option<i64>) -> Self {
        let path = format!("/invoices/{id}");
        let labels: Vec<String> =
            happened.iter().map(|it| format!("{}, {}, by {}", it.what, it.when, it.who)).collect();
        let value = happened.iter().filter(|it| at.is_none_or(|at| it.position <= at)).count();
        let value = value.max(1);
        let link = |n: usize| {
            let moment = n.checked_sub(1).and_then(|n| happened.get(n))?;
            Some(moment.link.clone())
        };
        Slider {
            label: labels.get(value - 1).cloned().unwrap_or_default(),
            value,
            past: at.is_some(),
            back: link(value - 1),
            on: link(value + 1),
            labels,
            path,
        }
    }
}
