//! What is logged: who asked for what and how it ended, and never what somebody wrote.

use serde_json::{Value, json};
use tracing_subscriber::layer::SubscriberExt;

use super::{Firm, ask};
use crate::telemetry::LogInMemory;

const CANARY: &str = "canary-4711";

/// Requests with the canary wherever a client can put a text; they end in every way.
async fn sing(firm: &Firm) {
    let token = format!("{CANARY}-token");
    let name = json!({ "name": CANARY });
    let host = firm.host();
    for request in [
        ask("POST", "/clients").json(&name).header("idempotency-key", CANARY),
        ask("POST", "/clients").json(&json!({ CANARY: 1 })).header("idempotency-key", "b"),
        ask("POST", "/clients").text("application/json", CANARY).header("idempotency-key", "c"),
        ask("GET", "/clients").query(&format!("{CANARY}={CANARY}")),
        ask("GET", "/clients").query(&format!("cursor={CANARY}")),
        ask("GET", &format!("/clients/{CANARY}")),
        ask("GET", &format!("/{CANARY}")),
        ask(CANARY, "/me"),
        ask("GET", "/me").header("user-agent", CANARY).header("x-request-id", CANARY),
        ask("GET", "/me").header("traceparent", CANARY).header("prefer", CANARY),
    ] {
        let request = request.header("referer", CANARY);
        request.clone().token(&firm.owner.token).send(&firm.router, &host).await;
        request.clone().token(&token).send(&firm.router, &host).await;
        request.token(&firm.owner.token).send(&firm.router, &format!("{CANARY}.localhost")).await;
    }
    let member = json!({"name": CANARY, "email": "canary-4711@example.com", "roles": ["member"]});
    let asked = ask("POST", "/members").json(&member).header("idempotency-key", "m");
    let made = asked.token(&firm.owner.token).send(&firm.router, &host).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    let path = format!("/members?min_position={}", made.position());
    firm.get(&path).await.is(200);
}

/// A log that hears everything. What the tests of this program log is kept enabled for good: a
/// place in the program that another test was the first to reach would else be taken for silent.
fn listening() -> LogInMemory {
    static ENABLED: std::sync::Once = std::sync::Once::new();
    ENABLED.call_once(|| {
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    });
    LogInMemory::default()
}

#[tokio::test]
async fn no_line_of_the_log_repeats_what_somebody_wrote() {
    let firm = Firm::new().await;
    let log = listening();
    // Everything, down to what only a developer would switch on.
    let subscriber = tracing_subscriber::registry().with(log.layer());
    {
        let _log = tracing::subscriber::set_default(subscriber);
        sing(&firm).await;
    }
    let text = log.read();
    let found: Vec<&str> = text.lines().filter(|line| line.contains(CANARY)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(!text.contains(&firm.owner.token), "a token is in the log");

    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let answered: Vec<Value> = lines.filter(|line| line["msg"] == "answered").collect();
    assert_eq!(answered.len(), 32);
    let made = &answered[0];
    assert_eq!(made["route"], "/api/v1/clients");
    assert_eq!((&made["method"], &made["status"]), (&json!("POST"), &json!(201)));
    assert_eq!(made["tenant"], firm.tenant.id.to_string());
    assert!(made["duration_ms"].as_f64().is_some_and(|it| it > 0.0), "{made}");
    assert!(made["request_id"].as_str().is_some_and(|id| id.len() == 36), "{made}");
}

#[tokio::test]
async fn what_is_done_for_a_request_is_logged_under_its_id_and_tenant() {
    let firm = Firm::new().await;
    let log = listening();
    let subscriber = tracing_subscriber::registry().with(log.layer());
    let id = {
        let _log = tracing::subscriber::set_default(subscriber);
        let name = json!({ "name": "Umbrella" });
        let asked = ask("POST", "/clients").json(&name).header("idempotency-key", "a");
        let made = asked.token(&firm.owner.token).send(&firm.router, &firm.host()).await;
        made.header("x-request-id")
    };
    let text = log.read();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let within: Vec<Value> = lines.filter(|line| line["command"] == "AddClient").collect();
    // What the database was asked for the command, in a task of its own.
    assert!(within.iter().any(|line| line["target"] == "sqlx::query"), "{text}");
    for line in within {
        assert_eq!(line["request_id"], id, "{line}");
        assert_eq!(line["tenant"], firm.tenant.id.to_string(), "{line}");
    }
}
