//! What is mailed of leave around requests: corrections with before, after and what has changed, to
//! the member and their manager, those for all of a firm to its admins, and what is about to lapse.

use commands::jobs::{Daily, JobEngine};
use commands::leave::settle::LeaveSettling;
use commands::leave::{DefineLeaveType, SetLeavePolicy};
use commands::members::{ChangeMemberEmployment, ChangeMemberManager, ChangeMemberRoles};
use domain::country::{Counts, ShownIn};
use domain::id::{LeaveTypeId, MemberId};
use domain::leave::LeavePolicy;
use domain::members::Role;
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use migrations::testing::random_id;
use serde_json::json;

use super::{Office, part};

/// A day a month, of which what is left at the end of a year can be taken for three months.
fn terms(days: u32) -> LeavePolicy {
    serde_json::from_value(json!({
        "cycle": { "months": 12, "begins": { "yearly": { "month": 1, "day": 1 } } },
        "grants": [{
            "right": "contractual", "entitlement": { "of": { "days": days.to_string() } },
            "accrual": "month_end", "carry": { "expires_after_months": 3 },
        }],
        "overdraft": { "days": "0" },
    }))
    .expect("terms")
}

impl Office {
    async fn hired_on(&self, member: MemberId, day: Date) {
        let (hired_on, left_on, expected_version) = (Some(Some(day)), None, None);
        self.send(ChangeMemberEmployment { member, hired_on, left_on, expected_version }).await;
    }

    async fn kind_of_leave(&self) -> LeaveTypeId {
        let leave_type = LeaveTypeId(random_id());
        let (name, paid, counts) = ("Annual leave".to_owned(), true, Counts::WorkingDays);
        let (code, shown_in) = (None, ShownIn::Days);
        self.send(DefineLeaveType { leave_type, code, name, paid, shown_in, counts }).await;
        self.send(SetLeavePolicy { leave_type, from: None, policy: terms(12) }).await;
        leave_type
    }

    /// Settles what is due a minute later, and sends what follows.
    async fn settle(&self, engine: &JobEngine) {
        self.pass(SignedDuration::from_secs(60));
        self.run(engine).await;
    }

    /// Those told since, with what they were told.
    fn told(&self, before: usize) -> Vec<(String, String)> {
        let caught = self.sink.caught();
        let told =
            caught[before..].iter().map(|it| (it.to[0].clone(), part(&it.raw, "text/plain")));
        let mut told: Vec<(String, String)> = told.collect();
        told.sort();
        told
    }
}

#[tokio::test]
async fn corrections_are_told_with_before_after_and_what_has_changed() {
    let office = Office::new().await;
    let engine = office.engine(false).with(LeaveSettling::new(office.commands.clone()));
    let member = office.member("Nova", "nova@example.com").await;
    let manager = office.member("Kabelo", "kabelo@example.com").await;
    let admin = office.member("Ayo", "ayo@example.com").await;
    office
        .send(ChangeMemberManager { member, manager: Some(manager), expected_version: None })
        .await;
    let roles = vec![Role::Admin];
    office.send(ChangeMemberRoles { member: admin, roles, expected_version: None }).await;
    let leave_type = office.kind_of_leave().await;
    office.hired_on(member, date(2026, 1, 1)).await;
    office.settle(&engine).await;
    assert_eq!(office.sink.caught().len(), 0, "what is recorded first corrects nothing");
    office.hired_on(member, date(2026, 3, 1)).await;
    office.settle(&engine).await;
    let told = office.told(0);
    assert_eq!(told.len(), 2);
    assert_eq!((&*told[0].0, &*told[1].0), ("kabelo@example.com", "nova@example.com"));
    assert!(told[0].1.contains("The leave of Nova at"), "{}", told[0].1);
    for (_, text) in &told {
        assert!(text.contains("Annual leave: 10 days before, 8 days now"), "{text}");
        assert!(text.contains("Dates of employment: first day 2026-03-01"), "{text}");
    }
    let from = Some(date(2026, 7, 1));
    office.send(SetLeavePolicy { leave_type, from, policy: terms(24) }).await;
    office.settle(&engine).await;
    let told = office.told(2);
    assert_eq!(told.len(), 3, "{told:?}");
    let (to, text) = &told[0];
    assert_eq!(to, "ayo@example.com");
    assert!(text.contains("Terms of Annual leave from 2026-07-01"), "{text}");
    assert!(text.contains("Nova") && text.contains("Annual leave: 8 days before, "), "{text}");
    office.settle(&engine).await;
    assert_eq!(office.told(5), [], "each is told once");
}

#[tokio::test]
async fn what_is_about_to_lapse_is_told_in_days_to_whom_it_belongs() {
    let office = Office::new().await;
    let settling = LeaveSettling::new(office.commands.clone());
    let engine = office.engine(false).with(settling.clone());
    let member = office.member("Nova", "nova@example.com").await;
    office.kind_of_leave().await;
    office.hired_on(member, date(2026, 11, 1)).await;
    let day = date(2027, 3, 17);
    office.clock.set("2027-03-17T02:00:00Z".parse().expect("an instant"));
    settling.run(office.tenant.id, day).await.expect("settled");
    office.run(&engine).await;
    let told = office.told(0);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].1.contains("2 days of your Annual leave"), "{}", told[0].1);
    assert!(told[0].1.contains("until 2027-03-31"), "{}", told[0].1);
}
