//! A keyed set of rows that a fold changes. It knows which rows were changed, so that only these
//! are written, and, where it holds only some rows, whether the fold asked for one it had not
//! declared.

use std::collections::HashMap;

use super::Row;
use super::key_hash::KeyHash;

#[derive(Debug, Clone)]
struct Slot<R> {
    row: Option<R>,
    changed: bool,
}

/// What a fold left to be written.
#[derive(Debug, PartialEq)]
pub struct Changes<'a, R: Row> {
    /// Rows that are new or have other content.
    pub put: Vec<&'a R>,
    /// Keys whose rows are gone.
    pub removed: Vec<&'a R::Key>,
}

/// A keyed set of rows: all of a read model, or those a batch touches. Rows lie in the order in
/// which they first came, which is about that of their ids, and a table copied from here lies so
/// too.
#[derive(Debug, Clone)]
pub struct Rows<R: Row> {
    places: HashMap<R::Key, usize, KeyHash>,
    slots: Vec<Slot<R>>,
    /// All rows of the model are here: a key without a place has no row.
    complete: bool,
    /// The rows were written once, so what is removed must be told.
    written: bool,
    undeclared: bool,
}

impl<R: Row> Rows<R> {
    /// No rows at all, to fold a whole log into.
    pub fn complete() -> Self {
        let (places, slots) = (HashMap::default(), Vec::new());
        Rows { places, slots, complete: true, written: false, undeclared: false }
    }

    /// The rows of some keys, to be filled with what is stored; the others must not be used.
    pub fn some(keys: impl IntoIterator<Item = R::Key>) -> Self {
        let mut rows = Rows { complete: false, written: true, ..Rows::complete() };
        for key in keys {
            let next = rows.slots.len();
            if *rows.places.entry(key).or_insert(next) == next {
                rows.slots.push(Slot { row: None, changed: false });
            }
        }
        rows
    }

    /// Adds a row as it's stored.
    pub fn fill(&mut self, row: R) {
        self.set(row, false);
    }

    /// The keys it was made for, or those it has come to hold.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &R::Key> {
        self.places.keys()
    }

    /// Takes the row of a key out without a trace; to compare and to count off.
    pub fn take(&mut self, key: &R::Key) -> Option<R> {
        self.slots[self.places.remove(key)?].row.take()
    }

    /// The row of a key.
    pub fn get(&mut self, key: &R::Key) -> Option<&R> {
        match self.places.get(key) {
            Some(place) => self.slots[*place].row.as_ref(),
            None => {
                self.undeclared |= !self.complete;
                None
            }
        }
    }

    /// Adds a row or replaces the one of its key.
    pub fn put(&mut self, row: R) {
        self.undeclared |= self.set(row, true) && !self.complete;
    }

    /// Whether the key had no place yet.
    fn set(&mut self, row: R, changed: bool) -> bool {
        let next = self.slots.len();
        let place = *self.places.entry(row.key()).or_insert(next);
        let slot = Slot { row: Some(row), changed };
        if place == next {
            self.slots.push(slot);
        } else {
            self.slots[place] = slot;
        }
        place == next
    }

    /// Changes the row of a key in place, where there is one. The key itself must stay.
    pub fn change(&mut self, key: &R::Key, change: impl FnOnce(&mut R)) {
        let Some(place) = self.places.get(key) else {
            self.undeclared |= !self.complete;
            return;
        };
        let slot = &mut self.slots[*place];
        if let Some(row) = &mut slot.row {
            change(row);
            slot.changed = true;
        }
    }

    /// Removes the row of a key, where there is one.
    pub fn remove(&mut self, key: &R::Key) {
        match self.places.get(key) {
            Some(place) if self.slots[*place].row.is_some() => {
                self.slots[*place] = Slot { row: None, changed: self.written };
            }
            Some(_) => {}
            None => self.undeclared |= !self.complete,
        }
    }

    /// Every row, in the order in which they first came.
    pub fn iter(&self) -> impl Iterator<Item = &R> {
        self.slots.iter().filter_map(|slot| slot.row.as_ref())
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// What is to be written, by key.
    pub fn changes(&self) -> Changes<'_, R> {
        let mut changes = Changes { put: Vec::new(), removed: Vec::new() };
        if self.slots.iter().any(|slot| slot.changed) {
            let changed = |place: &usize| self.slots[*place].changed;
            let mut changed: Vec<_> =
                self.places.iter().filter(|(_, place)| changed(place)).collect();
            changed.sort_unstable_by(|left, right| left.0.cmp(right.0));
            for (key, place) in changed {
                match &self.slots[*place].row {
                    Some(row) => changes.put.push(row),
                    None => changes.removed.push(key),
                }
            }
        }
        changes
    }

    /// Says that everything was written: only later changes are told from now on.
    pub fn mark_written(&mut self) {
        self.written = true;
        self.slots.iter_mut().for_each(|slot| slot.changed = false);
    }

    /// Whether the fold used a key that was not loaded: an error in what it declares it touches.
    pub fn used_undeclared(&self) -> bool {
        self.undeclared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::row;

    row! {
        /// A number by name.
        Number in "rm_number" key(name: String) {
            /// The name.
            name: String,
            /// The number.
            value: i64,
        }
    }

    fn number(name: &str, value: i64) -> Number {
        Number { name: name.to_owned(), value }
    }

    #[test]
    fn only_what_changed_since_it_was_written_is_told() {
        let mut rows = Rows::complete();
        rows.put(number("a", 1));
        rows.put(number("b", 2));
        rows.remove(&"b".to_owned());
        assert_eq!(rows.changes(), Changes { put: vec![&number("a", 1)], removed: vec![] });
        rows.mark_written();
        assert_eq!(rows.changes(), Changes { put: vec![], removed: vec![] });
        rows.remove(&"a".to_owned());
        rows.remove(&"never".to_owned());
        assert_eq!(rows.changes(), Changes { put: vec![], removed: vec![&"a".to_owned()] });
        assert!(rows.is_empty() && !rows.used_undeclared());
    }

    #[test]
    fn a_key_that_was_not_declared_is_noticed() {
        let keys = ["a".to_owned(), "b".to_owned()];
        let mut rows = Rows::some(keys);
        rows.fill(number("a", 1));
        rows.change(&"a".to_owned(), |row| row.value += 1);
        rows.change(&"b".to_owned(), |row| row.value += 1);
        assert_eq!(rows.changes(), Changes { put: vec![&number("a", 2)], removed: vec![] });
        assert!(!rows.used_undeclared());
        rows.change(&"c".to_owned(), |row| row.value += 1);
        assert!(rows.used_undeclared());
    }
}
