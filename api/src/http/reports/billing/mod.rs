//! `/reports/billing`: what may be billed, what is on its way there, what was earned and what is
//! left of it, and what clients owe and for how long. Money of different currencies is in columns
//! of their own and never added up.

mod ageing;
mod earned;
mod placed;
mod worked;

use std::collections::BTreeSet;

use clap::ValueEnum;
use commands::event_log::read::rows_after;
use commands::members::substitutes::day_of;
use domain::id::ClientId;
use domain::settings::Settings;
use jiff::ToSpan;
use jiff::civil::Date;
use migrations::TenantTx;
use projections::reports::grouped::Dimension;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{Manner, Rendered, render};
use super::group_by::GroupBy;
use super::reading::Reading;
use super::table::Table;
use super::time::check_days;
use super::{Format, Many};
use crate::http::billing::sight::clients_seen;
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::query::refused;

pub(crate) use ageing::{Aged, BUCKETS, Bucket};

/// The keys of the query that may be given more than once.
pub(crate) const REPEATS: &[&str] = &["group_by", "client_id"];
/// What is billed and owed is told by rows that say since when they are so.
const KEPT: &[&str] = &["billed_entry", "receivable"];
/// How far back work is looked for that was not billed yet, in years.
const YEARS_BACK: i16 = 5;

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReportName {
    /// Approved, billable time that is on no invoice, at the rates of its days.
    Unbilled,
    /// All billable time that was not billed yet, by how far it has come.
    Wip,
    /// What was issued less what was credited, before tax, by the days of the documents.
    Revenue,
    /// Revenue less what its seconds cost at the cost rates of their days.
    Margin,
    /// What each client owes at the end of the last day, by how long it's overdue.
    Ageing,
}

/// What to group by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "BillingGroup")]
pub(crate) enum GroupName {
    /// Who is to pay.
    Client,
    /// On what.
    Project,
    /// Doing what.
    Task,
    /// Who worked.
    Member,
    /// In which month: of the work, and of revenue the month of the document.
    Month,
    /// How far work in progress has come.
    Stage,
}

impl GroupName {
    fn dimension(self) -> Option<Dimension> {
        match self {
            GroupName::Client => Some(Dimension::Client),
            GroupName::Project => Some(Dimension::Project),
            GroupName::Task => Some(Dimension::Task),
            GroupName::Member => Some(Dimension::Member),
            GroupName::Month => Some(Dimension::Month),
            GroupName::Stage => None,
        }
    }
}

/// Which report of which days, and how it's shown.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Which report; `unbilled` where it's left out.
    pub(crate) report: Option<ReportName>,
    /// The first day; left out = of work not billed yet five years back, of revenue the first day
    /// of the year. What is owed knows no first day.
    pub(crate) from: Option<Date>,
    /// The last day, at most five years later; left out = today.
    pub(crate) to: Option<Date>,
    /// What makes a row: names with commas between them, or the key several times. Left out = of
    /// unbilled time `client,project`, of work in progress `client,stage`, of revenue and margin
    /// `month`. What is owed is always told by client.
    pub(crate) group_by: Option<GroupBy<GroupName>>,
    /// Of these clients.
    pub(crate) client_id: Option<Many<Uuid>>,
    /// In which format; as the reader accepts where it's left out.
    pub(crate) format: Option<Format>,
    /// Whether CSV begins with the mark of UTF-8, which some spreadsheets need.
    pub(crate) bom: Option<bool>,
}

/// What all reports of billing are made for.
pub(super) struct Terms {
    /// The first and the last day.
    pub(super) days: (Date, Date),
    /// What makes a row.
    pub(super) groups: Vec<GroupName>,
    /// Of whom; none = of all.
    pub(super) clients: Option<BTreeSet<ClientId>>,
}

impl Terms {
    /// The dimensions of rows without the stage, which only work in progress has.
    pub(super) fn dimensions(&self) -> Vec<Dimension> {
        self.groups.iter().filter_map(|group| group.dimension()).collect()
    }
}

/// `GET /reports/billing`.
pub(crate) async fn report(call: Call<(), Asked>) -> Result<Rendered, Problem> {
    let asked = &call.query;
    let seen = clients_seen(&call)?;
    let reading = Reading::of(&call);
    let (table, days) = table(&reading, asked, seen.as_ref()).await?;
    let manner = Manner {
        format: Format::chosen(asked.format, &call.headers),
        bom: asked.bom.unwrap_or(false),
        days,
        as_of: call.as_of,
        now: call.now(),
    };
    render(table, manner).await
}

/// The report that is asked for, as a table, and its days. Who sees the bills of some clients alone
/// gets those of them, and no costs.
pub(crate) async fn table(
    reading: &Reading,
    asked: &Asked,
    seen: Option<&BTreeSet<ClientId>>,
) -> Result<(Table, (Date, Date)), Problem> {
    let name = asked.report.unwrap_or(ReportName::Unbilled);
    if name == ReportName::Margin && !reading.sees.costs {
        return Err(Problem::forbidden());
    }
    let groups = groups(asked, name)?;
    let clients = clients(asked, seen)?;
    reading.known_by(KEPT).await?;
    let mut standing = reading.begin().await?;
    let today = today(reading, &mut standing.tx, standing.book.settings()).await?;
    let days = days(asked, name, today)?;
    let terms = Terms { days, groups, clients };
    let table = match name {
        ReportName::Unbilled => worked::table(reading, standing, &terms, false).await,
        ReportName::Wip => worked::table(reading, standing, &terms, true).await,
        ReportName::Revenue => earned::table(reading, standing, &terms, false).await,
        ReportName::Margin => earned::table(reading, standing, &terms, true).await,
        ReportName::Ageing => ageing::table(reading, standing, &terms).await,
    };
    Ok((table?, days))
}

/// The firm's day at the moment that is asked about.
pub(crate) async fn today(
    reading: &Reading,
    tx: &mut TenantTx,
    settings: &Settings,
) -> Result<Date, Problem> {
    let mut now = reading.now;
    if let Some(position) = reading.as_of.filter(|position| *position > 0) {
        let row = rows_after(tx, position - 1, 1).await?;
        now = row.first().map_or(now, |row| row.recorded_at);
    }
    Ok(day_of(settings, now))
}

fn days(asked: &Asked, name: ReportName, today: Date) -> Result<(Date, Date), Problem> {
    let to = asked.to.unwrap_or(today);
    let from = match (asked.from, name) {
        (Some(from), _) => from,
        (None, ReportName::Ageing) => to,
        (None, ReportName::Revenue | ReportName::Margin) => to.first_of_year(),
        (None, ReportName::Unbilled | ReportName::Wip) => {
            to.saturating_sub(YEARS_BACK.years()).saturating_add(1.day())
        }
    };
    check_days(from, to)?;
    Ok((from, to))
}

/// The groups that are asked for, each once and none that the report does not know.
fn groups(asked: &Asked, name: ReportName) -> Result<Vec<GroupName>, Problem> {
    let bad = |detail| Err(refused("group_by", "query.invalid", detail));
    let Some(GroupBy(groups)) = &asked.group_by else {
        return Ok(match name {
            ReportName::Unbilled => vec![GroupName::Client, GroupName::Project],
            ReportName::Wip => vec![GroupName::Client, GroupName::Stage],
            ReportName::Revenue | ReportName::Margin => vec![GroupName::Month],
            ReportName::Ageing => vec![GroupName::Client],
        });
    };
    if (1..groups.len()).any(|n| groups[..n].contains(&groups[n])) {
        return bad("give each group once");
    }
    if name == ReportName::Ageing && groups[..] != [GroupName::Client] {
        return bad("what is owed is told by client");
    }
    if name != ReportName::Wip && groups.contains(&GroupName::Stage) {
        return bad("only work in progress has stages");
    }
    Ok(groups.clone())
}

/// Of which clients; 403 where one is asked for whose bills the caller does not see.
fn clients(
    asked: &Asked,
    seen: Option<&BTreeSet<ClientId>>,
) -> Result<Option<BTreeSet<ClientId>>, Problem> {
    let Some(many) = &asked.client_id else { return Ok(seen.cloned()) };
    let clients: BTreeSet<ClientId> = many.0.iter().map(|id| ClientId(*id)).collect();
    match seen {
        Some(seen) if !clients.is_subset(seen) => Err(Problem::forbidden()),
        Some(_) | None => Ok(Some(clients)),
    }
}
