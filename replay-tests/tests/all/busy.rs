//! A firm at work: random commands of one member, from a seed, that touch most read models.

use std::sync::Mutex;

use commands::bus::SplitMix;
use commands::catalogue::{AddClient, AddProject, AddTask};
use commands::members::AddMember;
use commands::time::{
    ApproveTimesheet, RecordTime, RemoveTime, ReviseTime, SubmitTimesheet, WeekPart,
};
use commands::{Command, CommandError, Commands, Sender};
use domain::id::{ClientId, EntryId, MemberId, ProjectId, TaskId, TenantId};
use domain::log::{Actor, Via};
use domain::members::Role;
use domain::time::{Week, Worked};
use jiff::civil::{Date, date};
use migrations::testing::random_id;

const FIRST_DAY: Date = date(2026, 1, 5);
const DAYS: u64 = 26 * 7;

/// A member with a project to work on, and what they have recorded.
pub(crate) struct Busy {
    commands: Commands,
    tenant: TenantId,
    manager: MemberId,
    member: MemberId,
    project: ProjectId,
    task: TaskId,
    entries: Mutex<Vec<EntryId>>,
}

impl Busy {
    /// Members, a client, a project and a task in a tenant that may have more of them.
    pub(crate) async fn begin(commands: &Commands, tenant: TenantId) -> Self {
        let busy = Busy {
            commands: commands.clone(),
            tenant,
            manager: MemberId(random_id()),
            member: MemberId(random_id()),
            project: ProjectId(random_id()),
            task: TaskId(random_id()),
            entries: Mutex::default(),
        };
        let people =
            [(busy.manager, "Max Example", Role::Owner), (busy.member, "Mila", Role::Member)];
        for (member, name, role) in people {
            let (name, roles) = (name.to_owned(), vec![role]);
            let command = AddMember { member, name, email: None, roles, time_zone: None };
            busy.must(Actor::Operator, command).await;
        }
        let client = ClientId(random_id());
        let manager = Actor::Member(busy.manager);
        let name = format!("Client {client}");
        busy.must(manager, AddClient { client, name, currency: None }).await;
        let (project, task) = (busy.project, busy.task);
        busy.must(manager, AddProject { project, client, name: "Bridge".to_owned() }).await;
        let name = "Drawing".to_owned();
        busy.must(manager, AddTask { project, task, name, billable: true }).await;
        busy
    }

    async fn send(&self, actor: Actor, command: impl Command) -> Result<(), CommandError> {
        let sender = Sender::new(self.tenant, actor, Via::Api);
        self.commands.handle(sender, command).await.map(|_| ())
    }

    async fn must(&self, actor: Actor, command: impl Command) {
        self.send(actor, command).await.expect("a command that is in order");
    }

    /// One random command. A rule may refuse it, and that is fine; the service may not fail.
    pub(crate) async fn work(&self, random: &mut SplitMix) {
        let outcome = match random.below(10) {
            0 => self.revise(random).await,
            1 => self.remove(random).await,
            2 => self.submit_and_approve(random).await,
            _ => self.record(random).await,
        };
        match outcome {
            Ok(())
            | Err(CommandError::Refused(_) | CommandError::NotFound | CommandError::Missing(_)) => {
            }
            Err(error) => panic!("the service failed: {error}"),
        }
    }

    fn day(random: &mut SplitMix) -> Date {
        let days = i64::try_from(random.below(DAYS)).expect("half a year");
        FIRST_DAY.checked_add(jiff::Span::new().days(days)).expect("a day of this year")
    }

    fn worked(random: &mut SplitMix) -> Worked {
        let seconds = 60 + i64::try_from(random.below(3600)).expect("an hour");
        Worked::duration(Self::day(random), seconds).expect("a sound length")
    }

    fn known(&self, random: &mut SplitMix) -> EntryId {
        let entries = self.entries.lock().expect("no panic under it");
        let index = random.below(entries.len().max(1) as u64) as usize;
        entries.get(index).copied().unwrap_or(EntryId(random_id()))
    }

    async fn record(&self, random: &mut SplitMix) -> Result<(), CommandError> {
        let command = RecordTime {
            entry: EntryId(random_id()),
            member: self.member,
            project: self.project,
            task: self.task,
            worked: Self::worked(random),
            billable: None,
            note: (random.below(2) == 0).then(|| "Drew a pylon".to_owned()),
            tags: Vec::new(),
        };
        let entry = command.entry;
        self.send(Actor::Member(self.member), command).await?;
        self.entries.lock().expect("no panic under it").push(entry);
        Ok(())
    }

    async fn revise(&self, random: &mut SplitMix) -> Result<(), CommandError> {
        let command = ReviseTime {
            entry: self.known(random),
            project: None,
            task: None,
            worked: Some(Self::worked(random)),
            billable: Some(random.below(2) == 0),
            note: None,
            tags: None,
            expected_version: None,
        };
        self.send(Actor::Member(self.member), command).await
    }

    async fn remove(&self, random: &mut SplitMix) -> Result<(), CommandError> {
        let entry = self.known(random);
        let command = RemoveTime { entry, reason: None, expected_version: None };
        self.send(Actor::Member(self.member), command).await
    }

    async fn submit_and_approve(&self, random: &mut SplitMix) -> Result<(), CommandError> {
        let (member, week) = (self.member, Week::of(Self::day(random)));
        self.send(
            Actor::Member(member),
            SubmitTimesheet { member, week, part: WeekPart::default() },
        )
        .await?;
        let approve = ApproveTimesheet { member, week, part: WeekPart::default(), content: None };
        self.send(Actor::Member(self.manager), approve).await
    }
}
