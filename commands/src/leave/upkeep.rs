//! Once a day each firm adopts what a newer program knows of the law it keeps, so that leave that
//! rests on an older version can be corrected by what follows that event.

use async_trait::async_trait;
use domain::id::TenantId;
use domain::log::{Actor, Via};
use jiff::civil::Date;

use super::KeepHolidaysUpToDate;
use crate::handle::{Commands, Sender};
use crate::jobs::{Daily, WorkError};

/// Keeps holidays up to date. A firm that is up to date has nothing written.
#[derive(Debug, Clone)]
pub struct HolidayUpkeep {
    commands: Commands,
}

impl HolidayUpkeep {
    /// For the tenants of these commands.
    pub fn new(commands: Commands) -> Self {
        HolidayUpkeep { commands }
    }
}

#[async_trait]
impl Daily for HolidayUpkeep {
    fn name(&self) -> &'static str {
        "holiday_upkeep"
    }

    async fn run(&self, tenant: TenantId, _day: Date) -> Result<(), WorkError> {
        // It needs no key: sent again, it finds nothing to do.
        let sender = Sender::new(tenant, Actor::System, Via::Job);
        self.commands.handle(sender, KeepHolidaysUpToDate).await?;
        Ok(())
    }
}
