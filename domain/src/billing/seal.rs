//! From a draft to the facts that are sealed: its lines priced, discounted and taxed, the sums, the
//! parties and the words. A preview of a draft is the same facts before they have a number.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::exchange::Exchange;
use super::lines::{Line, LineKey};
use super::prompt_payment::PromptTerms;
use super::sealed::{
    Allowance, Buyer, DocumentKind, LineDiscount, PaymentTerms, RateSource, References, RuleSource,
    SealedEntry, SealedInvoice, SealedLine, Seller, TemplateVersion, Wording,
};
use super::tax::{TaxCategory, TaxRate};
use super::tax_invoice::TaxInvoiceKind;
use super::totals::{ArithmeticVersion, Computed, Prices, Reduction, TaxedLine, Totals, compute};
use super::{Drafted, Refusal, ReservedEntry};
use crate::catalogue::rates::Rate;
use crate::country::{Pack, pack};
use crate::id::EntryId;
use crate::money::{Money, Percent, price};
use crate::personal::Personal;

/// Where the terms of an entry came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermSources {
    /// Its rate.
    pub rate: RateSource,
    /// Its rounding rule.
    pub rounding: RuleSource,
}

/// A line as it was priced, with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// The line.
    pub line: Line,
    /// What it says; without names of members.
    pub description: String,
    /// The member's name, where the line is of one member.
    pub who: Option<Personal<String>>,
    /// The entry's note, where the line is of one entry.
    pub note: Option<Personal<String>>,
}

/// What sealing is decided on, all as it holds on the day of issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealFacts {
    /// The number; of a preview what stands for it.
    pub number: String,
    /// The day of issue, in the firm's zone.
    pub issued_on: Date,
    /// Who issues.
    pub seller: Seller,
    /// Who is to pay.
    pub buyer: Buyer,
    /// Whether the firm charges value added tax.
    pub registered: bool,
    /// The standard rate.
    pub standard: Percent,
    /// Whether rates have tax inside.
    pub prices: Prices,
    /// How the client is taxed, where the draft says nothing; none = at the standard rate.
    pub category: Option<TaxCategory>,
    /// Why the client is not taxed, where the draft says nothing.
    pub tax_reason: Option<String>,
    /// What the client wants to read on it, where the draft says nothing.
    pub buyer_reference: Option<Personal<String>>,
    /// The firm's own currency.
    pub own_currency: String,
    /// Days to pay, where the draft says nothing.
    pub payment_days: u16,
    /// What is taken off for paying soon, where the draft says nothing.
    pub prompt_payment: Option<PromptTerms>,
    /// The step of coins that the whole is rounded to; none = not at all.
    pub coin_minor: Option<u32>,
    /// What stands at the foot.
    pub footer: Option<String>,
    /// The lines of the draft.
    pub lines: Vec<PricedLine>,
    /// Where the terms of each entry came from.
    pub sources: BTreeMap<EntryId, TermSources>,
    /// The look.
    pub template_version: TemplateVersion,
}

/// The facts of a draft as they would be, or are, sealed.
pub fn seal(draft: &Drafted, facts: &SealFacts) -> Result<SealedInvoice, Refusal> {
    let mut lines = sealed_lines(draft, facts)?;
    let taxed: Vec<TaxedLine> = lines
        .iter()
        .map(|line| TaxedLine { amount_minor: line.amount_minor, rate: line.tax })
        .collect();
    let outside = |line: &TaxedLine| line.rate.category == TaxCategory::OutsideScope;
    if taxed.iter().any(outside) && !taxed.iter().all(outside) {
        return Err(Refusal::MixedOutsideScope);
    }
    let discounts: Vec<Reduction> =
        draft.terms.discounts.iter().map(|discount| discount.reduction).collect();
    let computed = compute(facts.prices, &taxed, &discounts)?;
    if computed.totals.gross_minor < 0 {
        return Err(Refusal::TotalBelowZero);
    }
    for (line, net) in lines.iter_mut().zip(&computed.line_nets) {
        line.net_minor = *net;
    }
    let totals = match facts.coin_minor {
        None => computed.totals,
        Some(step) => computed.totals.in_coins(step),
    };
    let exchange = exchange(draft, facts, &totals)?;
    let payment_days = draft.terms.payment_days.unwrap_or(facts.payment_days);
    let terms = &draft.terms;
    let prompt = terms.prompt_payment.or(facts.prompt_payment);
    let prompt_payment = prompt
        .map(|prompt| prompt.on(facts.issued_on, &computed.taxes, &totals))
        .transpose()?
        .flatten();
    Ok(SealedInvoice {
        number: facts.number.clone(),
        document: DocumentKind::Invoice,
        kind: kind(draft, facts, &computed, exchange.as_ref()),
        issued_on: facts.issued_on,
        due_on: after(facts.issued_on, payment_days)?,
        supply_from: draft.from,
        supply_to: draft.to,
        seller: facts.seller.clone(),
        buyer: facts.buyer.clone(),
        currency: draft.currency.clone(),
        exchange,
        prices: facts.prices,
        lines,
        allowances: allowances(draft, &computed),
        taxes: computed.taxes,
        totals,
        payment_terms: PaymentTerms { days: payment_days },
        prompt_payment,
        wording: Wording {
            title: if facts.registered { "TAX INVOICE" } else { "INVOICE" }.to_owned(),
            tax_reason: terms.tax_reason.clone().or_else(|| facts.tax_reason.clone()),
            footer: facts.footer.clone(),
            note: terms.note.clone(),
        },
        references: References {
            buyer_reference: terms
                .buyer_reference
                .clone()
                .or_else(|| facts.buyer_reference.clone()),
            purchase_order: terms.purchase_order.clone(),
            credits: None,
        },
        arithmetic_version: ArithmeticVersion::TODAY,
        template_version: facts.template_version,
    })
}

fn after(day: Date, days: u16) -> Result<Date, Refusal> {
    day.checked_add(jiff::Span::new().days(days)).map_err(|_| Refusal::DayOutOfRange)
}

fn allowances(draft: &Drafted, computed: &Computed) -> Vec<Allowance> {
    let given = draft.terms.discounts.iter().zip(&computed.discounts);
    given
        .map(|(discount, shares)| Allowance {
            reduction: discount.reduction,
            reason: discount.reason.clone(),
            shares: shares.clone(),
        })
        .collect()
}

/// Tax and gross in the firm's own currency, where the invoice is in another.
fn exchange(
    draft: &Drafted,
    facts: &SealFacts,
    totals: &Totals,
) -> Result<Option<Exchange>, Refusal> {
    let own = &facts.own_currency;
    if draft.currency == *own {
        return Ok(None);
    }
    let money = |amount_minor| Money { amount_minor, currency: draft.currency.clone() };
    let (tax, gross) = (money(totals.tax_minor), money(totals.gross_minor));
    match &draft.terms.exchange {
        Some(stated) => Exchange::of(stated.clone(), own, &tax, &gross).map(Some),
        None if totals.tax_minor != 0 => {
            Err(Refusal::ExchangeRateMissing { currency: draft.currency.clone(), own: own.clone() })
        }
        None => Ok(None),
    }
}

/// What the law of the firm's country asks for; a full one where the amount in its currency is not
/// known.
fn kind(
    draft: &Drafted,
    facts: &SealFacts,
    computed: &Computed,
    exchange: Option<&Exchange>,
) -> TaxInvoiceKind {
    let law: Option<&'static Pack> = pack(&facts.seller.country);
    let in_law = law.and_then(|law| match exchange {
        _ if law.currency == draft.currency => Some((law, computed.totals.gross_minor)),
        Some(exchange) if law.currency == exchange.currency => Some((law, exchange.gross_minor)),
        Some(_) | None => None,
    });
    let rates: Vec<TaxRate> = computed.taxes.iter().map(|tax| tax.rate).collect();
    let rule = in_law.and_then(|(law, _)| law.tax_invoice_on(facts.issued_on));
    let gross_minor = in_law.map_or(0, |(_, gross_minor)| gross_minor);
    TaxInvoiceKind::of(facts.registered, rule, gross_minor, &rates)
}

/// The lines, each with its entries; their nets are those of exclusive prices.
fn sealed_lines(draft: &Drafted, facts: &SealFacts) -> Result<Vec<SealedLine>, Refusal> {
    let mut held: BTreeMap<EntryId, Vec<&ReservedEntry>> = BTreeMap::new();
    for entry in &draft.entries {
        held.entry(entry.entry).or_default().push(entry);
    }
    let mut lines = Vec::with_capacity(facts.lines.len());
    let mut about: BTreeMap<LineKey, u32> = BTreeMap::new();
    facts.lines.iter().for_each(|priced| *about.entry(priced.line.key).or_default() += 1);
    for priced in &facts.lines {
        let amount = |it: &Reduction| matches!(it, Reduction::AmountMinor(_));
        let off = draft.terms.line_discount(&priced.line.key).filter(amount);
        if off.is_some() && about.get(&priced.line.key).is_some_and(|lines| *lines > 1) {
            return Err(Refusal::LineNotAlone { line: priced.line.n });
        }
        let mut ids = priced.line.entries.clone();
        ids.dedup();
        let of_line = ids.iter().map(|id| held.remove(id).ok_or(Refusal::DraftChanged));
        let entries: Vec<&ReservedEntry> =
            of_line.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        let seconds: i64 = entries.iter().map(|entry| entry.seconds).sum();
        if seconds != priced.line.seconds {
            return Err(Refusal::DraftChanged);
        }
        lines.push(sealed_line(draft, facts, priced, &entries)?);
    }
    if held.is_empty() { Ok(lines) } else { Err(Refusal::DraftChanged) }
}

fn sealed_line(
    draft: &Drafted,
    facts: &SealFacts,
    priced: &PricedLine,
    entries: &[&ReservedEntry],
) -> Result<SealedLine, Refusal> {
    let line = &priced.line;
    let unpriced = || {
        let code = line.warning.as_ref().map_or("billing.no_rate", |warning| warning.code());
        Refusal::LineUnpriced { line: line.n, code }
    };
    let rate = line.rate.as_ref().filter(|_| line.warning.is_none()).ok_or_else(unpriced)?;
    let source = |entry: &ReservedEntry| facts.sources.get(&entry.entry);
    let first = entries.first().and_then(|entry| source(entry)).ok_or(Refusal::DraftChanged)?;
    let reduction = draft.terms.line_discount(&line.key);
    let (amount_minor, discount) = discounted(line, rate, reduction)?;
    let entry = |it: &&ReservedEntry| {
        let own = source(it).ok_or(Refusal::DraftChanged)?;
        Ok(SealedEntry {
            entry: it.entry,
            version: it.version,
            freed_by: it.freed_by,
            seconds: it.seconds,
            billed_seconds: it.fixed_seconds(),
            rate_source: (own.rate != first.rate).then_some(own.rate),
            rounding_source: (own.rounding != first.rounding).then_some(own.rounding),
        })
    };
    Ok(SealedLine {
        n: line.n,
        key: line.key,
        description: priced.description.clone(),
        who: priced.who.clone(),
        note: priced.note.clone(),
        seconds: line.seconds,
        rounded_seconds: line.rounded_seconds,
        quantity: line.quantity.clone(),
        unit: rate.unit,
        unit_seconds: line.unit_seconds,
        unit_price_minor: rate.amount_minor,
        discount,
        amount_minor,
        net_minor: amount_minor,
        tax: tax(draft, facts, &line.key),
        rounding: line.rounding,
        rounding_source: first.rounding,
        rate_source: first.rate,
        entries: entries.iter().map(entry).collect::<Result<_, Refusal>>()?,
    })
}

fn tax(draft: &Drafted, facts: &SealFacts, key: &LineKey) -> TaxRate {
    if !facts.registered {
        return TaxRate::NOT_REGISTERED;
    }
    let said = draft.terms.category_of(key).or(facts.category);
    let category = said.unwrap_or(TaxCategory::Standard);
    TaxRate::of(category, facts.standard)
}

/// The price of a line less its discount, rounded once from its exact seconds. What the discount
/// came to is the difference to the price without it.
fn discounted(
    line: &Line,
    rate: &Rate,
    reduction: Option<Reduction>,
) -> Result<(i64, Option<LineDiscount>), Refusal> {
    let full = price(line.rounded_seconds, rate, line.unit_seconds);
    let Some(reduction) = reduction else {
        return Ok((full, None));
    };
    let amount_minor = match reduction {
        Reduction::Percent(percent) => {
            full - percent.off(rate.amount_minor, line.rounded_seconds, line.unit_seconds)
        }
        Reduction::AmountMinor(amount) if amount <= full.max(0) => amount,
        Reduction::AmountMinor(_) => return Err(Refusal::DiscountTooLarge),
    };
    Ok((full - amount_minor, Some(LineDiscount { reduction, amount_minor })))
}

#[cfg(test)]
mod tests;
