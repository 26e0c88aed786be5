//! The map is true: what ARCHITECTURE.md names exists, and a slice is spelled the same in every
//! layer.

use std::collections::BTreeSet;

use super::tree;

const MAP: &str = "ARCHITECTURE.md";

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Whether a quoted text is a path of the tree: no route, no command line, no pattern.
fn is_path(quoted: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    quoted.contains('/') && !quoted.starts_with('/') && quoted.chars().all(plain)
}

/// Whether a quoted text is the name of a test: a sentence.
fn is_test(quoted: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    quoted.chars().all(word) && quoted.matches('_').count() >= 4
}

#[test]
fn every_path_named_in_the_map_exists() {
    let text = std::fs::read_to_string(tree::root().join(MAP)).expect("the map");
    let paths: BTreeSet<_> = quoted(&text).into_iter().filter(|it| is_path(it)).collect();
    let missing: Vec<_> = paths.iter().filter(|path| !tree::root().join(path).exists()).collect();
    assert!(missing.is_empty(), "{MAP} names what does not exist: {missing:?}");
    assert!(paths.len() >= 6, "{MAP} names few paths: {paths:?}");
}

#[test]
fn every_test_named_in_the_map_exists() {
    let text = std::fs::read_to_string(tree::root().join(MAP)).expect("the map");
    let tests: BTreeSet<_> = quoted(&text).into_iter().filter(|it| is_test(it)).collect();
    let sources: String = tree::rust().into_values().collect();
    let missing: Vec<_> =
        tests.iter().filter(|test| !sources.contains(&format!("fn {test}("))).collect();
    assert!(missing.is_empty(), "{MAP} names tests that do not exist: {missing:?}");
}

/// Slices that are looked up in the platform's catalogue, which every process asks on each request,
/// in a table that is written with the log, or in their few short streams themselves, and not in a
/// read model that follows a moment later.
const IN_THE_CATALOGUE: [&str; 5] = ["flags", "jobs", "signup", "subscription", "tenancy"];

#[test]
fn a_slice_is_spelled_the_same_in_every_layer() {
    let files = tree::rust();
    let has = |layer: &str, slice: &str| {
        let (file, folder) = (format!("{layer}/src/{slice}.rs"), format!("{layer}/src/{slice}/"));
        files.keys().any(|path| *path == file || path.starts_with(&folder))
    };
    let slices: BTreeSet<_> = files
        .keys()
        .filter_map(|path| path.strip_prefix("domain/src/")?.strip_suffix("/events.rs"))
        .collect();
    assert!(slices.contains("time") && slices.len() >= 6, "{slices:?}");
    let layers = ["domain", "commands", "projections"];
    let absent: Vec<_> = slices
        .iter()
        .flat_map(|slice| layers.map(|layer| (layer, *slice)))
        // What is read of a part of a slice are tables of the whole, each called by its row.
        .filter(|(layer, slice)| !(*layer == "projections" && slice.contains('/')))
        .filter(|(layer, slice)| !has(layer, slice))
        .filter(|(layer, slice)| *layer != "projections" || !IN_THE_CATALOGUE.contains(slice))
        .collect();
    assert!(absent.is_empty(), "slices that a layer lacks or spells otherwise: {absent:?}");
}
