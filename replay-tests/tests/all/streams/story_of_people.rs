//! The history of people who are invited, register, sign in and out, report to each other and work
//! by patterns. All of it is made up.

use commands::links::{self, Purpose};
use commands::members::{
    AddInvited, AddMember, ChangeMemberEmployment, ChangeMemberManager, InviteMember,
    SetWorkPattern,
};
use commands::sessions::{RevokeSessions, SignedIn, begin, end};
use commands::{Commands, Sender};
use domain::id::MemberId;
use domain::log::{Actor, Via};
use domain::members::Role;
use jiff::civil::date;
use migrations::testing::random_id;

use super::teller::Teller;
use crate::firm::Firm;

const NONE: Option<i32> = None;

pub(crate) async fn tell() -> Firm {
    let teller = Teller::begin("2026-02-02T07:00:00Z", 4).await;
    let (owner, member): (MemberId, MemberId) = (teller.new_id(), teller.new_id());
    teller.operator(person(owner, "Petra Sample", "petra@example.test", Role::Owner)).await;
    let invited = AddInvited(person(member, "Paul Sample", "paul@example.test", Role::Member));
    teller.member(owner, invited).await;
    teller.at("2026-02-02T09:00:00Z");
    teller.member(owner, InviteMember { member, expected_version: NONE }).await;
    teller.at("2026-02-02T10:00:00Z");
    let first = sign_in(&teller, member, Purpose::Invitation).await;
    teller
        .refused(
            owner,
            "members.already_registered",
            InviteMember { member, expected_version: NONE },
        )
        .await;
    let report = |member, manager| ChangeMemberManager { member, manager, expected_version: NONE };
    teller.member(owner, report(member, Some(owner))).await;
    teller.refused(owner, "members.manager_cycle", report(owner, Some(member))).await;
    let hired_on = Some(Some(date(2026, 2, 2)));
    let expected_version = NONE;
    let employed = ChangeMemberEmployment { member, hired_on, left_on: None, expected_version };
    teller.member(owner, employed).await;
    let week = [480, 480, 480, 480, 240, 0, 0];
    let set = |from, minutes| SetWorkPattern { member, from, minutes, expected_version };
    teller.member(owner, set(None, week.to_vec())).await;
    teller.member(owner, set(Some(date(2026, 3, 2)), week.repeat(2))).await;
    teller.at("2026-02-03T08:00:00Z");
    let sender = Sender { actor: Actor::Member(member), ..sender(&teller) };
    end(&commands(&teller), sender, first.record.id).await.expect("their own session");
    sign_in(&teller, member, Purpose::SignIn).await;
    teller.at("2026-02-03T09:00:00Z");
    teller.member(owner, RevokeSessions { member }).await;
    teller.firm
}

fn person(member: MemberId, name: &str, email: &str, role: Role) -> AddMember {
    let (name, email) = (name.to_owned(), Some(email.to_owned()));
    AddMember { member, name, email, roles: vec![role], time_zone: None }
}

fn commands(teller: &Teller) -> Commands {
    teller.firm.commands.clone()
}

fn sender(teller: &Teller) -> Sender {
    Sender::new(teller.firm.id(), Actor::Visitor, Via::Page)
}

/// Follows a link that is as good as one from a mail.
async fn sign_in(teller: &Teller, member: MemberId, purpose: Purpose) -> SignedIn {
    let (firm, commands) = (&teller.firm, commands(teller));
    let keys = firm.tenant.keys.of(firm.id()).await.expect("the tenant's keys");
    let now = commands.log().clock().now();
    let mut tx = firm.tenant.tenants.begin(firm.id()).await.expect("the tenant's door");
    let link = links::open(&mut tx, &keys, random_id(), purpose, member.0, now).await;
    tx.commit().await.expect("a commit");
    let link = link.expect("a link");
    begin(&commands, sender(teller), &link, &[purpose]).await.expect("a session")
}
