//! A client's statement of account: what it owed, every document and payment of a period with the
//! balance after each, what it owes, and for how long. One account per currency.

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use domain::id::ClientId;
use jiff::ToSpan;
use jiff::civil::Date;
use projections::billing::receivable::{Owed, ReceivableRow, movements, owed};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Money;
use super::sight::must_see;
use crate::http::answer::{Answer, Answers};
use crate::http::call::Call;
use crate::http::members::ById;
use crate::http::personal;
use crate::http::problem::Problem;
use crate::http::reports::Format;
use crate::http::reports::answer::{Manner, Rendered, render};
use crate::http::reports::billing::{Aged, BUCKETS, Bucket, today};
use crate::http::reports::reading::Reading;
use crate::http::reports::table::{Cell, Column, Kind, Table};
use crate::http::reports::time::check_days;

/// Of which days, and how it's shown.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The first day; left out = the first one of the year of the last one.
    from: Option<Date>,
    /// The last day, at most five years later; left out = today.
    to: Option<Date>,
    /// In which format; as the reader accepts where it's left out.
    format: Option<Format>,
    /// Whether CSV begins with the mark of UTF-8, which some spreadsheets need.
    bom: Option<bool>,
}

/// One document or payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "StatementItem")]
struct Item {
    date: Date,
    /// `invoice`, `void`, `credit_note`, `payment` or `reversal`.
    kind: &'static str,
    invoice_id: Uuid,
    /// The invoice, the credit note or the payment.
    document_id: Uuid,
    /// The document's number; of money that of its invoice.
    number: String,
    /// What it adds to what the client owes; less than nothing takes off.
    amount: Money,
    /// What the client owes after it.
    balance: Money,
}

/// What is owed, by how many days it's overdue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "StatementAgeing")]
struct AgeingBody {
    not_due: Money,
    days_1_30: Money,
    days_31_60: Money,
    days_61_90: Money,
    days_over_90: Money,
    /// What the client has paid too much, below zero.
    credit: Money,
}

/// The account in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "StatementAccount")]
struct AccountBody {
    /// ISO 4217 code.
    currency: String,
    /// What the client owed before the first day.
    opening: Money,
    items: Vec<Item>,
    /// What the client owes at the end of the last day.
    closing: Money,
    ageing: AgeingBody,
}

/// A client's statement of account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Statement")]
pub(crate) struct StatementBody {
    client_id: Uuid,
    /// Null once the client's data were erased.
    client: Option<String>,
    from: Date,
    to: Date,
    /// One per currency, by its code; none where nothing was ever owed.
    accounts: Vec<AccountBody>,
}

/// A statement on its way out, as a document or as a file.
#[derive(Debug)]
pub(crate) enum Stated {
    Document(Box<Answer<StatementBody>>),
    File(Rendered),
}

impl IntoResponse for Stated {
    fn into_response(self) -> Response {
        match self {
            Stated::Document(answer) => answer.into_response(),
            Stated::File(rendered) => rendered.into_response(),
        }
    }
}

impl Answers for Stated {
    const OTHER_MEDIA: &'static [&'static str] = Rendered::OTHER_MEDIA;

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<StatementBody>()
    }
}

/// `GET /clients/{id}/statement`.
pub(crate) async fn statement(call: Call<ById, Asked>) -> Result<Stated, Problem> {
    let (client, asked) = (ClientId(call.path.id), &call.query);
    must_see(&call, client)?;
    let reading = Reading::of(&call);
    reading.known_by(&["receivable"]).await?;
    let mut standing = reading.begin().await?;
    let row = standing.firm.clients.get(&client).ok_or_else(|| Problem::not_found_at("{id}"))?;
    personal::load(&call.keys, &mut standing.tx, &row.name).await?;
    let name = personal::unique_text(&call.keys, row.name.as_ref());
    let today = today(&reading, &mut standing.tx, standing.book.settings()).await?;
    let to = asked.to.unwrap_or(today);
    let from = asked.from.unwrap_or_else(|| to.first_of_year());
    check_days(from, to)?;
    let (tx, as_of) = (&mut standing.tx, reading.as_of);
    let moved = movements(tx, client, (from, to), as_of).await?;
    let before = owed(tx, Some(&[client]), from.saturating_sub(1.day()), as_of).await?;
    let after = owed(tx, Some(&[client]), to, as_of).await?;
    standing.tx.commit().await?;
    let accounts = by_currency(&moved, &before, (&after, to));
    let body = StatementBody { client_id: client.0, client: name, from, to, accounts };
    let format = Format::chosen(asked.format, &call.headers);
    if format == Format::Json {
        return Ok(Stated::Document(Box::new(call.read(body))));
    }
    let manner = Manner {
        format,
        bom: asked.bom.unwrap_or(false),
        days: (from, to),
        as_of: call.as_of,
        now: call.now(),
    };
    Ok(Stated::File(render(table(&body, &reading.slug), manner).await?))
}

/// An account for each currency in which anything was ever owed: what moved it in order, what was
/// due of each invoice before that, and what is at the end of the last day.
fn by_currency(
    moved: &[ReceivableRow],
    before: &[Owed],
    (after, to): (&[Owed], Date),
) -> Vec<AccountBody> {
    let mut aged: BTreeMap<&str, Aged> = BTreeMap::new();
    for owed in after {
        aged.entry(&owed.currency).or_default().add(owed, to);
    }
    let account = |(currency, aged): (&str, Aged)| {
        let money = |minor| Money::of(minor, currency);
        let opening: i64 =
            before.iter().filter(|it| it.currency == currency).map(|it| it.balance_minor).sum();
        let mut balance = opening;
        let item = |it: &ReceivableRow| {
            balance += it.amount_minor;
            Item {
                date: it.on_day,
                kind: it.kind.as_str(),
                invoice_id: it.invoice_id.0,
                document_id: it.document_id,
                number: it.number.clone(),
                amount: money(it.amount_minor),
                balance: money(balance),
            }
        };
        let items = moved.iter().filter(|it| it.currency == currency).map(item).collect();
        let bucket = |bucket| money(aged.get(bucket));
        AccountBody {
            currency: currency.to_owned(),
            opening: money(opening),
            items,
            closing: money(balance),
            ageing: AgeingBody {
                not_due: bucket(Bucket::NotDue),
                days_1_30: bucket(Bucket::To30),
                days_31_60: bucket(Bucket::To60),
                days_61_90: bucket(Bucket::To90),
                days_over_90: bucket(Bucket::Over90),
                credit: bucket(Bucket::Credit),
            },
        }
    };
    aged.into_iter().map(account).collect()
}

/// The same as rows: of each account its opening balance, what moved it, its closing balance, and
/// what of that is how long overdue.
fn table(body: &StatementBody, slug: &str) -> Table {
    let currencies: Vec<&str> = body.accounts.iter().map(|it| it.currency.as_str()).collect();
    let text = |name: &str, heading: &str| Column::new(name, heading, Kind::Text);
    let mut columns = vec![
        Column::new("date", "Date", Kind::Day),
        text("kind", "What"),
        text("number", "Number"),
        text("document_id", "Document id"),
    ];
    for (name, heading) in [("amount", "Amount"), ("balance", "Balance")] {
        columns.extend(currencies.iter().map(|currency| {
            let name = format!("{name}_{}", currency.to_lowercase());
            let kind = Kind::Money((*currency).to_owned());
            Column::new(name, format!("{heading} ({currency})"), kind)
        }));
    }
    let line = |said: (Date, &str), which: (&str, String), n: usize, amounts: [Option<i64>; 2]| {
        let mut cells = vec![Cell::Day(said.0), Cell::text(said.1)];
        let or_empty = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::text(text) };
        cells.extend([or_empty(which.0), or_empty(&which.1)]);
        for amount in amounts {
            let number = amount.map_or(Cell::Empty, Cell::Number);
            let of = |place| if place == n { number.clone() } else { Cell::Empty };
            cells.extend((0..currencies.len()).map(of));
        }
        cells
    };
    let nothing = || ("", String::new());
    let mut rows = Vec::new();
    for (n, account) in body.accounts.iter().enumerate() {
        let balance = |money: &Money| [None, Some(money.amount_minor)];
        rows.push(line((body.from, "opening"), nothing(), n, balance(&account.opening)));
        for item in &account.items {
            let which = (item.number.as_str(), item.document_id.to_string());
            let amounts = [Some(item.amount.amount_minor), Some(item.balance.amount_minor)];
            rows.push(line((item.date, item.kind), which, n, amounts));
        }
        rows.push(line((body.to, "closing"), nothing(), n, balance(&account.closing)));
        for (bucket, name, _) in BUCKETS {
            let amount = account.ageing.get(bucket).amount_minor;
            if amount != 0 {
                rows.push(line((body.to, name), nothing(), n, [Some(amount), None]));
            }
        }
    }
    let mut totals = vec![Cell::Empty; 4 + currencies.len()];
    totals.extend(body.accounts.iter().map(|it| Cell::Number(it.closing.amount_minor)));
    Table {
        title: "Statement of account".to_owned(),
        file_stem: format!("statement-{slug}-{}-{}", body.from, body.to),
        columns,
        rows,
        totals,
    }
}

impl AgeingBody {
    fn get(&self, bucket: Bucket) -> &Money {
        match bucket {
            Bucket::NotDue => &self.not_due,
            Bucket::To30 => &self.days_1_30,
            Bucket::To60 => &self.days_31_60,
            Bucket::To90 => &self.days_61_90,
            Bucket::Over90 => &self.days_over_90,
            Bucket::Credit => &self.credit,
        }
    }
}
