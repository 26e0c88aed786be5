//! Rights on single objects on a real database: what they open, and that they open nothing else.

use domain::id::{ClientId, ProjectId};
use domain::members::Role;
use migrations::testing::random_id;

use super::*;
use crate::catalogue::{AddClient, AddProject, RenameClient, RenameProject, SetRate};
use crate::testing::Firm;

async fn client(firm: &Firm, name: &str) -> ClientId {
    let client = ClientId(random_id());
    let command = AddClient { client, name: name.into(), currency: None };
    firm.send(Actor::Operator, command).await.expect("a client");
    client
}

async fn project(firm: &Firm, client: ClientId, name: &str) -> ProjectId {
    let project = ProjectId(random_id());
    let command = AddProject { project, client, name: name.into() };
    firm.send(Actor::Operator, command).await.expect("a project");
    project
}

fn rename(client: ClientId, name: &str) -> RenameClient {
    RenameClient { client, name: name.into(), expected_version: None }
}

fn rename_project(project: ProjectId, name: &str) -> RenameProject {
    RenameProject { project, name: name.into(), expected_version: None }
}

#[tokio::test]
async fn an_account_manager_looks_after_their_client_its_projects_and_no_other() {
    let firm = Firm::new().await;
    let (own, other) = (client(&firm, "Umbrella").await, client(&firm, "Acme").await);
    let member = firm.member(&[Role::Member]).await;
    let by = Actor::Member(member);
    let denied = firm.send(by, rename(own, "Umbrella Ltd")).await;
    assert_eq!(denied, Err(CommandError::Forbidden));
    let give = GiveGrant { member, grant: Grant::AccountManager(own) };
    let admin = Actor::Member(firm.member(&[Role::Admin]).await);
    assert_eq!(firm.send(by, give).await, Err(CommandError::Forbidden));
    firm.send(admin, give).await.expect("an admin may");
    firm.send(by, rename(own, "Umbrella Ltd")).await.expect("theirs");
    let id = ProjectId(random_id());
    let begin = AddProject { project: id, client: own, name: "Website".into() };
    firm.send(by, begin).await.expect("for their client");
    firm.send(by, rename_project(id, "Website II")).await.expect("of their client");
    assert_eq!(firm.send(by, rename(other, "Mine")).await, Err(CommandError::Forbidden));
    let foreign = AddProject { project: ProjectId(random_id()), client: other, name: "A".into() };
    assert_eq!(firm.send(by, foreign).await, Err(CommandError::Forbidden));
    let take = TakeBackGrant { member, grant: give.grant };
    firm.send(admin, take).await.expect("an admin may");
    let denied = firm.send(by, rename(own, "Umbrella")).await;
    assert_eq!(denied, Err(CommandError::Forbidden));
    assert_eq!(firm.send(admin, take).await, Err(CommandError::NotFound));
}

#[tokio::test]
async fn a_project_manager_looks_after_their_project_but_not_its_client_or_its_rates() {
    let firm = Firm::new().await;
    let umbrella = client(&firm, "Umbrella").await;
    let own = project(&firm, umbrella, "Website").await;
    let other = project(&firm, umbrella, "Shop").await;
    let member = firm.member(&[Role::Member]).await;
    let by = Actor::Member(member);
    let give = GiveGrant { member, grant: Grant::ProjectManager(own) };
    firm.send(Actor::Operator, give).await.expect("an operator may");
    firm.send(by, rename_project(own, "Website II")).await.expect("theirs");
    for denied in [
        firm.send(by, rename_project(other, "Mine")).await,
        firm.send(by, rename(umbrella, "Mine")).await,
        firm.send(
            by,
            AddProject { project: ProjectId(random_id()), client: umbrella, name: "Third".into() },
        )
        .await,
    ] {
        assert_eq!(denied, Err(CommandError::Forbidden));
    }
    let scope = domain::catalogue::rates::RateScope { project: Some(own), ..Default::default() };
    let rate = domain::catalogue::rates::Rate {
        unit: domain::catalogue::rates::RateUnit::Hour,
        amount_minor: 1,
        currency: "ZAR".into(),
    };
    let kind = domain::catalogue::rates::RateKind::Bill;
    let set = SetRate { scope, kind, from: None, rate };
    assert_eq!(firm.send(by, set).await, Err(CommandError::Forbidden));
}

#[tokio::test]
async fn a_right_on_what_is_not_there_is_not_given_and_who_rests_has_none() {
    let firm = Firm::new().await;
    let umbrella = client(&firm, "Umbrella").await;
    let member = firm.member(&[Role::Member]).await;
    let nothing = Grant::AccountManager(ClientId(random_id()));
    let give = |member, grant| GiveGrant { member, grant };
    let unknown = firm.send(Actor::Operator, give(member, nothing)).await;
    assert_eq!(unknown, Err(CommandError::NotFound));
    // The id of another kind of thing.
    let wrong = Grant::ProjectManager(ProjectId(umbrella.0));
    let unknown = firm.send(Actor::Operator, give(member, wrong)).await;
    assert_eq!(unknown, Err(CommandError::NotFound));
    let grant = Grant::AccountManager(umbrella);
    let nobody = firm.send(Actor::Operator, give(MemberId(random_id()), grant)).await;
    assert_eq!(nobody, Err(CommandError::NotFound));
    firm.send(Actor::Operator, give(member, grant)).await.expect("given");
    let rest = crate::members::DeactivateMember { member, expected_version: None };
    firm.send(Actor::Operator, rest).await.expect("at rest");
    let denied = firm.send(Actor::Member(member), rename(umbrella, "Mine")).await;
    assert_eq!(denied, Err(CommandError::Forbidden));
}
