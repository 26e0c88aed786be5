//! What must hold for every file: nothing panics, every record is a row or a fault exactly once,
//! and the same file read again gives the same rows. proptest prints the case that fails.

use std::collections::HashSet;

use proptest::prelude::*;

use super::{Export, Format, read_export, row_identity};

const HEADERS: [(Format, &str); 4] = [
    (
        Format::Toggl,
        "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,\
         End time,Duration,Tags,Amount (EUR)",
    ),
    (
        Format::Clockify,
        "Project,Client,Description,Activity,User,Group,Email,Tags,Billable,Start Date,Start Time,\
         End Date,End Time,Duration (h),Duration (decimal),Billable Rate (USD)",
    ),
    (
        Format::Harvest,
        "Date,Project,Hours,Client,Task,Notes,First Name,Last Name,Billable?,Billable Rate,\
         Currency",
    ),
    (Format::Csv, super::CSV_HEADER),
];

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[0-9]{1,2}[/.-][0-9]{1,2}[/.-](19|20)[0-9]{2}",
        "202[0-9]-[01][0-9]-[0-3][0-9]",
        "[0-2]?[0-9]:[0-5][0-9](:[0-5][0-9])?( ?[AaPp]\\.?[Mm]\\.?)?",
        "-?[0-9]{1,4}([.,' ][0-9]{1,3}){0,3}",
        "202[0-9]-0[1-9]-0[1-9][T ][01][0-9]:[0-5][0-9]:[0-5][0-9](Z|[+-]0[0-9]:00)?",
        prop_oneof![Just("yes".to_owned()), Just("Europe/Berlin".into()), Just("Loom".into())],
        "\\PC{0,12}",
    ]
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// Reads, and checks what holds for everything that is read.
fn check(bytes: &[u8], format: Format) -> Option<Export> {
    let export = read_export(bytes, format, "Europe/Berlin").ok()?;
    let numbers: Vec<u32> = export.rows.iter().map(|row| row.row).collect();
    let faults: Vec<u32> = export.faults.iter().map(|fault| fault.row).collect();
    let mut all: Vec<u32> = numbers.iter().chain(&faults).copied().collect();
    all.sort_unstable();
    assert_eq!(all, (2..2 + all.len() as u32).collect::<Vec<_>>());
    assert!(numbers.is_sorted() && faults.is_sorted());
    for row in &export.rows {
        assert!((1..=86_400).contains(&row.worked.seconds), "{row:?}");
        assert!(!row.project.is_empty());
        if let Some(span) = &row.worked.span {
            assert_eq!(
                span.end.as_second() - span.start.as_second(),
                i64::from(row.worked.seconds)
            );
        }
    }
    let read: HashSet<u32> = numbers.into_iter().chain([1]).collect();
    assert!(export.warnings.iter().all(|warning| read.contains(&warning.row)));
    let ids: HashSet<_> = export.rows.iter().map(row_identity).collect();
    assert_eq!(ids.len(), export.rows.len(), "identities are unique in a file");
    assert_eq!(read_export(bytes, format, "Europe/Berlin").as_ref(), Ok(&export));
    Some(export)
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for format in Format::ALL {
            check(&bytes, format);
        }
    }

    #[test]
    fn any_bytes_behind_a_header_are_read_or_refused(
        at in 0..HEADERS.len(),
        rest in "[\\x01-\\x7f\u{e9}\u{202f}]{0,200}",
    ) {
        let (format, header) = HEADERS[at];
        check(format!("{header}\n{rest}").as_bytes(), format);
    }

    #[test]
    fn every_record_is_a_row_or_a_fault(
        at in 0..HEADERS.len(),
        rows in prop::collection::vec(prop::collection::vec(cell(), 1..18), 0..12),
    ) {
        let (format, header) = HEADERS[at];
        let lines = rows.iter().map(|row| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>());
        let body: String = lines.map(|line| line.join(",") + "\r\n").collect();
        let export = check(format!("{header}\r\n{body}").as_bytes(), format).unwrap();
        prop_assert_eq!(export.rows.len() + export.faults.len(), rows.len());
    }

    #[test]
    fn spans_with_good_cells_are_rows(
        day in 1..28_u8, start in 0..86_399_u32, length in 1..=86_400_u32,
    ) {
        let clock = |at: u32| format!("{:02}:{:02}:{:02}", at / 3600, at / 60 % 60, at % 60);
        let end = start + length;
        let (later, end) = (day + u8::try_from(end / 86_400).unwrap(), clock(end % 86_400));
        let csv = format!(
            "Project,Start date,Start time,End date,End time\n\
             Loom,2024-05-{day:02},{},2024-05-{later:02},{end}\n", clock(start),
        );
        let export = check(csv.as_bytes(), Format::Toggl).unwrap();
        prop_assert_eq!(export.rows[0].worked.seconds, length);
    }
}
