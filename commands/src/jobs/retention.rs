//! What is kept of work that is over, and for how long the answers to repeated requests are. An
//! answer is kept for as long as a job that began before it may still be tried again, because the
//! answer is what makes the job once in effect.

use async_trait::async_trait;
use domain::id::TenantId;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use migrations::platform::to_database;
use migrations::{DoorError, Template, TenantTx};

use super::{Daily, WorkError};
use crate::event_log::EventLog;

/// For how long jobs that are done or called off, and answers, are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// For how long dead jobs are kept, to be looked at and tried again.
const DEAD_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The most rows taken away by one statement.
const PIECE: i64 = 5000;

/// Takes away, once a day, what is no longer needed.
#[derive(Debug, Clone)]
pub struct JobRetention {
    log: EventLog,
}

impl JobRetention {
    /// For the tenants of these logs.
    pub fn new(log: EventLog) -> Self {
        JobRetention { log }
    }

    /// Runs a statement that takes away at most `PIECE` rows older than `before` until nothing is
    /// left for it to do, each time in a transaction of its own.
    async fn sweep(
        &self,
        tenant: TenantId,
        sql: &'static str,
        before: Timestamp,
    ) -> Result<u64, DoorError> {
        let mut swept = 0;
        loop {
            let mut tx: TenantTx = self.log.tenants().begin(tenant).await?;
            let gone = tx
                .query(Template::from(sql))
                .bind(to_database(before))
                .bind(PIECE)
                .execute()
                .await?;
            tx.commit().await?;
            swept += gone;
            if gone < PIECE.unsigned_abs() {
                return Ok(swept);
            }
        }
    }
}

const ENDED: &str = "
    delete from {t}.jobs where job_id in (
        select job_id from {t}.jobs
        where state in ('done', 'cancelled') and finished_at < $1 limit $2)";

const DEAD: &str = "
    delete from {t}.jobs where job_id in (
        select job_id from {t}.jobs where state = 'dead' and finished_at < $1 limit $2)";

const ANSWERS: &str = "
    delete from {t}.commands where command_id in (
        select command_id from {t}.commands
        where recorded_at < $1 and recorded_at < coalesce((
            select min(created_at) from {t}.jobs where state in ('running', 'dead')
                or (state = 'waiting' and attempts > 0)), $1)
        limit $2)";

#[async_trait]
impl Daily for JobRetention {
    fn name(&self) -> &'static str {
        "job_retention"
    }

    async fn run(&self, tenant: TenantId, _day: Date) -> Result<(), WorkError> {
        let now = self.log.clock().now();
        let before = |age| now.saturating_sub(age).unwrap_or(Timestamp::MIN);
        self.sweep(tenant, ENDED, before(KEPT)).await?;
        self.sweep(tenant, DEAD, before(DEAD_KEPT)).await?;
        self.sweep(tenant, ANSWERS, before(KEPT)).await?;
        Ok(())
    }
}
