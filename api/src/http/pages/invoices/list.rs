//! The list of invoices, the newest first: by client, state, and whether they are overdue, with
//! what all of them come to in each currency.

use askama::Template;
use axum::http::StatusCode;
use domain::billing::InvoiceState;
use domain::id::{ClientId, InvoiceId};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use migrations::TenantTx;
use projections::billing::invoice::{InvoiceRow, Wanted};
use projections::billing::newest_invoices::{self, CurrencySum};
use projections::billing::price_book::PriceBook;
use projections::catalogue::client::{self, ClientRow};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::super::inside::{Around, Inside};
use super::super::{Shown, page};
use super::words::{amount, count, hours, money, period, short_day, state};
use crate::http::billing::sight::{clients_seen, must_see};
use crate::http::call::About;
use crate::http::personal;
use crate::http::problem::{FieldError, Problem};

/// The most clients that can be chosen from.
const CLIENTS_MAX: i64 = 2000;

/// Which invoices; a form sends a field that was left empty too.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    /// Of this client.
    #[serde(default)]
    client: String,
    /// In this state, or `overdue`.
    #[serde(default)]
    state: String,
}

#[derive(Template)]
#[template(path = "pages/invoices/list.html")]
struct ListPage {
    around: Around,
    clients: Vec<Choice>,
    states: Vec<Choice>,
    filtered: bool,
    sums: Vec<SumShown>,
    rows: Vec<RowShown>,
    next: Option<String>,
    first: bool,
}

/// Something that can be chosen.
struct Choice {
    value: String,
    name: String,
    chosen: bool,
}

/// What invoices in one currency come to.
struct SumShown {
    currency: String,
    count: String,
    issued: String,
    due: String,
    overdue: Option<String>,
}

/// One invoice.
struct RowShown {
    path: String,
    name: String,
    client: String,
    period: String,
    issued: String,
    due_on: String,
    hours: String,
    total: String,
    due: String,
    class: &'static str,
    state: &'static str,
}

/// `GET /invoices`.
pub(in super::super) async fn list(inside: Inside<(), Filter>) -> Result<Shown, Problem> {
    let filter = &inside.call.query;
    let seen = clients_seen(&inside)?;
    let seen = seen.as_ref();
    let mut tx = inside.tx().await?;
    let today = today(&inside, &mut tx).await?;
    let wanted = wanted(filter, today)?;
    if let Some(client) = wanted.client {
        must_see(&inside, client)?;
    }
    let before = inside.call.after()?.map(InvoiceId);
    let rows =
        newest_invoices::list(&mut tx, &wanted, seen, before, inside.call.look_for()).await?;
    let sums = newest_invoices::sums(&mut tx, &wanted, seen, today).await?;
    let mut clients = client::list(&mut tx, None, CLIENTS_MAX).await?;
    clients.retain(|row| seen.is_none_or(|seen| seen.contains(&row.client_id)));
    let named = clients.iter().filter_map(|row| row.name.as_ref());
    personal::load(&inside.keys, &mut tx, named).await?;
    tx.commit().await?;
    let clients = choices(&inside, &clients, filter);
    let answer = inside.call.page(rows, |row| row.invoice_id.0, |row| row);
    let found = answer.body();
    let name = |row: &InvoiceRow| {
        let id = row.client_id.to_string();
        let known = clients.iter().find(|choice| choice.value == id);
        known.map_or(id, |choice| choice.name.clone())
    };
    let list = ListPage {
        around: inside.around().await?,
        states: states(filter),
        filtered: !filter.client.is_empty() || !filter.state.is_empty(),
        sums: sums.iter().map(sum).collect(),
        rows: found.items.iter().map(|row| shown(row, name(row), today)).collect(),
        next: found.next_cursor.as_deref().map(|cursor| next(&inside, cursor)),
        first: before.is_none(),
        clients,
    };
    page(StatusCode::OK, &list)
}

/// The day it is in the firm's zone, by which invoices are overdue.
async fn today(about: &About, tx: &mut TenantTx) -> Result<Date, Problem> {
    let book = PriceBook::shared(tx).await?;
    let now = about.now();
    let zone = book.settings().time_zone(now.to_zoned(TimeZone::UTC).date()).to_owned();
    Ok(now.to_zoned(TimeZone::get(&zone).unwrap_or(TimeZone::UTC)).date())
}

fn wanted(filter: &Filter, today: Date) -> Result<Wanted, Problem> {
    let fault = |key: &str, detail: &str| {
        Problem::malformed(vec![FieldError::new(format!("?{key}"), "query.invalid", detail)])
    };
    let client = match &*filter.client {
        "" => None,
        id => Some(Uuid::parse_str(id).map_err(|_| fault("client", "choose one of the clients"))?),
    };
    let mut wanted = Wanted { client: client.map(ClientId), ..Wanted::default() };
    match &*filter.state {
        "" => {}
        "overdue" => wanted.overdue = Some((today, true)),
        name => {
            let known = InvoiceState::ALL.into_iter().find(|state| state.as_str() == name);
            wanted.state = Some(known.ok_or_else(|| fault("state", "choose one of the states"))?);
        }
    }
    Ok(wanted)
}

fn choices(about: &About, clients: &[ClientRow], filter: &Filter) -> Vec<Choice> {
    let choice = |row: &ClientRow| {
        let value = row.client_id.to_string();
        let name = personal::unique_text(&about.keys, row.name.as_ref());
        let chosen = value == filter.client;
        Choice { name: name.unwrap_or_else(|| value.clone()), chosen, value }
    };
    let mut choices: Vec<Choice> = clients.iter().map(choice).collect();
    choices.sort_by_cached_key(|choice| choice.name.to_lowercase());
    choices
}

fn states(filter: &Filter) -> Vec<Choice> {
    let known = InvoiceState::ALL.into_iter().map(|it| (it.as_str(), state(it)));
    let overdue = std::iter::once(("overdue", "Overdue"));
    let choice = |(value, name): (&str, &str)| Choice {
        value: value.to_owned(),
        name: name.to_owned(),
        chosen: value == filter.state,
    };
    known.chain(overdue).map(choice).collect()
}

/// The same list, further on: a cursor is bound to what was asked for.
fn next(about: &About, cursor: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(&about.asked.own).append_pair("cursor", cursor);
    format!("/invoices?{}", query.finish())
}

fn sum(sum: &CurrencySum) -> SumShown {
    let CurrencySum { currency, invoices, drafts, .. } = sum;
    let invoices = count(usize::try_from(*invoices).unwrap_or(0), "invoice", "invoices");
    let count = match drafts {
        0 => invoices,
        drafts => format!("{invoices}, of which {drafts} in draft"),
    };
    SumShown {
        count,
        issued: amount(sum.payable_minor, currency),
        due: amount(sum.due_minor, currency),
        overdue: (sum.overdue_minor != 0).then(|| amount(sum.overdue_minor, currency)),
        currency: currency.clone(),
    }
}

fn shown(row: &InvoiceRow, client: String, today: Date) -> RowShown {
    let currency = &*row.currency;
    let overdue = row.is_overdue(today);
    let due = (row.state == InvoiceState::Issued).then(|| amount(row.balance_minor, currency));
    RowShown {
        path: format!("/invoices/{}", row.invoice_id),
        name: row.number.clone().unwrap_or_else(|| "Draft".to_owned()),
        client,
        period: period(row.from_day, row.to_day),
        issued: row.issued_on.map(short_day).unwrap_or_default(),
        due_on: row.due_on.map(short_day).unwrap_or_default(),
        hours: hours(row.seconds),
        total: row.payable_minor.map(|minor| money(minor, currency)).unwrap_or_default(),
        due: due.unwrap_or_default(),
        class: if overdue { "overdue" } else { row.state.as_str() },
        state: if overdue { "Overdue" } else { state(row.state) },
    }
}
