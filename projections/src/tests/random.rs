//! Histories that nobody would write by hand: events in any order, about things that were never
//! there or are gone. No fold may trip over them, and each must declare every row that it uses.

use super::samples::{
    History, MONDAY, approved, drafted, everything, id, recorded, rejected, removed, reopened,
    revised, submitted, voided,
};
use super::story_of_corrections::reversed;
use super::story_of_invoices::redrafted;
use super::{Visitor, assert_batches_fold_alike};
use crate::model::ReadModel;
use crate::registry;
use domain::id::{EntryId, MemberId};
use domain::log::Recorded;
use domain::time::{TimeRecorded, TimeRemoved, TimeReversed};
use jiff::ToSpan;

/// Marsaglia's xorshift64: the same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

fn any_history(seed: u64, events: usize) -> History {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (pool, mut history) = (everything().0, History::default());
    while history.0.len() < events {
        let entry = 100 + u128::from(dice.roll(6));
        let version = u32::try_from(dice.roll(3) + 1).expect("small");
        let seconds = u32::try_from(dice.roll(9000) + 1).expect("small");
        let week = i64::try_from(dice.roll(2)).expect("small");
        let day = MONDAY + week.weeks();
        let some = [(entry, version), (entry + 1, 1)];
        let invoice = 500 + u128::from(dice.roll(3));
        // The one that takes the entry back, and the one that stands in for it.
        let (back, instead) = (entry + 10, entry + 20);
        let reverses = Some(EntryId(id(entry)));
        match dice.roll(17) {
            0 | 1 => {
                history.time(1, day, TimeRecorded { version, ..recorded(entry, day, seconds) })
            }
            2 => history.time(1, day, revised(entry, version, day, seconds)),
            3 => history.time(1, day, removed(entry, None)),
            4 => history.time(1, day, submitted(&some)),
            5 => history.time(1, day, approved(&some)),
            6 => history.time(1, day, rejected(&some)),
            7 => history.time(1, day, reopened(&some)),
            8 => history.invoice(invoice, drafted(invoice, &[(entry, seconds), (entry + 1, 1)])),
            9 => history.invoice(invoice, voided(invoice, &[entry, entry + 2])),
            10 => {
                let member = MemberId(id(1));
                let event = TimeReversed { member, day, ..reversed(back, entry, seconds) };
                history.time(1, day, event)
            }
            11 => {
                let work_day = Some(MONDAY);
                let event = recorded(instead, day, seconds);
                history.time(1, day, TimeRecorded { replaces: reverses, work_day, ..event })
            }
            12 => history.time(1, day, TimeRemoved { reverses, ..removed(back, None) }),
            13 => {
                let event = removed(instead, Some(MONDAY));
                history.time(1, day, TimeRemoved { replaces: reverses, ..event })
            }
            14 => {
                let again = redrafted(invoice, &[(entry, seconds)], &[(entry + 2, 7)]);
                history.invoice(invoice, again)
            }
            _ => {
                let any = &pool[usize::try_from(dice.roll(pool.len() as u64)).expect("small")];
                history.add(any.stream, any.event.clone())
            }
        };
    }
    history
}

struct Batches<'h> {
    history: &'h [Recorded],
    sizes: Vec<usize>,
    seed: u64,
}

impl Visitor for Batches<'_> {
    fn visit<M: ReadModel>(&mut self) {
        let mut rest = self.history;
        let batches = self.sizes.iter().map_while(|size| {
            let (batch, later) = rest.split_at_checked(*size.min(&rest.len()))?;
            rest = later;
            (!batch.is_empty()).then_some(batch)
        });
        assert_batches_fold_alike::<M>(batches, self.history, &format!("with seed {}", self.seed));
    }
}

#[test]
fn any_history_folds_alike_as_a_whole_and_in_batches_of_any_size() {
    for seed in 1..=100 {
        let history = any_history(seed, 80).0;
        let mut dice = Dice(seed);
        let sizes = (0..80).map(|_| usize::try_from(dice.roll(9) + 1).expect("small")).collect();
        registry::visit_all(&mut Batches { history: &history, sizes, seed });
    }
}
