//! How commands speak: documents on stdout, everything else on stderr.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All of it.
    Done,
    /// Not done, or something differs.
    Failed,
    /// Some of it.
    Partly,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => ExitCode::SUCCESS,
            Outcome::Failed => ExitCode::from(1),
            Outcome::Partly => ExitCode::from(3),
        }
    }
}

/// Prints a line on stdout. A reader that has gone away, such as `head`, is no error.
pub(crate) fn line(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
}

/// Prints a document on one line of stdout.
pub(crate) fn document(document: &impl Serialize) {
    line(&serde_json::to_string(document).expect("documents are plain data"));
}

/// Says on stderr what went wrong, each cause once.
pub(crate) fn error(error: &anyhow::Error) {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    let _ = writeln!(std::io::stderr(), "crowdminder: {text}");
}

/// A progress bar on stderr, drawn only on a terminal.
pub(crate) fn progress(total: u64, what: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {per_sec} {eta}")
        .expect("a template that is tested by being drawn");
    ProgressBar::new(total).with_style(style).with_message(what.to_owned())
}
