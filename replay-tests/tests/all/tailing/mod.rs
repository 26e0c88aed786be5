//! A reader that follows the log by position misses nothing and sees nothing twice, however many
//! write at once, whatever is rolled back, and whoever holds an old snapshot meanwhile. In seconds
//! here; with `CROWDMINDER_FULL=1` over 200 000 events and a transaction that is idle for a minute.

mod follow;
mod idle;
mod writers;

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::log::{Actor, Via};
use projections::runner::{Runner, RunnerLimits};
use projections::wait::Progress;
use tokio_util::sync::CancellationToken;

use crate::delivery::settle;
use crate::firm::Firm;
use crate::wait::seed;
use follow::Followed;
use writers::{Ledger, Writers};

const WRITERS: usize = 32;

struct Size {
    events: usize,
    idle: Duration,
}

impl Size {
    fn asked_for() -> Self {
        if std::env::var_os("CROWDMINDER_FULL").is_some() {
            Size { events: 200_000, idle: Duration::from_secs(60) }
        } else {
            Size { events: 20_000, idle: Duration::ZERO }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tailing_reader_misses_and_doubles_nothing() {
    let (seed, size) = (seed(9), Size::asked_for());
    let firm = Firm::new().await;
    let idle = idle::begin(&firm).await;
    let before = idle::rolled_back(&firm).await;
    let began = Instant::now();

    let (stop, tenant) = (CancellationToken::new(), firm.id());
    let limits = RunnerLimits { sweep: Duration::from_millis(100), ..RunnerLimits::default() };
    let process = firm.tenant.in_another_process();
    let (runner, _notices) = Runner::new(process.tenants.clone(), Progress::default(), limits);
    let running = tokio::spawn(runner.serving(move |it| it == tenant).run(stop.clone()));
    let ended = CancellationToken::new();
    let reader = firm.tenant.in_another_process();
    let following = tokio::spawn(follow::follow(reader, ended.clone()));

    let ledger = Arc::<Ledger>::default();
    Writers { seed, writers: WRITERS, events: size.events }.write(&firm, &ledger).await;
    let wrote = began.elapsed();
    ended.cancel();
    let followed: Followed = following.await.expect("the reader finds no fault");
    let head = settle(&firm).await;
    let caught_up = began.elapsed();
    if let Some(rest) = size.idle.checked_sub(began.elapsed()) {
        idle.hold(rest).await;
    }
    idle.end().await;
    stop.cancel();
    running.await.expect("the runner ends in order");

    let written = ledger.landed();
    println!(
        "{} events by {WRITERS} writers in {:.1} s ({:.0}/s), {} appends, {} conflicts, {} without \
         events, {} transactions rolled back, idle transaction {:.1} s; followed {} events in {} \
         reads, read models at the head after {:.1} s",
        written.len(),
        wrote.as_secs_f64(),
        written.len() as f64 / wrote.as_secs_f64(),
        ledger.appends(),
        ledger.conflicts(),
        ledger.empty(),
        idle::rolled_back(&firm).await - before,
        began.elapsed().as_secs_f64(),
        followed.events.len(),
        followed.reads,
        caught_up.as_secs_f64(),
    );
    assert_eq!(head as usize, written.len());
    assert_eq!(followed.events, written, "seed {seed}: what was followed is what landed, in order");
    assert!(ledger.conflicts() > 0 && ledger.empty() > 0, "seed {seed}: nothing was contended");
    assert!(followed.reads > 10, "the reader followed while others wrote");
}

/// The actor of all that is written here.
const ACTOR: (Actor, Via) = (Actor::System, Via::Job);
