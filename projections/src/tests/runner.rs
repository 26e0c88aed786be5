//! The runner among trouble: logs that were cut, models of another version, tenants that hold it
//! up.

use std::time::Duration;

use migrations::testing::TestTenant;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::samples::{END, History, everything};
use super::written::{append, append_raw, tenant};
use crate::feed::Incoming;
use crate::health::{Condition, health};
use crate::registry;
use crate::runner::{Notice, Notices, Runner, RunnerLimits};
use crate::verify::{VerifyError, verify};
use crate::wait::Progress;

const LONG: Duration = Duration::from_secs(20);

struct Running {
    notices: Notices,
    progress: Progress,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    fn start(tenants: &[&TestTenant], limits: RunnerLimits) -> Self {
        let (progress, stop) = (Progress::default(), CancellationToken::new());
        let door = tenants[0].tenants.clone();
        let (runner, notices) = Runner::new(door, progress.clone(), limits);
        let ours: Vec<_> = tenants.iter().map(|tenant| tenant.id).collect();
        let runner = runner.serving(move |tenant| ours.contains(&tenant));
        let task = tokio::spawn(runner.run(stop.clone()));
        Running { notices, progress, stop, task }
    }

    async fn reaches(&self, tenant: &TestTenant, position: i64) {
        let models = registry::all();
        let waited = self.progress.wait_for(&tenant.tenants, tenant.id, models, position, LONG);
        waited.await.expect("reached");
    }

    async fn end(self) {
        self.stop.cancel();
        self.task.await.expect("the runner ends");
    }
}

fn quick() -> RunnerLimits {
    RunnerLimits { sweep: Duration::from_millis(30), ..RunnerLimits::default() }
}

fn never_sweeping() -> RunnerLimits {
    RunnerLimits { sweep: Duration::from_secs(3600), ..RunnerLimits::default() }
}

async fn as_owner(tenant: &TestTenant, statements: &[&'static str]) {
    let mut tx = tenant.tenants.begin_as_owner(tenant.id).await.expect("a transaction");
    for sql in statements {
        tx.query(*sql).execute().await.expect("done as the owner");
    }
    tx.commit().await.expect("committed");
}

async fn assert_verified(tenant: &TestTenant, position: i64) {
    for model in registry::all() {
        let verified = verify(&tenant.tenants, tenant.id, *model).await.expect("a comparison");
        assert!(verified.is_equal() && verified.position == position, "{verified:?}");
    }
}

#[tokio::test]
async fn models_of_an_older_version_or_without_a_table_are_built_while_the_others_go_on() {
    let tenant = tenant().await;
    append(&tenant, &everything().0).await;
    let statements = [
        "update {t}.checkpoints set version = 0 where read_model = 'unbilled'",
        "drop table {t}.rm_setting",
        "delete from {t}.checkpoints where read_model = 'setting'",
    ];
    as_owner(&tenant, &statements).await;
    for name in ["setting", "unbilled"] {
        let model = registry::find(name).expect("registered");
        let verified = verify(&tenant.tenants, tenant.id, model).await;
        assert!(matches!(verified, Err(VerifyError::NotBuilt(it)) if it == name), "{verified:?}");
    }
    let before = health(&tenant.tenants, tenant.id).await.expect("an answer");
    let unbuilt = before.iter().filter(|it| it.condition == Condition::Unbuilt);
    assert_eq!(unbuilt.map(|it| it.model).collect::<Vec<_>>(), ["setting", "unbilled"]);
    let running = Running::start(&[&tenant], quick());
    running.reaches(&tenant, END).await;
    running.end().await;
    assert_verified(&tenant, END).await;
    let after = health(&tenant.tenants, tenant.id).await.expect("an answer");
    assert!(after.iter().all(|it| it.condition == Condition::CaughtUp), "{after:?}");
}

#[tokio::test]
async fn a_log_that_was_cut_while_it_ran_is_noticed_and_its_models_are_built_anew() {
    let tenant = tenant().await;
    append(&tenant, &everything().0).await;
    let running = Running::start(&[&tenant], quick());
    running.reaches(&tenant, END).await;
    let statements = [
        "alter table {t}.events disable trigger events_never_change",
        "delete from {t}.events where position > 40",
        "update {t}.log_head set position = 40",
        "update cell.heads set position = 40 where tenant = '{t}'",
    ];
    as_owner(&tenant, &statements).await;
    let deadline = tokio::time::Instant::now() + LONG;
    loop {
        let health = health(&tenant.tenants, tenant.id).await.expect("an answer");
        if health.iter().all(|it| it.condition == Condition::CaughtUp && it.position == 40) {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{health:?}");
        tokio::task::yield_now().await;
    }
    running.end().await;
    assert_verified(&tenant, 40).await;
}

#[tokio::test]
async fn a_tenant_that_is_stuck_or_poisoned_holds_up_nobody_else() {
    let (stuck, poisoned, well) = (tenant().await, tenant().await, tenant().await);
    let history = everything().0;
    append(&stuck, &history).await;
    append_raw(&poisoned, &history[0], "NeverHeardOf", 1, "{}").await;
    append(&well, &history).await;
    let mut tx = stuck.tenants.begin(stuck.id).await.expect("a transaction");
    let held = tx.query("select read_model from {t}.checkpoints for update").fetch_all().await;
    assert_eq!(held.expect("held").len(), registry::all().len());
    let running = Running::start(&[&stuck, &poisoned, &well], quick());
    running.reaches(&well, END).await;
    let waits = health(&stuck.tenants, stuck.id).await.expect("an answer");
    assert!(waits.iter().all(|it| it.condition == Condition::Behind && it.position == 0));
    assert_eq!(waits[0].waiting_since, Some(History::instant(1)));
    tx.commit().await.expect("released");
    running.reaches(&stuck, END).await;
    running.end().await;
    let stopped = health(&poisoned.tenants, poisoned.id).await.expect("an answer");
    for model in &stopped {
        assert_eq!((model.condition, model.position), (Condition::Degraded, 0), "{model:?}");
        assert!(model.error.as_ref().is_some_and(|error| error.contains("NeverHeardOf")));
    }
}

#[tokio::test]
async fn events_that_come_with_notices_are_taken_without_being_read_again() {
    let tenant = tenant().await;
    let history = everything().0;
    append(&tenant, &history).await;
    // The log can't be decoded any more: what is taken in can only have come with the notices.
    let statements = [
        "alter table {t}.events disable trigger events_never_change",
        "update {t}.events set event_type = 'Unreadable'",
    ];
    as_owner(&tenant, &statements).await;
    let incoming = |event: &domain::log::Recorded| Incoming {
        position: event.position,
        event_type: event.event.event_type().to_owned(),
        decoded: Ok(event.clone()),
    };
    let running = Running::start(&[&tenant], never_sweeping());
    for batch in history.chunks(20) {
        let events: Vec<_> = batch.iter().map(incoming).collect();
        let position = events.last().map_or(0, |event| event.position);
        running.notices.give(Notice { tenant: tenant.id, position, events, spans: vec![] });
    }
    let reached = running.progress.wait_for(&tenant.tenants, tenant.id, registry::all(), END, LONG);
    reached.await.expect("taken from the notices");
    running.end().await;
}
