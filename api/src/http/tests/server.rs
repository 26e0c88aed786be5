//! The serve loop over a real socket, the operator's routes, and the net under panics.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::Firm;
use crate::http::edge::{REQUEST_ID, edge};
use crate::http::{Operated, ServerLimits, admin_router, serve};
use crate::telemetry::measures;

/// A server with short limits; it stops when told.
async fn start(router: Router) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    let stop = CancellationToken::new();
    let limits = ServerLimits {
        headers: Duration::from_millis(300),
        goodbye: Duration::from_secs(5),
        ..ServerLimits::default()
    };
    let stopped = stop.clone().cancelled_owned();
    (address, stop, tokio::spawn(serve(listener, router, limits, stopped)))
}

async fn exchange(address: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.write_all(text.as_bytes()).await.expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the server answers or hangs up");
    answer
}

#[tokio::test]
async fn a_request_over_a_socket_is_answered_and_its_origin_noted() {
    let firm = Firm::new().await;
    let (address, stop, server) = start(firm.router.clone()).await;
    let body = json!({ "name": "Umbrella" }).to_string();
    let request = format!(
        "POST /api/v1/clients HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
         Idempotency-Key: k\r\nContent-Type: application/json\r\nUser-Agent: curl/8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        firm.host(),
        firm.owner.token,
        body.len()
    );
    let answer = exchange(address, &request).await;
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    let events = firm.get("/events?after=1").await.is(200);
    assert_eq!(events["items"][0]["type"], "ClientAdded");
    let mut tx = firm.tenant.tenants.begin(firm.tenant.id).await.expect("the door");
    let rows = commands::event_log::read::rows_after(&mut tx, 1, 1).await.expect("the log");
    // From where it came is a person's datum, so it's sealed.
    assert!(rows[0].metadata.contains(r#""origin":"p1.origin."#), "{}", rows[0].metadata);
    stop.cancel();
    server.await.expect("the server ends");
}

#[tokio::test]
async fn half_a_header_does_not_keep_a_connection() {
    let firm = Firm::new().await;
    let (address, stop, server) = start(firm.router.clone()).await;
    let began = std::time::Instant::now();
    exchange(address, "GET /api/v1/me HTTP/1.1\r\nHost: a").await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    stop.cancel();
    server.await.expect("the server ends");
}

#[tokio::test]
async fn what_is_under_way_is_finished_before_the_server_stops() {
    let (reached, release) = (CancellationToken::new(), CancellationToken::new());
    let (told, awaited) = (reached.clone(), release.clone());
    let slow = async move || {
        told.cancel();
        awaited.cancelled().await;
        "done"
    };
    let (address, stop, server) = start(Router::new().route("/slow", get(slow))).await;
    let request = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
    let answer = tokio::spawn(async move { exchange(address, request).await });
    reached.cancelled().await;
    stop.cancel();
    release.cancel();
    assert!(answer.await.expect("no panic").ends_with("done"));
    server.await.expect("the server ends");
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_panic_is_answered_as_a_bug_and_says_nothing() {
    let broken = async || -> &'static str { panic!("the secret is 42") };
    let router = Router::new().route("/broken", get(broken)).layer(axum::middleware::from_fn(edge));
    let request = Request::builder().uri("/broken").body(Body::empty()).expect("a request");
    let response = router.oneshot(request).await.expect("an answer");
    assert_eq!(response.status().as_u16(), 500);
    let id = response.headers()[REQUEST_ID].to_str().expect("text").to_owned();
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    let body: Value = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!((&body["code"], &body["instance"]), (&json!("internal"), &json!(id)));
    assert!(!body.to_string().contains("secret"));
}

#[tokio::test]
async fn the_operator_sees_life_readiness_and_measures() {
    let firm = Firm::new().await;
    let recorder = measures::recorder().expect("sound buckets").build_recorder();
    let handle = recorder.handle();
    let measured = async { firm.get("/me").await };
    {
        let _guard = metrics::set_default_local_recorder(&recorder);
        measured.await.is(200);
    }
    let operated = Operated { app: firm.app.clone(), metrics: handle, worker: None, bus: None };
    let admin = admin_router(operated);
    let ask = async |path: &str| {
        let request = Request::builder().uri(path).body(Body::empty()).expect("a request");
        let response = admin.clone().oneshot(request).await.expect("an answer");
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        (status, String::from_utf8(bytes.to_vec()).expect("text"))
    };
    assert_eq!(ask("/livez").await.0, 200);
    let (status, ready) = ask("/readyz").await;
    assert_eq!(status, 200, "{ready}");
    let (_, measures) = ask("/metrics").await;
    let label = "route=\"/api/v1/me\",method=\"GET\",status=\"2xx\"";
    assert!(measures.contains("http_server_request_duration_seconds"), "{measures}");
    assert!(measures.contains(label), "{measures}");
    firm.app.drain();
    assert_eq!(ask("/readyz").await.0, 503);
    assert_eq!(ask("/livez").await.0, 200);
}
