//! What a report needs, as it was: one pass over the log for all of it, instead of one per read
//! model. Dated facts (rates, rounding rules and settings) may be cut elsewhere than the rest: as
//! they were known then.

use domain::log::{DecodeError, Recorded};
use migrations::TenantTx;

use super::firm::Firm;
use super::terms::Terms;
use crate::billing::price_book::PriceBook;
use crate::billing::rounding_book::RoundingBook;
use crate::catalogue::client::Client;
use crate::catalogue::project::Project;
use crate::catalogue::rate::Rate;
use crate::catalogue::rounding_rule::RoundingRule;
use crate::catalogue::task::Task;
use crate::feed::{self, FeedError};
use crate::leave::holiday::Holiday;
use crate::leave::holiday_calendar::{HolidayCalendar, calendar_of};
use crate::members::member::Member;
use crate::members::work_pattern::WorkPattern;
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
    /// What members' working days follow from.
    pub terms: Terms,
    /// Rates, rounding and settings, as known at the position given for them.
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

/// The dated facts that prices and rounding follow from.
struct Facts {
    rates: Then<Rate>,
    rules: Then<RoundingRule>,
    settings: Then<Setting>,
}

impl Facts {
    fn until(known: i64) -> Self {
        Facts { rates: Then::until(known), rules: Then::until(known), settings: Then::until(known) }
    }

    fn wants(&self, name: &str, at: i64) -> bool {
        self.rates.wants(name, at) || self.rules.wants(name, at) || self.settings.wants(name, at)
    }

    fn take(&mut self, event: &Recorded) {
        self.rates.take(event);
        self.rules.take(event);
        self.settings.take(event);
    }

    fn book(&self) -> PriceBook {
        PriceBook::of(self.rates.all(), RoundingBook::of(self.rules.all(), self.settings.all()))
    }
}

/// Everything at `position`, with dated facts as known at `known`.
pub async fn past(tx: &mut TenantTx, position: i64, known: i64) -> Result<Past, PastError> {
    let mut entries = Then::<TimeEntry>::until(position);
    let mut clients = Then::<Client>::until(position);
    let mut projects = Then::<Project>::until(position);
    let mut tasks = Then::<Task>::until(position);
    let mut members = Then::<Member>::until(position);
    let mut patterns = Then::<WorkPattern>::until(position);
    let mut adopted = Then::<HolidayCalendar>::until(position);
    let mut declared = Then::<Holiday>::until(position);
    let mut facts = Facts::until(known);
    feed::each_event::<PastError>(tx, 0, position.max(known), |stored| {
        let (name, at) = (stored.event_type, stored.position);
        let wanted = entries.wants(name, at)
            || clients.wants(name, at)
            || projects.wants(name, at)
            || tasks.wants(name, at)
            || members.wants(name, at)
            || patterns.wants(name, at)
            || adopted.wants(name, at)
            || declared.wants(name, at)
            || facts.wants(name, at);
        if wanted {
            let event = stored.decode()?;
            entries.take(&event);
            clients.take(&event);
            projects.take(&event);
            tasks.take(&event);
            members.take(&event);
            patterns.take(&event);
            adopted.take(&event);
            declared.take(&event);
            facts.take(&event);
        }
        Ok(())
    })
    .await?;
    let firm = Firm::of(clients.all(), projects.all(), tasks.all(), members.all());
    Ok(Past {
        terms: Terms::of(&firm, patterns.all(), calendar_of(adopted.all(), declared.all())),
        entries: entries.rows,
        firm,
        book: facts.book(),
    })
}

/// Rates, rounding and settings alone, as they were known at a position.
pub async fn book_known(tx: &mut TenantTx, known: i64) -> Result<PriceBook, PastError> {
    let mut facts = Facts::until(known);
    feed::each_event::<PastError>(tx, 0, known, |stored| {
        if facts.wants(stored.event_type, stored.position) {
            facts.take(&stored.decode()?);
        }
        Ok(())
    })
    .await?;
    Ok(facts.book())
}
