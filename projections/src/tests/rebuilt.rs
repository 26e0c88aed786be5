//! Rebuild and as-of: what is built anew is what the log says, and nothing is ever called done
//! early.

use std::cell::Cell;

use domain::log::Recorded;

use super::rows_of;
use super::samples::{END, History, MONDAY, everything, recorded, weeks_of_time};
use super::written::{append, tenant};
use crate::apply::take_turn;
use crate::as_of::{AsOfError, Cut, as_of};
use crate::checkpoint::State;
use crate::feed::{self, FeedError};
use crate::fold::FoldError;
use crate::rebuild::{RebuildError, rebuild};
use crate::registry;
use crate::row::Row;
use crate::runner::catch_up;
use crate::time::time_entry::{self, TimeEntry, Wanted};
use crate::verify::verify;

#[tokio::test]
async fn a_read_model_built_anew_equals_a_fresh_fold_and_goes_on_live() {
    let tenant = tenant().await;
    let mut history = everything();
    append(&tenant, &history.0).await;
    for model in registry::all() {
        let mut steps = Vec::new();
        let rebuilt = rebuild(&tenant.tenants, tenant.id, *model, &mut |step| steps.push(step))
            .await
            .expect("built");
        assert_eq!((rebuilt.position, rebuilt.events), (END, END));
        assert_eq!(steps.last().map(|step| (step.events, step.total)), Some((END, END)));
    }
    history.time(1, MONDAY, recorded(104, MONDAY, 60));
    append(&tenant, &history.0[usize::try_from(END).expect("small")..]).await;
    let turn = catch_up(&tenant.tenants, tenant.id).await.expect("a turn");
    assert_eq!(turn.events, 1);
    for model in registry::all() {
        let verified = verify(&tenant.tenants, tenant.id, *model).await.expect("a comparison");
        assert!(verified.is_equal() && verified.position == END + 1, "{verified:?}");
    }
}

#[tokio::test]
async fn reading_and_appending_go_on_while_a_read_model_is_built_again_and_again() {
    let tenant = tenant().await;
    let mut history = History::default();
    for entry in 0..300 {
        history.time(1, MONDAY, recorded(1000 + entry, MONDAY, 60));
    }
    let model = registry::find("time_entry").expect("registered");
    append(&tenant, &history.0[..200]).await;
    catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
    let built = Cell::new(false);
    let write = async {
        for event in &history.0[200..] {
            append(&tenant, std::slice::from_ref(event)).await;
            take_turn(&tenant.tenants, tenant.id, registry::all(), &[], 500).await.expect("a turn");
        }
    };
    let build = async {
        for _ in 0..20 {
            rebuild(&tenant.tenants, tenant.id, model, &mut |_| {}).await.expect("built");
        }
        built.set(true);
    };
    let compare = async {
        // A snapshot that a swap falls into must not see the new table as empty.
        while !built.get() {
            let verified = verify(&tenant.tenants, tenant.id, model).await.expect("a comparison");
            assert!(verified.is_equal(), "{verified:?}");
        }
    };
    let read = async {
        while !built.get() {
            let mut tx = tenant.tenants.begin(tenant.id).await.expect("a transaction");
            let rows = time_entry::list(&mut tx, &Wanted::default(), None, 500).await;
            assert!(rows.expect("an answer").len() >= 200);
            tx.commit().await.expect("committed");
        }
    };
    tokio::join!(write, build, compare, read);
    catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
    for model in registry::all() {
        let verified = verify(&tenant.tenants, tenant.id, *model).await.expect("a comparison");
        assert!(verified.is_equal() && verified.position == 300, "{verified:?}");
    }
}

#[tokio::test]
async fn a_log_with_a_hole_or_a_lost_end_is_never_called_done() {
    for lost in [5, 11] {
        let tenant = tenant().await;
        append(&tenant, &weeks_of_time().0).await;
        let mut tx = tenant.tenants.begin_as_owner(tenant.id).await.expect("a transaction");
        for sql in [
            "alter table {t}.events disable trigger events_never_change",
            "delete from {t}.events where position = $1",
        ] {
            let query = tx.query(sql);
            let query = if sql.contains("$1") { query.bind(lost) } else { query };
            query.execute().await.expect("done as the owner");
        }
        tx.commit().await.expect("committed");
        let model = registry::find("time_entry").expect("registered");
        let rebuilt = rebuild(&tenant.tenants, tenant.id, model, &mut |_| {}).await;
        let Err(RebuildError::Fold(FoldError::Feed(error))) = rebuilt else {
            panic!("{rebuilt:?} without event {lost}");
        };
        let expected = matches!(error, FeedError::OutOfOrder { expected: 5, found: 6 });
        assert!(expected || matches!(error, FeedError::CutShort { read: 10, head: 11 }), "{error}");
        let caught_up = catch_up(&tenant.tenants, tenant.id).await;
        assert!(caught_up.is_err(), "{caught_up:?} without event {lost}");
    }
}

#[tokio::test]
async fn read_models_ahead_of_the_log_are_found_and_built_anew() {
    let tenant = tenant().await;
    append(&tenant, &weeks_of_time().0).await;
    catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
    let mut tx = tenant.tenants.begin_as_owner(tenant.id).await.expect("a transaction");
    for sql in [
        "alter table {t}.events disable trigger events_never_change",
        "delete from {t}.events where position > 6",
        "update {t}.log_head set position = 6",
        "update cell.heads set position = 6 where tenant = '{t}'",
    ] {
        tx.query(sql).execute().await.expect("done as the owner");
    }
    tx.commit().await.expect("committed");
    let turn = catch_up(&tenant.tenants, tenant.id).await.expect("a turn");
    for standing in turn.standings {
        assert_eq!(standing.state, State::Unbuilt);
        rebuild(&tenant.tenants, tenant.id, standing.model, &mut |_| {}).await.expect("built");
        let verified = verify(&tenant.tenants, tenant.id, standing.model).await.expect("compared");
        assert!(verified.is_equal() && verified.position == 6, "{verified:?}");
    }
}

#[tokio::test]
async fn as_of_cuts_the_log_at_a_position_or_an_instant() {
    let tenant = tenant().await;
    let history = weeks_of_time().0;
    append(&tenant, &history).await;
    let model = registry::find("time_entry").expect("registered");
    for position in 0..=11 {
        let upto = usize::try_from(position).expect("small");
        let rows: Vec<_> = rows_of::<TimeEntry>(&history[..upto]).iter().map(Row::json).collect();
        let instant = History::instant(position) + jiff::SignedDuration::from_secs(59);
        for cut in [Cut::Position(position), Cut::Instant(instant)] {
            let answer = as_of(&tenant.tenants, tenant.id, model, cut).await.expect("an answer");
            assert_eq!((answer.position, &answer.rows), (position, &rows), "{cut:?}");
        }
    }
    let future = as_of(&tenant.tenants, tenant.id, model, Cut::Position(12)).await;
    assert!(matches!(future, Err(AsOfError::Future { head: 11 })), "{future:?}");
}

#[tokio::test]
async fn the_events_of_some_kinds_of_streams_are_those_of_the_whole_log() {
    let tenant = tenant().await;
    let history = everything().0;
    append(&tenant, &history).await;
    let mut tx = tenant.tenants.begin_snapshot(tenant.id).await.expect("a transaction");
    for kinds in [&["settings"][..], &["project", "client"], &["timesheet"], &["no_such_kind"]] {
        for upto in [0, 1, END / 2, END] {
            let of_kinds = |event: &&Recorded| {
                event.position <= upto && kinds.contains(&event.event.stream_type())
            };
            let expected: Vec<i64> =
                history.iter().filter(of_kinds).map(|it| it.position).collect();
            assert!(upto < END || kinds[0] == "no_such_kind" || !expected.is_empty());
            let mut found = Vec::new();
            let read = feed::each_event_of::<FeedError>(&mut tx, kinds, upto, |stored| {
                found.push(stored.position);
                Ok(())
            });
            read.await.expect("read");
            assert_eq!(found, expected, "{kinds:?} up to {upto}");
        }
    }
}

#[tokio::test]
async fn a_hole_in_a_stream_is_an_error_where_its_kind_is_read_alone() {
    let tenant = tenant().await;
    let history = everything().0;
    append(&tenant, &history).await;
    let mut streams = history.iter().filter(|event| event.version == 2);
    let second = streams.next().expect("a stream of two events");
    let mut tx = tenant.tenants.begin_as_owner(tenant.id).await.expect("a transaction");
    tx.query("alter table {t}.events disable trigger events_never_change").execute().await.unwrap();
    let lost = "update {t}.events set version = 99 where position = $1";
    tx.query(lost).bind(second.position).execute().await.expect("done as the owner");
    let kinds = [second.event.stream_type()];
    let read = feed::each_event_of::<FeedError>(&mut tx, &kinds, END, |_| Ok(())).await;
    let Err(FeedError::OutOfOrder { expected: 2, found: 99 }) = read else {
        panic!("{read:?}");
    };
}
