//! However a read model is got (live in turns of any size, rebuilt, folded at once or in pieces,
//! cut at any moment), its rows are those of a fold of the events.

use projections::apply::take_turn;
use projections::as_of::Cut;
use projections::rebuild::rebuild;
use projections::registry;
use serde_json::Value;

use super::record::{self, NAMES, loaded};
use super::rows::{self, Rows};
use crate::firm::Firm;

/// Takes in a firm's whole log, so many events at a time.
async fn live_in_turns_of(firm: &Firm, events: i64) {
    loop {
        let turn = take_turn(&firm.tenant.tenants, firm.id(), registry::all(), &[], events).await;
        if !turn.expect("a turn").is_behind() {
            return;
        }
    }
}

async fn head(firm: &Firm) -> i64 {
    i64::try_from(firm.rows().await.len()).expect("a small history")
}

#[tokio::test]
async fn live_rows_are_those_of_a_fold_whatever_the_size_of_a_turn() {
    for name in NAMES {
        for events in [1, 7, 100] {
            let firm = loaded(name).await;
            live_in_turns_of(&firm, events).await;
            firm.assert_equals_a_fresh_fold(head(&firm).await).await;
        }
    }
}

#[tokio::test]
async fn rebuilt_rows_are_those_of_a_fold_and_go_on_live() {
    for name in NAMES {
        let firm = Firm::new().await;
        let lines = record::recorded(name).await;
        // Half of it is there when the models are built anew, half of it comes afterwards.
        let half = lines.len() / 2;
        let cut = (half..lines.len())
            .find(|at| lines[*at].command != lines[*at - 1].command)
            .expect("more than one commit");
        super::history::load(&firm, &lines[..cut]).await;
        for model in registry::all() {
            let built = rebuild(&firm.tenant.tenants, firm.id(), *model, &mut |_| {}).await;
            assert_eq!(built.expect("built anew").events, cut as i64, "{name}");
        }
        firm.assert_equals_a_fresh_fold(cut as i64).await;
        super::history::load(&firm, &lines[cut..]).await;
        live_in_turns_of(&firm, 7).await;
        firm.assert_equals_a_fresh_fold(lines.len() as i64).await;
    }
}

#[tokio::test]
async fn a_fold_in_pieces_is_the_fold_at_once() {
    for name in NAMES {
        let firm = loaded(name).await;
        let events = firm.rows().await;
        let head = head(&firm).await;
        let whole = rows::of_events(&events);
        for chunk in [1, 7, 100] {
            assert_eq!(rows::in_pieces(&firm, head, chunk).await, whole, "{name} by {chunk}");
        }
    }
}

#[tokio::test]
async fn as_of_each_position_the_rows_are_those_of_the_events_up_to_it() {
    for name in NAMES {
        let firm = loaded(name).await;
        let events = firm.rows().await;
        for position in 0..=events.len() {
            let cut = Cut::Position(position as i64);
            let expected = rows::of_events(&events[..position]);
            assert_eq!(rows::at(&firm, cut).await, expected, "{name} as of {position}");
        }
    }
}

#[tokio::test]
async fn as_of_each_instant_the_rows_are_those_of_what_was_recorded_by_then() {
    for name in NAMES {
        let firm = loaded(name).await;
        let events = firm.rows().await;
        let mut instants: Vec<_> = events.iter().map(|event| event.recorded_at).collect();
        instants.dedup();
        assert!(instants.len() > 2, "{name}");
        let just_before = jiff::SignedDuration::from_micros(-1);
        for instant in instants.iter().flat_map(|it| [*it + just_before, *it]) {
            let by_then = events.partition_point(|event| event.recorded_at <= instant);
            let expected = rows::of_events(&events[..by_then]);
            assert_eq!(rows::at(&firm, Cut::Instant(instant)).await, expected, "{name}: {instant}");
        }
    }
}

/// What is shown at the end of a history is kept beside it, so that a change of a fold is seen.
#[tokio::test]
async fn the_rows_at_the_end_of_each_history_are_the_ones_that_were_shown_before() {
    for name in NAMES {
        let firm = loaded(name).await;
        let cut = Cut::Position(head(&firm).await);
        let mut shown: Rows = rows::in_clear(&firm, rows::at(&firm, cut).await).await;
        // A read model that is newer than the history may have nothing to show of it.
        shown.retain(|_, rows| !rows.is_empty());
        let path = record::rows_file(name);
        let shown = serde_json::to_value(&shown).expect("plain data");
        if !path.exists() && record::may_record() {
            let text = serde_json::to_string_pretty(&shown).expect("plain data");
            std::fs::write(&path, text + "\n").expect("a new file");
        }
        let text = std::fs::read_to_string(&path).expect("the rows of a history");
        let mut before: Value = serde_json::from_str(&text).expect("JSON");
        let models = before.as_object_mut().expect("rows by read model");
        models.retain(|_, rows| rows.as_array().is_none_or(|rows| !rows.is_empty()));
        assert_eq!(shown, before, "{name}: a changed fold needs a new version of its read model");
    }
}

#[tokio::test]
async fn the_claims_of_a_loaded_history_are_those_of_its_events() {
    for name in NAMES {
        let firm = loaded(name).await;
        let tenant = &firm.tenant;
        let verified =
            commands::event_log::claims::verify(&tenant.tenants, &tenant.keys, firm.id());
        let verified = verified.await.expect("a comparison");
        assert!(verified.differences.is_empty() && verified.claims > 0, "{name}: {verified:?}");
    }
}
