//! Destroys tenants whose days of grace are over, once a day, as work of the platform's own.

use std::sync::Arc;

use async_trait::async_trait;
use domain::id::TenantId;
use domain::log::{Actor, Via};
use jiff::civil::Date;
use migrations::DoorError;
use migrations::files::FileStore;
use migrations::platform::Platform;

use super::delete::{DeleteError, destroy, due};
use super::lifecycle::Lifecycle;
use crate::event_log::audit::CheckpointSigner;
use crate::handle::Commands;
use crate::jobs::{Daily, WorkError};

/// The daily work that ends tenants.
#[derive(Debug, Clone)]
pub struct DueDeletions {
    /// The write path.
    pub commands: Commands,
    /// The catalogue.
    pub platform: Platform,
    /// Whose copies of signed roots go with a tenant.
    pub signer: Arc<CheckpointSigner>,
    /// Everybody's files.
    pub files: FileStore,
}

#[async_trait]
impl Daily for DueDeletions {
    fn name(&self) -> &'static str {
        "due_deletions"
    }

    /// On the platform's day alone. A host that only serves leaves it to one that may drop tables,
    /// or to `tenant delete --due`.
    async fn run(&self, tenant: TenantId, _day: Date) -> Result<(), WorkError> {
        if !tenant.is_platform() {
            return Ok(());
        }
        let lifecycle = Lifecycle {
            commands: &self.commands,
            platform: &self.platform,
            signer: &self.signer,
            files: &self.files,
            actor: Actor::System,
            via: Via::Job,
        };
        let deletions = match due(&lifecycle, self.commands.log().clock().now()).await {
            Err(DeleteError::Door(DoorError::NoBuilder)) => return Ok(()),
            found => found.map_err(later)?,
        };
        let mut failed = Vec::new();
        for deletion in deletions {
            // One that fails keeps none of the others.
            if let Err(error) = destroy(&lifecycle, deletion.tenant, |_| {}).await {
                failed.push(format!("{}: {error}", deletion.tenant));
            }
        }
        if failed.is_empty() { Ok(()) } else { Err(WorkError::later(failed.join("; "))) }
    }
}

fn later(error: DeleteError) -> WorkError {
    WorkError::later(error.to_string())
}
