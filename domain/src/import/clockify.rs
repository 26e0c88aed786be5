//! Clockify: the detailed report. Dates and clock follow the exporter's profile, `Task` may be
//! called `Activity`, breaks stand among the work, and `Duration (decimal)` may be 0.00 for an
//! hour, so start and end count.

use super::Format;
use super::columns::{Column, Shape};

pub(super) const SHAPE: Shape = Shape {
    format: Format::Clockify,
    columns: &[
        (Column::Project, &["Project"]),
        (Column::Client, &["Client"]),
        (Column::Note, &["Description"]),
        (Column::Task, &["Task", "Activity"]),
        (Column::Name, &["User"]),
        (Column::Email, &["Email"]),
        (Column::Tags, &["Tags"]),
        (Column::Kind, &["Type"]),
        (Column::Billable, &["Billable"]),
        (Column::Invoiced, &["Invoiced"]),
        (Column::InvoiceId, &["Invoice ID"]),
        (Column::StartDate, &["Start Date"]),
        (Column::StartTime, &["Start Time"]),
        (Column::EndDate, &["End Date"]),
        (Column::EndTime, &["End Time"]),
        (Column::Clock, &["Duration (h)"]),
        (Column::Hours, &["Duration (decimal)"]),
        (Column::Rate, &["Billable Rate (*)"]),
        (Column::Amount, &["Billable Amount (*)"]),
        (Column::CostRate, &["Cost Rate (*)"]),
        (Column::CostAmount, &["Cost Amount (*)"]),
        (Column::Created, &["Date of creation"]),
    ],
    needs: &[
        &[Column::Project],
        &[Column::StartDate],
        &[Column::StartTime],
        &[Column::EndTime, Column::Clock],
    ],
    marks: &[
        "Activity",
        "Group",
        "Duration (h)",
        "Duration (decimal)",
        "Billable Rate (*)",
        "Billable Amount (*)",
        "Date of creation",
    ],
};

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::import::{
        Export, FaultReason, RowFault, RowWarning, WarningReason, read_export, row_identity,
    };

    const FULL: &str = r#""Project","Client","Description","Task","User","Group","Email","Tags",
"Type","Billable","Invoiced","Invoice ID","Start Date","Start Time","End Date","End Time",
"Duration (h)","Duration (decimal)","Billable Rate (EUR)","Billable Amount (EUR)",
"Date of creation""#;
    const BARE: &str = "Project,User,Start Date,Start Time,End Date,End Time,Duration (h)";

    fn read(csv: &str) -> Export {
        read_export(csv.as_bytes(), Format::Clockify, "Europe/Berlin").unwrap()
    }

    fn bare(times: &[&str]) -> Export {
        let rows: String = times.iter().map(|row| format!("Tower,Otto Owl,{row}\n")).collect();
        read(&format!("{BARE}\n{rows}"))
    }

    fn reasons(export: &Export) -> Vec<&WarningReason> {
        export.warnings.iter().map(|warning| &warning.reason).collect()
    }

    #[test]
    fn the_full_report_is_read_with_its_facts() {
        let row = r#""Tower","Owl & Co","say ""hi"" \","Bricks","Otto Owl","G1, G2",
"otto@example.test","a, b","Regular","Yes","Yes","INV-7","10/15/2024","11:00:00 AM",
"10/15/2024","12:30:00 PM","01:30:00","1.50","1000.00","1500.00","10/16/2024""#;
        let lines = [FULL, row].map(|line| line.replace('\n', "")).join("\r\n");
        let export = read(&lines);
        assert_eq!((&export.faults[..], &export.warnings[..]), (&[][..], &[][..]));
        let row = &export.rows[0];
        assert_eq!((&*row.note, row.task.as_deref()), (r#"say "hi" \"#, Some("Bricks")));
        assert_eq!((row.worked.day, row.worked.seconds), (date(2024, 10, 15), 5400));
        let span = row.worked.span.as_ref().unwrap();
        assert_eq!(span.start.to_string(), "2024-10-15T09:00:00Z");
        let facts = &row.facts;
        let found = [&facts.rate, &facts.amount, &facts.currency, &facts.invoiced];
        let texts = found.map(|fact| fact.as_deref().unwrap());
        assert_eq!(texts, ["1000.00", "1500.00", "EUR", "Yes"]);
        assert_eq!(facts.invoice_id.as_deref(), Some("INV-7"));
        assert_eq!(facts.created.as_deref(), Some("10/16/2024"));
    }

    #[test]
    fn a_break_is_no_work() {
        let export = read(
            "Project,Type,Start Date,Start Time,End Date,End Time,Group\n\
             Tower,Break,2024-03-13,12:00,2024-03-13,12:30\n\
             Tower,REGULAR,2024-03-13,13:00,2024-03-13,14:00\n",
        );
        let reason = FaultReason::NotWork("Break".into());
        assert_eq!(export.faults, [RowFault { row: 2, field: "Type", reason }]);
        assert_eq!(export.rows[0].row, 3);
    }

    #[test]
    fn activity_is_task_and_client_and_billable_may_be_absent() {
        let csv = "Project,Description,Activity,User,Email,Start Date,Start Time,End Date,\
                   End Time\n\
                   Tower,,Bricks,Otto Owl,otto@example.test,2024-03-13,10:23,2024-03-13,11:23\n";
        let row = &read(csv).rows[0];
        assert_eq!((row.task.as_deref(), &row.client, row.billable), (Some("Bricks"), &None, None));
    }

    #[test]
    fn a_last_column_that_short_rows_lack_reads_as_empty() {
        let csv = "Project,User,Start Date,Start Time,End Date,End Time,Group,Client\n\
                   Tower,Otto Owl,03/14/2024,10:23 AM,03/14/2024,11:23:01 AM,G1\n";
        let row = &read(csv).rows[0];
        assert_eq!((&row.client, row.worked.seconds), (&None, 3601));
    }

    #[test]
    fn start_and_end_win_over_a_decimal_duration_of_nothing() {
        let csv = "Project,User,Start Date,Start Time,End Date,End Time,Duration (h),\
                   Duration (decimal)\n\
                   Tower,Otto Owl,03/14/2024,10:23 AM,03/14/2024,11:23:01 AM,01:00:01,0.00\n\
                   Tower,Otto Owl,03/14/2024,12:00:00 PM,03/14/2024,12:30:20 PM,00:30:20,0.50\n";
        let export = read(csv);
        assert_eq!((export.rows[0].worked.seconds, export.rows[1].worked.seconds), (3601, 1820));
        let field = "Duration (decimal)";
        let reason = WarningReason::LengthDisagrees { field, written: 0, taken: 3601 };
        assert_eq!(export.warnings, [RowWarning { row: 2, reason }]);
    }

    #[test]
    fn compact_durations_may_lack_their_seconds() {
        let export = bare(&["14/03/2024,10:00:00,14/03/2024,10:13:52,0:13"]);
        assert_eq!(export.rows[0].worked.seconds, 832);
        assert_eq!(reasons(&export), [] as [&WarningReason; 0]);
        let no_end =
            "Project,User,Start Date,Start Time,Duration (h)\nTower,Otto,2024-03-14,10:00,0:13\n";
        assert_eq!(read(no_end).rows[0].worked.seconds, 780);
    }

    #[test]
    fn the_last_row_of_a_file_can_decide_how_the_first_is_read() {
        let first = "03/04/2024,10:00,03/04/2024,11:00,";
        let european = bare(&[first, "31/03/2024,10:00,31/03/2024,11:00,"]);
        assert_eq!(european.rows[0].worked.day, date(2024, 4, 3));
        let american = bare(&[first, "03/31/2024,10:00,03/31/2024,11:00,"]);
        assert_eq!(american.rows[0].worked.day, date(2024, 3, 4));
        assert_eq!(american.warnings, []);
    }

    #[test]
    fn an_undecided_file_is_read_by_its_clock_and_says_so() {
        let warned =
            |day_first| WarningReason::DateOrderGuessed { day_first, by_clock: !day_first };
        let american = bare(&["03/04/2024,10:23 AM,03/04/2024,1:05 PM,"]);
        assert_eq!(american.rows[0].worked.day, date(2024, 3, 4));
        assert_eq!(reasons(&american), [&warned(false)]);
        let european = bare(&["03/04/2024,10:23,03/04/2024,13:05,"]);
        assert_eq!(european.rows[0].worked.day, date(2024, 4, 3));
        assert_eq!(reasons(&european), [&warned(true)]);
        let past_midnight = bare(&["03/04/2024,11:00 PM,04/04/2024,1:00 AM,"]);
        assert_eq!(past_midnight.rows[0].worked.seconds, 7200);
        assert_eq!(past_midnight.rows[0].worked.day, date(2024, 4, 3));
        assert_eq!(past_midnight.warnings, []);
    }

    #[test]
    fn a_file_with_both_orders_keeps_what_is_certain() {
        let export = bare(&[
            "31/03/2024,10:00,31/03/2024,11:00,",
            "03/31/2024,12:00,03/31/2024,13:00,",
            "03/04/2024,10:00,03/04/2024,11:00,",
            "13/15/2024,10:00,13/15/2024,11:00,",
        ]);
        assert_eq!(export.rows.len(), 2);
        let found = "03/04/2024".to_owned();
        let reason = FaultReason::AmbiguousDate { found, day_first_row: 2, month_first_row: 3 };
        assert_eq!(export.faults[0], RowFault { row: 4, field: "Start Date", reason });
        assert_eq!(export.faults[1].reason, FaultReason::NotADate("13/15/2024".into()));
    }

    #[test]
    fn a_skipped_local_time_is_a_fault_and_a_doubled_one_a_warning() {
        let export = bare(&[
            "2024-03-31,02:30,2024-03-31,04:00,",
            "2024-10-27,02:30,2024-10-27,04:00,",
            "2024-10-27,02:30,2024-10-27,04:00,01:30:00",
            "2024-10-27,01:30,2024-10-27,03:30,",
        ]);
        assert_eq!((export.faults[0].row, export.faults[0].field), (2, "Start Time"));
        let seconds: Vec<_> = export.rows.iter().map(|row| row.worked.seconds).collect();
        assert_eq!(seconds, [9000, 5400, 10_800]);
        assert_eq!(export.warnings.len(), 1);
        assert_eq!(export.warnings[0].row, 3);
        assert!(export.warnings[0].reason.to_string().contains("twice in Europe/Berlin"));
    }

    #[test]
    fn added_columns_and_the_new_name_of_tasks_keep_the_identity() {
        let old = "Project,Client,Description,Task,User,Email,Billable,Start Date,Start Time,\
                   End Date,End Time\n\
                   Tower,Owl,x,Bricks,Otto,o@example.test,Yes,2024-03-14,10:00,\
                   2024-03-14,11:00\n";
        let new = "Deal ID,End Time,End Date,Start Time,Start Date,Billable,Email,User,Activity,\
                   Description,Client,Project,Billable Rate (USD)\n\
                   9,11:00:00 AM,03/14/2024,10:00:00 AM,03/14/2024,yes,O@example.test,Otto,\
                   Bricks,x,Owl,Tower,5.00\n";
        assert_eq!(row_identity(&read(old).rows[0]), row_identity(&read(new).rows[0]));
    }

    #[test]
    fn a_header_in_another_language_is_refused_with_the_remedy() {
        let refusal = read_export(b"Projekt,Benutzer,Startdatum\n", Format::Clockify, "UTC");
        let text = refusal.unwrap_err().to_string();
        assert!(text.contains("no column Project, Start Date, Start Time"), "{text}");
        assert!(text.contains("language set to English"), "{text}");
    }
}
