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

fn report(member: MemberId, manager: Option<MemberId>) -> ChangeMemberManager {
    ChangeMemberManager { member, manager, expected_version: None }
}

#[tokio::test]
async fn nobody_reports_to_themselves_by_others_or_to_who_is_not_there_or_rests() {
    let firm = Firm::new().await;
    firm.member(&[Role::Owner]).await;
    let [one, two, three] = [
        firm.member(&[Role::Member]).await,
        firm.member(&[Role::Member]).await,
        firm.member(&[Role::Member]).await,
    ];
    firm.send(Actor::Operator, report(one, Some(two))).await.expect("two leads one");
    firm.send(Actor::Operator, report(two, Some(three))).await.expect("three leads two");
    for (member, manager) in [(three, one), (three, two), (two, one), (one, one)] {
        let outcome = firm.send(Actor::Operator, report(member, Some(manager))).await;
        assert_eq!(refused(outcome), "members.manager_cycle");
    }
    let stranger = Some(MemberId(random_id()));
    let outcome = firm.send(Actor::Operator, report(three, stranger)).await;
    assert_eq!(outcome, Err(CommandError::NotFound));
    firm.send(Actor::Operator, deactivate(one)).await.expect("one rests");
    firm.send(Actor::Operator, report(two, None)).await.expect("nobody leads two");
    let outcome = firm.send(Actor::Operator, report(two, Some(one))).await;
    assert_eq!(refused(outcome), "members.manager_cycle", "a circle is worse than rest");
    firm.send(Actor::Operator, report(one, None)).await.expect("nobody leads one");
    let outcome = firm.send(Actor::Operator, report(two, Some(one))).await;
    assert_eq!(refused(outcome), "members.manager_not_active");
}

#[tokio::test]
async fn two_who_are_put_above_each_other_at_once_do_not_both_get_their_way() {
    let firm = Firm::new().await;
    let other = firm.in_another_process();
    for _ in 0..5 {
        let (one, two) = (firm.member(&[Role::Member]).await, firm.member(&[Role::Member]).await);
        let (here, there) = tokio::join!(
            firm.send(Actor::Operator, report(one, Some(two))),
            other.send(Actor::Operator, report(two, Some(one))),
        );
        assert!(here.is_ok() != there.is_ok(), "{here:?} {there:?}");
        assert_eq!(refused(here.and(there)), "members.manager_cycle");
    }
}

#[tokio::test]
async fn an_invitation_is_mailed_in_the_commit_that_adds_or_invites_and_not_when_refused() {
    let firm = Firm::new().await;
    let mails = async || {
        let mut tx = firm.tenant.tenants.begin(firm.id()).await.expect("the door");
        let rows = tx.query("select reference from {t}.jobs where kind = 'mail' order by due_at");
        let rows = rows.fetch_all().await.expect("the jobs");
        rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>()
    };
    let nova = new_member("Nova", Some("nova@example.com"), &[Role::Member]);
    let member = nova.member;
    firm.send(Actor::Operator, AddInvited(nova.clone())).await.expect("a new member");
    assert_eq!(firm.event_types().await, ["MemberAdded", "MemberInvited"]);
    assert_eq!(mails().await, [format!("invitation {member}")]);
    let again = AddInvited(AddMember { member: MemberId(random_id()), ..nova });
    assert_eq!(refused(firm.send(Actor::Operator, again).await), "members.email_taken");
    let nobody = AddInvited(new_member("Ayo", None, &[Role::Member]));
    assert_eq!(refused(firm.send(Actor::Operator, nobody).await), "members.no_email");
    assert_eq!(mails().await.len(), 1);
    let invite = InviteMember { member, expected_version: None };
    firm.send(Actor::Operator, invite.clone()).await.expect("once more");
    assert_eq!(mails().await.len(), 2);
    firm.send(Actor::Operator, deactivate(member)).await.expect("they rest");
    assert_eq!(refused(firm.send(Actor::Operator, invite).await), "members.not_active");
    assert_eq!(mails().await.len(), 2);
}
