//! What a report is made from: a firm, its time, and prices and rounding, now or as they were. The
//! same for a request and for the command line, which has no caller; `as_of` cuts the whole log,
//! `known_at` only what is dated: rates, rounding and settings.

use std::collections::HashMap;
use std::sync::Arc;

use domain::id::{EntryId, MemberId, TenantId};
use domain::members::Role;
use jiff::Timestamp;
use migrations::keys::TenantKeys;
use migrations::{TenantTx, Tenants};
use projections::billing::price_book::PriceBook;
use projections::feed::FeedError;
use projections::reports::firm::Firm;
use projections::reports::past::{Past, PastError, book_known, past};
use projections::reports::terms::Terms;
use projections::reports::work::{self, Wanted, Work};
use projections::row::Rows;
use projections::time::time_entry::TimeEntryRow;
use projections::wait::Progress;

use crate::http::call::About;
use crate::http::moment::{Preferences, fresh_enough};
use crate::http::problem::Problem;

/// What the reader of a report may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sees {
    /// Whose time alone; everybody's where there is nobody.
    pub(crate) only: Option<MemberId>,
    /// Who is away, and what is left to them: of whomever they may see.
    pub(crate) leave: bool,
    /// What is charged.
    pub(crate) rates: bool,
    /// What work costs the firm, and what is left of its price.
    pub(crate) costs: bool,
}

impl Sees {
    /// All of it: at the machine's own command line.
    pub(crate) const ALL: Sees = Sees { only: None, leave: true, rates: true, costs: true };

    /// What the caller may see.
    pub(crate) fn of(about: &About) -> Self {
        let only = about.sees_only();
        Sees {
            only,
            leave: only.is_some() || about.caller.may(&[Role::Manager, Role::Auditor]),
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
    /// The position up to which dated facts are known, where another is asked for.
    pub(crate) known_at: Option<i64>,
    /// How far read models have come, as far as this process knows.
    pub(crate) progress: Progress,
    /// Now.
    pub(crate) now: Timestamp,
}

impl Reading {
    /// What a request is about.
    pub(crate) fn of(about: &About) -> Self {
        Reading {
            tenants: about.app.tenants.clone(),
            tenant: about.tenant.id,
            slug: about.tenant.slug.clone(),
            keys: about.keys.clone(),
            sees: Sees::of(about),
            as_of: about.as_of,
            known_at: about.known_at,
            progress: about.app.progress.clone(),
            now: about.now(),
        }
    }

    /// Whose time is meant: of these members, of everybody where none are named, or the reader's
    /// own alone. Who sees nothing else is refused others'.
    pub(crate) fn members(
        &self,
        asked: Option<Vec<MemberId>>,
    ) -> Result<Option<Vec<MemberId>>, Problem> {
        let Some(own) = self.sees.only else { return Ok(asked) };
        if asked.is_some_and(|asked| asked.iter().any(|member| *member != own)) {
            return Err(Problem::forbidden());
        }
        Ok(Some(vec![own]))
    }

    /// Waits until these read models know the moment of the past that is asked about. It's for
    /// those whose rows say since when they are so; of others the past is folded from the log.
    pub(crate) async fn known_by(&self, models: &[&str]) -> Result<(), Problem> {
        let Some(position) = self.as_of else { return Ok(()) };
        let parts = (&self.tenants, &self.progress);
        fresh_enough(parts, self.tenant, models, Some(position), Preferences::default()).await
    }

    /// Opens what is needed, all of one moment.
    pub(crate) async fn begin(&self) -> Result<Standing, Problem> {
        let mut tx = self.tenants.begin_snapshot(self.tenant).await?;
        if let Some(position) = self.as_of {
            let past = past(&mut tx, position, self.known_at.unwrap_or(position)).await?;
            let Past { entries, firm, terms, book } = past;
            return Ok(Standing { tx, firm, book, then: Some((entries, terms)) });
        }
        let book = match self.known_at {
            Some(known) => book_known(&mut tx, known).await?,
            None => PriceBook::load(&mut tx).await?,
        };
        let firm = Firm::load(&mut tx).await?;
        Ok(Standing { tx, firm, book, then: None })
    }
}

/// A firm as it stood, ready to be read.
pub(crate) struct Standing {
    /// One snapshot.
    pub(crate) tx: TenantTx,
    /// Who and what there is.
    pub(crate) firm: Firm,
    /// Prices and rounding.
    pub(crate) book: PriceBook,
    /// Every entry and what work follows from, where it's not the present that is asked for.
    then: Option<(Rows<TimeEntryRow>, Terms)>,
}

impl Standing {
    /// Hands out the wanted entries in pieces of whole days.
    pub(crate) async fn each_piece(
        &mut self,
        wanted: &Wanted,
        with_notes: bool,
        mut take: impl FnMut(&mut [Work], &Firm, &PriceBook) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        if let Some((rows, _)) = &self.then {
            let all: HashMap<EntryId, &TimeEntryRow> =
                rows.iter().map(|row| (row.entry_id, row)).collect();
            let reversed = |row: &TimeEntryRow| all.get(&row.reverses?).copied();
            let held = rows.iter().filter(|row| wanted.holds(row));
            let mut entries: Vec<Work> = held.map(|row| Work::of(row, reversed(row))).collect();
            return take(&mut entries, &self.firm, &self.book);
        }
        for days in wanted.months() {
            let mut entries = work::between(&mut self.tx, wanted, days, with_notes).await?;
            take(&mut entries, &self.firm, &self.book)?;
        }
        Ok(())
    }

    /// What could be worked.
    pub(crate) async fn terms(&mut self) -> Result<Terms, Problem> {
        match &self.then {
            Some((_, terms)) => Ok(terms.clone()),
            None => Ok(Terms::load(&mut self.tx).await?),
        }
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
