//! Rules of the house that a machine can hold: the map names what exists, files stay small, the
//! arrows between crates point one way, and words that betray a broken rule do not occur.

mod arrows;
mod form;
mod map;
pub(crate) mod tree;
mod words;
