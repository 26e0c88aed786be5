//! A firm with work to record, for the tests of time, billing and imports.

use domain::id::{ClientId, EntryId, MemberId, ProjectId, TaskId};
use domain::log::{Actor, Recorded};
use domain::members::Role;
use domain::time::{Timesheet, Week, Worked, timesheet_stream};
use migrations::testing::random_id;

use super::{ApproveTimesheet, RecordTime, SubmitTimesheet, WeekPart};
use crate::catalogue::{AddClient, AddProject, AddTask};
use crate::handle::Command;
use crate::refused::{CommandError, Done};
use crate::testing::Firm;

/// A firm with a member, a manager and a task to work on.
pub(crate) struct Office {
    pub firm: Firm,
    pub member: MemberId,
    pub manager: MemberId,
    pub client: ClientId,
    pub project: ProjectId,
    pub task: TaskId,
}

pub(crate) fn span(start: &str, end: &str) -> Worked {
    let at = |text: &str| text.parse().expect("an instant");
    Worked::span(at(start), at(end), "UTC").expect("a span of sound length")
}

pub(crate) fn duration(day: &str, seconds: i64) -> Worked {
    Worked::duration(day.parse().expect("a day"), seconds).expect("a sound length")
}

pub(crate) fn week(text: &str) -> Week {
    text.parse().expect("a week")
}

impl Office {
    pub(crate) async fn new() -> Self {
        let firm = Firm::new().await;
        let member = firm.member(&[Role::Member]).await;
        let manager = firm.member(&[Role::Manager]).await;
        let client = ClientId(random_id());
        let command = AddClient { client, name: "Umbrella".into(), currency: None };
        firm.send(Actor::Operator, command).await.expect("a client");
        let (project, task) = (ProjectId(random_id()), TaskId(random_id()));
        let command = AddProject { project, client, name: "Website".into() };
        firm.send(Actor::Operator, command).await.expect("a project");
        let command = AddTask { project, task, name: "Design".into(), billable: true };
        firm.send(Actor::Operator, command).await.expect("a task");
        Office { firm, member, manager, client, project, task }
    }

    /// Recording of the member's time under a new id.
    pub(crate) fn record(&self, worked: Worked) -> RecordTime {
        RecordTime {
            entry: EntryId(random_id()),
            member: self.member,
            project: self.project,
            task: self.task,
            worked,
            billable: None,
            note: None,
            tags: Vec::new(),
        }
    }

    /// Sends it as the member.
    pub(crate) async fn send(&self, command: impl Command) -> Result<Done, CommandError> {
        self.firm.send(Actor::Member(self.member), command).await
    }

    /// Sends it as the manager.
    pub(crate) async fn manage(&self, command: impl Command) -> Result<Done, CommandError> {
        self.firm.send(Actor::Member(self.manager), command).await
    }

    /// The member's time, recorded.
    pub(crate) async fn recorded(&self, worked: Worked) -> EntryId {
        let command = self.record(worked);
        let entry = command.entry;
        self.send(command).await.expect("recorded");
        entry
    }

    pub(crate) fn submit(&self, week: Week) -> SubmitTimesheet {
        SubmitTimesheet { member: self.member, week, part: WeekPart::default() }
    }

    pub(crate) fn approve(&self, week: Week) -> ApproveTimesheet {
        ApproveTimesheet { member: self.member, week, part: WeekPart::default(), content: None }
    }

    /// Submits and approves the member's week.
    pub(crate) async fn approved(&self, week: Week) {
        self.send(self.submit(week)).await.expect("submitted");
        self.manage(self.approve(week)).await.expect("approved");
    }

    /// The member's week, folded from the log.
    pub(crate) async fn sheet(&self, week: Week) -> Timesheet {
        self.sheet_of(self.member, week).await
    }

    pub(crate) async fn sheet_of(&self, member: MemberId, week: Week) -> Timesheet {
        let stream = timesheet_stream(member, week);
        let mut sheet = Timesheet::default();
        for Recorded { stream: of, event, .. } in self.firm.recorded().await {
            if let (true, domain::log::Event::Time(event)) = (of == stream, event) {
                sheet.evolve(&event);
            }
        }
        sheet
    }

    /// Checks that the claims are what the log says.
    pub(crate) async fn check_claims(&self) {
        let Firm { tenant, .. } = &self.firm;
        let verified = crate::event_log::claims::verify(&tenant.tenants, &tenant.keys, tenant.id)
            .await
            .expect("the claims and the log");
        assert_eq!(verified.differences, [], "the claims are what the events say");
    }
}
