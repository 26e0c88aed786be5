//! One invoice over HTTP: as it was sealed, or as a draft would be today, with what became of it.

use commands::billing::cautions;
use domain::billing::particulars::Missing;
use domain::billing::sealed::{SealedInvoice, SealedLine};
use domain::billing::{Drafted, InvoiceEvent, Refusal};
use domain::id::InvoiceId;
use domain::money::Percent;
use schemars::JsonSchema;
use serde::Serialize;

use super::Money;
use super::credit_notes::CreditNoteSummary;
use super::document::{DocumentBody, FormBody, LineBody, unit_of};
use super::happened::HappenedBody;
use super::invoices::{Amounts, InvoiceSummary, KIND, summary};
use super::issuing::IssueWarning;
use super::view::{InvoiceView, invoice_view};
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;

/// What a document lacks that the law asks for.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "MissingParticular")]
pub(crate) struct MissingBody {
    /// Such as `buyer_address`.
    field: &'static str,
    /// What to do about it.
    remedy: &'static str,
}

impl From<&Missing> for MissingBody {
    fn from(missing: &Missing) -> Self {
        MissingBody { field: missing.code(), remedy: missing.remedy() }
    }
}

/// Why a draft can't be issued as it is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "SealRefusal")]
pub(crate) struct SealRefusalBody {
    /// Such as `billing.line_unpriced`.
    code: &'static str,
    detail: String,
}

impl From<&Refusal> for SealRefusalBody {
    fn from(refusal: &Refusal) -> Self {
        SealRefusalBody { code: refusal.code(), detail: refusal.to_string() }
    }
}

/// An invoice with all that can be told of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Invoice")]
pub(crate) struct InvoiceBody {
    #[serde(flatten)]
    summary: InvoiceSummary,
    lines: Vec<LineBody>,
    /// Parties, taxes, sums and words: as sealed, or as a draft would be sealed today; null of a
    /// draft that can't be, and of one that was voided.
    document: Option<DocumentBody>,
    /// Why a draft can't be issued as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    seal_refusal: Option<SealRefusalBody>,
    /// What the document lacks that the law asks for.
    missing: Vec<MissingBody>,
    /// What issuing a draft would warn of; empty of what was issued.
    warnings: Vec<IssueWarning>,
    /// What it was rendered to when it was issued.
    forms: Vec<FormBody>,
    credit_notes: Vec<CreditNoteSummary>,
    #[serde(flatten)]
    happened: HappenedBody,
}

/// `GET /invoices/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<InvoiceBody>, Problem> {
    let id = InvoiceId(call.path.id);
    let view = invoice_view(&call, id).await?;
    let tag = call.tag((KIND, id.0), view.position());
    Ok(call.read(shown(&view)).tagged(tag))
}

/// An invoice as it's shown.
pub(crate) fn shown(view: &InvoiceView) -> InvoiceBody {
    let (lines, amounts) = match &view.document {
        Some(document) => (sealed_lines(view, document), Amounts::of(document)),
        None => priced_lines(view),
    };
    let mut summary = summary(&view.row);
    summary.amounts = Some(amounts);
    InvoiceBody {
        summary,
        lines,
        document: view.document.as_deref().map(DocumentBody::of),
        seal_refusal: view.seal_refusal.as_ref().map(Into::into),
        missing: view.missing.iter().map(Into::into).collect(),
        warnings: warnings(view),
        forms: forms(view),
        credit_notes: view.credit_notes.iter().map(CreditNoteSummary::of).collect(),
        happened: view.happened(),
    }
}

fn warnings(view: &InvoiceView) -> Vec<IssueWarning> {
    let draft = view.document.as_deref().filter(|_| view.drafted.issued.is_none());
    draft.map(cautions).unwrap_or_default().into_iter().map(Into::into).collect()
}

fn forms(view: &InvoiceView) -> Vec<FormBody> {
    let issued = view.told.iter().find_map(|told| {
        let InvoiceEvent::InvoiceIssued(event) = &told.event else { return None };
        Some(event)
    });
    issued.map(|event| event.forms.iter().map(Into::into).collect()).unwrap_or_default()
}

/// The lines as sealed, with what is left of each, or of a draft as they would be.
pub(crate) fn sealed_lines(view: &InvoiceView, document: &SealedInvoice) -> Vec<LineBody> {
    let issued = view.drafted.issued.as_deref();
    let line = |line: &SealedLine| {
        let mut body = LineBody::sealed(line, &document.currency);
        // The document may not name who worked; the firm knows.
        if line.who.is_none() {
            body.member = view.names.who(&line.key);
        }
        let Some(issued) = issued.filter(|issued| !issued.credits.is_empty()) else {
            return body;
        };
        let seconds = issued.left_seconds(line).iter().map(|(_, seconds)| seconds).sum();
        LineBody {
            net_left: Some(Money::of(issued.left_net(line), &document.currency)),
            seconds_left: Some(seconds),
            ..body
        }
    };
    document.lines.iter().map(line).collect()
}

/// The lines of what was never issued and can't be as it is, with the sum of those that have a
/// price.
fn priced_lines(view: &InvoiceView) -> (Vec<LineBody>, Amounts) {
    let Drafted { currency, .. } = &view.drafted;
    let money = |amount: i64| Money::of(amount, currency);
    let (category, vat) = vat_of(view);
    let words = view.words();
    let line = |line: &domain::billing::lines::Line| LineBody {
        n: line.n,
        description: words.said(line),
        member: words.who(line),
        note: None,
        seconds: line.seconds,
        rounded_seconds: line.rounded_seconds,
        quantity: line.quantity.clone(),
        unit: line.rate.as_ref().map(|rate| unit_of(rate.unit)),
        unit_seconds: line.unit_seconds,
        unit_price: line.unit_price_minor.map(money),
        discount: None,
        net: line.net_minor.map(money),
        tax_category: category.to_owned(),
        tax_rate: vat.map_or_else(|| "0".to_owned(), |rate| rate.to_string()),
        rounding: line.rounding.into(),
        entries: line.entries.len(),
        net_left: None,
        seconds_left: None,
        warning: line.warning.as_ref().map(|warning| warning.code().to_owned()),
    };
    let net = view.lines.iter().filter_map(|line| line.net_minor).sum();
    let tax = vat.map_or(0, |rate| rate.of(net));
    let amounts = Amounts {
        net: money(net),
        tax: money(tax),
        gross: money(net + tax),
        payable: money(net + tax),
    };
    (view.lines.iter().map(line).collect(), amounts)
}

/// The category and the rate of the tax where nothing else was said.
fn vat_of(view: &InvoiceView) -> (&'static str, Option<Percent>) {
    let day = view.drafted.to;
    let settings = view.book.as_ref().map(|book| book.settings());
    match settings.filter(|settings| settings.vat_registered(day)) {
        Some(settings) => ("S", Some(settings.vat_percent(day))),
        None => ("O", None),
    }
}
