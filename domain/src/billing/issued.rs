//! What becomes of an invoice once it's issued: what was paid, what was credited, and what is due.
//! The sealed facts stay as they are; all amounts here are sums beside them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::balance::InvoiceBalance;
use super::events::{InvoiceEvent, Lot};
use super::issued_events::{Fate, MovedSeconds, Outcome};
use super::lines::LineKey;
use super::sealed::{SealedInvoice, SealedLine};
use super::totals::TaxSubtotal;
use super::{CreditNoteIssued, InvoiceState};
use crate::id::{CreditNoteId, DisputeId, EntryId, PaymentId};
use crate::money::proportion;

/// A payment, with what of it went back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The payment.
    pub payment: PaymentId,
    /// The day it came in.
    pub on: Date,
    /// What came in, in minor units.
    pub amount_minor: i64,
    /// What was taken off for paying soon, as it was granted; nothing once it's lost.
    pub discount_minor: i64,
    /// What went back.
    pub reversed_minor: i64,
}

impl Payment {
    /// What of it did not go back.
    pub fn kept_minor(&self) -> i64 {
        self.amount_minor - self.reversed_minor
    }
}

/// What a credit note took back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// The credit note.
    pub credit_note: CreditNoteId,
    /// Its number.
    pub number: String,
    /// By line, before tax and before discounts of the document.
    pub lines: Vec<(u32, i64)>,
    /// By rate of tax.
    pub taxes: Vec<TaxSubtotal>,
    /// With tax.
    pub gross_minor: i64,
    /// What is not to be paid any more.
    pub payable_minor: i64,
    /// Tax and gross in the firm's own currency, where the invoice is in another.
    pub own_minor: Option<(i64, i64)>,
    /// The seconds it took off.
    pub moved: Vec<MovedSeconds>,
}

/// Seconds that a credit note set free as a lot of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreedSeconds {
    /// How many, as recorded.
    pub seconds: i64,
    /// What they were credited as, where the credit note says so.
    pub billed_seconds: Option<i64>,
}

impl FreedSeconds {
    /// None.
    pub const NONE: FreedSeconds = FreedSeconds { seconds: 0, billed_seconds: Some(0) };

    /// Adds what was taken back of one lot.
    pub fn add(&mut self, moved: &MovedSeconds) {
        self.seconds += moved.seconds;
        let both = self.billed_seconds.zip(moved.billed_seconds);
        self.billed_seconds = both.map(|(before, more)| before + more);
    }
}

/// What a part of seconds that are left was billed as, of what all of them are.
pub(super) fn share(billed_seconds: i64, part: i64, left: i64) -> i64 {
    if part == left || left == 0 { billed_seconds } else { proportion(billed_seconds, part, left) }
}

/// What a client disputes or disputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The dispute.
    pub dispute: DisputeId,
    /// The line's number at the time.
    pub line: u32,
    /// What the line is about.
    pub key: LineKey,
    /// What came of it; none while it's open.
    pub outcome: Option<Outcome>,
}

/// How far an issued invoice is settled, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// All of it is due.
    Open,
    /// A part of it was paid or credited.
    Part,
    /// Nothing is due.
    Paid,
    /// More was paid than is due: the rest is the client's.
    Over,
    /// All of it was credited, and nothing is the client's.
    Credited,
}

impl Settlement {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Settlement::Open => "open",
            Settlement::Part => "part",
            Settlement::Paid => "paid",
            Settlement::Over => "over",
            Settlement::Credited => "credited",
        }
    }
}

/// An issued invoice with what came after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// All that it says, for good.
    pub sealed: SealedInvoice,
    /// Whether it went to the client.
    pub sent: bool,
    /// What was paid.
    pub payments: Vec<Payment>,
    /// What was taken back.
    pub credits: Vec<Credit>,
    /// The sums of what is due.
    pub balance: InvoiceBalance,
}

impl Issued {
    /// Just issued.
    pub fn of(sealed: &SealedInvoice) -> Self {
        let payable_minor = sealed.totals.payable_minor;
        Issued {
            sealed: sealed.clone(),
            sent: false,
            payments: Vec::new(),
            credits: Vec::new(),
            balance: InvoiceBalance { payable_minor, ..InvoiceBalance::default() },
        }
    }

    pub(super) fn evolve(&mut self, event: &InvoiceEvent) {
        self.balance.take(event);
        match event {
            InvoiceEvent::InvoiceSent(event) => self.sent |= event.credit_note.is_none(),
            InvoiceEvent::InvoicePaid(event) => self.payments.push(Payment {
                payment: event.payment,
                on: event.on,
                amount_minor: event.amount_minor,
                discount_minor: event.discount_minor.unwrap_or(0),
                reversed_minor: 0,
            }),
            InvoiceEvent::PaymentReversed(event) => {
                let mut payments = self.payments.iter_mut();
                if let Some(payment) = payments.find(|it| it.payment == event.payment) {
                    payment.reversed_minor += event.amount_minor;
                    payment.discount_minor -= event.discount_minor.unwrap_or(0);
                }
            }
            InvoiceEvent::CreditNoteIssued(event) => self.credits.push(credit(event)),
            InvoiceEvent::InvoiceDrafted(_)
            | InvoiceEvent::InvoiceRedrafted(_)
            | InvoiceEvent::InvoiceTermsChanged(_)
            | InvoiceEvent::InvoiceIssued(_)
            | InvoiceEvent::InvoiceVoided(_)
            | InvoiceEvent::InvoiceSignedOff(_)
            | InvoiceEvent::LineDisputed(_)
            | InvoiceEvent::DisputeSettled(_) => {}
        }
    }

    /// What payments settle, in minor units, with what counts of a discount for paying soon.
    pub fn paid_minor(&self) -> i64 {
        self.balance.settled_minor()
    }

    /// What credit notes took back of what was to be paid, in minor units.
    pub fn credited_minor(&self) -> i64 {
        self.balance.credited_minor
    }

    /// What is due, in minor units; less than nothing is the client's.
    pub fn balance_minor(&self) -> i64 {
        self.balance.balance_minor()
    }

    /// Whether credit notes took back all of it.
    pub fn is_all_credited(&self) -> bool {
        let gross: i64 = self.credits.iter().map(|credit| credit.gross_minor).sum();
        let lines_left =
            || self.sealed.lines.iter().any(|line| self.left_net(line) != 0 || self.holds(line));
        !self.credits.is_empty() && gross == self.sealed.totals.gross_minor && !lines_left()
    }

    /// How far it has come.
    pub fn state(&self) -> InvoiceState {
        if self.is_all_credited() {
            InvoiceState::Void
        } else if self.balance_minor() <= 0 {
            InvoiceState::Paid
        } else {
            InvoiceState::Issued
        }
    }

    /// How far it's settled.
    pub fn settlement(&self) -> Settlement {
        match self.balance_minor() {
            ..0 => Settlement::Over,
            0 if self.is_all_credited() => Settlement::Credited,
            0 => Settlement::Paid,
            _ if self.paid_minor() != 0 || self.credited_minor() != 0 => Settlement::Part,
            _ => Settlement::Open,
        }
    }

    /// What of a line's net was not taken back, in minor units.
    pub fn left_net(&self, line: &SealedLine) -> i64 {
        let credited = self.credits.iter().flat_map(|credit| &credit.lines);
        let of_line = credited.filter(|(n, _)| *n == line.n);
        line.net_minor - of_line.map(|(_, net)| net).sum::<i64>()
    }

    /// The lots of a line that still hold seconds, with how many, in order of day and id; a lot of
    /// no seconds until it was taken back.
    pub fn left_seconds(&self, line: &SealedLine) -> Vec<(Lot, i64)> {
        let mut moved: BTreeMap<Lot, i64> = BTreeMap::new();
        for it in self.credits.iter().flat_map(|credit| &credit.moved) {
            if it.line == line.n {
                *moved.entry(it.lot).or_default() += it.seconds;
            }
        }
        let left = line.entries.iter().filter_map(|entry| match moved.get(&entry.lot()) {
            None => Some((entry.lot(), entry.seconds)),
            Some(gone) if *gone == entry.seconds => None,
            Some(gone) => Some((entry.lot(), entry.seconds - gone)),
        });
        left.collect()
    }

    /// Whether a line still has seconds billed.
    fn holds(&self, line: &SealedLine) -> bool {
        !self.left_seconds(line).is_empty()
    }

    /// The lots of a line that still hold seconds, with how many, and what they are billed as. A
    /// credit note that does not say its share of that took it by seconds.
    pub fn left_billed(&self, line: &SealedLine) -> BTreeMap<Lot, (i64, i64)> {
        let mut left: BTreeMap<Lot, (i64, i64)> = BTreeMap::new();
        for (entry, (lot, billed)) in line.entries.iter().zip(line.billed()) {
            left.insert(lot, (entry.seconds, billed));
        }
        for it in self.credits.iter().flat_map(|credit| &credit.moved) {
            let ours = left.get_mut(&it.lot).filter(|_| it.line == line.n);
            if let Some((seconds, billed)) = ours {
                *billed -=
                    it.billed_seconds.unwrap_or_else(|| share(*billed, it.seconds, *seconds));
                *seconds -= it.seconds;
            }
        }
        left
    }

    /// How many seconds of an entry credit notes wrote off.
    pub fn written_off(&self, entry: EntryId) -> i64 {
        let moved = self.credits.iter().flat_map(|credit| &credit.moved);
        let off = moved.filter(|it| it.lot.entry == entry && it.fate == Fate::WrittenOff);
        off.map(|it| it.seconds).sum()
    }

    /// The seconds that credit notes set free as lots of their own. A draft may take each of them
    /// once; what became of the lots is for the claims to say.
    pub fn freed(&self) -> BTreeMap<Lot, FreedSeconds> {
        let mut freed: BTreeMap<Lot, FreedSeconds> = BTreeMap::new();
        for credit in &self.credits {
            for it in credit.moved.iter().filter(|it| !it.whole && it.fate == Fate::Unbilled) {
                let lot = Lot { entry: it.lot.entry, freed_by: Some(credit.credit_note) };
                freed.entry(lot).or_insert(FreedSeconds::NONE).add(it);
            }
        }
        freed
    }
}

fn credit(event: &CreditNoteIssued) -> Credit {
    let sealed = &event.sealed;
    Credit {
        credit_note: event.credit_note,
        number: sealed.number.clone(),
        lines: sealed.lines.iter().map(|line| (line.n, line.net_minor)).collect(),
        taxes: sealed.taxes.clone(),
        gross_minor: sealed.totals.gross_minor,
        payable_minor: sealed.totals.payable_minor,
        own_minor: sealed.exchange.as_ref().map(|own| (own.tax_minor, own.gross_minor)),
        moved: event.moved.clone(),
    }
}
