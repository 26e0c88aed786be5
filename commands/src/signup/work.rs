//! The job that makes the firm of a confirmed sign-up, and the daily run that ends sign-ups whose
//! time is over.

use async_trait::async_trait;
use domain::id::{SignUpId, TenantId};
use domain::log::Via;
use jiff::civil::Date;

use super::{MAKE_FIRM, MakeError, Maker};
use crate::jobs::{Daily, Job, Work, WorkError, Worked};
use crate::refused::CommandError;

/// Makes firms whose confirmation was cut off.
#[derive(Debug, Clone)]
pub struct MakeFirm(pub Maker);

#[async_trait]
impl Work for MakeFirm {
    fn kind(&self) -> &'static str {
        MAKE_FIRM
    }

    async fn run(&self, _: TenantId, job: &Job) -> Result<Worked, WorkError> {
        let unreadable = |_| WorkError::never("the job names no sign-up");
        let sign_up: SignUpId = job.reference.parse().map_err(unreadable)?;
        match self.0.make(sign_up, Via::Job).await {
            Ok(_) => Ok(Worked::Done),
            Err(MakeError::Later(why)) => Err(WorkError::later(why)),
            // What looks like a bug may be one of another program's version: it's tried again.
            Err(MakeError::Command(CommandError::Internal(why))) => Err(WorkError::later(why)),
            Err(MakeError::Command(error)) => Err(error.into()),
        }
    }
}

#[async_trait]
impl Daily for MakeFirm {
    fn name(&self) -> &'static str {
        "sign-ups"
    }

    async fn run(&self, tenant: TenantId, _: Date) -> Result<(), WorkError> {
        if tenant.is_platform() {
            self.0.tidy_up().await?;
        }
        Ok(())
    }
}
