//! Reports over HTTP and at the command line: each makes one table, which is given as JSON, CSV or
//! XLSX. A report knows its columns and rows and nothing of formats; a format knows nothing of what
//! is reported.

pub(crate) mod answer;
pub(crate) mod billing;
mod csv;
mod document;
pub(crate) mod format;
pub(crate) mod group_by;
mod guard;
pub(crate) mod leave;
mod leave_columns;
mod leave_sums;
mod many;
mod names;
pub(crate) mod reading;
pub(crate) mod table;
pub(crate) mod time;
mod time_columns;
pub(crate) mod utilisation;
mod xlsx;

pub(crate) use format::Format;
pub(crate) use many::Many;

#[cfg(test)]
pub(crate) mod tests;
