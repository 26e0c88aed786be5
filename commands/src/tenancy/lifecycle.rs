//! What the making, copying and ending of tenants works with, and how the platform's log takes note
//! of it: who did it is in the metadata, and doing it again after a run that was cut off notes it
//! once.

use domain::id::TenantId;
use domain::log::{Actor, Via};
use domain::tenancy::{Refusal, Tenancy, TenancyCommand, tenant_stream};
use migrations::files::FileStore;
use migrations::platform::{Platform, TenantRecord};

use crate::event_log::audit::CheckpointSigner;
use crate::handle::{Command, Commands, IdempotencyKey, Sender};
use crate::platform_log::{self, Recorded};
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// What it takes to make, copy and end tenants, and who does it.
#[derive(Debug, Clone, Copy)]
pub struct Lifecycle<'a> {
    /// The write path.
    pub commands: &'a Commands,
    /// The catalogue.
    pub platform: &'a Platform,
    /// Signs roots.
    pub signer: &'a CheckpointSigner,
    /// Everybody's files.
    pub files: &'a FileStore,
    /// Who acts.
    pub actor: Actor,
    /// Through which edge.
    pub via: Via,
}

impl Lifecycle<'_> {
    /// A sender on the platform's log; under a key, what it sends is written once.
    pub(super) fn sender(&self, key: Option<String>) -> Sender {
        let mut sender = Sender::new(TenantId::PLATFORM, self.actor, self.via);
        sender.key =
            key.map(|key| IdempotencyKey { route: "tenancy".into(), key, request: Vec::new() });
        sender
    }

    /// Has the platform's log take note of what was decided about a tenant.
    pub(super) async fn record(
        &self,
        tenants: Vec<TenantId>,
        key: Option<String>,
        command: TenancyCommand,
    ) -> Result<(), CommandError> {
        let note = OfTenants { tenants, command };
        self.commands.handle(self.sender(key), note).await.map(drop)
    }

    /// Has the platform's log know a tenant that it may not know: one made by an earlier version,
    /// or one that has just arrived.
    pub(super) async fn introduce(&self, tenant: &TenantRecord) -> Result<(), CommandError> {
        let host = self.platform.hosts_of(tenant.id).await?.into_iter().next();
        let made = Recorded {
            tenant: tenant.id,
            slug: tenant.slug.clone(),
            name: tenant.name.clone(),
            host: host.unwrap_or_default(),
            country: None,
        };
        match platform_log::record_tenant(self.commands, made).await {
            Err(CommandError::Refused(refused) | CommandError::RefusedBefore(refused))
                if refused.code == Refusal::AlreadyRecorded.code() =>
            {
                Ok(())
            }
            outcome => outcome,
        }
    }
}

/// A decision about tenants as a whole, taken of each in one commit.
#[derive(Debug)]
struct OfTenants {
    tenants: Vec<TenantId>,
    command: TenancyCommand,
}

impl Command for OfTenants {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let streams: Vec<_> = self.tenants.iter().map(|tenant| tenant_stream(*tenant)).collect();
        unit.will_write(streams)?;
        for tenant in &self.tenants {
            let tenancy = unit.write::<Tenancy>(tenant_stream(*tenant)).await?;
            let events = tenancy.state.decide(self.command.clone())?;
            unit.emit(&tenancy, events);
        }
        Ok(Reply::changed(self.tenants[0]))
    }
}
