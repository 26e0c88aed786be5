//! The list of SHA-256 sums that keeps contract files from being edited. `sha256sum -c SHA256SUMS`
//! checks it too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

const LIST: &str = "SHA256SUMS";

/// Where samples lie, and where whole histories do, with what their files' names end in.
const CONTRACTS: (&str, &str) = ("contracts", "json");
const STREAMS: (&str, &str) = ("streams", "jsonl");

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The name and text of every contract file.
pub(crate) fn files() -> BTreeMap<String, String> {
    files_of(CONTRACTS)
}

fn files_of((name, ends_in): (&str, &str)) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder(name)).expect("the folder");
    entries
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == ends_in))
        .map(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name");
            (name.to_owned(), std::fs::read_to_string(&path).expect("a text"))
        })
        .collect()
}

/// The sum committed for each file.
fn listed(name: &str) -> BTreeMap<String, String> {
    let list = std::fs::read_to_string(folder(name).join(LIST)).unwrap_or_default();
    let line = |line: &str| {
        let (sum, name) = line.split_once("  ").expect("a line is a sum, two spaces and a name");
        (name.to_owned(), sum.to_owned())
    };
    list.lines().map(line).collect()
}

fn sum(text: &str) -> String {
    migrations::keys::hex(&Sha256::digest(text))
}

/// Adds a contract that is not there yet, with its line in the list.
pub(crate) fn add(name: &str, text: &str) {
    add_to(CONTRACTS, name, text);
}

/// The same for a history.
pub(crate) fn add_stream(name: &str, text: &str) {
    add_to(STREAMS, name, text);
}

fn add_to((folder_name, _): (&str, &str), name: &str, text: &str) {
    let folder = folder(folder_name);
    let path = folder.join(name);
    assert!(!path.exists(), "{name} is there already and is never written again");
    std::fs::write(path, text).expect("a new file");
    let mut sums = listed(folder_name);
    sums.insert(name.to_owned(), sum(text));
    let list: String = sums.iter().map(|(name, sum)| format!("{sum}  {name}\n")).collect();
    std::fs::write(folder.join(LIST), list).expect("the list");
}

#[test]
fn no_contract_and_no_history_was_edited_taken_away_or_left_out_of_the_list() {
    for kind in [CONTRACTS, STREAMS] {
        let files = files_of(kind);
        let sums: BTreeMap<_, _> =
            files.iter().map(|(name, text)| (name.clone(), sum(text))).collect();
        assert_eq!(sums, listed(kind.0), "{} are added to, and never edited", kind.0);
        assert!(!sums.is_empty());
    }
}
