//! What differs between two moments of a document. Everything shown is a row with a key and cells;
//! a cell that said something else before carries what it said, a row that went stays to be seen.

use std::collections::BTreeMap;

/// One text on a page, with what stood there a moment before if that was another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// What it says.
    pub(crate) text: String,
    /// What it said before; empty where there was nothing.
    pub(crate) was: Option<String>,
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Cell { text: text.into(), was: None }
    }
}

/// Cells that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// What makes it the same row at another moment.
    pub(crate) key: String,
    /// What stands before its cells; may be empty.
    pub(crate) label: String,
    /// What it says.
    pub(crate) cells: Vec<Cell>,
    /// Whether it was not there before.
    pub(crate) came: bool,
    /// Whether it was there before and is not any more.
    pub(crate) went: bool,
    /// Whether it's what the others add up to.
    pub(crate) strong: bool,
    /// Where the events are that it follows from: an anchor of the page.
    pub(crate) events: String,
}

impl Row {
    /// A row that is known by its label.
    pub(crate) fn of<T: Into<Cell>>(label: &str, cells: impl IntoIterator<Item = T>) -> Self {
        let cells = cells.into_iter().map(Into::into).collect();
        Row { key: label.to_owned(), label: label.to_owned(), cells, ..Row::default() }
    }

    /// Whether anything of it is not as it was.
    pub(crate) fn has_changed(&self) -> bool {
        self.came || self.went || self.cells.iter().any(|cell| cell.was.is_some())
    }

    fn mark(&mut self, before: &Row) {
        for (n, cell) in self.cells.iter_mut().enumerate() {
            let was = before.cells.get(n).map_or("", |cell| &cell.text);
            cell.was = (was != cell.text).then(|| was.to_owned());
        }
    }
}

/// Tells rows apart that are about the same: the first, the second, … of it, so that a row whose
/// price has changed is still the same row.
pub(super) fn number<'a>(rows: impl Iterator<Item = &'a mut Row>) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let n = seen.entry(row.key.clone()).or_default();
        *n += 1;
        row.key = format!("{} {n}", row.key);
    }
}

/// Marks what is not as it was; what went is put where it stood.
pub(super) fn mark(rows: &mut Vec<Row>, before: &[Row]) {
    for row in rows.iter_mut() {
        match before.iter().find(|old| old.key == row.key) {
            Some(old) => row.mark(old),
            None => row.came = true,
        }
    }
    for (n, old) in before.iter().enumerate() {
        if !rows.iter().any(|row| row.key == old.key) {
            rows.insert(n.min(rows.len()), Row { went: true, ..old.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_came_or_went_is_marked_and_the_rest_is_not() {
        let before = [Row::of("a", ["1", "x"]), Row::of("b", ["2"]), Row::of("c", ["3"])];
        let mut rows = vec![Row::of("a", ["9", "x"]), Row::of("c", ["3"]), Row::of("d", ["4"])];
        mark(&mut rows, &before);
        let keys: Vec<&str> = rows.iter().map(|row| &*row.key).collect();
        assert_eq!(keys, ["a", "b", "c", "d"]);
        assert_eq!(rows[0].cells[0].was.as_deref(), Some("1"));
        assert_eq!(rows[0].cells[1].was, None);
        assert!(rows[1].went && !rows[2].has_changed() && rows[3].came);
    }

    #[test]
    fn rows_about_the_same_are_told_apart_by_their_order() {
        let mut rows = [Row::of("a", ["1"]), Row::of("b", ["2"]), Row::of("a", ["3"])];
        number(rows.iter_mut());
        let keys: Vec<&str> = rows.iter().map(|row| &*row.key).collect();
        assert_eq!(keys, ["a 1", "b 1", "a 2"]);
    }

    #[test]
    fn the_same_is_not_marked() {
        let before = vec![Row::of("a", ["1"])];
        let mut rows = before.clone();
        mark(&mut rows, &before);
        assert_eq!(rows, before);
    }
}
