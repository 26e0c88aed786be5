//! What a report is made from: a firm, its time, and prices and rounding, now or as they were. The
//! same for a request and for the command line, which has no caller; `as_of` cuts the whole log,
//! `known_at` only what is dated: rates, rounding and settings.

use std::sync::Arc;

use axum::http::StatusCode;
use commands::event_log::read::position_at;
use domain::id::{MemberId, TenantId};
use domain::members::Role;
use jiff::Timestamp;
use migrations::keys::TenantKeys;
use migrations::{TenantTx, Tenants};
use projections::billing::price_book::PriceBook;
use projections::feed::FeedError;
use projections::reports::firm::Firm;
use projections::reports::past::{PastError, book_known, past};
use projections::reports::work::{self, Wanted, Work};
use projections::row::Rows;
use projections::time::time_entry::TimeEntryRow;

use crate::http::call::About;
use crate::http::problem::{FieldError, Problem};
use crate::http::query::refused;

/// What the reader of a report may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sees {
    /// Whose time alone; everybody's where there is nobody.
    pub(crate) only: Option<MemberId>,
    /// What is charged.
    pub(crate) rates: bool,
    /// What work costs the firm, and what is left of its price.
    pub(crate) costs: bool,
}

impl Sees {
    /// All of it: at the machine's own command line.
    pub(crate) const ALL: Sees = Sees { only: None, rates: true, costs: true };

    /// What the caller may see.
    pub(crate) fn of(about: &About) -> Self {
        Sees {
            only: about.sees_only(),
            rates: about.caller.may(&[Role::Manager, Role::Billing, Role::Auditor]),
            costs: about.caller.may(&[Role::Billing, Role::Auditor]),
        }
    }
}

/// For whom and about which moment.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    /// The door.
    pub(crate) tenants: Tenants,
    /// Which tenant.
    pub(crate) tenant: TenantId,
    /// What its host begins with, for names of files.
    pub(crate) slug: String,
    /// Its keys.
    pub(crate) keys: Arc<TenantKeys>,
    /// What may be shown.
    pub(crate) sees: Sees,
    /// The position of the log that it's about, where it's not the present.
    pub(crate) as_of: Option<i64>,
    /// Since when dated facts must have been known.
    pub(crate) known_at: Option<Timestamp>,
    /// Now.
    pub(crate) now: Timestamp,
}

impl Reading {
    /// What a request is about.
    pub(crate) fn of(about: &About, known_at: Option<&str>) -> Result<Self, Problem> {
        let known_at = known_at.map(|text| instant(text, about.now())).transpose()?;
        Ok(Reading {
            tenants: about.app.tenants.clone(),
            tenant: about.tenant.id,
            slug: about.tenant.slug.clone(),
            keys: about.keys.clone(),
            sees: Sees::of(about),
            as_of: about.as_of,
            known_at,
            now: about.now(),
        })
    }

    /// Opens what is needed, all of one moment.
    pub(crate) async fn begin(&self) -> Result<Standing, Problem> {
        let mut tx = self.tenants.begin_snapshot(self.tenant).await?;
        let known = match self.known_at {
            Some(instant) => Some(position_at(&mut tx, instant).await?),
            None => None,
        };
        if let Some(position) = self.as_of {
            let known = known.map_or(position, |known| known.min(position));
            let past = past(&mut tx, position, known).await?;
            let (firm, book) = (past.firm, past.book);
            return Ok(Standing { tx, firm, book, then: Some(past.entries) });
        }
        let book = match known {
            Some(known) => book_known(&mut tx, known).await?,
            None => PriceBook::load(&mut tx).await?,
        };
        let firm = Firm::load(&mut tx).await?;
        Ok(Standing { tx, firm, book, then: None })
    }
}

/// An instant that dated facts must have been known at.
pub(crate) fn instant(text: &str, now: Timestamp) -> Result<Timestamp, Problem> {
    // A plus sign that was not encoded arrives as a space.
    let instant: Timestamp = text.replace(' ', "+").parse().map_err(|_| {
        let why = "give an instant such as 2026-03-01T12:00:00+02:00";
        refused("known_at", "query.invalid", why)
    })?;
    if instant > now {
        let detail = "this lies in the future, of which nothing is known";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "known_at.future", detail)
            .with_error(FieldError::new("?known_at", "known_at.future", detail)));
    }
    Ok(instant)
}

/// A firm as it stood, ready to be read.
pub(crate) struct Standing {
    /// One snapshot.
    pub(crate) tx: TenantTx,
    /// Who and what there is.
    pub(crate) firm: Firm,
    /// Prices and rounding.
    pub(crate) book: PriceBook,
    /// Every entry, where it's not the present that is asked for.
    then: Option<Rows<TimeEntryRow>>,
}

impl Standing {
    /// Hands out the wanted entries in pieces of whole days.
    pub(crate) async fn each_piece(
        &mut self,
        wanted: &Wanted,
        with_notes: bool,
        mut take: impl FnMut(&mut [Work], &Firm, &PriceBook) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        if let Some(rows) = &self.then {
            let held = rows.iter().filter(|row| wanted.holds(row));
            let mut entries: Vec<Work> = held.map(Work::from).collect();
            return take(&mut entries, &self.firm, &self.book);
        }
        for days in wanted.months() {
            let mut entries = work::between(&mut self.tx, wanted, days, with_notes).await?;
            take(&mut entries, &self.firm, &self.book)?;
        }
        Ok(())
    }
}

impl From<PastError> for Problem {
    fn from(error: PastError) -> Self {
        match error {
            PastError::Feed(FeedError::Door(error)) => error.into(),
            PastError::Feed(_) | PastError::Unreadable(_) => Problem::internal(&error),
        }
    }
}
