//! Mailed links in a browser, from the letter to the session: a scanner that looks at every link
//! uses nothing up, and what a person types shows up nowhere as markup.

use std::time::Duration;

use commands::Clock;
use commands::jobs::{Job, Work};
use commands::links::Purpose;
use commands::mail::MAIL;
use domain::id::MemberId;
use domain::members::Role;
use migrations::cell::PoolLimits;
use migrations::testing::cell;
use serde_json::json;
use sqlx::Row;

use super::firm::{Person, posting};
use super::{Firm, Reply, visit};
use crate::mail::sink::{Caught, Sink};
use crate::mail::{MailOptions, Post, SendMail};

fn path_of(page: &str, token: &str) -> String {
    let token: String = form_urlencoded::byte_serialize(token.as_bytes()).collect();
    format!("/{page}?token={token}")
}

async fn press(firm: &Firm, page: &str, token: &str) -> Reply {
    let form = path_of(page, token);
    let form = form.split_once('?').expect("a query").1.to_owned();
    let ask = visit("POST", &format!("/{page}"));
    firm.raw(&ask.text("application/x-www-form-urlencoded", &form)).await
}

/// The secret of the session that a browser is given.
pub(super) fn secret_in(reply: &Reply) -> String {
    let set = reply.headers.get_all("set-cookie").iter().filter_map(|set| set.to_str().ok());
    let set: Vec<&str> = set.collect();
    let of_session = |set: &&str| set.strip_prefix("__Host-session=").map(str::to_owned);
    let session = set.iter().find_map(of_session).unwrap_or_else(|| panic!("no session: {set:?}"));
    let (secret, attributes) = session.split_once(';').expect("attributes");
    for needed in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(attributes.contains(needed), "{attributes}");
    }
    assert!(!attributes.contains("Domain") && secret.starts_with("cms_"));
    secret.to_owned()
}

/// Sends every mail that waits, as the engine of jobs would, and answers what was caught.
pub(super) async fn delivered(firm: &Firm, count: usize) -> Vec<Caught> {
    let sink = Sink::start().await.expect("a mail server");
    let log = firm.app.commands.log().clone();
    let options = MailOptions {
        smtp_url: Some(sink.url()),
        base_domain: "localhost".into(),
        port: Some(8080),
        ..MailOptions::default()
    };
    let folder = tempfile::tempdir().expect("a folder");
    let post = Post::open(log, firm.tenant.platform.clone(), options, folder.path());
    let post = post.expect("a post").with_files(firm.app.files.clone());
    let work = SendMail::new(std::sync::Arc::new(post));
    for job in waiting(firm, count).await {
        work.run(firm.tenant.id, &job).await.expect("sent");
        // Once more, as after a crash: it's the same mail with the same link.
        work.run(firm.tenant.id, &job).await.expect("sent");
    }
    sink.wait_for(count * 2).await
}

async fn waiting(firm: &Firm, count: usize) -> Vec<Job> {
    let began = std::time::Instant::now();
    loop {
        let mut tx = firm.tenant.tenants.begin(firm.tenant.id).await.expect("the door");
        let sql = "select job_id, reference from {t}.jobs where kind = 'mail'
            order by created_at";
        let rows = tx.query(sql).fetch_all().await.expect("the jobs");
        if rows.len() >= count {
            let now = Clock::system().now();
            let job = |row: &sqlx::postgres::PgRow| Job {
                id: row.get(0),
                kind: MAIL.to_owned(),
                reference: row.get(1),
                due_at: now,
                attempt: 1,
                created_at: now,
            };
            return rows.iter().map(job).collect();
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{count} mails");
        tokio::task::yield_now().await;
    }
}

/// The link in a mail, as its page and its secret.
fn link_in(mail: &Caught, page: &str) -> String {
    let text = mail.raw.replace("=\r\n", "").replace("=3D", "=");
    let start = format!("/{page}?token=");
    let from = text.find(&start).unwrap_or_else(|| panic!("no link to {page}: {text}"));
    text[from + start.len()..].chars().take(64).collect()
}

#[tokio::test]
async fn an_invitation_is_mailed_looked_at_often_and_followed_once() {
    let firm = Firm::new().await;
    let body = json!({ "name": "Ayo <b>", "email": "ayo@example.com", "roles": ["member"] });
    let member = firm.post("/members", &body).await.id();
    let mails = delivered(&firm, 1).await;
    assert_eq!(mails[0].to, ["ayo@example.com"]);
    assert_eq!(mails[0].header("message-id"), mails[1].header("message-id"));
    let token = link_in(&mails[0], "invitation");
    assert_eq!(link_in(&mails[1], "invitation"), token);
    for _ in 0..3 {
        let page = firm.raw(&visit("GET", &path_of("invitation", &token))).await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.text);
        assert!(page.text.contains(r#"<form method="post" action="/invitation">"#));
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("style-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert!(!page.headers.contains_key("set-cookie"));
    }
    let page = press(&firm, "invitation", &token).await;
    assert_eq!((page.status.as_u16(), &*page.header("location")), (303, "/"), "{}", page.text);
    let member = MemberId(member.parse().expect("an id"));
    let signed_in = Person { member, token: secret_in(&page) };
    let cookie = format!("__Host-session={}", signed_in.token);
    let start = firm.raw(&visit("GET", "/").header("cookie", &cookie)).await;
    assert!(start.text.contains("Ayo &#60;b&#62;") && !start.text.contains("<b>"));
    let me = firm.get_as(&signed_in, "/me").await.is(200);
    assert_eq!((&me["id"], &me["registration"]), (&json!(member), &json!("registered")));
    for again in [
        press(&firm, "invitation", &token).await,
        firm.raw(&visit("GET", &path_of("invitation", &token))).await,
    ] {
        assert_eq!(again.status.as_u16(), 410, "{}", again.text);
        assert!(!again.text.contains("cms_"));
    }
}

#[tokio::test]
async fn a_link_to_sign_in_is_mailed_to_who_asks_and_followed_once() {
    let firm = Firm::new().await;
    let body =
        json!({ "name": "Ayo", "email": "ayo@example.com", "roles": ["member"], "invite": false });
    let added = firm.post("/members", &body).await;
    let path = format!("/members/{}", added.id());
    assert_eq!(firm.get_after(&added, &path).await.is(200)["registration"], "none");
    firm.raw(&posting("/sign-in", &json!({ "email": "ayo@example.com" }))).await.is(202);
    let mails = delivered(&firm, 1).await;
    let token = link_in(&mails[0], "sign-in");
    let page = firm.raw(&visit("GET", &path_of("sign-in", &token))).await;
    assert!(page.status.is_success() && page.text.contains("action=\"/sign-in\""));
    let page = press(&firm, "sign-in", &token).await;
    let signed_in = Person { member: firm.owner.member, token: secret_in(&page) };
    assert_eq!(firm.get_as(&signed_in, "/me").await.is(200)["name"], "Ayo");
    assert_eq!(press(&firm, "sign-in", &token).await.status.as_u16(), 410);
}

#[tokio::test]
async fn a_page_says_the_same_of_every_link_that_is_of_no_use() {
    let cell = cell(PoolLimits::default());
    let (firm, other) = (Firm::beside(cell.clone()).await, Firm::beside(cell).await);
    let member = firm.person(&[Role::Member]).await.member;
    let random = press(&firm, "sign-in", &"A".repeat(64)).await;
    assert_eq!(random.status.as_u16(), 410);
    for (link, why) in [
        (String::new(), "none"),
        (firm.link(Purpose::Invitation, member).await, "for another page"),
        (other.link(Purpose::SignIn, other.owner.member).await, "of another tenant"),
        ("<script>alert(1)</script>".to_owned(), "markup"),
    ] {
        let pressed = press(&firm, "sign-in", &link).await;
        assert_eq!(pressed.masked(), random.masked(), "{why}");
        let looked = firm.raw(&visit("GET", &path_of("sign-in", &link))).await;
        assert_eq!(looked.masked(), random.masked(), "{why}");
    }
}

#[tokio::test]
async fn a_page_takes_its_own_form_only_and_is_on_known_hosts_only() {
    let firm = Firm::new().await;
    let link = firm.link(Purpose::SignIn, firm.owner.member).await;
    let json = visit("POST", "/sign-in").text("application/json", "{}");
    assert_eq!(firm.raw(&json).await.status.as_u16(), 415);
    for query in ["token=a&token=b", "token=a&next=//evil.example", "x=1"] {
        let page = firm.raw(&visit("GET", &format!("/sign-in?{query}"))).await;
        assert_eq!(page.status.as_u16(), 400, "{query}");
    }
    let long = format!("token={}", "A".repeat(20_000));
    let long = visit("POST", "/sign-in").text("application/x-www-form-urlencoded", &long);
    assert_eq!(firm.raw(&long).await.status.as_u16(), 413);
    let elsewhere = visit("GET", &path_of("sign-in", &link));
    let unknown = elsewhere.send(&firm.router, "nobody.localhost").await;
    assert_eq!(unknown.status.as_u16(), 404);
    assert!(!unknown.text.contains("nobody"));
    assert_eq!(firm.raw(&visit("PUT", "/sign-in")).await.status.as_u16(), 405);
    firm.tenant.platform.set_state(firm.tenant.id, "suspended").await.expect("the catalogue");
    let page = firm.raw(&visit("GET", &path_of("sign-in", &link))).await;
    assert_eq!(page.status.as_u16(), 403);
}
