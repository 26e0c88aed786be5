//! What people do to jobs: tried again or called off, each as an event, and only as things are.

use domain::id::TenantId;
use domain::log::Actor;
use domain::members::Role;
use jiff::{SignedDuration, ToSpan};
use uuid::Uuid;

use super::{Gate, Shop, TakesIn, Told};
use crate::jobs::table::JobState;
use crate::jobs::{CancelJob, DAILY, RetryJob, WorkError};
use crate::refused::CommandError;
use crate::testing::refused;

#[tokio::test]
async fn a_dead_job_that_is_tried_again_is_due_at_once_and_begins_its_attempts_anew() {
    let shop = Shop::new().await;
    let told = Told::to([WorkError::never("no"), WorkError::later("soon")]);
    let engine = shop.engine().with(told.clone());
    let id = shop.ask("told", shop.now()).await;
    shop.run(&engine).await;
    assert_eq!(shop.job(id).await.state, JobState::Dead);
    shop.pass(SignedDuration::from_mins(5));
    let admin = Actor::Member(shop.firm.member(&[Role::Admin]).await);
    shop.firm.send(admin, RetryJob { job: id }).await.expect("an admin's right");
    assert_eq!(shop.next().await, Some(shop.now()), "the engine is told");
    let job = shop.job(id).await;
    assert_eq!((job.state, job.finished_at), (JobState::Waiting, None));
    assert_eq!(shop.run(&engine).await, 1);
    let job = shop.job(id).await;
    assert_eq!((job.state, job.job.attempt), (JobState::Waiting, 2));
    let pause = job.job.due_at.duration_since(shop.now());
    assert!(pause <= SignedDuration::from_secs(30), "the first pause again, not the second");
    assert_eq!(shop.firm.event_types().await, ["MemberAdded", "JobRetried"]);
}

#[tokio::test]
async fn a_job_that_waits_for_its_next_attempt_is_tried_at_once_when_somebody_says_so() {
    let shop = Shop::new().await;
    let engine = shop.engine().with(Told::default());
    shop.run(&engine).await;
    let id = shop.ask("told", shop.now().checked_add(5.hours()).unwrap()).await;
    shop.firm.send(Actor::Operator, RetryJob { job: id }).await.expect("an operator's right");
    assert_eq!(shop.run(&engine).await, 1);
    assert_eq!(shop.job(id).await.state, JobState::Done);
}

#[tokio::test]
async fn a_job_that_was_called_off_is_not_run_and_not_called_off_twice() {
    let shop = Shop::new().await;
    let told = Told::default();
    let engine = shop.engine().with(told.clone());
    let id = shop.ask("told", shop.now()).await;
    for _ in 0..2 {
        shop.firm.send(Actor::Operator, CancelJob { job: id }).await.expect("called off");
    }
    assert_eq!(shop.run(&engine).await, 0);
    assert!(told.attempts().is_empty());
    let job = shop.job(id).await;
    assert_eq!((job.state, job.finished_at), (JobState::Cancelled, Some(shop.now())));
    assert_eq!(shop.firm.event_types().await, ["JobCancelled"]);
    let again = shop.firm.send(Actor::Operator, RetryJob { job: id }).await;
    assert_eq!(refused(again), "jobs.over");
}

#[tokio::test]
async fn a_job_that_runs_is_left_to_its_worker_and_the_job_of_the_day_to_itself() {
    let shop = Shop::new().await;
    let gate = Gate::default();
    let commands = shop.firm.commands.clone();
    let engine = shop.engine().with(TakesIn { commands, gate: Some(gate.clone()) });
    let id = shop.ask("takes_in", shop.now()).await;
    let tenant: TenantId = shop.id();
    let worker = tokio::spawn(async move { engine.run_tenant(tenant).await });
    gate.reached.notified().await;
    let outcome = shop.firm.send(Actor::Operator, CancelJob { job: id }).await;
    assert_eq!(refused(outcome), "jobs.running");
    gate.open.notify_one();
    worker.await.expect("no panic").expect("the database");
    let waiting = shop.jobs(Some(JobState::Waiting)).await;
    assert_eq!(waiting[0].job.kind, DAILY);
    let daily = waiting[0].job.id;
    assert_eq!(
        refused(shop.firm.send(Actor::Operator, RetryJob { job: daily }).await),
        "jobs.daily"
    );
}

#[tokio::test]
async fn nobody_below_an_admin_looks_after_jobs_and_an_unknown_one_is_not_found() {
    let shop = Shop::new().await;
    let id = shop.ask("told", shop.now()).await;
    let manager = Actor::Member(shop.firm.member(&[Role::Manager]).await);
    let outcome = shop.firm.send(manager, CancelJob { job: id }).await;
    assert_eq!(outcome.map(drop), Err(CommandError::Forbidden));
    let outcome = shop.firm.send(Actor::Operator, RetryJob { job: Uuid::nil() }).await;
    assert_eq!(outcome.map(drop), Err(CommandError::NotFound));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_either_called_off_or_run_and_never_both() {
    let shop = Shop::new().await;
    let other = shop.in_another_process();
    let mut called_off = 0;
    for _ in 0..25 {
        let id = shop.ask("takes_in", shop.now()).await;
        let commands = shop.firm.commands.clone();
        let engine = shop.engine().with(TakesIn { commands, gate: None });
        let before = shop.firm.event_types().await.len();
        let cancel = other.firm.send(Actor::Operator, CancelJob { job: id });
        let (_, outcome) = tokio::join!(shop.run(&engine), cancel);
        let after = shop.firm.event_types().await.split_off(before);
        match outcome {
            Ok(_) => {
                called_off += 1;
                assert_eq!(
                    (shop.job(id).await.state, after),
                    (JobState::Cancelled, vec!["JobCancelled".to_owned()])
                );
            }
            Err(CommandError::Refused(refused)) => {
                assert!(matches!(refused.code.as_str(), "jobs.running" | "jobs.over"));
                assert_eq!(
                    (shop.job(id).await.state, after),
                    (JobState::Done, vec!["MemberAdded".to_owned()])
                );
            }
            Err(error) => panic!("{error}"),
        }
    }
    println!("{called_off} of 25 were called off in time");
}
