//! The history of a firm's books: every kind of change of members, settings, clients, projects and
//! rates. All of it is made up.

use commands::catalogue::{
    AddClient, AddProject, AddTask, ArchiveClient, ArchiveProject, ArchiveTask,
    ChangeClientCurrency, ClearRate, LinkProjectMember, RenameClient, RenameProject, RestoreClient,
    RestoreProject, ReviseTask, SetRate, UnlinkProjectMember,
};
use commands::members::{
    ActivateMember, AddMember, ChangeMemberEmail, ChangeMemberRoles, ChangeMemberTimeZone,
    DeactivateMember, RenameMember,
};
use commands::settings::{ChangeSetting, ClearSetting};
use domain::catalogue::rates::{Rate, RateKind, RateScope, RateUnit};
use domain::id::{ClientId, MemberId, ProjectId};
use domain::members::Role;
use jiff::civil::{Date, date};

use super::teller::Teller;
use crate::firm::Firm;

const NONE: Option<i32> = None;

pub(crate) async fn tell() -> Firm {
    let teller = Teller::begin("2026-01-05T07:00:00Z", 1).await;
    let owner = people(&teller).await;
    settings(&teller, owner).await;
    let client = clients(&teller, owner).await;
    let project = projects(&teller, owner, client).await;
    rates(&teller, owner, project).await;
    teller.firm
}

fn person(member: MemberId, name: &str, email: Option<&str>, roles: &[Role]) -> AddMember {
    AddMember {
        member,
        name: name.to_owned(),
        email: email.map(str::to_owned),
        roles: roles.to_vec(),
        time_zone: None,
    }
}

async fn people(teller: &Teller) -> MemberId {
    let (owner, member): (MemberId, MemberId) = (teller.new_id(), teller.new_id());
    let expected_version = NONE;
    let first = person(owner, "Olga Sample", Some("olga@example.test"), &[Role::Owner]);
    teller.operator(first).await;
    let second = person(member, "Mona Sample", Some("Mona@Example.test"), &[Role::Member]);
    teller.member(owner, second).await;
    let taken = person(teller.new_id(), "Mona Other", Some("mona@example.test"), &[Role::Member]);
    teller.refused(owner, "members.email_taken", taken).await;
    teller.at("2026-01-06T09:00:00Z");
    let name = "Mona Placeholder".to_owned();
    teller.member(owner, RenameMember { member, name, expected_version }).await;
    let email = "mona.p@example.test".to_owned();
    teller.member(owner, ChangeMemberEmail { member, email, expected_version }).await;
    // The address she had is free again.
    let third = person(teller.new_id(), "Mona Other", Some("mona@example.test"), &[Role::Auditor]);
    teller.member(owner, third).await;
    let roles = vec![Role::Manager, Role::Billing];
    teller.member(owner, ChangeMemberRoles { member, roles, expected_version }).await;
    let time_zone = Some("Europe/Berlin".to_owned());
    teller.member(owner, ChangeMemberTimeZone { member, time_zone, expected_version }).await;
    let time_zone = None;
    teller.member(owner, ChangeMemberTimeZone { member, time_zone, expected_version }).await;
    teller.member(owner, DeactivateMember { member, expected_version }).await;
    teller.member(owner, ActivateMember { member, expected_version }).await;
    owner
}

async fn settings(teller: &Teller, owner: MemberId) {
    teller.at("2026-01-07T09:00:00Z");
    let change = async |key: &str, value: &str, from: Option<Date>| {
        let (key, value) = (key.to_owned(), value.to_owned());
        teller.member(owner, ChangeSetting { key, value, from }).await;
    };
    let march = Some(date(2026, 3, 1));
    change("TIME_ZONE", "Africa/Johannesburg", None).await;
    change("CURRENCY", "ZAR", None).await;
    change("TIMECAPTURE_INTERVAL_MINUTES", "15", None).await;
    change("TIMECAPTURE_INTERVAL_MINUTES", "6", march).await;
    change("TIMECAPTURE_INTERVAL_MINUTES", "10", march).await;
    let key = "TIMECAPTURE_INTERVAL_MINUTES".to_owned();
    teller.member(owner, ClearSetting { key, from: march }).await;
}

async fn clients(teller: &Teller, owner: MemberId) -> ClientId {
    teller.at("2026-01-08T09:00:00Z");
    let (client, other): (ClientId, ClientId) = (teller.new_id(), teller.new_id());
    let expected_version = NONE;
    let add = |client, name: &str, currency: Option<&str>| AddClient {
        client,
        name: name.to_owned(),
        currency: currency.map(str::to_owned),
    };
    teller.member(owner, add(client, "Umbrella Example", None)).await;
    teller.member(owner, add(other, "Beispiel & Söhne", Some("EUR"))).await;
    teller
        .refused(
            owner,
            "catalogue.client_name_taken",
            add(teller.new_id(), "UMBRELLA example", None),
        )
        .await;
    let name = "Umbrella Sample".to_owned();
    teller.member(owner, RenameClient { client, name, expected_version }).await;
    let currency = Some("USD".to_owned());
    teller.member(owner, ChangeClientCurrency { client, currency, expected_version }).await;
    teller.member(owner, ArchiveClient { client: other, expected_version }).await;
    teller.member(owner, RestoreClient { client: other, expected_version }).await;
    teller.member(owner, ArchiveClient { client: other, expected_version }).await;
    client
}

async fn projects(teller: &Teller, owner: MemberId, client: ClientId) -> ProjectId {
    teller.at("2026-01-09T09:00:00Z");
    let project: ProjectId = teller.new_id();
    let expected_version = NONE;
    teller.member(owner, AddProject { project, client, name: "Bridge".to_owned() }).await;
    let name = "Bridge II".to_owned();
    teller.member(owner, RenameProject { project, name, expected_version }).await;
    let task = teller.new_id();
    for (task, name, billable) in
        [(task, "Drawing", true), (teller.new_id(), "Travel \"by hand\"", false)]
    {
        let name = name.to_owned();
        teller.member(owner, AddTask { project, task, name, billable }).await;
    }
    let name = "Drafting".to_owned();
    teller.member(owner, ReviseTask { project, task, name, billable: false }).await;
    teller.member(owner, ArchiveTask { project, task }).await;
    teller.member(owner, LinkProjectMember { project, member: owner }).await;
    teller.member(owner, UnlinkProjectMember { project, member: owner }).await;
    teller.member(owner, LinkProjectMember { project, member: owner }).await;
    teller.member(owner, ArchiveProject { project, expected_version }).await;
    teller.member(owner, RestoreProject { project, expected_version }).await;
    project
}

async fn rates(teller: &Teller, owner: MemberId, project: ProjectId) {
    teller.at("2026-01-12T09:00:00Z");
    let set = async |scope, kind, from: Option<Date>, unit, amount_minor| {
        let rate = Rate { unit, amount_minor, currency: "ZAR".to_owned() };
        teller.member(owner, SetRate { scope, kind, from, rate }).await;
    };
    let everything = RateScope::default();
    let narrow = RateScope { member: Some(owner), project: Some(project), ..everything };
    let april = Some(date(2026, 4, 1));
    set(everything, RateKind::Bill, None, RateUnit::Hour, 90_000).await;
    set(everything, RateKind::Bill, april, RateUnit::Hour, 95_000).await;
    set(everything, RateKind::Bill, april, RateUnit::Day, 700_000).await;
    set(everything, RateKind::Cost, None, RateUnit::Hour, 40_000).await;
    set(narrow, RateKind::Bill, None, RateUnit::Hour, 120_000).await;
    let clear = ClearRate { scope: everything, kind: RateKind::Bill, from: april };
    teller.member(owner, clear).await;
}
