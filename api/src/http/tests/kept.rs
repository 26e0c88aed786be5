//! What a process keeps of small tables is never older than the tables, whoever changed them.

use serde_json::{Value, json};

use super::{Firm, Reply, ask};

#[tokio::test]
async fn a_rate_changed_in_one_process_is_in_the_next_answer_of_another() {
    let firm = Firm::new().await;
    let client = firm.post("/clients", &json!({ "name": "Sample Clinic" })).await.id();
    let body = json!({ "client_id": client, "name": "Stock count" });
    let project = firm.post("/projects", &body).await.id();
    let tasks = format!("/projects/{project}/tasks");
    let task = firm.post(&tasks, &json!({ "name": "Analysis" })).await.id();
    let entry = json!({
        "project_id": project, "task_id": task, "date": "2026-03-02", "seconds": 3600,
    });
    firm.post("/time-entries", &entry).await.id();
    let week = format!("/timesheets/{}/2026-W10", firm.owner.member);
    firm.post(&format!("{week}/submit"), &json!({})).await.is(200);
    let own = json!({ "value": "true" });
    firm.change("PUT", "/settings/SELF_APPROVAL", "*", &own).await.is(200);
    firm.post(&format!("{week}/approve"), &json!({})).await.is(200);
    let body = json!({
        "client_id": client, "from": "2026-03-01", "to": "2026-03-31", "group_by": "task",
    });
    let drafted = firm.post("/invoices", &body).await;
    let invoice = drafted.id();

    let routers = [firm.router.clone(), firm.in_another_process()];
    let host = firm.host();
    let net_after = async |done: &Reply| {
        let mut seen = Vec::new();
        for router in &routers {
            let path = format!("/invoices/{invoice}?min_position={}", done.position());
            let read = ask("GET", &path).token(&firm.owner.token).send(router, &host).await;
            seen.push(read.is(200)["lines"][0]["net"]["amount_minor"].clone());
        }
        seen
    };
    assert_eq!(net_after(&drafted).await, [Value::Null, Value::Null]);
    let currency = firm.get(&format!("/invoices/{invoice}")).await.is(200)["currency"].clone();
    for amount in [95_000, 99_500, 95_000] {
        let rate = json!({ "unit": "hour", "amount_minor": amount, "currency": currency });
        let body = json!({ "project_id": project, "kind": "bill", "rate": rate });
        let set = firm.post("/rates", &body).await;
        assert_eq!(net_after(&set).await, [amount, amount]);
        assert_eq!(net_after(&set).await, [amount, amount], "and once more from what is kept");
    }
}
