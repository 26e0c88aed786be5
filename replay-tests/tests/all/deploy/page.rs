//! What the operators' page tells them to type, taken from the page itself, so that it's tried.

use crate::tidy::tree;

fn text() -> String {
    tree::files().remove("docs/operations.md").expect("the operators' page")
}

/// The indented block that begins with this line.
pub(crate) fn block(first: &str) -> String {
    let text = text();
    let lines = text.lines().skip_while(|line| *line != first);
    let block: Vec<&str> = lines.take_while(|line| line.starts_with("    ")).collect();
    assert!(!block.is_empty(), "no block begins with {first:?}");
    block.join("\n")
}

/// The SQL that makes the logins: what is run in the first database and what in ours.
pub(crate) fn sql_of_logins() -> (String, String) {
    let text = text();
    let sql = text.split("```sql\n").nth(1).and_then(|rest| rest.split("```").next());
    let parts = sql.and_then(|sql| sql.split_once("\\connect crowdminder\n"));
    let (first, ours) = parts.expect("the SQL of the logins");
    (first.to_owned(), ours.to_owned())
}
