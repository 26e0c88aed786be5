//! How a job comes to its end: well, after pauses, never, or in the hands of another worker.

use std::time::Duration;

use async_trait::async_trait;
use domain::id::TenantId;
use jiff::{SignedDuration, ToSpan};

use super::{Gate, Shop, TakesIn, Told};
use crate::jobs::table::JobState;
use crate::jobs::{Job, Patience, Work, WorkError, Worked};

const LEASE: SignedDuration = SignedDuration::from_secs(61);

#[tokio::test]
async fn a_job_is_written_with_its_commit_and_run_when_it_is_due() {
    let shop = Shop::new().await;
    let told = Told::default();
    let engine = shop.engine().with(told.clone());
    assert_eq!(shop.next().await, None, "nobody has looked at it yet");
    assert_eq!(shop.run(&engine).await, 0);
    let daily = shop.next().await.expect("the job of the day is planned");
    let now = shop.now();
    let id = shop.ask("told", now.checked_add(1.hour()).unwrap()).await;
    assert_eq!(shop.next().await, Some(now.checked_add(1.hour()).unwrap()));
    assert_eq!(shop.run(&engine).await, 0);
    assert_eq!(shop.job(id).await.state, JobState::Waiting);
    shop.pass(SignedDuration::from_hours(1));
    assert_eq!(shop.run(&engine).await, 1);
    let job = shop.job(id).await;
    assert_eq!((job.state, job.finished_at), (JobState::Done, Some(shop.now())));
    assert_eq!(shop.next().await, Some(daily));
}

/// Asks for a job in a commit that rests on a name that nobody has.
struct AskIfFree(crate::event_log::NewJob, domain::log::ClaimKey);

impl crate::Command for AskIfFree {
    async fn run(&self, unit: &mut crate::Unit<'_>) -> Result<crate::Reply, crate::CommandError> {
        unit.must_be_free(self.1.clone());
        unit.job(self.0.clone());
        Ok(crate::Reply { id: Some(self.0.id), created: true })
    }
}

#[tokio::test]
async fn a_commit_that_does_not_land_asks_for_no_job() {
    let shop = Shop::new().await;
    let clock = shop.firm.commands.log().clock().clone();
    let client = domain::id::ClientId(clock.new_id());
    let project = domain::id::ProjectId(clock.new_id());
    let operator = domain::log::Actor::Operator;
    let name = "Umbrella".to_owned();
    let add = crate::catalogue::AddClient { client, name, currency: None };
    shop.firm.send(operator, add).await.expect("a client");
    let name = "Website".to_owned();
    let claim = domain::log::project_name_claim(client, &name);
    let add = crate::catalogue::AddProject { project, client, name };
    shop.firm.send(operator, add).await.expect("a project");
    let before = shop.jobs(None).await.len();
    let (id, reference) = (clock.new_id(), "1".into());
    let job = crate::event_log::NewJob { id, kind: "told", reference, due_at: shop.now() };
    let refused = shop.firm.send(domain::log::Actor::System, AskIfFree(job, claim)).await;
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(shop.jobs(None).await.len(), before);
}

#[tokio::test]
async fn a_job_that_was_asked_for_already_is_there_once_as_it_was_asked_for_first() {
    let shop = Shop::new().await;
    let id = shop.ask("told", shop.now()).await;
    let job =
        crate::event_log::NewJob { id, kind: "told", reference: "2".into(), due_at: shop.now() };
    // The id follows from what the job is about, so the second commit has nothing to add.
    let sender = crate::Sender::new(shop.id(), domain::log::Actor::System, domain::log::Via::Api);
    let again = shop.firm.commands.handle(sender, super::AskFor(job)).await;
    assert!(again.is_ok(), "{again:?}");
    assert_eq!(shop.jobs(None).await.len(), 1);
    assert_eq!(shop.job(id).await.job.reference, "1");
}

#[tokio::test]
async fn what_fails_is_tried_again_after_growing_pauses_and_given_up_in_the_end() {
    let shop = Shop::new().await;
    let patience = Patience::default();
    let ends = (0..patience.attempts).map(|n| WorkError::later(format!("not yet {n}")));
    let told = Told::to(ends);
    let engine = shop.engine().with(told.clone());
    let id = shop.ask("told", shop.now()).await;
    let mut pauses = Vec::new();
    for attempt in 1..patience.attempts {
        assert_eq!(shop.run(&engine).await, 1, "attempt {attempt}");
        let job = shop.job(id).await;
        assert_eq!((job.state, job.job.attempt), (JobState::Waiting, attempt));
        assert_eq!(job.last_error, Some(format!("not yet {}", attempt - 1)));
        assert_eq!(shop.run(&engine).await, 0, "not before its time");
        let pause = job.job.due_at.duration_since(shop.now());
        pauses.push(pause.as_secs());
        shop.pass(pause);
    }
    for (n, pause) in pauses.iter().enumerate() {
        let whole = (30 << n.min(20)).min(3600);
        assert!((whole / 2..=whole).contains(pause), "{n}: {pause} of {whole}");
    }
    assert!(pauses.iter().any(|pause| *pause != pauses[0] && *pause < 3600), "{pauses:?}");
    assert!(shop.run(&engine).await >= 1);
    let job = shop.job(id).await;
    assert_eq!((job.state, job.finished_at), (JobState::Dead, Some(shop.now())));
    assert_eq!(told.attempts(), (1..=patience.attempts).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_will_never_work_is_dead_at_once_and_a_kind_of_a_later_version_is_not() {
    let shop = Shop::new().await;
    let engine = shop.engine().with(Told::to([WorkError::never("no such thing")]));
    let id = shop.ask("told", shop.now()).await;
    let unknown = shop.ask("of a later version", shop.now()).await;
    assert_eq!(shop.run(&engine).await, 2);
    let job = shop.job(id).await;
    assert_eq!((job.state, job.last_error.as_deref()), (JobState::Dead, Some("no such thing")));
    let job = shop.job(unknown).await;
    assert_eq!(job.state, JobState::Waiting);
    assert_eq!(job.last_error.as_deref(), Some("this version does no such work"));
}

#[tokio::test]
async fn a_worker_that_dies_between_effect_and_end_leaves_one_effect() {
    let shop = Shop::new().await;
    let gate = Gate::default();
    let commands = shop.firm.commands.clone();
    let dying = shop.engine().with(TakesIn { commands, gate: Some(gate.clone()) });
    let id = shop.ask("takes_in", shop.now()).await;
    let tenant = shop.id();
    let worker = tokio::spawn(async move { dying.run_tenant(tenant).await });
    gate.reached.notified().await;
    worker.abort();
    assert!(worker.await.is_err_and(|error| error.is_cancelled()));
    assert_eq!(shop.firm.event_types().await, ["MemberAdded"]);
    assert_eq!(shop.job(id).await.state, JobState::Running);

    let other = shop.in_another_process();
    let commands = other.firm.commands.clone();
    let engine = other.engine().with(TakesIn { commands, gate: None });
    assert_eq!(other.run(&engine).await, 0, "the lease still runs");
    shop.pass(LEASE);
    assert_eq!(other.run(&engine).await, 1);
    let job = other.job(id).await;
    assert_eq!((job.state, job.job.attempt), (JobState::Done, 2));
    assert_eq!(other.firm.event_types().await, ["MemberAdded"]);
}

#[tokio::test]
async fn a_worker_that_slept_through_its_lease_can_not_end_what_another_took_over() {
    let shop = Shop::new().await;
    let gate = Gate::default();
    let commands = shop.firm.commands.clone();
    let slow = shop.engine().with(TakesIn { commands, gate: Some(gate.clone()) });
    let id = shop.ask("takes_in", shop.now()).await;
    let tenant = shop.id();
    let sleeper = tokio::spawn(async move { slow.run_tenant(tenant).await });
    gate.reached.notified().await;
    shop.pass(LEASE);
    let other = shop.in_another_process();
    // The one who takes over fails, so that an end told by the sleeper would show.
    let engine = other.engine();
    assert_eq!(other.run(&engine).await, 1);
    assert_eq!(other.job(id).await.state, JobState::Waiting);
    gate.open.notify_one();
    sleeper.await.expect("no panic").expect("the database");
    let job = other.job(id).await;
    assert_eq!((job.state, job.job.attempt), (JobState::Waiting, 2));
    assert_eq!(other.firm.event_types().await, ["MemberAdded"]);
}

#[tokio::test]
async fn a_worker_that_is_lost_each_time_is_given_up_too() {
    let shop = Shop::new().await;
    let gate = Gate::default();
    let id = shop.ask("takes_in", shop.now()).await;
    let tenant = shop.id();
    for _ in 0..Patience::default().attempts {
        let commands = shop.firm.commands.clone();
        let lost = shop.engine().with(TakesIn { commands, gate: Some(gate.clone()) });
        let worker = tokio::spawn(async move { lost.run_tenant(tenant).await });
        gate.reached.notified().await;
        worker.abort();
        let _ = worker.await;
        shop.pass(LEASE);
    }
    let commands = shop.firm.commands.clone();
    assert_eq!(shop.run(&shop.engine().with(TakesIn { commands, gate: None })).await, 1);
    let job = shop.job(id).await;
    assert_eq!(job.state, JobState::Dead);
    assert_eq!(job.last_error.as_deref(), Some("the worker stopped, or the work took too long"));
    assert_eq!(shop.firm.event_types().await, ["MemberAdded"]);
}

#[tokio::test]
async fn a_suspended_tenant_does_nothing_until_it_is_resumed() {
    let shop = Shop::new().await;
    let platform = &shop.firm.tenant.platform;
    let engine = shop.engine().with(Told::default());
    let id = shop.ask("told", shop.now()).await;
    for state in ["suspended", "deleting", "arriving", "destroying"] {
        platform.set_state(shop.id(), state).await.expect("the catalogue");
        assert_eq!(shop.run(&engine).await, 0, "{state}");
        assert_eq!(shop.job(id).await.state, JobState::Waiting);
    }
    platform.set_state(shop.id(), "active").await.expect("the catalogue");
    assert_eq!(shop.run(&engine).await, 1);
    assert_eq!(shop.job(id).await.state, JobState::Done);
}

/// Work that does not behave.
struct Unruly {
    kind: &'static str,
}

#[async_trait]
impl Work for Unruly {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn patience(&self) -> Patience {
        Patience { run: Duration::from_millis(20), ..Patience::default() }
    }

    async fn run(&self, _tenant: TenantId, _job: &Job) -> Result<Worked, WorkError> {
        match self.kind {
            "panics" => panic!("on purpose"),
            _ => std::future::pending().await,
        }
    }
}

#[tokio::test]
async fn work_that_panics_or_never_ends_is_cut_off_and_tried_again() {
    let shop = Shop::new().await;
    let engine = shop.engine().with(Unruly { kind: "panics" }).with(Unruly { kind: "hangs" });
    for (kind, why) in [("panics", "the work panicked"), ("hangs", "it took too long")] {
        let id = shop.ask(kind, shop.now()).await;
        assert_eq!(shop.run(&engine).await, 1);
        let job = shop.job(id).await;
        assert_eq!((job.state, job.last_error.as_deref()), (JobState::Waiting, Some(why)));
    }
}
