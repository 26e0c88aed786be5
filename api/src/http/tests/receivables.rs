//! What is unbilled, earned and owed, in figures that were worked out by hand; as of any moment,
//! and for whom they are meant.

use commands::billing::{
    CreditInvoice, IssueInvoice, Part, RecordPayment, ReversePayment, VoidInvoice,
};
use commands::{Command, Sender};
use domain::billing::Fate;
use domain::billing::record_payment::Over;
use domain::id::{CreditNoteId, InvoiceId, PaymentId};
use domain::log::{Actor, Via};
use domain::members::Role;
use jiff::civil::Date;
use migrations::testing::random_id;
use serde_json::{Value, json};

use super::firm::Person;
use super::rules::Month;
use super::{Reply, ask};
use crate::http::reports::tests::texts;

/// A firm with three approved hours for one client and half an hour for another, at 1 000.00 an
/// hour that cost it 400.00.
pub(super) struct Books {
    pub(super) month: Month,
}

impl Books {
    pub(super) async fn new() -> Self {
        let month = Month::new().await;
        let cost = json!({ "unit": "hour", "amount_minor": 40_000, "currency": "ZAR" });
        month.firm.post("/rates", &json!({ "kind": "cost", "rate": cost })).await.is(200);
        for (n, day, seconds) in
            [(0, "2026-03-10", 3600), (0, "2026-03-11", 7200), (1, "2026-03-12", 1800)]
        {
            month.record(n, &json!({ "date": day, "seconds": seconds })).await;
        }
        month.approve("2026-W11").await;
        Books { month }
    }

    pub(super) async fn send(&self, command: impl Command) -> i64 {
        let firm = &self.month.firm;
        let sender = Sender::new(firm.tenant.id, Actor::Operator, Via::CommandLine);
        firm.app.commands.handle(sender, command).await.expect("done").position
    }

    /// A draft of March for a client.
    pub(super) async fn draft(&self, n: usize) -> InvoiceId {
        let body = json!({
            "client_id": self.month.clients[n], "from": "2026-03-01", "to": "2026-03-31",
            "group_by": "task",
        });
        let drafted = self.month.firm.post("/invoices", &body).await;
        drafted.is(201);
        // What names and prices a draft is read by then, too.
        let path = format!("/invoices/{}", drafted.id());
        self.month.firm.get_after(&drafted, &path).await.is(200);
        InvoiceId(drafted.id().parse().expect("an id"))
    }

    pub(super) async fn issue(&self, invoice: InvoiceId, on: &str) -> i64 {
        let firm = &self.month.firm;
        self.send(IssueInvoice {
            invoice,
            issued_on: Some(day(on)),
            allow_incomplete: true,
            firm: "Acme".to_owned(),
            files: firm.app.files.of(firm.tenant.id),
            expected_version: None,
        })
        .await
    }

    async fn pay(&self, invoice: InvoiceId, amount_minor: i64, on: &str) -> PaymentId {
        let payment = PaymentId(random_id());
        let (currency, over) = ("ZAR".to_owned(), Over::Keep);
        let on = Some(day(on));
        let reference = None;
        self.send(RecordPayment { invoice, payment, amount_minor, currency, on, over, reference })
            .await;
        payment
    }

    /// Takes an hour back, to be billed again.
    pub(super) async fn credit_an_hour(&self, invoice: InvoiceId, on: &str) -> i64 {
        let firm = &self.month.firm;
        self.send(CreditInvoice {
            invoice,
            credit_note: CreditNoteId(random_id()),
            lines: Some(vec![(1, Part::Seconds(3600))]),
            fate: Fate::Unbilled,
            reason: "Agreed".to_owned(),
            issued_on: Some(day(on)),
            files: firm.app.files.of(firm.tenant.id),
            expected_version: None,
        })
        .await
    }

    async fn report(&self, query: &str) -> Value {
        self.report_as(&self.month.firm.owner, query).await.is(200)
    }

    async fn report_as(&self, person: &Person, query: &str) -> Reply {
        let asking = ask("GET", &format!("/reports/billing?{query}")).token(&person.token);
        self.month.firm.raw(&asking.header("prefer", "wait=10")).await
    }

    async fn statement(&self, n: usize, query: &str) -> Value {
        let path = format!("/clients/{}/statement?{query}", self.month.clients[n]);
        let asking = ask("GET", &path).token(&self.month.firm.owner.token);
        self.month.firm.raw(&asking.header("prefer", "wait=10")).await.is(200)
    }
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// A column of every row, amounts by their minor units.
fn column(report: &Value, name: &str) -> Vec<Value> {
    let cell = |row: &Value| shown(&row[name]);
    report["rows"].as_array().expect("rows").iter().map(cell).collect()
}

fn total(report: &Value, name: &str) -> Value {
    shown(&report["totals"][name])
}

fn shown(cell: &Value) -> Value {
    if cell.is_object() { cell["amount_minor"].clone() } else { cell.clone() }
}

#[tokio::test]
async fn work_is_told_by_how_far_it_has_come_until_it_is_billed() {
    let books = Books::new().await;
    books.month.record(0, &json!({ "date": "2026-03-17", "seconds": 900 })).await;
    let until = "to=2026-12-31";
    let unbilled = books.report(&format!("report=unbilled&group_by=client&{until}")).await;
    assert_eq!(column(&unbilled, "client"), [json!("Initech"), json!("Umbrella")]);
    assert_eq!(column(&unbilled, "seconds"), [json!(1800), json!(10_800)]);
    assert_eq!(column(&unbilled, "amount_zar"), [json!(50_000), json!(300_000)]);
    assert_eq!(total(&unbilled, "amount_zar"), 350_000);
    let wip = books.report(&format!("report=wip&{until}")).await;
    assert_eq!(column(&wip, "stage"), [json!("approved"), json!("open"), json!("approved")]);
    assert_eq!(column(&wip, "amount_zar"), [json!(50_000), json!(25_000), json!(300_000)]);
    let invoice = books.draft(0).await;
    let drafted = books.report(&format!("report=wip&group_by=stage&{until}")).await;
    let stages = [json!("open"), json!("approved"), json!("drafted")];
    assert_eq!(column(&drafted, "stage"), stages);
    assert_eq!(column(&drafted, "amount_zar"), [json!(25_000), json!(50_000), json!(300_000)]);
    let before = books.issue(invoice, "2026-03-31").await - 1;
    let issued = books.report(&format!("report=wip&group_by=stage&{until}")).await;
    assert_eq!(column(&issued, "amount_zar"), [json!(25_000), json!(50_000)]);
    let then = format!("report=wip&group_by=stage&{until}&as_of={before}");
    assert_eq!(column(&books.report(&then).await, "amount_zar"), column(&drafted, "amount_zar"));
    books.credit_an_hour(invoice, "2026-04-30").await;
    let again = books.report(&format!("report=unbilled&group_by=client&{until}")).await;
    assert_eq!(column(&again, "amount_zar"), [json!(50_000), json!(100_000)]);
    let short = books.report("report=unbilled&from=2026-03-12&to=2026-03-31").await;
    assert_eq!(total(&short, "amount_zar"), 50_000, "days of work");
}

#[tokio::test]
async fn revenue_is_issued_less_credited_and_margin_pays_for_the_same_seconds() {
    let books = Books::new().await;
    let year = "from=2026-01-01&to=2026-12-31";
    let (first, second) = (books.draft(0).await, books.draft(1).await);
    books.issue(first, "2026-03-31").await;
    let issued = books.issue(second, "2026-04-02").await;
    books.credit_an_hour(first, "2026-04-30").await;
    let revenue = books.report(&format!("report=revenue&{year}")).await;
    assert_eq!(column(&revenue, "month"), [json!("2026-03"), json!("2026-04")]);
    assert_eq!(column(&revenue, "issued_zar"), [json!(300_000), json!(50_000)]);
    assert_eq!(column(&revenue, "credited_zar"), [json!(0), json!(100_000)]);
    assert_eq!(column(&revenue, "revenue_zar"), [json!(300_000), json!(-50_000)]);
    assert_eq!(
        (total(&revenue, "revenue_zar"), total(&revenue, "seconds")),
        (json!(250_000), json!(9000))
    );
    for group in ["client", "project", "task", "member", "client,month"] {
        let by = books.report(&format!("report=revenue&group_by={group}&{year}")).await;
        assert_eq!(total(&by, "revenue_zar"), 250_000, "{group}");
        let rows: i64 = column(&by, "revenue_zar").iter().filter_map(Value::as_i64).sum();
        assert_eq!(rows, 250_000, "{group}");
    }
    let margin = books.report(&format!("report=margin&group_by=client&{year}")).await;
    assert_eq!(column(&margin, "revenue_zar"), [json!(50_000), json!(200_000)]);
    assert_eq!(column(&margin, "cost_zar"), [json!(20_000), json!(80_000)]);
    assert_eq!(column(&margin, "margin_zar"), [json!(30_000), json!(120_000)]);
    assert_eq!(total(&margin, "margin_zar"), 150_000);
    let then = books.report(&format!("report=revenue&{year}&as_of={issued}")).await;
    assert_eq!(total(&then, "revenue_zar"), 350_000);
    // A rate that is known later changes what work costs, and no revenue.
    let cost = json!({ "unit": "hour", "amount_minor": 50_000, "currency": "ZAR" });
    books.month.firm.post("/rates", &json!({ "kind": "cost", "rate": cost })).await.is(200);
    let later = books.report(&format!("report=margin&{year}")).await;
    assert_eq!(
        (total(&later, "cost_zar"), total(&later, "revenue_zar")),
        (json!(125_000), json!(250_000))
    );
}

#[tokio::test]
async fn what_is_owed_is_the_same_by_age_and_by_statement_on_any_day() {
    let books = Books::new().await;
    let invoice = books.draft(0).await;
    books.issue(invoice, "2026-03-31").await;
    let payment = books.pay(invoice, 100_000, "2026-04-15").await;
    let back = ReversePayment {
        invoice,
        payment,
        amount_minor: Some(20_000),
        on: Some(day("2026-04-20")),
        reason: None,
        expected_version: None,
    };
    let reversed = books.send(back).await;
    books.credit_an_hour(invoice, "2026-07-01").await;
    // Due on 2026-04-30.
    let cases = [
        ("2026-03-30", None, 0),
        ("2026-04-10", Some("not_due_zar"), 300_000),
        ("2026-04-15", Some("not_due_zar"), 200_000),
        ("2026-04-30", Some("not_due_zar"), 220_000),
        ("2026-05-01", Some("days_1_30_zar"), 220_000),
        ("2026-05-31", Some("days_31_60_zar"), 220_000),
        ("2026-06-30", Some("days_61_90_zar"), 220_000),
        ("2026-07-29", Some("days_61_90_zar"), 120_000),
        ("2026-07-30", Some("days_over_90_zar"), 120_000),
    ];
    for (to, bucket, balance) in cases {
        let aged = books.report(&format!("report=ageing&to={to}")).await;
        let said = bucket.map(|bucket| total(&aged, bucket));
        assert_eq!(said, bucket.map(|_| json!(balance)), "{to}");
        let stated = books.statement(0, &format!("to={to}")).await;
        let closing = &stated["accounts"][0]["closing"]["amount_minor"];
        assert_eq!(closing.as_i64().unwrap_or_default(), balance, "{to}");
        let of_stated = bucket.map(|it| it.trim_end_matches("_zar"));
        let ageing = &stated["accounts"][0]["ageing"];
        let of_stated = of_stated.map(|it| ageing[it]["amount_minor"].clone());
        assert_eq!(of_stated, bucket.map(|_| json!(balance)), "{to}");
    }
    let stated = books.statement(0, "from=2026-04-01&to=2026-07-31").await;
    let account = &stated["accounts"][0];
    assert_eq!(account["opening"]["amount_minor"], 300_000);
    let items = account["items"].as_array().expect("items");
    let told: Vec<_> = items
        .iter()
        .map(|item| {
            let (amount, balance) = (&item["amount"]["amount_minor"], &item["balance"]);
            (item["kind"].as_str().unwrap(), amount.clone(), balance["amount_minor"].clone())
        })
        .collect();
    let expected = [
        ("payment", json!(-100_000), json!(200_000)),
        ("reversal", json!(20_000), json!(220_000)),
        ("credit_note", json!(-100_000), json!(120_000)),
    ];
    assert_eq!(told, expected);
    let then = books.statement(0, &format!("to=2026-07-31&as_of={reversed}")).await;
    assert_eq!(then["accounts"][0]["closing"]["amount_minor"], 220_000);
    let none = books.statement(1, "to=2026-07-31").await;
    assert_eq!((&none["client"], &none["accounts"]), (&json!("Initech"), &json!([])));
}

#[tokio::test]
async fn a_void_invoice_is_owed_until_it_is_void_and_then_by_nobody() {
    let books = Books::new().await;
    let invoice = books.draft(0).await;
    let issued = books.issue(invoice, "2026-03-31").await;
    let void = VoidInvoice { invoice, reason: None, expected_version: None };
    let voided = books.send(void).await;
    let until = "to=2030-12-31";
    let stated = books.statement(0, &format!("from=2026-01-01&{until}")).await;
    let items = stated["accounts"][0]["items"].as_array().expect("items");
    let told: Vec<_> =
        items.iter().map(|it| (&it["kind"], &it["balance"]["amount_minor"])).collect();
    assert_eq!(told, [(&json!("invoice"), &json!(300_000)), (&json!("void"), &json!(0))]);
    assert_eq!(items[0]["number"], items[1]["number"]);
    let void_on = items[1]["date"].as_str().expect("a day");
    let day_before = day(void_on).yesterday().expect("a day");
    let owed = async |query: String| {
        let aged = books.report(&format!("report=ageing&{query}")).await;
        total(&aged, "balance_zar").as_i64().unwrap_or_default()
    };
    assert_eq!(owed(until.to_owned()).await, 0);
    assert_eq!(owed(format!("to={day_before}")).await, 300_000, "by days");
    assert_eq!(owed(format!("{until}&as_of={issued}")).await, 300_000, "by what was known");
    for (as_of, net, seconds) in [(issued, 300_000, 10_800), (voided, 0, 0)] {
        let query = format!("report=revenue&from=2026-01-01&to=2030-01-01&as_of={as_of}");
        let revenue = books.report(&query).await;
        assert_eq!(total(&revenue, "revenue_zar"), net);
        assert_eq!(total(&revenue, "seconds"), seconds);
    }
}

#[tokio::test]
async fn a_statement_is_a_file_too() {
    let books = Books::new().await;
    let invoice = books.draft(0).await;
    let issued = books.issue(invoice, "2026-03-31").await;
    let path = format!("/clients/{}/statement?to=2026-04-30&format=csv", books.month.clients[0]);
    let reply = books.month.firm.get(&format!("{path}&min_position={issued}")).await;
    assert_eq!(reply.status.as_u16(), 200);
    assert!(reply.header("content-disposition").contains("statement-"));
    let text = reply.text.clone();
    let lines: Vec<&str> = text.lines().collect();
    let head = r#""date","kind","number","document_id","amount_zar","balance_zar""#;
    assert_eq!((lines[0], lines[1]), (head, r#"2026-01-01,"opening",,,,0.00"#));
    assert!(lines[2].starts_with(r#"2026-03-31,"invoice","INV-2026-00001","#), "{text}");
    assert!(lines[2].ends_with(",3000.00,3000.00"), "{text}");
    let end = [r#"2026-04-30,"closing",,,,3000.00"#, r#"2026-04-30,"not_due",,,3000.00,"#];
    assert_eq!(lines[3..], end);
    let book = books.month.firm.get(&path.replace("csv", "xlsx")).await;
    assert!(texts(&book.bytes).iter().any(|it| it == "INV-2026-00001"));
}

#[tokio::test]
async fn who_looks_after_a_client_sees_its_bills_and_no_others_and_no_costs() {
    let books = Books::new().await;
    let (ours, theirs) = (&books.month.clients[0], &books.month.clients[1]);
    let firm = &books.month.firm;
    let invoices = [books.draft(0).await, books.draft(1).await];
    for invoice in invoices {
        books.issue(invoice, "2026-03-31").await;
    }
    let keeper = firm.person(&[Role::Member]).await;
    let nobody = firm.person(&[Role::Member]).await;
    let grant =
        json!({ "member_id": keeper.member, "right": "account_manager", "object_id": ours });
    firm.post("/grants", &grant).await.is(201);
    for report in ["unbilled", "wip", "revenue", "ageing"] {
        let query = format!("report={report}&to=2026-12-31&group_by=client");
        let seen = books.report_as(&keeper, &query).await.is(200);
        let clients = column(&seen, "client_id");
        assert!(clients.iter().all(|it| it == ours), "{report}: {clients:?}");
        assert_eq!(books.report_as(&nobody, &query).await.problem(403), "auth.forbidden");
        let asked = format!("{query}&client_id={theirs}");
        assert_eq!(books.report_as(&keeper, &asked).await.problem(403), "auth.forbidden");
    }
    assert_eq!(books.report_as(&keeper, "report=margin").await.problem(403), "auth.forbidden");
    let path = |client: &str| format!("/clients/{client}/statement?to=2026-12-31");
    let stated = firm.get_as(&keeper, &path(ours)).await.is(200);
    assert_eq!(stated["accounts"][0]["closing"]["amount_minor"], 300_000);
    assert_eq!(firm.get_as(&keeper, &path(theirs)).await.problem(403), "auth.forbidden");
    let listing = ask("GET", "/invoices").token(&keeper.token).header("prefer", "wait=10");
    let listed = firm.raw(&listing).await.is(200);
    let items = listed["items"].as_array().expect("items");
    assert!(items.len() == 1 && items[0]["client_id"] == *ours, "{listed}");
    for (invoice, status) in [(invoices[0], 200), (invoices[1], 403)] {
        for part in ["", "/pdf", "/lines", "/payments", "/lines/1/provenance", "/xml?syntax=ubl"] {
            let path = format!("/invoices/{invoice}{part}");
            let reply = firm.get_as(&keeper, &path).await;
            assert_eq!(reply.status.as_u16(), status, "{part}: {}", reply.text);
            assert_eq!(firm.get_as(&nobody, &path).await.status.as_u16(), 403, "{part}");
        }
    }
    for (client, status) in [(ours, 200), (theirs, 403)] {
        for path in ["/unbilled", "/invoices", "/credit-notes"] {
            let path = format!("{path}?client_id={client}");
            let reply = firm.get_as(&keeper, &path).await;
            assert_eq!(reply.status.as_u16(), status, "{path}: {}", reply.text);
        }
        let path = format!("/clients/{client}/billing");
        assert_eq!(firm.get_as(&keeper, &path).await.status.as_u16(), status, "{path}");
    }
    let links = |invoice: InvoiceId| format!("/invoices/{invoice}/client-links");
    firm.get_as(&keeper, &links(invoices[0])).await.is(200);
    assert_eq!(firm.get_as(&keeper, &links(invoices[1])).await.problem(403), "auth.forbidden");
    assert_eq!(firm.get_as(&nobody, &links(invoices[0])).await.problem(403), "auth.forbidden");
}

#[tokio::test]
async fn a_report_of_billing_refuses_groups_that_it_does_not_know() {
    let books = Books::new().await;
    for query in [
        "report=ageing&group_by=project",
        "report=revenue&group_by=stage",
        "report=wip&group_by=client,client",
        "report=nothing",
    ] {
        let reply = books.report_as(&books.month.firm.owner, query).await;
        assert_eq!(reply.status.as_u16(), 400, "{query}");
    }
}
