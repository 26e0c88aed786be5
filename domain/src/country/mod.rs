//! Countries as data: what a firm starts with and what is law there, read from `domain/packs`. A
//! new country, or a new law of a known one, is a change of such a file and of nothing else.

mod easter;
mod holidays;
mod names;
mod read;
mod rule;
mod statute;
mod tax_invoice;

use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};

pub use easter::easter_sunday;
pub use holidays::Holiday;
pub use names::is_country;
pub use read::PackError;
pub use rule::{HolidayRule, Shift, ShiftRule, When};
pub use statute::{
    Accrual, AccrualUnit, AtFirst, CalendarSpan, Certificate, Counts, Cycle, CycleBegins,
    Entitlement, LeaveKind, Practice, Requires, ShownIn, Statute,
};
pub use tax_invoice::TaxInvoiceRule;

/// Each pack's file, and what it says.
const FILES: [(&str, &str); 3] = [
    ("za.toml", include_str!("../../packs/za.toml")),
    ("de.toml", include_str!("../../packs/de.toml")),
    ("gb.toml", include_str!("../../packs/gb.toml")),
];

/// The kinds of leave of a firm in a country that there is no pack of.
const ELSEWHERE: (&str, &str) = ("elsewhere.toml", include_str!("../../packs/elsewhere.toml"));

/// What is known of a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// What it's called there.
    pub name: String,
    /// Counts up with each change of what it says of holidays. What an earlier version said is
    /// still known.
    pub version: u32,
    /// ISO 4217.
    pub currency: String,
    /// IANA names; the first one is taken for granted of a firm.
    pub time_zones: Vec<String>,
    /// The day a week begins with on calendars there.
    pub week_start: Weekday,
    /// How a day is written there.
    pub date_order: DateOrder,
    /// The standard rates of value added tax, ordered by day; the first one holds from always.
    pub vat: Vec<VatRate>,
    /// Which tax invoice is asked for by amount, ordered by day; empty where no limits are known.
    pub tax_invoices: Vec<TaxInvoiceRule>,
    /// Its regions, by code; empty where holidays are the same everywhere.
    pub regions: Vec<Region>,
    /// The first year of which the holidays are known.
    pub holidays_since: i16,
    /// What a holiday on a weekend gives.
    pub shift: Shift,
    /// The rules of the holidays, of every version.
    pub holidays: Vec<HolidayRule>,
    /// The kinds of leave that a firm starts with.
    pub leave_types: Vec<LeaveKind>,
}

/// A standard rate of value added tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatRate {
    /// The first day it holds; none = from always, as far as a firm's books go back.
    pub from: Option<Date>,
    /// In percent, such as `15` or `17.5`.
    pub percent: String,
    /// The law.
    pub source: String,
}

/// A part of a country with holidays of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its code, as in ISO 3166-2 behind the country's.
    pub code: String,
    /// What it's called.
    pub name: String,
}

/// The order in which a day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 2026-12-31.
    YearMonthDay,
    /// 31.12.2026.
    DayMonthYear,
    /// 12/31/2026.
    MonthDayYear,
}

/// Every pack, by country.
pub fn packs() -> &'static [Pack] {
    static PACKS: LazyLock<Vec<Pack>> = LazyLock::new(|| {
        let read = |(file, text): &(&str, &str)| read::pack(file, text);
        let packs: Result<Vec<Pack>, PackError> = FILES.iter().map(read).collect();
        packs.expect("a test reads every pack")
    });
    &PACKS
}

/// The pack of a country, by its ISO 3166-1 alpha-2 code.
pub fn pack(country: &str) -> Option<&'static Pack> {
    packs().iter().find(|pack| pack.country == country)
}

/// The kinds of leave that a firm in this country starts with: its pack's, or a few that there are
/// everywhere, of which no law is known.
pub fn leave_types(country: &str) -> &'static [LeaveKind] {
    static FEW: LazyLock<Vec<LeaveKind>> = LazyLock::new(|| {
        let (file, text) = ELSEWHERE;
        read::leave_types(file, text).expect("a test reads it")
    });
    pack(country).map_or(&FEW, |pack| &pack.leave_types)
}

impl Pack {
    /// The region with this code.
    pub fn region(&self, code: &str) -> Option<&Region> {
        self.regions.iter().find(|region| region.code == code)
    }

    /// Which tax invoice is asked for on a day.
    pub fn tax_invoice_on(&self, day: Date) -> Option<&TaxInvoiceRule> {
        self.tax_invoices.iter().rev().find(|rule| rule.from.is_none_or(|from| from <= day))
    }

    /// The kind of leave with this code.
    pub fn leave_type(&self, code: &str) -> Option<&LeaveKind> {
        self.leave_types.iter().find(|kind| kind.code == code)
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;
