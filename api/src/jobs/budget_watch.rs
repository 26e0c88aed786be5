//! Looks at what is spent of budgets: for one project when time was recorded on it, and once a day
//! for all, which also finds what follows from a changed rate. It asks read models, after they have
//! come to where the log stood when it began. That's sound for a notice and would not be for a
//! decision; what it finds is raised against the budgets' own stream.

use std::time::Duration;

use async_trait::async_trait;
use commands::budgets::{BUDGET_CHECK, RaiseAlerts};
use commands::event_log::read::head_position;
use commands::jobs::{Daily, Job, Work, WorkError, Worked};
use commands::{Commands, Sender};
use domain::budgets::{Finding, passed};
use domain::id::{ProjectId, TenantId};
use domain::log::{Actor, Via};
use jiff::civil::Date;
use migrations::Tenants;
use projections::billing::price_book::PriceBook;
use projections::budgets::budget::{self, BudgetRow};
use projections::budgets::measure::Measure;
use projections::budgets::{local_day, work};
use projections::catalogue::project;
use projections::registry;
use projections::row::ReadError;
use projections::wait::{Progress, WaitError};

/// What it asks.
const MODELS: [&str; 5] = ["budget", "project", "time_entry", "rate", "setting"];
/// How long it waits for them in one attempt.
const WAIT: Duration = Duration::from_secs(20);
/// How many budgets it looks at in one go.
const CHUNK: i64 = 200;

/// Looks at budgets.
#[derive(Debug, Clone)]
pub struct BudgetWatch {
    commands: Commands,
    tenants: Tenants,
    progress: Progress,
}

impl BudgetWatch {
    /// Sends alerts by these commands and reads through this door.
    pub fn new(commands: Commands, tenants: Tenants) -> Self {
        BudgetWatch { commands, tenants, progress: Progress::default() }
    }

    /// Waits until the read models know what the log holds now.
    async fn caught_up(&self, tenant: TenantId) -> Result<(), WorkError> {
        let mut tx = self.tenants.begin(tenant).await?;
        let head = head_position(&mut tx).await?;
        tx.commit().await?;
        let models: Vec<_> = MODELS.iter().filter_map(|name| registry::find(name)).collect();
        let waited = self.progress.wait_for(&self.tenants, tenant, &models, head, WAIT).await;
        waited.map_err(|error| match error {
            WaitError::TimedOut | WaitError::Degraded(_) => WorkError::later(error.to_string()),
            WaitError::Door(error) => error.into(),
        })
    }

    /// What is found in the budgets of one project, on a day or today.
    async fn find(
        &self,
        tenant: TenantId,
        project: ProjectId,
        day: Option<Date>,
    ) -> Result<Vec<Finding>, WorkError> {
        let mut tx = self.tenants.begin(tenant).await?;
        let row = project::find(&mut tx, project).await.map_err(unread)?;
        let budgets = budget::of_project(&mut tx, project).await.map_err(unread)?;
        let Some(row) = row.filter(|row| !row.archived && !budgets.is_empty()) else {
            tx.commit().await?;
            return Ok(Vec::new());
        };
        let book = PriceBook::load(&mut tx).await.map_err(unread)?;
        let groups = work::of_projects(&mut tx, &[project].into()).await.map_err(unread)?;
        tx.commit().await?;
        let now = self.commands.log().clock().now();
        let today = day.unwrap_or_else(|| local_day(book.settings(), now));
        let measure = Measure { book: &book, client: row.client_id };
        let groups: Vec<&work::Group> = groups.iter().collect();
        let found = |row: &BudgetRow| {
            let (budget, terms) = (row.budget_id, row.terms());
            let finding = |period| {
                let spent = measure.spent(&terms, period, &groups);
                Finding { budget, terms: terms.clone(), period, spent }
            };
            terms.watched_on(today).into_iter().map(finding).collect::<Vec<_>>()
        };
        let mut findings: Vec<Finding> = budgets.iter().flat_map(found).collect();
        findings.retain(|finding| !passed(finding.spent, &finding.terms).is_empty());
        Ok(findings)
    }

    async fn look(
        &self,
        sender: Sender,
        project: ProjectId,
        day: Option<Date>,
    ) -> Result<(), WorkError> {
        let findings = self.find(sender.tenant, project, day).await?;
        if !findings.is_empty() {
            self.commands.handle(sender, RaiseAlerts { project, findings }).await?;
        }
        Ok(())
    }
}

fn unread(error: ReadError) -> WorkError {
    WorkError::later(error.to_string())
}

#[async_trait]
impl Work for BudgetWatch {
    fn kind(&self) -> &'static str {
        BUDGET_CHECK
    }

    async fn run(&self, tenant: TenantId, job: &Job) -> Result<Worked, WorkError> {
        let project = job.reference.parse().map(ProjectId);
        let project = project.map_err(|_| WorkError::never("this is no project"))?;
        self.caught_up(tenant).await?;
        self.look(Sender::of_job(tenant, job), project, None).await?;
        Ok(Worked::Done)
    }
}

#[async_trait]
impl Daily for BudgetWatch {
    fn name(&self) -> &'static str {
        "budget_watch"
    }

    /// The day's own months are looked at, so that a day that comes late leaves out none.
    async fn run(&self, tenant: TenantId, day: Date) -> Result<(), WorkError> {
        if tenant.is_platform() {
            return Ok(());
        }
        self.caught_up(tenant).await?;
        let (mut after, mut seen) = (None, None);
        loop {
            let mut tx = self.tenants.begin(tenant).await?;
            let rows = budget::running(&mut tx, after, CHUNK).await.map_err(unread)?;
            tx.commit().await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some((last.project_id, last.budget_id));
            for row in &rows {
                if seen.replace(row.project_id) != Some(row.project_id) {
                    // It needs no key: sent again, it finds nothing to say.
                    let sender = Sender::new(tenant, Actor::System, Via::Job);
                    self.look(sender, row.project_id, Some(day)).await?;
                }
            }
        }
    }
}
