//! An invoice as an account: what it added to what its client owes, what took that off again, and
//! on which days. Each movement is the difference that its event makes to the balance, so they add
//! up to it by construction, whatever is done to an invoice.

use std::collections::BTreeMap;

use jiff::civil::Date;
use uuid::Uuid;

use super::sealed::{SealedInvoice, SealedLine};
use super::{Drafted, Fate, Invoice, InvoiceEvent, InvoiceState, Lot, ReservedEntry};
use crate::id::{EntryId, InvoiceId};
use crate::money::proportion;

/// What moves a balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MovementKind {
    /// An invoice was issued.
    Invoice,
    /// An invoice that never left the house was taken back.
    Void,
    /// A credit note was issued.
    CreditNote,
    /// Money came in, with what was taken off for paying soon.
    Payment,
    /// Money did not come in, or went back.
    Reversal,
}

impl MovementKind {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            MovementKind::Invoice => "invoice",
            MovementKind::Void => "void",
            MovementKind::CreditNote => "credit_note",
            MovementKind::Payment => "payment",
            MovementKind::Reversal => "reversal",
        }
    }
}

/// One change of what is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The day it counts for.
    pub on: Date,
    /// Where its event stands in the log; of one day the earlier comes first.
    pub position: i64,
    /// What it is.
    pub kind: MovementKind,
    /// The invoice, the credit note or the payment.
    pub document: Uuid,
    /// The number of the document; of money that of its invoice.
    pub number: String,
    /// What it adds to what the client owes, in minor units; less than nothing takes off.
    pub amount_minor: i64,
}

/// A part of an invoice's price before tax: of one entry where its line has any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The day of the document.
    pub on: Date,
    /// Whether a credit note, or that the invoice became void, takes it off; its figures are
    /// below zero then.
    pub credit: bool,
    /// Whose work it is, as it was reserved.
    pub work: Option<ReservedEntry>,
    /// Of how many seconds.
    pub seconds: i64,
    /// Minor units before tax, after all discounts.
    pub net_minor: i64,
}

/// What became of an entry's seconds on one invoice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// On a draft.
    pub drafted: i64,
    /// On an issued invoice and not credited.
    pub billed: i64,
    /// Credited and never to be billed again.
    pub written_off: i64,
}

/// An invoice with all that moved its balance.
#[derive(Debug, Clone, Default)]
pub struct InvoiceAccount {
    /// As it stands.
    pub state: Invoice,
    /// What moved its balance, in the order of the log.
    pub movements: Vec<Movement>,
    /// Its price and what was taken off, in parts.
    pub shares: Vec<Share>,
    reserved: BTreeMap<Lot, ReservedEntry>,
    voided: bool,
}

impl InvoiceAccount {
    /// Takes in what happened, in the order of the log; `day` is the one of the recording in the
    /// firm's zone.
    pub fn take(&mut self, event: &InvoiceEvent, day: Date, position: i64) {
        let before = self.balance_minor();
        self.state.evolve(event);
        self.note(event);
        let amount_minor = self.balance_minor() - before;
        let number = self.sealed().map(|it| it.number.clone()).unwrap_or_default();
        let movement = |on, kind, document: Uuid, number: String| {
            Some(Movement { on, position, kind, document, number, amount_minor })
        };
        let moved = match event {
            InvoiceEvent::InvoiceIssued(event) => {
                let (on, kind) = (event.sealed.issued_on, MovementKind::Invoice);
                let parts = self.shares_of(&event.sealed, 1);
                self.shares.extend(parts);
                movement(on, kind, event.invoice.0, number)
            }
            InvoiceEvent::CreditNoteIssued(event) => {
                let (on, kind) = (event.sealed.issued_on, MovementKind::CreditNote);
                let parts = self.shares_of(&event.sealed, -1);
                self.shares.extend(parts);
                movement(on, kind, event.credit_note.0, event.sealed.number.clone())
            }
            InvoiceEvent::InvoicePaid(event) => {
                movement(event.on, MovementKind::Payment, event.payment.0, number)
            }
            InvoiceEvent::PaymentReversed(event) => {
                movement(event.on, MovementKind::Reversal, event.payment.0, number)
            }
            InvoiceEvent::InvoiceVoided(event) => self.sealed().cloned().and_then(|sealed| {
                let on = day.max(sealed.issued_on);
                let parts = self.shares_of(&sealed, -1);
                self.shares.extend(parts.into_iter().map(|part| Share { on, ..part }));
                movement(on, MovementKind::Void, event.invoice.0, sealed.number)
            }),
            InvoiceEvent::InvoiceDrafted(_)
            | InvoiceEvent::InvoiceRedrafted(_)
            | InvoiceEvent::InvoiceTermsChanged(_)
            | InvoiceEvent::InvoiceSent(_)
            | InvoiceEvent::InvoiceSignedOff(_)
            | InvoiceEvent::LineDisputed(_)
            | InvoiceEvent::DisputeSettled(_) => None,
        };
        self.movements.extend(moved);
    }

    /// Remembers what entries are, for a void invoice holds none any more.
    fn note(&mut self, event: &InvoiceEvent) {
        let taken = match event {
            InvoiceEvent::InvoiceDrafted(event) => &event.entries,
            InvoiceEvent::InvoiceRedrafted(event) => &event.taken,
            InvoiceEvent::InvoiceVoided(_) => {
                self.voided = true;
                return;
            }
            InvoiceEvent::InvoiceTermsChanged(_)
            | InvoiceEvent::InvoiceIssued(_)
            | InvoiceEvent::InvoiceSent(_)
            | InvoiceEvent::InvoicePaid(_)
            | InvoiceEvent::PaymentReversed(_)
            | InvoiceEvent::CreditNoteIssued(_)
            | InvoiceEvent::InvoiceSignedOff(_)
            | InvoiceEvent::LineDisputed(_)
            | InvoiceEvent::DisputeSettled(_) => return,
        };
        self.reserved.extend(taken.iter().map(|entry| (entry.lot(), *entry)));
    }

    /// What it is since it was drafted.
    pub fn drafted(&self) -> Option<&Drafted> {
        self.state.drafted.as_ref()
    }

    /// Which invoice it is.
    pub fn invoice(&self) -> Option<InvoiceId> {
        self.drafted().map(|drafted| drafted.invoice)
    }

    /// What it says since it was issued, void or not.
    pub fn sealed(&self) -> Option<&SealedInvoice> {
        self.drafted()?.issued.as_ref().map(|issued| &issued.sealed)
    }

    /// What is due, in minor units; less than nothing is the client's.
    pub fn balance_minor(&self) -> i64 {
        let issued = self.drafted().and_then(|drafted| drafted.issued.as_ref());
        issued.map_or(0, |issued| issued.balance_minor())
    }

    /// What was due at the end of a day, by the days that movements count for.
    pub fn balance_on(&self, day: Date) -> i64 {
        let until = self.movements.iter().filter(|it| it.on <= day);
        until.map(|it| it.amount_minor).sum()
    }

    /// What it does with the seconds of entries.
    pub fn taken(&self) -> BTreeMap<EntryId, Taken> {
        let mut all: BTreeMap<EntryId, Taken> = BTreeMap::new();
        let Some(drafted) = self.drafted().filter(|_| !self.voided) else { return all };
        if drafted.state == InvoiceState::Draft {
            for entry in &drafted.entries {
                all.entry(entry.entry).or_default().drafted += entry.seconds;
            }
        }
        let Some(issued) = &drafted.issued else { return all };
        for entry in issued.sealed.lines.iter().flat_map(|line| &line.entries) {
            all.entry(entry.entry).or_default().billed += entry.seconds;
        }
        for moved in issued.credits.iter().flat_map(|credit| &credit.moved) {
            let taken = all.entry(moved.lot.entry).or_default();
            taken.billed -= moved.seconds;
            if moved.fate == Fate::WrittenOff {
                taken.written_off += moved.seconds;
            }
        }
        all
    }

    /// A document's price before tax in parts, which add up to it exactly: by rate of tax over
    /// lines, and over the entries of each line by their seconds.
    fn shares_of(&self, sealed: &SealedInvoice, sign: i64) -> Vec<Share> {
        let (on, credit) = (sealed.issued_on, sign < 0);
        let mut shares = Vec::new();
        for tax in &sealed.taxes {
            let lines: Vec<&SealedLine> =
                sealed.lines.iter().filter(|line| line.tax == tax.rate).collect();
            let weights: Vec<i64> = lines.iter().map(|line| line.net_minor).collect();
            for (line, net) in lines.into_iter().zip(split(tax.taxable_minor, &weights)) {
                let entries = self.entries_of(line);
                let weights: Vec<i64> = entries.iter().map(|it| it.1.abs()).collect();
                for ((work, _, seconds), net) in entries.into_iter().zip(split(net, &weights)) {
                    let (seconds, net_minor) = (sign * seconds, sign * net);
                    shares.push(Share { on, credit, work, seconds, net_minor });
                }
            }
        }
        shares
    }

    /// The entries of a line with their weights and seconds. A credit note that lowers a price has
    /// none: it's about those of the line that it lowers.
    fn entries_of(&self, line: &SealedLine) -> Vec<(Option<ReservedEntry>, i64, i64)> {
        let work = |lot| self.reserved.get(&lot).copied();
        let own = line.entries.iter().map(|it| (work(it.lot()), it.seconds, it.seconds));
        let mut entries: Vec<_> = own.collect();
        if entries.is_empty() {
            let lowered = self.sealed().and_then(|sealed| sealed.line(line.n));
            let of_line = lowered.iter().flat_map(|line| &line.entries);
            entries = of_line.map(|it| (work(it.lot()), it.seconds, 0)).collect();
        }
        if entries.is_empty() {
            entries.push((None, 1, 0));
        }
        entries
    }
}

/// An amount in parts by weight that add up to it exactly; all of it goes to the first where the
/// weights come to nothing.
pub fn split(amount_minor: i64, weights: &[i64]) -> Vec<i64> {
    let whole: i64 = weights.iter().sum();
    if whole == 0 {
        let first = |n: usize| if n == 0 { amount_minor } else { 0 };
        return (0..weights.len()).map(first).collect();
    }
    let (mut reached, mut given) = (0, 0);
    let part = |weight: &i64| {
        reached += weight;
        let until = proportion(amount_minor, reached, whole);
        let part = until - given;
        given = until;
        part
    };
    weights.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::credit_invoice::{self, CreditPart, CreditWhat};
    use crate::billing::samples::{
        client, credit, credit_note, day, draft_of, hourly, issue_at, pay_in_time, payment,
    };
    use crate::billing::{InvoiceDrafted, InvoiceVoided, PaymentReversed};
    use crate::time::samples::invoice;

    const ENTRIES: [(u128, &str, i64); 2] = [(1, "2026-01-07", 3600), (2, "2026-01-08", 7200)];

    fn drafted() -> InvoiceAccount {
        let state = draft_of(&ENTRIES);
        let held = state.drafted.as_ref().expect("drafted");
        let event = InvoiceDrafted {
            invoice: held.invoice,
            client: held.client,
            from: held.from,
            to: held.to,
            group_by: held.group_by,
            currency: held.currency.clone(),
            entries: held.entries.clone(),
        };
        let mut account = InvoiceAccount::default();
        account.take(&event.into(), day("2026-01-31"), 1);
        account
    }

    /// Three hours at 1 000.00 before tax, which the samples tax at 15 %.
    fn issued() -> InvoiceAccount {
        let mut account = drafted();
        let command = issue_at(1, 1, &account.state, &hourly(100_000));
        let event = crate::billing::issue_invoice::decide(&account.state, command).expect("issued");
        account.take(&event.into(), day("2026-02-01"), 2);
        account
    }

    fn net(account: &InvoiceAccount) -> (i64, i64) {
        let sum = |part: fn(&Share) -> i64| account.shares.iter().map(part).sum();
        (sum(|it| it.net_minor), sum(|it| it.seconds))
    }

    #[test]
    fn a_draft_owes_nothing_and_an_issued_invoice_what_is_to_be_paid() {
        let draft = drafted();
        assert_eq!((draft.movements.len(), draft.balance_minor()), (0, 0));
        let taken: Vec<i64> = draft.taken().values().map(|it| it.drafted).collect();
        assert_eq!(taken, [3600, 7200]);
        let account = issued();
        let payable = account.sealed().expect("sealed").totals.payable_minor;
        assert_eq!(account.movements[0].amount_minor, payable);
        assert_eq!(net(&account), (300_000, 10_800));
        let of_entries: Vec<i64> = account.shares.iter().map(|it| it.net_minor).collect();
        assert_eq!(of_entries, [100_000, 200_000]);
        let billed: Vec<i64> = account.taken().values().map(|it| it.billed).collect();
        assert_eq!(billed, [3600, 7200]);
    }

    #[test]
    fn payments_reversals_and_credits_move_the_balance_on_their_days() {
        let mut account = issued();
        let payable = account.balance_minor();
        account.take(&pay_in_time(&account.state, 1000), day("2026-02-06"), 3);
        let reversed = PaymentReversed {
            invoice: invoice(1),
            client: client(1),
            payment: payment(1),
            amount_minor: 400,
            discount_minor: None,
            on: day("2026-02-09"),
            reason: None,
        };
        account.take(&reversed.into(), day("2026-02-10"), 4);
        let what = CreditWhat::Lines(vec![(1, CreditPart::Seconds(3600))]);
        let credit = credit(1, 1, what, Fate::WrittenOff);
        let credited = credit_invoice::decide(&account.state, credit).expect("credited");
        let credited_on = credited.sealed.issued_on;
        account.take(&credited.into(), day("2026-02-11"), 5);
        let kinds: Vec<&str> = account.movements.iter().map(|it| it.kind.as_str()).collect();
        assert_eq!(kinds, ["invoice", "payment", "reversal", "credit_note"]);
        assert_eq!(account.movements[3].document, credit_note(1).0);
        let amounts: Vec<i64> = account.movements.iter().map(|it| it.amount_minor).collect();
        assert_eq!(amounts[..3], [payable, -1000, 400]);
        assert_eq!(amounts.iter().sum::<i64>(), account.balance_minor());
        // The credit note of the samples is of a day before.
        assert!(credited_on < day("2026-02-05"));
        assert_eq!(account.balance_on(day("2026-02-05")), payable - 1000 + amounts[3]);
        let last = credited_on.max(day("2026-02-09"));
        assert_eq!(account.balance_on(last), account.balance_minor());
        assert_eq!(net(&account), (200_000, 7200));
        let off: i64 = account.taken().values().map(|it| it.written_off).sum();
        let billed: i64 = account.taken().values().map(|it| it.billed).sum();
        assert_eq!((off, billed), (3600, 7200));
    }

    #[test]
    fn a_void_invoice_owes_nothing_and_holds_nothing() {
        let mut account = issued();
        let event = InvoiceVoided {
            invoice: invoice(1),
            client: client(1),
            entries: Vec::new(),
            freed: Vec::new(),
            reason: None,
            on: None,
        };
        account.take(&event.into(), day("2026-02-03"), 3);
        assert_eq!((account.balance_minor(), net(&account)), (0, (0, 0)));
        assert_eq!(account.movements[1].on, day("2026-02-03"));
        assert!(account.taken().is_empty());
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        assert_eq!(split(100, &[1, 1, 1]), [33, 34, 33]);
        assert_eq!(split(-7, &[2, -1, 3]).iter().sum::<i64>(), -7);
        assert_eq!(split(5, &[0, 0]), [5, 0]);
        assert_eq!(split(5, &[]), [0; 0]);
    }
}
