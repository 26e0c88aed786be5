//! `crowdminder report`: the reports of the API, in the operator's right, into a file or on stdout.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use commands::event_log::read::head_of;
use jiff::civil::Date;
use projections::runner::catch_up;
use projections::wait::Progress;
use uuid::Uuid;

use super::{Context, Outcome, output};
use crate::http::reports::answer::{Manner, written};
use crate::http::reports::group_by::GroupBy;
use crate::http::reports::reading::{Reading, Sees};
use crate::http::reports::table::Table;
use crate::http::reports::time::{self, GroupName};
use crate::http::reports::{Format, Many, billing, leave, utilisation};
use crate::http::{Moment, Problem, StateName, cut};

/// What to report.
#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// Recorded, rounded and billable time, by any groups
    Time(Time),
    /// How much of what members could work was recorded and billable
    Utilisation(Utilisation),
    /// Balances of leave, what is taken, waits and lapses, and what is owed
    Leave(Leave),
    /// Unbilled time, work in progress, revenue, margin, and what clients owe
    Billing(Billing),
}

/// What is billed.
#[derive(Debug, Args)]
pub(crate) struct Billing {
    #[command(flatten)]
    shown: Shown,
    /// Which report
    #[arg(long, value_enum, value_name = "REPORT", default_value = "unbilled")]
    report: billing::ReportName,
    /// What makes a row, from the outermost group to the innermost; left out = as the report has it
    #[arg(long, value_enum, value_delimiter = ',', value_name = "GROUPS")]
    group_by: Vec<billing::GroupName>,
    /// Of these clients only
    #[arg(long, value_delimiter = ',', value_name = "ID")]
    client_id: Vec<Uuid>,
}

/// Whose leave.
#[derive(Debug, Args)]
pub(crate) struct Leave {
    #[command(flatten)]
    shown: Shown,
    /// The day of the balances; left out = the last day
    #[arg(long, value_name = "DAY")]
    at: Option<Date>,
    /// What makes a row, from the outermost group to the innermost
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "GROUPS",
        default_value = "member,leave_type"
    )]
    group_by: Vec<leave::GroupName>,
    /// Of these members only
    #[arg(long, value_delimiter = ',', value_name = "ID")]
    member_id: Vec<Uuid>,
    /// Of these kinds only
    #[arg(long, value_delimiter = ',', value_name = "ID")]
    leave_type_id: Vec<Uuid>,
}

/// Whose work.
#[derive(Debug, Args)]
pub(crate) struct Utilisation {
    #[command(flatten)]
    shown: Shown,
    /// What makes a row, from the outermost group to the innermost
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "GROUPS",
        default_value = "member"
    )]
    group_by: Vec<utilisation::GroupName>,
    /// Of these members only
    #[arg(long, value_delimiter = ',', value_name = "ID")]
    member_id: Vec<Uuid>,
}

/// Which days, and how they're shown.
#[derive(Debug, Args)]
pub(crate) struct Shown {
    /// The tenant
    slug: String,
    /// The first day
    #[arg(long, value_name = "DAY")]
    from: Date,
    /// The last day
    #[arg(long, value_name = "DAY")]
    to: Date,
    /// The moment the whole report is about: a position of the log, or an instant
    #[arg(long, value_name = "MOMENT")]
    as_of: Option<String>,
    /// Rates, rounding and settings as they were known at this instant
    #[arg(long, value_name = "INSTANT")]
    known_at: Option<String>,
    /// How it's written
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// Where to; left out = stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Begin CSV with the mark of UTF-8, which some spreadsheets need
    #[arg(long)]
    bom: bool,
}

/// Which time.
#[derive(Debug, Args)]
pub(crate) struct Time {
    #[command(flatten)]
    shown: Shown,
    /// What makes a row, from the outermost group to the innermost
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "GROUPS",
        default_value = "project"
    )]
    group_by: Vec<GroupName>,
    /// By these members only
    #[arg(long, value_delimiter = ',', value_name = "ID")]
    member_id: Vec<Uuid>,
    /// For these clients only
    #[arg(long, value_delimiter = ',', value_name = "ID")]
    client_id: Vec<Uuid>,
    /// On these projects only
    #[arg(long, value_delimiter = ',', value_name = "ID")]
    project_id: Vec<Uuid>,
    /// Doing these tasks only
    #[arg(long, value_delimiter = ',', value_name = "ID")]
    task_id: Vec<Uuid>,
    /// With any of these labels only
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Billable time only, or what is not
    #[arg(long, value_name = "YES")]
    billable: Option<bool>,
    /// In these states only
    #[arg(long, value_enum, value_delimiter = ',', value_name = "STATE")]
    state: Vec<StateName>,
    /// Also what it's worth, what it costs, and what is left
    #[arg(long)]
    money: bool,
    /// A row for each group of groups
    #[arg(long)]
    subtotals: bool,
}

pub(crate) async fn run(context: &Context, command: Report) -> anyhow::Result<Outcome> {
    match command {
        Report::Time(command) => {
            let (shown, asked) = command.asked();
            let reading = reading(context, &shown).await?;
            let table = time::table(&reading, &asked, shown.format).await.map_err(said)?;
            write(context, &shown, &reading, table)
        }
        Report::Utilisation(Utilisation { shown, group_by, member_id }) => {
            let asked = utilisation::Asked {
                from: shown.from,
                to: shown.to,
                group_by: Some(GroupBy(group_by)),
                member_id: many(member_id),
                format: Some(shown.format),
                bom: Some(shown.bom),
            };
            let reading = reading(context, &shown).await?;
            let table = utilisation::table(&reading, &asked).await.map_err(said)?;
            write(context, &shown, &reading, table)
        }
        Report::Leave(Leave { shown, at, group_by, member_id, leave_type_id }) => {
            let asked = leave::Asked {
                at,
                from: Some(shown.from),
                to: Some(shown.to),
                group_by: Some(GroupBy(group_by)),
                member_id: many(member_id),
                leave_type_id: many(leave_type_id),
                format: Some(shown.format),
                bom: Some(shown.bom),
            };
            let reading = reading(context, &shown).await?;
            let (table, _) = leave::table(&reading, &asked).await.map_err(said)?;
            write(context, &shown, &reading, table)
        }
        Report::Billing(Billing { shown, report, group_by, client_id }) => {
            let asked = billing::Asked {
                report: Some(report),
                from: Some(shown.from),
                to: Some(shown.to),
                group_by: (!group_by.is_empty()).then_some(GroupBy(group_by)),
                client_id: many(client_id),
                format: Some(shown.format),
                bom: Some(shown.bom),
            };
            let reading = reading(context, &shown).await?;
            // What is billed and owed is read from rows, which nothing may keep up to date here.
            catch_up(&context.system.tenants, reading.tenant).await?;
            let (table, _) = billing::table(&reading, &asked, None).await.map_err(said)?;
            write(context, &shown, &reading, table)
        }
    }
}

/// What is left out does not matter.
fn many<T>(values: Vec<T>) -> Option<Many<T>> {
    (!values.is_empty()).then_some(Many(values))
}

impl Time {
    fn asked(self) -> (Shown, time::Asked) {
        let Time { shown, .. } = self;
        let asked = time::Asked {
            from: shown.from,
            to: shown.to,
            group_by: Some(GroupBy(self.group_by)),
            member_id: many(self.member_id),
            client_id: many(self.client_id),
            project_id: many(self.project_id),
            task_id: many(self.task_id),
            tag: many(self.tag),
            billable: self.billable,
            state: many(self.state),
            money: Some(self.money),
            subtotals: Some(self.subtotals),
            format: Some(shown.format),
            bom: Some(shown.bom),
        };
        (shown, asked)
    }
}

async fn reading(context: &Context, shown: &Shown) -> anyhow::Result<Reading> {
    let tenant = context.tenant(&shown.slug).await?;
    let system = &context.system;
    let now = system.commands.log().clock().now();
    // From the log itself, which is up to date also where nothing keeps read models so.
    let as_of = match &shown.as_of {
        Some(text) => {
            cut(&system.tenants, &tenant, now, (Moment::AsOf, text)).await.map_err(said)?
        }
        None => head_of(&system.tenants, tenant.id).await?,
    };
    let known_at = match &shown.known_at {
        Some(text) => {
            let known = cut(&system.tenants, &tenant, now, (Moment::KnownAt, text)).await;
            Some(known.map_err(said)?)
        }
        None => None,
    };
    Ok(Reading {
        tenants: system.tenants.clone(),
        tenant: tenant.id,
        slug: tenant.slug.clone(),
        keys: system.keys.of(tenant.id).await?,
        sees: Sees::ALL,
        as_of: Some(as_of),
        known_at,
        progress: Progress::default(),
        now,
    })
}

fn write(
    context: &Context,
    shown: &Shown,
    reading: &Reading,
    table: Table,
) -> anyhow::Result<Outcome> {
    let manner = Manner {
        format: shown.format,
        bom: shown.bom,
        days: (shown.from, shown.to),
        as_of: reading.as_of,
        now: reading.now,
    };
    let rows = table.rows.len();
    let pieces = written(table, &manner).map_err(said)?;
    match &shown.out {
        Some(path) => {
            let named = || path.display().to_string();
            let mut file = std::fs::File::create(path).with_context(named)?;
            for piece in pieces {
                file.write_all(&piece).with_context(named)?;
            }
            file.sync_all().with_context(named)?;
            if context.json {
                output::document(&serde_json::json!({ "file": path, "rows": rows }));
            } else {
                output::line(&format!("{}: {rows} rows", path.display()));
            }
        }
        None => {
            let mut stdout = std::io::stdout().lock();
            for piece in pieces {
                // A reader that has gone away, such as `head`, is no error.
                if stdout.write_all(&piece).is_err() {
                    break;
                }
            }
            let _ = stdout.flush();
        }
    }
    Ok(Outcome::Done)
}

fn said(problem: Problem) -> anyhow::Error {
    let (_, code, detail) = problem.parts();
    anyhow::anyhow!("{detail} ({code})")
}
