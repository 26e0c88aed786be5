//! One request is one trace, from the caller's to the read model's row, as a collector sees it.

use serde_json::{Value, json};

use super::collector::Collector;
use super::site::Site;
use super::spans::SpanRead;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_and_what_follows_from_it_are_one_trace() {
    let (site, collector) = (Site::new().await, Collector::start().await);
    let endpoint = format!("http://{}", collector.address);
    let collected = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())];
    let serving = site.serve("all", &[], &collected).await;
    let traceparent = format!("00-{TRACE}-{CALLER}-01");
    let headers = [("Idempotency-Key", "k"), ("traceparent", traceparent.as_str())];
    let body = json!({ "name": "Umbrella of Zanzibar" });
    let made = site.ask(serving.listen, "POST", "/clients", &headers, Some(&body)).await;
    let made = made.expect("an answer");
    made.id();
    let said = made.header("traceresponse").expect("it says which trace it was").to_owned();
    assert!(said.starts_with(&format!("00-{TRACE}-")), "{said}");
    let path = format!("/clients?min_position={}", made.position());
    let read = site.ask(serving.listen, "GET", &path, &[("Prefer", "wait=30")], None).await;
    assert_eq!(read.expect("an answer").status, 200);

    // Told to stop before a batch is due: the rest is sent at the end.
    let log = serving.stop().await;
    let spans = collector.spans();
    let of_trace: Vec<&SpanRead> = spans.iter().filter(|span| span.trace == TRACE).collect();
    let named = |name: &str| {
        let found = of_trace.iter().find(|span| span.name == name);
        found.unwrap_or_else(|| panic!("no {name} in {spans:?}"))
    };
    let request = named("POST /api/v1/clients");
    assert_eq!(request.parent, CALLER);
    assert_eq!(request.text("http.route"), Some("/api/v1/clients"));
    let command = named("AddClient");
    assert_eq!(command.parent, request.id);
    let project = named("project");
    assert_eq!(project.text("tenant"), command.text("tenant"));
    // What is read later is a trace of its own.
    let reading = spans.iter().find(|span| span.name == "GET /api/v1/clients").expect("traced");
    assert!(reading.trace != TRACE && reading.parent.is_empty(), "{reading:?}");
    assert!(!format!("{spans:?}").contains("Zanzibar"), "no span says what somebody wrote");

    // Log and events name the same trace.
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let answered = lines
        .into_iter()
        .find(|line| line["msg"] == "answered" && line["method"] == "POST")
        .unwrap_or_else(|| panic!("{log}"));
    assert_eq!(answered["trace_id"], TRACE);
    assert_eq!(answered["route"], "/api/v1/clients");
    assert_eq!(answered["status"], 201);
    assert_eq!(answered["tenant"].as_str(), command.text("tenant"));
    let id = made.header("x-request-id").expect("an id");
    assert_eq!(answered["request_id"], id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_harms_nobody_and_none_is_asked_for_nothing() {
    let site = Site::new().await;
    // Nobody listens there.
    let away = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")];
    let serving = site.serve("all", &[], &away).await;
    let answer = site.ask(serving.listen, "GET", "/me", &[], None).await.expect("an answer");
    assert_eq!(answer.status, 200);
    serving.stop().await;
    let serving = site.serve("all", &[], &[]).await;
    let answer = site.ask(serving.listen, "GET", "/me", &[], None).await.expect("an answer");
    assert_eq!((answer.status, answer.header("traceresponse")), (200, None));
    serving.stop().await;
}
