//! What a client is shown of an invoice, as far as it agrees with it or disputes it: its lines, the
//! amounts and the total. A digest stands for all of it, so that nobody agrees to amounts that they
//! did not see, whatever changed them. Names and notes of persons are not in here.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::lines::{Line, LineKey};
use super::sealed::{SealedInvoice, SealedLine};
use super::{LineDisputed, Lot, ReservedEntry};
use crate::id::EntryId;

/// A line as a client is shown it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownLine {
    /// 1, 2, 3, …
    pub n: u32,
    /// What it's about.
    pub key: LineKey,
    /// What it says.
    pub description: String,
    /// In units, a decimal with four places.
    pub quantity: String,
    /// The price of a unit; none where it has none.
    pub unit_price_minor: Option<i64>,
    /// The price of the line less its discount; none where it has none.
    pub amount_minor: Option<i64>,
    /// What is in it, with the seconds.
    pub lots: Vec<(Lot, i64)>,
}

/// An invoice as a client is shown it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownInvoice {
    /// ISO 4217; all amounts are in its minor units.
    pub currency: String,
    /// The lines.
    pub lines: Vec<ShownLine>,
    /// What is to be paid; of a draft that can't be sealed as it is, the sum of its lines.
    pub total_minor: i64,
}

/// What a client agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreedTo {
    /// Stands for all that was shown: SHA-256 in hexadecimal digits.
    pub digest: String,
    /// What was to be paid.
    pub total_minor: i64,
    /// ISO 4217.
    pub currency: String,
}

/// A line as it was when it was disputed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputedLine {
    /// What it said.
    pub description: String,
    /// What it came to; none where it had no price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<i64>,
    /// ISO 4217.
    pub currency: String,
    /// What was in it.
    pub lots: Vec<Lot>,
}

impl ShownLine {
    fn of_sealed(line: &SealedLine) -> Self {
        ShownLine {
            n: line.n,
            key: line.key,
            description: line.description.clone(),
            quantity: line.quantity.clone(),
            unit_price_minor: Some(line.unit_price_minor),
            amount_minor: Some(line.amount_minor),
            lots: line.entries.iter().map(|entry| (entry.lot(), entry.seconds)).collect(),
        }
    }
}

impl ShownInvoice {
    /// What was sealed, or a draft as it would be.
    pub fn of_sealed(sealed: &SealedInvoice) -> Self {
        ShownInvoice {
            currency: sealed.currency.clone(),
            lines: sealed.lines.iter().map(ShownLine::of_sealed).collect(),
            total_minor: sealed.totals.payable_minor,
        }
    }

    /// A draft that can't be sealed as it is, by its lines with their words, and what it reserves.
    pub fn of_lines<'a>(
        currency: &str,
        entries: &[ReservedEntry],
        lines: impl IntoIterator<Item = (&'a Line, String)>,
    ) -> Self {
        let mut held: BTreeMap<EntryId, Vec<(Lot, i64)>> = BTreeMap::new();
        for entry in entries {
            held.entry(entry.entry).or_default().push((entry.lot(), entry.seconds));
        }
        let line = |(line, description): (&Line, String)| {
            let entries: BTreeSet<&EntryId> = line.entries.iter().collect();
            ShownLine {
                n: line.n,
                key: line.key,
                description,
                quantity: line.quantity.clone(),
                unit_price_minor: line.unit_price_minor,
                amount_minor: line.net_minor,
                lots: entries.iter().filter_map(|id| held.get(id)).flatten().copied().collect(),
            }
        };
        let lines: Vec<ShownLine> = lines.into_iter().map(line).collect();
        let total_minor = lines.iter().filter_map(|line| line.amount_minor).sum();
        ShownInvoice { currency: currency.to_owned(), lines, total_minor }
    }

    /// Stands for all of it: SHA-256 in hexadecimal digits.
    pub fn digest(&self) -> String {
        let text = serde_json::to_vec(self).expect("plain values are JSON");
        Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What is agreed to by whoever agrees with this.
    pub fn agreed_to(&self) -> AgreedTo {
        let (total_minor, currency) = (self.total_minor, self.currency.clone());
        AgreedTo { digest: self.digest(), total_minor, currency }
    }

    /// The line of this number.
    pub fn line(&self, n: u32) -> Option<&ShownLine> {
        self.lines.iter().find(|line| line.n == n)
    }

    /// The lines that hold what was disputed. Where it was not written down what the line held,
    /// it's the one line about the same subject; of several, none can be told to be it.
    pub fn disputed_in(&self, disputed: &LineDisputed) -> Vec<u32> {
        if let Some(was) = &disputed.shown {
            let lots: BTreeSet<&Lot> = was.lots.iter().collect();
            let holds = |line: &&ShownLine| line.lots.iter().any(|(lot, _)| lots.contains(lot));
            return self.lines.iter().filter(holds).map(|line| line.n).collect();
        }
        let about = self.lines.iter().filter(|line| line.key == disputed.key);
        match about.map(|line| line.n).collect::<Vec<u32>>() {
            one if one.len() == 1 => one,
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::{dispute, drafted, hourly, seal_facts};
    use crate::billing::seal::seal;
    use crate::billing::{Invoice, InvoiceState};
    use crate::catalogue::rates::Rate;
    use crate::time::samples::{entry_id, project, task};

    fn shown(state: &Invoice, rate: &Rate) -> ShownInvoice {
        let draft = state.drafted.as_ref().expect("a draft");
        assert_eq!(draft.state, InvoiceState::Draft);
        ShownInvoice::of_sealed(&seal(draft, &seal_facts("", state, rate)).expect("sealed"))
    }

    #[test]
    fn whatever_changes_an_amount_changes_the_digest_and_a_number_or_a_name_does_not() {
        let state = drafted();
        let before = shown(&state, &hourly(125_000));
        assert_eq!(before.digest().len(), 64);
        assert_eq!(before.digest(), shown(&state, &hourly(125_000)).digest());
        assert_ne!(before.digest(), shown(&state, &hourly(126_000)).digest());
        let draft = state.drafted.as_ref().expect("a draft");
        let mut facts = seal_facts("INV-1", &state, &hourly(125_000));
        facts.lines[0].who = Some(crate::billing::samples::personal("Thandi"));
        let numbered = seal(draft, &facts).expect("sealed");
        assert_eq!(before.digest(), ShownInvoice::of_sealed(&numbered).digest());
        facts.standard = crate::billing::samples::percent("16");
        let taxed = seal(draft, &facts).expect("sealed");
        assert_ne!(before.digest(), ShownInvoice::of_sealed(&taxed).digest());
    }

    #[test]
    fn a_dispute_is_of_the_lines_that_hold_its_entries_or_of_none() {
        let disputed = dispute(1);
        assert!(disputed.shown.is_some());
        let mut now = shown(&drafted(), &hourly(125_000));
        assert_eq!(now.disputed_in(&disputed), [1]);
        now.lines[0].n = 4;
        now.lines[0].key =
            LineKey::Entry { day: jiff::civil::date(2026, 1, 7), entry: entry_id(1) };
        assert_eq!(now.disputed_in(&disputed), [4], "it's grouped otherwise");
        now.lines[0].lots[0].0 = Lot::whole(entry_id(2));
        now.lines[0].key = LineKey::Task { project: project(1), task: task(1) };
        assert!(now.disputed_in(&disputed).is_empty(), "it holds other entries");
        let old = LineDisputed { shown: None, ..disputed };
        assert_eq!(now.disputed_in(&old), [4], "the only line about the same");
        now.lines.push(now.lines[0].clone());
        assert!(now.disputed_in(&old).is_empty(), "there are two");
    }
}
