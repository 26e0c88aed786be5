//! An operator lets a tenant work again.

use domain::id::TenantId;
use domain::tenancy::{self, resume_tenant};

use super::operations;
use crate::handle::Command;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Resume a tenant; for [`operations::change`].
#[derive(Debug, Clone, Copy)]
pub struct ResumeTenant {
    /// Which.
    pub tenant: TenantId,
}

impl Command for ResumeTenant {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let decide = |of: &_| resume_tenant::decide(of, tenancy::ResumeTenant);
        operations::decide(unit, self.tenant, decide).await
    }
}
