//! What is mailed of a week: to who decides next, and to the member with the reason, which no job
//! holds; and the one reminder.

use commands::Sender;
use commands::catalogue::{AddClient, AddProject, AddTask};
use commands::jobs::Daily;
use commands::members::{ChangeMemberManager, SetWorkPattern};
use commands::settings::ChangeSetting;
use commands::time::{RecordTime, RejectTimesheet, SubmitTimesheet, TimesheetReminders, WeekPart};
use domain::id::{ClientId, EntryId, MemberId, ProjectId, TaskId};
use domain::log::{Actor, Via};
use domain::time::Worked;
use jiff::civil::date;
use migrations::testing::random_id;

use super::{Office, part};

impl Office {
    async fn set(&self, key: &str, value: &str) {
        self.send(ChangeSetting { key: key.into(), value: value.into(), from: None }).await;
    }

    /// The member's hour of the week, submitted.
    async fn submitted(&self, member: MemberId) {
        let (client, project, task) =
            (ClientId(random_id()), ProjectId(random_id()), TaskId(random_id()));
        self.send(AddClient { client, name: "Umbrella".into(), currency: None }).await;
        self.send(AddProject { project, client, name: "Website".into() }).await;
        self.send(AddTask { project, task, name: "Design".into(), billable: true }).await;
        let worked = Worked::duration(date(2026, 11, 9), 5400).expect("an hour and a half");
        let entry = EntryId(random_id());
        let (billable, note, tags) = (None, None, Vec::new());
        self.send(RecordTime { entry, member, project, task, worked, billable, note, tags }).await;
        let week = "2026-W46".parse().expect("a week");
        self.send(SubmitTimesheet { member, week, part: WeekPart::default() }).await;
    }
}

#[tokio::test]
async fn who_decides_next_is_told_and_the_member_why_time_was_sent_back() {
    let office = Office::new().await;
    office.set("APPROVAL_CHAIN", "line_manager,admin").await;
    let member = office.member("Nova", "nova@example.com").await;
    let lead = office.member("Kabelo", "kabelo@example.com").await;
    office.member("Ayo", "ayo@example.com").await;
    let manager = Some(lead);
    office.send(ChangeMemberManager { member, manager, expected_version: None }).await;
    office.submitted(member).await;
    let engine = office.engine(false);
    office.run(&engine).await;
    let caught = office.sink.caught();
    assert_eq!(caught.len(), 1);
    assert_eq!(caught[0].to, ["kabelo@example.com"]);
    let text = part(&caught[0].raw, "text/plain");
    assert!(text.contains("Nova has submitted time of 2026-W46"), "{text}");
    assert!(text.contains("1:30 hours"), "{text}");
    let week = "2026-W46".parse().expect("a week");
    let reason = "Which client was that?".to_owned();
    let reject = RejectTimesheet { member, week, part: WeekPart::default(), reason };
    let sender = Sender::new(office.tenant.id, Actor::Member(lead), Via::Api);
    office.commands.handle(sender, reject).await.expect("sent back");
    office.run(&engine).await;
    let caught = office.sink.caught();
    assert_eq!((caught.len(), &caught[1].to[..]), (2, &["nova@example.com".to_owned()][..]));
    let text = part(&caught[1].raw, "text/plain");
    assert!(text.contains("Which client was that?"), "{text}");
    let mut tx = office.tenant.tenants.begin(office.tenant.id).await.expect("the door");
    let rows = tx.query("select reference from {t}.jobs where reference like '%client%'");
    assert_eq!(rows.fetch_all().await.expect("the table").len(), 0);
}

#[tokio::test]
async fn a_firm_that_wants_no_mails_of_timesheets_gets_none() {
    let office = Office::new().await;
    office.set("MAIL_TIMESHEETS", "off").await;
    let member = office.member("Nova", "nova@example.com").await;
    let lead = office.member("Kabelo", "kabelo@example.com").await;
    office.set("APPROVAL_CHAIN", "line_manager").await;
    let manager = Some(lead);
    office.send(ChangeMemberManager { member, manager, expected_version: None }).await;
    office.submitted(member).await;
    office.run(&office.engine(false)).await;
    assert_eq!(office.sink.caught().len(), 0);
}

#[tokio::test]
async fn who_submitted_nothing_is_reminded_once_on_their_first_day_of_work_after_the_week() {
    let office = Office::new().await;
    let member = office.member("Nova", "nova@example.com").await;
    let diligent = office.member("Kabelo", "kabelo@example.com").await;
    for member in [member, diligent] {
        let minutes = vec![0, 480, 480, 480, 480, 0, 0];
        office.send(SetWorkPattern { member, from: None, minutes, expected_version: None }).await;
    }
    office.set("MAIL_TIMESHEETS", "off").await;
    office.submitted(diligent).await;
    let reminders = TimesheetReminders::new(office.commands.clone());
    let day = async |day| reminders.run(office.tenant.id, day).await.expect("a day's work");
    day(date(2026, 11, 17)).await;
    office.set("TIMESHEET_REMINDER", "weekly").await;
    for n in [16, 17, 17, 18] {
        day(date(2026, 11, n)).await;
    }
    office.run(&office.engine(false)).await;
    let caught = office.sink.caught();
    assert_eq!(caught.len(), 1);
    assert_eq!(caught[0].to, ["nova@example.com"]);
    let text = part(&caught[0].raw, "text/plain");
    assert!(text.contains("2026-W46, 2026-11-09 to 2026-11-15"), "{text}");
}
