//! Jobs on a real database, with a clock that is set and work that does as it's told.

mod changes;
mod days;
mod ends;
mod many;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::id::{MemberId, TenantId};
use domain::log::{Actor, Via};
use domain::members::Role;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::Timestamp as DatabaseTimestamp;
use migrations::testing::{TestTenant, random_id};
use sqlx::Row;
use uuid::Uuid;

use super::table::{JobRecord, JobState, find, list};
use super::{Job, JobEngine, JobLimits, NewJob, Work, WorkError, Worked};
use crate::clock::Clock;
use crate::event_log::{EventLog, Limits};
use crate::handle::{Command, Commands, Sender};
use crate::members::AddMember;
use crate::refused::{CommandError, Reply};
use crate::testing::Firm;
use crate::unit::Unit;

/// A Saturday noon in UTC.
pub(super) const NOON: &str = "2026-11-21T12:00:00Z";

/// A tenant whose clock stands where it's set.
pub(super) struct Shop {
    pub firm: Firm,
    pub clock: Clock,
}

impl Shop {
    pub(super) async fn new() -> Self {
        Shop::of(TestTenant::provision(&[]).await, 1)
    }

    pub(super) fn of(tenant: TestTenant, seed: u64) -> Self {
        let clock = Clock::simulated(NOON.parse().expect("an instant"), seed);
        Shop::with(tenant, clock)
    }

    fn with(tenant: TestTenant, clock: Clock) -> Self {
        let (tenants, keys) = (tenant.tenants.clone(), tenant.keys.clone());
        let log = EventLog::new(tenants, keys, clock.clone(), Limits::default());
        Shop { firm: Firm { tenant, commands: Commands::new(log) }, clock }
    }

    /// The same tenant as another process sees it at the same time.
    pub(super) fn in_another_process(&self) -> Self {
        Shop::with(self.firm.tenant.in_another_process(), self.clock.clone())
    }

    pub(super) fn id(&self) -> TenantId {
        self.firm.id()
    }

    pub(super) fn engine(&self) -> JobEngine {
        let log = self.firm.commands.log().clone();
        JobEngine::new(log, self.firm.tenant.platform.clone(), JobLimits::default())
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn pass(&self, time: SignedDuration) {
        self.clock.set(self.now().checked_add(time).expect("a day within the calendar"));
    }

    /// Asks for a job in a commit of its own.
    pub(super) async fn ask(&self, kind: &'static str, due_at: Timestamp) -> Uuid {
        let job = NewJob { id: random_id(), kind, reference: "1".into(), due_at };
        let id = job.id;
        let sender = Sender::new(self.id(), Actor::System, Via::Api);
        self.firm.commands.handle(sender, AskFor(job)).await.expect("a job in the log's commit");
        id
    }

    pub(super) async fn job(&self, id: Uuid) -> JobRecord {
        let mut tx = self.firm.tenant.tenants.begin(self.id()).await.expect("the door");
        find(&mut tx, id).await.expect("the table").expect("the job")
    }

    pub(super) async fn jobs(&self, state: Option<JobState>) -> Vec<JobRecord> {
        let mut tx = self.firm.tenant.tenants.begin(self.id()).await.expect("the door");
        list(&mut tx, state, None, 1000).await.expect("the table")
    }

    /// When the tenant is looked at next.
    pub(super) async fn next(&self) -> Option<Timestamp> {
        let mut tx = self.firm.tenant.tenants.begin(self.id()).await.expect("the door");
        let row = tx.query("select next_job_at from cell.heads").fetch_one().await.expect("a head");
        let at: Option<DatabaseTimestamp> = row.try_get(0).expect("an instant");
        at.map(|at| at.to_jiff())
    }

    pub(super) async fn run(&self, engine: &JobEngine) -> usize {
        engine.run_tenant(self.id()).await.expect("the database")
    }
}

pub(super) struct AskFor(pub NewJob);

impl Command for AskFor {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        unit.job(self.0.clone());
        Ok(Reply { id: Some(self.0.id), created: true })
    }
}

/// Work that ends as it was told, one end after the other, and then well.
#[derive(Clone, Default)]
pub(super) struct Told {
    ends: Arc<Mutex<VecDeque<WorkError>>>,
    pub runs: Arc<Mutex<Vec<(Uuid, i32)>>>,
}

impl Told {
    pub(super) fn to(ends: impl IntoIterator<Item = WorkError>) -> Self {
        let ends = Arc::new(Mutex::new(ends.into_iter().collect()));
        Told { ends, runs: Arc::default() }
    }

    pub(super) fn attempts(&self) -> Vec<i32> {
        self.runs.lock().unwrap().iter().map(|(_, attempt)| *attempt).collect()
    }
}

#[async_trait]
impl Work for Told {
    fn kind(&self) -> &'static str {
        "told"
    }

    async fn run(&self, _tenant: TenantId, job: &Job) -> Result<Worked, WorkError> {
        self.runs.lock().unwrap().push((job.id, job.attempt));
        match self.ends.lock().unwrap().pop_front() {
            Some(error) => Err(error),
            None => Ok(Worked::Done),
        }
    }
}

/// Work with an effect: it takes in a member. It then waits until it's let go, if it has to.
pub(super) struct TakesIn {
    pub commands: Commands,
    pub gate: Option<Gate>,
}

/// Where work waits after its effect.
#[derive(Clone, Default)]
pub(super) struct Gate {
    pub reached: Arc<tokio::sync::Notify>,
    pub open: Arc<tokio::sync::Notify>,
}

#[async_trait]
impl Work for TakesIn {
    fn kind(&self) -> &'static str {
        "takes_in"
    }

    async fn run(&self, tenant: TenantId, job: &Job) -> Result<Worked, WorkError> {
        let member = AddMember {
            // Another id each time, as from a lottery: what makes it one member is the key.
            member: MemberId(random_id()),
            name: "Nova".into(),
            email: None,
            roles: vec![Role::Member],
            time_zone: None,
        };
        self.commands.handle(Sender::of_job(tenant, job), member).await?;
        if let Some(gate) = &self.gate {
            gate.reached.notify_one();
            gate.open.notified().await;
        }
        Ok(Worked::Done)
    }
}
