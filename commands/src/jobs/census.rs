//! How many jobs wait and how many were given up, over all tenants, for whoever watches the
//! service. Tenants are counted one after the other, a few at a time, so that each is looked at
//! about once a minute; the sums carry no tenant's name.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use domain::id::TenantId;
use migrations::DoorError;
use tokio_util::sync::CancellationToken;

use super::table::{JobCounts, count};
use crate::event_log::EventLog;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(5);
/// In how many looks every tenant is counted once.
const LOOKS: usize = 12;
/// The fewest tenants counted in one look.
const FEWEST: usize = 10;

/// What was counted of whom.
#[derive(Debug, Default)]
pub(super) struct Census {
    line: VecDeque<TenantId>,
    counted: HashMap<TenantId, JobCounts>,
}

impl Census {
    /// Counts the next few tenants.
    pub(super) async fn look(&mut self, log: &EventLog) -> Result<(), DoorError> {
        if self.line.is_empty() {
            self.line =
                log.tenants().heads().await?.into_iter().map(|(tenant, _)| tenant).collect();
            self.counted.retain(|tenant, _| self.line.contains(tenant));
        }
        let share = (self.line.len().max(self.counted.len()) / LOOKS).max(FEWEST);
        for _ in 0..share {
            let Some(tenant) = self.line.pop_front() else { break };
            let mut tx = match log.tenants().begin(tenant).await {
                Err(DoorError::NoSuchTenant) => continue,
                tx => tx?,
            };
            // One that can't be counted, such as for want of a migration, hides none of the others.
            match count(&mut tx, log.clock().now()).await {
                Ok(counts) => drop(self.counted.insert(tenant, counts)),
                Err(error) => tracing::debug!(%tenant, %error, "jobs can't be counted"),
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// The sums over all tenants counted.
    pub(super) fn sums(&self) -> JobCounts {
        self.counted.values().fold(JobCounts::default(), |sum, counts| JobCounts {
            waiting: sum.waiting + counts.waiting,
            dead: sum.dead + counts.dead,
            mails: sum.mails + counts.mails,
        })
    }
}

/// Counts until told to stop.
pub(super) async fn run(log: EventLog, stop: CancellationToken) {
    let mut census = Census::default();
    loop {
        match census.look(&log).await {
            Ok(()) => {
                let sums = census.sums();
                metrics::gauge!("jobs_waiting").set(sums.waiting as f64);
                metrics::gauge!("jobs_dead").set(sums.dead as f64);
                metrics::gauge!("mail_backlog").set(sums.mails as f64);
            }
            Err(error) => tracing::warn!(%error, "jobs can't be counted"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}
