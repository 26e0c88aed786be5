//! The source tree as text: every file of the repository that people write, by its path from the
//! root.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Folders of what is built, installed or stored.
const NOT_SOURCE: [&str; 5] = ["target", ".git", ".test-tools", "crowdminder-data", "node_modules"];

pub(crate) const MEMBERS: [&str; 7] = [
    "domain",
    "migrations",
    "commands",
    "commands/documents",
    "projections",
    "api",
    "replay-tests",
];

pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("the crate lies in the workspace").to_owned()
}

/// Every text file below the root by its path, with `/` between its parts.
pub(crate) fn files() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    collect(&root(), "", &mut found);
    assert!(found.len() > 100, "this is not the root of the sources: {:?}", root());
    found
}

/// The Rust files among them.
pub(crate) fn rust() -> BTreeMap<String, String> {
    files().into_iter().filter(|(path, _)| path.ends_with(".rs")).collect()
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the sources") {
        let entry = entry.expect("an entry of a folder");
        let name = entry.file_name().to_string_lossy().into_owned();
        if NOT_SOURCE.contains(&name.as_str()) {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type().expect("a type of file").is_dir() {
            collect(&entry.path(), &format!("{path}/"), found);
        } else if let Ok(text) = std::fs::read_to_string(entry.path()) {
            // What is no UTF-8 is no text that a person writes.
            found.insert(path, text);
        }
    }
}

/// The part of a Rust file that is tests: all of it in a folder or file of tests, else from its
/// module of tests on.
pub(crate) fn tests_of<'t>(path: &str, text: &'t str) -> &'t str {
    if is_of_tests(path) {
        return text;
    }
    let opens = |at: &usize| text[*at..].lines().nth(1).is_some_and(|line| line.ends_with('{'));
    let module = text.match_indices("#[cfg(test)]\nmod ").map(|(at, _)| at).find(opens);
    module.map_or("", |at| &text[at..])
}

/// The part that is not.
pub(crate) fn program_of<'t>(path: &str, text: &'t str) -> &'t str {
    &text[..text.len() - tests_of(path, text).len()]
}

fn is_of_tests(path: &str) -> bool {
    let of_tests = |part: &str| {
        part == "tests" || part == "tests.rs" || part == "testing.rs" || part.starts_with("tests_")
    };
    path.split('/').any(of_tests)
}

#[test]
fn the_tests_of_a_file_are_told_from_its_program() {
    let text = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
    assert_eq!(program_of("a/src/b.rs", text), "fn a() {}\n\n");
    assert!(tests_of("a/src/b.rs", text).starts_with("#[cfg(test)]"));
    assert_eq!(program_of("a/src/tests/b.rs", text), "");
    assert_eq!(tests_of("a/src/b.rs", "#[cfg(test)]\nmod tests;\nfn a() {\n}"), "");
}
