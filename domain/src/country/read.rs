//! Reads a pack's file. What can't be right is refused with the file and the line, so that whoever
//! writes a new country need not read this program.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use toml::Spanned;

use super::rule::{HolidayRule, Shift, ShiftRule, When};
use super::statute::LeaveKind;
use super::tax_invoice::{self, TaxInvoiceFile};
use super::{DateOrder, Pack, Region, VatRate, is_country};
use crate::money::{Percent, minor_digits};
use crate::settings::canonical_time_zone;
use crate::settings::registry::WEEKDAYS;

/// What is wrong in a pack's file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct PackError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackFile {
    country: Spanned<String>,
    name: String,
    version: Spanned<u32>,
    currency: Spanned<String>,
    time_zones: Spanned<Vec<String>>,
    week_start: Spanned<String>,
    date_order: DateOrder,
    #[serde(default)]
    vat: Vec<Spanned<VatFile>>,
    #[serde(default)]
    tax_invoice: Vec<Spanned<TaxInvoiceFile>>,
    #[serde(default)]
    regions: BTreeMap<String, String>,
    holidays: HolidaysFile,
    #[serde(default)]
    holiday: Vec<Spanned<HolidayFile>>,
    leave_type: Vec<Spanned<LeaveKind>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VatFile {
    from: Option<Date>,
    percent: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidaysFile {
    since: i16,
    /// The law of the holidays that name no other.
    source: String,
    shift: Option<ShiftFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShiftFile {
    rule: ShiftRule,
    label: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayFile {
    name: String,
    on: Option<String>,
    easter: Option<i32>,
    nth: Option<NthFile>,
    before: Option<BeforeFile>,
    days: Option<Vec<Date>>,
    #[serde(default)]
    regions: Vec<String>,
    from: Option<i16>,
    until: Option<i16>,
    #[serde(default)]
    except: Vec<i16>,
    #[serde(default = "first")]
    added_in: u32,
    dropped_in: Option<u32>,
    source: Option<String>,
}

fn first() -> u32 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NthFile {
    nth: i8,
    weekday: String,
    month: i8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BeforeFile {
    weekday: String,
    day: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeaveTypesFile {
    leave_type: Vec<Spanned<LeaveKind>>,
}

/// A file that is being read.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
}

/// The pack of a file.
pub(super) fn pack(file: &str, text: &str) -> Result<Pack, PackError> {
    let reader = Reader { file, text };
    let read: PackFile = reader.parsed()?;
    reader.check_head(&read)?;
    let HolidaysFile { since, source, shift } = read.holidays;
    let rule = |holiday| reader.holiday(holiday, &source, read.version.get_ref(), &read.regions);
    let holidays = read.holiday.iter().map(rule).collect::<Result<_, _>>()?;
    let nothing =
        || Shift { rule: ShiftRule::Nothing, label: String::new(), source: source.clone() };
    let shift = shift.map(|ShiftFile { rule, label, source }| Shift { rule, label, source });
    let tax_invoices = tax_invoice::rules(read.tax_invoice, read.currency.get_ref());
    Ok(Pack {
        vat: reader.vat(read.vat)?,
        tax_invoices: tax_invoices.map_err(|(at, reason)| reader.wrong(at, reason))?,
        week_start: reader.weekday(read.week_start.get_ref(), read.week_start.span().start)?,
        leave_types: reader.leave_types(read.leave_type)?,
        country: read.country.into_inner(),
        name: read.name,
        version: read.version.into_inner(),
        currency: read.currency.into_inner(),
        time_zones: read.time_zones.into_inner(),
        date_order: read.date_order,
        regions: read.regions.into_iter().map(|(code, name)| Region { code, name }).collect(),
        holidays_since: since,
        shift: shift.unwrap_or_else(nothing),
        holidays,
    })
}

/// The kinds of leave of a file that holds nothing else.
pub(super) fn leave_types(file: &str, text: &str) -> Result<Vec<LeaveKind>, PackError> {
    let reader = Reader { file, text };
    let read: LeaveTypesFile = reader.parsed()?;
    reader.leave_types(read.leave_type)
}

impl Reader<'_> {
    fn parsed<'t, T: Deserialize<'t>>(&'t self) -> Result<T, PackError> {
        toml::from_str(self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            self.wrong(at, error.message())
        })
    }

    fn wrong(&self, at: usize, reason: impl Into<String>) -> PackError {
        let line = self.text[..at.min(self.text.len())].matches('\n').count() + 1;
        PackError { file: self.file.to_owned(), line, reason: reason.into() }
    }

    fn check_head(&self, read: &PackFile) -> Result<(), PackError> {
        let country = read.country.get_ref();
        if !is_country(country) {
            return Err(self.wrong(read.country.span().start, "no ISO 3166-1 alpha-2 code"));
        }
        if *read.version.get_ref() == 0 {
            return Err(self.wrong(read.version.span().start, "versions count from 1"));
        }
        if minor_digits(read.currency.get_ref()).is_none() {
            return Err(self.wrong(read.currency.span().start, "no current ISO 4217 code"));
        }
        let zones = read.time_zones.get_ref();
        let known = |zone: &String| canonical_time_zone(zone).as_ref() == Some(zone);
        if zones.is_empty() || !zones.iter().all(known) {
            let reason = "give one or more zones as the IANA database spells them";
            return Err(self.wrong(read.time_zones.span().start, reason));
        }
        Ok(())
    }

    fn vat(&self, rates: Vec<Spanned<VatFile>>) -> Result<Vec<VatRate>, PackError> {
        let mut all: Vec<VatRate> = Vec::new();
        for rate in rates {
            let at = rate.span().start;
            let VatFile { from, percent, source } = rate.into_inner();
            if Percent::parse(&percent).is_none() {
                return Err(self.wrong(at, "a rate is a text such as \"17.5\""));
            }
            let ordered = all.last().map_or(from.is_none(), |last| last.from < from);
            if !ordered {
                let reason = "the first rate has no `from`, each later one a later day";
                return Err(self.wrong(at, reason));
            }
            all.push(VatRate { from, percent, source });
        }
        Ok(all)
    }

    fn holiday(
        &self,
        holiday: &Spanned<HolidayFile>,
        source: &str,
        version: &u32,
        regions: &BTreeMap<String, String>,
    ) -> Result<HolidayRule, PackError> {
        let (at, file) = (holiday.span().start, holiday.get_ref());
        let when = self.when(at, file)?;
        if let Some(region) = file.regions.iter().find(|region| !regions.contains_key(*region)) {
            return Err(self.wrong(at, format!("[regions] has no {region:?}")));
        }
        let of_versions = (1..=*version).contains(&file.added_in)
            && file
                .dropped_in
                .is_none_or(|dropped| (file.added_in + 1..=*version).contains(&dropped));
        if !of_versions {
            let reason = "`added_in` and then `dropped_in` are versions of this pack";
            return Err(self.wrong(at, reason));
        }
        if file.from.zip(file.until).is_some_and(|(from, until)| from > until) {
            return Err(self.wrong(at, "`until` comes before `from`"));
        }
        Ok(HolidayRule {
            name: file.name.clone(),
            when,
            regions: file.regions.clone(),
            from: file.from,
            until: file.until,
            except: file.except.clone(),
            added_in: file.added_in,
            dropped_in: file.dropped_in,
            source: file.source.clone().unwrap_or_else(|| source.to_owned()),
        })
    }

    fn when(&self, at: usize, file: &HolidayFile) -> Result<When, PackError> {
        let HolidayFile { on, easter, nth, before, days, .. } = file;
        match (on, easter, nth, before, days) {
            (Some(on), None, None, None, None) => {
                let (month, day) = self.month_and_day(at, on)?;
                Ok(When::On { month, day })
            }
            (None, Some(after), None, None, None) if after.abs() <= 100 => Ok(When::Easter(*after)),
            (None, None, Some(NthFile { nth, weekday, month }), None, None)
                if (1..=12).contains(month) && matches!(nth, -5..=-1 | 1..=5) =>
            {
                let weekday = self.weekday(weekday, at)?;
                Ok(When::Nth { nth: *nth, weekday, month: *month })
            }
            (None, None, None, Some(BeforeFile { weekday, day }), None) => {
                let (month, day) = self.month_and_day(at, day)?;
                Ok(When::Before { weekday: self.weekday(weekday, at)?, month, day })
            }
            (None, None, None, None, Some(days)) if days.is_sorted() && !days.is_empty() => {
                Ok(When::Days(days.clone()))
            }
            _ => Err(self.wrong(
                at,
                "a holiday has one of `on`, `easter` (within 100 days), `nth` (1 to 5 or -1 to -5, \
                 of a month), `before` and `days` (in order)",
            )),
        }
    }

    fn month_and_day(&self, at: usize, text: &str) -> Result<(i8, i8), PackError> {
        // A leap year has every day that a year can have.
        let day: Option<Date> = format!("2024-{text}").parse().ok().filter(|_| text.len() == 5);
        let day =
            day.ok_or_else(|| self.wrong(at, "a day of the year is a text such as \"12-26\""))?;
        Ok((day.month(), day.day()))
    }

    fn weekday(&self, name: &str, at: usize) -> Result<Weekday, PackError> {
        let found = (0_i8..).zip(WEEKDAYS).find(|(_, weekday)| *weekday == name);
        let weekday = found.and_then(|(offset, _)| Weekday::from_monday_zero_offset(offset).ok());
        weekday.ok_or_else(|| self.wrong(at, "a weekday is one of monday to sunday"))
    }

    fn leave_types(&self, kinds: Vec<Spanned<LeaveKind>>) -> Result<Vec<LeaveKind>, PackError> {
        let mut all: Vec<LeaveKind> = Vec::new();
        for kind in kinds {
            let at = kind.span().start;
            let kind = kind.into_inner();
            if !crate::leave::is_code(&kind.code) || all.iter().any(|it| it.code == kind.code) {
                let reason = "a code is unique, 1 to 40 of a to z, 0 to 9 and _, a letter first";
                return Err(self.wrong(at, reason));
            }
            let ends_early = |from: Option<Date>, until: Option<Date>| {
                from.zip(until).is_some_and(|(from, until)| from > until)
            };
            if kind.statute.iter().any(|statute| ends_early(statute.from, statute.until)) {
                return Err(self.wrong(at, "`until` comes before `from`"));
            }
            if kind.practice.is_none() && !kind.statute.is_empty() {
                let reason = "a kind with a statute has a [leave_type.practice]: how it's granted";
                return Err(self.wrong(at, reason));
            }
            all.push(kind);
        }
        Ok(all)
    }
}
