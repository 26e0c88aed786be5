//! Invoices over HTTP: drafts, their lines with what each is made of, and voiding.

use commands::billing::{DraftInvoice, VoidInvoice};
use domain::billing::{GroupBy, InvoiceState};
use domain::id::{ClientId, InvoiceId};
use domain::money::Percent;
use jiff::Timestamp;
use jiff::civil::Date;
use projections::billing::invoice::{self, Invoice, InvoiceRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Money;
use super::applied::{AppliedBody, applied_to};
use super::names::Names;
use super::view::{InvoiceView, invoice_view};
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Json, OptionalJson};
use crate::http::call::{Call, piece};
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;

pub(crate) const KIND: &str = "invoice";

/// What makes a line.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grouping {
    /// One line per project and task.
    Task,
    /// One line per member.
    Member,
    /// One line per day.
    Day,
    /// One line per entry.
    Entry,
}

impl From<Grouping> for GroupBy {
    fn from(grouping: Grouping) -> Self {
        match grouping {
            Grouping::Task => GroupBy::Task,
            Grouping::Member => GroupBy::Member,
            Grouping::Day => GroupBy::Day,
            Grouping::Entry => GroupBy::Entry,
        }
    }
}

impl From<GroupBy> for Grouping {
    fn from(group_by: GroupBy) -> Self {
        match group_by {
            GroupBy::Task => Grouping::Task,
            GroupBy::Member => Grouping::Member,
            GroupBy::Day => Grouping::Day,
            GroupBy::Entry => Grouping::Entry,
        }
    }
}

/// An invoice in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct InvoiceSummary {
    id: Uuid,
    client_id: Uuid,
    from: Date,
    to: Date,
    group_by: Grouping,
    currency: String,
    /// In this state.
    state: String,
    /// How many entries it took.
    entries: u32,
    /// Their seconds, as recorded.
    seconds: i64,
    drafted_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    voided_at: Option<Timestamp>,
}

/// A line of an invoice.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceLine")]
pub(crate) struct LineBody {
    n: u32,
    description: String,
    /// As recorded.
    seconds: i64,
    /// As billed.
    rounded_seconds: i64,
    /// Units, with four places; the price is made from the seconds.
    quantity: String,
    unit_price: Option<Money>,
    net: Option<Money>,
    /// `S` standard rate, `O` outside of the tax.
    tax_category: String,
    /// Percent, as a decimal.
    tax_rate: String,
    /// Why it has no price, such as `billing.no_rate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

/// An invoice with its lines.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Invoice")]
pub(crate) struct InvoiceBody {
    #[serde(flatten)]
    summary: InvoiceSummary,
    lines: Vec<LineBody>,
    /// The sum of the lines that have a price.
    net: Money,
    tax: Money,
    gross: Money,
}

fn summary(row: &InvoiceRow) -> InvoiceSummary {
    InvoiceSummary {
        id: row.invoice_id.0,
        client_id: row.client_id.0,
        from: row.from_day,
        to: row.to_day,
        group_by: row.group_by.into(),
        currency: row.currency.clone(),
        state: row.state.as_str().to_owned(),
        entries: row.entries,
        seconds: row.seconds,
        drafted_at: row.drafted_at,
        voided_at: row.voided_at,
    }
}

/// Which invoices.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Of this client.
    client_id: Option<Uuid>,
    /// In this state.
    state: Option<State>,
}

/// The state of an invoice: something is due of an issued one, nothing of a paid one.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Draft,
    Issued,
    Paid,
    Void,
}

/// `GET /invoices`.
pub(crate) async fn list(call: Call<(), Wanted>) -> Result<Answer<Page<InvoiceSummary>>, Problem> {
    let client = call.query.client_id.map(ClientId);
    let state = call.query.state.map(|state| match state {
        State::Draft => InvoiceState::Draft,
        State::Issued => InvoiceState::Issued,
        State::Paid => InvoiceState::Paid,
        State::Void => InvoiceState::Void,
    });
    let (after, limit) = (call.after()?.map(InvoiceId), call.look_for());
    let rows = match call.rows_then::<Invoice>().await? {
        None => {
            let mut tx = call.tx().await?;
            let rows = invoice::list(&mut tx, client, state, after, limit).await?;
            tx.commit().await?;
            rows
        }
        Some(rows) => {
            let wanted = |row: &InvoiceRow| {
                client.is_none_or(|client| row.client_id == client)
                    && state.is_none_or(|state| row.state == state)
            };
            piece(&rows, wanted, |row| row.invoice_id, after, limit)
        }
    };
    Ok(call.page(rows, |row| row.invoice_id.0, |row| summary(&row)))
}

/// `GET /invoices/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<InvoiceBody>, Problem> {
    let id = InvoiceId(call.path.id);
    let view = invoice_view(&call, id).await?;
    let vat = vat_of(&view);
    let currency = &view.drafted.currency;
    let rate = vat.1.map_or_else(|| "0".to_owned(), |rate| rate.to_string());
    let money = |amount: i64| Money::of(amount, currency);
    let net = view.lines.iter().filter_map(|line| line.net_minor).sum();
    let tax = vat.1.map_or(0, |rate| rate.of(net));
    let lines = view.lines.iter();
    let lines = lines
        .map(|line| LineBody {
            n: line.n,
            description: view.names.line(&line.key),
            seconds: line.seconds,
            rounded_seconds: line.rounded_seconds,
            quantity: line.quantity.clone(),
            unit_price: line.unit_price_minor.map(money),
            net: line.net_minor.map(money),
            tax_category: vat.0.to_owned(),
            tax_rate: rate.clone(),
            warning: line.warning.as_ref().map(|warning| warning.code().to_owned()),
        })
        .collect();
    let tag = call.tag((KIND, id.0), view.position());
    let body = InvoiceBody {
        summary: summary(&view.row),
        lines,
        net: money(net),
        tax: money(tax),
        gross: money(net + tax),
    };
    Ok(call.read(body).tagged(tag))
}

/// The category and the rate of the tax on a draft.
fn vat_of(view: &InvoiceView) -> (&'static str, Option<Percent>) {
    let day = view.drafted.to;
    let settings = view.book.as_ref().map(|book| book.settings());
    match settings.filter(|settings| settings.vat_registered(day)) {
        Some(settings) => ("S", Some(settings.vat_percent(day))),
        None => ("O", None),
    }
}

/// Where a line's entries are asked for.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct ByLine {
    /// The invoice.
    id: Uuid,
    /// The line: 1, 2, 3, …
    n: u32,
}

/// An entry that a line is made of.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct LineEntry {
    entry_id: Uuid,
    /// The version that was approved and billed.
    version: u32,
    member_id: Uuid,
    member: String,
    project_id: Uuid,
    task_id: Uuid,
    date: Date,
    seconds: i64,
}

/// What a line is made of.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Provenance {
    invoice_id: Uuid,
    n: u32,
    description: String,
    entries: Vec<LineEntry>,
    /// The seconds that one unit stands for.
    unit_seconds: u32,
    unit_price: Option<Money>,
    net: Option<Money>,
    /// The rounding rule: mode, interval in minutes, tie and scope.
    rounding: String,
    /// Where the rule comes from, since when, and by which event; several where entries of the
    /// line got the same rule from different places.
    rounding_rules: Vec<AppliedBody>,
}

/// `GET /invoices/{id}/lines/{n}/provenance`.
pub(crate) async fn provenance(call: Call<ByLine, Nothing>) -> Result<Answer<Provenance>, Problem> {
    let ByLine { id, n } = call.path;
    let view = invoice_view(&call, InvoiceId(id)).await?;
    let line = view.lines.iter().find(|line| line.n == n).ok_or_else(Problem::not_found)?;
    let book = view.book.as_ref().ok_or_else(Problem::not_found)?;
    let money = |amount: i64| Money::of(amount, &view.drafted.currency);
    let of_line = view.entries.iter().filter(|held| line.entries.contains(&held.entry));
    let rounding_rules = applied_to(book, view.drafted.client, of_line.clone());
    let mut tx = call.tx().await?;
    let members = of_line.clone().map(|held| held.member);
    let names = Names::load(&call, &mut tx, [], [], members).await?;
    tx.commit().await?;
    let entries = of_line
        .map(|held| LineEntry {
            entry_id: held.entry.0,
            version: held.version,
            member_id: held.member.0,
            member: names.member(held.member),
            project_id: held.project.0,
            task_id: held.task.0,
            date: held.day,
            seconds: held.seconds,
        })
        .collect();
    let rule = line.rounding;
    Ok(call.read(Provenance {
        invoice_id: id,
        n,
        description: view.names.line(&line.key),
        entries,
        unit_seconds: line.unit_seconds,
        unit_price: line.unit_price_minor.map(money),
        net: line.net_minor.map(money),
        rounding: format!(
            "{} {} min, tie {}, per {}",
            rule.mode.as_str(),
            rule.interval_minutes,
            rule.tie.as_str(),
            rule.scope.as_str()
        ),
        rounding_rules,
    }))
}

/// A draft to be made.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftBody {
    /// Who is to pay.
    client_id: Uuid,
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    /// What makes a line.
    group_by: Grouping,
}

/// `POST /invoices`.
pub(crate) async fn draft(
    call: Call<(), Nothing, Json<DraftBody>>,
) -> Result<Answer<Changed>, Problem> {
    let DraftBody { client_id, from, to, group_by } = call.body.0;
    let command = DraftInvoice {
        invoice: InvoiceId(call.new_id()),
        client: ClientId(client_id),
        from,
        to,
        group_by: group_by.into(),
    };
    let done = call.send(command).await?;
    Ok(call.made(done, KIND, "/invoices"))
}

/// Why an invoice is void.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VoidBody {
    /// In your words.
    reason: Option<String>,
}

/// `POST /invoices/{id}/void`.
pub(crate) async fn void(
    call: Call<ById, Nothing, OptionalJson<VoidBody>>,
) -> Result<Answer<Changed>, Problem> {
    let invoice = InvoiceId(call.path.id);
    let object = (KIND, invoice.0);
    let stream = domain::billing::invoice_stream(invoice);
    let reason = call.body.0.reason.clone();
    let command =
        |expected_version| VoidInvoice { invoice, reason: reason.clone(), expected_version };
    let done = call.send_if(object, stream, |_, _| true, command).await?;
    Ok(call.changed(done, object))
}
