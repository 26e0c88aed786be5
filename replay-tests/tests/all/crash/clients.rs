//! The clients: each records time for as long as it may, under a key per entry. When an answer is
//! lost it asks again with the same key, or goes on without knowing; now and then it hangs up
//! itself.

use std::sync::Arc;

use commands::bus::SplitMix;
use jiff::civil::date;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::http::Peer;
use super::journal::{Journal, Known};
use crate::wait::back_off;

/// The route that is written to.
pub(crate) const ENTRIES: &str = "/time-entries";

/// A firm that time can be recorded for.
#[derive(Debug, Clone)]
pub(crate) struct Firm {
    pub(crate) slug: String,
    pub(crate) peer: Peer,
    pub(crate) project: String,
    pub(crate) task: String,
}

pub(crate) struct Clients {
    pub(crate) journal: Arc<Journal>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Clients {
    pub(crate) fn start(seed: u64, clients: usize, firm: &Firm) -> Self {
        let (journal, stop) = (Arc::<Journal>::default(), CancellationToken::new());
        let mut tasks = JoinSet::new();
        for number in 0..clients {
            let client = Client {
                number,
                firm: firm.clone(),
                journal: journal.clone(),
                random: SplitMix::new(seed ^ (number as u64 + 1).rotate_left(32)),
            };
            tasks.spawn(client.run(stop.clone()));
        }
        Clients { journal, stop, tasks }
    }

    /// Lets each end its request, and answers what they know.
    pub(crate) async fn stop(mut self) -> Arc<Journal> {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.expect("a client does not panic");
        }
        self.journal
    }
}

struct Client {
    number: usize,
    firm: Firm,
    journal: Arc<Journal>,
    random: SplitMix,
}

impl Client {
    async fn run(mut self, stop: CancellationToken) {
        for request in 0.. {
            if stop.is_cancelled() {
                return;
            }
            let key = format!("client-{}-request-{request}", self.number);
            let body = self.entry(&key);
            // Noted before it's sent, as somebody would who must not lose track.
            self.journal.note(&key, &body, Known::Unknown);
            let known = self.send(&key, &body).await;
            self.journal.note(&key, &body, known);
        }
    }

    /// A new entry whose note is its key. One in twenty is of no time at all.
    fn entry(&mut self, key: &str) -> Value {
        let days = i64::try_from(self.random.below(700)).expect("two years");
        let day = date(2024, 1, 1).checked_add(jiff::Span::new().days(days)).expect("a day");
        let nothing = self.random.below(20) == 0;
        let seconds = if nothing { 0 } else { 1 + self.random.below(60) };
        let Firm { project, task, .. } = &self.firm;
        json!({
            "project_id": project,
            "task_id": task,
            "date": day.to_string(),
            "seconds": seconds,
            "note": key,
        })
    }

    async fn send(&mut self, key: &str, body: &Value) -> Known {
        let peer = &self.firm.peer;
        if self.random.below(25) == 0 {
            // Whether it arrived or not, nobody knows.
            let _ = peer.post_and_hang_up(ENTRIES, key, body).await;
            return Known::Unknown;
        }
        for _ in 0..1 + self.random.below(4) {
            let answer = peer.post(ENTRIES, key, body).await;
            match self.journal.understand(key, answer) {
                Some(known) => return known,
                None => back_off().await,
            }
        }
        Known::Unknown
    }
}
