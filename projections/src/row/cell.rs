//! How one value of a row is written and read: PostgreSQL's binary form, the same for COPY, for
//! arrays that are bound to a statement, and for what a query answers. One codec, so that a live
//! row and a rebuilt one cannot differ by the way they were written.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::Value;
use uuid::Uuid;

use domain::id::{
    BudgetId, ClientId, CreditNoteId, EntryId, FavouriteId, FileId, ImportId, InvoiceId,
    LeaveCaseId, LeaveFeedId, LeaveRequestId, LeaveTypeId, MemberId, PaymentId, ProjectId,
    StreamId, SubstitutionId, TaskId, TenantId,
};
use domain::personal::Envelope;
use domain::time::Week;

use super::sql_type::SqlType;
use super::wire::{take_i32, take_sized, write_array_header, write_sized};

/// A stored value that does not have the form its column promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the column {column} does not hold what this version writes")]
pub struct CellError {
    /// The column; empty until the row that reads it names it.
    pub column: &'static str,
}

impl CellError {
    /// An error whose column is named later.
    pub const UNNAMED: CellError = CellError { column: "" };
}

/// A value that a column can hold.
pub trait Cell: Clone + PartialEq + Sized {
    /// The column's type.
    const SQL: SqlType;
    /// Whether the column may be null.
    const NULLABLE: bool = false;

    /// Appends the binary form; answers false, and appends nothing, where it's null.
    fn write(&self, out: &mut Vec<u8>) -> bool;

    /// Reads the binary form; `None` is null.
    fn read(bytes: Option<&[u8]>) -> Result<Self, CellError>;

    /// The value as JSON: ids, days, instants and sealed fields as strings.
    fn json(&self) -> Value;
}

fn fixed<const N: usize>(bytes: Option<&[u8]>) -> Result<[u8; N], CellError> {
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(CellError::UNNAMED)
}

impl Cell for Uuid {
    const SQL: SqlType = SqlType::UUID;

    fn write(&self, out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(self.as_bytes());
        true
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, CellError> {
        fixed(bytes).map(Uuid::from_bytes)
    }

    fn json(&self) -> Value {
        Value::String(self.to_string())
    }
}

macro_rules! id_cells {
    ($($id:ident),+) => {$(
        impl Cell for $id {
            const SQL: SqlType = SqlType::UUID;

            fn write(&self, out: &mut Vec<u8>) -> bool {
                self.0.write(out)
            }

            fn read(bytes: Option<&[u8]>) -> Result<Self, CellError> {
                Uuid::read(bytes).map($id)
            }

            fn json(&self) -> Value {
                self.0.json()
            }
        }
    )+};
}

id_cells!(
    BudgetId,
    ClientId,
    CreditNoteId,
    EntryId,
    FileId,
    ImportId,
    FavouriteId,
    InvoiceId,
    LeaveCaseId,
    LeaveFeedId,
    LeaveRequestId,
    LeaveTypeId,
    MemberId,
    PaymentId,
    ProjectId,
    StreamId,
    SubstitutionId,
    TaskId,
    TenantId
);

impl Cell for i64 {
    const SQL: SqlType = SqlType::BIGINT;

    fn write(&self, out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(&self.to_be_bytes());
        true
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, CellError> {
        fixed(bytes).map(i64::from_be_bytes)
    }

    fn json(&self) -> Value {
        (*self).into()
    }
}

/// Held as `bigint`, because PostgreSQL has no unsigned type and none may be cut.
impl Cell for u32 {
    const SQL: SqlType = SqlType::BIGINT;

    fn write(&self, out: &mut Vec<u8>) -> bool {
        i64::from(*self).write(out)
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, CellError> {
        u32::try_from(i64::read(bytes)?).map_err(|_| CellError::UNNAMED)
    }

    fn json(&self) -> Value {
        (*self).into()
    }
}

impl Cell for bool {
    const SQL: SqlType = SqlType::BOOLEAN;

    fn write(&self, out: &mut Vec<u8>) -> bool {
        out.push(u8::from(*self));
        true
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, CellError> {
        fixed::<1>(bytes).map(|[byte]| byte != 0)
    }

    fn json(&self) -> Value {
        (*self).into()
    }
}

impl Cell for String {
    const SQL: SqlType = SqlType::TEXT;

    fn write(&self, out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(self.as_bytes());
        true
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, CellError> {
        read_text(bytes).map(str::to_owned)
    }

    fn json(&self) -> Value {
        Value::String(self.clone())
    }
}

/// The text of a cell.
pub(crate) fn read_text(bytes: Option<&[u8]>) -> Result<&str, CellError> {
    bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).ok_or(CellError::UNNAMED)
}

/// Values that are held as the text they are written in elsewhere.
macro_rules! text_cells {
    ($($type:ty: $write:expr, $read:expr);+ $(;)?) => {$(
        impl $crate::row::Cell for $type {
            const SQL: $crate::row::SqlType = $crate::row::SqlType::TEXT;

            fn write(&self, out: &mut Vec<u8>) -> bool {
                let write: fn(&$type) -> _ = $write;
                out.extend_from_slice(AsRef::<str>::as_ref(&write(self)).as_bytes());
                true
            }

            fn read(bytes: Option<&[u8]>) -> Result<Self, $crate::row::CellError> {
                let read: fn(&str) -> Option<$type> = $read;
                read($crate::row::read_text(bytes)?).ok_or($crate::row::CellError::UNNAMED)
            }

            fn json(&self) -> serde_json::Value {
                let write: fn(&$type) -> _ = $write;
                AsRef::<str>::as_ref(&write(self)).into()
            }
        }
    )+};
}
pub(crate) use text_cells;

text_cells! {
    Week: |week| week.to_string(), |text| text.parse().ok();
    // A fold never opens a sealed field: it carries the envelope from the log to the row.
    Envelope: |envelope| envelope.as_str().to_owned(), Envelope::parse;
}

/// PostgreSQL counts days from here.
const FIRST_DAY: Date = date(2000, 1, 1);
/// PostgreSQL counts microseconds from 2000-01-01T00:00:00Z.
const FIRST_MICROSECOND: i64 = 946_684_800_000_000;

impl Cell for Date {
    const SQL: SqlType = SqlType::DATE;

    fn write(&self, out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(&days_since_first(*self).to_be_bytes());
        true
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, CellError> {
        day_after_first(i32::from_be_bytes(fixed(bytes)?)).ok_or(CellError::UNNAMED)
    }

    fn json(&self) -> Value {
        Value::String(self.to_string())
    }
}

fn days_since_first(day: Date) -> i32 {
    let hours = day.duration_since(FIRST_DAY).as_hours();
    i32::try_from(hours / 24).expect("jiff's calendar ends at year 9999")
}

fn day_after_first(days: i32) -> Option<Date> {
    FIRST_DAY.checked_add(jiff::SignedDuration::from_hours(i64::from(days) * 24)).ok()
}

/// From which day something holds; no day = it always held. Ordered so, and held as a date with
/// `-infinity` for always, so that `from_day <= $1` needs no special case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Since(pub Option<Date>);

impl Cell for Since {
    const SQL: SqlType = SqlType::DATE;

    fn write(&self, out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(&self.0.map_or(i32::MIN, days_since_first).to_be_bytes());
        true
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, CellError> {
        match i32::from_be_bytes(fixed(bytes)?) {
            i32::MIN => Ok(Since(None)),
            days => day_after_first(days).map(|day| Since(Some(day))).ok_or(CellError::UNNAMED),
        }
    }

    fn json(&self) -> Value {
        self.0.map_or(Value::Null, |day| day.json())
    }
}

impl Cell for Timestamp {
    const SQL: SqlType = SqlType::INSTANT;

    fn write(&self, out: &mut Vec<u8>) -> bool {
        (self.as_microsecond() - FIRST_MICROSECOND).write(out)
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, CellError> {
        let micros = i64::read(bytes)?.checked_add(FIRST_MICROSECOND);
        micros.and_then(|micros| Timestamp::from_microsecond(micros).ok()).ok_or(CellError::UNNAMED)
    }

    fn json(&self) -> Value {
        Value::String(self.to_string())
    }
}

impl<C: Cell> Cell for Option<C> {
    const SQL: SqlType = C::SQL;
    const NULLABLE: bool = true;

    fn write(&self, out: &mut Vec<u8>) -> bool {
        self.as_ref().is_some_and(|cell| cell.write(out))
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, CellError> {
        bytes.map(|bytes| C::read(Some(bytes))).transpose()
    }

    fn json(&self) -> Value {
        self.as_ref().map_or(Value::Null, Cell::json)
    }
}

/// One-dimensional, without nulls.
impl<C: Cell> Cell for Vec<C> {
    const SQL: SqlType = SqlType::array_of(C::SQL);

    fn write(&self, out: &mut Vec<u8>) -> bool {
        write_array_header(out, C::SQL.oid, self.len(), false);
        self.iter().for_each(|cell| write_sized(out, |out| cell.write(out)));
        true
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, CellError> {
        let mut rest = bytes.ok_or(CellError::UNNAMED)?;
        let dimensions = take_i32(&mut rest)?;
        let (_nulls, _element) = (take_i32(&mut rest)?, take_i32(&mut rest)?);
        if dimensions == 0 {
            return Ok(Vec::new());
        }
        let length = take_i32(&mut rest)?;
        let _lower_bound = take_i32(&mut rest)?;
        (0..length).map(|_| C::read(take_sized(&mut rest)?)).collect()
    }

    fn json(&self) -> Value {
        self.iter().map(Cell::json).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<C: Cell + std::fmt::Debug>(cell: C) {
        let mut bytes = Vec::new();
        let present = cell.write(&mut bytes);
        assert_eq!(C::read(present.then_some(&bytes[..])), Ok(cell));
    }

    #[test]
    fn what_a_cell_writes_it_reads() {
        round_trip(date(1969, 12, 31));
        round_trip(date(9999, 12, 31));
        round_trip(Since(None));
        round_trip(Since(Some(date(2000, 1, 1))));
        round_trip("1969-07-20T20:17:40.123456Z".parse::<Timestamp>().expect("an instant"));
        round_trip(vec!["a \"b\" \\ {c}".to_owned(), String::new()]);
        round_trip(Vec::<bool>::new());
        round_trip(Some(u32::MAX));
        round_trip(None::<Week>);
        round_trip("2026-W53".parse::<Week>().expect("2026 has 53 weeks"));
    }

    #[test]
    fn a_form_that_the_column_does_not_promise_is_an_error() {
        assert_eq!(u32::read(Some(&(-1_i64).to_be_bytes())), Err(CellError::UNNAMED));
        assert_eq!(i64::read(None), Err(CellError::UNNAMED));
        assert_eq!(Envelope::read(Some(b"in clear")), Err(CellError::UNNAMED));
        assert_eq!(Vec::<bool>::read(Some(&[0, 0, 0, 1, 0])), Err(CellError::UNNAMED));
    }
}
