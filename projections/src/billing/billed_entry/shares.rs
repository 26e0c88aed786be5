//! How the amounts of a document are shared over its parts: by seconds over the entries of a line,
//! by net over the lines of a rate of tax. Every unit is in exactly one part.

use domain::billing::lines::LineKey;
use domain::billing::sealed::{SealedInvoice, SealedLine};
use domain::billing::totals::spread;

use super::BilledEntryRow;

/// The part of an entry, or of a line without any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) line_minor: i64,
    pub(super) discount_minor: i64,
}

/// The parts of each line, in the order of its entries; one of a line without any.
pub(super) fn of(sealed: &SealedInvoice) -> Vec<Vec<Share>> {
    let mut discounts = vec![0; sealed.lines.len()];
    for tax in &sealed.taxes {
        let of_rate = |at: &usize| sealed.lines[*at].tax == tax.rate;
        let lines: Vec<usize> = (0..sealed.lines.len()).filter(of_rate).collect();
        let nets: Vec<i64> = lines.iter().map(|at| sealed.lines[*at].net_minor).collect();
        for (at, part) in lines.into_iter().zip(parts(tax.allowance_minor, &nets)) {
            discounts[at] = part;
        }
    }
    let of_line = |(line, discount): (&SealedLine, i64)| {
        let seconds: Vec<i64> = line.entries.iter().map(|entry| entry.seconds).collect();
        let seconds = if seconds.is_empty() { vec![1] } else { seconds };
        let nets = parts(line.net_minor, &seconds).into_iter();
        let share = |(line_minor, discount_minor)| Share { line_minor, discount_minor };
        nets.zip(parts(discount, &seconds)).map(share).collect()
    };
    sealed.lines.iter().zip(discounts).map(of_line).collect()
}

/// `amount` by weight; all of it to the first where the weights add up to nothing.
fn parts(amount: i64, weights: &[i64]) -> Vec<i64> {
    spread(amount, weights).unwrap_or_else(|| {
        let rest = weights.iter().skip(1).map(|_| 0);
        std::iter::once(amount).chain(rest).collect()
    })
}

/// What a line about no time tells of the work.
pub(super) fn about(key: &LineKey, row: BilledEntryRow) -> BilledEntryRow {
    match *key {
        LineKey::Task { project, task } => {
            BilledEntryRow { project_id: Some(project), task_id: Some(task), ..row }
        }
        LineKey::Member { member } => BilledEntryRow { member_id: Some(member), ..row },
        LineKey::Day { day } => BilledEntryRow { day: Some(day), ..row },
        LineKey::Entry { day, entry } => {
            BilledEntryRow { day: Some(day), entry_id: Some(entry), ..row }
        }
    }
}
