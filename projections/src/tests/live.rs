//! The live read side: exactly once, in lockstep, and alone when one can't go on.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::samples::{END, History, MONDAY, everything, recorded};
use super::written::{append, append_raw, tenant};
use crate::apply::take_turn;
use crate::checkpoint::{self, Resumed, State};
use crate::feed::Incoming;
use crate::registry;
use crate::runner::{Runner, RunnerLimits, catch_up, standings};
use crate::verify::verify;
use crate::wait::{Progress, WaitError};
use migrations::testing::TestTenant;

async fn assert_verified(tenant: &TestTenant, position: i64) {
    for model in registry::all() {
        let verified = verify(&tenant.tenants, tenant.id, *model).await.expect("a comparison");
        assert!(verified.is_equal() && verified.position == position, "{verified:?}");
    }
}

#[tokio::test]
async fn live_rows_are_those_of_a_fresh_fold_whatever_the_batches() {
    let history = everything().0;
    for batch in 1..=4 {
        let tenant = tenant().await;
        append(&tenant, &history).await;
        let mut events = 0;
        loop {
            let turn = take_turn(&tenant.tenants, tenant.id, registry::all(), &[], batch)
                .await
                .expect("a turn");
            events += turn.events;
            if !turn.is_behind() {
                break;
            }
        }
        assert_eq!(events, history.len());
        assert_verified(&tenant, END).await;
    }
}

#[tokio::test]
async fn a_row_that_was_changed_from_outside_is_named_with_its_columns() {
    let tenant = tenant().await;
    append(&tenant, &everything().0).await;
    catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
    let mut tx = tenant.tenants.begin(tenant.id).await.expect("a transaction");
    let sql = "update {t}.rm_time_entry set seconds = seconds + 1, state = 'approved'";
    assert_eq!(tx.query(sql).execute().await.expect("an update"), 11);
    tx.query("delete from {t}.rm_timesheet_week").execute().await.expect("a deletion");
    tx.commit().await.expect("committed");
    let model = registry::find("time_entry").expect("registered");
    let verified = verify(&tenant.tenants, tenant.id, model).await.expect("a comparison");
    assert_eq!(verified.differing, 11);
    let json = serde_json::to_value(&verified.differences[0]).expect("plain");
    assert_eq!(json["columns"], serde_json::json!(["seconds", "state"]));
    assert!(json["key"]["entry_id"].is_string());
    let model = registry::find("timesheet_week").expect("registered");
    let verified = verify(&tenant.tenants, tenant.id, model).await.expect("a comparison");
    assert_eq!((verified.rows, verified.differing), (6, 6));
}

#[tokio::test]
async fn batches_that_came_twice_late_or_with_holes_change_nothing() {
    let tenant = tenant().await;
    let history = everything().0;
    append(&tenant, &history).await;
    let incoming: Vec<_> = history
        .iter()
        .map(|event| Incoming {
            position: event.position,
            event_type: event.event.event_type().to_owned(),
            decoded: Ok(event.clone()),
        })
        .collect();
    let holed = [&incoming[0..2], &incoming[3..5]].concat();
    let batches = [&incoming[4..6], &incoming[0..3], &incoming[0..3], &holed, &incoming[2..]];
    for batch in batches {
        take_turn(&tenant.tenants, tenant.id, registry::all(), batch, 3).await.expect("a turn");
    }
    catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
    assert_verified(&tenant, END).await;
}

#[tokio::test]
async fn two_processes_that_apply_at_once_count_each_event_once() {
    let tenant = tenant().await;
    let mut history = History::default();
    for entry in 0..200 {
        history.time(1, MONDAY, recorded(1000 + entry, MONDAY, 60));
    }
    append(&tenant, &history.0).await;
    let work = || async {
        let mut events = 0;
        loop {
            let turn = take_turn(&tenant.tenants, tenant.id, registry::all(), &[], 7)
                .await
                .expect("a turn");
            events += turn.events;
            if !turn.is_behind() {
                return events;
            }
        }
    };
    let (left, right) = tokio::join!(work(), work());
    assert_eq!(left + right, 200);
    assert_verified(&tenant, 200).await;
}

#[tokio::test]
async fn an_event_that_cannot_be_read_stops_who_wants_it_until_retried_or_skipped() {
    let tenant = tenant().await;
    let mut history = everything();
    let end = history.0.len();
    history.time(1, MONDAY, recorded(104, MONDAY, 60)).time(1, MONDAY, recorded(105, MONDAY, 60));
    let (before, after) = history.0.split_at(end);
    append(&tenant, before).await;
    append_raw(&tenant, &after[0], "TimeRecorded", 1, r#"{"note":"in clear"}"#).await;
    append(&tenant, &after[1..]).await;
    let turn = catch_up(&tenant.tenants, tenant.id).await.expect("a turn");
    for standing in &turn.standings {
        if !standing.model.reads("TimeRecorded") {
            assert_eq!((&standing.state, standing.position), (&State::Live, END + 2));
            continue;
        }
        let State::Degraded(error) = &standing.state else {
            panic!("{standing:?} must have stopped");
        };
        let names = error.contains(&format!("event {}", END + 1));
        assert!(names && !error.contains("in clear"), "{error}");
        assert_eq!(standing.position, END);
    }
    let stopped = turn.standings.iter().filter(|it| it.state != State::Live).count();
    assert_eq!(stopped, 3);
    let mut tx = tenant.tenants.begin(tenant.id).await.expect("a transaction");
    let resumed = checkpoint::retry(&mut tx, "time_entry").await.expect("an answer");
    assert_eq!(resumed, Resumed::From(END));
    let resumed = checkpoint::skip(&mut tx, "timesheet_week").await.expect("an answer");
    assert_eq!(resumed, Resumed::From(END + 1));
    let resumed = checkpoint::skip(&mut tx, "timesheet_week").await.expect("an answer");
    assert_eq!(resumed, Resumed::WasNotStopped);
    tx.commit().await.expect("committed");
    let turn = catch_up(&tenant.tenants, tenant.id).await.expect("a turn");
    let state = |name: &str| {
        let standing = turn.standings.iter().find(|it| it.model.name() == name);
        standing.map(|it| (it.position, it.state == State::Live)).expect("registered")
    };
    assert_eq!(state("time_entry"), (END, false));
    assert_eq!(state("timesheet_week"), (END + 2, true));
    let model = registry::find("timesheet_week").expect("registered");
    let verified = verify(&tenant.tenants, tenant.id, model).await.expect("a comparison");
    assert!(verified.is_equal() && verified.position == END + 2);
}

#[tokio::test]
async fn a_model_whose_table_is_broken_stops_alone() {
    let tenant = tenant().await;
    append(&tenant, &everything().0).await;
    let mut tx = tenant.tenants.begin_as_owner(tenant.id).await.expect("a transaction");
    let sql = "alter table {t}.rm_time_entry drop column seconds";
    tx.query(sql).execute().await.expect("dropped");
    tx.commit().await.expect("committed");
    let turn = catch_up(&tenant.tenants, tenant.id).await.expect("a turn");
    for standing in &turn.standings {
        let is_broken = standing.model.name() == "time_entry";
        assert_eq!(standing.state == State::Live, !is_broken, "{standing:?}");
        assert_eq!(standing.position, if is_broken { 0 } else { END });
    }
}

#[tokio::test]
async fn a_runner_serves_notices_and_finds_by_sweep_what_no_notice_told() {
    let (told, untold) = (tenant().await, tenant().await);
    let history = everything().0;
    let progress = Progress::default();
    let limits = RunnerLimits { sweep: Duration::from_millis(50), ..RunnerLimits::default() };
    let (runner, notices) = Runner::new(told.tenants.clone(), progress.clone(), limits);
    let stop = CancellationToken::new();
    // Other tests have tenants in the same cell.
    let ours = [told.id, untold.id];
    let runner = runner.serving(move |tenant| ours.contains(&tenant));
    let running = tokio::spawn(runner.run(stop.clone()));
    append(&told, &history).await;
    notices.grown(told.id, END);
    append(&untold, &history).await;
    let long = Duration::from_secs(20);
    for tenant in [&told, &untold] {
        progress
            .wait_for(&tenant.tenants, tenant.id, registry::all(), END, long)
            .await
            .expect("reached");
        let (head, standings) = standings(&tenant.tenants, tenant.id).await.expect("an answer");
        assert!(head == END && standings.iter().all(|it| it.position == END), "{standings:?}");
        assert_verified(tenant, END).await;
    }
    let short = Duration::from_millis(50);
    let late = progress.wait_for(&told.tenants, told.id, registry::all(), END + 1, short).await;
    assert!(matches!(late, Err(WaitError::TimedOut)), "{late:?}");
    stop.cancel();
    running.await.expect("the runner ends");
}

#[tokio::test]
async fn a_wait_without_a_runner_in_this_process_asks_the_checkpoints() {
    let tenant = tenant().await;
    append(&tenant, &everything().0).await;
    let progress = Progress::default();
    let long = Duration::from_secs(20);
    let models = registry::all();
    let (waited, _) = tokio::join!(
        progress.wait_for(&tenant.tenants, tenant.id, models, END, long),
        catch_up(&tenant.tenants, tenant.id),
    );
    waited.expect("reached");
    let stopped = tenant.tenants.begin(tenant.id).await;
    let mut tx = stopped.expect("a transaction");
    checkpoint::degrade(&mut tx, "time_entry", END, "for the test").await.expect("stopped");
    tx.commit().await.expect("committed");
    let late = progress.wait_for(&tenant.tenants, tenant.id, models, END + 1, long).await;
    assert!(matches!(late, Err(WaitError::Degraded("time_entry"))), "{late:?}");
}
