//! When people are away: what they had taken before the firm came here, leave that is asked for,
//! granted, refused and cancelled, days of sickness, and a holiday that nobody knew of when leave
//! was granted.

use std::collections::BTreeSet;

use commands::leave::settle::SettleLeave;
use commands::leave::sources::{LeaveCut, at};
use commands::leave::{
    AgreeOnLeave, ApproveLeave, AskForLeave, CancelLeave, DeclareHoliday, EnterLeave, RejectLeave,
};
use commands::members::ChangeMemberEmployment;
use commands::{CommandError, Sender};
use domain::id::{LeaveEntryId, LeaveRequestId, LeaveTypeId, MemberId};
use domain::leave::policy::{Quantity, Right};
use domain::leave::{AcceptedTerms, LeaveDays, LeaveMinutes, LeaveSpan};
use domain::log::{Actor, Via};
use domain::members::Role;
use domain::time::Week;
use jiff::civil::{Date, Time};
use jiff::{Span, ToSpan};

use super::year::Story;

/// Minutes of six days.
const TAKEN_BEFORE: LeaveMinutes = LeaveMinutes::of(6 * 480);

impl Story<'_> {
    /// Who works has been there for some months; what they took then comes from the old system.
    pub(super) async fn grant_leave(&mut self, monday: Date) -> anyhow::Result<()> {
        self.annual = self.kind("annual", monday).await?;
        self.sick = self.kind("sick", monday).await?;
        let owner = self.who(Role::Owner);
        let hired = monday.checked_sub(Span::new().months(9))?;
        for member in self.workers() {
            let hired_on = Some(Some(hired));
            let employ =
                ChangeMemberEmployment { member, hired_on, left_on: None, expected_version: None };
            self.send(owner, employ).await?;
            let Some(leave_type) = self.annual else { continue };
            let enter = EnterLeave {
                entry: LeaveEntryId(self.clock.new_id()),
                member,
                leave_type,
                effective: monday,
                minutes: -TAKEN_BEFORE,
                right: Right::Statutory,
                expires: None,
                reason: "Taken before, by the old system".to_owned(),
            };
            self.send(self.who(Role::Admin), enter).await?;
        }
        if let Some(leave_type) = self.annual {
            let amount = Some(Quantity::Days(LeaveDays::of(5)));
            let member = self.who(Role::Manager);
            let agree = AgreeOnLeave { member, leave_type, from: Some(monday), amount };
            self.send(self.who(Role::Admin), agree).await?;
        }
        Ok(())
    }

    async fn kind(&self, code: &str, day: Date) -> anyhow::Result<Option<LeaveTypeId>> {
        let mut tx = self.commands().log().tenants().begin(self.tenant()).await?;
        let firm = at(&mut tx, Some(&[]), LeaveCut::default(), day).await?;
        tx.commit().await?;
        let mut kinds = firm.types.iter();
        Ok(kinds.find(|(_, (_, kind))| kind.code == code).map(|(id, _)| *id))
    }

    /// What is asked for in a week: some plan a week off, somebody is ill now and then.
    pub(super) async fn ask_for_leave(&mut self, week: Week) -> anyhow::Result<()> {
        self.at(week.monday(), Time::constant(8, 30, 0, 0))?;
        for member in self.workers() {
            let ahead = week.monday().checked_add(Span::new().weeks(3))?;
            let friday = ahead.checked_add(Span::new().days(4))?;
            if self.roll(14) == 0 {
                self.take(member, self.annual, ahead, friday).await?;
            }
            if self.roll(26) == 0 {
                let tuesday = week.monday().checked_add(Span::new().days(1))?;
                self.take(member, self.sick, week.monday(), tuesday).await?;
            }
        }
        Ok(())
    }

    /// Asks for leave and has it decided on: one request in ten is sent back, one in twelve of
    /// those granted is not taken after all.
    async fn take(
        &mut self,
        member: MemberId,
        kind: Option<LeaveTypeId>,
        from: Date,
        to: Date,
    ) -> anyhow::Result<()> {
        let Some(leave_type) = kind else { return Ok(()) };
        let request = LeaveRequestId(self.clock.new_id());
        let ask = AskForLeave {
            request,
            member,
            leave_type,
            span: LeaveSpan { from, to, part: None },
            case: None,
            note: Some("Agreed with the team".to_owned()),
            accepted: AcceptedTerms::None,
            draft: false,
        };
        match self.send(member, ask).await {
            Ok(_) => {}
            // Too little is left, or those days are asked for already.
            Err(CommandError::Refused(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let by = self.decider(member);
        if kind == self.annual && self.roll(10) == 0 {
            let reason = "The workshop is in that week".to_owned();
            self.send(by, RejectLeave { request, reason, seen: None }).await?;
            return Ok(());
        }
        self.send(by, ApproveLeave { request, seen: None }).await?;
        if kind == self.annual && self.roll(12) == 0 {
            let reason = Some("Plans have changed".to_owned());
            self.send(member, CancelLeave { request, reason, seen: None }).await?;
            return Ok(());
        }
        let days = from.series(1.day()).take_while(|day| *day <= to);
        self.away.extend(days.map(|day| (member, day)));
        Ok(())
    }

    /// Half a year on, a day in the next leave that was granted turns out to be a holiday.
    pub(super) async fn declare_a_holiday(&mut self, today: Date) -> anyhow::Result<()> {
        let later: BTreeSet<Date> = self.away.iter().map(|(_, day)| *day).collect();
        let Some(day) = later.range(today..).next().copied() else { return Ok(()) };
        let name = "Day of the Sample Jubilee".to_owned();
        self.send(self.who(Role::Admin), DeclareHoliday { day, name }).await?;
        self.settle_leave().await
    }

    /// Writes down what has come due on everybody's accounts, as the program does each night.
    pub(super) async fn settle_leave(&self) -> anyhow::Result<()> {
        let by = Sender::new(self.tenant(), Actor::System, Via::Job);
        for member in self.workers() {
            self.commands().handle(by.clone(), SettleLeave { member }).await?;
        }
        Ok(())
    }
}
