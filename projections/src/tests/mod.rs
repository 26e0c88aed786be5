//! Samples with fixed values, and tests of the whole read side on a real database.

mod live;
mod months;
mod questions;
mod random;
mod rebuilt;
mod runner;
pub(crate) mod samples;
mod stories;
mod story_of_budgets;
mod story_of_corrections;
pub(crate) mod story_of_invoices;
mod story_of_leave;
mod story_of_member_leave;
mod story_of_timers;
pub(crate) mod written;

use crate::model::ReadModel;
use crate::registry;
use crate::row::{Row, Rows};
use domain::log::Recorded;

/// The rows of a fold over the whole history, by key.
pub(crate) fn rows_of<M: ReadModel>(history: &[Recorded]) -> Vec<M::Row> {
    let mut rows = Rows::complete();
    history.iter().for_each(|event| M::apply(&mut rows, event));
    sorted(&rows)
}

fn sorted<R: Row>(rows: &Rows<R>) -> Vec<R> {
    let mut rows: Vec<_> = rows.iter().cloned().collect();
    rows.sort_by_cached_key(Row::key);
    rows
}

/// Something to do for every read model, by its type.
pub(crate) trait Visitor {
    /// Does it for one.
    fn visit<M: ReadModel>(&mut self);
}

/// Folds the history event by event with nothing loaded but the rows that each event touches, and
/// fails where that differs from a fold of the whole: the fold then uses rows that it doesn't
/// declare.
pub(crate) fn assert_declares_what_it_touches<M: ReadModel>(history: &[Recorded]) {
    assert_batches_fold_alike::<M>(history.chunks(1), history, "event by event");
}

/// The same for batches of any size, as the live runner takes them.
pub(crate) fn assert_batches_fold_alike<'h, M: ReadModel>(
    batches: impl Iterator<Item = &'h [Recorded]>,
    history: &[Recorded],
    how: &str,
) {
    let mut stored: Rows<M::Row> = Rows::complete();
    for batch in batches {
        for event in batch {
            let read = crate::model::reads::<M>(event.event.event_type());
            let name = event.event.event_type();
            assert!(read || M::touches(event).is_empty(), "{} does not read {name}", M::NAME);
        }
        let keys: Vec<_> = batch.iter().flat_map(M::touches).collect();
        let mut some = Rows::some(keys.clone());
        keys.iter().filter_map(|key| stored.get(key).cloned()).for_each(|row| some.fill(row));
        batch.iter().for_each(|event| M::apply(&mut some, event));
        assert!(!some.used_undeclared(), "{} uses an undeclared row {how}", M::NAME);
        let changes = some.changes();
        changes.put.into_iter().for_each(|row| stored.put(row.clone()));
        changes.removed.into_iter().for_each(|key| stored.remove(key));
    }
    assert_eq!(sorted(&stored), rows_of::<M>(history), "{} {how}", M::NAME);
}

#[test]
fn the_samples_have_every_kind_of_event_that_a_read_model_reads() {
    let history = samples::everything();
    assert_eq!(history.0.last().map(|event| event.position), Some(samples::END));
    let read = |name: &str| registry::all().iter().any(|model| model.reads(name));
    for (name, _) in domain::log::Event::types().filter(|(name, _)| read(name)) {
        let has = history.0.iter().any(|event| event.event.event_type() == name);
        assert!(has, "no sample of {name}: add one, so that every fold meets it");
    }
}
