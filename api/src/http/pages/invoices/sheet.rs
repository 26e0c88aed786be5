//! The document of an invoice as rows of text: of what was issued the sealed facts and nothing
//! else, of a draft what it would say now. Two moments of it can be laid over each other.

use domain::billing::lines::Line;
use domain::billing::sealed::{DocumentKind, SealedInvoice, SealedLine};
use domain::billing::{InvoiceState, Issued};
use domain::catalogue::rates::RateUnit;
use domain::personal::Personal;

use super::marks::{Row, mark, number};
use super::words::{amount, day, money, period, reduction};
use crate::http::billing::view::InvoiceView;

/// What stands for a text whose key was destroyed.
const ERASED: &str = "[erased]";

/// A document, to be drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sheet {
    /// What it calls itself.
    pub(crate) title: String,
    /// Who issues: a name and what tells more.
    pub(crate) seller: Row,
    /// Who is to pay.
    pub(crate) buyer: Row,
    /// Number, days and references.
    pub(crate) facts: Vec<Row>,
    /// Description, quantity, price of a unit, tax, and amount.
    pub(crate) lines: Vec<Row>,
    /// From the sum of the lines to what is due.
    pub(crate) totals: Vec<Row>,
    /// What else it says.
    pub(crate) closing: Vec<Row>,
    /// ISO 4217.
    pub(crate) currency: String,
}

impl Sheet {
    /// The document at the moment of the view. Names of a draft's client and firm are as they are.
    pub(super) fn of(view: &InvoiceView, firm: &str, client: &str) -> Self {
        let mut sheet = match &view.document {
            Some(sealed) => of_sealed(sealed),
            None => of_lines(view, firm, client),
        };
        number(sheet.lines.iter_mut());
        if let Some(issued) = &view.drafted.issued {
            sheet.totals.extend(settled(issued, view));
        }
        sheet
    }

    /// The same with what was not so before.
    pub(super) fn marked(mut self, before: &Sheet) -> Self {
        let one = |row: &mut Row, before: &Row| {
            let mut rows = vec![std::mem::take(row)];
            mark(&mut rows, std::slice::from_ref(before));
            *row = rows.swap_remove(0);
        };
        one(&mut self.seller, &before.seller);
        one(&mut self.buyer, &before.buyer);
        mark(&mut self.facts, &before.facts);
        mark(&mut self.lines, &before.lines);
        mark(&mut self.totals, &before.totals);
        mark(&mut self.closing, &before.closing);
        self
    }

    /// What is due in the end, as it's written.
    pub(super) fn due(&self) -> Option<&str> {
        let last = self.totals.iter().rev().find(|row| row.strong && !row.went)?;
        last.cells.first().map(|cell| &*cell.text)
    }
}

fn personal(text: &Personal<String>) -> String {
    text.get().cloned().unwrap_or_else(|| ERASED.to_owned())
}

fn of_sealed(sealed: &SealedInvoice) -> Sheet {
    let currency = &*sealed.currency;
    Sheet {
        title: match &*sealed.number {
            "" => format!("{} (draft)", sealed.wording.title),
            _ => sealed.wording.title.clone(),
        },
        seller: seller(sealed),
        buyer: buyer(sealed),
        facts: facts(sealed),
        lines: sealed.lines.iter().map(|line| line_row(line, currency)).collect(),
        totals: totals(sealed),
        closing: closing(sealed),
        currency: sealed.currency.clone(),
    }
}

fn seller(sealed: &SealedInvoice) -> Row {
    let seller = &sealed.seller;
    let mut lines = vec![seller.name.clone()];
    lines.extend(seller.address.iter().cloned());
    lines.extend(seller.vat_number.iter().map(|number| format!("VAT no. {number}")));
    lines.extend(seller.registration_number.iter().map(|number| format!("Reg. no. {number}")));
    Row::of("From", lines)
}

fn buyer(sealed: &SealedInvoice) -> Row {
    let Some(buyer) = sealed.buyer.particulars.get() else { return Row::of("To", [ERASED]) };
    let mut lines = vec![buyer.name.clone()];
    lines.extend(buyer.address.iter().cloned());
    lines.extend(buyer.vat_number.iter().map(|number| format!("VAT no. {number}")));
    lines.extend(buyer.registration_number.iter().map(|number| format!("Reg. no. {number}")));
    Row::of("To", lines)
}

fn facts(sealed: &SealedInvoice) -> Vec<Row> {
    let number = if sealed.number.is_empty() { "taken when issued" } else { &*sealed.number };
    let mut rows = vec![
        Row::of("Number", [number.to_owned()]),
        Row::of("Issued", [day(sealed.issued_on)]),
        Row::of("Due", [day(sealed.due_on)]),
        Row::of("Supplied", [period(sealed.supply_from, sealed.supply_to)]),
    ];
    let references = &sealed.references;
    let reference = references.buyer_reference.iter();
    rows.extend(reference.map(|text| Row::of("Your reference", [personal(text)])));
    let order = references.purchase_order.iter();
    rows.extend(order.map(|text| Row::of("Purchase order", [personal(text)])));
    if let Some(credited) = &references.credits {
        rows.push(Row::of("Credits invoice", [credited.number.clone()]));
        rows.push(Row::of("Reason", [personal(&credited.reason)]));
    }
    rows
}

fn unit(unit: RateUnit) -> &'static str {
    match unit {
        RateUnit::Hour => "h",
        RateUnit::Day => "d",
    }
}

/// `12.5000` as `12.50`: two places at least, and no zeros behind them.
fn quantity(text: &str, per: RateUnit) -> String {
    let kept = match text.split_once('.') {
        Some((whole, rest)) => {
            let rest = rest.trim_end_matches('0');
            format!("{whole}.{rest:0<2}")
        }
        None => text.to_owned(),
    };
    format!("{kept}\u{a0}{}", unit(per))
}

fn line_row(line: &SealedLine, currency: &str) -> Row {
    let mut about = line.description.clone();
    if let Some(who) = &line.who {
        about =
            if about.is_empty() { personal(who) } else { format!("{about}, {}", personal(who)) };
    }
    let note = line.note.as_ref().map(personal).unwrap_or_default();
    let discount = line.discount.map_or_else(String::new, |discount| {
        format!("less {}", reduction(discount.reduction, currency))
    });
    let cells = [
        about,
        quantity(&line.quantity, line.unit),
        amount(line.unit_price_minor, currency),
        format!("{}\u{a0}%", line.tax.percent),
        amount(line.amount_minor, currency),
        note,
        discount,
    ];
    let key = format!("{:?}", line.key);
    let events = format!("line-{}", line.n);
    Row { key, label: line.n.to_string(), events, ..Row::of("", cells) }
}

fn totals(sealed: &SealedInvoice) -> Vec<Row> {
    let (totals, currency) = (&sealed.totals, &*sealed.currency);
    let row = |label: &str, minor: i64| Row::of(label, [amount(minor, currency)]);
    let mut rows = Vec::new();
    if totals.allowance_minor != 0 {
        rows.push(row("Sum of lines", totals.lines_minor));
        rows.push(row("Discount", -totals.allowance_minor));
    }
    rows.push(row("Net", totals.net_minor));
    for tax in &sealed.taxes {
        let rate = tax.rate;
        let label = format!(
            "VAT {}\u{a0}% ({}) on {}",
            rate.percent,
            rate.category.words(),
            amount(tax.taxable_minor, currency)
        );
        let key = format!("VAT {} {}", rate.category.code(), rate.percent);
        rows.push(Row { key, ..row(&label, tax.tax_minor) });
    }
    if totals.rounding_minor != 0 {
        rows.push(row("Rounding", totals.rounding_minor));
    }
    let label = match sealed.document {
        DocumentKind::Invoice => "Total to pay",
        DocumentKind::CreditNote => "Total credited",
    };
    let total = Row::of(label, [money(totals.payable_minor, currency)]);
    rows.push(Row { strong: true, events: "issued".into(), ..total });
    rows
}

/// What came off since it was issued.
fn settled(issued: &Issued, view: &InvoiceView) -> Vec<Row> {
    let currency = &*view.drafted.currency;
    let mut rows = Vec::new();
    if issued.paid_minor() != 0 {
        let paid = Row::of("Paid", [amount(-issued.paid_minor(), currency)]);
        rows.push(Row { events: "paid".into(), ..paid });
    }
    if issued.credited_minor() != 0 {
        let credited = Row::of("Credited", [amount(-issued.credited_minor(), currency)]);
        rows.push(Row { events: "credited".into(), ..credited });
    }
    if !rows.is_empty() && view.drafted.state != InvoiceState::Void {
        let due = Row::of("Still due", [money(issued.balance_minor(), currency)]);
        rows.push(Row { strong: true, ..due });
    }
    rows
}

fn closing(sealed: &SealedInvoice) -> Vec<Row> {
    let currency = &*sealed.currency;
    let mut rows = Vec::new();
    if !sealed.seller.bank_details.is_empty() {
        rows.push(Row::of("Pay to", sealed.seller.bank_details.iter().cloned()));
    }
    if let Some(prompt) = &sealed.prompt_payment {
        let text = format!(
            "{} if paid by {} ({}\u{a0}% less)",
            money(prompt.payable_minor, currency),
            day(prompt.until),
            prompt.percent
        );
        rows.push(Row::of("Paid early", [text]));
    }
    if let Some(exchange) = &sealed.exchange {
        let own = &*exchange.currency;
        let text = format!(
            "VAT {}, total {}, at {}",
            money(exchange.tax_minor, own),
            money(exchange.gross_minor, own),
            exchange.stated.rate
        );
        rows.push(Row::of("In our currency", [text]));
    }
    for allowance in &sealed.allowances {
        let reason = allowance.reason.as_ref().map(personal).unwrap_or_default();
        let text = format!("{} {reason}", reduction(allowance.reduction, currency));
        rows.push(Row::of("Discount", [text]));
    }
    let wording = &sealed.wording;
    rows.extend(wording.tax_reason.iter().map(|text| Row::of("Tax", [text.clone()])));
    rows.extend(wording.note.iter().map(|text| Row::of("Note", [personal(text)])));
    rows.extend(wording.footer.iter().map(|text| Row::of("", [text.clone()])));
    rows
}

/// A draft that can't be sealed as it is: its lines are shown all the same.
fn of_lines(view: &InvoiceView, firm: &str, client: &str) -> Sheet {
    let (drafted, currency) = (&view.drafted, &*view.drafted.currency);
    let net: i64 = view.lines.iter().filter_map(|line| line.net_minor).sum();
    let sum = Row::of("Net, of lines with a price", [money(net, currency)]);
    let (words, told) = (view.words(), view.names_members());
    let about = |line: &Line| match words.who(line).filter(|_| told) {
        Some(who) => format!("{}, {who}", words.said(line)),
        None => words.said(line),
    };
    Sheet {
        title: "DRAFT".to_owned(),
        seller: Row::of("From", [firm]),
        buyer: Row::of("To", [client]),
        facts: vec![
            Row::of("Number", ["taken when issued"]),
            Row::of("Supplied", [period(drafted.from, drafted.to)]),
        ],
        lines: view.lines.iter().map(|line| draft_row(line, about(line), currency)).collect(),
        totals: vec![Row { strong: true, ..sum }],
        closing: Vec::new(),
        currency: currency.to_owned(),
    }
}

fn draft_row(line: &Line, about: String, currency: &str) -> Row {
    let priced = |minor: Option<i64>| minor.map_or("–".to_owned(), |it| amount(it, currency));
    let per = line.rate.as_ref().map_or(RateUnit::Hour, |rate| rate.unit);
    let cells = [
        about,
        quantity(&line.quantity, per),
        priced(line.unit_price_minor),
        String::new(),
        priced(line.net_minor),
        String::new(),
        String::new(),
    ];
    let events = format!("line-{}", line.n);
    let key = format!("{:?}", line.key);
    Row { key, label: line.n.to_string(), events, ..Row::of("", cells) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_keeps_two_places_and_what_is_not_zero_behind_them() {
        let shown = |text| quantity(text, RateUnit::Hour).replace('\u{a0}', " ");
        assert_eq!(["12.5000", "1.3333", "8.0000"].map(shown), ["12.50 h", "1.3333 h", "8.00 h"]);
    }
}
