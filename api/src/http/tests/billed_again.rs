//! Time that was credited is billed again at what was credited, over HTTP: the list of what may be
//! billed, the draft and its provenance say the same.

use serde_json::{Value, json};

use super::ask::Reply;
use super::rules::Month;

/// 50 minutes of March the 10th for the first client, by a rule that rounds up to quarters.
async fn firm() -> Month {
    let month = Month::new().await;
    for (key, value) in [
        ("ROUNDING_MODE", "up"),
        ("ROUNDING_SCOPE", "entry"),
        ("TIMECAPTURE_INTERVAL_MINUTES", "15"),
    ] {
        let path = format!("/settings/{key}");
        month.firm.change("PUT", &path, "*", &json!({ "value": value })).await.is(200);
    }
    month.record(0, &json!({ "date": "2026-03-10", "seconds": 3000 })).await;
    month.approve("2026-W11").await;
    month
}

async fn drafted(month: &Month) -> String {
    let body = json!({
        "client_id": month.clients[0], "from": "2026-03-01", "to": "2026-03-31",
        "group_by": "task",
    });
    let drafted = month.firm.post("/invoices", &body).await;
    drafted.is(201);
    format!("/invoices/{}", drafted.id())
}

async fn issue(month: &Month, invoice: &str) -> Reply {
    let body = json!({ "issued_on": "2026-03-31" });
    let issued = month.firm.post(&format!("{invoice}/issue"), &body).await;
    issued.is(200);
    issued
}

async fn credit(month: &Month, invoice: &str, seconds: i64) -> Reply {
    let body = json!({
        "lines": [{ "n": 1, "seconds": seconds }], "fate": "unbilled", "reason": "Agreed",
        "issued_on": "2026-03-31",
    });
    let credited = month.firm.post(&format!("{invoice}/credit-notes"), &body).await;
    credited.is(201);
    credited
}

/// What may be billed: as sums are kept, and as a look at each entry tells it.
async fn unbilled(month: &Month) -> Value {
    let head = month.head().await;
    let path = |moment| format!("/unbilled?client_id={}&{moment}={head}", month.clients[0]);
    let kept = month.firm.get(&path("min_position")).await.is(200);
    let looked_at = month.firm.get(&path("as_of")).await.is(200);
    assert_eq!(kept, looked_at);
    kept
}

#[tokio::test]
async fn small_credits_of_rounded_time_are_billed_again_at_what_was_credited() {
    let month = firm().await;
    let first = drafted(&month).await;
    issue(&month, &first).await;
    for _ in 0..3 {
        credit(&month, &first, 600).await;
    }
    let open = unbilled(&month).await;
    let total = &open["totals"][0];
    let sums = [&open["seconds"], &open["rounded_seconds"], &total["rounded_seconds"]];
    assert_eq!(sums, [&json!(1800), &json!(2160), &json!(2160)]);
    assert_eq!(total["amount"]["amount_minor"], 60_000);
    assert_eq!(open["items"][0]["rounded_seconds"], 720);
    let again = drafted(&month).await;
    let issued = issue(&month, &again).await;
    let path = format!("{again}/lines/1/provenance");
    let line = month.firm.get_after(&issued, &path).await.is(200);
    let shown = ["seconds", "rounded_seconds"].map(|it| line[it].clone());
    assert_eq!(shown, [json!(1800), json!(2160)]);
    assert_eq!(line["net"]["amount_minor"], 60_000);
    assert_eq!(line["rounding_rule"]["mode"], "none");
    let entries = line["entries"].as_array().expect("entries");
    let billed: Vec<&Value> = entries.iter().map(|it| &it["billed_seconds"]).collect();
    assert_eq!(billed, [&json!(720), &json!(720), &json!(720)]);
    assert_eq!(unbilled(&month).await["entries"], 0);
}
