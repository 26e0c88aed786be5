//! The client's own page of an invoice, from the link to what comes of it: whoever has the link
//! sees that invoice and nothing else, and what they say reaches the firm.

use commands::billing::client_links::secret_of;
use commands::billing::follow_up::InvoiceFollowUp;
use commands::billing::{ChangeProfile, SendInvoice, SettleDispute};
use commands::jobs::Daily;
use domain::billing::sealed::BuyerParticulars;
use domain::billing::{Outcome, SentBy};
use domain::id::{ClientId, ClientLinkId, DisputeId, InvoiceId};
use domain::members::Role;
use jiff::civil::date;
use migrations::testing::random_id;
use serde_json::{Value, json};

use super::pages::delivered;
use super::receivables::Books;
use super::{Firm, Reply, visit};

/// A link to an invoice, and the path that it leads to.
pub(super) async fn link(firm: &Firm, invoice: InvoiceId) -> (String, String) {
    let made = firm.post(&format!("/invoices/{invoice}/client-link"), &json!({})).await;
    let body = made.is(201);
    let url = body["url"].as_str().expect("a url");
    let path = url.find("/client/").map(|at| url[at..].to_owned()).expect("a page");
    (made.id(), path)
}

pub(super) async fn look(firm: &Firm, path: &str) -> Reply {
    firm.raw(&visit("GET", path)).await
}

pub(super) async fn say(firm: &Firm, path: &str, fields: &[(&str, &str)]) -> Reply {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    firm.raw(&visit("POST", path).text("application/x-www-form-urlencoded", &form)).await
}

/// What a hidden field of the first form of a page says.
fn hidden(page: &Reply, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let at = page.text.find(&start).expect("a form") + start.len();
    page.text[at..].chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// The version that a page was shown with.
pub(super) fn seen(page: &Reply) -> String {
    hidden(page, "seen")
}

/// What stands for all that a page showed.
pub(super) fn shown(page: &Reply) -> String {
    hidden(page, "shown")
}

#[tokio::test]
async fn a_client_sees_its_draft_with_all_that_is_in_it_and_agrees() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let invoice = books.draft(0).await;
    let (_, path) = link(firm, invoice).await;
    let page = look(firm, &path).await;
    assert_eq!(page.status.as_u16(), 200);
    for told in ["Website: Design", "2026-03-10", "1:00", "2:00", "3000.00 ZAR", "1000.00 ZAR"] {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    assert!(!page.text.contains("Nova"), "who worked is not said");
    assert!(!page.text.contains("Initech") && !page.text.contains("document.pdf"));
    assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("cache-control"), "no-store");
    let (seen, shown) = (seen(&page), shown(&page));
    let fields =
        [("answer", "agree"), ("by", "Ayo <b>Client</b>"), ("seen", &seen), ("shown", &shown)];
    let agreed = say(firm, &path, &fields).await;
    assert_eq!((agreed.status.as_u16(), agreed.header("location")), (303, path.clone()));
    let after = look(firm, &path).await;
    assert!(after.text.contains("Ayo &#60;b&#62;Client&#60;/b&#62; has agreed"), "{}", after.text);
    assert!(!after.text.contains("I agree"));
    let timeline = firm.get(&format!("/audit/{invoice}")).await.is(200);
    let signed = timeline["items"].as_array().expect("events").iter();
    let signed: Vec<_> = signed.filter(|it| it["type"] == "InvoiceSignedOff").collect();
    assert_eq!(signed.len(), 1);
    let yes = json!({ "value": "true" });
    firm.change("PUT", "/settings/CLIENT_SEES_MEMBERS", "*", &yes).await.is(200);
    assert!(look(firm, &path).await.text.contains("Nova"), "who worked is said");
}

#[tokio::test]
async fn a_disputed_line_travels_with_the_invoice_until_the_firm_settles_it() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let invoice = books.draft(0).await;
    let (_, path) = link(firm, invoice).await;
    let page = look(firm, &path).await;
    let (old, amounts) = (seen(&page), shown(&page));
    let fields = |seen: &str| {
        let pairs = [
            ("answer", "dispute"),
            ("by", "Ayo"),
            ("line", "1"),
            ("reason", "Two hours\r\nwere ours"),
            ("seen", seen),
            ("shown", &amounts),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let dispute = async |seen: &str| {
        let fields = fields(seen);
        let pairs: Vec<(&str, &str)> = fields.iter().map(|it| (&*it.0, &*it.1)).collect();
        say(firm, &path, &pairs).await
    };
    assert_eq!(dispute(&old).await.status.as_u16(), 303);
    let again = dispute(&old).await;
    assert_eq!(again.status.as_u16(), 409, "a form that is sent twice counts once");
    let disputed = look(firm, &path).await;
    assert!(disputed.text.contains("Two hours\nwere ours"), "{}", disputed.text);
    assert!(disputed.text.contains("A line is disputed") && !disputed.text.contains("I agree"));
    let events = firm.get(&format!("/audit/{invoice}")).await.is(200);
    let events = events["items"].as_array().expect("events").clone();
    let said: Vec<&Value> = events.iter().filter(|it| it["type"] == "LineDisputed").collect();
    assert_eq!((said.len(), &said[0]["data"]["line"]), (1, &json!(1)));
    let dispute: DisputeId = said[0]["data"]["dispute"].as_str().unwrap().parse().unwrap();
    let settle =
        SettleDispute { invoice, dispute, outcome: Outcome::Rejected, note: Some("No".into()) };
    books.send(settle).await;
    let settled = look(firm, &path).await;
    assert!(settled.text.contains("disputed this line: rejected"), "{}", settled.text);
    assert!(settled.text.contains("I agree"));
    let late = [("answer", "agree"), ("by", "Ayo"), ("seen", &*old), ("shown", &*amounts)];
    assert_eq!(say(firm, &path, &late).await.status.as_u16(), 409, "they saw another state");
    for bad in [
        [("answer", "agree"), ("by", ""), ("seen", &*seen(&settled))],
        [("answer", "agree"), ("by", &*"x".repeat(101)), ("seen", &*seen(&settled))],
    ] {
        assert_eq!(say(firm, &path, &bad).await.status.as_u16(), 422);
    }
}

#[tokio::test]
async fn an_issued_invoice_is_taken_along_as_the_page_that_was_kept() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let invoice = books.draft(0).await;
    books.issue(invoice, "2026-03-31").await;
    let (_, path) = link(firm, invoice).await;
    let page = look(firm, &path).await;
    assert!(page.text.contains("INV-2026-00001") && page.text.contains("2026-04-30"));
    assert!(page.text.contains(&format!("{path}/document.pdf")));
    let document = look(firm, &format!("{path}/document.pdf")).await;
    assert_eq!(document.status.as_u16(), 200);
    assert_eq!(document.header("content-type"), "application/pdf");
    assert!(document.bytes.starts_with(b"%PDF-"));
    assert_eq!(document.header("x-robots-tag"), "noindex, nofollow");
    let again = look(firm, &format!("{path}/document.pdf")).await;
    assert_eq!(again.bytes, document.bytes);
}

#[tokio::test]
async fn a_link_opens_its_invoice_in_its_firm_alone_and_nothing_once_it_is_taken_back() {
    let (books, other) = (Books::new().await, Firm::new().await);
    let firm = &books.month.firm;
    let (ours, theirs) = (books.draft(0).await, books.draft(1).await);
    let (id, path) = link(firm, ours).await;
    let unknown = look(firm, "/client/nothing").await;
    let gone = |reply: Reply| (reply.status.as_u16(), reply.text);
    let expected = gone(unknown);
    assert_eq!(expected.0, 404);
    assert!(expected.1.contains("was taken back. Ask who sent it"), "{}", expected.1);
    assert_eq!(gone(look(&other, &path).await), expected, "another firm's");
    let keys = firm.tenant.keys.of(firm.tenant.id).await.expect("the keys");
    let link_id = ClientLinkId(id.parse().expect("an id"));
    let swapped = format!("/client/{}", secret_of(&keys, theirs, link_id));
    assert_eq!(gone(look(firm, &swapped).await), expected, "another invoice's");
    let listed = firm.get(&format!("/invoices/{ours}/client-links")).await.is(200);
    assert_eq!(
        (&listed["items"][0]["id"], &listed["items"][0]["state"]),
        (&json!(id), &json!("open"))
    );
    assert!(!listed.to_string().contains(&path["/client/".len()..]), "the secret is told once");
    let close = format!("/invoices/{ours}/client-links/{id}");
    firm.change("DELETE", &close, "*", &Value::Null).await.is(200);
    assert_eq!(gone(look(firm, &path).await), expected, "taken back");
    let answer = [("answer", "agree"), ("by", "Ayo"), ("seen", "1")];
    assert_eq!(gone(say(firm, &path, &answer).await), expected);
    assert_eq!(gone(look(firm, &format!("{path}/document.pdf")).await), expected);
    let listed = firm.get(&format!("/invoices/{ours}/client-links")).await.is(200);
    assert_eq!(listed["items"][0]["state"], "closed");
}

#[tokio::test]
async fn a_form_of_another_site_is_not_taken() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let invoice = books.draft(0).await;
    let (_, path) = link(firm, invoice).await;
    let form = format!("answer=agree&by=Eve&seen={}", seen(&look(firm, &path).await));
    let foreign = visit("POST", &path)
        .text("application/x-www-form-urlencoded", &form)
        .header("sec-fetch-site", "cross-site");
    assert_eq!(firm.raw(&foreign).await.status.as_u16(), 403);
    assert!(look(firm, &path).await.text.contains("I agree"));
}

#[tokio::test]
async fn only_who_may_change_a_clients_bills_makes_links() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let invoice = books.draft(0).await;
    let path = format!("/invoices/{invoice}/client-link");
    for role in [Role::Member, Role::Manager, Role::Auditor] {
        let person = firm.person(&[role]).await;
        let reply = firm.post_as(&person, &path, &json!({})).await;
        assert_eq!(reply.problem(403), "auth.forbidden", "{role}");
    }
    let unknown = format!("/invoices/{}/client-link", random_id());
    assert_eq!(firm.post(&unknown, &json!({})).await.status.as_u16(), 404);
    let bad = firm.post(&path, &json!({ "email": "nobody" })).await;
    assert_eq!(bad.problem(422), "billing.bad_email");
}

#[tokio::test]
async fn a_client_is_mailed_its_invoice_and_one_reminder_and_its_keeper_what_became_of_it() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let keeper = firm.person(&[Role::Billing]).await.member;
    let client = ClientId(books.month.clients[0].parse().expect("an id"));
    let particulars = BuyerParticulars {
        name: "Umbrella Ltd".to_owned(),
        email: Some("accounts@umbrella.example".to_owned()),
        ..BuyerParticulars::default()
    };
    books
        .send(ChangeProfile {
            client,
            particulars: Some(particulars),
            country: None,
            category: None,
            tax_reason: None,
            payment_days: None,
            prompt_payment: None,
            buyer_reference: None,
            account_manager: Some(keeper),
            expected_version: None,
        })
        .await;
    let days = json!({ "value": "7, 30, 14" });
    firm.change("PUT", "/settings/REMINDER_DAYS", "*", &days).await.is(200);
    let invoice = books.draft(0).await;
    books.issue(invoice, "2026-03-31").await;
    let by = SentBy::Mail;
    books.send(SendInvoice { invoice, credit_note: None, by, to: Vec::new() }).await;
    let follow_up = InvoiceFollowUp::new(firm.app.commands.clone());
    for day in [date(2026, 5, 8), date(2026, 5, 8), date(2026, 5, 9)] {
        follow_up.run(firm.tenant.id, day).await.expect("looked at");
    }
    let mails = delivered(firm, 3).await;
    let keeper = format!("{}@example.com", keeper.0.simple());
    let subjects = |to: &str| -> Vec<String> {
        let theirs = mails.iter().filter(|mail| mail.to == [to]);
        theirs.map(|mail| mail.header("subject").expect("a subject")).collect()
    };
    // Each mail is sent twice here, as after a crash.
    assert_eq!(subjects(&keeper), ["Invoice INV-2026-00001 is overdue"; 2]);
    let to_client = subjects("accounts@umbrella.example");
    assert_eq!(to_client.len(), 4, "{to_client:?}");
    let count = |begin: &str| to_client.iter().filter(|it| it.starts_with(begin)).count();
    assert_eq!(
        (count("Invoice INV-2026-00001"), count("Reminder: invoice INV-2026-00001")),
        (2, 2)
    );
    let carried = mails.iter().find(|mail| mail.raw.contains("INV-2026-00001.pdf"));
    let carried = carried.expect("the document").raw.clone();
    assert!(carried.contains("application/pdf") && carried.contains("INV-2026-00001.xml"));
    let plain = |raw: &str| raw.replace("=\r\n", "").replace("\r\n", " ");
    let reminder = mails.iter().map(|mail| plain(&mail.raw));
    let reminder = reminder.into_iter().find(|text| text.contains("3000.00 ZAR is open"));
    assert!(reminder.is_some_and(|text| text.contains("to be paid by 2026-04-30")));
}
