//! Reads that wait, reads of the past, and lists in pieces.

use serde_json::{Value, json};

use super::{Firm, ask};

#[tokio::test]
async fn a_read_waits_for_a_position_and_says_when_it_is_not_reached() {
    let firm = Firm::new().await;
    let added = firm.post("/clients", &json!({ "name": "Umbrella" })).await;
    let clients = firm.get_after(&added, "/clients").await.is(200);
    assert_eq!(clients["items"][0]["name"], "Umbrella");
    let path = format!("/clients?min_position={}", added.position() + 1);
    let impatient = ask("GET", &path).token(&firm.owner.token).header("prefer", "wait=0");
    let reply = firm.raw(&impatient).await;
    assert_eq!(reply.problem(503), "read.behind");
    assert_eq!(reply.header("retry-after"), "1");
    let path = format!("/events?min_position={}", added.position() + 1);
    assert_eq!(firm.get(&path).await.problem(503), "read.behind");
}

#[tokio::test]
async fn the_past_is_as_it_was_by_position_and_by_instant() {
    let firm = Firm::new().await;
    let added = firm.post("/clients", &json!({ "name": "Umbrella" })).await;
    let path = format!("/clients/{}", added.id());
    let between = firm.app.commands.log().clock().now();
    while firm.app.commands.log().clock().now() == between {
        tokio::task::yield_now().await;
    }
    let body = json!({ "name": "Umbrella Ltd" });
    let renamed = firm.change("PATCH", &path, &added.header("etag"), &body).await;
    for moment in [added.position().to_string(), between.to_string()] {
        let then = firm.get(&format!("{path}?as_of={moment}")).await;
        assert_eq!(then.is(200)["name"], "Umbrella", "{moment}");
        assert_eq!(then.position(), added.position());
    }
    let now = firm.get(&format!("{path}?as_of={}", renamed.position())).await;
    assert_eq!(now.is(200)["name"], "Umbrella Ltd");
    let list = firm.get(&format!("/clients?as_of={}", added.position() - 1)).await;
    assert_eq!(list.is(200)["items"], json!([]));
    let setting = firm.get("/settings/TIME_ZONE?as_of=1").await;
    assert_eq!((setting.status.as_u16(), setting.position()), (200, 1));
}

#[tokio::test]
async fn the_future_is_not_known_and_nothing_was_before_the_tenant() {
    let firm = Firm::new().await;
    for moment in ["2999-01-01T00:00:00Z", "99999", "99999999999999999999999"] {
        let reply = firm.get(&format!("/clients?as_of={moment}")).await;
        assert_eq!(reply.problem(422), "as_of.future", "{moment}");
    }
    for moment in ["1969-12-31T23:59:59Z", "0"] {
        let reply = firm.get(&format!("/clients?as_of={moment}")).await;
        assert_eq!(reply.problem(404), "not_found", "{moment}");
    }
    for moment in ["yesterday", "2026-01-01", ""] {
        let reply = firm.get(&format!("/clients?as_of={moment}")).await;
        assert_eq!(reply.fault(), ("?as_of".into(), "query.invalid".into()), "{moment}");
    }
}

#[tokio::test]
async fn a_list_in_pieces_has_every_item_once() {
    let firm = Firm::new().await;
    let mut made = Vec::new();
    let mut last = None;
    for name in ["A", "B", "C", "D", "E"] {
        let added = firm.post("/clients", &json!({ "name": name })).await;
        made.push(Value::from(added.id()));
        last = Some(added);
    }
    let last = last.expect("five were made");
    for moment in [String::new(), format!("&as_of={}", last.position())] {
        let mut path = format!("/clients?limit=2{moment}&min_position={}", last.position());
        let mut seen = Vec::new();
        loop {
            let page = firm.get(&path).await;
            let body = page.is(200);
            seen.extend(body["items"].as_array().expect("items").iter().map(|it| it["id"].clone()));
            if body["next_cursor"].is_null() {
                break;
            }
            let link = page.header("link");
            let next = link.strip_prefix("</api/v1").and_then(|link| link.split('>').next());
            path = next.expect("a link of the API").to_owned();
        }
        assert_eq!(seen, made, "{moment}");
    }
}

#[tokio::test]
async fn a_cursor_is_of_one_list_one_filter_and_one_caller() {
    let firm = Firm::new().await;
    let one = firm.post("/clients", &json!({ "name": "A" })).await;
    let last = firm.post("/clients", &json!({ "name": "B" })).await;
    let page = firm.get_after(&last, "/clients?limit=1").await.is(200);
    let cursor = page["next_cursor"].as_str().expect("more");
    firm.get(&format!("/clients?cursor={cursor}")).await.is(200);
    let other = firm.person(&[domain::members::Role::Admin]).await;
    let cut = format!("/clients?cursor={}", &cursor[..cursor.len() - 2]);
    let paths = [
        (&firm.owner, format!("/members?cursor={cursor}")),
        (&firm.owner, format!("/clients?as_of={}&cursor={cursor}", one.position())),
        (&firm.owner, cut),
        (&other, format!("/clients?cursor={cursor}")),
    ];
    for (person, path) in paths {
        let reply = firm.get_as(person, &path).await;
        assert_eq!(reply.fault(), ("?cursor".into(), "query.invalid".into()), "{path}");
    }
}
