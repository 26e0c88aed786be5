//! Personal data is sealed wherever it's stored, and gone when its key is.

use domain::log::Origin;
use domain::members::{Member, MemberEvent, MemberRenamed, Role, member_stream};
use migrations::keys::hex;

use super::*;
use crate::handle::{IdempotencyKey, Sender};
use crate::members::{ChangeMemberRoles, RenameMember};
use crate::refused::CommandError;
use crate::testing::{Firm, new_member, refused};

/// Every value of every table of a tenant, as text.
async fn everything(tenant: &TestTenant) -> Vec<String> {
    let mut administrator = administrator(tenant).await;
    let schema = tenant.id.schema();
    let tables = sqlx::query(
        "select table_name::text from information_schema.tables where table_schema = $1",
    )
    .bind(&schema)
    .fetch_all(&mut administrator)
    .await
    .expect("the tables");
    assert!(tables.len() >= 10);
    let mut found = Vec::new();
    for table in tables {
        let table: String = table.get(0);
        let sql = format!("select t::text from {schema}.{table} t");
        let rows = sqlx::query(&sql).fetch_all(&mut administrator).await.expect("the rows");
        found.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    found
}

#[tokio::test]
async fn what_is_personal_is_nowhere_in_clear() {
    let firm = Firm::new().await;
    let owner = firm.member(&[Role::Owner]).await;
    let (name, email) = ("Wilhelmina Featherstone", "wilhelmina@featherstone.example");
    let (reason, address, agent) = ("she joins on Monday", "203.0.113.77", "Lynx/2.9.2");
    let mut sender = Sender::new(firm.id(), Actor::Member(owner), Via::Api);
    sender.reason = Some(reason.into());
    sender.origin = Some(Origin { address: address.into(), agent: Some(agent.into()) });
    let request = format!("{name} {email}").into_bytes();
    let key = format!("add {email}");
    sender.key = Some(IdempotencyKey { route: "POST /members".into(), key, request });
    let add = new_member(name, Some(email), &[Role::Member]);
    let member = add.member;
    firm.commands.handle(sender.clone(), add.clone()).await.expect("a new member");
    // A refusal is kept under its key as well.
    sender.key.as_mut().expect("put there above").key = format!("again {email}");
    let again = new_member(name, Some(email), &[Role::Member]);
    let refused = firm.commands.handle(sender, again).await;
    assert!(matches!(refused, Err(CommandError::Refused(_))), "{refused:?}");

    let everything = everything(&firm.tenant).await;
    assert!(everything.iter().any(|row| row.contains(&member.to_string())), "it's looked at");
    for text in [name, "Wilhelmina", email, "featherstone", reason, address, agent] {
        let (lower, bytes) = (text.to_lowercase(), hex(text.as_bytes()));
        for row in &everything {
            let row = row.to_lowercase();
            assert!(!row.contains(&lower) && !row.contains(&bytes), "{text} in {row}");
        }
    }
    // And it can be read by who has the keys.
    let events = opened(&firm.tenant).await;
    let names: Vec<_> = events
        .iter()
        .filter_map(|(_, event)| match event {
            Event::Member(MemberEvent::MemberAdded(added)) => added.name.get(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(names, ["Nova", name]);
}

#[tokio::test]
async fn a_key_that_did_not_land_is_not_what_its_person_is_read_with() {
    let firm = Firm::new().await;
    let add = new_member("Nova", None, &[Role::Member]);
    let (member, stream) = (add.member, member_stream(add.member));
    let name = Personal::new(SubjectId(member.0), PurposeClass::Identity, "Ada".to_owned());
    let renamed: MemberEvent = MemberRenamed { member, name }.into();
    let events = vec![renamed.into()];
    let stale = StreamAppend { stream_type: "member", stream, expected: 1, events };
    let outcome = firm.commands.log().append(firm.id(), append(vec![stale])).await;
    assert_eq!(outcome, Err(AppendError::StreamMoved(stream)));
    // The person's key is made by another process now.
    firm.in_another_process().send(Actor::Operator, add).await.expect("a new member");
    let rename = RenameMember { member, name: "Nova".into(), expected_version: Some(1) };
    firm.send(Actor::Operator, rename).await.expect("the name can be read");
    assert_eq!(firm.event_types().await, ["MemberAdded"], "it is the name they have");
}

#[tokio::test]
async fn a_person_whose_key_is_destroyed_reads_as_erased_and_goes_on_as_an_id() {
    let firm = Firm::new().await;
    firm.member(&[Role::Owner]).await;
    let add = new_member("Nova", Some("nova@example.com"), &[Role::Member]);
    let member = add.member;
    firm.send(Actor::Operator, add).await.expect("a new member");
    let mut tx = firm.tenant.tenants.begin(firm.id()).await.expect("the door");
    let destroyed = tx
        .query(
            "update {t}.subject_keys set sealed_key = null, destroyed_at = now()
             where subject_id = $1",
        )
        .bind(member.0)
        .execute()
        .await;
    assert_eq!(destroyed.expect("the keys"), 1);
    tx.commit().await.expect("durable");

    let later = firm.in_another_process();
    let roles = ChangeMemberRoles { member, roles: vec![Role::Manager], expected_version: Some(1) };
    later.send(Actor::Operator, roles).await.expect("roles are not personal");
    let stream = member_stream(member);
    let (version, state) = later.commands.cache().get::<Member>(firm.id(), stream).expect("kept");
    assert_eq!((version, &*state.roles), (2, &[Role::Manager][..]));
    assert!(state.name.as_ref().is_some_and(Personal::is_erased));
    assert!(state.email.as_ref().is_some_and(Personal::is_erased));
    // Nothing new can be told of who was erased.
    let rename = RenameMember { member, name: "Ada".into(), expected_version: None };
    let outcome = later.send(Actor::Operator, rename).await;
    assert_eq!(refused(outcome), "personal.erased");
    assert_eq!(later.event_types().await, ["MemberAdded", "MemberAdded", "MemberRolesChanged"]);
}
