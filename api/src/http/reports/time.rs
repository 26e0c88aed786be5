//! `/reports/time`: recorded, rounded and billable time by any ordered choice of groups, with what
//! it's worth for those who may see rates. Members see their own time alone.

use axum::http::StatusCode;
use clap::ValueEnum;
use domain::id::{ClientId, MemberId, ProjectId, TaskId};
use jiff::ToSpan;
use jiff::civil::Date;
use projections::reports::firm::Firm;
use projections::reports::grouped::{Dimension, Grouped, Part};
use projections::reports::sums::Terming;
use projections::reports::work::Wanted;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{Manner, ROWS_MAX, Rendered, render, too_many_rows};
use super::group_by::GroupBy;
use super::names::Names;
use super::reading::Reading;
use super::table::{Cell, Table};
use super::time_columns::{Columns, Money, in_order};
use super::{Format, Many, document};
use crate::http::call::Call;
use crate::http::personal;
use crate::http::problem::{FieldError, Problem};
use crate::http::query::refused;
use crate::http::time::StateName;

/// The longest period of a report, in years.
const YEARS_MAX: i16 = 5;

/// The keys of the query that may be given more than once.
pub(crate) const REPEATS: &[&str] =
    &["group_by", "member_id", "client_id", "project_id", "task_id", "tag", "state"];

/// What to group time by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GroupName {
    /// Who worked.
    Member,
    /// For whom.
    Client,
    /// On what.
    Project,
    /// Doing what.
    Task,
    /// Under which label; time with several is in a row of each.
    Tag,
    /// On which day.
    Day,
    /// In which ISO week.
    Week,
    /// In which month.
    Month,
    /// In which year.
    Year,
    /// Billable or not.
    Billable,
    /// How far approval has come.
    State,
    /// Each entry, with its note.
    Entry,
}

impl From<GroupName> for Dimension {
    fn from(name: GroupName) -> Self {
        match name {
            GroupName::Member => Dimension::Member,
            GroupName::Client => Dimension::Client,
            GroupName::Project => Dimension::Project,
            GroupName::Task => Dimension::Task,
            GroupName::Tag => Dimension::Tag,
            GroupName::Day => Dimension::Day,
            GroupName::Week => Dimension::Week,
            GroupName::Month => Dimension::Month,
            GroupName::Year => Dimension::Year,
            GroupName::Billable => Dimension::Billable,
            GroupName::State => Dimension::State,
            GroupName::Entry => Dimension::Entry,
        }
    }
}

/// Which time, and how it's shown. What is left out does not matter; of several values any fits.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The first day.
    pub(crate) from: Date,
    /// The last day, at most five years later.
    pub(crate) to: Date,
    /// What makes a row: names with commas between them, or the key several times; `project` where
    /// it's left out.
    pub(crate) group_by: Option<GroupBy<GroupName>>,
    /// By these members.
    pub(crate) member_id: Option<Many<Uuid>>,
    /// For these clients.
    pub(crate) client_id: Option<Many<Uuid>>,
    /// On these projects.
    pub(crate) project_id: Option<Many<Uuid>>,
    /// Doing these tasks.
    pub(crate) task_id: Option<Many<Uuid>>,
    /// With any of these labels.
    pub(crate) tag: Option<Many<String>>,
    /// Billable or not.
    pub(crate) billable: Option<bool>,
    /// In these states.
    pub(crate) state: Option<Many<StateName>>,
    /// Whether to show what it's worth, and to those who may see it what it costs.
    pub(crate) money: Option<bool>,
    /// Whether to show a row for each group of groups.
    pub(crate) subtotals: Option<bool>,
    /// In which format; as the reader accepts where it's left out.
    pub(crate) format: Option<Format>,
    /// Whether CSV begins with the mark of UTF-8, which some spreadsheets need.
    pub(crate) bom: Option<bool>,
}

/// `GET /reports/time`.
pub(crate) async fn report(call: Call<(), Asked>) -> Result<Rendered, Problem> {
    let asked = &call.query;
    let manner = Manner {
        format: Format::chosen(asked.format, &call.headers),
        bom: asked.bom.unwrap_or(false),
        days: (asked.from, asked.to),
        as_of: call.as_of,
        now: call.now(),
    };
    let reading = Reading::of(&call);
    render(table(&reading, asked, manner.format).await?, manner).await
}

/// Refuses days that are none or too many.
pub(crate) fn check_days(from: Date, to: Date) -> Result<(), Problem> {
    let refusal = |code: &'static str, detail: &'static str| {
        Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
            .with_error(FieldError::new("?to", code, detail)))
    };
    if to < from {
        return refusal("reports.days_reversed", "the last day lies before the first");
    }
    let end = from.checked_add(YEARS_MAX.years());
    if end.is_ok_and(|end| to >= end) {
        return refusal("reports.too_many_days", "a report has at most five years");
    }
    Ok(())
}

/// The report that is asked for, as a table.
pub(crate) async fn table(
    reading: &Reading,
    asked: &Asked,
    format: Format,
) -> Result<Table, Problem> {
    check_days(asked.from, asked.to)?;
    let dimensions = dimensions(asked)?;
    let money = money(reading, asked)?;
    let mut standing = reading.begin().await?;
    let wanted = wanted(reading, asked, &standing.firm)?;
    let by_entry = dimensions.contains(&Dimension::Entry);
    let subtotals = asked.subtotals.unwrap_or(false) && dimensions.len() > 1;
    let mut grouped = Grouped::new(dimensions.clone(), subtotals);
    standing
        .each_piece(&wanted, by_entry, |entries, firm, book| {
            let mut terming = Terming::new(book, firm, money != Money::Hidden);
            grouped.take(entries, &mut terming, firm);
            if grouped.len() > ROWS_MAX { Err(too_many_rows()) } else { Ok(()) }
        })
        .await?;
    let columns = Columns::new(dimensions, subtotals, money, grouped.total());
    let names = Names::open(&reading.keys, &mut standing.tx, &standing.firm).await?;
    let mut rows: Vec<_> = grouped.rows().iter().collect();
    rows.sort_unstable_by(|(left, _), (right, _)| in_order(left, right, &names));
    let total = rows.len();
    if format == Format::Json {
        // One more, so that it's seen that there are more.
        rows.truncate(document::ROWS_MAX + 1);
    }
    if by_entry {
        let entries = rows.iter().filter_map(|(_, group)| group.entry.as_ref());
        let notes = entries.filter_map(|work| work.note.as_ref());
        personal::load(&reading.keys, &mut standing.tx, notes).await?;
    }
    standing.tx.commit().await?;
    let with = (&names, &*reading.keys);
    let mut cells = Vec::with_capacity(rows.len());
    for (n, (parts, group)) in rows.iter().enumerate() {
        cells.push(columns.row(parts, (&group.sums, group.entry.as_deref()), with));
        let next = rows.get(n + 1).map(|(next, _)| &next[..]);
        if subtotals && (next.is_some() || rows.len() == total) {
            push_subtotals(&columns, &grouped, (parts, next), with, &mut cells);
        }
    }
    Ok(Table {
        title: "Time".to_owned(),
        file_stem: format!("time-{}-{}-{}", reading.slug, asked.from, asked.to),
        totals: columns.row(&[], (grouped.total(), None), with),
        columns: columns.list(),
        rows: cells,
    })
}

/// The subtotals of the groups that end with a row, the narrowest first.
fn push_subtotals(
    columns: &Columns,
    grouped: &Grouped,
    (parts, next): (&[Part], Option<&[Part]>),
    with: (&Names, &migrations::keys::TenantKeys),
    cells: &mut Vec<Vec<Cell>>,
) {
    for level in (1..parts.len()).rev() {
        if next.is_some_and(|next| next[..level] == parts[..level]) {
            break;
        }
        if let Some(sums) = grouped.subtotal(&parts[..level]) {
            cells.push(columns.row(&parts[..level], (sums, None), with));
        }
    }
}

fn dimensions(asked: &Asked) -> Result<Vec<Dimension>, Problem> {
    let names = asked.group_by.as_ref().map_or(&[GroupName::Project][..], |it| &it.0);
    let dimensions: Vec<Dimension> = names.iter().map(|name| Dimension::from(*name)).collect();
    let doubled = (1..dimensions.len()).any(|n| dimensions[..n].contains(&dimensions[n]));
    if doubled {
        return Err(refused("group_by", "query.invalid", "give each group once"));
    }
    Ok(dimensions)
}

fn money(reading: &Reading, asked: &Asked) -> Result<Money, Problem> {
    match asked.money {
        None | Some(false) => Ok(Money::Hidden),
        Some(true) if reading.sees.costs => Ok(Money::All),
        Some(true) if reading.sees.rates => Ok(Money::Charged),
        Some(true) => Err(Problem::forbidden()),
    }
}

/// Which entries; a member who asks for others' is refused.
fn wanted(reading: &Reading, asked: &Asked, firm: &Firm) -> Result<Wanted, Problem> {
    fn list<I>(many: Option<&Many<Uuid>>, id: impl Fn(Uuid) -> I) -> Option<Vec<I>> {
        many.map(|many| many.0.iter().map(|it| id(*it)).collect())
    }
    let members = reading.members(list(asked.member_id.as_ref(), MemberId))?;
    let mut projects = list(asked.project_id.as_ref(), ProjectId);
    if let Some(clients) = list(asked.client_id.as_ref(), ClientId) {
        let theirs = firm.projects.values().filter(|row| clients.contains(&row.client_id));
        let theirs = theirs.map(|row| row.project_id);
        let asked_for = |id: &ProjectId| projects.as_ref().is_none_or(|all| all.contains(id));
        projects = Some(theirs.filter(asked_for).collect());
    }
    Ok(Wanted {
        members,
        projects,
        tasks: list(asked.task_id.as_ref(), TaskId),
        tags: asked.tag.as_ref().map(|tags| tags.0.clone()),
        states: asked.state.as_ref().map(|all| all.0.iter().map(|it| (*it).into()).collect()),
        billable: asked.billable,
        ..Wanted::days(asked.from, asked.to)
    })
}
