//! Feeds of leave: opened once with a link that nothing stores, read without signing in, and dead
//! as soon as they are closed or their owner has left.

use domain::members::Role;
use serde_json::{Value, json};

use super::ask::Reply;
use super::firm::Person;
use super::leave_reads::Staff;
use super::{Firm, ask};

/// The path in a link, below the base.
fn path_of(opened: &Reply) -> String {
    let body = opened.is(201);
    let url = body["url"].as_str().expect("a link").to_owned();
    let (site, path) = url.split_once("/api/v1").expect("the base");
    assert!(site.starts_with("http://") && site.ends_with(".localhost"), "{url}");
    assert!(path.starts_with("/leave-feeds/") && path.ends_with(".ics"), "{url}");
    path.to_owned()
}

async fn opens(firm: &Firm, person: &Person, team: bool) -> Reply {
    firm.post_as(person, "/leave-feeds", &json!({ "team": team })).await
}

async fn reads(firm: &Firm, path: &str, min_position: i64) -> Reply {
    firm.raw(&ask("GET", path).query(&format!("min_position={min_position}"))).await
}

/// Lines of a calendar, unfolded.
fn lines(calendar: &Reply) -> Vec<String> {
    assert_eq!(calendar.status.as_u16(), 200, "{}", calendar.text);
    assert!(calendar.header("content-type").starts_with("text/calendar"));
    let text = calendar.text.replace("\r\n ", "");
    text.split_terminator("\r\n").map(str::to_owned).collect()
}

fn events(lines: &[String]) -> usize {
    lines.iter().filter(|line| *line == "BEGIN:VEVENT").count()
}

#[tokio::test]
async fn a_feed_of_ones_own_has_kinds_and_one_of_the_team_dates_alone() {
    let staff = Staff::new().await;
    let firm = &staff.firm;
    let colleague = firm.person(&[Role::Member]).await;
    let body = json!({ "from": "2026-06-01", "to": "2026-06-05", "note": "A cousin marries" });
    let (request, approved) = staff.takes(body).await;
    let own = path_of(&opens(firm, &staff.member, false).await);
    let team = opens(firm, &colleague, true).await;
    let (team, position) = (path_of(&team), team.position());
    let own = lines(&reads(firm, &own, position).await);
    let team = lines(&reads(firm, &team, position).await);
    for (lines, summary) in [(&own, "SUMMARY:Annual leave"), (&team, "SUMMARY:Nova ")] {
        assert_eq!(events(lines), 1, "{lines:?}");
        assert!(lines.iter().any(|line| line.starts_with(summary)), "{lines:?}");
        assert!(lines.contains(&"DTSTART;VALUE=DATE:20260601".to_owned()));
        assert!(lines.contains(&"DTEND;VALUE=DATE:20260606".to_owned()));
        let text = lines.join("\n");
        assert!(!text.contains("cousin") && !text.contains(&request), "{text}");
    }
    assert!(!team.join("\n").contains("Annual"), "{team:?}");
    let uid = |lines: &[String]| lines.iter().find(|line| line.starts_with("UID:")).cloned();
    assert_eq!(uid(&own), uid(&team), "the same absence");
    let path = format!("/leave-requests/{request}/cancel");
    let cancelled = firm.post_as(&staff.manager, &path, &json!({})).await;
    cancelled.is(200);
    assert!(cancelled.position() > approved.position());
    let team = opens(firm, &colleague, true).await;
    let (team, position) = (path_of(&team), team.position());
    assert_eq!(events(&lines(&reads(firm, &team, position).await)), 0);
}

#[tokio::test]
async fn a_link_is_dead_once_its_feed_is_closed_or_its_owner_has_left() {
    let staff = Staff::new().await;
    let firm = &staff.firm;
    let (one, two) =
        (opens(firm, &staff.member, true).await, opens(firm, &staff.member, true).await);
    let (first, second) = (path_of(&one), path_of(&two));
    reads(firm, &first, two.position()).await.is_calendar();
    let list = staff.sees(&staff.member, &two, "/leave-feeds").await;
    assert!(!list.text.contains(&first[13..60]), "its link is shown once: {}", list.text);
    let ids: Vec<_> = list.is(200)["items"].as_array().expect("items").clone();
    assert_eq!(ids.len(), 2);
    let feed = format!("/leave-feeds/{}", one.id());
    let by = |person: &Person| ask("DELETE", &feed).token(&person.token).header("if-match", "*");
    assert_eq!(firm.raw(&by(&firm.owner)).await.problem(404), "not_found", "nobody else's");
    let closed = firm.raw(&by(&staff.member)).await;
    closed.is(200);
    let dead = reads(firm, &first, closed.position()).await;
    assert_eq!(dead.problem(404), "not_found");
    reads(firm, &second, closed.position()).await.is_calendar();
    assert_eq!(firm.raw(&by(&staff.member)).await.problem(404), "not_found");
    // Whatever else is no link is answered alike.
    let other = Staff::new().await.firm;
    let foreign = path_of(&opens(&other, &other.owner, true).await);
    let forged = format!("/leave-feeds/{}.ics", "A".repeat(64));
    for path in [&foreign, &forged, &feed, &format!("{feed}.ics"), &first.replace(".ics", "")] {
        let nothing = firm.raw(&ask("GET", path)).await;
        assert_eq!(nothing.masked(), dead.masked(), "{path}");
    }
    let path = format!("/members/{}/deactivate", staff.member.member);
    let left = firm.post(&path, &json!({})).await;
    left.is(200);
    let gone = reads(firm, &second, left.position()).await;
    assert_eq!(gone.masked(), dead.masked());
}

#[tokio::test]
async fn the_same_key_opens_one_feed_and_tells_its_link_again() {
    let firm = Firm::new().await;
    let ask = super::firm::posting("/leave-feeds", &json!({ "team": false }));
    let ask = ask.token(&firm.owner.token);
    let (first, again) = (firm.raw(&ask).await, firm.raw(&ask).await);
    assert_eq!(first.is(201), again.is(201));
    let list = firm.get_after(&first, "/leave-feeds").await.is(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    let auditor = firm.person(&[Role::Auditor]).await;
    assert_eq!(opens(&firm, &auditor, true).await.problem(403), "auth.forbidden");
    let events = firm.get("/events?limit=200").await;
    let secret = &path_of(&first)[13..60];
    assert!(events.text.contains("LeaveFeedOpened") && !events.text.contains(secret));
    let wrong: Value = json!({ "team": "yes" });
    assert_eq!(firm.post("/leave-feeds", &wrong).await.status.as_u16(), 400);
}

impl Reply {
    fn is_calendar(&self) {
        assert!(lines(self).contains(&"VERSION:2.0".to_owned()), "{}", self.text);
    }
}
