//! Pages of members: who gets in by a cookie and who is led to the door, which forms are believed,
//! and that what people wrote is nowhere markup. The rights are those of the API, walked over every
//! page.

use std::fmt::Write as _;

use commands::links::Purpose;
use domain::members::Role;
use serde_json::json;

use super::firm::Person;
use super::pages::secret_in;
use super::rules::Month;
use super::{Ask, Firm, Reply, visit};
use crate::http::pages::pages;
use crate::http::registry::{Access, Method};

const FORM: &str = "application/x-www-form-urlencoded";

/// A browser of a member who has signed in.
pub(super) struct Browser<'a> {
    firm: &'a Firm,
    cookie: String,
}

pub(super) async fn signed_in<'a>(firm: &'a Firm, person: &Person) -> Browser<'a> {
    let link = firm.link(Purpose::SignIn, person.member).await;
    let form = format!("token={}", encoded(&link));
    let reply = firm.raw(&visit("POST", "/sign-in").text(FORM, &form)).await;
    assert_eq!(reply.status.as_u16(), 303, "{}", reply.text);
    Browser { firm, cookie: format!("__Host-session={}", secret_in(&reply)) }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The value of the first hidden field with this name.
fn hidden(page: &Reply, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let from = page.text.find(&start).unwrap_or_else(|| panic!("no {name}: {}", page.text));
    let rest = &page.text[from + start.len()..];
    // A tag of an object is quoted, so it comes escaped.
    rest.split('"').next().expect("an end").replace("&#34;", "\"")
}

impl Browser<'_> {
    pub(super) async fn get(&self, path: &str) -> Reply {
        self.firm.raw(&visit("GET", path).header("cookie", &self.cookie)).await
    }

    fn form(&self, path: &str, fields: &[(&str, &str)]) -> Ask {
        let mut text = form_urlencoded::Serializer::new(String::new());
        let text = text.extend_pairs(fields).finish();
        let origin = format!("http://{}", self.firm.host());
        let ask = visit("POST", path).text(FORM, &text).header("origin", &origin);
        ask.header("cookie", &self.cookie)
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.firm.raw(&self.form(path, fields)).await
    }
}

#[tokio::test]
async fn who_is_not_signed_in_is_led_to_the_door_and_back_to_where_they_wanted_to_go() {
    let firm = Firm::new().await;
    let asked = firm.raw(&visit("GET", "/invoices?state=draft")).await;
    assert_eq!((asked.status.as_u16(), &*asked.header("location")), (303, "/sign-in"));
    let next = asked.header("set-cookie");
    let next = next.split(';').next().expect("a pair");
    let door = firm.raw(&visit("GET", "/sign-in").header("cookie", next)).await;
    assert!(door.text.contains("name=\"email\""), "{}", door.text);
    let link = firm.link(Purpose::SignIn, firm.owner.member).await;
    let form = format!("token={}", encoded(&link));
    let enter = visit("POST", "/sign-in").text(FORM, &form).header("cookie", next);
    let entered = firm.raw(&enter).await;
    assert_eq!(entered.header("location"), "/invoices?state=draft");
    secret_in(&entered);
    // A cookie that somebody else has planted leads nowhere else.
    let link = firm.link(Purpose::SignIn, firm.owner.member).await;
    let form = format!("token={}", encoded(&link));
    let planted = "__Host-next=%2F%2Fevil.example";
    let enter = visit("POST", "/sign-in").text(FORM, &form).header("cookie", planted);
    assert_eq!(firm.raw(&enter).await.header("location"), "/");
}

#[tokio::test]
async fn whoever_asks_for_a_link_on_the_page_is_answered_alike() {
    let firm = Firm::new().await;
    let member = json!({ "name": "Ayo", "email": "ayo@example.com", "roles": ["member"] });
    firm.post("/members", &member).await.id();
    let ask = async |email: &str| {
        let form = format!("email={}", encoded(email));
        firm.raw(&visit("POST", "/sign-in").text(FORM, &form)).await
    };
    let nobody = ask("nobody@example.com").await;
    assert_eq!(nobody.status.as_u16(), 200);
    for email in ["ayo@example.com", "", "no address", "<b>@x"] {
        assert_eq!(ask(email).await.masked(), nobody.masked(), "{email}");
    }
}

#[tokio::test]
async fn a_cookie_is_for_pages_and_a_bearer_for_the_api_and_both_end_when_one_leaves() {
    let firm = Firm::new().await;
    let browser = signed_in(&firm, &firm.owner).await;
    let start = browser.get("/").await;
    assert_eq!(start.status.as_u16(), 200, "{}", start.text);
    let api = visit("GET", "/api/v1/me").header("cookie", &browser.cookie);
    assert_eq!(firm.raw(&api).await.status.as_u16(), 401);
    let page = visit("GET", "/").header("authorization", &format!("Bearer {}", firm.owner.token));
    assert_eq!(firm.raw(&page).await.header("location"), "/sign-in");
    let left = browser.post("/sign-out", &[("csrf", &hidden(&start, "csrf"))]).await;
    assert_eq!(left.header("location"), "/sign-in", "{}", left.text);
    assert!(left.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(browser.get("/").await.header("location"), "/sign-in");
    let secret = browser.cookie.split_once('=').expect("a value").1.to_owned();
    let person = Person { member: firm.owner.member, token: secret };
    assert_eq!(firm.get_as(&person, "/me").await.status.as_u16(), 401);
}

#[tokio::test]
async fn a_form_that_is_not_of_our_page_and_session_does_nothing() {
    let month = Month::new().await;
    let firm = &month.firm;
    let draft = drafted(&month).await;
    let browser = signed_in(firm, &firm.owner).await;
    let path = format!("/invoices/{draft}");
    let page = browser.get(&path).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.text);
    let (csrf, once) = (hidden(&page, "csrf"), hidden(&page, "once"));
    let void = format!("{path}/void");
    let other = signed_in(firm, &firm.owner).await;
    let foreign = hidden(&other.get(&path).await, "csrf");
    assert_ne!(foreign, csrf, "of another session");
    let fields = [("csrf", &*csrf), ("once", &once)];
    let asks = [
        browser.form(&void, &[("once", &once)]),
        browser.form(&void, &[("csrf", &foreign), ("once", &once)]),
        browser.form(&void, &fields).without("origin"),
        browser.form(&void, &fields).without("origin").header("origin", "http://evil.example"),
        browser.form(&void, &fields).header("sec-fetch-site", "same-site"),
        browser.form(&void, &fields).without("cookie"),
    ];
    for ask in asks {
        let reply = firm.raw(&ask).await;
        assert!([403, 303].contains(&reply.status.as_u16()), "{}", reply.text);
    }
    assert_eq!(firm.get(&format!("/invoices/{draft}")).await.is(200)["state"], "draft");
    let done = browser.post(&void, &fields).await;
    assert_eq!(
        (done.status.as_u16(), done.header("location")),
        (303, path.clone()),
        "{}",
        done.text
    );
    // Sent once more, as by a second click, it's the same request.
    assert_eq!(browser.post(&void, &fields).await.status.as_u16(), 303);
    let page = browser.get(&path).await;
    assert!(page.text.contains("badge void") && page.text.contains("Voided"), "{}", page.text);
}

/// A draft of a month in which somebody worked.
async fn drafted(month: &Month) -> String {
    month.record(0, &json!({ "date": "2026-03-10", "seconds": 3660 })).await;
    month.approve("2026-W11").await;
    month.draft(0).await
}

/// Texts that a page must show as they are.
const NASTY: [&str; 6] = [
    "<script>window.x=1</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title></textarea><svg/onload=alert(1)>",
    "{{7*7}}${7*7}&lt;b&gt;",
    "javascript:alert(1)//\u{202e}",
];

#[tokio::test]
async fn what_people_wrote_is_shown_and_is_nowhere_markup() {
    let month = Month::new().await;
    let firm = &month.firm;
    let draft = drafted(&month).await;
    let browser = signed_in(firm, &firm.owner).await;
    for nasty in NASTY {
        rename(firm, &format!("/clients/{}", month.clients[0]), nasty).await;
        rename(firm, &format!("/projects/{}", month.projects[0]), nasty).await;
        rename(firm, &format!("/members/{}", firm.owner.member), nasty).await;
        let head = month.head().await;
        for path in ["/".to_owned(), "/invoices".to_owned(), format!("/invoices/{draft}")] {
            let shown = fresh(&browser, &path, nasty, head).await;
            for markup in ["<script>", "<img", "<svg", "onmouseover='", "onerror=alert(1)>"] {
                let found = shown.text.contains(markup);
                assert!(!found, "{markup} in {path}: {}", shown.text);
            }
        }
    }
}

/// The page once it shows a text, escaped.
async fn fresh(browser: &Browser<'_>, path: &str, text: &str, head: i64) -> Reply {
    let firm = browser.firm;
    firm.get(&format!("/clients?min_position={head}")).await.is(200);
    firm.get(&format!("/projects?min_position={head}")).await.is(200);
    firm.get(&format!("/members?min_position={head}")).await.is(200);
    let page = browser.get(path).await;
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '<' | '>' | '&' | '"' | '\'' => write!(escaped, "&#{};", u32::from(letter)),
            other => write!(escaped, "{other}"),
        }
        .expect("a String takes all");
    }
    assert!(page.text.contains(&escaped), "{escaped} on {path}: {}", page.text);
    page
}

async fn rename(firm: &Firm, path: &str, name: &str) {
    let reply = firm.change("PATCH", path, "*", &json!({ "name": name })).await;
    reply.is(200);
}

#[tokio::test]
async fn each_page_lets_in_the_roles_that_its_rule_names_and_no_others() {
    let month = Month::new().await;
    let firm = &month.firm;
    let draft = drafted(&month).await;
    for role in Role::ALL {
        let person = firm.person(&[role]).await;
        let browser = signed_in(firm, &person).await;
        let csrf = hidden(&browser.get("/").await, "csrf");
        for page in pages() {
            let Access::Member { roles, .. } = page.access else { continue };
            let path = page.path.replace("{id}", &draft);
            let reply = match page.method {
                Method::Get => browser.get(&path).await,
                // A form that says nothing is refused by what it's for, if its sender gets so far.
                _ if page.path == "/sign-out" => continue,
                _ => browser.post(&path, &[("csrf", "x")]).await,
            };
            // Of bills those are read that one looks after, which is of nobody's here.
            let books = [Role::Billing, Role::Auditor].iter().any(|needed| role.includes(*needed));
            let object = books || page.method != Method::Get || page.path == "/";
            let allowed = object && roles.iter().any(|needed| role.includes(*needed));
            let name = format!("{role} at {} {path}", page.method.as_str());
            match (page.method, allowed) {
                (Method::Get, true) => assert_eq!(reply.status.as_u16(), 200, "{name}"),
                (_, true) => assert!(reply.text.contains("not of the session"), "{name}"),
                (_, false) => assert!(reply.text.contains("don&#39;t allow"), "{name}"),
            }
        }
        assert!(!csrf.is_empty());
    }
}

#[tokio::test]
async fn a_page_of_another_firm_is_as_unknown_as_one_that_never_was() {
    let (month, other) = (Month::new().await, Month::new().await);
    let draft = drafted(&month).await;
    let browser = signed_in(&other.firm, &other.firm.owner).await;
    let foreign = browser.get(&format!("/invoices/{draft}")).await;
    let random = format!("/invoices/{}", migrations::testing::random_id());
    let random = browser.get(&random).await;
    assert_eq!(foreign.status.as_u16(), 404);
    assert_eq!(foreign.masked(), random.masked());
    let stranger = Browser { firm: &month.firm, cookie: browser.cookie.clone() };
    assert_eq!(stranger.get("/").await.header("location"), "/sign-in");
}

#[tokio::test]
async fn assets_are_kept_for_good_under_their_name_and_have_their_types() {
    let firm = Firm::new().await;
    let door = firm.raw(&visit("GET", "/sign-in")).await;
    for (name, media) in [
        ("style.css", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("as-of-slider.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ] {
        let path = crate::http::pages::asset(name);
        let named = door.text.contains(&path) || name == "as-of-slider.js";
        assert!(named, "{name} is on the page");
        let asset = firm.raw(&visit("GET", &path)).await;
        assert_eq!((asset.status.as_u16(), &*asset.header("content-type")), (200, media));
        assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(asset.header("x-content-type-options"), "nosniff");
        let again = visit("GET", &path).header("if-none-match", &asset.header("etag"));
        let again = firm.raw(&again).await;
        assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
        let old = firm.raw(&visit("GET", &format!("/assets/0123456789abcdef/{name}"))).await;
        assert_eq!((old.status.as_u16(), &*old.header("cache-control")), (200, "no-store"));
    }
    let none = firm.raw(&visit("GET", "/assets/x/../style.css")).await;
    assert_eq!(none.status.as_u16(), 404);
}

#[tokio::test]
async fn the_list_is_narrowed_by_client_and_state_and_goes_on_where_it_ended() {
    let month = Month::new().await;
    let firm = &month.firm;
    month.worked().await;
    month.approve("2026-W11").await;
    month.approve("2026-W12").await;
    let drafts = [month.draft(0).await, month.draft(1).await];
    firm.get(&format!("/invoices?min_position={}", month.head().await)).await.is(200);
    let browser = signed_in(firm, &firm.owner).await;
    let shown = async |query: &str| {
        let page = browser.get(&format!("/invoices{query}")).await;
        assert_eq!(page.status.as_u16(), 200, "{query}: {}", page.text);
        let has = |draft: &String| page.text.contains(&format!("href=\"/invoices/{draft}\""));
        (drafts.each_ref().map(has), page)
    };
    let of_first = format!("?client={}&state=", month.clients[0]);
    assert_eq!(shown("").await.0, [true, true]);
    assert_eq!(shown(&of_first).await.0, [true, false]);
    assert_eq!(shown("?client=&state=draft").await.0, [true, true]);
    for state in ["issued", "paid", "void", "overdue"] {
        let (found, page) = shown(&format!("?state={state}")).await;
        assert!(found == [false, false] && page.text.contains("No invoice matches"), "{state}");
    }
    let (first, page) = shown("?limit=1").await;
    assert_eq!(first, [false, true], "the newest first");
    let next = page.text.split("href=\"/invoices?").nth(1).and_then(|it| it.split('"').next());
    let next = next.expect("a next piece").replace("&#38;", "&");
    assert_eq!(shown(&format!("?limit=1&{next}")).await.0, [true, false]);
    for query in ["?state=none", "?client=x", "?sort=name", "?cursor=x"] {
        let page = browser.get(&format!("/invoices{query}")).await;
        assert_eq!(page.status.as_u16(), 400, "{query}");
    }
}
