//! Prices at the moment they're read: rates and settings as one look-up, and the lines of a draft
//! made by it. Nothing priced is stored before an invoice is issued, so a changed rate shows at
//! once.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::billing::ReservedEntry;
use domain::billing::lines::{Line, Terms, invoice_lines};
use domain::catalogue::rates::{Rate, RateKind, RateScope, RatedWork};
use domain::catalogue::{RateCard, RateCardEvent, RateSet, find_rate};
use domain::id::ClientId;
use domain::money::price;
use domain::settings::{SettingChanged, Settings, SettingsEvent};
use domain::time::Rounding;
use migrations::TenantTx;

use super::invoice::InvoiceRow;
use super::invoice_entry::InvoiceEntryRow;
use crate::catalogue::rate::{self, RateRow};
use crate::kept;
use crate::row::ReadError;
use crate::settings::setting::{self, SettingRow};

/// Rates and settings, ready to be asked for any work on any day.
#[derive(Debug, Clone, Default)]
pub struct PriceBook {
    cards: BTreeMap<RateScope, RateCard>,
    settings: Settings,
}

impl PriceBook {
    /// A book of these rows, live ones or those of a moment.
    pub fn of(
        rates: impl IntoIterator<Item = RateRow>,
        settings: impl IntoIterator<Item = SettingRow>,
    ) -> Self {
        let mut book = PriceBook::default();
        for row in rates {
            let (scope, kind, from, rate) = (row.scope(), row.kind, row.from_day.0, row.rate());
            let event = RateCardEvent::from(RateSet { scope, kind, from, rate });
            book.cards.entry(scope).or_default().evolve(&event);
        }
        for SettingRow { name, from_day, value, .. } in settings {
            let event = SettingChanged { key: name, value, from: from_day.0 };
            book.settings.evolve(&SettingsEvent::from(event));
        }
        book
    }

    /// The book as it is now. It's made of few rows that many answers ask for, so it's kept for as
    /// long as they stay as they are.
    pub async fn load(tx: &mut TenantTx) -> Result<Self, ReadError> {
        const KEPT: &str = "price_book";
        const TABLES: &[&str] = &["rm_rate", "rm_setting"];
        let mark = kept::mark(tx, TABLES).await?;
        if let Some(book) = tx.kept::<PriceBook>(KEPT, &mark) {
            return Ok(PriceBook::clone(&book));
        }
        let rates = rate::all(tx).await?;
        let settings = setting::list(tx, None).await?;
        let book = PriceBook::of(rates, settings);
        // What changed between the two looks may be in it or not.
        if kept::mark(tx, TABLES).await? == mark {
            tx.keep(KEPT, mark, Arc::new(book.clone()));
        }
        Ok(book)
    }

    /// The settings in it.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How the time of this work is rounded.
    pub fn rounding(&self, work: &RatedWork) -> Rounding {
        self.settings.rounding(work.day)
    }

    /// What is charged for this work, or what it costs; none where nobody has set a rate.
    pub fn rate(&self, work: &RatedWork, kind: RateKind) -> Option<&Rate> {
        find_rate(&self.cards, work, kind)
    }

    /// What applies to an entry of a client's work: its rate, and the rules of its day.
    pub fn terms(&self, client: ClientId, entry: &ReservedEntry) -> Terms {
        let work = RatedWork {
            member: entry.member,
            project: entry.project,
            task: entry.task,
            client,
            day: entry.day,
        };
        Terms {
            rounding: self.rounding(&work),
            rate: self.rate(&work, RateKind::Bill).cloned(),
            working_day_seconds: self.settings.working_day_seconds(entry.day),
        }
    }

    /// The lines of an invoice over what it took.
    pub fn lines(&self, invoice: &InvoiceRow, entries: &[InvoiceEntryRow]) -> Vec<Line> {
        let reserved: Vec<ReservedEntry> = entries.iter().map(reserved).collect();
        let terms = |entry: &ReservedEntry| self.terms(invoice.client_id, entry);
        invoice_lines(&reserved, invoice.group_by, &invoice.currency, terms, price)
    }
}

fn reserved(row: &InvoiceEntryRow) -> ReservedEntry {
    ReservedEntry {
        entry: row.entry_id,
        version: row.version,
        member: row.member_id,
        project: row.project_id,
        task: row.task_id,
        day: row.day,
        seconds: row.seconds,
    }
}
