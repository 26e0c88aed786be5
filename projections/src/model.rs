//! What a read model is: a pure fold from events to typed rows. The same fold serves live, rebuild
//! and as-of, so what differs between them can only be where the rows come from and go to.

use domain::log::{Event, Recorded};

use crate::row::{Row, Rows};

/// The stored types of one slice, as each family of events lists them.
pub use domain::log::EventTypes;

/// A read model: which events it reads, which rows each of them touches, and how it changes them.
///
/// A fold never fails and never opens a sealed field. It meets any history: what an event speaks of
/// may be missing, because an operator may have skipped an event that could not be read.
pub trait ReadModel: Send + Sync + 'static {
    /// Its name; its table is `rm_<name>`.
    const NAME: &'static str;
    /// The version of rows and fold. A greater one is built anew beside the old one.
    const VERSION: i32;
    /// The families whose events it reads. One of another family that can't be read is not its
    /// concern.
    const READS: &'static [EventTypes];
    /// Its rows.
    type Row: Row;

    /// The keys of every row that `apply` may read or change for this event.
    fn touches(event: &Recorded) -> Vec<<Self::Row as Row>::Key>;

    /// Takes in what happened.
    fn apply(rows: &mut Rows<Self::Row>, event: &Recorded);
}

/// Whether the model reads events of this stored type. A type that no slice knows may be meant for
/// any model, so every model answers yes.
pub fn reads<M: ReadModel>(event_type: &str) -> bool {
    let has = |types: &[(&str, i16)]| types.iter().any(|(name, _)| *name == event_type);
    M::READS.iter().any(|types| has(types)) || !Event::types().any(|(name, _)| name == event_type)
}

/// The kinds of streams that the events it reads are in.
pub fn stream_types<M: ReadModel>() -> Vec<&'static str> {
    let in_them = |types: &EventTypes| M::READS.iter().any(|read| read.first() == types.first());
    Event::streams().filter(|(_, types)| in_them(types)).map(|(kind, _)| kind).collect()
}
