//! The catalogue as it's read: clients, projects, tasks, who may work on what, rates, and rounding.

pub mod client;
pub mod named;
pub mod project;
pub mod project_member;
pub mod rate;
pub mod rounding_rule;
pub mod task;

use domain::catalogue::ProjectEvent;
use domain::catalogue::rates::{RateKind, RateUnit};
use domain::log::Recorded;

use crate::row::text_cells;

fn kind_name(kind: RateKind) -> &'static str {
    match kind {
        RateKind::Bill => "bill",
        RateKind::Cost => "cost",
    }
}

fn unit_name(unit: RateUnit) -> &'static str {
    match unit {
        RateUnit::Hour => "hour",
        RateUnit::Day => "day",
    }
}

text_cells! {
    RateKind: |kind| kind_name(*kind),
        |name| [RateKind::Bill, RateKind::Cost].into_iter().find(|it| kind_name(*it) == name);
    RateUnit: |unit| unit_name(*unit),
        |name| [RateUnit::Hour, RateUnit::Day].into_iter().find(|it| unit_name(*it) == name);
}

/// The event of a project, where it's one.
pub(crate) fn project_event(recorded: &Recorded) -> Option<&ProjectEvent> {
    recorded.event.family()
}
