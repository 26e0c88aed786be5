//! The list of what may be billed comes in pieces, and its sums are of all of them.

use domain::members::Role;
use serde_json::json;

use super::Firm;

#[tokio::test]
async fn unbilled_time_is_listed_in_pieces_and_summed_up_whole() {
    let firm = Firm::new().await;
    let client = firm.post("/clients", &json!({ "name": "Sample Brewery" })).await.id();
    let body = json!({ "client_id": client, "name": "Energy audit" });
    let project = firm.post("/projects", &body).await.id();
    let tasks = format!("/projects/{project}/tasks");
    let task = firm.post(&tasks, &json!({ "name": "Analysis" })).await.id();
    let member = firm.person(&[Role::Member]).await;
    let mut made = Vec::new();
    for (day, seconds) in [("2026-03-03", 1800), ("2026-03-02", 3600), ("2026-03-04", 900)] {
        let entry = json!({
            "project_id": project, "task_id": task, "date": day, "seconds": seconds,
        });
        made.push(firm.post_as(&member, "/time-entries", &entry).await.id());
    }
    let week = format!("/timesheets/{}/2026-W10", member.member);
    firm.post_as(&member, &format!("{week}/submit"), &json!({})).await.is(200);
    let approved = firm.post(&format!("{week}/approve"), &json!({})).await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    for left in [true, false] {
        let path = format!("/unbilled?client_id={client}&limit=2{cursor}");
        let piece = firm.get_after(&approved, &path).await.is(200);
        for item in piece["items"].as_array().expect("items") {
            seen.push(item["entry_id"].as_str().expect("an id").to_owned());
        }
        assert_eq!((&piece["entries"], &piece["seconds"]), (&json!(3), &json!(6300)));
        assert_eq!(piece["rounded_seconds"], 6300);
        assert_eq!((piece["next_cursor"].is_string(), &piece["more"]), (left, &json!(false)));
        cursor = format!("&cursor={}", piece["next_cursor"].as_str().unwrap_or_default());
    }
    assert_eq!(seen, [made[1].clone(), made[0].clone(), made[2].clone()], "by day");
}
