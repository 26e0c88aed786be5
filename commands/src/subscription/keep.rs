//! The daily run over all subscriptions, and the one place that tells the catalogue whether a
//! tenant may be used.

use async_trait::async_trait;
use domain::id::TenantId;
use domain::log::{Actor, Event, Via};
use domain::subscription::{Month, TRIAL_PLAN};
use domain::tenancy::{Standing, Tenancy, tenant_stream};
use jiff::civil::Date;
use migrations::platform::{Platform, TenantRecord};

use super::{BeginSubscription, KeepTerms, MemberCount, count, day_of, owners, subscription};
use crate::event_log::read::stream_after;
use crate::handle::{Commands, Sender};
use crate::jobs::{Daily, WorkError};
use crate::refused::CommandError;

/// Keeps the terms of every tenant. Clones share it.
#[derive(Debug, Clone)]
pub struct Terms {
    commands: Commands,
    platform: Platform,
}

impl Terms {
    /// Over these logs and this catalogue.
    pub fn new(commands: Commands, platform: Platform) -> Self {
        Terms { commands, platform }
    }

    /// Does for each tenant what its terms ask for today, by the clock that writes the log. Answers
    /// how many could not be seen to; one that fails does not keep the others waiting.
    pub async fn keep_all(&self) -> Result<usize, CommandError> {
        let mut failed = 0;
        for record in self.platform.tenants().await? {
            if let Err(error) = self.keep(&record).await {
                tracing::warn!(tenant = %record.id, %error, "a tenant's terms were not kept");
                failed += 1;
            }
        }
        Ok(failed)
    }

    /// The same for one tenant. One that an operator suspended or is deleted is left alone.
    pub async fn keep(&self, record: &TenantRecord) -> Result<(), CommandError> {
        if !matches!(record.state.as_str(), "active" | "frozen") {
            return Ok(());
        }
        let log = self.commands.log();
        let tenants = log.tenants();
        let known = subscription(tenants, &[record.id]).await?.pop().unwrap_or_default();
        if known.subscription.tenant.is_none() {
            // Made by hand or before there were subscriptions: its trial begins today.
            let begin = BeginSubscription {
                tenant: record.id,
                plan: TRIAL_PLAN.to_owned(),
                currency: None,
            };
            self.send(begin).await?;
        }
        let today = day_of(log.clock().now());
        let mut counts: Vec<(Month, MemberCount)> = Vec::new();
        for month in known.subscription.months_to_bill(today) {
            counts.push((month, count(tenants, record.id, month).await?));
        }
        let owners = owners(tenants, record.id).await?;
        self.send(KeepTerms { tenant: record.id, counts, owners }).await?;
        settle(&self.commands, &self.platform, record.id).await
    }

    async fn send(&self, command: impl crate::Command) -> Result<(), CommandError> {
        let sender = Sender::new(TenantId::PLATFORM, Actor::System, Via::Job);
        self.commands.handle(sender, command).await.map(drop)
    }
}

#[async_trait]
impl Daily for Terms {
    fn name(&self) -> &'static str {
        "subscriptions"
    }

    /// On the platform alone. The day that is named is not looked at: after an outage an invoice
    /// must give its days to pay from when it's really issued.
    async fn run(&self, tenant: TenantId, _: Date) -> Result<(), WorkError> {
        if !tenant.is_platform() {
            return Ok(());
        }
        match self.keep_all().await? {
            0 => Ok(()),
            failed => Err(WorkError::later(format!("{failed} tenants could not be seen to"))),
        }
    }
}

/// Tells the catalogue what a tenant may do, as the platform's log has it: what operators did comes
/// before what was paid. To do it again changes nothing, so whoever was cut off between the log and
/// the catalogue is made up for by the next one.
pub async fn settle(
    commands: &Commands,
    platform: &Platform,
    tenant: TenantId,
) -> Result<(), CommandError> {
    let Some(record) = platform.tenant_by_id(tenant).await? else { return Ok(()) };
    let tenants = commands.log().tenants();
    let known = subscription(tenants, &[tenant]).await?.pop().unwrap_or_default();
    let mut tx = tenants.begin(TenantId::PLATFORM).await?;
    let mut tenancy = Tenancy::default();
    for row in stream_after(&mut tx, tenant_stream(tenant), 0).await? {
        if let Event::Tenancy(event) = row.decode()?.event {
            tenancy.evolve(&event);
        }
    }
    tx.commit().await?;
    let state = match tenancy.standing {
        Standing::Active if known.subscription.frozen.is_some() => "frozen",
        Standing::Active => "active",
        // Whoever did these has told the catalogue.
        Standing::Suspended | Standing::Deleting { .. } | Standing::Deleted => return Ok(()),
    };
    if record.state != state && matches!(record.state.as_str(), "active" | "frozen") {
        platform.set_state(tenant, state).await?;
    }
    Ok(())
}
