//! What a client sees of an invoice: what its document says, and for each line what it's made of.
//! Of the firm it tells no more than that: no ids, no rates beside the line's, no notes, and who
//! worked only where the firm wants it.

use std::collections::BTreeMap;

use domain::billing::account::split;
use domain::billing::sealed::{SealedEntry, SealedInvoice, SealedLine};
use domain::billing::shown::AgreedTo;
use domain::billing::{InvoiceState, Lot, ReservedEntry};
use domain::id::EntryId;
use domain::money::Money;
use domain::personal::Personal;
use domain::settings::Settings;

use crate::http::billing::disputes::{Agreement, Disputed as Dispute};
use crate::http::billing::names::Names;
use crate::http::billing::view::InvoiceView;
use crate::http::call::About;
use crate::http::problem::Problem;
use crate::http::settings::settings_then;

const ERASED: &str = "[erased]";

/// An entry of a line.
pub(super) struct Entry {
    pub(super) day: String,
    pub(super) what: String,
    /// Empty where the firm does not say.
    pub(super) who: String,
    pub(super) time: String,
    pub(super) amount: String,
}

/// What the client said of a line.
pub(super) struct Disputed {
    pub(super) by: String,
    pub(super) reason: String,
    /// What came of it; empty while it's open.
    pub(super) outcome: &'static str,
    pub(super) note: String,
    /// The line as they saw it.
    pub(super) line: String,
}

/// A line.
pub(super) struct Line {
    pub(super) n: u32,
    pub(super) what: String,
    pub(super) who: String,
    pub(super) quantity: String,
    pub(super) price: String,
    pub(super) amount: String,
    pub(super) entries: Vec<Entry>,
    pub(super) disputes: Vec<Disputed>,
}

/// An invoice as its client sees it.
pub(super) struct Invoice {
    pub(super) firm: String,
    pub(super) title: String,
    pub(super) number: String,
    pub(super) state: &'static str,
    pub(super) buyer: String,
    pub(super) from: String,
    pub(super) to: String,
    /// Empty while it's a draft.
    pub(super) issued_on: String,
    pub(super) due_on: String,
    pub(super) lines: Vec<Line>,
    /// What it comes to, in words, each with its amount.
    pub(super) sums: Vec<(String, String)>,
    /// What stands at the end: what is to be paid, or what is left of that.
    pub(super) last: (String, String),
    /// What is disputed of lines that are not there any more.
    pub(super) elsewhere: Vec<Disputed>,
    /// Who agreed; empty where nobody did or it changed since.
    pub(super) agreed_by: String,
    /// That it came to something else when they agreed; empty where it did not.
    pub(super) agreed_before: String,
    pub(super) disputed: bool,
    /// Whether there is anything left to be said.
    pub(super) open: bool,
    pub(super) has_page: bool,
    pub(super) names_members: bool,
}

fn words(text: &Personal<String>) -> String {
    text.get().cloned().unwrap_or_else(|| ERASED.to_owned())
}

/// Hours and minutes.
fn time(seconds: i64) -> String {
    let minutes = (seconds.abs() + 30) / 60;
    let sign = if seconds < 0 { "-" } else { "" };
    format!("{sign}{}:{:02}", minutes / 60, minutes % 60)
}

/// What entries are made of and called, and how amounts are written.
struct Telling<'a> {
    view: &'a InvoiceView,
    names: Names,
    reserved: BTreeMap<Lot, ReservedEntry>,
    disputes: Vec<Dispute<'a>>,
    members: bool,
}

impl Telling<'_> {
    fn money(&self, amount_minor: i64) -> String {
        Money { amount_minor, currency: self.view.drafted.currency.clone() }.to_string()
    }

    /// The entries of a line with what falls on each of its price.
    fn entries(&self, lots: &[(Lot, i64)], amount_minor: Option<i64>) -> Vec<Entry> {
        let weights: Vec<i64> = lots.iter().map(|it| it.1.abs()).collect();
        let parts = split(amount_minor.unwrap_or_default(), &weights);
        let entry = |((lot, seconds), part): (&(Lot, i64), i64)| {
            let work = self.reserved.get(lot);
            let what = |it: &ReservedEntry| {
                format!("{}: {}", self.names.project(it.project), self.names.task(it.task))
            };
            let who = work.filter(|_| self.members).map(|it| self.names.member(it.member));
            Entry {
                day: work.map(|it| it.day.to_string()).unwrap_or_default(),
                what: work.map(what).unwrap_or_default(),
                who: who.unwrap_or_default(),
                time: time(*seconds),
                amount: amount_minor.map(|_| self.money(part)).unwrap_or_default(),
            }
        };
        lots.iter().zip(parts).map(entry).collect()
    }

    fn sealed_line(&self, line: &SealedLine) -> Line {
        let lot = |it: &SealedEntry| (it.lot(), it.seconds);
        let lots: Vec<(Lot, i64)> = line.entries.iter().map(lot).collect();
        let known = || self.names.who(&line.key);
        let who = line.who.as_ref().map(words).or_else(known).filter(|_| self.members);
        Line {
            n: line.n,
            what: line.description.clone(),
            who: who.unwrap_or_default(),
            quantity: line.quantity.clone(),
            price: self.money(line.unit_price_minor),
            amount: self.money(line.amount_minor),
            entries: self.entries(&lots, Some(line.amount_minor)),
            disputes: self.disputes(Some(line.n)),
        }
    }

    fn draft_line(&self, line: &domain::billing::lines::Line) -> Line {
        let seconds: BTreeMap<EntryId, i64> =
            self.reserved.values().map(|it| (it.entry, it.seconds)).collect();
        let lot = |entry: &EntryId| {
            let lot = self.reserved.keys().find(|lot| lot.entry == *entry);
            let lot = lot.copied().unwrap_or(Lot { entry: *entry, freed_by: None });
            (lot, seconds.get(entry).copied().unwrap_or_default())
        };
        let lots: Vec<(Lot, i64)> = line.entries.iter().map(lot).collect();
        let amount = |minor: Option<i64>| minor.map(|it| self.money(it)).unwrap_or_default();
        let words = self.names.of_lines(&self.view.entries);
        let who = words.who(line).filter(|_| self.members);
        Line {
            n: line.n,
            what: words.said(line),
            who: who.unwrap_or_default(),
            quantity: line.quantity.clone(),
            price: amount(line.unit_price_minor),
            amount: amount(line.net_minor),
            entries: self.entries(&lots, line.net_minor),
            disputes: self.disputes(Some(line.n)),
        }
    }

    /// What was said of a line, in order, with what came of it; none = of lines that are not there.
    fn disputes(&self, n: Option<u32>) -> Vec<Disputed> {
        let of = |lines: &[u32]| n.map_or(lines.is_empty(), |n| lines.contains(&n));
        let disputed = self.disputes.iter().filter(|it| of(&it.lines)).map(|it| {
            let line = it.event.shown.as_ref().map(|line| line.description.clone());
            Disputed {
                by: words(&it.event.by),
                reason: words(&it.event.reason),
                outcome: it.settled.map_or("", |settled| settled.outcome.as_str()),
                note: it.settled.and_then(|it| it.note.as_ref()).map(words).unwrap_or_default(),
                line: line.unwrap_or_default(),
            }
        });
        disputed.collect()
    }

    /// What the document comes to, and what is left of that.
    fn sums(&self, document: &SealedInvoice) -> (Vec<(String, String)>, (String, String)) {
        let totals = &document.totals;
        let mut sums = vec![("Before tax".to_owned(), self.money(totals.net_minor))];
        let taxed = document.taxes.iter().filter(|tax| tax.tax_minor != 0);
        sums.extend(taxed.map(|tax| {
            let percent = tax.rate.percent;
            (format!("Tax, {percent} %"), self.money(tax.tax_minor))
        }));
        let payable = ("To be paid".to_owned(), self.money(totals.payable_minor));
        let Some(issued) = &self.view.drafted.issued else { return (sums, payable) };
        let (paid, credited) = (issued.paid_minor(), issued.credited_minor());
        if paid == 0 && credited == 0 {
            return (sums, payable);
        }
        sums.push(payable);
        if credited != 0 {
            sums.push(("Credited".to_owned(), self.money(-credited)));
        }
        if paid != 0 {
            sums.push(("Paid".to_owned(), self.money(-paid)));
        }
        (sums, ("Open".to_owned(), self.money(issued.balance_minor())))
    }
}

impl Invoice {
    pub(super) async fn of(about: &About, view: &InvoiceView) -> Result<Self, Problem> {
        let settings = settings_then(about).await?;
        let told = telling(about, view, &settings).await?;
        let drafted = &view.drafted;
        let document = view.document.as_deref();
        let issued = drafted.issued.as_ref().map(|issued| &issued.sealed);
        let lines = match document {
            Some(sealed) => sealed.lines.iter().map(|line| told.sealed_line(line)).collect(),
            None => view.lines.iter().map(|line| told.draft_line(line)).collect(),
        };
        let (sums, last) = match document {
            Some(document) => told.sums(document),
            None => {
                let net = view.lines.iter().filter_map(|line| line.net_minor).sum();
                (Vec::new(), ("Before tax".to_owned(), told.money(net)))
            }
        };
        let buyer = document.map(|it| it.buyer.particulars.get());
        let buyer = buyer.map(|it| it.map_or_else(|| ERASED.to_owned(), |it| it.name.clone()));
        let agreement = view.agreement();
        let (agreed_by, agreed_before) = match &agreement {
            None => (String::new(), String::new()),
            Some(Agreement { event, other: None, .. }) => (words(&event.by), String::new()),
            Some(Agreement { event, other: Some(other), .. }) => {
                (String::new(), agreed_before(&words(&event.by), other))
            }
        };
        Ok(Invoice {
            firm: issued.map_or_else(|| about.tenant.name.clone(), |it| it.seller.name.clone()),
            title: issued.map_or_else(|| "Draft invoice".to_owned(), |it| it.wording.title.clone()),
            number: issued.map(|it| it.number.clone()).unwrap_or_default(),
            state: drafted.state.as_str(),
            buyer: buyer.unwrap_or_default(),
            from: drafted.from.to_string(),
            to: drafted.to.to_string(),
            issued_on: issued.map(|it| it.issued_on.to_string()).unwrap_or_default(),
            due_on: issued.map(|it| it.due_on.to_string()).unwrap_or_default(),
            lines,
            sums,
            last,
            elsewhere: told.disputes(None),
            agreed_by,
            agreed_before,
            disputed: drafted.is_disputed(),
            open: drafted.state != InvoiceState::Void,
            has_page: issued.is_some(),
            names_members: told.members,
        })
    }
}

fn agreed_before(by: &str, agreed: &AgreedTo) -> String {
    let (amount_minor, currency) = (agreed.total_minor, agreed.currency.clone());
    let total = Money { amount_minor, currency };
    format!("{by} has agreed to {total}, and the invoice has changed since: look at it again.")
}

async fn telling<'a>(
    about: &About,
    view: &'a InvoiceView,
    settings: &Settings,
) -> Result<Telling<'a>, Problem> {
    let entries = &view.entries;
    let mut tx = about.tx().await?;
    let names = Names::load(
        about,
        &mut tx,
        entries.iter().map(|it| it.project),
        entries.iter().map(|it| it.task),
        entries.iter().map(|it| it.member),
    )
    .await?;
    tx.commit().await?;
    let reserved = entries.iter().map(|it| (it.lot(), *it)).collect();
    let (disputes, members) = (view.disputes(), settings.client_sees_members());
    Ok(Telling { view, names, reserved, disputes, members })
}
