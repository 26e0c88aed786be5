//! The way of a week on a real database.

use domain::log::Actor;
use domain::members::Role;
use domain::time::EntryState;

use super::samples::{Office, duration, week};
use super::*;
use crate::settings::ChangeSetting;
use crate::testing::refused;

const WEEK: &str = "2026-W02";

async fn submitted() -> Office {
    let office = Office::new().await;
    office.recorded(duration("2026-01-07", 3600)).await;
    office.send(office.submit(week(WEEK))).await.expect("submitted");
    office
}

#[tokio::test]
async fn a_week_is_submitted_sent_back_approved_and_opened_again() {
    let office = submitted().await;
    let (member, week) = (office.member, week(WEEK));
    let reject = |reason: &str| RejectTimesheet {
        member,
        week,
        part: WeekPart::default(),
        reason: reason.into(),
    };
    assert_eq!(refused(office.manage(reject(" ")).await), "time.reason_required");
    assert_eq!(office.send(reject("Which?")).await, Err(CommandError::Forbidden));
    office.manage(reject("Which client?")).await.expect("sent back");
    assert_eq!(office.sheet(week).await.state(), EntryState::Rejected);
    office.send(office.submit(week)).await.expect("submitted again");
    let seen = office.sheet(week).await.submitted_content(&Default::default());
    let other = ApproveTimesheet { content: Some("00".repeat(32)), ..office.approve(week) };
    assert_eq!(refused(office.manage(other).await), "time.content_changed");
    let approve = ApproveTimesheet { content: Some(seen), ..office.approve(week) };
    office.manage(approve).await.expect("approved");
    assert_eq!(office.sheet(week).await.state(), EntryState::Approved);
    let reopen = || ReopenTimesheet { member, week, part: WeekPart::default(), reason: None };
    assert_eq!(refused(office.send(reopen()).await), "time.own_approval");
    office.manage(reopen()).await.expect("opened again");
    assert_eq!(office.sheet(week).await.state(), EntryState::Open);
}

#[tokio::test]
async fn nobody_approves_their_own_time_until_the_owner_allows_it() {
    let office = Office::new().await;
    let owner = Actor::Member(office.firm.member(&[Role::Owner]).await);
    let Actor::Member(boss) = owner else { unreachable!("made of a member") };
    let office = Office { member: boss, ..office };
    office.recorded(duration("2026-01-07", 3600)).await;
    office.send(office.submit(week(WEEK))).await.expect("submitted");
    let refusal = refused(office.send(office.approve(week(WEEK))).await);
    assert_eq!(refusal, "time.own_approval");
    let change = ChangeSetting { key: "SELF_APPROVAL".into(), value: "true".into(), from: None };
    office.firm.send(owner, change).await.expect("an owner may");
    office.send(office.approve(week(WEEK))).await.expect("approved");
}

#[tokio::test]
async fn an_operator_decides_in_nobodys_name_and_therefore_not_at_all() {
    let office = submitted().await;
    let approve = office.approve(week(WEEK));
    let outcome = office.firm.send(Actor::Operator, approve).await;
    assert_eq!(outcome, Err(CommandError::Forbidden));
}

#[tokio::test]
async fn a_week_with_nothing_to_submit_or_approve_is_refused() {
    let office = Office::new().await;
    assert_eq!(office.send(office.submit(week(WEEK))).await, Err(CommandError::NotFound));
    office.recorded(duration("2026-01-07", 3600)).await;
    assert_eq!(refused(office.manage(office.approve(week(WEEK))).await), "time.nothing_submitted");
    office.send(office.submit(week(WEEK))).await.expect("submitted");
    assert_eq!(refused(office.send(office.submit(week(WEEK))).await), "time.nothing_to_submit");
}
