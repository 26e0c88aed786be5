//! The questions that pages and the API ask, on a real database.

use super::samples::{END, MONDAY, approved, drafted, everything, id, recorded, revised};
use super::written::{append, tenant};
use crate::billing::{invoice, invoice_entry, unbilled};
use crate::catalogue::{client, project, project_member, rate, task};
use crate::import::{ImportState, import};
use crate::members::member;
use crate::runner::catch_up;
use crate::settings::setting;
use crate::time::{time_entry, timesheet_week};
use domain::billing::InvoiceState;
use domain::catalogue::rates::RateKind;
use domain::id::{ClientId, EntryId, ImportId, InvoiceId, MemberId, ProjectId, TaskId};
use domain::time::{EntryState, Week};
use jiff::civil::date;
use migrations::TenantTx;
use migrations::testing::TestTenant;

async fn everything_read() -> (TestTenant, TenantTx) {
    let tenant = tenant().await;
    append(&tenant, &everything().0).await;
    catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
    let tx = tenant.tenants.begin(tenant.id).await.expect("a transaction");
    (tenant, tx)
}

#[tokio::test]
async fn entries_are_found_by_id_and_listed_by_member_day_state_and_cursor() {
    let (_tenant, mut tx) = everything_read().await;
    let (one, two) = (EntryId(id(101)), EntryId(id(102)));
    let row = time_entry::find(&mut tx, one).await.expect("an answer").expect("found");
    assert_eq!((row.seconds, row.tags.is_empty()), (7200, true));
    let row = time_entry::find(&mut tx, two).await.expect("an answer").expect("found");
    assert_eq!(row.tags, ["on \"site\"", "a,b\\c"]);
    assert!(time_entry::find(&mut tx, EntryId(id(103))).await.expect("an answer").is_none());
    let all = time_entry::Wanted { member: Some(MemberId(id(1))), ..Default::default() };
    let listed = async |tx: &mut TenantTx, wanted, after| {
        let rows = time_entry::list(tx, &wanted, after, 10).await.expect("an answer");
        rows.iter().map(|row| row.entry_id).collect::<Vec<_>>()
    };
    assert_eq!(listed(&mut tx, all, None).await, [one, two]);
    assert_eq!(listed(&mut tx, all, Some((MONDAY, one))).await, [two]);
    let until = time_entry::Wanted { to: Some(MONDAY), ..all };
    assert_eq!(listed(&mut tx, until, None).await, [one]);
    let since = time_entry::Wanted { from: Some(date(2026, 2, 3)), ..all };
    assert_eq!(listed(&mut tx, since, None).await, [two]);
    let other = time_entry::Wanted { member: Some(MemberId(id(9))), ..Default::default() };
    assert_eq!(listed(&mut tx, other, None).await, []);
    let approved = time_entry::Wanted { state: Some(EntryState::Approved), ..all };
    assert_eq!(listed(&mut tx, approved, None).await, []);
}

#[tokio::test]
async fn a_week_is_found_by_member_and_listed_by_state() {
    let (_tenant, mut tx) = everything_read().await;
    let (member, week) = (MemberId(id(1)), Week::of(MONDAY));
    let row = timesheet_week::find(&mut tx, member, week).await.expect("an answer").expect("found");
    assert_eq!((row.state, row.seconds, row.entries), (EntryState::Open, 7200, 1));
    let weeks = async |tx: &mut TenantTx, state, after| {
        let rows = timesheet_week::list(tx, state, None, Some(member), after, 10)
            .await
            .expect("an answer");
        rows.iter().map(|row| row.week).collect::<Vec<_>>()
    };
    assert_eq!(weeks(&mut tx, Some(EntryState::Open), None).await, [week, week.after()]);
    assert_eq!(weeks(&mut tx, Some(EntryState::Open), Some((week, member))).await, [week.after()]);
    assert_eq!(weeks(&mut tx, Some(EntryState::Submitted), None).await, []);
}

#[tokio::test]
async fn what_may_be_billed_is_asked_by_client_and_day() {
    let tenant = tenant().await;
    let mut history = everything();
    history
        .time(1, MONDAY, recorded(111, MONDAY, 600))
        .time(1, MONDAY, recorded(112, MONDAY, 700))
        .time(1, MONDAY, recorded(113, MONDAY, 800))
        .time(1, MONDAY, revised(113, 2, MONDAY, 900))
        .time(1, MONDAY, approved(&[(111, 1), (112, 1), (113, 2)]))
        .invoice(502, drafted(502, &[(112, 700)]));
    append(&tenant, &history.0).await;
    catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
    let mut tx = tenant.tenants.begin(tenant.id).await.expect("a transaction");
    let mut seconds = async |client: Option<u128>, from, to| {
        let client = client.map(|client| ClientId(id(client)));
        let wanted = unbilled::Wanted { client, from, to, approved: true, ..Default::default() };
        let rows = unbilled::open(&mut tx, &wanted, 10).await.expect("an answer");
        rows.iter().map(|row| row.seconds).collect::<Vec<_>>()
    };
    assert_eq!(seconds(Some(10), None, Some(MONDAY)).await, [600]);
    assert_eq!(seconds(None, Some(MONDAY), None).await, [600]);
    assert!(seconds(Some(11), None, None).await.is_empty());
    assert!(seconds(Some(10), None, Some(date(2026, 2, 1))).await.is_empty());
    let of_client =
        unbilled::Wanted { client: Some(ClientId(id(10))), ..unbilled::Wanted::default() };
    let open = unbilled::open(&mut tx, &of_client, 100).await.expect("an answer");
    assert!(open.iter().all(|row| of_client.covers(row, ClientId(id(10)))));
    assert!(open.iter().any(|row| row.seconds == 600));
    let (entries, seconds) = unbilled::held(&mut tx, &of_client).await.expect("an answer");
    assert!(entries >= 1 && seconds >= 700, "{entries} {seconds}");
}

#[tokio::test]
async fn an_invoice_is_found_with_what_it_took() {
    let (_tenant, mut tx) = everything_read().await;
    let (void, draft) = (InvoiceId(id(500)), InvoiceId(id(501)));
    let row = invoice::find(&mut tx, draft).await.expect("an answer").expect("found");
    assert_eq!((row.state, row.seconds), (InvoiceState::Draft, 60));
    let entries = invoice_entry::of_invoice(&mut tx, void).await.expect("an answer");
    assert_eq!(entries.iter().map(|entry| entry.seconds).collect::<Vec<_>>(), [3600, 60]);
    let listed = async |tx: &mut TenantTx, state, after| {
        let client = Some(ClientId(id(10)));
        let wanted = invoice::Wanted { client, state, ..invoice::Wanted::default() };
        let rows = invoice::list(tx, &wanted, after, 10).await.expect("an answer");
        rows.iter().map(|row| row.invoice_id).collect::<Vec<_>>()
    };
    assert_eq!(listed(&mut tx, None, None).await, [void, draft]);
    assert_eq!(listed(&mut tx, None, Some(void)).await, [draft]);
    assert_eq!(listed(&mut tx, Some(InvoiceState::Void), None).await, [void]);
}

#[tokio::test]
async fn people_catalogue_settings_and_imports_are_found_and_listed() {
    let (_tenant, mut tx) = everything_read().await;
    let tx = &mut tx;
    let members = member::list(tx, None, 10).await.expect("an answer");
    let later = member::list(tx, Some(members[0].member_id), 10).await.expect("an answer");
    assert_eq!((members.len(), &members[1..]), (2, &later[..]));
    let found = member::find(tx, later[0].member_id).await.expect("an answer");
    assert_eq!(found.as_ref(), later.first());
    let clients = client::list(tx, None, 10).await.expect("an answer");
    let of_client = clients[0].client_id;
    assert_eq!(client::find(tx, of_client).await.expect("an answer").as_ref(), clients.first());
    let projects = project::list(tx, Some(of_client), None, 10).await.expect("an answer");
    let on = ProjectId(id(20));
    assert_eq!(project::find(tx, on).await.expect("an answer").as_ref(), projects.first());
    let nothing = project::list(tx, None, Some(on), 10).await.expect("an answer");
    assert_eq!(nothing, []);
    let tasks = task::list(tx, Some(on), None, 10).await.expect("an answer");
    let found = task::find(tx, TaskId(id(30))).await.expect("an answer");
    assert_eq!(found.as_ref(), tasks.first());
    let linked = project_member::of_project(tx, on).await.expect("an answer");
    assert_eq!(linked.len(), 1);
    let bill = rate::list(tx, RateKind::Bill).await.expect("an answer");
    let cost = rate::list(tx, RateKind::Cost).await.expect("an answer");
    assert_eq!((bill.len(), cost.len()), (2, 1));
    let all = setting::list(tx, None).await.expect("an answer");
    let zone = setting::list(tx, Some("TIME_ZONE")).await.expect("an answer");
    assert_eq!((all.len(), &*zone[0].value), (2, "Europe/London"));
    let imports = import::list(tx, None, 10).await.expect("an answer");
    assert_eq!((imports.len(), imports[0].state), (1, ImportState::Undone));
    let found = import::find(tx, ImportId(id(50))).await.expect("an answer");
    assert_eq!(found.map(|row| row.position), Some(END));
}
