//! Changes of the catalogue on a real database: who may, names that are taken, and rates for what
//! is not there.

use domain::catalogue::rates::{Rate, RateKind, RateScope, RateUnit};
use domain::log::Actor;
use migrations::testing::random_id;

use domain::members::Role;

use super::*;
use crate::refused::Done;
use crate::testing::{Firm, refused};

/// A client with a project and a task.
struct Work {
    firm: Firm,
    client: ClientId,
    project: ProjectId,
    task: TaskId,
}

impl Work {
    async fn new() -> Self {
        let firm = Firm::new().await;
        let client = add_client(&firm, "Umbrella").await.expect("a free name");
        let project = add_project(&firm, client, "Website").await.expect("a free name");
        let task = TaskId(random_id());
        let command = AddTask { project, task, name: "Design".into(), billable: true };
        firm.send(Actor::Operator, command).await.expect("a new task");
        Work { firm, client, project, task }
    }

    async fn send(&self, command: impl Command) -> Result<Done, CommandError> {
        self.firm.send(Actor::Operator, command).await
    }
}

async fn add_client(firm: &Firm, name: &str) -> Result<ClientId, CommandError> {
    let client = ClientId(random_id());
    let command = AddClient { client, name: name.into(), currency: None };
    firm.send(Actor::Operator, command).await.map(|_| client)
}

async fn add_project(firm: &Firm, client: ClientId, name: &str) -> Result<ProjectId, CommandError> {
    let project = ProjectId(random_id());
    let command = AddProject { project, client, name: name.into() };
    firm.send(Actor::Operator, command).await.map(|_| project)
}

fn rate(scope: RateScope) -> SetRate {
    let rate = Rate { unit: RateUnit::Hour, amount_minor: 95_000, currency: "ZAR".into() };
    SetRate { scope, kind: RateKind::Bill, from: None, rate }
}

fn code(outcome: Result<impl std::fmt::Debug, CommandError>) -> String {
    match outcome {
        Err(CommandError::Refused(refused)) => refused.code,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn managers_keep_the_catalogue_and_billing_keeps_the_rates() {
    let work = Work::new().await;
    let Work { firm, client, .. } = &work;
    let new = |currency: Option<&str>| {
        let client = ClientId(random_id());
        AddClient { client, name: client.to_string(), currency: currency.map(str::to_owned) }
    };
    let currency = |currency: &str| ChangeClientCurrency {
        client: *client,
        currency: Some(currency.into()),
        expected_version: None,
    };
    for (role, catalogue, money) in [
        (Role::Owner, true, true),
        (Role::Admin, true, true),
        (Role::Manager, true, false),
        (Role::Billing, false, true),
        (Role::Member, false, false),
        (Role::Auditor, false, false),
    ] {
        let by = Actor::Member(firm.member(&[role]).await);
        let may = |outcome: Result<Done, CommandError>, may: bool| match outcome {
            Ok(_) => assert!(may, "{role}"),
            Err(CommandError::Forbidden) => assert!(!may, "{role}"),
            Err(error) => panic!("{role}: {error}"),
        };
        may(firm.send(by, new(None)).await, catalogue);
        may(firm.send(by, new(Some("EUR"))).await, catalogue && money);
        may(firm.send(by, currency("EUR")).await, money);
        may(firm.send(by, rate(RateScope::default())).await, money);
        let add = AddTask {
            project: work.project,
            task: TaskId(random_id()),
            name: format!("Work of {role}"),
            billable: false,
        };
        may(firm.send(by, add).await, catalogue);
        let archive = ArchiveTask { project: work.project, task: work.task };
        may(firm.send(by, archive).await, catalogue);
    }
}

#[tokio::test]
async fn a_name_is_one_clients_and_within_a_client_one_projects() {
    let Work { firm, client, project, .. } = Work::new().await;
    assert_eq!(code(add_client(&firm, " umbrella ").await), "catalogue.client_name_taken");
    let other = add_client(&firm, "Acme").await.expect("a free name");
    let rename =
        |client, name: &str| RenameClient { client, name: name.into(), expected_version: None };
    let outcome = firm.send(Actor::Operator, rename(other, "UMBRELLA")).await;
    assert_eq!(refused(outcome), "catalogue.client_name_taken");
    firm.send(Actor::Operator, rename(client, "Umbrella Ltd")).await.expect("a free name");
    firm.send(Actor::Operator, rename(other, "Umbrella")).await.expect("free by now");

    assert_eq!(code(add_project(&firm, client, "website").await), "catalogue.project_name_taken");
    add_project(&firm, other, "Website").await.expect("another client's");
    let rename = |name: &str| RenameProject { project, name: name.into(), expected_version: None };
    firm.send(Actor::Operator, rename("WEBSITE")).await.expect("its own in other letters");
    firm.send(Actor::Operator, rename("Shop")).await.expect("a free name");
    add_project(&firm, client, "Website").await.expect("free by now");
    let outcome = firm.send(Actor::Operator, rename("Website")).await;
    assert_eq!(refused(outcome), "catalogue.project_name_taken");
}

#[tokio::test]
async fn a_project_needs_a_client_that_is_served_when_it_lands() {
    let Work { firm, client, .. } = Work::new().await;
    let other = firm.in_another_process();
    // The other process has the client in memory as it is now.
    add_project(&other, client, "Shop").await.expect("a client that is served");
    let archive = ArchiveClient { client, expected_version: Some(1) };
    firm.send(Actor::Operator, archive).await.expect("the version it has");
    assert_eq!(code(add_project(&other, client, "Brand").await), "catalogue.client_archived");
    let unknown = add_project(&firm, ClientId(random_id()), "Brand").await;
    assert_eq!(unknown, Err(CommandError::NotFound));
    let restore = RestoreClient { client, expected_version: Some(1) };
    assert_eq!(firm.send(Actor::Operator, restore).await, Err(CommandError::Stale));
    let restore = RestoreClient { client, expected_version: Some(2) };
    firm.send(Actor::Operator, restore).await.expect("the version it has");
    add_project(&other, client, "Brand").await.expect("served again");
}

#[tokio::test]
async fn a_project_goes_through_its_life() {
    let work = Work::new().await;
    let Work { firm, project, task, .. } = &work;
    let (project, task) = (*project, *task);
    let member = firm.member(&[Role::Member]).await;
    work.send(LinkProjectMember { project, member }).await.expect("an active member");
    let stranger = LinkProjectMember { project, member: MemberId(random_id()) };
    assert_eq!(work.send(stranger).await, Err(CommandError::NotFound));
    work.send(UnlinkProjectMember { project, member }).await.expect("linked before");
    let revise = ReviseTask { project, task, name: "Code".into(), billable: false };
    assert_eq!(work.send(revise).await.expect("its task").reply, Reply::changed(task));
    work.send(ArchiveTask { project, task }).await.expect("its task");
    work.send(ArchiveProject { project, expected_version: Some(6) }).await.expect("as it is");
    let add = AddTask { project, task: TaskId(random_id()), name: "Test".into(), billable: true };
    assert_eq!(refused(work.send(add).await), "catalogue.project_archived");
    work.send(RestoreProject { project, expected_version: Some(7) }).await.expect("as it is");
    let types = firm.event_types().await;
    assert_eq!(
        types[types.len() - 6..],
        [
            "ProjectMemberLinked",
            "ProjectMemberUnlinked",
            "TaskRevised",
            "TaskArchived",
            "ProjectArchived",
            "ProjectRestored"
        ]
    );
}

#[tokio::test]
async fn a_rate_is_set_for_what_is_there_and_belongs_together_only() {
    let work = Work::new().await;
    let Work { firm, client, project, task } = &work;
    let member = firm.member(&[Role::Member]).await;
    let other = add_client(firm, "Acme").await.expect("a free name");
    let whole = RateScope {
        member: Some(member),
        project: Some(*project),
        task: Some(*task),
        client: Some(*client),
    };
    let of_task = RateScope { task: Some(*task), ..RateScope::default() };
    for scope in [RateScope::default(), whole, of_task, RateScope { project: None, ..whole }] {
        work.send(rate(scope)).await.expect("everything is there");
    }
    for scope in [
        RateScope { member: Some(MemberId(random_id())), ..whole },
        RateScope { project: Some(ProjectId(random_id())), ..whole },
        RateScope { task: Some(TaskId(random_id())), ..whole },
        RateScope { task: Some(TaskId(random_id())), project: None, ..whole },
        RateScope { client: Some(ClientId(random_id())), ..whole },
        RateScope { client: Some(other), ..whole },
    ] {
        assert_eq!(work.send(rate(scope)).await, Err(CommandError::NotFound), "{scope:?}");
    }
    let before = firm.rows().await.len();
    let clear = |scope| ClearRate { scope, kind: RateKind::Bill, from: None };
    work.send(clear(whole)).await.expect("a rate that is there");
    work.send(clear(whole)).await.expect("nothing to take back");
    work.send(rate(of_task)).await.expect("the rate it has");
    assert_eq!(firm.rows().await.len(), before + 1);
}
