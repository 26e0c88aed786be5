//! How commands speak: documents on stdout, everything else on stderr.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

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

/// Where what a command says goes while it's one of many.
#[derive(Debug, Clone)]
pub(crate) struct Voice {
    /// What stands before each line on stdout.
    name: String,
    /// What it has said, where that is kept until it's done.
    kept: Option<Arc<Mutex<Vec<String>>>>,
}

tokio::task_local! {
    static VOICE: Voice;
}

impl Voice {
    /// Of the command for a tenant; what it says is kept or has the tenant's name before it.
    pub(crate) fn of(name: &str, keep: bool) -> Self {
        Voice { name: name.to_owned(), kept: keep.then(Arc::default) }
    }

    /// What was kept.
    pub(crate) fn lines(&self) -> Vec<String> {
        let kept = |kept: &Arc<Mutex<Vec<String>>>| {
            std::mem::take(&mut *kept.lock().expect("no panic under it"))
        };
        self.kept.as_ref().map(kept).unwrap_or_default()
    }
}

/// Runs something whose lines go to this voice.
pub(crate) fn speaking<F: Future>(voice: Voice, of: F) -> impl Future<Output = F::Output> {
    VOICE.scope(voice, of)
}

/// Prints a line on stdout, or lets the voice of this command have it.
pub(crate) fn line(text: &str) {
    match VOICE.try_with(Voice::clone) {
        Err(_) => print(text),
        Ok(Voice { kept: Some(kept), .. }) => {
            kept.lock().expect("no panic under it").push(text.to_owned());
        }
        Ok(Voice { name, .. }) => print(&format!("{name}\t{text}")),
    }
}

/// A reader that has gone away, such as `head`, is no error.
fn print(text: &str) {
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

/// A progress bar on stderr, drawn only on a terminal, and only by who runs alone.
pub(crate) fn progress(total: u64, what: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() || VOICE.try_with(|_| ()).is_ok() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {per_sec} {eta}")
        .expect("a template that is tested by being drawn");
    ProgressBar::new(total).with_style(style).with_message(what.to_owned())
}
