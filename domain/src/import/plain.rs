//! Our own plain CSV, for everything that has no importer. Needed are `project`, a day (`date`, or
//! a `start` that holds one) and a length (`end`, `seconds` or `hours`); the rest may be absent.
//! `start` and `end` are `HH:MM[:SS]`, or `YYYY-MM-DDTHH:MM[:SS]` in `time_zone` or with an offset.

use super::Format;
use super::columns::{Column, Shape};

/// The header of the plain CSV, in the order in which we write it; any order is read.
///
/// - `member_email`, `member_name`: who worked; one of them is enough.
/// - `client`, `project`, `task`: names; only `project` must be filled.
/// - `date`: the day, best as `YYYY-MM-DD`. An `end` before its `start` is on the next day.
/// - `seconds` (integer) or `hours` (`1.5`, `1,5` or `1:30`): the length where `end` is empty; with
///   `end` and no `start` a row is refused; without both, the row is a length on its day.
/// - `time_zone`: IANA name for the row's local times, else the zone given to the import.
/// - `billable`: `yes` or `no`. `tags`: joined with commas. `note`: any text.
///
/// `user_email`, `user_name` and `description`, as solidtime writes them, are read as well.
pub const HEADER: &str = "member_email,member_name,client,project,task,date,start,end,seconds,\
                          hours,time_zone,billable,note,tags";

pub(super) const SHAPE: Shape = Shape {
    format: Format::Csv,
    columns: &[
        (Column::Email, &["member_email", "user_email"]),
        (Column::Name, &["member_name", "user_name"]),
        (Column::Client, &["client"]),
        (Column::Project, &["project"]),
        (Column::Task, &["task"]),
        (Column::StartDate, &["date"]),
        (Column::StartTime, &["start"]),
        (Column::EndTime, &["end"]),
        (Column::Seconds, &["seconds"]),
        (Column::Hours, &["hours"]),
        (Column::Zone, &["time_zone"]),
        (Column::Billable, &["billable"]),
        (Column::Note, &["note", "description"]),
        (Column::Tags, &["tags"]),
    ],
    needs: &[
        &[Column::Project],
        &[Column::StartDate, Column::StartTime],
        &[Column::EndTime, Column::Seconds, Column::Hours],
    ],
    marks: &["member_email", "member_name", "start", "end", "seconds", "time_zone"],
};

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::import::{
        Export, ExportRefusal, FaultReason, MAX_CELL_BYTES, MAX_ROWS, RowFault, WarningReason,
        Written, read_export, row_identity,
    };

    fn read(csv: &str) -> Export {
        read_export(csv.as_bytes(), Format::Csv, "Africa/Johannesburg").unwrap()
    }

    fn row(times: &str) -> Export {
        read(&format!(
            "member_name,project,date,start,end,seconds,hours,time_zone\nIda Iris,Loom,{times}\n"
        ))
    }

    fn instants(export: &Export) -> (String, String) {
        let span = export.rows[0].worked.span.as_ref().unwrap();
        (span.start.to_string(), span.end.to_string())
    }

    #[test]
    fn the_documented_header_is_read_whole() {
        let csv = format!(
            "{HEADER}\nida@example.test,Ida Iris,Mill,Loom,Weave,2024-03-04,09:00,10:30,5400,,\
             Europe/Berlin,no,Blue,\"a,b\"\n"
        );
        let export = read(&csv);
        assert_eq!((&export.faults[..], &export.warnings[..]), (&[][..], &[][..]));
        let row = &export.rows[0];
        assert_eq!((row.worked.seconds, row.billable, row.tags.len()), (5400, Some(false), 2));
        assert_eq!(row.worked.span.as_ref().unwrap().zone, "Europe/Berlin");
        assert_eq!(instants(&export).0, "2024-03-04T08:00:00Z");
    }

    #[test]
    fn a_row_is_a_span_or_a_length_on_a_day() {
        assert_eq!(row("2024-03-04,,,90,,").rows[0].worked.seconds, 90);
        assert_eq!(row("2024-03-04,,,,\"1,5\",").rows[0].worked.seconds, 5400);
        assert_eq!(row("2024-03-04,,,,1:30,").rows[0].written, Written::Length);
        let by_length = row("2024-03-04,23:00,,7200,,");
        assert_eq!(instants(&by_length).1, "2024-03-04T23:00:00Z");
        let over_midnight = row("2024-03-04,23:00,01:00,,,");
        assert_eq!(instants(&over_midnight), instants(&by_length));
        assert_eq!(row_identity(&over_midnight.rows[0]), row_identity(&by_length.rows[0]));
    }

    #[test]
    fn a_start_may_hold_its_date_and_its_offset() {
        let local = row(",2024-03-04T09:00:00,2024-03-04 10:00,,,");
        assert_eq!(instants(&local).0, "2024-03-04T07:00:00Z");
        let offset = row(",2024-03-04T23:30:00Z,2024-03-05T02:00:00+02:00,,,");
        assert_eq!(
            instants(&offset),
            ("2024-03-04T23:30:00Z".into(), "2024-03-05T00:00:00Z".into())
        );
        assert_eq!(offset.rows[0].worked.day, date(2024, 3, 5), "the day is local");
        assert_eq!(offset.rows[0].written, Written::Instants);
        let other_day = row("2024-03-04,2024-03-04T23:30:00Z,,60,,");
        assert_eq!(other_day.warnings[0].reason, WarningReason::DateDisagrees);
    }

    #[test]
    fn the_names_that_solidtime_gives_to_columns_are_read() {
        let csv = "description,billable,client,project,tags,start,end,task,user_name,user_email\n\
                   Warp,true,,Loom,,2024-03-04T08:00:00Z,2024-03-04T08:30:00Z,,Ida,\
                   i@example.test\n";
        let row = &read(csv).rows[0];
        assert_eq!((&*row.note, row.billable, row.worked.seconds), ("Warp", Some(true), 1800));
        assert_eq!(row.person.as_ref().unwrap().email.as_deref(), Some("i@example.test"));
    }

    #[test]
    fn each_fault_names_its_column() {
        for (times, field, reason) in [
            (",,,90,,", "date", FaultReason::Missing),
            ("2024-03-04,,10:00,90,,", "start", FaultReason::Missing),
            ("2024-03-04,,,,,", "end", FaultReason::Missing),
            ("2024-03-04,09:00,,,,", "end", FaultReason::Missing),
            (",2024-03-04T09:00,2024-03-04T08:00,,,", "end", FaultReason::EndBeforeStart),
            ("2024-03-04,,,-90,,", "seconds", FaultReason::NegativeLength),
            ("2024-03-04,,,86401,,", "seconds", FaultReason::TooLong),
            ("2024-03-04,,,1.5,,", "seconds", FaultReason::NotALength("1.5".into())),
            ("2024-03-04,09:00,,0,,", "seconds", FaultReason::ZeroLength),
            (
                "2024-03-04,09:00,10:00,,,Nowhere",
                "time_zone",
                FaultReason::UnknownZone("Nowhere".into()),
            ),
        ] {
            let export = row(times);
            assert_eq!(export.faults, [RowFault { row: 2, field, reason }], "{times}");
        }
    }

    #[test]
    fn semicolons_and_utf_16_are_read() {
        let csv = "member_name;project;date;hours\r\nÍda;Lööm;2024-03-04;1,25\r\n";
        assert_eq!(read(csv).rows[0].worked.seconds, 4500);
        let wide: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(csv.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let export = read_export(&wide, Format::Csv, "UTC").unwrap();
        assert_eq!((&*export.rows[0].project, export.rows[0].worked.seconds), ("Lööm", 4500));
        let latin = b"member_name;project;date;hours\r\nIda;L\xF6\xF6m;2024-03-04;1\r\n";
        let refusal = read_export(latin, Format::Csv, "UTC").unwrap_err();
        assert_eq!(refusal, ExportRefusal::NotUtf8 { byte: 37 });
    }

    #[test]
    fn a_harvest_file_is_no_plain_csv() {
        let csv = b"Date,Client,Project,Task,Notes,Hours,First Name,Last Name\n";
        let refusal = read_export(csv, Format::Csv, "UTC").unwrap_err();
        let (format, looks_like) = (Format::Csv, Format::Harvest);
        assert_eq!(refusal, ExportRefusal::OtherFormat { format, looks_like });
    }

    #[test]
    fn files_above_a_limit_are_refused_by_name() {
        let row = "Loom,2024-03-04,60\n";
        let most = format!("project,date,seconds\n{}", row.repeat(MAX_ROWS as usize));
        let export = read(&most);
        assert_eq!(export.rows.len(), MAX_ROWS as usize);
        assert_eq!(export.rows.last().unwrap().occurrence, MAX_ROWS);
        let refusal = read_export(format!("{most}{row}").as_bytes(), Format::Csv, "UTC");
        assert_eq!(refusal, Err(ExportRefusal::TooManyRows { limit: MAX_ROWS }));

        let noted = |bytes: usize| {
            let csv = format!(
                "project,date,seconds,note\nLoom,2024-03-04,60,{}\n",
                "é".repeat(bytes / 2)
            );
            read_export(csv.as_bytes(), Format::Csv, "UTC")
        };
        assert_eq!(noted(MAX_CELL_BYTES).unwrap().rows[0].note.len(), MAX_CELL_BYTES);
        let (row, column, limit) = (2, 4, MAX_CELL_BYTES);
        let bytes = MAX_CELL_BYTES + 2;
        assert_eq!(noted(bytes), Err(ExportRefusal::CellTooLong { row, column, bytes, limit }));
    }
}
