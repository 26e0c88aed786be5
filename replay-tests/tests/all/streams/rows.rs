//! The rows of every read model of a tenant, in the ways there are to get them.

use std::collections::BTreeMap;

use commands::event_log::read::StoredRow;
use projections::as_of::{Cut, as_of};
use projections::fold::Fold;
use projections::registry;
use serde_json::Value;

use super::history::show_clear;
use crate::firm::Firm;

/// Rows by read model, each as JSON, by key.
pub(crate) type Rows = BTreeMap<&'static str, Vec<Value>>;

/// As they were at a cut of the log.
pub(crate) async fn at(firm: &Firm, cut: Cut) -> Rows {
    let mut rows = Rows::new();
    for model in registry::all() {
        let found = as_of(&firm.tenant.tenants, firm.id(), *model, cut).await.expect("a cut");
        rows.insert(model.name(), found.rows);
    }
    rows
}

/// Of a fold of these events, with no database in between.
pub(crate) fn of_events(events: &[StoredRow]) -> Rows {
    let mut rows = Rows::new();
    for model in registry::all() {
        let mut folded = model.empty();
        for event in events.iter().filter(|event| model.reads(&event.event_type)) {
            folded.apply(&event.decode().expect("a stored event reads"));
        }
        rows.insert(model.name(), folded.json());
    }
    rows
}

/// Of a fold that stops after each `chunk` events and goes on.
pub(crate) async fn in_pieces(firm: &Firm, head: i64, chunk: i64) -> Rows {
    let mut rows = Rows::new();
    for model in registry::all() {
        let mut tx = firm.tenant.tenants.begin(firm.id()).await.expect("the tenant's door");
        let mut fold = Fold::begin(&mut tx, *model).await.expect("a fold");
        while fold.position < head {
            let upto = head.min(fold.position + chunk);
            fold.go_on(&mut tx, upto, |_| {}).await.expect("the events are there");
        }
        rows.insert(model.name(), fold.rows.json());
    }
    rows
}

/// With everything personal in clear, so that they can be compared with rows of another tenant.
pub(crate) async fn in_clear(firm: &Firm, mut rows: Rows) -> Rows {
    let keys = firm.tenant.keys.of(firm.id()).await.expect("the tenant's keys");
    for row in rows.values_mut().flatten() {
        show_clear(row, &*keys);
    }
    rows
}
