//! Leave and time, shown both ways: granted leave takes its days from calendars, progress and
//! utilisation, gives them back when it's cancelled, and time recorded on it is warned of.

use serde_json::{Value, json};

use super::leave_reads::Staff;

fn day(calendar: &Value, date: &str) -> Value {
    let weeks = calendar["weeks"].as_array().expect("weeks");
    let mut days = weeks.iter().flat_map(|week| week["days"].as_array().expect("days"));
    days.find(|day| day["date"] == date).unwrap_or_else(|| panic!("no {date}")).clone()
}

#[tokio::test]
async fn granted_leave_takes_its_days_from_calendar_progress_and_utilisation() {
    let staff = Staff::new().await;
    let (firm, member) = (&staff.firm, staff.member.member);
    let calendar = format!("/calendar/{member}/2026-06");
    let progress = format!("/progress/{member}/2026-06");
    let utilisation = format!("/utilisation?from=2026-06&member_id={member}");
    let asked = staff.asks(json!({ "from": "2026-06-01", "to": "2026-06-02" })).await;
    let before = staff.sees(&staff.member, &asked, &calendar).await.is(200);
    assert_eq!(day(&before, "2026-06-01")["kind"], "working", "nothing is granted yet");
    let due = staff.sees(&staff.member, &asked, &progress).await.is(200);
    let capacity = staff.sees(&staff.member, &asked, &utilisation).await.is(200);
    let approved = staff.decides(&asked.id(), "approve").await;
    let now = staff.sees(&staff.member, &approved, &calendar).await.is(200);
    let monday = day(&now, "2026-06-01");
    assert_eq!((&monday["kind"], &monday["leave_minutes"]), (&json!("leave"), &json!(480)));
    assert_eq!(monday["due_minutes"], 0);
    let minutes = |body: &Value, path: &str| {
        body.pointer(path).and_then(Value::as_i64).unwrap_or_else(|| panic!("{path} of {body}"))
    };
    let now_capacity = staff.sees(&staff.member, &approved, &utilisation).await.is(200);
    let total = "/total/capacity_minutes";
    assert_eq!(minutes(&capacity, total) - minutes(&now_capacity, total), 960);
    let now_due = staff.sees(&staff.member, &approved, &progress).await.is(200);
    let working = "/in_month/working_days";
    assert_eq!(minutes(&due, working) - minutes(&now_due, working), 2, "{now_due}");
    // The same as of a moment, before it was granted and after.
    let then = |path: &str, position: i64| {
        let join = if path.contains('?') { '&' } else { '?' };
        format!("{path}{join}as_of={position}")
    };
    for (position, calendar_then, capacity_then) in
        [(asked.position(), &before, &capacity), (approved.position(), &now, &now_capacity)]
    {
        let shown = firm.get_as(&staff.member, &then(&calendar, position)).await.is(200);
        let kind = |body: &Value| day(body, "2026-06-01")["kind"].clone();
        assert_eq!(kind(&shown), kind(calendar_then));
        let shown = firm.get_as(&staff.member, &then(&utilisation, position)).await.is(200);
        assert_eq!(minutes(&shown, total), minutes(capacity_then, total));
    }
    let cancelled = staff.decides(&asked.id(), "cancel").await;
    let given_back = staff.sees(&staff.member, &cancelled, &calendar).await.is(200);
    assert_eq!(day(&given_back, "2026-06-01")["kind"], "working");
}

#[tokio::test]
async fn time_recorded_on_granted_leave_is_warned_of_and_not_refused() {
    let staff = Staff::new().await;
    let firm = &staff.firm;
    let client = firm.post("/clients", &json!({ "name": "Umbrella" })).await.id();
    let project = json!({ "client_id": client, "name": "Website" });
    let project = firm.post("/projects", &project).await.id();
    let path = format!("/projects/{project}");
    let task = firm.post(&format!("{path}/tasks"), &json!({ "name": "Design" })).await.id();
    let link = json!({ "member_id": staff.member.member });
    firm.post(&format!("{path}/members"), &link).await.is(200);
    let (_, approved) = staff.takes(json!({ "from": "2026-06-04", "half_day": "am" })).await;
    let record = async |seconds: u32| {
        let body = json!({
            "project_id": project, "task_id": task, "date": "2026-06-04", "seconds": seconds,
        });
        firm.post_as(&staff.member, "/time-entries", &body).await.is(201)
    };
    let half = record(4 * 3600).await;
    assert_eq!(half["warnings"], json!([]), "half of the day is left to work");
    let more = record(60).await;
    assert_eq!(
        more["warnings"],
        json!([{ "code": "time.on_leave", "detail": "on 2026-06-04 is approved leave" }])
    );
    let grid = format!("/timesheets/{}/2026-W23/grid", staff.member.member);
    let grid = staff.sees(&staff.member, &approved, &grid).await;
    assert!(grid.is(200).to_string().contains("\"leave_minutes\":240"), "{}", grid.text);
}

#[tokio::test]
async fn a_week_of_leave_is_not_missing() {
    let staff = Staff::new().await;
    let path = format!("/members/{}/work-patterns", staff.member.member);
    let pattern = json!({ "minutes": [480, 480, 480, 480, 480, 0, 0] });
    let set = staff.firm.post(&path, &pattern).await;
    let missing = "/timesheets?missing=true&week=2026-W23";
    let items = |reply: super::ask::Reply| reply.is(200)["items"].as_array().map(Vec::len);
    assert_eq!(items(staff.sees(&staff.member, &set, missing).await), Some(1));
    let (_, done) = staff.takes(json!({ "from": "2026-06-01", "to": "2026-06-05" })).await;
    assert_eq!(items(staff.sees(&staff.member, &done, missing).await), Some(0));
    let then = format!("{missing}&as_of={}", set.position());
    assert_eq!(items(staff.firm.get_as(&staff.member, &then).await), Some(1));
}
