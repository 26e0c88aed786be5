//! One runner serves every tenant of a cell: no task, connection or subscription per tenant. Work
//! is found by notices, and by a sweep of all heads for what notices miss; a tenant that can't go
//! on waits longer and longer and holds up nobody else.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use domain::id::TenantId;
use migrations::{DoorError, Tenants};
use tokio::sync::mpsc;
use tokio::task::{self, JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use crate::apply::{Turn, take_turn};
use crate::checkpoint::{Standing, State};
use crate::erased::ErasedModel;
use crate::feed::{FeedError, Incoming};
use crate::rebuild::{self, RebuildError, Rebuilt};
use crate::wait::Progress;

/// How a runner works.
#[derive(Debug, Clone, Copy)]
pub struct RunnerLimits {
    /// How many tenants are worked on at once; each holds a connection meanwhile.
    pub at_once: usize,
    /// The most events taken in by one transaction.
    pub batch: i64,
    /// How often every tenant's head is looked at.
    pub sweep: Duration,
    /// The longest a tenant that failed is left alone.
    pub longest_pause: Duration,
}

impl Default for RunnerLimits {
    fn default() -> Self {
        RunnerLimits {
            at_once: 4,
            batch: 500,
            sweep: Duration::from_secs(2),
            longest_pause: Duration::from_secs(30),
        }
    }
}

/// The most spans kept per tenant; traces of what comes beyond that have a gap.
const SPANS: usize = 500;

/// Word that a tenant's log has grown.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Whose log.
    pub tenant: TenantId,
    /// The last position it's known to have.
    pub position: i64,
    /// The events that came with the word, oldest first; may be empty, late, doubled or with holes.
    pub events: Vec<Incoming>,
    /// The spans that last until the events have been taken in, one per trace; mostly none.
    pub spans: Vec<Span>,
}

/// Gives notices to a runner. Clones go to the same one.
#[derive(Debug, Clone)]
pub struct Notices(mpsc::Sender<Notice>);

impl Notices {
    /// Says that a tenant's log has grown to `position`. Never waits: when the runner is behind,
    /// the word is dropped and the sweep finds the tenant.
    pub fn grown(&self, tenant: TenantId, position: i64) {
        self.give(Notice { tenant, position, events: Vec::new(), spans: Vec::new() });
    }

    /// Hands over a notice, with events where there are some.
    pub fn give(&self, notice: Notice) {
        if self.0.try_send(notice).is_err() {
            metrics::counter!("projection_notices_dropped_total").increment(1);
        }
    }
}

/// What a runner knows of a tenant it has met.
#[derive(Debug, Default)]
struct Desk {
    /// The log's head as last swept.
    head: i64,
    /// The highest position that was heard of.
    heard: i64,
    /// What every live model has reached; `None` until the first turn.
    reached: Option<i64>,
    /// A turn or a rebuild is under way.
    busy: bool,
    /// Waits in line for a turn.
    queued: bool,
    /// How often it failed in a row.
    failures: u32,
    /// Not before.
    pause_until: Option<Instant>,
    /// A read model of it waits to be built, or is being built.
    rebuilding: bool,
    /// Events that came with notices and follow one another.
    batch: Vec<Incoming>,
    /// What traces it, until the next turn ends.
    spans: Vec<Span>,
    /// Since when a sweep has found it behind.
    behind_since: Option<Instant>,
    /// How many of its read models stopped before an event.
    stopped: usize,
}

impl Desk {
    /// How many of a log's events the tenant's live models have not taken in; 0 before the first
    /// turn, which tells.
    fn lag(&self, head: i64) -> i64 {
        self.reached.map_or(0, |reached| (head - reached).max(0))
    }
}

type Turns = JoinSet<Result<Turn, FeedError>>;
type Rebuilds = JoinSet<(TenantId, Result<Rebuilt, RebuildError>)>;

type Serves = Box<dyn Fn(TenantId) -> bool + Send + Sync>;

/// Keeps the read models of every tenant of a cell up to date.
pub struct Runner {
    tenants: Tenants,
    serves: Serves,
    models: &'static [&'static dyn ErasedModel],
    limits: RunnerLimits,
    progress: Progress,
    notices: mpsc::Receiver<Notice>,
    desks: HashMap<TenantId, Desk>,
    line: VecDeque<TenantId>,
    /// Which tenant each turn is about, so that one that panics is known too.
    turn_of: HashMap<task::Id, TenantId>,
    rebuild_line: VecDeque<(TenantId, &'static dyn ErasedModel)>,
}

impl Runner {
    /// A runner of all read models, with the notices that wake it.
    pub fn new(tenants: Tenants, progress: Progress, limits: RunnerLimits) -> (Self, Notices) {
        let (sender, notices) = mpsc::channel(4096);
        let runner = Runner {
            tenants,
            serves: Box::new(|_| true),
            models: crate::registry::all(),
            limits,
            progress,
            notices,
            desks: HashMap::new(),
            line: VecDeque::new(),
            turn_of: HashMap::new(),
            rebuild_line: VecDeque::new(),
        };
        (runner, Notices(sender))
    }

    /// The same for some tenants only, so that several processes can share a cell's work. Two that
    /// serve the same tenant do no harm: they wait for each other.
    pub fn serving(mut self, serves: impl Fn(TenantId) -> bool + Send + Sync + 'static) -> Self {
        self.serves = Box::new(serves);
        self
    }

    /// Works until `stop`, then finishes the turns that are under way. A rebuild is left; it begins
    /// anew next time.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut sweep = interval(self.limits.sweep);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut turns, mut rebuilds) = (Turns::new(), Rebuilds::new());
        loop {
            while turns.len() < self.limits.at_once {
                let Some(tenant) = self.line.pop_front() else { break };
                self.start(tenant, &mut turns);
            }
            // One at a time, beside the turns: a new version of a model must not delay live ones.
            if rebuilds.is_empty()
                && let Some((tenant, model)) = self.rebuild_line.pop_front()
            {
                let tenants = self.tenants.clone();
                rebuilds.spawn(async move {
                    (tenant, rebuild::rebuild(&tenants, tenant, model, &mut |_| {}).await)
                });
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(done) = turns.join_next_with_id(), if !turns.is_empty() => self.finish(done),
                Some(done) = rebuilds.join_next(), if !rebuilds.is_empty() => self.rebuilt(done),
                Some(notice) = self.notices.recv() => self.hear(notice),
                _ = sweep.tick() => self.sweep().await,
            }
        }
        while turns.join_next().await.is_some() {}
    }

    fn hear(&mut self, notice: Notice) {
        if !(self.serves)(notice.tenant) {
            return;
        }
        let desk = self.desks.entry(notice.tenant).or_default();
        desk.heard = desk.heard.max(notice.position);
        let follows = match (desk.batch.last(), notice.events.first()) {
            (Some(last), Some(first)) => last.position + 1 == first.position,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if desk.spans.len() < SPANS {
            desk.spans.extend(notice.spans);
        }
        // A batch that does not follow on is not kept: the log is read for what is missing.
        if follows && desk.batch.len() < 2 * usize::try_from(self.limits.batch).unwrap_or(500) {
            desk.batch.extend(notice.events);
        }
        self.queue(notice.tenant);
    }

    fn queue(&mut self, tenant: TenantId) {
        let desk = self.desks.entry(tenant).or_default();
        let paused = desk.pause_until.is_some_and(|until| until > Instant::now());
        let news = desk.reached.is_none_or(|reached| reached < desk.heard);
        if news && !paused && !desk.busy && !desk.queued {
            desk.queued = true;
            self.line.push_back(tenant);
        }
    }

    /// Looks at every head: finds what no notice told of, tenants whose pause is over, and logs
    /// that are shorter than what was taken from them.
    async fn sweep(&mut self) {
        let heads = match self.tenants.heads().await {
            Ok(heads) => heads,
            Err(error) => {
                tracing::warn!(%error, "the heads of the logs can't be read; trying again");
                return;
            }
        };
        for (tenant, head) in heads {
            if !(self.serves)(tenant) {
                continue;
            }
            let desk = self.desks.entry(tenant).or_default();
            let behind = desk.lag(head) > 0;
            desk.behind_since =
                desk.behind_since.or_else(|| Some(Instant::now())).filter(|_| behind);
            desk.head = head;
            if desk.reached.is_some_and(|reached| reached > head) {
                tracing::error!(%tenant, head, "the log is shorter than what was read of it");
                desk.reached = None;
                desk.heard = head;
                desk.batch.clear();
            }
            desk.heard = desk.heard.max(head);
            self.queue(tenant);
        }
        self.measure();
    }

    /// How far the tenant that is worst off is behind, and how many are.
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    fn measure(&self) {
        let desks = || self.desks.values();
        let events = desks().map(|desk| desk.lag(desk.head)).max().unwrap_or(0);
        let since = desks().filter_map(|desk| desk.behind_since).min();
        let seconds = since.map_or(0.0, |since| since.elapsed().as_secs_f64());
        let behind = desks().filter(|desk| desk.behind_since.is_some()).count();
        metrics::gauge!("projection_lag_events").set(events as f64);
        metrics::gauge!("projection_lag_seconds").set(seconds);
        metrics::gauge!("projection_tenants_behind").set(behind as f64);
        let stopped: usize = desks().map(|desk| desk.stopped).sum();
        metrics::gauge!("poison_events").set(stopped as f64);
    }

    fn start(&mut self, tenant: TenantId, turns: &mut Turns) {
        let desk = self.desks.entry(tenant).or_default();
        desk.queued = false;
        desk.busy = true;
        let (batch, spans) = (std::mem::take(&mut desk.batch), std::mem::take(&mut desk.spans));
        let (tenants, models, limit) = (self.tenants.clone(), self.models, self.limits.batch);
        let within = spans.first().cloned().unwrap_or_else(Span::none);
        let turn = async move {
            let began = Instant::now();
            let turn = take_turn(&tenants, tenant, models, &batch, limit).await;
            drop(spans);
            metrics::histogram!("projection_turn_seconds").record(began.elapsed().as_secs_f64());
            turn
        };
        let task = turns.spawn(turn.instrument(within));
        self.turn_of.insert(task.id(), tenant);
    }

    fn finish(&mut self, done: Result<(task::Id, Result<Turn, FeedError>), JoinError>) {
        let id = match &done {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        let Some(tenant) = self.turn_of.remove(&id) else { return };
        let desk = self.desks.entry(tenant).or_default();
        desk.busy = false;
        match done {
            Ok((_, Ok(turn))) => {
                metrics::counter!("projection_events_total").increment(turn.events as u64);
                desk.failures = 0;
                desk.pause_until = None;
                desk.heard = desk.heard.max(turn.head);
                let stopped = |it: &&Standing| matches!(it.state, State::Degraded(_));
                desk.stopped = turn.standings.iter().filter(stopped).count();
                let live = turn.standings.iter().filter(|it| it.state == State::Live);
                desk.reached = live.map(|it| it.position).min().or(Some(turn.head));
                self.progress.publish(tenant, &turn.standings);
                let unbuilt = |it: &&Standing| it.state == State::Unbuilt;
                if !desk.rebuilding
                    && let Some(standing) = turn.standings.iter().find(unbuilt)
                {
                    desk.rebuilding = true;
                    self.rebuild_line.push_back((tenant, standing.model));
                }
            }
            Ok((_, Err(error))) => self.pause(tenant, &error.to_string()),
            Err(error) => self.pause(tenant, &format!("a fold broke off: {error}")),
        }
        self.queue(tenant);
    }

    /// Leaves a tenant alone, longer each time in a row that it fails.
    fn pause(&mut self, tenant: TenantId, error: &str) {
        let longest = self.limits.longest_pause;
        let desk = self.desks.entry(tenant).or_default();
        desk.failures += 1;
        let pause = Duration::from_millis(100) * 2_u32.saturating_pow(desk.failures.min(16));
        let pause = pause.min(longest);
        desk.pause_until = Some(Instant::now() + pause);
        desk.reached = None;
        tracing::warn!(%tenant, error, ?pause, "a tenant's read models are left alone for a while");
    }

    fn rebuilt(&mut self, done: Result<(TenantId, Result<Rebuilt, RebuildError>), JoinError>) {
        let (tenant, rebuilt) = match done {
            Ok(done) => done,
            Err(error) => {
                // Which tenant is not told: each that waits is found again by its next turn.
                tracing::error!(%error, "a rebuild broke off");
                self.desks.values_mut().for_each(|desk| desk.rebuilding = false);
                return;
            }
        };
        let desk = self.desks.entry(tenant).or_default();
        desk.rebuilding = false;
        desk.reached = None;
        match rebuilt {
            Ok(rebuilt) => {
                tracing::info!(%tenant, model = rebuilt.model, rebuilt.events, "built anew");
                self.queue(tenant);
            }
            Err(error) => self.pause(tenant, &error.to_string()),
        }
    }
}

/// Brings one tenant's read models up to the head, here and now; for commands that run without a
/// server, and for tests.
pub async fn catch_up(tenants: &Tenants, tenant: TenantId) -> Result<Turn, FeedError> {
    loop {
        let models = crate::registry::all();
        let turn = take_turn(tenants, tenant, models, &[], RunnerLimits::default().batch).await?;
        if !turn.is_behind() {
            return Ok(turn);
        }
    }
}

/// Where every read model of a tenant stands, with the log's head.
pub async fn standings(
    tenants: &Tenants,
    tenant: TenantId,
) -> Result<(i64, Vec<Standing>), DoorError> {
    let mut tx = tenants.begin(tenant).await?;
    let answer = crate::checkpoint::read(&mut tx, crate::registry::all()).await?;
    tx.commit().await?;
    Ok(answer)
}
