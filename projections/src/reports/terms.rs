//! What could be worked: patterns of work, employment and holidays of all members, from which the
//! capacity of any days follows by the one rule that calendars go by.

use std::collections::BTreeMap;

use domain::id::MemberId;
use domain::leave::HolidayCalendar;
use domain::time::calendar::holidays_by_day;
use domain::time::progress::{Due, due};
use jiff::civil::Date;
use migrations::TenantTx;

use super::firm::Firm;
use crate::billing::price_book::PriceBook;
use crate::members::work_pattern::WorkPatternRow;
use crate::row::ReadError;
use crate::time::work_terms::{self, MemberTerms};

/// What members' working days follow from.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    members: BTreeMap<MemberId, MemberTerms>,
    /// Of a moment; read for the days asked for where it's the present.
    calendar: Option<HolidayCalendar>,
}

impl Terms {
    /// The terms that these rows make.
    pub fn of(
        firm: &Firm,
        patterns: impl IntoIterator<Item = WorkPatternRow>,
        calendar: HolidayCalendar,
    ) -> Self {
        let patterns: Vec<WorkPatternRow> = patterns.into_iter().collect();
        let of = |row| MemberTerms::of(row, &patterns);
        let members = firm.members.iter().map(|(id, row)| (*id, of(row))).collect();
        Terms { members, calendar: Some(calendar) }
    }

    /// The terms as they are now.
    pub async fn load(tx: &mut TenantTx) -> Result<Self, ReadError> {
        Ok(Terms { members: work_terms::of_members(tx, None).await?, calendar: None })
    }

    /// The holidays of some days.
    pub async fn holidays(
        &self,
        tx: &mut TenantTx,
        (first, last): (Date, Date),
    ) -> Result<BTreeMap<Date, String>, ReadError> {
        match &self.calendar {
            Some(calendar) => Ok(holidays_by_day(calendar.holidays(first, last))),
            None => work_terms::holidays(tx, first, last).await,
        }
    }

    /// Whose terms are known.
    pub fn members(&self) -> impl Iterator<Item = MemberId> {
        self.members.keys().copied()
    }

    /// What was due of a member on some days, and how much of it should be billable by the setting
    /// of each day.
    pub fn due(
        &self,
        member: MemberId,
        (first, last): (Date, Date),
        holidays: &BTreeMap<Date, String>,
        book: &PriceBook,
    ) -> Due {
        let billable_day = |day| book.settings().working_day_seconds(day);
        match self.members.get(&member) {
            Some(terms) => due(&terms.with(holidays, &[]), first, last, billable_day),
            None => Due::default(),
        }
    }
}
