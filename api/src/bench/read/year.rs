//! The year that is read: a tenant of its own, everything imported through the importer, most weeks
//! submitted and approved, rates set and a quarter drafted, all of it through the commands that
//! members use.

use std::sync::Arc;
use std::time::Instant;

use commands::billing::DraftInvoice;
use commands::catalogue::SetRate;
use commands::import::{ImportOptions, OnProgress, Progress};
use commands::tenancy::{CreatedTenant, NewFirm, create_tenant};
use commands::time::{ApproveTimesheet, SubmitTimesheet, WeekPart};
use commands::tokens::{NewToken, Scopes, issue};
use commands::{Command, CommandError, Sender};
use domain::billing::GroupBy;
use domain::catalogue::rates::{Rate, RateKind, RateScope, RateUnit};
use domain::id::{ClientId, InvoiceId, MemberId, TenantId};
use domain::import::Format;
use domain::log::{Actor, Via};
use domain::time::Week;
use futures::{StreamExt, TryStreamExt};
use jiff::civil::{Date, date};
use projections::registry;
use projections::runner::catch_up;
use projections::time::timesheet_week;
use serde::Serialize;
use sqlx::Row;

use crate::bench::firm::{self, Shape, Weeks};
use crate::system::System;

/// How many commands are under way at once.
const AT_ONCE: usize = 64;
/// The most rows of one file.
const FILE_ROWS: u64 = 250_000;
/// The last weeks of the year are still open, and as many before them only submitted.
const RECENT_WEEKS: i64 = 3;

/// A tenant with a year in it.
#[derive(Debug)]
pub struct Year {
    /// The tenant.
    pub tenant: TenantId,
    /// Its host.
    pub host: String,
    /// A token of its owner.
    pub token: String,
    /// Every week that has time in it.
    pub weeks: Vec<(MemberId, Week)>,
    /// Every client, the one with most to be billed first.
    pub clients: Vec<ClientId>,
    /// The drafts.
    pub invoices: Vec<InvoiceId>,
    /// The calendar year.
    pub year: i16,
}

/// What it took to make the year.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Made {
    /// `read`.
    pub bench: &'static str,
    /// `made`.
    pub run: &'static str,
    /// Who works there.
    pub members: usize,
    /// For whom.
    pub clients: usize,
    /// On what.
    pub projects: usize,
    /// Entries of time.
    pub entries: u64,
    /// From reading the files to their last commits.
    pub import_seconds: f64,
    /// Rows of the files per second of it.
    pub import_rows_per_second: f64,
    /// Weeks of members that were submitted.
    pub submitted: u64,
    /// How many of them were approved.
    pub approved: u64,
    /// The seconds of both.
    pub approval_seconds: f64,
    /// Drafts.
    pub invoices: usize,
    /// The entries that they took.
    pub invoice_entries: i64,
    /// The seconds of all of them.
    pub invoice_seconds: f64,
    /// Events in the log.
    pub events: i64,
    /// The seconds in which every read model took them in.
    pub catch_up_seconds: f64,
    /// The memory of this process afterwards.
    pub resident_bytes: u64,
}

/// Makes the year; `told` hears what is being done and how far it is.
pub async fn make(
    system: &Arc<System>,
    base_domain: &str,
    shape: Shape,
    told: impl Fn(&'static str, Progress) + Send + Sync + 'static,
) -> anyhow::Result<(Year, Made)> {
    let created = tenant(system, base_domain).await?;
    let story = Story { system, created, told: Arc::new(told) };
    let mut made = Made { bench: "read", run: "made", ..Made::default() };
    (made.members, made.clients, made.projects) =
        (shape.members, shape.clients(), shape.projects());
    story.import(shape, &mut made).await?;
    story.catch_up(&mut made).await?;
    let weeks = story.weeks().await?;
    story.set_rates(shape, &weeks).await?;
    story.approve(shape, &weeks, &mut made).await?;
    story.catch_up(&mut made).await?;
    let clients = story.clients().await?;
    let invoices = story.draft(shape, &clients, &mut made).await?;
    story.catch_up(&mut made).await?;
    made.invoice_entries = story.drafted().await?;
    let clients = story.clients().await?;
    made.resident_bytes = crate::bench::cpu::resident_bytes();
    let clock = system.commands.log().clock();
    let (tenant, member) = (story.created.tenant, story.created.owner);
    let token = NewToken { id: clock.new_id(), member, scopes: Scopes::All, expires_at: None };
    let token = issue(&system.tenants, tenant, token, clock.now()).await?;
    let host = story.created.domain;
    Ok((Year { tenant, host, token, weeks, clients, invoices, year: shape.year }, made))
}

/// A firm of its own, whose host is below this domain.
pub(crate) async fn tenant(system: &System, base_domain: &str) -> anyhow::Result<CreatedTenant> {
    let id = system.commands.log().clock().new_id();
    let slug = format!("bench-{}", &id.simple().to_string()[20..]);
    let firm = NewFirm {
        host: format!("{slug}.{base_domain}"),
        slug,
        name: "Benchmark Sample Consulting".to_owned(),
        owner_email: "owner@bench.example".to_owned(),
        owner_name: "Olga Owner-Sample".to_owned(),
        country: "ZA".to_owned(),
        currency: Some("ZAR".to_owned()),
        time_zone: Some(firm::ZONE.to_owned()),
    };
    Ok(create_tenant(&system.commands, &system.platform, &registry::tables(), firm).await?)
}

type Told = Arc<dyn Fn(&'static str, Progress) + Send + Sync>;

struct Story<'a> {
    system: &'a Arc<System>,
    created: CreatedTenant,
    told: Told,
}

impl Story<'_> {
    async fn send<C: Command>(&self, by: MemberId, command: C) -> Result<(), CommandError> {
        let sender = Sender::new(self.created.tenant, Actor::Member(by), Via::Api);
        self.system.commands.handle(sender, command).await.map(|_| ())
    }

    /// Imports the year, in as many files as its length asks for.
    async fn import(&self, shape: Shape, made: &mut Made) -> anyhow::Result<()> {
        let mut weeks = Weeks::of(shape);
        loop {
            let (mut text, mut rows) = (firm::header(), 0);
            while rows < FILE_ROWS
                && let Some(more) = weeks.next(&mut text)
            {
                rows += more;
            }
            if rows == 0 {
                return Ok(());
            }
            let told = self.told.clone();
            let progress: OnProgress = Arc::new(move |progress| told("rows imported", progress));
            let progress = Some(progress);
            let options = ImportOptions { progress, ..ImportOptions::default() };
            let sender = Sender::new(self.created.tenant, Actor::Operator, Via::Import);
            let (start, commands) = (Instant::now(), &self.system.commands);
            let import = commands::import::run(
                commands,
                sender,
                text.into_bytes(),
                Format::Csv,
                firm::ZONE,
                options,
            );
            let report = import.await?;
            made.import_seconds += start.elapsed().as_secs_f64();
            made.entries += u64::from(report.recorded);
            made.import_rows_per_second = made.entries as f64 / made.import_seconds;
            anyhow::ensure!(
                u64::from(report.recorded) == rows && report.warnings.is_empty(),
                "of {rows} rows {} were recorded, with {} warnings, the first {:?}",
                report.recorded,
                report.warnings.len(),
                report.skipped.first().or(report.warnings.first())
            );
        }
    }

    /// Brings every read model up to the end of the log.
    async fn catch_up(&self, made: &mut Made) -> anyhow::Result<()> {
        let start = Instant::now();
        catch_up(&self.system.tenants, self.created.tenant).await?;
        made.catch_up_seconds += start.elapsed().as_secs_f64();
        let mut tx = self.system.tenants.begin(self.created.tenant).await?;
        made.events = commands::event_log::read::head_position(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    async fn weeks(&self) -> anyhow::Result<Vec<(MemberId, Week)>> {
        let mut tx = self.system.tenants.begin(self.created.tenant).await?;
        let rows = timesheet_week::list(&mut tx, None, None, None, None, i64::MAX).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(|row| (row.member_id, row.week)).collect())
    }

    /// What the firm charges: a rate for all, which rises in July, and one each for every third
    /// member.
    async fn set_rates(&self, shape: Shape, weeks: &[(MemberId, Week)]) -> anyhow::Result<()> {
        let owner = self.created.owner;
        let rate =
            |amount_minor| Rate { unit: RateUnit::Hour, amount_minor, currency: "ZAR".to_owned() };
        let all = RateScope::default();
        let july = Some(date(shape.year, 7, 1));
        for (scope, kind, from, amount) in [
            (all, RateKind::Bill, None, 95_000),
            (all, RateKind::Bill, july, 99_500),
            (all, RateKind::Cost, None, 41_000),
        ] {
            self.send(owner, SetRate { scope, kind, from, rate: rate(amount) }).await?;
        }
        let members: std::collections::BTreeSet<MemberId> =
            weeks.iter().map(|(member, _)| *member).collect();
        for (number, member) in (0..).zip(members).step_by(3) {
            let scope = RateScope { member: Some(member), ..all };
            let rate = rate(80_000 + 500 * number);
            let command = SetRate { scope, kind: RateKind::Bill, from: None, rate };
            self.send(owner, command).await?;
        }
        Ok(())
    }

    /// Members submit their weeks and the owner approves them; the last ones are still under way.
    async fn approve(
        &self,
        shape: Shape,
        weeks: &[(MemberId, Week)],
        made: &mut Made,
    ) -> anyhow::Result<()> {
        let end = Week::of(date(shape.year, 12, 31)).monday();
        let age = |week: Week| i64::from((end - week.monday()).get_days()) / 7;
        let done: Vec<(MemberId, Week, bool)> = weeks
            .iter()
            .filter(|(_, week)| age(*week) >= RECENT_WEEKS)
            .map(|(member, week)| (*member, *week, age(*week) >= 2 * RECENT_WEEKS))
            .collect();
        let (start, of) = (Instant::now(), done.len());
        let each = done.into_iter().map(|(member, week, approve)| async move {
            self.send(member, SubmitTimesheet { member, week, part: WeekPart::default() }).await?;
            if approve {
                let command =
                    ApproveTimesheet { member, week, content: None, part: WeekPart::default() };
                self.send(self.created.owner, command).await?;
            }
            Ok::<_, CommandError>(approve)
        });
        let mut each = futures::stream::iter(each).buffer_unordered(AT_ONCE);
        while let Some(approved) = each.try_next().await? {
            made.submitted += 1;
            made.approved += u64::from(approved);
            (self.told)("weeks submitted", Progress { done: made.submitted as usize, of });
        }
        made.approval_seconds = start.elapsed().as_secs_f64();
        Ok(())
    }

    /// Clients by what may be billed to them, the largest first.
    async fn clients(&self) -> anyhow::Result<Vec<ClientId>> {
        let mut tx = self.system.tenants.begin(self.created.tenant).await?;
        let sql = "select p.client_id from {t}.rm_unbilled u
            join {t}.rm_project p using (project_id)
            where u.approved and u.billable and u.invoice_id is null
            group by p.client_id order by pg_catalog.count(*) desc, p.client_id";
        let rows = tx.query(sql).fetch_all().await?;
        tx.commit().await?;
        rows.iter().map(|row| Ok(ClientId(row.try_get(0)?))).collect()
    }

    /// How many entries the drafts took.
    async fn drafted(&self) -> anyhow::Result<i64> {
        let mut tx = self.system.tenants.begin(self.created.tenant).await?;
        let sql = "select pg_catalog.count(*) from {t}.rm_invoice_entry";
        let entries = tx.query(sql).fetch_one().await?.try_get(0)?;
        tx.commit().await?;
        Ok(entries)
    }

    /// Drafts the first month for every client, one after the other.
    async fn draft(
        &self,
        shape: Shape,
        clients: &[ClientId],
        made: &mut Made,
    ) -> anyhow::Result<Vec<InvoiceId>> {
        let month: Date = date(shape.year, 1, 1);
        let (start, mut invoices) = (Instant::now(), Vec::new());
        for client in clients {
            let invoice = InvoiceId(self.system.commands.log().clock().new_id());
            let command = DraftInvoice {
                invoice,
                client: *client,
                from: month,
                to: month.last_of_month(),
                group_by: GroupBy::Task,
            };
            match self.send(self.created.owner, command).await {
                Ok(()) => invoices.push(invoice),
                // A client that nobody worked for in that month, or for which nobody is paid.
                Err(CommandError::Refused(refused))
                    if refused.code == "billing.nothing_to_bill" => {}
                Err(error) => return Err(error.into()),
            }
            (self.told)("drafts", Progress { done: invoices.len(), of: clients.len() });
        }
        (made.invoices, made.invoice_seconds) = (invoices.len(), start.elapsed().as_secs_f64());
        Ok(invoices)
    }
}
