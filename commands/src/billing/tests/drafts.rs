//! Drafts and voids on a real database: what is reserved is reserved once.

use domain::billing::{GroupBy, Invoice, InvoiceState, ReservedEntry};
use domain::id::{ClientId, EntryId, InvoiceId, ProjectId};
use domain::log::{Actor, Event};
use futures::future::join_all;
use migrations::testing::random_id;

use domain::members::Role;
use jiff::civil::Date;

use crate::billing::{DraftInvoice, VoidInvoice};
use crate::catalogue::{AddClient, AddProject, AddTask};
use crate::refused::{CommandError, Done};
use crate::testing::refused;
use crate::time::samples::{Office, duration, week};
use crate::time::{RecordTime, RemoveTime, ReopenTimesheet, ReviseTime, WeekPart};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn january(office: &Office) -> DraftInvoice {
    DraftInvoice {
        invoice: InvoiceId(random_id()),
        client: office.client,
        from: day("2026-01-01"),
        to: day("2026-01-31"),
        group_by: GroupBy::Task,
    }
}

/// An office with two approved entries of January: an hour and half an hour.
async fn approved() -> (Office, [EntryId; 2]) {
    let office = Office::new().await;
    let first = office.recorded(duration("2026-01-07", 3600)).await;
    let second = office.recorded(duration("2026-01-13", 1800)).await;
    office.approved(week("2026-W02")).await;
    office.approved(week("2026-W03")).await;
    (office, [first, second])
}

async fn draft(office: &Office, command: DraftInvoice) -> Result<Done, CommandError> {
    office.firm.send(Actor::Operator, command).await
}

/// The invoice, folded from the log.
async fn folded(office: &Office, invoice: InvoiceId) -> (InvoiceState, Vec<ReservedEntry>) {
    let mut state = Invoice::default();
    for recorded in office.firm.recorded().await {
        if let (true, Event::Invoice(event)) = (recorded.stream.0 == invoice.0, recorded.event) {
            state.evolve(&event);
        }
    }
    let drafted = state.drafted.expect("it was drafted");
    (drafted.state, drafted.entries)
}

fn revise(entry: EntryId) -> ReviseTime {
    ReviseTime {
        entry,
        project: None,
        task: None,
        worked: None,
        billable: Some(false),
        note: None,
        tags: None,
        expected_version: None,
    }
}

#[tokio::test]
async fn a_draft_reserves_what_is_approved_and_a_void_gives_it_back() {
    let (office, entries) = approved().await;
    // In the period, but not approved; approved, but after the period.
    office.recorded(duration("2026-01-20", 60)).await;
    office.recorded(duration("2026-02-03", 60)).await;
    office.approved(week("2026-W06")).await;
    let command = january(&office);
    let invoice = command.invoice;
    draft(&office, command.clone()).await.expect("drafted");
    let (_, reserved) = folded(&office, invoice).await;
    let held: Vec<_> = reserved.iter().map(|it| (it.entry, it.seconds)).collect();
    assert_eq!(held, [(entries[0], 3600), (entries[1], 1800)]);
    let again = DraftInvoice { invoice: InvoiceId(random_id()), ..command.clone() };
    assert_eq!(refused(draft(&office, again.clone()).await), "billing.nothing_to_bill");
    assert_eq!(refused(draft(&office, command).await), "billing.invoice_exists");
    let void = |expected_version| VoidInvoice {
        invoice,
        reason: Some("Wrong month".into()),
        expected_version,
    };
    let stale = office.firm.send(Actor::Operator, void(Some(2))).await;
    assert_eq!(stale, Err(CommandError::Stale));
    office.firm.send(Actor::Operator, void(Some(1))).await.expect("voided");
    assert_eq!(folded(&office, invoice).await, (InvoiceState::Void, Vec::new()));
    office.check_claims().await;
    draft(&office, again).await.expect("what was given back can be billed");
    office.check_claims().await;
    let twice = office.firm.send(Actor::Operator, void(None)).await;
    assert_eq!(refused(twice), "billing.not_a_draft");
}

#[tokio::test]
async fn what_is_on_an_invoice_is_neither_changed_nor_opened_again() {
    let (office, [entry, _]) = approved().await;
    let command = january(&office);
    let invoice = command.invoice;
    draft(&office, command).await.expect("drafted");
    let moved = ReviseTime { worked: Some(duration("2026-03-04", 60)), ..revise(entry) };
    let remove = RemoveTime { entry, reason: None, expected_version: None };
    let (member, week) = (office.member, week("2026-W02"));
    let reopen = || ReopenTimesheet { member, week, part: WeekPart::default(), reason: None };
    for outcome in [
        office.manage(revise(entry)).await,
        office.manage(moved).await,
        office.manage(remove.clone()).await,
        office.manage(reopen()).await,
    ] {
        assert_eq!(refused(outcome), "time.entry_billed");
    }
    let void = VoidInvoice { invoice, reason: None, expected_version: None };
    office.firm.send(Actor::Operator, void).await.expect("voided");
    office.manage(reopen()).await.expect("open again");
    office.manage(revise(entry)).await.expect("revised");
    office.manage(remove).await.expect("removed");
}

#[tokio::test]
async fn of_drafts_at_once_one_takes_the_seconds_and_the_others_find_nothing() {
    let (office, entries) = approved().await;
    let commands: Vec<_> = (0..8).map(|_| january(&office)).collect();
    let ids: Vec<_> = commands.iter().map(|command| command.invoice).collect();
    let outcomes = join_all(commands.into_iter().map(|command| draft(&office, command))).await;
    let landed: Vec<_> =
        ids.iter().zip(&outcomes).filter(|(_, it)| it.is_ok()).map(|(id, _)| *id).collect();
    assert_eq!(landed.len(), 1, "{outcomes:?}");
    assert_eq!(folded(&office, landed[0]).await.1.len(), entries.len());
    let codes: Vec<_> = outcomes.into_iter().filter(Result::is_err).map(refused).collect();
    assert_eq!(codes, ["billing.nothing_to_bill"; 7]);
    office.check_claims().await;
}

#[tokio::test]
async fn a_draft_and_a_revision_at_once_never_both_have_their_way() {
    for _ in 0..10 {
        let (office, [entry, _]) = approved().await;
        let command = january(&office);
        let invoice = command.invoice;
        let both = tokio::join!(draft(&office, command), office.manage(revise(entry)));
        let (Ok(_), revised) = both else { panic!("a draft has one entry left: {both:?}") };
        let held = folded(&office, invoice).await.1.iter().any(|it| it.entry == entry);
        let version = office.sheet(week("2026-W02")).await.entry(entry).expect("there").version;
        match revised {
            Ok(_) => assert_eq!((held, version), (false, 2)),
            refusal => {
                assert_eq!((held, version, &*refused(refusal)), (true, 1, "time.entry_billed"))
            }
        }
    }
}

#[tokio::test]
async fn another_clients_time_is_not_on_the_draft() {
    let (office, _) = approved().await;
    let (client, project) = (ClientId(random_id()), ProjectId(random_id()));
    let task = domain::id::TaskId(random_id());
    let send = |command| office.firm.send(Actor::Operator, command);
    send(AddClient { client, name: "Other".into(), currency: Some("EUR".into()) })
        .await
        .expect("a client");
    let command = AddProject { project, client, name: "Website".into() };
    office.firm.send(Actor::Operator, command).await.expect("a project");
    let command = AddTask { project, task, name: "Design".into(), billable: true };
    office.firm.send(Actor::Operator, command).await.expect("a task");
    let theirs = RecordTime { project, task, ..office.record(duration("2026-01-20", 60)) };
    let entry = theirs.entry;
    office.send(theirs).await.expect("recorded");
    office.approved(week("2026-W04")).await;
    let command = DraftInvoice { client, ..january(&office) };
    let invoice = command.invoice;
    draft(&office, command).await.expect("drafted");
    let held: Vec<_> = folded(&office, invoice).await.1.iter().map(|it| it.entry).collect();
    assert_eq!(held, [entry]);
}

#[tokio::test]
async fn billing_and_admins_draft_and_void_and_nobody_else() {
    let (office, _) = approved().await;
    for (role, may) in [
        (Role::Owner, true),
        (Role::Admin, true),
        (Role::Billing, true),
        (Role::Manager, false),
        (Role::Member, false),
        (Role::Auditor, false),
    ] {
        let caller = Actor::Member(office.firm.member(&[role]).await);
        let command = january(&office);
        let invoice = command.invoice;
        let drafted = office.firm.send(caller, command).await;
        let void = VoidInvoice { invoice, reason: None, expected_version: None };
        if may {
            drafted.expect("drafted");
            office.firm.send(caller, void).await.expect("voided");
        } else {
            assert_eq!(drafted, Err(CommandError::Forbidden), "{role}");
        }
    }
}

#[tokio::test]
async fn a_period_or_client_that_makes_no_sense_is_refused() {
    let (office, _) = approved().await;
    let unknown = DraftInvoice { client: ClientId(random_id()), ..january(&office) };
    let no_client = || Err(CommandError::Missing("/client_id".to_owned()));
    assert_eq!(draft(&office, unknown).await, no_client());
    let not_a_client = DraftInvoice { client: ClientId(office.project.0), ..january(&office) };
    assert_eq!(draft(&office, not_a_client).await, no_client());
    let reversed = DraftInvoice { to: day("2025-12-31"), ..january(&office) };
    assert_eq!(refused(draft(&office, reversed).await), "billing.period_reversed");
    let long = DraftInvoice { to: day("2036-01-01"), ..january(&office) };
    assert_eq!(refused(draft(&office, long).await), "billing.period_too_long");
    let void =
        VoidInvoice { invoice: InvoiceId(random_id()), reason: None, expected_version: None };
    let outcome = office.firm.send(Actor::Operator, void).await;
    assert_eq!(outcome, Err(CommandError::Missing("{id}".to_owned())));
}
