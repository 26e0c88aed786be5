//! More reads of one firm at once than it has connections: each is answered. A read that holds one
//! connection and waits for another would wait for itself.

use domain::members::Role;
use serde_json::json;

use super::{Firm, ask};

/// Many more than the share of one tenant.
const AT_ONCE: usize = 24;

#[tokio::test]
async fn more_reads_at_once_than_a_firm_has_connections_are_all_answered() {
    let firm = Firm::new().await;
    let client = firm.post("/clients", &json!({ "name": "Sample Museum" })).await.id();
    let body = json!({ "client_id": client, "name": "Visitor guide" });
    let project = firm.post("/projects", &body).await.id();
    let tasks = format!("/projects/{project}/tasks");
    let task = firm.post(&tasks, &json!({ "name": "Design" })).await.id();
    let member = firm.person(&[Role::Member]).await;
    let entry = json!({
        "project_id": project, "task_id": task, "date": "2026-03-02", "seconds": 3600,
        "note": "First draft",
    });
    firm.post_as(&member, "/time-entries", &entry).await.id();
    let week = format!("/timesheets/{}/2026-W10", member.member);
    firm.post_as(&member, &format!("{week}/submit"), &json!({})).await.is(200);
    firm.post(&format!("{week}/approve"), &json!({})).await.is(200);
    let body = json!({
        "client_id": client, "from": "2026-03-01", "to": "2026-03-31", "group_by": "member",
    });
    let drafted = firm.post("/invoices", &body).await;
    let invoice = format!("/invoices/{}", drafted.id());
    firm.get_after(&drafted, &invoice).await.is(200);
    let of_member = |path: &str, rest: &str| format!("{path}/{}/{rest}", member.member);
    let paths = [
        week.clone(),
        format!("{week}/grid"),
        "/time-entries?week=2026-W10".to_owned(),
        of_member("/calendar", "2026-03"),
        of_member("/progress", "2026-03"),
        "/reports/time?from=2026-03-01&to=2026-03-31&money=true".to_owned(),
        invoice,
        format!("/unbilled?client_id={client}"),
    ];
    for path in paths {
        for moment in [None, Some(drafted.position())] {
            let join = if path.contains('?') { '&' } else { '?' };
            let path = match moment {
                None => path.clone(),
                Some(_) if path.starts_with("/unbilled") => continue,
                Some(position) => format!("{path}{join}as_of={position}"),
            };
            let read = || async { firm.raw(&ask("GET", &path).token(&firm.owner.token)).await };
            let replies = futures::future::join_all((0..AT_ONCE).map(|_| read())).await;
            let answered = replies.iter().filter(|reply| reply.status.as_u16() == 200).count();
            assert_eq!(answered, AT_ONCE, "{path}: {:?}", replies[0]);
        }
    }
}
