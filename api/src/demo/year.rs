//! A year in a firm's life: people join, work is recorded and approved week by week, rates go up,
//! months are billed, and now and then something is sent back or corrected.

use std::collections::BTreeSet;

use commands::catalogue::{AddClient, AddProject, AddTask, SetRate};
use commands::members::{AddMember, ChangeMemberManager, SetWorkPattern};
use commands::tenancy::CreatedTenant;
use commands::time::{
    ApproveTimesheet, RecordMany, RecordTime, RejectTimesheet, SubmitTimesheet, WeekPart,
};
use commands::{Clock, Command, CommandError, Commands, Done, Sender};
use domain::catalogue::rates::{Rate, RateKind, RateScope, RateUnit};
use domain::id::{ClientId, EntryId, LeaveTypeId, MemberId, ProjectId, TaskId, TenantId};
use domain::log::{Actor, Via};
use domain::members::Role;
use domain::time::{Week, Worked};
use jiff::Span;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use migrations::files::TenantFiles;

use super::bills::Open;
use super::dice::Dice;
use super::firms::{Firm, NOTES, TASKS};

/// A project with its tasks.
pub(super) struct Project {
    pub(super) id: ProjectId,
    pub(super) tasks: Vec<TaskId>,
}

/// A firm while its year is told.
pub(super) struct Story<'a> {
    commands: &'a Commands,
    pub(super) clock: &'a Clock,
    tenant: TenantId,
    zone: TimeZone,
    firm: &'a Firm,
    people: Vec<MemberId>,
    pub(super) clients: Vec<ClientId>,
    pub(super) projects: Vec<Project>,
    /// The first entry that was recorded.
    pub(super) first_entry: Option<EntryId>,
    /// Who is on leave on which days.
    pub(super) away: BTreeSet<(MemberId, Date)>,
    /// The kinds of leave that are asked for.
    pub(super) annual: Option<LeaveTypeId>,
    pub(super) sick: Option<LeaveTypeId>,
    /// The invoices that are not settled.
    pub(super) open: Vec<Open>,
    /// Where issued documents are kept.
    pub(super) files: TenantFiles,
    dice: Dice,
}

/// Where a year is told.
pub(super) struct Stage<'a> {
    pub(super) commands: &'a Commands,
    pub(super) clock: &'a Clock,
    pub(super) firm: &'a Firm,
    pub(super) files: TenantFiles,
}

/// Tells the year from `monday` to the day before `today`.
pub(super) async fn live(
    stage: Stage<'_>,
    created: &CreatedTenant,
    monday: Date,
    today: Date,
    dice: Dice,
) -> anyhow::Result<()> {
    let Stage { commands, clock, firm, files } = stage;
    let mut story = Story {
        commands,
        clock,
        tenant: created.tenant,
        zone: domain::time::worked::find_zone(firm.zone)?,
        firm,
        people: vec![created.owner],
        clients: Vec::new(),
        projects: Vec::new(),
        first_entry: None,
        away: BTreeSet::new(),
        annual: None,
        sick: None,
        open: Vec::new(),
        files,
        dice,
    };
    story.begin(monday).await?;
    let mut week = Week::of(monday);
    let mut billed_to = monday.first_of_month();
    while week.sunday() < today {
        story.ask_for_leave(week).await?;
        story.work(week).await?;
        let next = week.after().monday();
        story.collect(week.sunday()).await?;
        if next.first_of_month() > billed_to && next < today {
            let last = next.last_of_month() >= today;
            story.bill(billed_to, next, last).await?;
            story.close(billed_to).await?;
            story.settle_leave().await?;
            billed_to = next.first_of_month();
        }
        if week == Week::of(monday.checked_add(Span::new().weeks(26))?) {
            story.raise_rates(next).await?;
            story.correct(next).await?;
            story.declare_a_holiday(next).await?;
            story.credit(next).await?;
        }
        week = week.after();
    }
    Ok(())
}

impl Story<'_> {
    pub(super) fn at(&self, day: Date, time: Time) -> anyhow::Result<()> {
        let instant = day.to_datetime(time).to_zoned(self.zone.clone())?.timestamp();
        self.clock.set(instant);
        Ok(())
    }

    pub(super) async fn send<C: Command>(
        &self,
        by: MemberId,
        command: C,
    ) -> Result<Done, CommandError> {
        let sender = Sender::new(self.tenant, Actor::Member(by), Via::Api);
        self.commands.handle(sender, command).await
    }

    pub(super) fn who(&self, role: Role) -> MemberId {
        let index = self.firm.people.iter().position(|person| person.role == role);
        self.people[index.unwrap_or_default()]
    }

    pub(super) fn commands(&self) -> &Commands {
        self.commands
    }

    pub(super) fn firm(&self) -> &Firm {
        self.firm
    }

    pub(super) fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.dice.roll(sides)
    }

    /// Who records time.
    pub(super) fn workers(&self) -> Vec<MemberId> {
        let people = self.firm.people.iter().zip(&self.people);
        people.filter(|(person, _)| person.works).map(|(_, member)| *member).collect()
    }

    /// Who decides on what a member asks for. Nobody approves their own: the owner looks at the
    /// manager's, an admin at the owner's.
    pub(super) fn decider(&self, member: MemberId) -> MemberId {
        let manager = self.who(Role::Manager);
        let by = if member == manager { self.people[0] } else { manager };
        if by == member { self.who(Role::Admin) } else { by }
    }

    async fn begin(&mut self, monday: Date) -> anyhow::Result<()> {
        self.at(monday, Time::constant(9, 0, 0, 0))?;
        let owner = self.people[0];
        for person in &self.firm.people[1..] {
            let member = MemberId(self.clock.new_id());
            let command = AddMember {
                member,
                name: person.name.to_owned(),
                email: Some(self.firm.email(person)),
                roles: vec![person.role],
                time_zone: None,
            };
            self.send(owner, command).await?;
            self.people.push(member);
        }
        self.employ(owner, monday).await?;
        let manager = self.who(Role::Manager);
        for work in self.firm.work {
            let client = ClientId(self.clock.new_id());
            let name = work.client.to_owned();
            let currency = work.foreign.map(|(currency, _)| currency.to_owned());
            let by = if currency.is_some() { owner } else { manager };
            self.send(by, AddClient { client, name, currency }).await?;
            self.clients.push(client);
            for name in work.projects {
                self.add_project(manager, client, name).await?;
            }
        }
        let tenant = RateScope::default();
        let hourly = self.firm.hourly_minor;
        self.set_rate(tenant, None, hourly).await?;
        let senior = RateScope { member: Some(manager), ..tenant };
        self.set_rate(senior, None, hourly * 3 / 2).await?;
        self.introduce().await?;
        self.agree(monday).await?;
        self.grant_leave(monday).await
    }

    /// Everybody reports to the manager; one works four days a week after half a year.
    async fn employ(&self, owner: MemberId, monday: Date) -> anyhow::Result<()> {
        let manager = self.who(Role::Manager);
        for member in self.people[1..].iter().copied().filter(|member| *member != manager) {
            let manager = Some(manager);
            let command = ChangeMemberManager { member, manager, expected_version: None };
            self.send(owner, command).await?;
        }
        let member = self.people[self.people.len() - 1];
        let minutes = vec![480, 480, 480, 480, 0, 0, 0];
        let from = Some(monday.checked_add(Span::new().weeks(26))?);
        let command = SetWorkPattern { member, from, minutes, expected_version: None };
        self.send(owner, command).await?;
        Ok(())
    }

    async fn add_project(
        &mut self,
        manager: MemberId,
        client: ClientId,
        name: &str,
    ) -> anyhow::Result<()> {
        let project = ProjectId(self.clock.new_id());
        self.send(manager, AddProject { project, client, name: name.to_owned() }).await?;
        let mut tasks = Vec::new();
        for (name, billable) in TASKS {
            let task = TaskId(self.clock.new_id());
            let name = name.to_owned();
            let command = AddTask { project, task, name, billable };
            self.send(manager, command).await?;
            tasks.push(task);
        }
        self.projects.push(Project { id: project, tasks });
        Ok(())
    }

    async fn set_rate(
        &self,
        scope: RateScope,
        from: Option<Date>,
        amount_minor: i64,
    ) -> anyhow::Result<()> {
        let currency = self.firm.currency.to_owned();
        let rate = Rate { unit: RateUnit::Hour, amount_minor, currency };
        let command = SetRate { scope, kind: RateKind::Bill, from, rate };
        self.send(self.who(Role::Billing), command).await?;
        Ok(())
    }

    async fn raise_rates(&mut self, day: Date) -> anyhow::Result<()> {
        self.at(day, Time::constant(11, 0, 0, 0))?;
        let from = Some(day.first_of_month().checked_add(Span::new().months(1))?);
        self.set_rate(RateScope::default(), from, self.firm.hourly_minor * 108 / 100).await
    }

    /// One week: everybody records it, submits it on Friday, and has it approved on Monday.
    async fn work(&mut self, week: Week) -> anyhow::Result<()> {
        let friday = week.monday().checked_add(Span::new().days(4))?;
        let next_monday = week.after().monday();
        for member in self.workers() {
            let items = self.entries(member, week)?;
            if items.is_empty() {
                continue;
            }
            self.at(friday, Time::constant(16, 45, 0, 0))?;
            self.first_entry = self.first_entry.or_else(|| Some(items.first()?.entry));
            self.send(member, RecordMany { items }).await?;
            self.at(friday, Time::constant(16, 50, 0, 0))?;
            self.send(member, SubmitTimesheet { member, week, part: WeekPart::default() }).await?;
            self.approve(member, week, next_monday).await?;
        }
        Ok(())
    }

    async fn approve(&mut self, member: MemberId, week: Week, monday: Date) -> anyhow::Result<()> {
        let by = self.decider(member);
        if self.dice.roll(20) == 0 {
            self.at(monday, Time::constant(9, 10, 0, 0))?;
            let reason = "Please say more in the notes".to_owned();
            self.send(by, RejectTimesheet { member, week, part: WeekPart::default(), reason })
                .await?;
            self.at(monday, Time::constant(10, 0, 0, 0))?;
            self.send(member, SubmitTimesheet { member, week, part: WeekPart::default() }).await?;
        }
        self.at(monday, Time::constant(10, 30, 0, 0))?;
        self.send(by, ApproveTimesheet { member, week, part: WeekPart::default(), content: None })
            .await?;
        Ok(())
    }

    fn entries(&mut self, member: MemberId, week: Week) -> anyhow::Result<Vec<RecordTime>> {
        let mut items = Vec::new();
        for weekday in 0..5 {
            let day = week.monday().checked_add(Span::new().days(weekday))?;
            if self.away.contains(&(member, day)) {
                continue;
            }
            let mut start = day.at(8, 0, 0, 0);
            for _ in 0..2 + self.dice.roll(2) {
                let minutes = 75 + 5 * self.dice.roll(24) as i64;
                let end = start.checked_add(Span::new().minutes(minutes))?;
                let instant = |at: jiff::civil::DateTime| {
                    anyhow::Ok(at.to_zoned(self.zone.clone())?.timestamp())
                };
                let worked = Worked::span(instant(start)?, instant(end)?, self.firm.zone)?;
                let project = self.dice.roll(self.projects.len() as u64) as usize;
                let task = *self.dice.pick(&self.projects[project].tasks);
                items.push(RecordTime {
                    entry: EntryId(self.clock.new_id()),
                    member,
                    project: self.projects[project].id,
                    task,
                    worked,
                    billable: None,
                    note: Some((*self.dice.pick(&NOTES)).to_owned()),
                    tags: Vec::new(),
                });
                start = end.checked_add(Span::new().minutes(5 * self.dice.roll(6) as i64))?;
            }
        }
        Ok(items)
    }
}
