//! Taking imports back on a real database.

use domain::billing::GroupBy;
use domain::catalogue::ProjectEvent;
use domain::id::InvoiceId;
use domain::log::{Actor, Event, Via};
use domain::members::Role;
use domain::time::Week;
use domain::time::periods::PeriodScope;
use migrations::testing::random_id;

use super::tests::{import, records, seconds};
use super::*;
use crate::billing::{DraftInvoice, VoidInvoice};
use crate::testing::Firm;
use crate::time::{
    ApproveTimesheet, ClosePeriod, RemoveTime, ReviseTime, SubmitTimesheet, WeekPart,
};

const ROWS: &str = "member_email,member_name,client,project,date,seconds,note\n\
    ida@example.test,Ida Iris,Mill,Loom,2024-03-04,3600,one\n\
    ida@example.test,Ida Iris,Mill,Loom,2024-03-05,1800,two\n\
    ida@example.test,Ida Iris,Mill,Loom,2024-03-12,60,three\n";

async fn take_back(firm: &Firm, import: ImportId) -> Result<UndoReport, CommandError> {
    let sender = Sender::new(firm.id(), Actor::Operator, Via::CommandLine);
    undo(&firm.commands, sender, import).await
}

async fn check_claims(firm: &Firm) {
    let (tenants, keys) = (&firm.tenant.tenants, &firm.tenant.keys);
    let verified = crate::event_log::claims::verify(tenants, keys, firm.id()).await;
    assert_eq!(verified.expect("the claims and the log").differences, []);
}

/// The entries recorded, in order of their days.
async fn entries(firm: &Firm) -> Vec<(EntryId, MemberId)> {
    let mut records = records(firm).await;
    records.sort_by_key(|record| record.worked.day);
    records.into_iter().map(|record| (record.entry, record.member)).collect()
}

#[tokio::test]
async fn an_import_is_taken_back_and_can_be_imported_again() {
    let firm = Firm::new().await;
    let report = import(&firm, Format::Csv, ROWS).await;
    let id = report.import_id.expect("it wrote");
    let undone = take_back(&firm, id).await.expect("taken back");
    assert_eq!((undone.removed, undone.complete), (3, true));
    assert_eq!(seconds(&firm).await, (0, 0));
    check_claims(&firm).await;
    let events = firm.event_types().await.len();
    let twice = take_back(&firm, id).await.expect("twice is fine");
    assert_eq!((twice.removed, twice.complete), (0, true));
    assert_eq!(firm.event_types().await.len(), events);
    let again = import(&firm, Format::Csv, ROWS).await;
    assert_eq!((again.recorded, again.duplicates, again.seconds), (3, 0, 5460));
    assert_eq!(again.created, Created::default(), "names stay when an import is taken back");
    check_claims(&firm).await;
}

#[tokio::test]
async fn closed_days_take_no_rows_and_give_none_back() {
    let firm = Firm::new().await;
    let report = import(&firm, Format::Csv, ROWS).await;
    let id = report.import_id.expect("it wrote");
    let through = "2024-03-05".parse().expect("a day");
    let close = ClosePeriod { scope: PeriodScope::Tenant, through, reason: None };
    firm.send(Actor::Operator, close).await.expect("closed");
    let undone = take_back(&firm, id).await.expect("as far as it goes");
    let codes: Vec<_> = undone.kept.iter().map(|kept| kept.code.as_str()).collect();
    assert_eq!((undone.removed, undone.complete), (1, false));
    assert_eq!(codes, ["time.period_closed"; 2]);
    let late = ROWS.replace("one", "late");
    let report = import(&firm, Format::Csv, &late).await;
    assert_eq!((report.recorded, report.duplicates, report.skipped.len()), (0, 2, 1));
    check_claims(&firm).await;
}

#[tokio::test]
async fn what_was_changed_moved_or_removed_since_is_taken_back_too() {
    let firm = Firm::new().await;
    let id = import(&firm, Format::Csv, ROWS).await.import_id.expect("it wrote");
    let entries = entries(&firm).await;
    let day = "2024-05-01".parse().expect("a day");
    let worked = Some(domain::time::Worked::duration(day, 60).expect("a minute"));
    let moved = ReviseTime {
        entry: entries[0].0,
        project: None,
        task: None,
        worked,
        billable: None,
        note: None,
        tags: None,
        expected_version: None,
    };
    firm.send(Actor::Operator, moved).await.expect("moved");
    let remove = RemoveTime { entry: entries[1].0, reason: None, expected_version: None };
    firm.send(Actor::Operator, remove).await.expect("removed");
    // A process that has seen nothing of it takes it back, and one that knows old states imports.
    let elsewhere = firm.in_another_process();
    let undone = take_back(&elsewhere, id).await.expect("taken back");
    assert_eq!((undone.removed, undone.complete), (2, true));
    assert_eq!(seconds(&firm).await, (0, 0));
    let again = import(&firm, Format::Csv, ROWS).await;
    assert_eq!((again.recorded, again.seconds), (3, 5460));
    let undone = take_back(&elsewhere, again.import_id.expect("it wrote")).await;
    assert_eq!(undone.expect("taken back").removed, 3);
    check_claims(&firm).await;
}

#[tokio::test]
async fn what_is_billed_stays_and_its_rows_with_it_until_the_invoice_is_void() {
    let firm = Firm::new().await;
    let id = import(&firm, Format::Csv, ROWS).await.import_id.expect("it wrote");
    let manager = Actor::Member(firm.member(&[Role::Manager]).await);
    let (entry, member) = entries(&firm).await[2];
    let week: Week = "2024-W11".parse().expect("a week");
    firm.send(Actor::Operator, SubmitTimesheet { member, week, part: WeekPart::default() })
        .await
        .expect("submitted");
    let approve = ApproveTimesheet { member, week, part: WeekPart::default(), content: None };
    firm.send(manager, approve).await.expect("approved");
    let mut client = None;
    for recorded in firm.recorded().await {
        if let Event::Project(ProjectEvent::ProjectAdded(event)) = recorded.event {
            client = Some(event.client);
        }
    }
    let invoice = InvoiceId(random_id());
    let (from, to) = (week.monday(), week.sunday());
    let client = client.expect("a project's client");
    let draft = DraftInvoice { invoice, client, from, to, group_by: GroupBy::Task };
    firm.send(Actor::Operator, draft).await.expect("drafted");
    let undone = take_back(&firm, id).await.expect("taken back in part");
    let stays = BilledEntry { entry_id: entry, invoice_id: invoice };
    assert_eq!((undone.removed, undone.complete, undone.billed), (2, false, vec![stays]));
    assert_eq!(seconds(&firm).await.0, 60);
    let again = import(&firm, Format::Csv, ROWS).await;
    assert_eq!((again.recorded, again.duplicates), (0, 3), "or it would be billed twice");
    let void = VoidInvoice { invoice, reason: None, expected_version: None };
    firm.send(Actor::Operator, void).await.expect("voided");
    let undone = take_back(&firm, id).await.expect("taken back");
    assert_eq!((undone.removed, undone.complete), (1, true));
    assert_eq!(import(&firm, Format::Csv, ROWS).await.recorded, 3);
    check_claims(&firm).await;
}

#[tokio::test]
async fn an_import_that_is_not_there_or_not_theirs_to_undo_is_left_alone() {
    let firm = Firm::new().await;
    let id = import(&firm, Format::Csv, ROWS).await.import_id.expect("it wrote");
    let unknown = take_back(&firm, ImportId(random_id())).await;
    assert_eq!(unknown, Err(CommandError::NotFound));
    let (_, member) = entries(&firm).await[0];
    let not_an_import = take_back(&firm, ImportId(member.0)).await;
    assert_eq!(not_an_import, Err(CommandError::NotFound));
    let sender = Sender::new(firm.id(), Actor::Member(member), Via::Api);
    let forbidden = undo(&firm.commands, sender, id).await;
    assert_eq!(forbidden, Err(CommandError::Forbidden));
    assert_eq!(seconds(&firm).await.0, 5460);
}
