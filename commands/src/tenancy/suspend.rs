//! An operator stops all work of a tenant.

use domain::id::TenantId;
use domain::tenancy::{self, suspend_tenant};

use super::operations;
use crate::handle::Command;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Suspend a tenant; for [`operations::change`].
#[derive(Debug, Clone, Copy)]
pub struct SuspendTenant {
    /// Which.
    pub tenant: TenantId,
}

impl Command for SuspendTenant {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let decide = |of: &_| suspend_tenant::decide(of, tenancy::SuspendTenant);
        operations::decide(unit, self.tenant, decide).await
    }
}
