//! Several engines over several tenants at once, with nothing said between them.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;
use migrations::testing::TestTenant;
use tokio_util::sync::CancellationToken;

use super::{Shop, TakesIn, Told};
use crate::clock::Clock;
use crate::jobs::table::JobState;
use crate::jobs::{JobEngine, JobLimits};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_engines_share_the_jobs_and_none_is_done_twice() {
    let shop = Shop::new().await;
    let other = shop.in_another_process();
    for _ in 0..40 {
        shop.ask("takes_in", shop.now()).await;
    }
    let engine = |shop: &Shop| {
        shop.engine().with(TakesIn { commands: shop.firm.commands.clone(), gate: None })
    };
    let (first, second) = (engine(&shop), engine(&other));
    let (first, second) = tokio::join!(shop.run(&first), other.run(&second));
    assert_eq!(first + second, 40, "{first} and {second}");
    assert!(first > 0 && second > 0, "{first} and {second}");
    let done = shop.jobs(Some(JobState::Done)).await;
    assert_eq!(done.len(), 40);
    assert!(done.iter().all(|job| job.job.attempt == 1));
    assert_eq!(shop.firm.event_types().await.len(), 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn engines_find_what_is_due_of_every_tenant_while_more_is_asked_for() {
    // A server of its own: these engines look after every tenant there is.
    let first = TestTenant::provision_apart().await;
    let tenants = [first.beside().await, first.beside().await, first];
    let shops: Vec<Shop> =
        tenants.into_iter().map(|tenant| Shop::with(tenant, Clock::system())).collect();
    let told = Told::default();
    let limits = JobLimits { sweep: Duration::from_millis(20), ..JobLimits::default() };
    let stop = CancellationToken::new();
    let mut engines = Vec::new();
    for shop in [&shops[0], &shops[1]] {
        let log = shop.firm.commands.log().clone();
        let engine = JobEngine::new(log, shop.firm.tenant.platform.clone(), limits);
        engines.push(tokio::spawn(engine.with(told.clone()).run(stop.clone())));
    }
    let mut asked = Vec::new();
    for round in 0..10 {
        for shop in &shops {
            let due = shop.now().checked_add(SignedDuration::from_millis(round * 7)).unwrap();
            asked.push(shop.ask("told", due).await);
        }
    }
    let all_done = async {
        for shop in &shops {
            while shop.jobs(Some(JobState::Done)).await.len() < 10 {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all_done).await.expect("every job is found");
    stop.cancel();
    for engine in engines {
        engine.await.expect("no panic");
    }
    let mut runs: BTreeMap<_, usize> = BTreeMap::new();
    for (id, _) in told.runs.lock().unwrap().iter() {
        *runs.entry(*id).or_default() += 1;
    }
    asked.sort();
    assert_eq!(
        runs.into_iter().collect::<Vec<_>>(),
        asked.iter().map(|id| (*id, 1)).collect::<Vec<_>>()
    );
    for shop in &shops {
        assert!(shop.next().await.is_some_and(|next| next > shop.now()), "only the day is ahead");
    }
}
