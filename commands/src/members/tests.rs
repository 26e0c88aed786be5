//! Changes of members on a real database: rights, addresses that are taken, the last owner, and
//! names that were erased.

use domain::id::MemberId;
use domain::log::Actor;
use domain::members::Role;
use migrations::testing::random_id;

use super::*;
use crate::testing::{Firm, new_member, refused};

fn roles(member: MemberId, roles: &[Role]) -> ChangeMemberRoles {
    ChangeMemberRoles { member, roles: roles.to_vec(), expected_version: None }
}

fn deactivate(member: MemberId) -> DeactivateMember {
    DeactivateMember { member, expected_version: None }
}

fn rename(member: MemberId, name: &str) -> RenameMember {
    RenameMember { member, name: name.into(), expected_version: None }
}

fn email(member: MemberId, email: &str) -> ChangeMemberEmail {
    ChangeMemberEmail { member, email: email.into(), expected_version: None }
}

#[tokio::test]
async fn whoever_is_no_active_member_may_do_nothing() {
    let firm = Firm::new().await;
    let (owner, admin) = (firm.member(&[Role::Owner]).await, firm.member(&[Role::Admin]).await);
    let stranger = Actor::Member(MemberId(random_id()));
    let outcome = firm.send(stranger, rename(admin, "Ada")).await;
    assert_eq!(outcome, Err(CommandError::Forbidden));
    firm.send(Actor::Member(owner), deactivate(admin)).await.expect("an owner may");
    let outcome = firm.send(Actor::Member(admin), rename(admin, "Ada")).await;
    assert_eq!(outcome, Err(CommandError::Forbidden));
}

#[tokio::test]
async fn a_right_that_another_process_gave_or_took_counts_at_once() {
    let firm = Firm::new().await;
    let (owner, plain) = (firm.member(&[Role::Owner]).await, firm.member(&[Role::Member]).await);
    let other = firm.in_another_process();
    let add = || new_member("Nova", None, &[Role::Member]);
    let outcome = other.send(Actor::Member(plain), add()).await;
    assert_eq!(outcome, Err(CommandError::Forbidden));
    firm.send(Actor::Member(owner), roles(plain, &[Role::Admin])).await.expect("an owner may");
    other.send(Actor::Member(plain), add()).await.expect("an admin may");
    firm.send(Actor::Member(owner), deactivate(plain)).await.expect("an owner may");
    let outcome = other.send(Actor::Member(plain), add()).await;
    assert_eq!(outcome, Err(CommandError::Forbidden));
}

#[tokio::test]
async fn an_address_is_one_members_however_it_is_written() {
    let firm = Firm::new().await;
    let ada = new_member("Ada", Some("ada@example.com"), &[Role::Owner]);
    let (id, operator) = (ada.member, Actor::Operator);
    firm.send(operator, ada).await.expect("the first");
    let again = new_member("Eve", Some(" ADA@Example.com"), &[Role::Member]);
    let eve = again.member;
    assert_eq!(refused(firm.send(operator, again.clone()).await), "members.email_taken");
    firm.send(operator, email(id, "ada@example.org")).await.expect("a free address");
    firm.send(operator, again).await.expect("the address is free again");
    let outcome = firm.send(operator, email(eve, "ada@example.org")).await;
    assert_eq!(refused(outcome), "members.email_taken");
    firm.send(operator, email(eve, "ada@EXAMPLE.com")).await.expect("their own in other letters");
}

#[tokio::test]
async fn of_two_who_take_one_address_at_once_one_is_refused() {
    let firm = Firm::new().await;
    let other = firm.in_another_process();
    let add = |n: u32| new_member(&format!("Nova {n}"), Some("nova@example.com"), &[Role::Member]);
    let (here, there) = tokio::join!(
        async {
            tokio::join!(firm.send(Actor::Operator, add(1)), firm.send(Actor::Operator, add(2)))
        },
        other.send(Actor::Operator, add(3)),
    );
    let outcomes = [here.0, here.1, there];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for outcome in outcomes.into_iter().filter(Result::is_err) {
        assert_eq!(refused(outcome), "members.email_taken");
    }
    assert_eq!(firm.event_types().await, ["MemberAdded"]);
}

#[tokio::test]
async fn two_owners_who_unmake_each_other_at_once_leave_one() {
    let firm = Firm::new().await;
    let other = firm.in_another_process();
    let (ada, eve) = (firm.member(&[Role::Owner]).await, firm.member(&[Role::Owner]).await);
    for _ in 0..5 {
        let (first, second) = tokio::join!(
            firm.send(Actor::Member(ada), deactivate(eve)),
            other.send(Actor::Member(eve), deactivate(ada)),
        );
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        // The loser is no active member any more.
        assert!(matches!(first.clone().and(second), Err(CommandError::Forbidden)), "{first:?}");
        let unmade = if first.is_ok() { eve } else { ada };
        let back = ActivateMember { member: unmade, expected_version: None };
        firm.send(Actor::Operator, back).await.expect("back again");
    }
}

#[tokio::test]
async fn the_last_owner_who_can_act_stays_one() {
    let firm = Firm::new().await;
    let (ada, eve) = (firm.member(&[Role::Owner]).await, firm.member(&[Role::Admin]).await);
    let last = |outcome| assert_eq!(refused(outcome), "members.last_owner");
    last(firm.send(Actor::Operator, deactivate(ada)).await);
    last(firm.send(Actor::Operator, roles(ada, &[Role::Admin])).await);
    firm.send(Actor::Operator, roles(eve, &[Role::Owner])).await.expect("a second owner");
    firm.send(Actor::Operator, deactivate(eve)).await.expect("the first is left");
    // An owner who rests does not count.
    last(firm.send(Actor::Operator, deactivate(ada)).await);
    let back = ActivateMember { member: eve, expected_version: None };
    firm.send(Actor::Operator, back).await.expect("back again");
    firm.send(Actor::Operator, roles(ada, &[Role::Member])).await.expect("the second is left");
    // Who was an owner once does not count either.
    last(firm.send(Actor::Operator, deactivate(eve)).await);
}

#[tokio::test]
async fn a_change_of_another_version_than_the_one_seen_is_stale() {
    let firm = Firm::new().await;
    let ada = firm.member(&[Role::Owner]).await;
    let seen =
        |version| RenameMember { member: ada, name: "Ada".into(), expected_version: Some(version) };
    let outcome = firm.send(Actor::Operator, seen(2)).await;
    assert_eq!(outcome, Err(CommandError::Stale));
    let other = firm.in_another_process();
    other.send(Actor::Operator, seen(1)).await.expect("the version it has");
    firm.send(Actor::Operator, seen(2)).await.expect("the version it has by now");
    let unknown = RenameMember {
        member: MemberId(random_id()),
        name: "Ada".into(),
        expected_version: Some(1),
    };
    assert_eq!(firm.send(Actor::Operator, unknown).await, Err(CommandError::NotFound));
}

#[tokio::test]
async fn what_a_member_is_already_writes_no_event_whichever_process_is_asked() {
    let firm = Firm::new().await;
    let ada = new_member("Ada", Some("ada@example.com"), &[Role::Owner]);
    let id = ada.member;
    firm.send(Actor::Operator, ada).await.expect("a new member");
    for firm in [&firm, &firm.in_another_process()] {
        let by = Actor::Member(id);
        firm.send(by, rename(id, " Ada ")).await.expect("the same");
        firm.send(by, email(id, "ada@example.com")).await.expect("the same");
        firm.send(by, roles(id, &[Role::Owner])).await.expect("the same");
        let zone = ChangeMemberTimeZone { member: id, time_zone: None, expected_version: None };
        firm.send(by, zone).await.expect("the same");
        let active = ActivateMember { member: id, expected_version: None };
        firm.send(by, active).await.expect("the same");
    }
    assert_eq!(firm.event_types().await, ["MemberAdded"]);
}
