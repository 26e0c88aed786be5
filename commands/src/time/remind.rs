//! Once after a week's end each member who should have worked in it by their pattern, less their
//! leave, and has submitted nothing is reminded, if the firm wants that: on their first working day
//! of the next week.

use async_trait::async_trait;
use domain::id::{MemberId, TenantId};
use domain::leave::{MemberLeave, member_leave_stream};
use domain::log::{Actor, Event, Via};
use domain::members::Member;
use domain::settings::{Settings, settings_stream};
use domain::time::{Timesheet, Week, timesheet_stream};
use jiff::civil::Date;
use migrations::Tenants;

use super::deciders::everybody;
use crate::event_log::read::stream_after;
use crate::handle::{Command, Commands, IdempotencyKey, Sender};
use crate::jobs::{Daily, WorkError};
use crate::mail::Letter;
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Unit};

/// Reminds members of the week before.
#[derive(Debug, Clone)]
pub struct TimesheetReminders {
    commands: Commands,
}

impl TimesheetReminders {
    /// For the tenants of these commands.
    pub fn new(commands: Commands) -> Self {
        TimesheetReminders { commands }
    }
}

#[async_trait]
impl Daily for TimesheetReminders {
    fn name(&self) -> &'static str {
        "timesheet_reminders"
    }

    async fn run(&self, tenant: TenantId, day: Date) -> Result<(), WorkError> {
        if !reminds(self.commands.log().tenants(), tenant).await? {
            return Ok(());
        }
        let mut sender = Sender::new(tenant, Actor::System, Via::Job);
        // A day that is run again after it was cut off must remind nobody twice.
        sender.key = Some(IdempotencyKey {
            route: "daily timesheet_reminders".into(),
            key: day.to_string(),
            request: Vec::new(),
        });
        match self.commands.handle(sender, RemindOfTimesheets { day }).await {
            Ok(_) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether the firm wants it; of a firm that does not nothing is looked at, let alone written.
async fn reminds(tenants: &Tenants, tenant: TenantId) -> Result<bool, WorkError> {
    let mut tx = tenants.begin(tenant).await?;
    let mut settings = Settings::default();
    for row in stream_after(&mut tx, settings_stream(), 0).await? {
        if let Event::Settings(event) = row.decode()?.event {
            settings.evolve(&event);
        }
    }
    tx.commit().await?;
    Ok(settings.reminds_of_timesheets())
}

/// Remind whoever has their first working day of the week on this day.
#[derive(Debug, Clone, Copy)]
struct RemindOfTimesheets {
    day: Date,
}

impl Command for RemindOfTimesheets {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let week = Week::of(self.day).before();
        let everybody = everybody(unit).await?;
        let own = |member: &Loaded<Member>| member_leave_stream(MemberId(member.stream.0));
        let leave: Vec<_> = everybody.iter().map(own).collect();
        let leave = unit.peek_many::<MemberLeave>(&leave).await?;
        let due = everybody.iter().zip(&leave).filter_map(|(member, leave)| {
            let member = &member.state;
            let taken = leave.state.taken_between(week.monday(), Week::of(self.day).sunday());
            let first = |week| member.first_day_of_work_beside(week, &taken);
            let due = first(Week::of(self.day)) == Some(self.day)
                && first(week).is_some()
                && member.email.is_some();
            member.id.filter(|_| due)
        });
        let due: Vec<MemberId> = due.collect();
        let streams: Vec<_> = due.iter().map(|member| timesheet_stream(*member, week)).collect();
        let sheets = unit.peek_many::<Timesheet>(&streams).await?;
        for (member, sheet) in due.into_iter().zip(sheets) {
            if sheet.state.submitted_nothing() {
                unit.mail(Letter::TimesheetMissing { member, week });
            }
        }
        Ok(Reply { id: None, created: false })
    }
}
