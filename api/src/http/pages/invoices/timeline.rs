//! What happened to an invoice, in order: who, what, when, before and after, and where it stands in
//! the log.

use std::collections::BTreeMap;

use domain::billing::draft_terms::DraftTerms;
use domain::billing::{CreditNoteIssued, Fate, Invoice, InvoiceEvent};
use domain::id::MemberId;
use domain::log::Actor;
use domain::personal::Personal;
use jiff::tz::TimeZone;

use super::marks::Row;
use super::words::{count, day, hours, moment, money, period, reduction, state};
use crate::http::billing::names::Names;
use crate::http::billing::view::Told;

/// One event.
#[derive(Debug, Clone)]
pub(crate) struct Happened {
    /// Where it stands in the log.
    pub(crate) position: i64,
    /// When, in words.
    pub(crate) when: String,
    /// The same for machines.
    pub(crate) instant: String,
    /// Who did it.
    pub(crate) who: String,
    /// What happened.
    pub(crate) what: String,
    /// What it says, and what was so before.
    pub(crate) details: Vec<Row>,
    /// Another name that parts of the page link to it by; may be empty.
    pub(crate) anchor: String,
    /// Whether the page shows the moment just after it.
    pub(crate) at: bool,
    /// Whether it's not yet so at the moment that the page shows.
    pub(crate) later: bool,
    /// Where the page shows the moment just after it.
    pub(crate) link: String,
}

/// Who acted, by name.
pub(super) fn who(actor: &Actor, names: &Names) -> String {
    match actor {
        Actor::Member(member) => names.member(*member),
        Actor::Operator => "an operator".to_owned(),
        Actor::System => "the program".to_owned(),
        Actor::Visitor => "the client, by link".to_owned(),
    }
}

/// Everybody who acted.
pub(super) fn actors(told: &[Told]) -> impl Iterator<Item = MemberId> {
    told.iter().filter_map(Told::by)
}

/// The story of an invoice. `at` is the position that the page shows; none = now.
pub(super) fn timeline(
    told: &[Told],
    names: &Names,
    zone: &TimeZone,
    path: &str,
    at: Option<i64>,
) -> Vec<Happened> {
    let mut invoice = Invoice::default();
    let mut named = BTreeMap::new();
    let last = told
        .iter()
        .map(|told| told.position)
        .filter(|position| at.is_none_or(|at| *position <= at))
        .max();
    let mut happened = Vec::with_capacity(told.len());
    for told in told {
        let before = invoice.drafted.as_ref().map(|drafted| drafted.state);
        let terms = invoice.drafted.as_ref().map(|drafted| drafted.terms.clone());
        let period = invoice.drafted.as_ref().map(|drafted| (drafted.from, drafted.to));
        let currency = match (&told.event, &invoice.drafted) {
            (InvoiceEvent::InvoiceDrafted(event), _) => event.currency.clone(),
            (_, drafted) => drafted.as_ref().map_or_else(String::new, |it| it.currency.clone()),
        };
        invoice.evolve(&told.event);
        let after = invoice.drafted.as_ref().map(|drafted| drafted.state);
        let Said { what, mut details, anchor } =
            said(&told.event, &Before { terms: terms.unwrap_or_default(), period, currency });
        if let (Some(before), Some(after)) = (before, after)
            && before != after
        {
            details.insert(0, turned("State", state(before), state(after)));
        }
        let anchor = match named.insert(anchor, ()) {
            None => anchor,
            Some(()) => "",
        };
        happened.push(Happened {
            position: told.position,
            when: moment(told.recorded_at, zone),
            instant: told.recorded_at.to_string(),
            who: who(&told.actor, names),
            what,
            details,
            anchor: anchor.to_owned(),
            at: at.is_some() && Some(told.position) == last,
            later: at.is_some_and(|at| told.position > at),
            link: format!("{path}?as_of={}", told.position),
        });
    }
    happened
}

/// A value that is another now.
fn turned(label: &str, before: &str, after: &str) -> Row {
    let mut row = Row::of(label, [after]);
    row.cells[0].was = Some(before.to_owned());
    row
}

fn personal(text: &Personal<String>) -> String {
    text.get().cloned().unwrap_or_else(|| "[erased]".to_owned())
}

/// What was so before an event.
struct Before {
    terms: DraftTerms,
    period: Option<(jiff::civil::Date, jiff::civil::Date)>,
    currency: String,
}

struct Said {
    what: String,
    details: Vec<Row>,
    anchor: &'static str,
}

impl Said {
    fn of(what: impl Into<String>, details: Vec<Row>, anchor: &'static str) -> Self {
        Said { what: what.into(), details, anchor }
    }
}

fn said(event: &InvoiceEvent, before: &Before) -> Said {
    let currency = &*before.currency;
    let reason = |text: &Option<Personal<String>>| {
        text.iter().map(|text| Row::of("Reason", [personal(text)])).collect::<Vec<_>>()
    };
    match event {
        InvoiceEvent::InvoiceDrafted(event) => {
            let seconds = event.entries.iter().map(|entry| entry.seconds).sum();
            let details = vec![
                Row::of("Period", [period(event.from, event.to)]),
                Row::of("Reserves", [reserved(event.entries.len(), seconds)]),
            ];
            Said::of("Drafted", details, "drafted")
        }
        InvoiceEvent::InvoiceRedrafted(event) => {
            let now = period(event.from, event.to);
            let was = before.period.map(|(from, to)| period(from, to));
            let mut details = vec![match was {
                Some(was) if was != now => turned("Period", &was, &now),
                Some(_) | None => Row::of("Period", [now]),
            }];
            for (label, entries) in [("Takes", &event.taken), ("Gives back", &event.released)] {
                let seconds = entries.iter().map(|entry| entry.seconds).sum();
                if !entries.is_empty() {
                    details.push(Row::of(label, [reserved(entries.len(), seconds)]));
                }
            }
            Said::of("Drafted anew", details, "")
        }
        InvoiceEvent::InvoiceTermsChanged(event) => {
            Said::of("Terms changed", terms(&before.terms, &event.terms, currency), "")
        }
        InvoiceEvent::InvoiceVoided(event) => Said::of("Voided", reason(&event.reason), "voided"),
        InvoiceEvent::InvoiceIssued(event) => {
            let sealed = &event.sealed;
            let mut details = vec![
                Row::of("Number", [sealed.number.clone()]),
                Row::of("Total", [money(sealed.totals.payable_minor, &sealed.currency)]),
                Row::of("Due", [day(sealed.due_on)]),
            ];
            let forms = event.forms.iter();
            details.extend(forms.map(|form| {
                let hash = form.sha256.get(..16).unwrap_or(&form.sha256);
                Row::of(&format!("{} sealed", form.form.to_uppercase()), [format!("{hash}…")])
            }));
            Said::of("Issued and sealed", details, "issued")
        }
        InvoiceEvent::InvoiceSent(_)
        | InvoiceEvent::InvoicePaid(_)
        | InvoiceEvent::PaymentReversed(_)
        | InvoiceEvent::CreditNoteIssued(_)
        | InvoiceEvent::InvoiceSignedOff(_)
        | InvoiceEvent::LineDisputed(_)
        | InvoiceEvent::DisputeSettled(_) => said_after(event, currency),
    }
}

/// What happens once it's issued.
fn said_after(event: &InvoiceEvent, currency: &str) -> Said {
    match event {
        InvoiceEvent::InvoiceSent(event) => {
            let to: Vec<String> = event.to.iter().map(personal).collect();
            let mut details = vec![Row::of("By", [event.by.as_str()])];
            if !to.is_empty() {
                details.push(Row::of("To", [to.join(", ")]));
            }
            Said::of("Sent to the client", details, "sent")
        }
        InvoiceEvent::InvoicePaid(event) => {
            let mut details = vec![
                Row::of("Amount", [money(event.amount_minor, currency)]),
                Row::of("On", [day(event.on)]),
            ];
            let discount = event.discount_minor.filter(|minor| *minor != 0);
            details.extend(
                discount
                    .map(|minor| Row::of("Taken off for paying soon", [money(minor, currency)])),
            );
            let over = event.over_minor.filter(|minor| *minor != 0);
            details.extend(over.map(|minor| Row::of("More than due", [money(minor, currency)])));
            details.extend(event.reference.iter().map(|it| Row::of("Reference", [personal(it)])));
            Said::of("Payment recorded", details, "paid")
        }
        InvoiceEvent::PaymentReversed(event) => {
            let mut details = vec![
                Row::of("Amount", [money(-event.amount_minor, currency)]),
                Row::of("On", [day(event.on)]),
            ];
            details.extend(event.reason.iter().map(|it| Row::of("Reason", [personal(it)])));
            Said::of("Payment taken back", details, "")
        }
        InvoiceEvent::CreditNoteIssued(event) => credited(event, currency),
        InvoiceEvent::InvoiceSignedOff(event) => {
            let mut details = vec![Row::of("By", [personal(&event.by)])];
            let agreed = event.agreed.iter();
            details
                .extend(agreed.map(|it| Row::of("Total", [money(it.total_minor, &it.currency)])));
            Said::of("Agreed to by the client", details, "")
        }
        InvoiceEvent::LineDisputed(event) => {
            let mut details = vec![
                Row::of("By", [personal(&event.by)]),
                Row::of("Reason", [personal(&event.reason)]),
            ];
            if let Some(line) = &event.shown {
                details.push(Row::of("Which said", [line.description.clone()]));
                let amount = line.amount_minor.map(|minor| money(minor, &line.currency));
                details.extend(amount.map(|amount| Row::of("And came to", [amount])));
            }
            Said::of(format!("Line {} disputed", event.line), details, "")
        }
        InvoiceEvent::DisputeSettled(event) => {
            let mut details = vec![Row::of("Outcome", [event.outcome.as_str()])];
            details.extend(event.note.iter().map(|it| Row::of("Answer", [personal(it)])));
            Said::of("Dispute settled", details, "")
        }
        InvoiceEvent::InvoiceDrafted(_)
        | InvoiceEvent::InvoiceRedrafted(_)
        | InvoiceEvent::InvoiceTermsChanged(_)
        | InvoiceEvent::InvoiceVoided(_)
        | InvoiceEvent::InvoiceIssued(_) => Said::of("", Vec::new(), ""),
    }
}

fn credited(event: &CreditNoteIssued, currency: &str) -> Said {
    let freed = |fate| {
        let moved = event.moved.iter().filter(move |moved| moved.fate == fate);
        moved.map(|moved| moved.seconds).sum::<i64>()
    };
    let mut details = vec![
        Row::of("Credit note", [event.sealed.number.clone()]),
        Row::of("Amount", [money(-event.sealed.totals.payable_minor, currency)]),
    ];
    for (label, fate) in [("To be billed again", Fate::Unbilled), ("Written off", Fate::WrittenOff)]
    {
        if freed(fate) != 0 {
            details.push(Row::of(label, [format!("{}\u{a0}h", hours(freed(fate)))]));
        }
    }
    Said::of("Credited", details, "credited")
}

fn reserved(entries: usize, seconds: i64) -> String {
    format!("{}, {}\u{a0}h", count(entries, "entry", "entries"), hours(seconds))
}

/// Which terms are not as they were.
fn terms(before: &DraftTerms, after: &DraftTerms, currency: &str) -> Vec<Row> {
    let (old, new) = (term_rows(before, currency), term_rows(after, currency));
    let find = |rows: &[(&'static str, String)], label: &str| {
        rows.iter().find(|(known, _)| *known == label).map(|(_, text)| text.clone())
    };
    let labels = LABELS.iter().filter_map(|label| {
        let (was, now) = (find(&old, label), find(&new, label));
        (was != now).then(|| {
            turned(label, &was.unwrap_or_default(), &now.unwrap_or_else(|| "none".to_owned()))
        })
    });
    labels.collect()
}

const LABELS: [&str; 9] = [
    "Discounts",
    "Discounts on lines",
    "Tax",
    "Tax on lines",
    "Reason for no tax",
    "Days to pay",
    "Your reference",
    "Purchase order",
    "Note",
];

fn term_rows(terms: &DraftTerms, currency: &str) -> Vec<(&'static str, String)> {
    let discounts = terms.discounts.iter().map(|it| reduction(it.reduction, currency));
    let of_lines = terms.line_discounts.iter().map(|it| reduction(it.reduction, currency));
    let taxes = terms.line_taxes.iter().map(|it| it.category.words().to_owned());
    let texts = [
        discounts.collect::<Vec<_>>().join(", "),
        of_lines.collect::<Vec<_>>().join(", "),
        terms.category.map(|category| category.words().to_owned()).unwrap_or_default(),
        taxes.collect::<Vec<_>>().join(", "),
        terms.tax_reason.clone().unwrap_or_default(),
        terms.payment_days.map(|days| days.to_string()).unwrap_or_default(),
        terms.buyer_reference.as_ref().map(personal).unwrap_or_default(),
        terms.purchase_order.as_ref().map(personal).unwrap_or_default(),
        terms.note.as_ref().map(personal).unwrap_or_default(),
    ];
    LABELS.into_iter().zip(texts).filter(|(_, text)| !text.is_empty()).collect()
}
