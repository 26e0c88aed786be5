//! The writer of one busy tenant: takes what has queued up, writes it in one transaction, answers
//! everybody. Positions and tree are known in memory; when another process has moved the head, the
//! batch is written under the head's lock instead, so that progress is certain.

use domain::id::{LogId, StreamId, TenantId};
use domain::log::CompactRange;
use jiff_sqlx::Timestamp as DatabaseTimestamp;
use migrations::{DoorError, TenantTx, Tenants};
use sqlx::Row;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use uuid::Uuid;

use super::append::{AppendError, Appended, Prepared};
use super::batch::{Head, Plan, plan};
use super::statement::{Written, write};
use super::{Committed, Limits, Notices, Queues};

/// An append with the place to answer it.
pub(crate) struct Request {
    pub item: Prepared,
    pub answer: oneshot::Sender<Result<Appended, AppendError>>,
}

pub(crate) struct Writer {
    pub tenant: TenantId,
    pub tenants: Tenants,
    pub limits: Limits,
    pub notices: Notices,
    head: Option<Head>,
    /// An append that must begin the next batch.
    held_over: Option<Request>,
    /// How many appends are likely to come together, by the batches before.
    expected: usize,
}

impl Writer {
    pub(crate) fn new(
        tenant: TenantId,
        tenants: Tenants,
        limits: Limits,
        notices: Notices,
    ) -> Self {
        Writer { tenant, tenants, limits, notices, head: None, held_over: None, expected: 1 }
    }

    /// Writes until the queue has been empty for a while; then the task ends.
    pub(crate) async fn run(mut self, mut queue: mpsc::Receiver<Request>, queues: Queues) {
        loop {
            let first = match self.held_over.take() {
                Some(first) => first,
                None => match tokio::time::timeout(self.limits.idle, queue.recv()).await {
                    Ok(Some(first)) => first,
                    Ok(None) => return,
                    Err(_) => {
                        // Under this lock nobody is sending, so an empty queue stays empty.
                        let mut queues = queues.lock().expect("no panic under it");
                        if queue.is_empty() {
                            queues.remove(&self.tenant);
                            return;
                        }
                        continue;
                    }
                },
            };
            let batch = self.gather(first, &mut queue).await;
            self.write_batch(batch).await;
        }
    }

    /// Takes what waits. Who was answered together comes back together, but not at the same
    /// instant: for that a short while is waited, or every other batch would hold one append only.
    async fn gather(
        &mut self,
        first: Request,
        queue: &mut mpsc::Receiver<Request>,
    ) -> Vec<Request> {
        let mut bytes = first.item.weight();
        let mut batch = vec![first];
        let until = Instant::now() + self.limits.gather;
        while batch.len() < self.limits.appends_per_batch && bytes < self.limits.bytes_per_batch {
            match queue.try_recv() {
                Ok(next) if next.item.releases_all() => {
                    self.held_over = Some(next);
                    break;
                }
                Ok(next) => {
                    bytes += next.item.weight();
                    batch.push(next);
                }
                Err(_) if batch.len() < self.expected && Instant::now() < until => {
                    tokio::task::yield_now().await;
                }
                Err(_) => break,
            }
        }
        self.expected = batch.len().max(self.expected / 2);
        batch
    }

    async fn write_batch(&mut self, batch: Vec<Request>) {
        let (mut items, mut answers): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|request| (request.item, request.answer)).unzip();
        let mut lock_head = false;
        while !items.is_empty() {
            let losers = match self.try_write(&items, lock_head).await {
                Ok(Outcome::Landed(placed)) => {
                    for (answer, placed) in answers.into_iter().zip(placed) {
                        // A caller that has gone away does not undo what is written.
                        let _ = answer.send(Ok(placed));
                    }
                    return;
                }
                Ok(Outcome::HeadMoved) => {
                    self.head = None;
                    lock_head = true;
                    continue;
                }
                Ok(Outcome::Losers(losers)) => losers,
                Err(error) => {
                    self.head = None;
                    tracing::warn!(tenant = %self.tenant, %error, "a batch was not written");
                    let unavailable = AppendError::from(error);
                    (0..items.len()).map(|index| (index, unavailable.clone())).collect()
                }
            };
            remove(&mut items, &mut answers, losers);
        }
    }

    async fn try_write(
        &mut self,
        items: &[Prepared],
        lock_head: bool,
    ) -> Result<Outcome, DoorError> {
        let mut tx = self.tenants.begin(self.tenant).await?;
        let head = match &self.head {
            Some(head) => head.clone(),
            None => read_head(&mut tx, lock_head).await?,
        };
        let (plan, losers) = plan(&head, items);
        if !losers.is_empty() {
            self.head = (!lock_head).then_some(head);
            return Ok(Outcome::Losers(losers));
        }
        let row = match write(&mut tx, &head, &plan, items).await? {
            Written::All { row } => row,
            Written::HeadMoved => return Ok(Outcome::HeadMoved),
            Written::Clashes { streams, claims, commands, keys, jobs } => {
                self.head = (!lock_head).then_some(head);
                return Ok(Outcome::Losers(name_clashes(
                    items, &plan, &streams, &claims, &commands, &keys, &jobs,
                )));
            }
        };
        if let Err(error) = tx.commit().await {
            // The commit may have been done before the answer was lost.
            if !self.was_written(items).await.map_err(|_| error)? {
                return Err(DoorError::Busy);
            }
            self.head = None;
        } else {
            self.head = Some(Head { row, ..plan.head.clone() });
        }
        let events = !plan.leaves.is_empty();
        if events {
            let notice = Committed { tenant: self.tenant, position: plan.head.position };
            // Nobody listening is no error: the sweep finds it.
            let _ = self.notices.send(notice);
        }
        metrics::counter!("events_appended_total").increment(plan.leaves.len() as u64);
        metrics::histogram!("append_batch_size").record(items.len() as f64);
        Ok(Outcome::Landed(plan.placed))
    }

    /// Whether a batch with an unknown outcome is in the log. The head's lock is waited for, so
    /// that a commit that is still under way is over by then.
    async fn was_written(&self, items: &[Prepared]) -> Result<bool, DoorError> {
        let ids: Vec<Uuid> = items.iter().map(|item| item.append.command_id.0).collect();
        let mut last = DoorError::Busy;
        for attempt in 0..self.limits.resolve_attempts {
            if attempt > 0 {
                tokio::time::sleep(self.limits.resolve_pause).await;
            }
            match self.find_commands(&ids).await {
                Ok(found) => return Ok(found),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn find_commands(&self, ids: &[Uuid]) -> Result<bool, DoorError> {
        let mut tx = self.tenants.begin(self.tenant).await?;
        tx.query("select position from {t}.log_head for update").fetch_one().await?;
        let found = tx
            .query("select 1 from {t}.commands where command_id = any($1) limit 1")
            .bind(ids.to_vec())
            .fetch_optional()
            .await?;
        tx.commit().await?;
        Ok(found.is_some())
    }
}

enum Outcome {
    Landed(Vec<Appended>),
    Losers(Vec<(usize, AppendError)>),
    HeadMoved,
}

async fn read_head(tx: &mut TenantTx, lock: bool) -> Result<Head, DoorError> {
    let sql = if lock {
        "select log_id, position, recorded_at, peaks, xmin::text from {t}.log_head for update"
    } else {
        "select log_id, position, recorded_at, peaks, xmin::text from {t}.log_head"
    };
    let row = tx.query(sql).fetch_one().await?;
    let position: i64 = row.try_get(1)?;
    let peaks: Vec<u8> = row.try_get(3)?;
    let range = CompactRange::from_bytes(position.unsigned_abs(), &peaks)
        .map_err(|error| DoorError::from(sqlx::Error::Decode(error.into())))?;
    let recorded_at = row.try_get::<DatabaseTimestamp, _>(2)?.to_jiff();
    Ok(Head { log: LogId(row.try_get(0)?), position, recorded_at, range, row: row.try_get(4)? })
}

fn name_clashes(
    items: &[Prepared],
    plan: &Plan,
    streams: &[usize],
    claims: &[usize],
    commands: &[Uuid],
    keys: &[usize],
    jobs: &[usize],
) -> Vec<(usize, AppendError)> {
    let handled = items
        .iter()
        .enumerate()
        .filter(|(_, item)| commands.contains(&item.append.command_id.0))
        .map(|(index, _)| (index, AppendError::AlreadyHandled));
    let moved = streams.iter().map(|index| {
        let check = plan.streams.iter().find(|check| check.of == *index);
        let stream = check.expect("a clash is of a check of this plan").what.0;
        (*index, AppendError::StreamMoved(stream))
    });
    let held = claims.iter().map(|index| {
        let check = plan.absent.iter().find(|check| check.of == *index);
        let key = check.expect("a clash is of a check of this plan").what.clone();
        (*index, AppendError::ClaimHeld(key))
    });
    let clashed = keys.iter().map(|index| (*index, AppendError::KeyClash));
    let changed = jobs.iter().filter_map(|index| {
        let change = items[*index].append.job_changes.first()?;
        Some((*index, AppendError::StreamMoved(StreamId(change.id))))
    });
    // The first reason named stands: a command that was handled before explains all others.
    let mut losers: Vec<(usize, AppendError)> =
        handled.chain(moved).chain(held).chain(clashed).chain(changed).collect();
    losers.sort_by_key(|(index, _)| *index);
    losers.dedup_by_key(|(index, _)| *index);
    losers
}

fn remove(
    items: &mut Vec<Prepared>,
    answers: &mut Vec<oneshot::Sender<Result<Appended, AppendError>>>,
    losers: Vec<(usize, AppendError)>,
) {
    for (index, error) in losers.into_iter().rev() {
        items.remove(index);
        let _ = answers.remove(index).send(Err(error));
    }
}
