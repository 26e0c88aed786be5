//! The work of settling: for one member, for all, and each day for all, when also those are told
//! whose leave is about to lapse. Who has nothing to settle costs no command.

use async_trait::async_trait;
use domain::id::{MemberId, TenantId};
use domain::log::{Actor, Via};
use jiff::civil::Date;

use super::asked::{ALL, LEAVE_SETTLE};
use super::lapsing::{TellOfLapse, lapsing};
use super::{SettleLeave, TellAdmins, due_of};
use crate::event_log::read::{head_position, position_at};
use crate::handle::{Commands, Sender};
use crate::jobs::{Daily, Job, Work, WorkError, Worked};
use crate::leave::sources::{FirmLeave, LeaveCut, at};
use crate::members::substitutes::day_of;

/// Settles leave.
#[derive(Debug, Clone)]
pub struct LeaveSettling {
    commands: Commands,
}

impl LeaveSettling {
    /// For the tenants of these commands.
    pub fn new(commands: Commands) -> Self {
        LeaveSettling { commands }
    }

    /// The program itself. It needs no key: sent again, it finds nothing to do.
    fn sender(tenant: TenantId) -> Sender {
        Sender::new(tenant, Actor::System, Via::Job)
    }

    /// The leave of these members, or of all, as it stands, with the firm's today.
    async fn firm(
        &self,
        tenant: TenantId,
        members: Option<&[MemberId]>,
    ) -> Result<(FirmLeave, Date), WorkError> {
        let now = self.commands.log().clock().now();
        let last = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let mut tx = self.commands.log().tenants().begin(tenant).await?;
        let firm = at(&mut tx, members, LeaveCut::default(), last).await?;
        tx.commit().await?;
        let today = day_of(&firm.settings, now);
        Ok((firm, today))
    }

    /// Settles whoever has something to settle.
    async fn settle(
        &self,
        tenant: TenantId,
        firm: &FirmLeave,
        today: Date,
    ) -> Result<(), WorkError> {
        for member in firm.members.keys().copied() {
            if !due_of(firm, member, today).is_empty() {
                self.commands.handle(Self::sender(tenant), SettleLeave { member }).await?;
            }
        }
        Ok(())
    }

    async fn settle_all(&self, tenant: TenantId, job: &Job) -> Result<(), WorkError> {
        let (firm, today) = self.firm(tenant, None).await?;
        self.settle(tenant, &firm, today).await?;
        // What an attempt before this one has settled is told too: all since the job was asked for.
        let mut tx = self.commands.log().tenants().begin(tenant).await?;
        let after = position_at(&mut tx, job.created_at).await?;
        let until = head_position(&mut tx).await?;
        tx.commit().await?;
        if until > after {
            let tell = TellAdmins { after, until };
            self.commands.handle(Sender::of_job(tenant, job), tell).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Work for LeaveSettling {
    fn kind(&self) -> &'static str {
        LEAVE_SETTLE
    }

    async fn run(&self, tenant: TenantId, job: &Job) -> Result<Worked, WorkError> {
        if job.reference == ALL {
            self.settle_all(tenant, job).await?;
            return Ok(Worked::Done);
        }
        let member = job.reference.parse().map(MemberId);
        let member = member.map_err(|_| WorkError::never("this is no member"))?;
        self.commands.handle(Self::sender(tenant), SettleLeave { member }).await?;
        Ok(Worked::Done)
    }
}

#[async_trait]
impl Daily for LeaveSettling {
    fn name(&self) -> &'static str {
        "leave_settling"
    }

    /// Accounts are settled up to the present, whichever day it is that comes late; who is told
    /// that leave lapses depends on the day itself, so that a late one leaves out nobody.
    async fn run(&self, tenant: TenantId, day: Date) -> Result<(), WorkError> {
        if tenant.is_platform() {
            return Ok(());
        }
        let (firm, today) = self.firm(tenant, None).await?;
        self.settle(tenant, &firm, today).await?;
        let lapsing = lapsing(&firm, day);
        if !lapsing.is_empty() {
            self.commands.handle(Self::sender(tenant), TellOfLapse { day, lapsing }).await?;
        }
        Ok(())
    }
}
