//! A look at a tenant's state that never becomes an append: what a dry run sees.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::id::{CommandId, TenantId};
use domain::log::Metadata;
use jiff::Timestamp;
use migrations::keys::TenantKeys;

use crate::handle::{Commands, Sender};
use crate::locks::{HeldLocks, StreamLocks};
use crate::refused::CommandError;
use crate::unit::Unit;

/// What a unit of work borrows from, without any lock.
pub(super) struct Look<'a> {
    commands: &'a Commands,
    tenant: TenantId,
    keys: Arc<TenantKeys>,
    locks: HeldLocks,
    metadata: Metadata,
    at: Timestamp,
}

impl<'a> Look<'a> {
    pub(super) async fn of(commands: &'a Commands, sender: &Sender) -> Result<Self, CommandError> {
        let log = commands.log();
        let keys = log.keys().of(sender.tenant).await?;
        let locks = StreamLocks::default().lock(sender.tenant, &BTreeSet::new()).await;
        let id = log.clock().new_id();
        let metadata = Metadata {
            actor: sender.actor,
            on_behalf_of: None,
            via: sender.via,
            command_id: CommandId(id),
            correlation_id: sender.correlation.unwrap_or(id),
            causation_id: None,
            reason: None,
            trace_id: None,
            origin: None,
            simulated: log.clock().is_simulated(),
        };
        let (tenant, at) = (sender.tenant, log.clock().now());
        Ok(Look { commands, tenant, keys, locks, metadata, at })
    }

    /// A unit that reads every state anew from the database.
    pub(super) fn unit(&self) -> Unit<'_> {
        Unit {
            log: self.commands.log(),
            cache: self.commands.cache(),
            keys: self.keys.clone(),
            locks: &self.locks,
            tenant: self.tenant,
            metadata: &self.metadata,
            at: self.at,
            fresh: true,
            used_cache: false,
            tx: None,
            pause: None,
            writes: Default::default(),
            order: Vec::new(),
            reads: Default::default(),
            absent: Vec::new(),
            jobs: Vec::new(),
            job_changes: Vec::new(),
            warnings: Vec::new(),
            told: None,
        }
    }

    /// Ends it: its connection goes back.
    pub(super) async fn close(&self, mut unit: Unit<'_>) -> Result<(), CommandError> {
        match unit.tx.take() {
            Some(tx) => Ok(tx.commit().await?),
            None => Ok(()),
        }
    }
}
