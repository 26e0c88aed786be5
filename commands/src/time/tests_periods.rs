//! Closed periods and corrections on a real database: what is closed does not move, whoever asks at
//! the same time, and what is corrected is corrected once.

use domain::billing::GroupBy;
use domain::id::{ClientId, EntryId, InvoiceId};
use domain::log::{Actor, Event};
use domain::members::Role;
use domain::time::periods::{PeriodEvent, PeriodScope};
use domain::time::{EntryState, TimeEvent};
use futures::future::join_all;
use jiff::civil::Date;
use migrations::testing::random_id;

use super::samples::{Office, duration, week};
use super::*;
use crate::billing::DraftInvoice;
use crate::refused::Done;
use crate::testing::refused;

const JANUARY: &str = "2026-01-31";

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn close(scope: PeriodScope, through: &str) -> ClosePeriod {
    ClosePeriod { scope, through: day(through), reason: Some("billed".into()) }
}

async fn closed(office: &Office, through: &str) -> Done {
    let command = close(PeriodScope::Tenant, through);
    office.firm.send(Actor::Operator, command).await.expect("closed")
}

fn correct(entry: EntryId, seconds: Option<i64>) -> CorrectTime {
    let replacement = seconds.map(|seconds| Replacement {
        entry: EntryId(random_id()),
        project: None,
        task: None,
        seconds: Some(seconds),
        billable: None,
        note: None,
        tags: None,
    });
    CorrectTime {
        entry,
        reversal: EntryId(random_id()),
        day: Some(day("2026-02-03")),
        reason: "was another's".into(),
        replacement,
        expected_version: None,
    }
}

fn remove(entry: EntryId) -> RemoveTime {
    RemoveTime { entry, reason: None, expected_version: None }
}

fn moved(entry: EntryId, to: &str) -> ReviseTime {
    ReviseTime {
        entry,
        project: None,
        task: None,
        worked: Some(duration(to, 60)),
        billable: None,
        note: None,
        tags: None,
        expected_version: None,
    }
}

/// The signed seconds of a week.
async fn seconds(office: &Office, of: &str) -> i64 {
    office.sheet(week(of)).await.entries.values().map(Entry::signed_seconds).sum()
}

#[tokio::test]
async fn a_closed_day_takes_no_change_and_the_open_days_of_its_week_do() {
    let office = Office::new().await;
    let friday = office.recorded(duration("2026-01-30", 3600)).await;
    let sunday = office.recorded(duration("2026-02-01", 3600)).await;
    office.send(office.submit(week("2026-W05"))).await.expect("submitted");
    closed(&office, JANUARY).await;
    let at_once = RecordMany {
        items: vec![
            office.record(duration("2026-02-01", 60)),
            office.record(duration("2026-01-31", 60)),
        ],
    };
    let outcomes = [
        office.send(office.record(duration("2026-01-31", 60))).await,
        office.send(moved(friday, "2026-02-01")).await,
        office.send(moved(friday, "2026-02-10")).await,
        office.send(moved(sunday, "2026-01-31")).await,
        office.send(moved(sunday, "2026-01-15")).await,
        office.send(remove(friday)).await,
        office.send(at_once).await,
    ];
    for outcome in outcomes {
        let Err(CommandError::Refused(refused)) = outcome else { panic!("{outcome:?}") };
        assert_eq!(refused.code, "time.period_closed");
        assert!(refused.detail.contains(JANUARY), "{}", refused.detail);
        assert!(refused.detail.contains("/correct"), "{}", refused.detail);
    }
    // To approve is no change of time. To open again takes the open days only.
    office.manage(office.approve(week("2026-W05"))).await.expect("approved");
    let reopen = ReopenTimesheet {
        member: office.member,
        week: week("2026-W05"),
        part: WeekPart::default(),
        reason: None,
    };
    office.manage(reopen.clone()).await.expect("the open days are opened");
    let states = |sheet: &Timesheet| [friday, sunday].map(|id| sheet.entries[&id].state);
    let sheet = office.sheet(week("2026-W05")).await;
    assert_eq!(states(&sheet), [EntryState::Approved, EntryState::Open]);
    assert_eq!(refused(office.manage(reopen).await), "time.period_closed");
    office.send(moved(sunday, "2026-02-01")).await.expect("an open day of that week");
    office.send(remove(sunday)).await.expect("and it's removed");
    office.check_claims().await;
}

#[tokio::test]
async fn each_scope_closes_its_own_time_and_reopening_opens_it_again() {
    let office = Office::new().await;
    let other = office.firm.member(&[Role::Member]).await;
    let scopes = [
        PeriodScope::Client(office.client),
        PeriodScope::Project(office.project),
        PeriodScope::Member(office.member),
    ];
    for scope in scopes {
        office.firm.send(Actor::Operator, close(scope, JANUARY)).await.expect("closed");
        let held = office.send(office.record(duration("2026-01-30", 60))).await;
        assert_eq!(refused(held), "time.period_closed", "{scope}");
        let for_other = RecordTime { member: other, ..office.record(duration("2026-01-30", 60)) };
        let theirs = office.manage(for_other).await;
        assert_eq!(theirs.is_ok(), matches!(scope, PeriodScope::Member(_)), "{scope}");
        let reopen = ReopenPeriod { scope, from: day("2026-01-30"), reason: "late".into() };
        office.firm.send(Actor::Operator, reopen).await.expect("open again");
        office.recorded(duration("2026-01-30", 60)).await;
        let before = office.send(office.record(duration("2026-01-29", 60))).await;
        assert_eq!(refused(before), "time.period_closed", "{scope}");
        let all = ReopenPeriod { scope, from: day("1970-01-01"), reason: "late".into() };
        office.firm.send(Actor::Operator, all).await.expect("all of it");
    }
}

#[tokio::test]
async fn who_closes_what_and_how_far() {
    let office = Office::new().await;
    for role in [Role::Member, Role::Manager, Role::Auditor] {
        let actor = Actor::Member(office.firm.member(&[role]).await);
        let outcome = office.firm.send(actor, close(PeriodScope::Tenant, JANUARY)).await;
        assert_eq!(outcome, Err(CommandError::Forbidden), "{role}");
    }
    let billing = Actor::Member(office.firm.member(&[Role::Billing]).await);
    let send = |command| office.firm.send(billing, command);
    send(close(PeriodScope::Tenant, JANUARY)).await.expect("billing closes");
    let again = office.firm.recorded().await.len();
    send(close(PeriodScope::Tenant, JANUARY)).await.expect("it's closed already");
    assert_eq!(office.firm.recorded().await.len(), again);
    let earlier = send(close(PeriodScope::Tenant, "2026-01-30")).await;
    assert_eq!(refused(earlier), "time.period_closed_further");
    let future = send(close(PeriodScope::Tenant, "2199-01-01")).await;
    assert_eq!(refused(future), "time.period_in_future");
    let unknown = PeriodScope::Client(ClientId(random_id()));
    assert_eq!(send(close(unknown, JANUARY)).await, Err(CommandError::NotFound));
    // A member's id is no project's.
    let mixed = PeriodScope::Project(ProjectId(office.member.0));
    assert_eq!(send(close(mixed, JANUARY)).await, Err(CommandError::NotFound));
}

#[tokio::test]
async fn no_recording_slips_in_behind_a_closing_that_runs_beside_it() {
    let office = Office::new().await;
    let elsewhere = office.firm.in_another_process();
    for round in 0..6 {
        let through = format!("2026-01-{:02}", 5 + round);
        let records = (0..12).map(|n| {
            let command = office.record(duration(&through, 60));
            let firm = if n % 2 == 0 { &office.firm } else { &elsewhere };
            firm.send(Actor::Member(office.member), command)
        });
        let close = office.firm.send(Actor::Operator, close(PeriodScope::Tenant, &through));
        let (outcomes, closed) = futures::join!(join_all(records), close);
        closed.expect("closed");
        for outcome in outcomes.into_iter().filter(Result::is_err) {
            assert_eq!(refused(outcome), "time.period_closed");
        }
    }
    let mut through = None;
    for recorded in office.firm.recorded().await {
        if let Event::Period(PeriodEvent::PeriodClosed(event)) = &recorded.event {
            through = Some(event.through);
        }
        if let Event::Time(TimeEvent::TimeRecorded(event)) = &recorded.event {
            let day = event.worked.day;
            assert!(through.is_none_or(|through| day > through), "{day} was closed");
        }
    }
    assert_eq!(through, Some(day("2026-01-10")));
}

#[tokio::test]
async fn a_closed_entry_is_corrected_once_in_the_open_period() {
    let office = Office::new().await;
    let entry = office.recorded(duration("2026-01-07", 3600)).await;
    let direct = office.send(correct(entry, None)).await;
    assert_eq!(refused(direct), "time.change_directly");
    closed(&office, JANUARY).await;
    let closed_day = CorrectTime { day: Some(day("2026-01-31")), ..correct(entry, None) };
    assert_eq!(refused(office.send(closed_day).await), "time.period_closed");
    let blank = CorrectTime { reason: " ".into(), ..correct(entry, None) };
    assert_eq!(refused(office.send(blank).await), "time.reason_required");
    let stranger = Actor::Member(office.firm.member(&[Role::Member]).await);
    let theirs = office.firm.send(stranger, correct(entry, None)).await;
    assert_eq!(theirs, Err(CommandError::Forbidden));
    let at_once = (0..12).map(|_| office.send(correct(entry, Some(1800))));
    let outcomes = join_all(at_once).await;
    assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(seconds(&office, "2026-W02").await, 3600, "the closed week is as it was");
    assert_eq!(seconds(&office, "2026-W06").await, -1800);
    assert_eq!(refused(office.send(correct(entry, None)).await), "time.entry_reversed");
    office.check_claims().await;
}

#[tokio::test]
async fn a_correction_is_given_up_from_its_end_and_can_be_made_anew() {
    let office = Office::new().await;
    let entry = office.recorded(duration("2026-01-07", 3600)).await;
    closed(&office, JANUARY).await;
    let command = correct(entry, Some(1800));
    let replacement = command.replacement.as_ref().expect("given").entry;
    let reversal = command.reversal;
    office.send(command).await.expect("corrected");
    assert_eq!(refused(office.send(remove(reversal)).await), "time.replacement_stands");
    assert_eq!(refused(office.send(moved(reversal, "2026-02-04")).await), "time.is_reversal");
    assert_eq!(refused(office.send(correct(reversal, None)).await), "time.is_reversal");
    office.send(moved(replacement, "2026-02-10")).await.expect("it moves like any entry");
    let sheet = office.sheet(week("2026-W07")).await;
    let there = &sheet.entries[&replacement];
    assert_eq!((there.replaces, there.work_day), (Some(entry), Some(day("2026-01-07"))));
    assert_eq!(refused(office.send(remove(reversal)).await), "time.replacement_stands");
    office.send(remove(replacement)).await.expect("removed");
    office.approved(week("2026-W06")).await;
    assert_eq!(refused(office.send(remove(reversal)).await), "time.reversal_approved");
    let reopen = ReopenTimesheet {
        member: office.member,
        week: week("2026-W06"),
        part: WeekPart::default(),
        reason: None,
    };
    office.manage(reopen).await.expect("open again");
    office.send(remove(reversal)).await.expect("removed");
    office.check_claims().await;
    office.send(correct(entry, Some(60))).await.expect("corrected anew");
    assert_eq!(seconds(&office, "2026-W06").await, -3540);
    office.check_claims().await;
}

#[tokio::test]
async fn what_an_invoice_holds_is_corrected_by_who_looks_after_it_and_billed_with_its_sign() {
    let office = Office::new().await;
    let entry = office.recorded(duration("2026-01-07", 3600)).await;
    office.approved(week("2026-W02")).await;
    let draft = |from: &str, to: &str| DraftInvoice {
        invoice: InvoiceId(random_id()),
        client: office.client,
        from: day(from),
        to: day(to),
        group_by: GroupBy::Task,
    };
    let send = |command| office.firm.send(Actor::Operator, command);
    send(draft("2026-01-01", "2026-01-31")).await.expect("drafted");
    let own = office.send(correct(entry, Some(1800))).await;
    assert_eq!(own, Err(CommandError::Forbidden));
    let billing = Actor::Member(office.firm.member(&[Role::Billing]).await);
    office.firm.send(billing, correct(entry, Some(1800))).await.expect("billing corrects");
    office.approved(week("2026-W06")).await;
    send(draft("2026-02-01", "2026-02-28")).await.expect("drafted");
    let mut held = Vec::new();
    for recorded in office.firm.recorded().await {
        if let Event::Invoice(domain::billing::InvoiceEvent::InvoiceDrafted(event)) = recorded.event
        {
            held.push(event.entries.iter().map(|it| (it.day, it.seconds)).collect::<Vec<_>>());
        }
    }
    held[1].sort_unstable();
    let worked = day("2026-01-07");
    assert_eq!(held, [vec![(worked, 3600)], vec![(worked, -3600), (worked, 1800)]]);
    office.check_claims().await;
}
