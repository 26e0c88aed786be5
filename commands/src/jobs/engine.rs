//! Runs what is due, for all tenants of a cell: which those are is one look at `cell.heads`, never
//! a look at each. Tenants take turns, job by job, so that one with many keeps no other waiting.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use domain::id::TenantId;
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use migrations::DoorError;
use migrations::platform::{Platform, TenantRecord};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use super::census;
use super::daily::{self, Days};
use super::table::{self, Claimed, End};
use super::turns::{After, Turns};
use super::{DAILY, Daily, Job, Patience, Work, WorkError, Worked};
use crate::event_log::EventLog;
use crate::event_log::read::ReadError;

/// Bounds of the engine.
#[derive(Debug, Clone, Copy)]
pub struct JobLimits {
    /// The most jobs at a time.
    pub parallel: usize,
    /// The most of them of one tenant.
    pub of_one_tenant: usize,
    /// How long a worker that says nothing keeps a job.
    pub lease: SignedDuration,
    /// How often it's looked for tenants with something due.
    pub sweep: Duration,
    /// How long a tenant is left alone after a failure to reach it, or while it's suspended.
    pub rest: Duration,
}

impl Default for JobLimits {
    fn default() -> Self {
        JobLimits {
            parallel: 8,
            of_one_tenant: 2,
            lease: SignedDuration::from_secs(60),
            sweep: Duration::from_secs(1),
            rest: Duration::from_secs(30),
        }
    }
}

/// The version of a tenant's schema that first has what jobs need; until it's migrated, it rests.
const FIRST_SCHEMA_VERSION: i32 = 3;

/// The longest reason that is kept, in bytes.
const WHY_MAX: usize = 500;

/// What runs jobs. Clones share the same work.
#[derive(Clone)]
pub struct JobEngine {
    log: EventLog,
    platform: Platform,
    limits: JobLimits,
    works: HashMap<&'static str, Arc<dyn Work>>,
    dailies: Vec<Arc<dyn Daily>>,
}

impl std::fmt::Debug for JobEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kinds: Vec<&str> = self.works.keys().copied().collect();
        f.debug_struct("JobEngine").field("kinds", &kinds).finish_non_exhaustive()
    }
}

/// Whether work is done for a tenant in this state of the catalogue: not while it's suspended,
/// about to be deleted, or on its way in or out.
pub fn is_served(state: &str) -> bool {
    matches!(state, "active" | "frozen" | "provisioning")
}

/// How a visit to a tenant ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visit {
    /// A job was run; whether another is due.
    Ran { more: bool },
    /// Nothing is due.
    Idle,
    /// The tenant is not served now.
    Closed,
}

impl JobEngine {
    /// An engine that knows no work yet. Time and chance come from the log's clock.
    pub fn new(log: EventLog, platform: Platform, limits: JobLimits) -> Self {
        JobEngine { log, platform, limits, works: HashMap::new(), dailies: Vec::new() }
    }

    /// The same, doing this for jobs of its kind.
    pub fn with(mut self, work: impl Work) -> Self {
        self.works.insert(work.kind(), Arc::new(work));
        self
    }

    /// The same, doing this once a day for each tenant, after what was named before.
    pub fn daily(mut self, daily: impl Daily) -> Self {
        self.dailies.push(Arc::new(daily));
        self
    }

    /// Runs jobs until told to stop; then ends after what is under way.
    pub async fn run(self, stop: CancellationToken) {
        let census = census::run(self.log.clone(), stop.clone());
        tokio::join!(self.take_turns(stop), census);
    }

    async fn take_turns(self, stop: CancellationToken) {
        let mut turns = Turns::new(self.limits);
        let mut visits = tokio::task::JoinSet::new();
        let mut sweep = tokio::time::interval(self.limits.sweep);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            while visits.len() < self.limits.parallel
                && let Some(tenant) = turns.next()
            {
                let engine = self.clone();
                visits.spawn(async move { (tenant, engine.visit_for_good(tenant).await) });
            }
            tokio::select! {
                () = stop.cancelled() => break,
                Some(Ok((tenant, after))) = visits.join_next() => turns.ended(tenant, after),
                _ = sweep.tick() => match self.due().await {
                    Ok(tenants) => tenants.into_iter().for_each(|tenant| turns.offer(tenant)),
                    Err(error) => tracing::warn!(%error, "jobs that are due can't be looked for"),
                },
            }
        }
        while visits.join_next().await.is_some() {}
    }

    /// Runs everything of one tenant that is due now, one after the other; answers how many
    /// attempts that took.
    pub async fn run_tenant(&self, tenant: TenantId) -> Result<usize, DoorError> {
        let mut attempts = 0;
        loop {
            match self.visit(tenant).await? {
                Visit::Ran { more } => {
                    attempts += 1;
                    if !more {
                        return Ok(attempts);
                    }
                }
                Visit::Idle | Visit::Closed => return Ok(attempts),
            }
        }
    }

    /// Runs this job of a tenant if it's due and no other worker has it; says whether it did.
    pub async fn run_job(&self, tenant: TenantId, job: Uuid) -> Result<bool, DoorError> {
        let now = self.now();
        let mut tx = self.log.tenants().begin(tenant).await?;
        let claimed = table::claim_one(&mut tx, job, now, self.leased_until(now)).await?;
        table::settle(&mut tx).await?;
        tx.commit().await?;
        let Some(claimed) = claimed else { return Ok(false) };
        if let Some(end) = self.attempt(tenant, &claimed).await {
            self.note(tenant, &claimed, &end).await?;
        }
        Ok(true)
    }

    fn leased_until(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(self.limits.lease).unwrap_or(Timestamp::MAX)
    }

    fn now(&self) -> Timestamp {
        self.log.clock().now()
    }

    async fn due(&self) -> Result<Vec<TenantId>, DoorError> {
        self.log.tenants().with_jobs_due(self.now()).await
    }

    /// A visit whose failure is told here, so that it has an end in any case.
    async fn visit_for_good(&self, tenant: TenantId) -> After {
        match AssertUnwindSafe(self.visit(tenant)).catch_unwind().await {
            Ok(Ok(Visit::Ran { more: true })) => After::Again,
            Ok(Ok(Visit::Ran { more: false } | Visit::Idle)) => After::Nothing,
            Ok(Ok(Visit::Closed)) => After::Rest,
            Ok(Err(error)) => {
                tracing::warn!(%tenant, %error, "a tenant's jobs can't be reached");
                After::Rest
            }
            Err(_) => {
                tracing::error!(%tenant, "a visit to a tenant's jobs panicked");
                After::Rest
            }
        }
    }

    /// Claims the tenant's next job, if one is due, and runs it.
    pub(super) async fn visit(&self, tenant: TenantId) -> Result<Visit, DoorError> {
        let record = self.platform.tenant_by_id(tenant).await?;
        let ready = |record: &TenantRecord| {
            is_served(&record.state) && record.schema_version >= FIRST_SCHEMA_VERSION
        };
        if !record.as_ref().is_some_and(ready) {
            return Ok(Visit::Closed);
        }
        let Some(claimed) = self.claim(tenant).await? else { return Ok(Visit::Idle) };
        let Job { id, kind, .. } = &claimed.job;
        let span = tracing::info_span!("job", otel.name = kind, %tenant, job = %id, kind);
        let end = self.attempt(tenant, &claimed).instrument(span).await;
        let Some(end) = end else { return Ok(Visit::Ran { more: false }) };
        let more = self.note(tenant, &claimed, &end).await?;
        Ok(Visit::Ran { more })
    }

    async fn claim(&self, tenant: TenantId) -> Result<Option<Claimed>, DoorError> {
        let now = self.now();
        let mut tx = self.log.tenants().begin(tenant).await?;
        planned(daily::ensure(&mut tx, now).await)?;
        let claimed = table::claim(&mut tx, now, self.leased_until(now)).await?;
        table::settle(&mut tx).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    /// Runs a claimed job while its lease is renewed; none where the lease was lost, so that its
    /// end is for another to tell.
    async fn attempt(&self, tenant: TenantId, claimed: &Claimed) -> Option<End> {
        let work = self.work_for(&claimed.job.kind);
        let patience = work.as_ref().map_or_else(Patience::default, |work| work.patience());
        let outcome = if claimed.tried > patience.attempts {
            Err(WorkError::never("the worker stopped, or the work took too long"))
        } else {
            let run = async {
                match &work {
                    Some(work) => work.run(tenant, &claimed.job).await,
                    None => Err(WorkError::later("this version does no such work")),
                }
            };
            let guarded = AssertUnwindSafe(tokio::time::timeout(patience.run, run)).catch_unwind();
            tokio::select! {
                outcome = guarded => match outcome {
                    Ok(Ok(outcome)) => outcome,
                    Ok(Err(_)) => Err(WorkError::later("it took too long")),
                    Err(_) => Err(WorkError::later("the work panicked")),
                },
                () = self.hold(tenant, claimed) => return None,
            }
        };
        Some(self.end_of(claimed, &patience, outcome))
    }

    fn work_for(&self, kind: &str) -> Option<Arc<dyn Work>> {
        if kind == DAILY {
            return Some(Arc::new(Days { dailies: self.dailies.clone() }));
        }
        self.works.get(kind).cloned()
    }

    /// Renews the lease as long as it's this attempt's; ends when it no longer is.
    async fn hold(&self, tenant: TenantId, claimed: &Claimed) {
        let third = Duration::try_from(self.limits.lease / 3).unwrap_or(self.limits.sweep);
        loop {
            tokio::time::sleep(third).await;
            match self.renew(tenant, claimed, self.leased_until(self.now())).await {
                Ok(true) => {}
                Ok(false) => return,
                // The lease itself says how long this may go on.
                Err(error) => tracing::warn!(%tenant, %error, "a lease was not renewed"),
            }
        }
    }

    async fn renew(
        &self,
        tenant: TenantId,
        claimed: &Claimed,
        until: Timestamp,
    ) -> Result<bool, DoorError> {
        let mut tx = self.log.tenants().begin(tenant).await?;
        let held = table::renew(&mut tx, &claimed.job, until).await?;
        tx.commit().await?;
        Ok(held)
    }

    fn end_of(
        &self,
        claimed: &Claimed,
        patience: &Patience,
        outcome: Result<Worked, WorkError>,
    ) -> End {
        match outcome {
            Ok(Worked::Done) => End::Done,
            Err(WorkError::Never(why)) => End::Dead(shortened(&why)),
            Err(WorkError::Later(why)) if claimed.tried >= patience.attempts => {
                End::Dead(shortened(&why))
            }
            Err(WorkError::Later(why)) => {
                let chance = self.log.clock().new_id().as_u128() as u32;
                let pause = patience.pause(claimed.tried, chance);
                let at = self.now().saturating_add(pause).unwrap_or(Timestamp::MAX);
                End::Again(at, shortened(&why))
            }
        }
    }

    /// Notes how an attempt ended, with what follows from it; answers whether another job is due.
    async fn note(
        &self,
        tenant: TenantId,
        claimed: &Claimed,
        end: &End,
    ) -> Result<bool, DoorError> {
        let now = self.now();
        let job = &claimed.job;
        let mut tx = self.log.tenants().begin(tenant).await?;
        let own = table::end(&mut tx, job, end, now).await?;
        let over = matches!(end, End::Done | End::Dead(_));
        if own
            && over
            && job.kind == DAILY
            && let Ok(day) = job.reference.parse()
        {
            planned(daily::plan_after(&mut tx, day, now).await)?;
        }
        let next = table::settle(&mut tx).await?;
        tx.commit().await?;
        let outcome = match end {
            End::Done => "done",
            End::Dead(_) => "dead",
            End::Again(..) => "again",
        };
        if own {
            metrics::counter!("job_attempts_total", "outcome" => outcome).increment(1);
        }
        match end {
            End::Done => tracing::debug!(%tenant, job = %job.id, kind = job.kind, "a job is done"),
            End::Again(at, why) => tracing::info!(
                %tenant, job = %job.id, kind = job.kind, again_at = %at, why, "a job is put off"
            ),
            End::Dead(why) => tracing::warn!(
                %tenant, job = %job.id, kind = job.kind, why, "a job was given up"
            ),
        }
        Ok(next.is_some_and(|next| next <= now))
    }
}

/// A day that can't be planned because a setting can't be read is planned at a later visit.
fn planned(outcome: Result<(), ReadError>) -> Result<(), DoorError> {
    match outcome {
        Ok(()) => Ok(()),
        Err(ReadError::Door(error)) => Err(error),
        Err(error @ ReadError::Decode { .. }) => {
            tracing::error!(%error, "the job of the day can't be planned");
            Ok(())
        }
    }
}

fn shortened(why: &str) -> String {
    let end = (0..=WHY_MAX.min(why.len())).rev().find(|end| why.is_char_boundary(*end));
    why[..end.unwrap_or(0)].to_owned()
}
