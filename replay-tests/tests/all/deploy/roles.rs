//! Requests and the work behind them in processes of their own, over one database and one bus.

use std::process::Output;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::client::Answer;
use super::nats::GuardedNats;
use super::site::{Serving, Site};
use crate::wait::wait_until;

async fn add_client(site: &Site, api: &Serving, name: &str) -> Answer {
    let body = json!({ "name": name });
    let key = [("Idempotency-Key", name)];
    let made = site.ask(api.listen, "POST", "/clients", &key, Some(&body)).await;
    let made = made.unwrap_or_else(|| panic!("no answer: {}", api.log()));
    made.id();
    made
}

/// The clients' names once the read model has reached a position, if it has within so many seconds.
async fn clients_at(site: &Site, api: &Serving, position: i64, wait: &str) -> Option<Vec<Value>> {
    let path = format!("/clients?min_position={position}");
    let wait = format!("wait={wait}");
    let answer = site.ask(api.listen, "GET", &path, &[("Prefer", &wait)], None).await;
    let answer = answer.expect("an answer");
    if answer.status == 503 {
        return None;
    }
    assert_eq!(answer.status, 200, "{answer:?}");
    let items = answer.json()["items"].as_array().expect("a list").clone();
    Some(items.into_iter().map(|item| item["name"].clone()).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_and_the_work_behind_them_run_in_processes_of_their_own() {
    let site = Site::new().await;
    let nats = GuardedNats::start(site.folder.path()).await;
    let as_worker = ["--nats-url", &nats.url("worker")];
    let api = site.serve("api", &["--nats-url", &nats.url("api")], &[]).await;
    let worker = site.serve("worker", &as_worker, &[]).await;
    assert_eq!(worker.ready, format!("ready http://{}", worker.admin));

    // What one writes, the other brings into the read models.
    let made = add_client(&site, &api, "Sample Harbour").await;
    let found = clients_at(&site, &api, made.position(), "30").await;
    assert_eq!(found.expect("the worker works"), ["Sample Harbour"]);
    // It serves no requests.
    assert!(site.ask(worker.listen, "GET", "/me", &[], None).await.is_none());
    let at_admin = site.ask(worker.admin, "GET", "/me", &[], None).await;
    assert_eq!(at_admin.expect("an answer").status, 404);

    // Without it writing goes on and reading waits in vain; a new one finds what there is to do.
    worker.kill9().await;
    let made = add_client(&site, &api, "Paper Mill").await;
    assert_eq!(clients_at(&site, &api, made.position(), "1").await, None);
    let worker = site.serve("worker", &as_worker, &[]).await;
    let found = clients_at(&site, &api, made.position(), "30").await;
    assert_eq!(found.expect("it caught up").len(), 2);

    let metrics = worker.look("/metrics").await.expect("measures").body;
    for measure in [
        "projection_lag_events 0",
        "projection_tenants_behind 0",
        "poison_events 0",
        "bus_ready{kind=\"jetstream\"} 1",
        "build_info{version=",
        "pool_connections{used_by=\"worker\",pool=\"app\",state=\"idle\"}",
    ] {
        assert!(metrics.contains(measure), "{measure}: {metrics}");
    }
    let output = site.run(&["doctor", "--nats-url", &nats.url("worker")]).await;
    assert_eq!(checks(&output), Vec::<String>::new());

    // What was committed went over the bus at once, from where it was written.
    let metrics = api.look("/metrics").await.expect("measures").body;
    let ready = "bus_ready{kind=\"jetstream\"} 1";
    assert!(metrics.contains("\nrelay_published_events_total ") && metrics.contains(ready));
    let made = "commands_total{aggregate=\"catalogue\",type=\"AddClient\",outcome=\"done\"} 2";
    assert!(metrics.contains(made), "{metrics}");

    for log in [api.stop().await, worker.stop().await] {
        assert!(log.contains("\"msg\":\"stopped\"") && !log.contains("a panic"), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_was_told_to_stop_is_not_ready_but_finishes_what_comes() {
    let site = Site::new().await;
    let mut api = site.serve("all", &["--drain-seconds", "3"], &[]).await;
    assert_eq!(api.look("/readyz").await.expect("an answer").status, 200);
    api.tell(Signal::SIGINT);
    wait_until("it is not ready", async || {
        api.look("/readyz").await.is_some_and(|answer| answer.status == 503)
    })
    .await;
    // Whoever has not noticed yet is served.
    add_client(&site, &api, "Sample Harbour").await;
    assert_eq!(api.ended().await.code(), Some(0), "{}", api.log());
    assert!(site.ask(api.listen, "GET", "/me", &[], None).await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_finds_nothing_in_a_sound_site_and_says_what_is_loose() {
    let site = Site::new().await;
    let output = site.run(&["doctor"]).await;
    assert_eq!(checks(&output), Vec::<String>::new());
    let mut keys = std::fs::read_dir(site.data_dir().join("keys")).expect("the keys");
    let key = keys.next().expect("there is one").expect("it can be seen").path();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(key, open).expect("own file");
    // A server that nobody listens at.
    let output = site.run(&["doctor", "--nats-url", "nats://127.0.0.1:9"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(checks(&output), ["key_files", "bus"]);
}

/// What was found. How much room this machine has, and how old its NATS server is, are not the
/// test's business.
fn checks(output: &Output) -> Vec<String> {
    let lines = String::from_utf8(output.stdout.clone()).expect("text");
    let findings = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let checks: Vec<String> =
        findings.map(|finding| finding["check"].as_str().expect("a check").to_owned()).collect();
    let code = i32::from(!checks.is_empty());
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    let of_machine = ["storage_room", "bus_server"];
    checks.into_iter().filter(|check| !of_machine.contains(&&**check)).collect()
}
