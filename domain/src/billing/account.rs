//! What an invoice does to the account of its client: each movement is the difference that its
//! event makes to the balance, so movements add up to it by construction; and a document's price
//! in parts, which add up to it to the unit. Whatever shows or sums either keeps what is said here.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::sealed::{SealedEntry, SealedInvoice};
use super::{InvoiceBalance, InvoiceEvent, Lot};
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
    /// Each of them.
    pub const ALL: [MovementKind; 5] = [
        MovementKind::Invoice,
        MovementKind::Void,
        MovementKind::CreditNote,
        MovementKind::Payment,
        MovementKind::Reversal,
    ];

    /// The name in the API and in read models.
    pub fn as_str(self) -> &'static str {
        match self {
            MovementKind::Invoice => "invoice",
            MovementKind::Void => "void",
            MovementKind::CreditNote => "credit_note",
            MovementKind::Payment => "payment",
            MovementKind::Reversal => "reversal",
        }
    }

    /// What an event is to its client's account; none where it moves nothing. The void of a draft
    /// is one too, and moves nothing, for nothing was owed.
    pub fn of(event: &InvoiceEvent) -> Option<Self> {
        match event {
            InvoiceEvent::InvoiceIssued(_) => Some(MovementKind::Invoice),
            InvoiceEvent::InvoiceVoided(_) => Some(MovementKind::Void),
            InvoiceEvent::CreditNoteIssued(_) => Some(MovementKind::CreditNote),
            InvoiceEvent::InvoicePaid(_) => Some(MovementKind::Payment),
            InvoiceEvent::PaymentReversed(_) => Some(MovementKind::Reversal),
            InvoiceEvent::InvoiceDrafted(_)
            | InvoiceEvent::InvoiceRedrafted(_)
            | InvoiceEvent::InvoiceTermsChanged(_)
            | InvoiceEvent::InvoiceSent(_)
            | InvoiceEvent::InvoiceSignedOff(_)
            | InvoiceEvent::LineDisputed(_)
            | InvoiceEvent::DisputeSettled(_) => None,
        }
    }
}

/// One change of what is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// What it is.
    pub kind: MovementKind,
    /// The day it counts for.
    pub on: Date,
    /// The invoice, the credit note or the payment.
    pub document: Uuid,
    /// The number of the document; of money that of its invoice.
    pub number: String,
    /// What it adds to what the client owes, in minor units; less than nothing takes off.
    pub amount_minor: i64,
}

/// An invoice since it was issued, as far as movements need to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owing<'a> {
    /// Its number.
    pub number: &'a str,
    /// The day of its issue.
    pub issued_on: Date,
    /// The sums of what is due.
    pub balance: InvoiceBalance,
}

impl Movement {
    /// What an event adds to what is owed, with the balance after it; none where it moves nothing,
    /// as anything does that happens to an invoice that was not issued (`owing` is none).
    pub fn of(
        owing: Option<Owing<'_>>,
        event: &InvoiceEvent,
        recorded_at: Timestamp,
    ) -> Option<(Movement, InvoiceBalance)> {
        let kind = MovementKind::of(event)?;
        let (on, document, number) = match (event, owing) {
            (InvoiceEvent::InvoiceIssued(event), _) => {
                (event.sealed.issued_on, event.invoice.0, &*event.sealed.number)
            }
            (InvoiceEvent::CreditNoteIssued(event), Some(_)) => {
                (event.sealed.issued_on, event.credit_note.0, &*event.sealed.number)
            }
            (InvoiceEvent::InvoicePaid(event), Some(of)) => (event.on, event.payment.0, of.number),
            (InvoiceEvent::PaymentReversed(event), Some(of)) => {
                (event.on, event.payment.0, of.number)
            }
            (InvoiceEvent::InvoiceVoided(event), Some(of)) => {
                (event.day(recorded_at, of.issued_on), event.invoice.0, of.number)
            }
            (
                InvoiceEvent::CreditNoteIssued(_)
                | InvoiceEvent::InvoicePaid(_)
                | InvoiceEvent::PaymentReversed(_)
                | InvoiceEvent::InvoiceVoided(_),
                None,
            )
            | (
                InvoiceEvent::InvoiceDrafted(_)
                | InvoiceEvent::InvoiceRedrafted(_)
                | InvoiceEvent::InvoiceTermsChanged(_)
                | InvoiceEvent::InvoiceSent(_)
                | InvoiceEvent::InvoiceSignedOff(_)
                | InvoiceEvent::LineDisputed(_)
                | InvoiceEvent::DisputeSettled(_),
                _,
            ) => return None,
        };
        let mut balance = owing.map(|of| of.balance).unwrap_or_default();
        let amount_minor = balance.take(event).due_minor;
        let number = number.to_owned();
        Some((Movement { kind, on, document, number, amount_minor }, balance))
    }
}

/// A part of a document's price before tax: of one lot of time, or of a line about none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricePart {
    /// The line.
    pub line: u32,
    /// Which seconds; none where the line has no entries, as where a credit note lowers a price.
    pub lot: Option<Lot>,
    /// How many.
    pub seconds: i64,
    /// Minor units before tax, after all discounts.
    pub net_minor: i64,
}

/// A document's price in parts: by rate of tax over lines by their nets, and over the entries of
/// each line by their seconds.
pub fn price_parts(sealed: &SealedInvoice) -> Vec<PricePart> {
    let mut parts = Vec::new();
    for tax in &sealed.taxes {
        let lines: Vec<_> = sealed.lines.iter().filter(|line| line.tax == tax.rate).collect();
        let weights: Vec<i64> = lines.iter().map(|line| line.net_minor).collect();
        for (line, net_minor) in lines.into_iter().zip(split(tax.taxable_minor, &weights)) {
            let line_part = PricePart { line: line.n, lot: None, seconds: 0, net_minor };
            if line.entries.is_empty() {
                parts.push(line_part);
            }
            let nets = by_seconds(net_minor, line.entries.iter().map(|entry| entry.seconds));
            let part = |(entry, net_minor): (&SealedEntry, i64)| {
                let lot = Some(entry.lot());
                PricePart { lot, seconds: entry.seconds, net_minor, ..line_part }
            };
            parts.extend(line.entries.iter().zip(nets).map(part));
        }
    }
    parts
}

/// An amount in parts by seconds, whatever their sign, that add up to it exactly.
pub fn by_seconds(amount_minor: i64, seconds: impl Iterator<Item = i64>) -> Vec<i64> {
    let weights: Vec<i64> = seconds.map(i64::abs).collect();
    split(amount_minor, &weights)
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
        client, credit, credit_note, day, draft_of, drafted, hourly, issue_at, pay_in_time,
        payment, void,
    };
    use crate::billing::{Fate, Invoice, PaymentReversed, issue_invoice, void_invoice};
    use crate::time::samples::invoice;

    /// Everything that moves the balance of one invoice.
    #[derive(Default)]
    struct Account {
        state: Invoice,
        balance: InvoiceBalance,
        movements: Vec<Movement>,
    }

    impl Account {
        /// Three hours at 1 000.00 before tax, which the samples tax at 15 %.
        fn issued() -> Self {
            let state = draft_of(&[(1, "2026-01-07", 3600), (2, "2026-01-08", 7200)]);
            let mut account = Account { state, ..Account::default() };
            let command = issue_at(1, 1, &account.state, &hourly(100_000));
            let event = issue_invoice::decide(&account.state, command).expect("issued");
            account.take(&event.into());
            account
        }

        fn sealed(&self) -> Option<&SealedInvoice> {
            let issued = self.state.drafted.as_ref()?.issued.as_ref();
            issued.map(|issued| &issued.sealed)
        }

        fn take(&mut self, event: &InvoiceEvent) {
            let owing = self.sealed().map(|sealed| Owing {
                number: &sealed.number,
                issued_on: sealed.issued_on,
                balance: self.balance,
            });
            let recorded_at = "2026-02-20T08:00:00Z".parse().expect("an instant");
            if let Some((movement, balance)) = Movement::of(owing, event, recorded_at) {
                self.movements.push(movement);
                self.balance = balance;
            }
            self.state.evolve(event);
        }

        fn due(&self) -> i64 {
            let issued = self.state.drafted.as_ref().and_then(|it| it.issued.as_ref());
            issued.map_or(0, |issued| issued.balance_minor())
        }
    }

    #[test]
    fn a_draft_owes_nothing_and_an_issued_invoice_what_is_to_be_paid() {
        let mut draft = Account { state: drafted(), ..Account::default() };
        let voided = void_invoice::decide(&draft.state, void()).expect("voided");
        draft.take(&voided.into());
        assert_eq!(draft.movements, []);
        let account = Account::issued();
        let sealed = account.sealed().expect("sealed");
        let expected = Movement {
            kind: MovementKind::Invoice,
            on: sealed.issued_on,
            document: invoice(1).0,
            number: sealed.number.clone(),
            amount_minor: sealed.totals.payable_minor,
        };
        assert_eq!(account.movements, [expected]);
        let parts = price_parts(sealed);
        let told: Vec<_> = parts.iter().map(|it| (it.seconds, it.net_minor)).collect();
        assert_eq!(told, [(3600, 100_000), (7200, 200_000)]);
    }

    #[test]
    fn payments_reversals_and_credits_move_the_balance_on_their_days() {
        let mut account = Account::issued();
        let payable = account.due();
        account.take(&pay_in_time(&account.state, 1000));
        let reversed = PaymentReversed {
            invoice: invoice(1),
            client: client(1),
            payment: payment(1),
            amount_minor: 400,
            discount_minor: None,
            on: day("2026-02-09"),
            reason: None,
        };
        account.take(&reversed.into());
        let what = CreditWhat::Lines(vec![(1, CreditPart::Seconds(3600))]);
        let command = credit(1, 1, what, Fate::WrittenOff);
        let credited = credit_invoice::decide(&account.state, command).expect("credited");
        let parts = price_parts(&credited.sealed);
        let told: Vec<_> = parts.iter().map(|it| (it.seconds, it.net_minor)).collect();
        assert_eq!(told, [(3600, 100_000)]);
        account.take(&credited.into());
        let moved: Vec<_> = account.movements.iter().map(|it| (it.kind.as_str(), it.on)).collect();
        let on = day;
        let expected = [
            ("invoice", on("2026-01-31")),
            ("payment", on("2026-02-05")),
            ("reversal", on("2026-02-09")),
            ("credit_note", on("2026-02-01")),
        ];
        assert_eq!(moved, expected);
        let documents: Vec<Uuid> = account.movements.iter().map(|it| it.document).collect();
        assert_eq!(documents, [invoice(1).0, payment(1).0, payment(1).0, credit_note(1).0]);
        let amounts: Vec<i64> = account.movements.iter().map(|it| it.amount_minor).collect();
        assert_eq!(amounts[..3], [payable, -1000, 400]);
        assert_eq!(amounts.iter().sum::<i64>(), account.due());
    }

    #[test]
    fn a_void_invoice_owes_nothing_from_the_day_that_it_is_void() {
        let mut account = Account::issued();
        let voided = void_invoice::decide(&account.state, void()).expect("voided");
        account.take(&voided.into());
        let (issued, voided) = (&account.movements[0], &account.movements[1]);
        assert_eq!((voided.kind, voided.on), (MovementKind::Void, day("2026-02-03")));
        assert_eq!((voided.document, &voided.number), (issued.document, &issued.number));
        assert_eq!((issued.amount_minor + voided.amount_minor, account.due()), (0, 0));
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        assert_eq!(split(100, &[1, 1, 1]), [33, 34, 33]);
        assert_eq!(split(-7, &[2, -1, 3]).iter().sum::<i64>(), -7);
        assert_eq!(split(5, &[0, 0]), [5, 0]);
        assert_eq!(split(5, &[]), [0; 0]);
        assert_eq!(by_seconds(4, [1800, -1800].into_iter()), [2, 2]);
    }
}
