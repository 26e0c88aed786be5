//! What a report needs, as it was: one pass over the log for all of it, instead of one per read
//! model. Dated facts (rates, rounding rules and settings) may be cut earlier than the rest: what
//! was known then.

use domain::log::{DecodeError, Recorded};
use migrations::TenantTx;

use super::firm::Firm;
use crate::billing::price_book::PriceBook;
use crate::billing::rounding_book::RoundingBook;
use crate::catalogue::client::Client;
use crate::catalogue::project::Project;
use crate::catalogue::rate::Rate;
use crate::catalogue::rounding_rule::RoundingRule;
use crate::catalogue::task::Task;
use crate::feed::{self, FeedError};
use crate::members::member::Member;
use crate::model::{ReadModel, reads};
use crate::row::Rows;
use crate::settings::setting::Setting;
use crate::time::time_entry::{TimeEntry, TimeEntryRow};

/// Why the past can't be read.
#[derive(Debug, thiserror::Error)]
pub enum PastError {
    /// The log can't be read.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// An event has no form that this version knows.
    #[error("an event can't be read by this version: {0}")]
    Unreadable(#[from] DecodeError),
}

/// A firm and its time at a position of the log.
#[derive(Debug)]
pub struct Past {
    /// Every entry.
    pub entries: Rows<TimeEntryRow>,
    /// Clients, projects, tasks and members.
    pub firm: Firm,
    /// Rates and settings, as known at the position given for them.
    pub book: PriceBook,
}

/// The rows of one read model, as long as they're wanted.
struct Then<M: ReadModel> {
    rows: Rows<M::Row>,
    until: i64,
}

impl<M: ReadModel> Then<M> {
    fn until(until: i64) -> Self {
        Then { rows: Rows::complete(), until }
    }

    fn wants(&self, event_type: &str, position: i64) -> bool {
        position <= self.until && reads::<M>(event_type)
    }

    fn take(&mut self, event: &Recorded) {
        if self.wants(event.event.event_type(), event.position) {
            M::apply(&mut self.rows, event);
        }
    }

    fn all(&self) -> impl Iterator<Item = M::Row> {
        self.rows.iter().cloned()
    }
}

/// Everything at `position`; rates and settings as known at `known`, where that's earlier.
pub async fn past(tx: &mut TenantTx, position: i64, known: i64) -> Result<Past, PastError> {
    let mut entries = Then::<TimeEntry>::until(position);
    let mut clients = Then::<Client>::until(position);
    let mut projects = Then::<Project>::until(position);
    let mut tasks = Then::<Task>::until(position);
    let mut members = Then::<Member>::until(position);
    let mut rates = Then::<Rate>::until(known);
    let mut rules = Then::<RoundingRule>::until(known);
    let mut settings = Then::<Setting>::until(known);
    feed::each_event::<PastError>(tx, 0, position, |stored| {
        let (name, at) = (stored.event_type, stored.position);
        let wanted = entries.wants(name, at)
            || clients.wants(name, at)
            || projects.wants(name, at)
            || tasks.wants(name, at)
            || members.wants(name, at)
            || rates.wants(name, at)
            || rules.wants(name, at)
            || settings.wants(name, at);
        if wanted {
            let event = stored.decode()?;
            entries.take(&event);
            clients.take(&event);
            projects.take(&event);
            tasks.take(&event);
            members.take(&event);
            rates.take(&event);
            rules.take(&event);
            settings.take(&event);
        }
        Ok(())
    })
    .await?;
    Ok(Past {
        entries: entries.rows,
        firm: Firm::of(clients.all(), projects.all(), tasks.all(), members.all()),
        book: PriceBook::of(rates.all(), RoundingBook::of(rules.all(), settings.all())),
    })
}

/// Rates and settings alone, as they were known at a position.
pub async fn book_known(tx: &mut TenantTx, known: i64) -> Result<PriceBook, PastError> {
    let mut rates = Then::<Rate>::until(known);
    let mut rules = Then::<RoundingRule>::until(known);
    let mut settings = Then::<Setting>::until(known);
    feed::each_event::<PastError>(tx, 0, known, |stored| {
        let (name, at) = (stored.event_type, stored.position);
        if rates.wants(name, at) || rules.wants(name, at) || settings.wants(name, at) {
            let event = stored.decode()?;
            rates.take(&event);
            rules.take(&event);
            settings.take(&event);
        }
        Ok(())
    })
    .await?;
    Ok(PriceBook::of(rates.all(), RoundingBook::of(rules.all(), settings.all())))
}
