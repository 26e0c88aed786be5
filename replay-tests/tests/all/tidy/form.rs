//! The form of a file: how long, how wide, what it opens with, what it may be called. Long files
//! and functions are where a second thought was not given.

use super::tree;

const MOST_LINES: usize = 400;
const MOST_CHARACTERS: usize = 100;
const MOST_LINES_OF_A_FUNCTION: usize = 70;

/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 7] = ["utils", "common", "helpers", "manager", "process", "data", "info"];

/// Complains of every file at once, so that one run shows all there is to do.
fn assert_none(rule: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn no_rust_file_has_more_than_400_lines() {
    let long = tree::rust().into_iter().filter_map(|(path, text)| {
        let lines = text.lines().count();
        (lines > MOST_LINES).then(|| format!("{path}: {lines} lines"))
    });
    assert_none("a file has at most 400 lines with its tests", long.collect());
}

#[test]
fn no_line_of_rust_or_sql_is_wider_than_100_characters() {
    let mut wide = Vec::new();
    for (path, text) in tree::files() {
        if !path.ends_with(".rs") && !path.ends_with(".sql") {
            continue;
        }
        for (line, number) in text.lines().zip(1..) {
            if line.chars().count() > MOST_CHARACTERS {
                wide.push(format!("{path}:{number}"));
            }
        }
    }
    assert_none("a line has at most 100 characters", wide);
}

#[test]
fn every_rust_file_opens_with_what_it_decides_in_one_to_five_lines() {
    let mut silent = Vec::new();
    for (path, text) in tree::rust() {
        let lines = text.lines().take_while(|line| line.starts_with("//!")).count();
        if !(1..=5).contains(&lines) {
            silent.push(format!("{path}: {lines} lines"));
        }
    }
    assert_none("a file opens with `//!`, one to five lines", silent);
}

#[test]
fn no_function_has_more_than_70_lines() {
    let mut long = Vec::new();
    for (path, text) in tree::rust() {
        for (name, lines) in functions(&text) {
            if lines > MOST_LINES_OF_A_FUNCTION {
                long.push(format!("{path}: {name} has {lines} lines"));
            }
        }
    }
    assert_none("a function has at most 70 lines", long);
}

/// Each function with its lines. The sources are formatted, so a function ends at the first closing
/// brace that stands as far in as its beginning.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let words = line.trim_start();
        let declares = words.starts_with("fn ")
            || ["pub fn ", "async fn ", "pub async fn "].iter().any(|it| words.starts_with(it))
            || (words.starts_with("pub(") && words.contains(" fn "));
        if !declares || words.ends_with(';') {
            continue;
        }
        let end = lines[at..].iter().position(|it| it.trim() == "}" && indent(it) == indent(line));
        let after = words.split("fn ").nth(1).unwrap_or_default();
        let name = after.split(['(', '<']).next().unwrap_or_default();
        found.push((name.to_owned(), end.map_or(1, |end| end + 1)));
    }
    found
}

#[test]
fn the_lines_of_a_function_are_counted_from_its_name_to_its_brace() {
    let text =
        "impl A {\n    pub(crate) fn b(\n        c: u8,\n    ) -> u8 {\n        c\n    }\n}\n";
    assert_eq!(functions(text), [("b".to_owned(), 5)]);
}

#[test]
fn no_file_or_folder_has_a_name_that_says_nothing() {
    let empty = |path: &String| {
        let mut parts = path.split('/').map(|part| part.split('.').next().unwrap_or_default());
        parts.any(|part| EMPTY_NAMES.contains(&part))
    };
    let found = tree::rust().into_keys().filter(empty).collect();
    assert_none("a name says what is inside", found);
}
