//! The writers: appends of one to ten events to streams that others write too, from two processes,
//! so that many expect a version that has passed, and whole batches are rolled back and written
//! again.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use commands::Clock;
use commands::bus::SplitMix;
use commands::event_log::{Append, AppendError, EventLog, Limits, StreamAppend};
use domain::id::{CommandId, EntryId, MemberId, ProjectId, StreamId, TaskId, TenantId};
use domain::log::{Event, Metadata};
use domain::time::{TimeEvent, TimeRecorded, Week, Worked, timesheet_stream};
use jiff::civil::{Date, date};
use migrations::testing::{TestTenant, random_id};
use std::sync::Arc;

use super::ACTOR;
use crate::firm::Firm;

const MEMBERS: u64 = 20;
const WEEKS: u64 = 20;
const MONDAY: Date = date(2026, 1, 5);

/// What became of the appends.
#[derive(Default)]
pub(crate) struct Ledger {
    landed: Mutex<BTreeMap<i64, Vec<EntryId>>>,
    appends: AtomicUsize,
    conflicts: AtomicUsize,
    empty: AtomicUsize,
    written: AtomicUsize,
    versions: Mutex<HashMap<StreamId, i32>>,
}

impl Ledger {
    /// The entry of each position, by what the writers were told.
    pub(crate) fn landed(&self) -> Vec<EntryId> {
        self.landed.lock().expect("no panic under it").values().flatten().copied().collect()
    }

    pub(crate) fn appends(&self) -> usize {
        self.appends.load(Ordering::Relaxed)
    }

    pub(crate) fn conflicts(&self) -> usize {
        self.conflicts.load(Ordering::Relaxed)
    }

    pub(crate) fn empty(&self) -> usize {
        self.empty.load(Ordering::Relaxed)
    }
}

pub(crate) struct Writers {
    pub(crate) seed: u64,
    pub(crate) writers: usize,
    pub(crate) events: usize,
}

impl Writers {
    /// Writes until so many events have landed.
    pub(crate) async fn write(&self, firm: &Firm, ledger: &Arc<Ledger>) {
        let logs = [log_of(&firm.tenant.in_another_process()), firm.log().clone()];
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..self.writers {
            let writer = Writer {
                log: logs[number % logs.len()].clone(),
                tenant: firm.id(),
                ledger: ledger.clone(),
                random: SplitMix::new(self.seed ^ (number as u64).rotate_left(32)),
            };
            tasks.spawn(writer.run(self.events));
        }
        while let Some(ended) = tasks.join_next().await {
            ended.expect("a writer that is told the truth");
        }
    }
}

fn log_of(tenant: &TestTenant) -> EventLog {
    let (tenants, keys) = (tenant.tenants.clone(), tenant.keys.clone());
    EventLog::new(tenants, keys, Clock::system(), Limits::default())
}

struct Writer {
    log: EventLog,
    tenant: TenantId,
    ledger: Arc<Ledger>,
    random: SplitMix,
}

impl Writer {
    async fn run(mut self, events: usize) {
        while self.ledger.written.load(Ordering::Relaxed) < events {
            let (append, entries) = self.append();
            let streams: Vec<_> = append
                .streams
                .iter()
                .map(|it| (it.stream, it.expected + it.events.len() as i32))
                .collect();
            self.ledger.appends.fetch_add(1, Ordering::Relaxed);
            match self.log.append(self.tenant, append).await {
                Ok(appended) if entries.is_empty() => {
                    assert!(appended.position >= 0);
                    self.ledger.empty.fetch_add(1, Ordering::Relaxed);
                }
                Ok(appended) => {
                    let first = appended.position - entries.len() as i64 + 1;
                    self.ledger.written.fetch_add(entries.len(), Ordering::Relaxed);
                    let mut landed = self.ledger.landed.lock().expect("no panic under it");
                    assert!(landed.insert(first, entries).is_none(), "a position given twice");
                    self.saw(streams);
                }
                Err(AppendError::StreamMoved(_)) => {
                    self.ledger.conflicts.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => panic!("the log failed: {error}"),
            }
        }
    }

    fn saw(&self, streams: Vec<(StreamId, i32)>) {
        let mut versions = self.ledger.versions.lock().expect("no panic under it");
        for (stream, version) in streams {
            let known = versions.entry(stream).or_default();
            *known = version.max(*known);
        }
    }

    /// One or two streams, one to ten events; one append in ten has none.
    fn append(&mut self) -> (Append, Vec<EntryId>) {
        let mut streams: BTreeMap<StreamId, StreamAppend> = BTreeMap::new();
        let mut entries = Vec::new();
        let how_many = if self.random.below(10) == 0 { 0 } else { 1 + self.random.below(2) };
        for _ in 0..how_many {
            let member =
                MemberId(uuid::Uuid::from_u128(1 + u128::from(self.random.below(MEMBERS))));
            let weeks = i64::try_from(self.random.below(WEEKS)).expect("a few");
            let day = MONDAY.checked_add(jiff::Span::new().weeks(weeks)).expect("this year");
            let stream = timesheet_stream(member, Week::of(day));
            if streams.contains_key(&stream) {
                continue;
            }
            let events: Vec<Event> = (0..1 + self.random.below(5))
                .map(|_| {
                    let recorded = recorded(member, day, &mut self.random);
                    entries.push((stream, recorded.entry));
                    TimeEvent::from(recorded).into()
                })
                .collect();
            let expected =
                *self.ledger.versions.lock().expect("no panic under it").get(&stream).unwrap_or(&0);
            let append = StreamAppend { stream_type: "timesheet", stream, expected, events };
            streams.insert(stream, append);
        }
        // In the order in which their streams are appended.
        entries.sort_by_key(|(stream, _)| *stream);
        let entries = entries.into_iter().map(|(_, entry)| entry).collect();
        (self.with(streams.into_values().collect()), entries)
    }

    fn with(&self, streams: Vec<StreamAppend>) -> Append {
        let command_id = CommandId(random_id());
        let metadata = Metadata {
            actor: ACTOR.0,
            on_behalf_of: None,
            via: ACTOR.1,
            command_id,
            correlation_id: command_id.0,
            causation_id: None,
            reason: None,
            trace_id: None,
            origin: None,
            simulated: false,
        };
        Append {
            command_id,
            metadata,
            at: self.log.clock().now(),
            streams,
            reads: Vec::new(),
            absent: Vec::new(),
            request_digest: None,
            status: 200,
            outcome: "{}".to_owned(),
            jobs: Vec::new(),
            job_changes: Vec::new(),
        }
    }
}

fn recorded(member: MemberId, day: Date, random: &mut SplitMix) -> TimeRecorded {
    let seconds = 1 + i64::try_from(random.below(3600)).expect("an hour");
    TimeRecorded {
        entry: EntryId(random_id()),
        version: 1,
        member,
        project: ProjectId(uuid::Uuid::from_u128(20)),
        task: TaskId(uuid::Uuid::from_u128(30)),
        worked: Worked::duration(day, seconds).expect("a sound length"),
        billable: random.below(2) == 0,
        note: None,
        tags: Vec::new(),
        import: None,
        source: None,
        replaces: None,
        work_day: None,
    }
}
