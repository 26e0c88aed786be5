//! When a row was worked, and how long. Start and end win over any length that is written beside
//! them, because exports cut and round lengths; a length counts where there are no two ends.

use csv::StringRecord;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::calendar::{read_date, read_datetime, read_time};
use super::columns::{Column, Layout, Shape};
use super::number::{Length, digits, length};
use super::refusal::{FaultReason, WarningReason, quoted};
use super::row::Written;
use super::survey::Habits;
use super::zone::{Moment, Side, Zone, Zones, resolve};
use crate::time::Worked;

/// Two decimals of an hour are 36 seconds; a length within that agrees with start and end.
const DECIMAL_SLACK: u32 = 36;
/// A length cut to the minute may lack this much.
const MINUTE_SLACK: u32 = 59;
const DAY_SECONDS: u32 = 86_400;

/// What is needed to read the times of a file's rows.
pub(super) struct Clockwork<'f> {
    pub(super) layout: &'f Layout,
    pub(super) shape: &'static Shape,
    pub(super) habits: Habits,
    /// The zone of rows that don't name one.
    pub(super) zone: Zone,
    pub(super) zones: Zones,
}

type Fault = (Column, FaultReason);
type Found = (Worked, Written);

/// A length cell that could be read.
struct Said {
    column: Column,
    length: Length,
}

impl Clockwork<'_> {
    /// The worked time of a record; doubts are added for what was taken all the same.
    pub(super) fn worked(
        &mut self,
        record: &StringRecord,
        doubts: &mut Vec<WarningReason>,
    ) -> Result<Found, Fault> {
        let start = self.layout.cell(record, Column::StartTime);
        let end = self.layout.cell(record, Column::EndTime);
        let needs_start = self.shape.needs.contains(&[Column::StartTime].as_slice());
        if !start.is_empty() {
            self.span(record, start, end, doubts)
        } else if needs_start || !end.is_empty() {
            Err((Column::StartTime, FaultReason::Missing))
        } else {
            self.length_of_day(record)
        }
    }

    fn length_of_day(&self, record: &StringRecord) -> Result<Found, Fault> {
        let day = self.date(record, Column::StartDate)?;
        let said = self.first_length(record)?;
        let reason = match said.length.seconds {
            0 => FaultReason::ZeroLength,
            seconds @ 1..=DAY_SECONDS => {
                return Ok((Worked { day, seconds, span: None }, Written::Length));
            }
            _ => FaultReason::TooLong,
        };
        Err((said.column, reason))
    }

    fn span(
        &mut self,
        record: &StringRecord,
        start: &str,
        end: &str,
        doubts: &mut Vec<WarningReason>,
    ) -> Result<Found, Fault> {
        let named = self.layout.cell(record, Column::Zone);
        if !named.is_empty() && self.zones.get(named).is_none() {
            return Err((Column::Zone, FaultReason::UnknownZone(quoted(named))));
        }
        let from =
            self.moment(Column::StartTime, start, || self.date(record, Column::StartDate))?;
        let alone = if end.is_empty() { Some(self.first_length(record)?) } else { None };
        let blamed = alone.as_ref().map_or(Column::EndTime, |said| said.column);
        let said = alone.or_else(|| self.lengths(record).find_map(Result::ok));
        let slack = said.as_ref().map_or(0, |said| slack(said.length));
        let seconds = said.map(|said| said.length.seconds);
        let own = if named.is_empty() { None } else { self.zones.get(named).cloned() };
        let zone = own.as_ref().unwrap_or(&self.zone);
        let begun = local(from, zone);
        let to = match end {
            "" => None,
            end => Some(self.end(record, end, begun)?),
        };
        let resolved = resolve(from, to, seconds, slack, zone).map_err(|(side, reason)| {
            (if side == Side::Start { Column::StartTime } else { blamed }, reason)
        })?;
        let day = begun.date();
        if self.date(record, Column::StartDate).is_ok_and(|written| written != day) {
            doubts.push(WarningReason::DateDisagrees);
        }
        if let Some(local) = resolved.doubled {
            doubts.push(WarningReason::LocalTimeTwice { local, zone: zone.name.clone() });
        }
        self.compare_lengths(record, resolved.seconds, doubts);
        let (seconds, span) = (resolved.seconds, Some(resolved.span));
        Ok((Worked { day, seconds, span }, resolved.written))
    }

    /// The end: in its own date, else on the day of the start, or the next where it's earlier.
    fn end(&self, record: &StringRecord, end: &str, begun: DateTime) -> Result<Moment, Fault> {
        if !self.layout.cell(record, Column::EndDate).is_empty() {
            return self.moment(Column::EndTime, end, || self.date(record, Column::EndDate));
        }
        let on_that_day = read_time(end).map(|time| begun.date().to_datetime(time));
        match on_that_day {
            // Days end in 2199, far from the calendar's end.
            Ok(end) if end < begun => Ok(Moment::Local(end.tomorrow().unwrap_or(end))),
            Ok(end) => Ok(Moment::Local(end)),
            Err(_) => self.moment(Column::EndTime, end, || Ok(begun.date())),
        }
    }

    fn date(&self, record: &StringRecord, column: Column) -> Result<Date, Fault> {
        match self.layout.cell(record, column) {
            "" => Err((column, FaultReason::Missing)),
            cell => read_date(cell, self.habits.order).map_err(|reason| (column, reason)),
        }
    }

    /// A time of day on a date, or a cell that holds both, with an offset or without.
    fn moment(
        &self,
        column: Column,
        cell: &str,
        date: impl FnOnce() -> Result<Date, Fault>,
    ) -> Result<Moment, Fault> {
        if cell.len() >= "2024-03-04 10:23".len() {
            if let Some(local) = read_datetime(cell) {
                return Ok(Moment::Local(local));
            }
            if let Some(instant) = instant(cell) {
                return Ok(Moment::Instant(instant));
            }
        }
        let time = read_time(cell).map_err(|reason| (column, reason))?;
        Ok(Moment::Local(date()?.to_datetime(time)))
    }

    /// The length where it's all there is.
    fn first_length(&self, record: &StringRecord) -> Result<Said, Fault> {
        let known = [Column::EndTime, Column::Hours, Column::Seconds];
        let blamed = known.into_iter().find(|column| self.layout.has(*column));
        let missing = (blamed.unwrap_or(Column::Clock), FaultReason::Missing);
        self.lengths(record).next().unwrap_or(Err(missing))
    }

    /// The length cells that aren't empty, the most exact first.
    fn lengths(&self, record: &StringRecord) -> impl Iterator<Item = Result<Said, Fault>> {
        [Column::Seconds, Column::Clock, Column::Hours].into_iter().filter_map(move |column| {
            let cell = self.layout.cell(record, column);
            let read = match (cell, column) {
                ("", _) => return None,
                (cell, Column::Seconds) => whole_seconds(cell),
                (cell, _) => length(cell, self.habits.mark),
            };
            Some(read.map(|length| Said { column, length }).map_err(|reason| (column, reason)))
        })
    }

    fn compare_lengths(&self, record: &StringRecord, taken: u32, doubts: &mut Vec<WarningReason>) {
        for read in self.lengths(record) {
            match read {
                Ok(Said { column, length }) => {
                    let written = length.seconds;
                    if written.abs_diff(taken) > slack(length) {
                        let field = self.shape.name(column);
                        doubts.push(WarningReason::LengthDisagrees { field, written, taken });
                    }
                }
                Err((column, _)) => {
                    let field = self.shape.name(column);
                    doubts.push(WarningReason::LengthUnreadable { field });
                }
            }
        }
    }
}

fn slack(length: Length) -> u32 {
    if length.to_the_minute { MINUTE_SLACK } else { DECIMAL_SLACK }
}

fn local(moment: Moment, zone: &Zone) -> DateTime {
    match moment {
        Moment::Local(local) => local,
        Moment::Instant(instant) => zone.rules.to_datetime(instant),
    }
}

fn whole_seconds(cell: &str) -> Result<Length, FaultReason> {
    if cell.strip_prefix('-').is_some_and(|rest| digits(rest, 1, 9).is_some()) {
        return Err(FaultReason::NegativeLength);
    }
    let seconds = digits(cell, 1, 9).ok_or_else(|| FaultReason::NotALength(quoted(cell)))?;
    Ok(Length { seconds, to_the_minute: false })
}

/// An instant with an offset, between 1970 and 2199, cut to the second.
fn instant(cell: &str) -> Option<Timestamp> {
    let instant: Timestamp = cell.parse().ok()?;
    let cut = Timestamp::from_second(instant.as_second()).ok()?;
    let year = jiff::tz::Offset::UTC.to_datetime(cut).year();
    (1970..2200).contains(&year).then_some(cut)
}
