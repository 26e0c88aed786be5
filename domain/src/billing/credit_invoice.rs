//! Taking an issued invoice back, in whole or in part, by a credit note with a number of its own.
//! What it takes is exact: these seconds of these entries and this much money. The seconds may be
//! billed again, unless they are written off.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::credits::{at_most, credited};
use super::exchange::Exchange;
use super::issued::{Issued, share};
use super::numbering::{NumberTaken, year_of};
use super::sealed::{
    Allowance, Credited, DocumentKind, LineDiscount, References, RenderedForm, SealedEntry,
    SealedInvoice, SealedLine, TemplateVersion, Wording,
};
use super::totals::{ArithmeticVersion, DiscountShare, Prices, Reduction, TaxSubtotal, Totals};
use super::{CreditNoteIssued, Fate, Invoice, Lot, MovedSeconds, Refusal};
use crate::id::{CreditNoteId, InvoiceId};
use crate::money::proportion;
use crate::personal::Personal;

/// What of a line is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreditPart {
    /// All that is left of it.
    Whole,
    /// So many of its seconds, of its sign, from its entries in their order.
    Seconds(i64),
    /// These seconds of these entries, each of its entry's sign.
    Entries(Vec<(Lot, i64)>),
    /// So much of its price before tax, of its sign; the seconds stay billed.
    NetMinor(i64),
}

/// What a credit note takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreditWhat {
    /// All that is left of the invoice.
    Everything,
    /// Parts of lines, each line named once.
    Lines(Vec<(u32, CreditPart)>),
}

/// What a credit note says, before it has been rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditFacts {
    /// Its number.
    pub number: String,
    /// The day of issue, in the firm's zone.
    pub issued_on: Date,
    /// What it takes back.
    pub what: CreditWhat,
    /// What becomes of the seconds.
    pub fate: Fate,
    /// Why it's taken back.
    pub reason: Personal<String>,
    /// Whether its lines name who worked, where the invoice's do.
    pub names_members: bool,
    /// The look.
    pub template_version: TemplateVersion,
}

/// Takes an invoice back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditInvoice {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The new credit note.
    pub credit_note: CreditNoteId,
    /// What it says.
    pub facts: CreditFacts,
    /// The number that is taken for it in the same commit.
    pub number: NumberTaken,
    /// What the sealed facts were rendered to.
    pub forms: Vec<RenderedForm>,
}

/// The facts that a credit note would seal, with the seconds it would move: they are rendered
/// before it's issued.
pub fn sealed(
    invoice: &Invoice,
    id: InvoiceId,
    facts: &CreditFacts,
) -> Result<(SealedInvoice, Vec<MovedSeconds>), Refusal> {
    let (_, issued) = invoice.issued(id)?;
    let issued_on = issued.sealed.issued_on;
    if facts.issued_on < issued_on {
        return Err(Refusal::BeforeIssue { issued_on });
    }
    let takes = takes(issued, facts)?;
    let parts: Vec<(u32, i64)> = takes.iter().map(|take| (take.line.n, take.net_minor)).collect();
    let (taxes, totals) = credited(issued, &parts)?;
    let moved: Vec<MovedSeconds> = takes.iter().flat_map(|take| take.moved.clone()).collect();
    if moved.is_empty() && totals.gross_minor == 0 {
        return Err(Refusal::NothingToCredit);
    }
    let document = if issued.credits.is_empty() && facts.what == CreditWhat::Everything {
        mirrored(issued, id, facts)
    } else {
        partial(issued, id, facts, &takes, taxes, totals)
    };
    Ok((document, moved))
}

/// What crediting leads to.
pub fn decide(invoice: &Invoice, command: CreditInvoice) -> Result<CreditNoteIssued, Refusal> {
    let CreditInvoice { invoice: id, credit_note, facts, number, forms } = command;
    let (drafted, issued) = invoice.issued(id)?;
    if issued.credits.iter().any(|credit| credit.credit_note == credit_note) {
        return Err(Refusal::CreditNoteExists { credit_note });
    }
    let (sealed, moved) = sealed(invoice, id, &facts)?;
    let ours = number.invoice == id
        && number.credit_note == Some(credit_note)
        && number.document == DocumentKind::CreditNote
        && number.year == year_of(sealed.issued_on)
        && number.number == sealed.number;
    if !ours {
        return Err(Refusal::WrongSeries);
    }
    let client = drafted.client;
    let sealed = Box::new(sealed);
    Ok(CreditNoteIssued { invoice: id, client, credit_note, sealed, moved, forms })
}

/// What is taken of one line.
struct Take<'a> {
    line: &'a SealedLine,
    net_minor: i64,
    moved: Vec<MovedSeconds>,
}

fn takes<'a>(issued: &'a Issued, facts: &CreditFacts) -> Result<Vec<Take<'a>>, Refusal> {
    let whole = |line: &SealedLine| (line.n, CreditPart::Whole);
    let lines: Vec<(u32, CreditPart)> = match &facts.what {
        CreditWhat::Everything => issued.sealed.lines.iter().map(whole).collect(),
        CreditWhat::Lines(lines) => lines.clone(),
    };
    let mut named = BTreeSet::new();
    let mut takes = Vec::with_capacity(lines.len());
    for (n, part) in &lines {
        let line = issued.sealed.line(*n).ok_or(Refusal::LineUnknown { line: *n })?;
        if !named.insert(*n) {
            return Err(Refusal::LineTwice { line: *n });
        }
        let take = take(issued, line, part, facts.fate)?;
        let is_something = take.net_minor != 0 || !take.moved.is_empty();
        takes.extend(is_something.then_some(take));
    }
    Ok(takes)
}

fn take<'a>(
    issued: &Issued,
    line: &'a SealedLine,
    part: &CreditPart,
    fate: Fate,
) -> Result<Take<'a>, Refusal> {
    let left = issued.left_seconds(line);
    let held: BTreeMap<Lot, i64> = left.iter().copied().collect();
    let left_net = issued.left_net(line);
    let wanted = match part {
        CreditPart::Whole => left.clone(),
        CreditPart::Seconds(seconds) => {
            from_the_first(&left, *seconds).ok_or(Refusal::OverCredited { line: line.n })?
        }
        CreditPart::Entries(wanted) => {
            let mut lots = BTreeSet::new();
            let fits = |(lot, seconds): &(Lot, i64)| {
                let held = held.get(lot).copied().unwrap_or(0);
                seconds.signum() == held.signum()
                    && *seconds != 0
                    && seconds.unsigned_abs() <= held.unsigned_abs()
            };
            if !wanted.iter().all(|it| fits(it) && lots.insert(it.0)) {
                return Err(Refusal::OverCredited { line: line.n });
            }
            wanted.clone()
        }
        CreditPart::NetMinor(net_minor) => return lowered(line, left_net, *net_minor),
    };
    let all: i64 = wanted.iter().map(|(_, seconds)| seconds).sum();
    let is_all = held.len() == wanted.len()
        && wanted.iter().all(|(lot, seconds)| held.get(lot) == Some(seconds));
    // A part is priced as what is left of the line is, by what each second was billed as: it may
    // net time that is taken back with time that is not, and some of its price may be gone without
    // its seconds.
    let left_all: i64 = left.iter().map(|(_, seconds)| seconds).sum();
    let billed = issued.left_billed(line);
    let share_of = |lot: &Lot, part: i64| {
        billed.get(lot).map_or(0, |(seconds, billed)| share(*billed, part, *seconds))
    };
    let shares: i64 = wanted.iter().map(|(lot, seconds)| share_of(lot, *seconds)).sum();
    let billed_all: i64 = billed.values().map(|(_, billed)| billed).sum();
    let net_minor = if is_all {
        left_net
    } else if left_all == 0 {
        return Err(Refusal::NotDivisible { line: line.n });
    } else if beyond(all, left_all) || beyond(shares, billed_all) {
        return Err(Refusal::OverCredited { line: line.n });
    } else if billed_all == 0 {
        proportion(left_net, all, left_all)
    } else {
        proportion(left_net, shares, billed_all)
    };
    let whole: BTreeMap<Lot, i64> =
        line.entries.iter().map(|entry| (entry.lot(), entry.seconds)).collect();
    let moved = wanted.into_iter().map(|(lot, seconds)| MovedSeconds {
        line: line.n,
        lot,
        seconds,
        left: held.get(&lot).copied().unwrap_or(0) - seconds,
        whole: whole.get(&lot) == Some(&seconds),
        fate,
        billed_seconds: Some(share_of(&lot, seconds)),
    });
    Ok(Take { line, net_minor, moved: moved.collect() })
}

/// Whether a part is more than the whole, or of the other sign.
fn beyond(part: i64, whole: i64) -> bool {
    part.signum() * whole.signum() < 0 || part.unsigned_abs() > whole.unsigned_abs()
}

/// Takes of the price alone.
fn lowered(line: &SealedLine, left_net: i64, net_minor: i64) -> Result<Take<'_>, Refusal> {
    let fits = net_minor.unsigned_abs() <= left_net.unsigned_abs()
        && net_minor.signum() == left_net.signum();
    let refusal = Refusal::OverCredited { line: line.n };
    if fits { Ok(Take { line, net_minor, moved: Vec::new() }) } else { Err(refusal) }
}

/// So many seconds from the first lots of their sign; all lots where it's all there is. None where
/// there are not so many, or of the other sign.
fn from_the_first(left: &[(Lot, i64)], seconds: i64) -> Option<Vec<(Lot, i64)>> {
    let all: i64 = left.iter().map(|(_, seconds)| seconds).sum();
    if seconds == 0
        || seconds.signum() != all.signum()
        || seconds.unsigned_abs() > all.unsigned_abs()
    {
        return None;
    }
    if seconds == all {
        return Some(left.to_vec());
    }
    let mut wanted = Vec::new();
    let mut open = seconds;
    for (lot, held) in left.iter().filter(|(_, held)| held.signum() == seconds.signum()) {
        if open != 0 {
            let part = at_most(open, *held);
            open -= part;
            wanted.push((*lot, part));
        }
    }
    Some(wanted)
}

/// A credit note of all of an invoice says what the invoice says.
fn mirrored(issued: &Issued, id: InvoiceId, facts: &CreditFacts) -> SealedInvoice {
    let invoice = &issued.sealed;
    document(invoice, id, facts, invoice.lines.clone())
}

fn partial(
    issued: &Issued,
    id: InvoiceId,
    facts: &CreditFacts,
    takes: &[Take<'_>],
    taxes: Vec<TaxSubtotal>,
    totals: Totals,
) -> SealedInvoice {
    let lines = takes.iter().map(|take| credit_line(&issued.sealed, take)).collect();
    let share =
        |tax: &TaxSubtotal| DiscountShare { rate: tax.rate, amount_minor: tax.allowance_minor };
    let shares: Vec<DiscountShare> =
        taxes.iter().filter(|tax| tax.allowance_minor != 0).map(share).collect();
    let reduction = Reduction::AmountMinor(totals.allowance_minor);
    let allowance = Allowance { reduction, reason: None, shares };
    let allowances = if allowance.shares.is_empty() { Vec::new() } else { vec![allowance] };
    let invoice = &issued.sealed;
    let exchange = invoice.exchange.as_ref().map(|own| own_part(issued, own, &totals));
    let prices = Prices::Exclusive;
    let document = document(invoice, id, facts, lines);
    SealedInvoice { prices, exchange, allowances, taxes, totals, ..document }
}

/// Tax and gross of a partial credit note in the firm's own currency: in proportion, and the rest
/// of it with the last of the invoice.
fn own_part(issued: &Issued, own: &Exchange, totals: &Totals) -> Exchange {
    let whole = issued.sealed.totals;
    let before = |of: fn(&(i64, i64)) -> i64| -> i64 {
        issued.credits.iter().filter_map(|credit| credit.own_minor.as_ref()).map(of).sum()
    };
    let gross: i64 = issued.credits.iter().map(|credit| credit.gross_minor).sum();
    let last = gross + totals.gross_minor == whole.gross_minor;
    let part = |own: i64, before: i64, part: i64, whole: i64| match whole {
        _ if last => own - before,
        0 => 0,
        whole => at_most(proportion(own, part, whole), own - before),
    };
    let tax = (own.tax_minor, before(|own| own.0));
    let gross = (own.gross_minor, before(|own| own.1));
    Exchange {
        tax_minor: part(tax.0, tax.1, totals.tax_minor, whole.tax_minor),
        gross_minor: part(gross.0, gross.1, totals.gross_minor, whole.gross_minor),
        ..own.clone()
    }
}

/// A credit note with the parties and, until they are given, the sums of its invoice.
fn document(
    invoice: &SealedInvoice,
    id: InvoiceId,
    facts: &CreditFacts,
    mut lines: Vec<SealedLine>,
) -> SealedInvoice {
    lines.iter_mut().filter(|_| !facts.names_members).for_each(|line| line.who = None);
    let credits = Credited {
        invoice: id,
        number: invoice.number.clone(),
        issued_on: invoice.issued_on,
        reason: facts.reason.clone(),
    };
    SealedInvoice {
        number: facts.number.clone(),
        document: DocumentKind::CreditNote,
        issued_on: facts.issued_on,
        due_on: facts.issued_on,
        lines,
        prompt_payment: None,
        wording: Wording { title: "CREDIT NOTE".to_owned(), note: None, ..invoice.wording.clone() },
        references: References { credits: Some(credits), ..invoice.references.clone() },
        arithmetic_version: ArithmeticVersion::TODAY,
        template_version: facts.template_version,
        ..invoice.clone()
    }
}

/// A line of a partial credit note, before tax. What lowers a price is one unit of that price.
fn credit_line(invoice: &SealedInvoice, take: &Take<'_>) -> SealedLine {
    let (line, net_minor) = (take.line, take.net_minor);
    let base = SealedLine { amount_minor: net_minor, net_minor, ..line.clone() };
    if take.moved.is_empty() {
        return SealedLine {
            seconds: 0,
            rounded_seconds: 0,
            quantity: "1.0000".to_owned(),
            unit_seconds: 0,
            unit_price_minor: net_minor,
            discount: None,
            entries: Vec::new(),
            ..base
        };
    }
    let seconds: i64 = take.moved.iter().map(|it| it.seconds).sum();
    let rounded_seconds = take.moved.iter().filter_map(|it| it.billed_seconds).sum();
    let unit_price_minor = match invoice.prices {
        Prices::Exclusive => line.unit_price_minor,
        Prices::Inclusive => line.unit_price_minor - line.tax.percent.within(line.unit_price_minor),
    };
    let unit = i64::from(line.unit_seconds.max(1));
    let full = proportion(unit_price_minor, rounded_seconds, unit);
    let discount = line.discount.map(|discount| LineDiscount {
        reduction: discount.reduction,
        amount_minor: full - net_minor,
    });
    let taken: BTreeMap<Lot, &MovedSeconds> = take.moved.iter().map(|it| (it.lot, it)).collect();
    let of_entry = |entry: &SealedEntry| {
        let MovedSeconds { seconds, billed_seconds, .. } = **taken.get(&entry.lot())?;
        Some(SealedEntry { seconds, billed_seconds, ..*entry })
    };
    SealedLine {
        seconds,
        rounded_seconds,
        quantity: super::lines::quantity(rounded_seconds, line.unit_seconds),
        unit_price_minor,
        discount,
        entries: line.entries.iter().filter_map(of_entry).collect(),
        ..base
    }
}

#[cfg(test)]
mod billed_again;
#[cfg(test)]
mod tests;
