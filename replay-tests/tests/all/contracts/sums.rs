//! The list of SHA-256 sums that keeps contract files from being edited. `sha256sum -c SHA256SUMS`
//! checks it too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

const LIST: &str = "SHA256SUMS";

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts")
}

/// The name and text of every contract file.
pub(crate) fn files() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder()).expect("the folder of contracts");
    entries
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name");
            (name.to_owned(), std::fs::read_to_string(&path).expect("a text"))
        })
        .collect()
}

/// The sum committed for each file.
pub(crate) fn listed() -> BTreeMap<String, String> {
    let list = std::fs::read_to_string(folder().join(LIST)).unwrap_or_default();
    let line = |line: &str| {
        let (sum, name) = line.split_once("  ").expect("a line is a sum, two spaces and a name");
        (name.to_owned(), sum.to_owned())
    };
    list.lines().map(line).collect()
}

pub(crate) fn sum(text: &str) -> String {
    migrations::keys::hex(&Sha256::digest(text))
}

/// Adds a file that is not there yet, with its line in the list.
pub(crate) fn add(name: &str, text: &str) {
    let path = folder().join(name);
    assert!(!path.exists(), "{name} is there already and is never written again");
    std::fs::write(path, text).expect("a new file");
    let mut sums = listed();
    sums.insert(name.to_owned(), sum(text));
    let list: String = sums.iter().map(|(name, sum)| format!("{sum}  {name}\n")).collect();
    std::fs::write(folder().join(LIST), list).expect("the list");
}

#[test]
fn no_contract_file_was_edited_taken_away_or_left_out_of_the_list() {
    let files = files();
    let sums: BTreeMap<_, _> = files.iter().map(|(name, text)| (name.clone(), sum(text))).collect();
    assert_eq!(sums, listed(), "a contract is never edited; a new shape gets a new file");
    assert!(!sums.is_empty());
}
