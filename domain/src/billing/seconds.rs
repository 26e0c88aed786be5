//! The ledger of seconds: each billable second of an entry is exactly one of unbilled, reserved,
//! billed, credited and free again, or written off. It's a fold of what happened to invoices, and
//! it refuses a history in which a second would be in two places or in none.

use std::collections::BTreeMap;

use super::{Fate, InvoiceEvent, Lot, MovedSeconds, ReservedEntry};
use crate::id::{CreditNoteId, EntryId, InvoiceId};

/// Where the seconds of an entry are. Of time that takes other time back all are below zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EntrySeconds {
    /// Free, and never billed.
    pub unbilled: i64,
    /// Held by a draft.
    pub reserved: i64,
    /// On an issued invoice.
    pub billed: i64,
    /// Free again after a credit note.
    pub credited: i64,
    /// Never to be billed again.
    pub written_off: i64,
}

impl EntrySeconds {
    /// All of them: what was recorded.
    pub fn all(&self) -> i64 {
        self.unbilled + self.reserved + self.billed + self.credited + self.written_off
    }
}

/// Why a history can't be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LedgerBroken {
    /// A draft takes what is not free.
    #[error("an invoice takes seconds of the entry {} that are not free", .0.entry)]
    NotFree(Lot),
    /// A draft takes another number of seconds than there are.
    #[error("an invoice takes another number of seconds of the entry {} than it has", .0.entry)]
    OtherSeconds(Lot),
    /// Something is given back or credited by who does not hold it.
    #[error("an invoice gives back seconds of the entry {} that it does not hold", .0.entry)]
    NotHeld(Lot),
    /// An entry changes while an invoice holds some of it.
    #[error("the entry {0} changes while an invoice holds it")]
    Changed(EntryId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Free,
    Reserved(InvoiceId),
    Billed(InvoiceId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    seconds: i64,
    /// Whether these seconds were credited before: where they go back to.
    credited: bool,
    standing: Standing,
}

/// Where all seconds are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecondsLedger {
    lots: BTreeMap<Lot, Held>,
    written_off: BTreeMap<EntryId, i64>,
}

impl SecondsLedger {
    /// An entry has so many billable seconds from now on; none where it's removed or not billable.
    pub fn billable(&mut self, entry: EntryId, seconds: Option<i64>) -> Result<(), LedgerBroken> {
        let lot = Lot::whole(entry);
        let before = self.lots.get(&lot);
        if before.is_some_and(|held| held.standing != Standing::Free) {
            return Err(LedgerBroken::Changed(entry));
        }
        let credited = before.is_some_and(|held| held.credited);
        match seconds {
            None => self.lots.remove(&lot),
            Some(seconds) => {
                self.lots.insert(lot, Held { seconds, credited, standing: Standing::Free })
            }
        };
        Ok(())
    }

    /// Takes in what happened to an invoice.
    pub fn apply(&mut self, event: &InvoiceEvent) -> Result<(), LedgerBroken> {
        match event {
            InvoiceEvent::InvoiceDrafted(event) => self.take_all(event.invoice, &event.entries),
            InvoiceEvent::InvoiceRedrafted(event) => {
                let mut released = event.released.iter();
                released.try_for_each(|it| self.give_back(event.invoice, it.lot()))?;
                self.take_all(event.invoice, &event.taken)
            }
            InvoiceEvent::InvoiceIssued(event) => {
                let entries = event.sealed.lines.iter().flat_map(|line| &line.entries);
                for entry in entries {
                    let held = self.held(event.invoice, entry.lot())?;
                    if held.seconds != entry.seconds {
                        return Err(LedgerBroken::OtherSeconds(entry.lot()));
                    }
                    held.standing = Standing::Billed(event.invoice);
                }
                self.nothing_reserved(event.invoice)
            }
            InvoiceEvent::InvoiceVoided(event) => {
                let of = |held: &Held| match held.standing {
                    Standing::Reserved(invoice) | Standing::Billed(invoice) => Some(invoice),
                    Standing::Free => None,
                };
                for held in self.lots.values_mut().filter(|it| of(it) == Some(event.invoice)) {
                    held.standing = Standing::Free;
                }
                Ok(())
            }
            InvoiceEvent::CreditNoteIssued(event) => {
                let mut moved = event.moved.iter();
                moved.try_for_each(|it| self.credit(event.invoice, event.credit_note, it))
            }
            InvoiceEvent::InvoiceTermsChanged(_)
            | InvoiceEvent::InvoiceSent(_)
            | InvoiceEvent::InvoicePaid(_)
            | InvoiceEvent::PaymentReversed(_)
            | InvoiceEvent::InvoiceSignedOff(_)
            | InvoiceEvent::LineDisputed(_)
            | InvoiceEvent::DisputeSettled(_) => Ok(()),
        }
    }

    fn take_all(
        &mut self,
        invoice: InvoiceId,
        entries: &[ReservedEntry],
    ) -> Result<(), LedgerBroken> {
        for entry in entries {
            let lot = entry.lot();
            let held = self.lots.get_mut(&lot).ok_or(LedgerBroken::NotFree(lot))?;
            if held.standing != Standing::Free {
                return Err(LedgerBroken::NotFree(lot));
            }
            if held.seconds != entry.seconds {
                return Err(LedgerBroken::OtherSeconds(lot));
            }
            held.standing = Standing::Reserved(invoice);
        }
        Ok(())
    }

    fn held(&mut self, invoice: InvoiceId, lot: Lot) -> Result<&mut Held, LedgerBroken> {
        let ours = |held: &&mut Held| held.standing == Standing::Reserved(invoice);
        self.lots.get_mut(&lot).filter(ours).ok_or(LedgerBroken::NotHeld(lot))
    }

    fn give_back(&mut self, invoice: InvoiceId, lot: Lot) -> Result<(), LedgerBroken> {
        self.held(invoice, lot)?.standing = Standing::Free;
        Ok(())
    }

    /// An invoice is issued with all that it reserved.
    fn nothing_reserved(&self, invoice: InvoiceId) -> Result<(), LedgerBroken> {
        let left = |(lot, held): (&Lot, &Held)| {
            (held.standing == Standing::Reserved(invoice)).then_some(*lot)
        };
        let left = self.lots.iter().find_map(left);
        left.map_or(Ok(()), |lot| Err(LedgerBroken::NotHeld(lot)))
    }

    fn credit(
        &mut self,
        invoice: InvoiceId,
        by: CreditNoteId,
        moved: &MovedSeconds,
    ) -> Result<(), LedgerBroken> {
        let lot = moved.lot;
        let ours = |held: &&mut Held| held.standing == Standing::Billed(invoice);
        let held = self.lots.get_mut(&lot).filter(ours).ok_or(LedgerBroken::NotHeld(lot))?;
        if held.seconds - moved.seconds != moved.left {
            return Err(LedgerBroken::OtherSeconds(lot));
        }
        if moved.fate == Fate::WrittenOff {
            held.seconds = moved.left;
            *self.written_off.entry(lot.entry).or_default() += moved.seconds;
        } else if moved.whole {
            held.credited = true;
            held.standing = Standing::Free;
        } else {
            held.seconds = moved.left;
            let freed = Lot { entry: lot.entry, freed_by: Some(by) };
            let none = Held { seconds: 0, credited: true, standing: Standing::Free };
            self.lots.entry(freed).or_insert(none).seconds += moved.seconds;
        }
        Ok(())
    }

    /// Where the seconds of an entry are.
    pub fn entry(&self, entry: EntryId) -> EntrySeconds {
        let written_off = self.written_off.get(&entry).copied().unwrap_or(0);
        let mut seconds = EntrySeconds { written_off, ..EntrySeconds::default() };
        let own = self.lots.range(Lot::whole(entry)..).take_while(|(lot, _)| lot.entry == entry);
        for (_, held) in own {
            let place = match held.standing {
                Standing::Free if held.credited => &mut seconds.credited,
                Standing::Free => &mut seconds.unbilled,
                Standing::Reserved(_) => &mut seconds.reserved,
                Standing::Billed(_) => &mut seconds.billed,
            };
            *place += held.seconds;
        }
        seconds
    }

    /// The lots of an entry that a draft may take, with their seconds.
    pub fn free(&self, entry: EntryId) -> Vec<(Lot, i64)> {
        let own = self.lots.range(Lot::whole(entry)..).take_while(|(lot, _)| lot.entry == entry);
        let free = own.filter(|(_, held)| held.standing == Standing::Free);
        free.map(|(lot, held)| (*lot, held.seconds)).collect()
    }
}

#[cfg(test)]
mod tests;
