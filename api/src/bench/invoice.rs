//! How fast an invoice over 500 approved entries is drafted and issued: seconds reserved, lines
//! priced and sealed, three forms rendered, number taken, all in the log. A Django application of
//! the same kind writes rows only; it makes neither a page nor a form for other programs.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use commands::billing::{DraftInvoice, IssueInvoice};
use commands::catalogue::SetRate;
use commands::event_log::read::stream_after;
use commands::import::ImportOptions;
use commands::settings::ChangeSetting;
use commands::tenancy::CreatedTenant;
use commands::time::{ApproveTimesheet, SubmitTimesheet, WeekPart};
use commands::{Command, CommandError, Sender};
use documents::pdf::{self, Marking};
use documents::{cii, ubl};
use domain::billing::sealed::SealedInvoice;
use domain::billing::{GroupBy, InvoiceEvent, invoice_stream};
use domain::catalogue::rates::{Rate, RateKind, RateScope, RateUnit};
use domain::id::{ClientId, InvoiceId, MemberId};
use domain::import::Format;
use domain::log::{Actor, Via};
use domain::time::Week;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use projections::runner::catch_up;
use projections::time::timesheet_week;
use serde::Serialize;
use sqlx::Row;

use super::read::year::tenant;
use super::{cpu, firm, median, quantile};
use crate::system::System;

/// The entries of one invoice: a week of ten people who work on ten things each day.
const ENTRIES: usize = 500;
const MEMBERS: usize = 10;
const ENTRIES_OF_A_DAY: usize = 10;
/// The projects, and the tasks of each.
const PROJECTS: usize = 5;
const TASKS: usize = 10;
/// Invoices that are not counted, before the others of a leg.
const WARM: usize = 2;

/// One leg.
#[derive(Debug, Clone, Serialize)]
pub struct Leg {
    /// `invoice`.
    pub bench: &'static str,
    /// Lines of each invoice.
    pub lines: usize,
    /// Entries of each invoice.
    pub entries: usize,
    /// How many were counted, one after the other.
    pub invoices: usize,
    /// Drafted and issued per second.
    pub per_second: f64,
    /// Milliseconds for both, the median.
    pub p50_ms: f64,
    /// Milliseconds for both.
    pub p99_ms: f64,
    /// Milliseconds from the call that drafts to its answer, the median.
    pub draft_ms: f64,
    /// Milliseconds from the call that issues to its answer, the median.
    pub issue_ms: f64,
    /// Of that, writing both forms in XML, measured by itself.
    pub xml_ms: f64,
    /// Of that, setting the page, measured by itself.
    pub pdf_ms: f64,
    /// What is left of issuing: streams, prices, sealing, the log.
    pub rest_ms: f64,
    /// Bytes of the page.
    pub pdf_bytes: usize,
    /// Milliseconds of processor time per invoice in the server.
    pub server_cpu_ms: f64,
    /// The same in this process, with what is measured by itself.
    pub client_cpu_ms: f64,
    /// Milliseconds of the Django peer, which makes no page and no XML.
    pub peer_ms: f64,
    /// That over ours.
    pub peer_ratio: f64,
    /// That over ours without page and XML.
    pub peer_ratio_without_forms: f64,
}

/// Makes a firm with time for so many invoices per leg, then drafts and issues them; `report` gets
/// each leg as it ends.
pub async fn run(
    system: &Arc<System>,
    invoices: usize,
    mut report: impl FnMut(&Leg),
) -> anyhow::Result<()> {
    let created = tenant(system, "bench.invalid").await?;
    let desk = Desk { system, created };
    let client = desk.fill(2 * (invoices + WARM)).await?;
    let mut weeks = (0..).map(monday);
    for (group_by, lines, peer_ms) in
        [(GroupBy::Task, PROJECTS * TASKS, 96.0), (GroupBy::Entry, ENTRIES, 136.0)]
    {
        for monday in weeks.by_ref().take(WARM) {
            desk.invoice(client, monday, group_by).await?;
        }
        let of_leg: Vec<Date> = weeks.by_ref().take(invoices).collect();
        report(&desk.leg(client, group_by, lines, peer_ms, &of_leg).await?);
    }
    Ok(())
}

/// The first day of the n-th week.
fn monday(n: usize) -> Date {
    date(2015, 1, 5) + (7 * n as i64).days()
}

/// What one invoice took, in milliseconds.
struct Took {
    draft: f64,
    issue: f64,
    sealed: Box<SealedInvoice>,
}

struct Desk<'a> {
    system: &'a Arc<System>,
    created: CreatedTenant,
}

impl Desk<'_> {
    async fn send<C: Command>(&self, by: MemberId, command: C) -> Result<(), CommandError> {
        let sender = Sender::new(self.created.tenant, Actor::Member(by), Via::Api);
        self.system.commands.handle(sender, command).await.map(|_| ())
    }

    /// A firm in which so many weeks were recorded and approved, for one client.
    async fn fill(&self, weeks: usize) -> anyhow::Result<ClientId> {
        let (owner, tenant) = (self.created.owner, self.created.tenant);
        for (key, value) in [
            ("LEGAL_NAME", "Benchmark Sample Consulting (Pty) Ltd"),
            ("LEGAL_ADDRESS", "1 Main Road\nCape Town\n8001"),
            ("VAT_REGISTERED", "true"),
            ("VAT_NUMBER", "4012345678"),
            ("BANK_DETAILS", "Sample Bank\nAccount 62001234567"),
        ] {
            let (key, value) = (key.to_owned(), value.to_owned());
            self.send(owner, ChangeSetting { key, value, from: None }).await?;
        }
        let rate = Rate { unit: RateUnit::Hour, amount_minor: 95_000, currency: "ZAR".to_owned() };
        let (scope, kind) = (RateScope::default(), RateKind::Bill);
        self.send(owner, SetRate { scope, kind, from: None, rate }).await?;
        let sender = Sender::new(tenant, Actor::Operator, Via::Import);
        let report = commands::import::run(
            &self.system.commands,
            sender,
            recorded(weeks).into_bytes(),
            Format::Csv,
            firm::ZONE,
            ImportOptions::default(),
        );
        let recorded = report.await?.recorded as usize;
        anyhow::ensure!(recorded == weeks * ENTRIES, "{recorded} entries were recorded");
        catch_up(&self.system.tenants, tenant).await?;
        for (member, week) in self.weeks().await? {
            let part = WeekPart::default();
            self.send(member, SubmitTimesheet { member, week, part }).await?;
            let part = WeekPart::default();
            self.send(owner, ApproveTimesheet { member, week, content: None, part }).await?;
        }
        let mut tx = self.system.tenants.begin(tenant).await?;
        let sql = "select client_id from {t}.rm_project where client_id is not null limit 1";
        let client = ClientId(tx.query(sql).fetch_one().await?.try_get(0)?);
        tx.commit().await?;
        Ok(client)
    }

    async fn weeks(&self) -> anyhow::Result<Vec<(MemberId, Week)>> {
        let mut tx = self.system.tenants.begin(self.created.tenant).await?;
        let rows = timesheet_week::list(&mut tx, None, None, None, None, i64::MAX).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(|row| (row.member_id, row.week)).collect())
    }

    /// Drafts and issues the invoice of a week.
    async fn invoice(
        &self,
        client: ClientId,
        monday: Date,
        group_by: GroupBy,
    ) -> anyhow::Result<Took> {
        let owner = self.created.owner;
        let invoice = InvoiceId(self.system.commands.log().clock().new_id());
        let (from, to) = (monday, monday + 6.days());
        let start = Instant::now();
        self.send(owner, DraftInvoice { invoice, client, from, to, group_by }).await?;
        let draft = start.elapsed().as_secs_f64() * 1e3;
        let start = Instant::now();
        let issue = IssueInvoice {
            invoice,
            issued_on: None,
            allow_incomplete: true,
            firm: String::new(),
            files: self.system.files.of(self.created.tenant),
            expected_version: None,
        };
        self.send(owner, issue).await?;
        let issue = start.elapsed().as_secs_f64() * 1e3;
        Ok(Took { draft, issue, sealed: self.sealed(invoice).await? })
    }

    /// What an invoice was sealed as; its personal texts stay as they are stored.
    async fn sealed(&self, invoice: InvoiceId) -> anyhow::Result<Box<SealedInvoice>> {
        let mut tx = self.system.tenants.begin(self.created.tenant).await?;
        let rows = stream_after(&mut tx, invoice_stream(invoice), 0).await?;
        tx.commit().await?;
        for row in &rows {
            let recorded = row.decode()?;
            if let Some(InvoiceEvent::InvoiceIssued(issued)) = recorded.event.family() {
                return Ok(issued.sealed.clone());
            }
        }
        anyhow::bail!("the invoice was not issued")
    }

    async fn leg(
        &self,
        client: ClientId,
        group_by: GroupBy,
        lines: usize,
        peer_ms: f64,
        weeks: &[Date],
    ) -> anyhow::Result<Leg> {
        let server_now = || self.system.postmaster().map_or(0.0, cpu::server_seconds);
        let (server, own) = (server_now(), cpu::own_seconds());
        let mut all = Vec::with_capacity(weeks.len());
        for monday in weeks {
            let took = self.invoice(client, *monday, group_by).await?;
            let is_whole = took.sealed.lines.len() == lines;
            anyhow::ensure!(is_whole, "{} lines", took.sealed.lines.len());
            all.push(took);
        }
        let each = |seconds: f64| seconds * 1e3 / weeks.len() as f64;
        let (server, own) = (each(server_now() - server), each(cpu::own_seconds() - own));
        let of = |part: fn(&Took) -> f64| all.iter().map(part).collect::<Vec<f64>>();
        let both = of(|it| it.draft + it.issue);
        let (xml_ms, pdf_ms, pdf_bytes) = forms(&all)?;
        let (p50_ms, issue_ms) = (quantile(&both, 0.50), median(of(|it| it.issue)));
        Ok(Leg {
            bench: "invoice",
            lines,
            entries: ENTRIES,
            invoices: all.len(),
            per_second: all.len() as f64 * 1e3 / both.iter().sum::<f64>(),
            p50_ms,
            p99_ms: quantile(&both, 0.99),
            draft_ms: median(of(|it| it.draft)),
            issue_ms,
            xml_ms,
            pdf_ms,
            rest_ms: issue_ms - xml_ms - pdf_ms,
            pdf_bytes,
            server_cpu_ms: server,
            client_cpu_ms: own,
            peer_ms,
            peer_ratio: peer_ms / p50_ms,
            peer_ratio_without_forms: peer_ms / (p50_ms - xml_ms - pdf_ms),
        })
    }
}

/// The median milliseconds of both forms in XML and of the page, and the page's bytes.
fn forms(all: &[Took]) -> anyhow::Result<(f64, f64, usize)> {
    let (mut xml, mut page, mut bytes) = (Vec::new(), Vec::new(), 0);
    for Took { sealed, .. } in all {
        let start = Instant::now();
        let cii = cii::write(sealed)?;
        ubl::write(sealed)?;
        xml.push(start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        bytes = pdf::render(sealed, None, Some(&cii), Marking::Original)?.len();
        page.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok((median(xml), median(page), bytes))
}

/// So many weeks as a file, each of as many entries as an invoice has.
fn recorded(weeks: usize) -> String {
    let mut text = firm::header();
    let clock = |minute: usize| format!("{:02}:{:02}", minute / 60, minute % 60);
    for (week, member) in (0..weeks).flat_map(|week| (0..MEMBERS).map(move |it| (week, it))) {
        for (day, nth) in (0..5).flat_map(|day| (0..ENTRIES_OF_A_DAY).map(move |it| (day, it))) {
            let work = (member * 5 * ENTRIES_OF_A_DAY + day * ENTRIES_OF_A_DAY + nth) % 50;
            let (project, task) = (work / TASKS, work % TASKS);
            let start = 8 * 60 + 50 * nth;
            let end = start + 37 + (member + day + nth) % 13;
            let on = monday(week) + (day as i64).days();
            writeln!(
                text,
                "m{member}@bench.example,Member {member} Sample,Client Sample,Project {project},\
                 Task {task},{on},{},{},,,{},yes,Worked on part {nth} of it,",
                clock(start),
                clock(end),
                firm::ZONE
            )
            .expect("a text takes any line");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use commands::Clock;
    use migrations::cell::PoolLimits;

    use super::*;
    use crate::system::Place;

    #[tokio::test]
    async fn invoices_of_few_and_of_many_lines_are_drafted_and_issued() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::in_folder(folder.path().to_owned());
        let system = System::open(&place, Clock::system(), PoolLimits::default()).await.unwrap();
        let system = Arc::new(system);
        let mut legs = Vec::new();
        run(&system, 1, |leg| legs.push(leg.clone())).await.unwrap();
        let seen: Vec<_> = legs.iter().map(|leg| (leg.lines, leg.invoices)).collect();
        assert_eq!(seen, [(50, 1), (500, 1)]);
        assert!(legs.iter().all(|leg| leg.per_second > 0.0 && leg.pdf_bytes > 10_000));
        Arc::into_inner(system).unwrap().close().await;
    }
}
