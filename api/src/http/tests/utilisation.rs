//! The billable share of what could be worked, over months of a whole firm.

use domain::members::Role;
use serde_json::{Value, json};

use super::calendar::Desk;

fn items(reply: &Value) -> Vec<(String, i64, i64)> {
    let items = reply["items"].as_array().expect("items").iter();
    let number = |item: &Value, key: &str| item[key].as_i64().expect("a number");
    items
        .map(|item| {
            let name = item["name"].as_str().expect("a name").to_owned();
            (name, number(item, "seconds"), number(item, "billable_seconds"))
        })
        .collect()
}

#[tokio::test]
async fn utilisation_is_the_billable_share_of_capacity_by_member_month_project_and_client() {
    let desk = Desk::new().await;
    let firm = &desk.firm;
    let mine = |fields: Value| desk.entry(&fields);
    // The week of 30 March lies in two months.
    desk.record(&json!({ "date": "2026-03-31", "seconds": 7200 })).await;
    desk.record(&json!({ "date": "2026-04-01", "seconds": 3600, "billable": false })).await;
    desk.record(&json!({ "date": "2026-05-04", "seconds": 60 })).await;
    let body = mine(json!({ "date": "2026-04-02", "seconds": 1800 }));
    let done = firm.post("/time-entries", &body).await;
    let after = |query: &str| format!("/utilisation?{query}&min_position={}", done.position());
    let months = firm.get(&after("from=2026-03&to=2026-04&by=month")).await.is(200);
    assert_eq!(
        items(&months),
        [("2026-03".to_owned(), 7200, 7200), ("2026-04".to_owned(), 5400, 1800)]
    );
    // Two members, 22 and 19 working days.
    let capacity = |days: i64| 2 * days * 480;
    assert_eq!(months["items"][0]["capacity_minutes"], capacity(22));
    assert_eq!(months["items"][1]["capacity_minutes"], capacity(19));
    let total = &months["total"];
    assert_eq!(
        (&total["seconds"], &total["not_billable_seconds"], &total["capacity_minutes"]),
        (&json!(12_600), &json!(3600), &json!(capacity(41)))
    );
    assert_eq!(total["utilisation_basis_points"], 38, "9000 s of 39 360 minutes");
    let projects = firm.get(&after("from=2026-03&to=2026-04&by=project")).await.is(200);
    assert_eq!(items(&projects), [("Website".to_owned(), 12_600, 9000)]);
    assert_eq!(projects["items"][0]["id"], desk.project);
    assert_eq!(projects["items"][0]["capacity_minutes"], Value::Null);
    assert_eq!(projects["total"], *total);
    let clients = firm.get(&after("from=2026-03&to=2026-04&by=client")).await.is(200);
    assert_eq!(items(&clients), [("Umbrella".to_owned(), 12_600, 9000)]);
    assert_eq!(clients["items"][0]["id"], desk.client);
    let members = firm.get(&after("from=2026-04")).await.is(200);
    let seconds: Vec<_> = items(&members).iter().map(|item| (item.1, item.2)).collect();
    assert_eq!(seconds.len(), 2);
    assert!(seconds.contains(&(3600, 0)) && seconds.contains(&(1800, 1800)), "{seconds:?}");
    for by in ["member", "month", "project", "client"] {
        let query = format!("from=2026-03&to=2026-05&by={by}");
        let live = firm.get(&after(&query)).await.is(200);
        let then = format!("/utilisation?{query}&as_of={}", done.position());
        assert_eq!(firm.get(&then).await.is(200), live, "{by}");
        assert_eq!(live["total"]["seconds"], 12_660);
    }
}

#[tokio::test]
async fn a_member_sees_their_own_utilisation_alone() {
    let desk = Desk::new().await;
    let firm = &desk.firm;
    desk.record(&json!({ "date": "2026-03-31", "seconds": 7200 })).await;
    let colleague = firm.person(&[Role::Member]).await;
    let body = desk.entry(&json!({ "date": "2026-03-31", "seconds": 60 }));
    let done = firm.post_as(&colleague, "/time-entries", &body).await;
    let path = format!("/utilisation?from=2026-03&min_position={}", done.position());
    let own = firm.get_as(&desk.member, &path).await.is(200);
    assert_eq!(own["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&own["items"][0]["id"], &own["total"]["seconds"]),
        (&json!(desk.member.member), &json!(7200),)
    );
    let projects = firm.get_as(&colleague, &format!("{path}&by=project")).await.is(200);
    assert_eq!(projects["total"]["seconds"], 60);
    let theirs = format!("{path}&member_id={}", desk.member.member);
    assert_eq!(firm.get_as(&colleague, &theirs).await.problem(403), "auth.forbidden");
    assert_eq!(firm.get(&theirs).await.is(200)["total"]["seconds"], 7200);
    let nobody = format!("{path}&member_id={}", migrations::testing::random_id());
    assert_eq!(firm.get(&nobody).await.problem(404), "not_found");
    for (query, pointer) in [
        ("from=2026-13", "?from"),
        ("from=2026-03&to=2026-02", "?to"),
        ("from=2026-03&to=2031-03", "?to"),
    ] {
        let reply = firm.get(&format!("/utilisation?{query}")).await;
        assert_eq!(reply.fault(), (pointer.into(), "query.invalid".into()), "{query}");
    }
    let reply = firm.get("/utilisation?from=2026-03&to=2031-02").await;
    reply.is(200);
}
