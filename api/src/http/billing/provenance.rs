//! What a line is made of, over HTTP: its entries in their versions, who recorded and who approved
//! them, the rates and rules that applied, and where each of these stands in the log.

use std::collections::BTreeMap;

use domain::billing::sealed::{RateSource, SealedEntry, SealedLine};
use domain::billing::{Drafted, ReservedEntry};
use domain::id::{CreditNoteId, InvoiceId, MemberId};
use domain::time::Rounding;
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Money;
use super::applied::{AppliedBody, applied_to};
use super::credit_notes::credit_note_view;
use super::document::unit_of;
use super::origin::{Cut, Origins, Step, Stepped};
use super::view::{InvoiceView, Told, invoice_view};
use crate::http::answer::Answer;
use crate::http::call::{About, Call};
use crate::http::catalogue::rates::UnitName;
use crate::http::catalogue::rounding_rules::RuleBody;
use crate::http::members::Nothing;
use crate::http::problem::Problem;

/// Where a line's entries are asked for.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct ByLine {
    /// The invoice or the credit note.
    id: Uuid,
    /// The line: 1, 2, 3, …
    n: u32,
}

/// A step that an entry took.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "EntryStep")]
pub(crate) struct StepBody {
    /// `recorded`, `revised`, `reversed`, `submitted`, `step_approved`, `approved`, `rejected` or
    /// `reopened`.
    step: &'static str,
    /// Of `step_approved`, which one.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    /// The version of the entry that it was about.
    version: u32,
    /// Who took it; null where it was no member.
    member_id: Option<Uuid>,
    /// What they were called then; null where that was erased.
    member: Option<String>,
    /// In whose right, where they stood in for somebody.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_right_of: Option<Uuid>,
    /// As in `/events`.
    position: i64,
    recorded_at: Timestamp,
}

impl StepBody {
    fn of(stepped: &Stepped, origins: &Origins) -> Self {
        let (step, number) = match stepped.step {
            Step::Recorded => ("recorded", None),
            Step::Revised => ("revised", None),
            Step::Reversed => ("reversed", None),
            Step::Submitted => ("submitted", None),
            Step::StepApproved(number) => ("step_approved", Some(number)),
            Step::Approved => ("approved", None),
            Step::Rejected => ("rejected", None),
            Step::Reopened => ("reopened", None),
        };
        StepBody {
            step,
            number,
            version: stepped.version,
            member_id: stepped.by.map(|member| member.0),
            member: stepped.by.and_then(|member| origins.member(member)).map(str::to_owned),
            in_right_of: stepped.in_right_of.map(|member| member.0),
            position: stepped.position,
            recorded_at: stepped.recorded_at,
        }
    }
}

/// An entry that a line is made of.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct LineEntry {
    entry_id: Uuid,
    /// The version that was approved and billed.
    version: u32,
    /// The credit note that had set these seconds free; left out where the entry is whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    freed_by: Option<Uuid>,
    member_id: Uuid,
    /// What they were called then; their id where that was erased.
    member: String,
    project_id: Uuid,
    project: Option<String>,
    task_id: Uuid,
    task: Option<String>,
    date: Date,
    seconds: i64,
    /// What they are billed as where no rule rounds them again: as they had been credited.
    #[serde(skip_serializing_if = "Option::is_none")]
    billed_seconds: Option<i64>,
    /// Who made this version of it.
    recorded: Option<StepBody>,
    /// Who approved this version, at last.
    approved: Option<StepBody>,
    /// All that happened to it by then, in the order of the log.
    steps: Vec<StepBody>,
}

/// A rate that applied to entries of the line.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "AppliedRate")]
pub(crate) struct AppliedRate {
    unit: UnitName,
    amount: Money,
    /// For whose work it was set, where for one member's.
    member_id: Option<Uuid>,
    client_id: Option<Uuid>,
    project_id: Option<Uuid>,
    task_id: Option<Uuid>,
    /// The first day it holds; null = from always.
    from: Option<Date>,
    /// The event that set it, as in `/events`.
    position: i64,
    recorded_at: Timestamp,
    /// Who set it.
    set_by: Option<Uuid>,
    /// How many entries it applied to.
    entries: u32,
}

/// The issue of the document that the line is of.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LineIssue")]
pub(crate) struct IssueBody {
    number: String,
    issued_on: Date,
    /// As in `/events`. All that is told here was so at this place of the log.
    position: i64,
    recorded_at: Timestamp,
    issued_by: Option<Uuid>,
    /// Which arithmetic it was computed by.
    arithmetic_version: u16,
}

/// What a line is made of.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Provenance {
    invoice_id: Uuid,
    /// The credit note, where it's a line of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_note_id: Option<Uuid>,
    n: u32,
    description: String,
    entries: Vec<LineEntry>,
    /// As recorded.
    seconds: i64,
    /// As billed.
    rounded_seconds: i64,
    /// The seconds that one unit stands for.
    unit_seconds: u32,
    unit_price: Option<Money>,
    net: Option<Money>,
    /// The rates that the price comes from.
    rates: Vec<AppliedRate>,
    /// The rounding rule: mode, interval in minutes, tie and scope.
    rounding: String,
    /// The same in parts.
    rounding_rule: RuleBody,
    /// Where the rule comes from, since when, and by which event; several where entries of the
    /// line got the same rule from different places.
    rounding_rules: Vec<AppliedBody>,
    /// Null of a draft.
    issue: Option<IssueBody>,
}

/// What is told of a line, before its entries are.
struct Line {
    description: String,
    entries: Vec<(ReservedEntry, Option<RateSource>)>,
    seconds: i64,
    rounded_seconds: i64,
    unit_seconds: u32,
    unit_price_minor: Option<i64>,
    net_minor: Option<i64>,
    rounding: Rounding,
}

impl Line {
    fn sealed(line: &SealedLine, held: &[ReservedEntry]) -> Self {
        let lots: BTreeMap<_, _> = held.iter().map(|it| (it.lot(), *it)).collect();
        let entries = line.entries.iter().filter_map(|entry| {
            let held = *lots.get(&entry.lot())?;
            let SealedEntry { version, seconds, billed_seconds, .. } = *entry;
            let source = entry.rate_source.unwrap_or(line.rate_source);
            Some((ReservedEntry { version, seconds, billed_seconds, ..held }, Some(source)))
        });
        Line {
            description: line.description.clone(),
            entries: entries.collect(),
            seconds: line.seconds,
            rounded_seconds: line.rounded_seconds,
            unit_seconds: line.unit_seconds,
            unit_price_minor: Some(line.unit_price_minor),
            net_minor: Some(line.net_minor),
            rounding: line.rounding,
        }
    }

    /// A line of what was never issued.
    fn priced(view: &InvoiceView, n: u32) -> Option<Self> {
        let line = view.lines.iter().find(|line| line.n == n)?;
        let document = view.document.as_ref().and_then(|document| document.line(n));
        let held = view.entries.iter().filter(|held| line.entries.contains(&held.entry));
        let net_minor = document.map_or(line.net_minor, |line| Some(line.net_minor));
        Some(Line {
            description: view.words().said(line),
            entries: held.map(|held| (*held, None)).collect(),
            seconds: line.seconds,
            rounded_seconds: line.rounded_seconds,
            unit_seconds: line.unit_seconds,
            unit_price_minor: line.unit_price_minor,
            net_minor,
            rounding: line.rounding,
        })
    }
}

/// `GET /invoices/{id}/lines/{n}/provenance`.
pub(crate) async fn of_line(call: Call<ByLine, Nothing>) -> Result<Answer<Provenance>, Problem> {
    let view = invoice_view(&call, InvoiceId(call.path.id)).await?;
    Ok(call.read(provenance(&call, &view, call.path.n).await?))
}

/// What a line of an invoice is made of.
pub(crate) async fn provenance(
    about: &About,
    view: &InvoiceView,
    n: u32,
) -> Result<Provenance, Problem> {
    let issued = view.drafted.issued.as_deref();
    let line = match issued {
        Some(issued) => issued.sealed.line(n).map(|line| Line::sealed(line, &view.entries)),
        None => Line::priced(view, n),
    };
    let line = line.ok_or_else(|| Problem::not_found_at("{n}"))?;
    let of = view.told.iter().find(|told| Some(told.position) == view.issued_at());
    let issue = issued.zip(of).map(|(issued, told)| issue(told, &issued.sealed));
    let told = (n, line, issue);
    made(about, &view.drafted, told).await
}

/// `GET /credit-notes/{id}/lines/{n}/provenance`.
pub(crate) async fn of_credit(call: Call<ByLine, Nothing>) -> Result<Answer<Provenance>, Problem> {
    let ByLine { id, n } = call.path;
    let note = credit_note_view(&call, CreditNoteId(id)).await?;
    let sealed = &note.event.sealed;
    let line = sealed.line(n).ok_or_else(|| Problem::not_found_at("{n}"))?;
    let line = Line::sealed(line, &note.story.entries);
    let told = note.story.told.iter().find(|told| told.position == note.position);
    let told = (n, line, told.map(|told| issue(told, sealed)));
    let provenance = made(&call, &note.story.drafted, told).await?;
    Ok(call.read(Provenance { credit_note_id: Some(id), ..provenance }))
}

fn issue(told: &Told, sealed: &domain::billing::sealed::SealedInvoice) -> IssueBody {
    IssueBody {
        number: sealed.number.clone(),
        issued_on: sealed.issued_on,
        position: told.position,
        recorded_at: told.recorded_at,
        issued_by: told.by().map(|member| member.0),
        arithmetic_version: sealed.arithmetic_version.0,
    }
}

async fn made(
    about: &About,
    drafted: &Drafted,
    (n, line, issue): (u32, Line, Option<IssueBody>),
) -> Result<Provenance, Problem> {
    let story = about.as_of.unwrap_or(i64::MAX);
    let cut = match &issue {
        Some(issue) => Cut { story: issue.position, facts: issue.position },
        None => Cut { story, facts: about.known_at.unwrap_or(story) },
    };
    let held: Vec<ReservedEntry> = line.entries.iter().map(|(held, _)| *held).collect();
    let origins = Origins::load(about, drafted.client, &held, cut).await?;
    let money = |amount: i64| Money::of(amount, &drafted.currency);
    let rule = line.rounding;
    let by_rule = held.iter().filter(|held| held.billed_seconds.is_none());
    Ok(Provenance {
        invoice_id: drafted.invoice.0,
        credit_note_id: None,
        n,
        description: line.description.clone(),
        entries: held.iter().map(|held| entry(held, &origins)).collect(),
        seconds: line.seconds,
        rounded_seconds: line.rounded_seconds,
        unit_seconds: line.unit_seconds,
        unit_price: line.unit_price_minor.map(money),
        net: line.net_minor.map(money),
        rates: rates(drafted, &line, &origins),
        rounding: format!(
            "{} {} min, tie {}, per {}",
            rule.mode.as_str(),
            rule.interval_minutes,
            rule.tie.as_str(),
            rule.scope.as_str()
        ),
        rounding_rule: rule.into(),
        rounding_rules: applied_to(&origins.book, drafted.client, by_rule),
        issue,
    })
}

fn rates(drafted: &Drafted, line: &Line, origins: &Origins) -> Vec<AppliedRate> {
    let mut rates: BTreeMap<i64, AppliedRate> = BTreeMap::new();
    for (held, sealed) in &line.entries {
        let now = || Some(origins.book.book().sources(drafted.client, held)?.rate);
        let Some((row, set_by)) = sealed.or_else(now).and_then(|it| {
            let (row, set_by) = origins.rate(&it)?;
            Some((row, set_by))
        }) else {
            continue;
        };
        let rate = rates.entry(row.position).or_insert_with(|| AppliedRate {
            unit: unit_of(row.unit),
            amount: Money::of(row.amount_minor, &row.currency),
            member_id: row.member_id.map(|id| id.0),
            client_id: row.client_id.map(|id| id.0),
            project_id: row.project_id.map(|id| id.0),
            task_id: row.task_id.map(|id| id.0),
            from: row.from_day.0,
            position: row.position,
            recorded_at: row.known_at,
            set_by: set_by.map(|member: MemberId| member.0),
            entries: 0,
        });
        rate.entries += 1;
    }
    rates.into_values().collect()
}

fn entry(held: &ReservedEntry, origins: &Origins) -> LineEntry {
    let steps = origins.steps(held.entry);
    let last = |is: fn(Step) -> bool| {
        let mut of_version = steps.iter().filter(|it| it.version == held.version);
        let found = of_version.rfind(|it| is(it.step));
        found.map(|stepped| StepBody::of(stepped, origins))
    };
    let made = |step| matches!(step, Step::Recorded | Step::Revised | Step::Reversed);
    let name = origins.member(held.member).map(str::to_owned);
    LineEntry {
        entry_id: held.entry.0,
        version: held.version,
        freed_by: held.freed_by.map(|note| note.0),
        member_id: held.member.0,
        member: name.unwrap_or_else(|| held.member.to_string()),
        project_id: held.project.0,
        project: origins.project(held.project).map(str::to_owned),
        task_id: held.task.0,
        task: origins.task(held.task).map(str::to_owned),
        date: held.day,
        seconds: held.seconds,
        billed_seconds: held.billed_seconds,
        recorded: last(made),
        approved: last(|step| step == Step::Approved),
        steps: steps.iter().map(|stepped| StepBody::of(stepped, origins)).collect(),
    }
}
