//! What is mailed of leave: to who decides next and who stands in for them, to the member with the
//! reason, to admins that somebody will be away. Kinds and reasons are in nobody else's letter.

use commands::Sender;
use commands::leave::{ApproveLeave, AskForLeave, CancelLeave, DefineLeaveType, RejectLeave};
use commands::members::substitutes::NameSubstitute;
use commands::members::{AddMember, ChangeMemberManager};
use domain::country::{Counts, ShownIn};
use domain::id::{LeaveRequestId, LeaveTypeId, MemberId, SubstitutionId};
use domain::leave::{AcceptedTerms, DayPart, LeaveSpan};
use domain::log::{Actor, Via};
use domain::members::Role;
use jiff::civil::date;
use migrations::testing::random_id;

use super::{Office, part};

impl Office {
    async fn act(&self, by: MemberId, command: impl commands::Command) {
        let sender = Sender::new(self.tenant.id, Actor::Member(by), Via::Api);
        self.commands.handle(sender, command).await.expect("they may");
    }

    /// Half a day of a kind of leave whose name nobody should read.
    async fn asked(&self, member: MemberId, leave_type: LeaveTypeId, day: i8) -> LeaveRequestId {
        let day = date(2026, 12, day);
        let request = LeaveRequestId(random_id());
        let ask = AskForLeave {
            request,
            member,
            leave_type,
            span: LeaveSpan { from: day, to: day, part: Some(DayPart::Pm) },
            case: None,
            note: Some("An operation".into()),
            accepted: AcceptedTerms::None,
            draft: false,
        };
        self.act(member, ask).await;
        request
    }
}

fn define(leave_type: LeaveTypeId) -> DefineLeaveType {
    DefineLeaveType {
        leave_type,
        code: None,
        name: "Secret illness".into(),
        paid: true,
        shown_in: ShownIn::Days,
        counts: Counts::WorkingDays,
    }
}

#[tokio::test]
async fn who_decides_is_told_of_leave_then_the_member_and_admins_what_became_of_it() {
    let office = Office::new().await;
    let leave_type = LeaveTypeId(random_id());
    office.send(define(leave_type)).await;
    let member = office.member("Nova", "nova@example.com").await;
    let lead = office.member("Kabelo", "kabelo@example.com").await;
    let deputy = office.member("Ayo", "ayo@example.com").await;
    let (roles, time_zone) = (vec![Role::Admin], None);
    let (name, email) = ("Thandi".to_owned(), Some("thandi@example.com".to_owned()));
    let admin = MemberId(random_id());
    office.send(AddMember { member: admin, name, email, roles, time_zone }).await;
    let manager = Some(lead);
    office.send(ChangeMemberManager { member, manager, expected_version: None }).await;
    let named = NameSubstitute {
        id: SubstitutionId(random_id()),
        member: lead,
        substitute: deputy,
        from: date(2026, 11, 20),
        to: date(2026, 11, 30),
    };
    office.send(named).await;
    let engine = office.engine(false);
    let request = office.asked(member, leave_type, 1).await;
    let told = async |office: &Office, from: usize| {
        office.run(&engine).await;
        let caught = office.sink.caught().split_off(from);
        let mut told: Vec<(String, String)> =
            caught.iter().map(|mail| (mail.to[0].clone(), part(&mail.raw, "text/plain"))).collect();
        told.sort();
        told
    };
    let first = told(&office, 0).await;
    let to: Vec<&str> = first.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["ayo@example.com", "kabelo@example.com"]);
    assert!(first[0].1.contains("Nova asks for leave"), "{first:?}");
    assert!(first[0].1.contains("2026-12-01, in the afternoon"), "{first:?}");
    office.act(deputy, ApproveLeave { request, seen: None }).await;
    let second = told(&office, 2).await;
    let to: Vec<&str> = second.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["nova@example.com", "thandi@example.com"]);
    assert!(second[0].1.contains("was approved: 2026-12-01"), "{second:?}");
    assert!(second[1].1.contains("Nova will be on leave"), "{second:?}");
    let reason = Some("The customer comes".to_owned());
    office.act(lead, CancelLeave { request, reason, seen: None }).await;
    let refused = office.asked(member, leave_type, 2).await;
    let reject = RejectLeave { request: refused, reason: "All are away".into(), seen: None };
    office.act(lead, reject).await;
    // What was decided before its letter went out waits for nobody any more.
    let third = told(&office, 4).await;
    assert_eq!(third.len(), 2, "{third:?}");
    let all = |words: &str| {
        third.iter().any(|(to, text)| to == "nova@example.com" && text.contains(words))
    };
    assert!(all("was cancelled") && all("The customer comes"), "{third:?}");
    assert!(all("was rejected") && all("All are away"), "{third:?}");
    let others = first.iter().chain(&second).chain(&third);
    for (to, text) in others.filter(|(to, _)| to != "nova@example.com") {
        let secret = ["Secret", "operation", "customer", "All are away"];
        assert!(secret.iter().all(|word| !text.contains(word)), "{to}: {text}");
    }
    let mut tx = office.tenant.tenants.begin(office.tenant.id).await.expect("the door");
    let rows = tx.query("select reference from {t}.jobs where reference like '%away%'");
    assert_eq!(rows.fetch_all().await.expect("the table").len(), 0);
}
