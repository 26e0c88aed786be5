//! The history of how a firm lives with its time: favourites and a timer, budgets that run out,
//! approval in steps with somebody standing in, months that are closed and what is corrected
//! afterwards. All of it is made up.

use commands::budgets::{ClearBudget, Estimate, RaiseAlerts, SetBudget};
use commands::catalogue::{AddClient, AddProject, AddTask, ClearRoundingRule, SetRoundingRule};
use commands::members::grants::GiveGrant;
use commands::members::substitutes::{NameSubstitute, WithdrawSubstitute};
use commands::members::{AddMember, ChangeMemberManager};
use commands::settings::ChangeSetting;
use commands::time::{
    AddFavourite, ApproveTimesheet, ChangeFavourite, ChangeTimer, ClosePeriod, CorrectTime,
    DiscardTimer, RecordTime, RemoveFavourite, ReopenPeriod, Replacement, StartTimer, StopTimer,
    SubmitTimesheet, WeekPart, What,
};
use domain::budgets::{Budget, BudgetAmount, BudgetCounts, BudgetEvery, BudgetPeriod, Finding};
use domain::catalogue::rounding_rules::RuleScope;
use domain::id::{BudgetId, ClientId, EntryId, FavouriteId, MemberId, ProjectId, TaskId};
use domain::log::Actor;
use domain::members::{Grant, Role};
use domain::time::periods::PeriodScope;
use domain::time::{Rounding, RoundingMode, RoundingScope, RoundingTie, Week, Worked};
use jiff::civil::{Date, date};

use super::teller::Teller;
use crate::firm::Firm;

const ZONE: &str = "Africa/Johannesburg";
const MONDAY: Date = date(2026, 3, 2);

struct Cast {
    teller: Teller,
    owner: MemberId,
    manager: MemberId,
    member: MemberId,
    stand_in: MemberId,
    client: ClientId,
    project: ProjectId,
    task: TaskId,
}

pub(crate) async fn tell() -> Firm {
    let cast = begin().await;
    cast.plan().await;
    let timed = cast.times().await;
    cast.approve_in_steps().await;
    cast.close_and_correct(timed).await;
    cast.wind_up().await;
    cast.teller.firm
}

async fn begin() -> Cast {
    let teller = Teller::begin("2026-03-02T06:00:00Z", 7).await;
    let (owner, manager) = (teller.new_id(), teller.new_id());
    let (member, stand_in) = (teller.new_id(), teller.new_id());
    let (client, project, task) = (teller.new_id(), teller.new_id(), teller.new_id());
    let people = [
        (owner, "Olga Example", Role::Owner),
        (manager, "Marek Example", Role::Manager),
        (member, "Mina Example", Role::Member),
        (stand_in, "Sura Example", Role::Member),
    ];
    for (member, name, role) in people {
        let (name, roles) = (name.to_owned(), vec![role]);
        let command = AddMember { member, name, email: None, roles, time_zone: None };
        teller.operator(command).await;
    }
    let chain = "line_manager,project_manager";
    for (key, value) in [("TIME_ZONE", ZONE), ("CURRENCY", "ZAR"), ("APPROVAL_CHAIN", chain)] {
        let (key, value) = (key.to_owned(), value.to_owned());
        teller.member(owner, ChangeSetting { key, value, from: None }).await;
    }
    let manager_of = ChangeMemberManager { member, manager: Some(manager), expected_version: None };
    teller.member(owner, manager_of).await;
    let name = "Sample Lighthouse".to_owned();
    teller.member(owner, AddClient { client, name, currency: None }).await;
    let name = "Lamps".to_owned();
    teller.member(owner, AddProject { project, client, name }).await;
    let name = "Survey".to_owned();
    teller.member(owner, AddTask { project, task, name, billable: true }).await;
    let grant = Grant::ProjectManager(project);
    teller.member(owner, GiveGrant { member: owner, grant }).await;
    Cast { teller, owner, manager, member, stand_in, client, project, task }
}

fn hour(day: Date) -> Worked {
    Worked::duration(day, 3600).expect("an hour")
}

impl Cast {
    /// What is agreed before the work: rounding for the client and the project, a budget, an
    /// estimate.
    async fn plan(&self) {
        let (mode, tie, scope) = (RoundingMode::Up, RoundingTie::HalfUp, RoundingScope::Entry);
        let rule = |interval_minutes| Rounding { mode, tie, scope, interval_minutes };
        let (of_client, of_project) =
            (RuleScope::Client(self.client), RuleScope::Project(self.project));
        let set = SetRoundingRule { scope: of_client, from: None, rule: rule(15) };
        self.teller.member(self.owner, set).await;
        let from = Some(date(2026, 3, 9));
        for from in [None, from] {
            let set = SetRoundingRule { scope: of_project, from, rule: rule(6) };
            self.teller.member(self.owner, set).await;
        }
        let clear = ClearRoundingRule { scope: of_project, from };
        self.teller.member(self.owner, clear).await;
        let (project, task) = (self.project, Some(self.task));
        for (task, seconds) in [(None, Some(36_000)), (task, Some(7200)), (task, None)] {
            let estimate = Estimate { project, task, seconds, expected_version: None };
            self.teller.member(self.manager, estimate).await;
        }
    }

    /// Favourites come, change places and go; a timer is started from one, changed and stopped, and
    /// another one is thrown away.
    async fn times(&self) -> EntryId {
        let member = self.member;
        let favourites: [FavouriteId; 2] = [self.teller.new_id(), self.teller.new_id()];
        for (favourite, name) in favourites.into_iter().zip(["Lamps", "Stairs"]) {
            let add = AddFavourite {
                favourite,
                member,
                project: self.project,
                task: self.task,
                billable: None,
                name: Some(name.to_owned()),
                note: Some("Counted".to_owned()),
                tags: vec!["on site".to_owned()],
            };
            self.teller.member(member, add).await;
        }
        let [first, second] = favourites;
        let change = |place: Option<u32>, name: Option<&str>| ChangeFavourite {
            favourite: second,
            member,
            place,
            project: None,
            task: None,
            billable: Some(Some(false)).filter(|_| name.is_some()),
            name: name.map(|name| Some(name.to_owned())),
            note: None,
            tags: None,
            expected_version: None,
        };
        self.teller.member(member, change(None, Some("Steps"))).await;
        self.teller.member(member, change(Some(1), None)).await;
        let start = |entry: EntryId, what| StartTimer {
            entry,
            member,
            what,
            start: None,
            zone: ZONE.to_owned(),
            billable: None,
            note: None,
            tags: None,
            stop_running: false,
        };
        let (timed, thrown): (EntryId, EntryId) = (self.teller.new_id(), self.teller.new_id());
        self.teller.at("2026-03-02T07:00:00Z");
        self.teller.member(member, start(timed, What::Favourite(first))).await;
        let note = Some(Some("Counted the lamps".to_owned()));
        let change = ChangeTimer {
            entry: timed,
            project: None,
            task: None,
            start: None,
            zone: None,
            billable: None,
            note,
            tags: None,
            expected_version: None,
        };
        self.teller.member(member, change).await;
        self.teller.at("2026-03-02T09:30:00Z");
        let stop = StopTimer { entry: timed, end: None, expected_version: None };
        self.teller.member(member, stop).await;
        let work = What::Work(self.project, self.task);
        self.teller.member(member, start(thrown, work)).await;
        let (reason, expected_version) = (Some("Pressed by mistake".to_owned()), None);
        let discard = DiscardTimer { entry: thrown, reason, expected_version };
        self.teller.member(member, discard).await;
        let remove = RemoveFavourite { favourite: second, member, expected_version: None };
        self.teller.member(member, remove).await;
        timed
    }

    async fn record(&self, day: Date) -> EntryId {
        let entry = self.teller.new_id();
        let command = RecordTime {
            entry,
            member: self.member,
            project: self.project,
            task: self.task,
            worked: hour(day),
            billable: None,
            note: None,
            tags: Vec::new(),
        };
        self.teller.member(self.member, command).await;
        entry
    }

    /// The line manager is away: somebody stands in for the first step, the project's manager takes
    /// the second.
    async fn approve_in_steps(&self) {
        self.record(MONDAY).await;
        let (member, week, part) = (self.member, Week::of(MONDAY), WeekPart::default());
        self.teller.at("2026-03-06T14:00:00Z");
        let [away, never] = [self.teller.new_id(), self.teller.new_id()];
        let days = [
            (away, date(2026, 3, 6), date(2026, 3, 13)),
            (never, date(2026, 4, 1), date(2026, 4, 2)),
        ];
        for (id, from, to) in days {
            let (member, substitute) = (self.manager, self.stand_in);
            let name = NameSubstitute { id, member, substitute, from, to };
            self.teller.member(self.manager, name).await;
        }
        let withdraw = WithdrawSubstitute { id: never, member: self.manager };
        self.teller.member(self.manager, withdraw).await;
        let submit = SubmitTimesheet { member, week, part: part.clone() };
        self.teller.member(member, submit).await;
        let approve = ApproveTimesheet { member, week, part, content: None };
        self.teller.at("2026-03-09T07:00:00Z");
        self.teller.member(self.stand_in, approve.clone()).await;
        self.teller.at("2026-03-09T08:00:00Z");
        self.teller.member(self.owner, approve).await;
    }

    /// The week is closed for the client, then for all; what was recorded too long is corrected.
    async fn close_and_correct(&self, timed: EntryId) {
        let through = date(2026, 3, 8);
        let close = |scope, reason: Option<&str>| ClosePeriod {
            scope,
            through,
            reason: reason.map(str::to_owned),
        };
        let of_client = PeriodScope::Client(self.client);
        self.teller.member(self.owner, close(of_client, Some("Billed to the week"))).await;
        self.teller.member(self.owner, close(PeriodScope::Tenant, None)).await;
        let reason = "One entry was missing".to_owned();
        let reopen = ReopenPeriod { scope: PeriodScope::Tenant, from: MONDAY, reason };
        self.teller.member(self.owner, reopen).await;
        let replacement = Replacement {
            entry: self.teller.new_id(),
            project: None,
            task: None,
            seconds: Some(5400),
            billable: None,
            note: None,
            tags: None,
        };
        let correct = CorrectTime {
            entry: timed,
            reversal: self.teller.new_id(),
            day: Some(date(2026, 3, 9)),
            reason: "The lift stood still for an hour".to_owned(),
            replacement: Some(replacement),
            expected_version: None,
        };
        self.teller.member(self.member, correct).await;
    }

    /// A budget is set, found to be half spent, and cleared; a timer is left running.
    async fn wind_up(&self) {
        let (project, budget): (_, BudgetId) = (self.project, self.teller.new_id());
        let terms = Budget {
            task: None,
            period: BudgetEvery::Total,
            from: None,
            to: None,
            amount: BudgetAmount::Hours { seconds: 14_400 },
            counts: BudgetCounts::All,
            alert_at: vec![50, 100],
        };
        let set = SetBudget { project, budget, terms: terms.clone() };
        self.teller.member(self.manager, set).await;
        let (period, spent) = (BudgetPeriod::Total, 9000);
        let findings = vec![Finding { budget, terms, period, spent }];
        let raise = RaiseAlerts { project, findings };
        self.teller.firm.send(Actor::System, raise).await.expect("the program may");
        let clear = ClearBudget { project, budget, expected_version: None };
        self.teller.member(self.manager, clear).await;
        let start = StartTimer {
            entry: self.teller.new_id(),
            member: self.member,
            what: What::Work(project, self.task),
            start: None,
            zone: ZONE.to_owned(),
            billable: Some(false),
            note: None,
            tags: None,
            stop_running: false,
        };
        self.teller.member(self.member, start).await;
    }
}
