//! What the clients know of each of their requests. It's all they have to hold the service to.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::http::Answer;

/// What became of a request, as far as its client knows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Known {
    /// It was done: the entry, and its position in the log.
    Done { entry: String, position: i64 },
    /// A rule said no.
    Refused,
    /// The answer was lost, or was none: it was done once or not at all.
    Unknown,
}

#[derive(Debug, Clone)]
pub(crate) struct Noted {
    pub(crate) body: Value,
    pub(crate) known: Known,
}

#[derive(Default)]
pub(crate) struct Journal {
    notes: Mutex<BTreeMap<String, Noted>>,
    failures: Mutex<Vec<String>>,
    done: AtomicUsize,
    lost: AtomicUsize,
    away: AtomicUsize,
}

impl Journal {
    /// How many requests were done so far.
    pub(crate) fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Every request by its key.
    pub(crate) fn notes(&self) -> BTreeMap<String, Noted> {
        self.notes.lock().expect("no panic under it").clone()
    }

    /// Answers that no fault explains.
    pub(crate) fn failures(&self) -> Vec<String> {
        self.failures.lock().expect("no panic under it").clone()
    }

    pub(crate) fn note(&self, key: &str, body: &Value, known: Known) {
        if matches!(known, Known::Done { .. }) {
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        let noted = Noted { body: body.clone(), known };
        self.notes.lock().expect("no panic under it").insert(key.to_owned(), noted);
    }

    /// What an answer tells; nothing where it is no answer to the question.
    pub(crate) fn understand(&self, key: &str, answer: std::io::Result<Answer>) -> Option<Known> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(_) => {
                self.lost.fetch_add(1, Ordering::Relaxed);
                return None;
            }
        };
        match answer.status {
            201 => {
                let entry = answer.body["id"].as_str().unwrap_or_default().to_owned();
                let position = answer.position.unwrap_or_default();
                Some(Known::Done { entry, position })
            }
            422 => Some(Known::Refused),
            // The first of two with the same key still runs, or the service is without its
            // database.
            409 | 503 => {
                self.away.fetch_add(1, Ordering::Relaxed);
                None
            }
            _ => {
                let failure = format!("{key}: {answer:?}");
                self.failures.lock().expect("no panic under it").push(failure);
                None
            }
        }
    }

    pub(crate) fn summary(&self) -> String {
        let notes = self.notes();
        let count =
            |known: fn(&Known) -> bool| notes.values().filter(|it| known(&it.known)).count();
        format!(
            "{} requests: {} done, {} refused, {} unknown; {} answers lost, {} times told to wait",
            notes.len(),
            count(|known| matches!(known, Known::Done { .. })),
            count(|known| *known == Known::Refused),
            count(|known| *known == Known::Unknown),
            self.lost.load(Ordering::Relaxed),
            self.away.load(Ordering::Relaxed),
        )
    }
}
