//! Numbers of invoices and credit notes: each once, none left out, whoever issues at once.

use std::collections::BTreeSet;

use domain::billing::InvoiceEvent;
use domain::id::InvoiceId;
use futures::future::join_all;
use jiff::ToSpan;

use super::bureau::{Bureau, day};
use crate::billing::{CreditInvoice, IssueInvoice};
use crate::testing::refused;
use crate::time::samples::{duration, week};

/// So many drafts of one day each.
async fn drafts(bureau: &Bureau, count: usize) -> Vec<InvoiceId> {
    let first = day("2026-01-05");
    let days: Vec<_> = (0..count as i64).map(|n| first + n.days()).collect();
    for on in &days {
        bureau.office.recorded(duration(&on.to_string(), 3600)).await;
    }
    let weeks: BTreeSet<_> = days.iter().map(|on| domain::time::Week::of(*on)).collect();
    for it in weeks {
        bureau.office.approved(week(&it.to_string())).await;
    }
    let mut drafted = Vec::with_capacity(count);
    for on in &days {
        drafted.push(bureau.drafted(&on.to_string(), &on.to_string()).await);
    }
    drafted
}

/// The numbers that were given, as they stand in the log.
async fn given(bureau: &Bureau) -> Vec<String> {
    let number = |event: InvoiceEvent| match event {
        InvoiceEvent::InvoiceIssued(event) => Some(event.sealed.number.clone()),
        _ => None,
    };
    bureau.events().await.into_iter().filter_map(number).collect()
}

fn first(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("INV-2026-{n:05}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_issues_at_once_take_the_first_hundred_numbers_and_refusals_leave_no_gap() {
    let bureau = Bureau::new().await;
    let drafted = drafts(&bureau, 104).await;
    let (void, issued) = drafted.split_at(4);
    for invoice in void {
        bureau.send(bureau.void(*invoice)).await.expect("voided");
    }
    // One in each twenty-five is void and refused.
    let mut order: Vec<InvoiceId> = Vec::new();
    for (chunk, refused) in issued.chunks(25).zip(void) {
        order.extend(chunk);
        order.insert(order.len() - 12, *refused);
    }
    let issues = order.iter().map(|invoice| bureau.send(bureau.issue(*invoice)));
    let outcomes = join_all(issues).await;
    let (done, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(done.len(), 100);
    let codes: BTreeSet<_> = lost.into_iter().map(refused).collect();
    assert_eq!(codes, BTreeSet::from(["billing.not_a_draft".to_owned()]));
    assert_eq!(given(&bureau).await, first(100), "in the order of the log");
    bureau.office.check_claims().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_issue_side_by_side_share_one_series() {
    let bureau = Bureau::new().await;
    let other = bureau.in_another_process();
    let drafted = drafts(&bureau, 100).await;
    let issues = drafted.iter().enumerate().map(|(n, invoice)| {
        let by = if n % 2 == 0 { &bureau } else { &other };
        by.send(by.issue(*invoice))
    });
    for outcome in join_all(issues).await {
        outcome.expect("issued");
    }
    assert_eq!(given(&bureau).await, first(100), "in the order of the log");
    bureau.office.check_claims().await;
}

#[tokio::test]
async fn a_document_is_not_of_a_day_before_the_last_one_of_its_series() {
    let bureau = Bureau::new().await;
    let drafted = drafts(&bureau, 2).await;
    let issue = |invoice, on| IssueInvoice { issued_on: Some(day(on)), ..bureau.issue(invoice) };
    bureau.send(issue(drafted[0], "2026-04-30")).await.expect("issued");
    let early = bureau.send(issue(drafted[1], "2026-04-29")).await;
    assert_eq!(refused(early), "billing.before_last_of_series");
    bureau.send(issue(drafted[1], "2026-04-30")).await.expect("issued on the same day");
    assert_eq!(given(&bureau).await, first(2));
    let credit =
        |invoice, on| CreditInvoice { issued_on: Some(day(on)), ..bureau.credit(invoice, None) };
    bureau.send(credit(drafted[0], "2026-05-02")).await.expect("credited");
    let early = bureau.send(credit(drafted[1], "2026-05-01")).await;
    assert_eq!(refused(early), "billing.before_last_of_series");
}

#[tokio::test]
async fn credit_notes_and_years_have_series_of_their_own() {
    let bureau = Bureau::new().await;
    let drafted = drafts(&bureau, 2).await;
    let mut last_year = bureau.issue(drafted[0]);
    last_year.issued_on = Some(day("2025-12-31"));
    bureau.send(last_year).await.expect("issued");
    bureau.send(bureau.issue(drafted[1])).await.expect("issued");
    assert_eq!(given(&bureau).await, ["INV-2025-00001", "INV-2026-00001"]);
    bureau.send(bureau.credit(drafted[1], None)).await.expect("credited");
    let credited = bureau.folded(drafted[1]).await.issued.expect("issued");
    assert_eq!(credited.credits[0].number, "CN-2026-00001");
}
