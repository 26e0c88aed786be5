//! Toggl Track: the detailed report, the yearly export of time entries, and the newer report with
//! chosen columns, which says `Stop` for `End`. Without any end, the duration gives it.

use super::Format;
use super::columns::{Column, Shape};

pub(super) const SHAPE: Shape = Shape {
    format: Format::Toggl,
    columns: &[
        (Column::Name, &["User"]),
        (Column::Email, &["Email"]),
        (Column::Client, &["Client"]),
        (Column::Project, &["Project"]),
        (Column::Task, &["Task"]),
        (Column::Note, &["Description"]),
        (Column::Billable, &["Billable"]),
        (Column::StartDate, &["Start date"]),
        (Column::StartTime, &["Start time"]),
        (Column::EndDate, &["End date", "Stop date"]),
        (Column::EndTime, &["End time", "Stop time"]),
        (Column::Clock, &["Duration"]),
        (Column::Tags, &["Tags"]),
        (Column::Rate, &["Rate (*)"]),
        (Column::Amount, &["Amount", "Amount (*)"]),
    ],
    needs: &[
        &[Column::Project],
        &[Column::StartDate],
        &[Column::StartTime],
        &[Column::EndTime, Column::Clock],
    ],
    marks: &["Duration", "Stop date", "Stop time", "Amount", "Amount (*)"],
};

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::import::{
        Export, ExportRefusal, FaultReason, RowFault, RowWarning, WarningReason, read_export,
        row_identity,
    };

    const CLASSIC: &str = "User,Email,Client,Project,Task,Description,Billable,Start date,\
                           Start time,\
                           End date,End time,Duration,Tags,Amount (EUR)\n";
    const MILA: &str = "Mila Marsh,Mila@Example.test,Fern Ltd,Garden,Digging,\
                        \"Roots, and\r\n\"\"more\"\"\",Yes,2024-03-04,09:00:00,2024-03-04,10:30:05,\
                        01:30:05,\"wet, cold, wet\",120.50\n";

    fn read(csv: &str) -> Export {
        read_export(csv.as_bytes(), Format::Toggl, "Africa/Johannesburg").unwrap()
    }

    fn only_fault(csv: &str) -> RowFault {
        let mut export = read(csv);
        assert_eq!((export.rows.len(), export.faults.len()), (0, 1), "{export:?}");
        export.faults.remove(0)
    }

    fn times(start: &str, end: &str, duration: &str) -> String {
        format!("{CLASSIC}Mila Marsh,,,Garden,,,No,{start},{end},{duration},,\n")
    }

    #[test]
    fn the_classic_export_is_read_with_its_byte_order_mark_and_quoted_cells() {
        let export = read(&format!("\u{feff}{CLASSIC}{MILA}"));
        assert_eq!((export.faults, export.warnings), (vec![], vec![]));
        let row = &export.rows[0];
        let person = row.person.as_ref().unwrap();
        assert_eq!((row.row, row.occurrence), (2, 1));
        assert_eq!(
            (&*person.name, person.email.as_deref()),
            ("Mila Marsh", Some("mila@example.test"))
        );
        assert_eq!((row.client.as_deref(), &*row.project), (Some("Fern Ltd"), "Garden"));
        assert_eq!((row.task.as_deref(), &*row.note), (Some("Digging"), "Roots, and\n\"more\""));
        assert_eq!((&row.tags[..], row.billable), (&["wet".into(), "cold".into()][..], Some(true)));
        let span = row.worked.span.as_ref().unwrap();
        assert_eq!((row.worked.day, row.worked.seconds), (date(2024, 3, 4), 5405));
        assert_eq!(span.start.to_string(), "2024-03-04T07:00:00Z");
        assert_eq!(span.end.to_string(), "2024-03-04T08:30:05Z");
        assert_eq!(span.zone, "Africa/Johannesburg");
        assert_eq!(row.facts.amount.as_deref(), Some("120.50"));
        assert_eq!(row.facts.currency.as_deref(), Some("EUR"));
    }

    #[test]
    fn windows_line_ends_semicolons_and_every_form_of_the_amount_are_read() {
        let semicolons = "User;Project;Start date;Start time;End date;End time\r\n\
                          Mila Marsh;Garden;2024-03-04;09:00:00;2024-03-04;10:00:00\r\n";
        assert_eq!(read(semicolons).rows[0].worked.seconds, 3600);
        for (amount, currency) in
            [("Amount ()", None), ("Amount", None), ("Amount (USD)", Some("USD"))]
        {
            let export = read(&format!("{}{MILA}", CLASSIC.replace("Amount (EUR)", amount)));
            let facts = &export.rows[0].facts;
            assert_eq!(facts.amount.as_deref(), Some("120.50"), "{amount}");
            assert_eq!(facts.currency.as_deref(), currency, "{amount}");
        }
    }

    #[test]
    fn the_newer_export_says_stop_and_may_have_no_person() {
        let csv = "\u{feff}\"Description\",Duration,Project,Start date,Start time,Stop date,\
                   Stop time\n\
                   \"Weeding\",00:20:00,Garden,2024-03-04,23:50:00,2024-03-05,00:10:00\n";
        let export = read(csv);
        let row = &export.rows[0];
        assert_eq!((row.person.clone(), row.billable), (None, None));
        assert_eq!((row.worked.day, row.worked.seconds), (date(2024, 3, 4), 1200));
        let reason = WarningReason::NoPersonColumn;
        assert_eq!(export.warnings, [RowWarning { row: 1, reason }]);
    }

    #[test]
    fn without_an_end_the_duration_gives_it() {
        let csv = "User,Project,Start date,Start time,Duration\n\
                   Mila Marsh,Garden,2024-03-04,23:30:00,01:00:00\n\
                   Mila Marsh,Garden,2024-03-04,08:00:00,00:00:00\n\
                   Mila Marsh,Garden,2024-03-04,08:00:00,-00:30:00\n\
                   Mila Marsh,Garden,2024-03-04,08:00:00\n";
        let export = read(csv);
        let span = export.rows[0].worked.span.as_ref().unwrap();
        assert_eq!(span.end.to_string(), "2024-03-04T22:30:00Z");
        let field = "Duration";
        let fault = |row, reason| RowFault { row, field, reason };
        assert_eq!(
            export.faults,
            [
                fault(3, FaultReason::ZeroLength),
                fault(4, FaultReason::NegativeLength),
                fault(5, FaultReason::Missing),
            ]
        );
    }

    #[test]
    fn a_bad_row_is_a_fault_by_number_and_the_rest_is_kept() {
        let csv = format!(
            "{CLASSIC}{MILA}Mila Marsh,,,,,,No,2024-03-04,09:00:00,2024-03-04,10:00:00,,,\n{MILA}"
        );
        let export = read(&csv);
        let reason = FaultReason::Missing;
        assert_eq!(export.faults, [RowFault { row: 3, field: "Project", reason }]);
        assert_eq!(export.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(export.faults[0].to_string(), "Project: is empty");
    }

    #[test]
    fn times_that_make_no_span_are_faults() {
        let morning = "2024-03-04,09:00:00";
        for (end, field, reason) in [
            (morning, "End time", FaultReason::ZeroLength),
            ("2024-03-04,08:00:00", "End time", FaultReason::EndBeforeStart),
            ("2024-03-06,08:00:00", "End time", FaultReason::TooLong),
            ("2024-02-30,08:00:00", "End date", FaultReason::NotADate("2024-02-30".into())),
            ("2024-03-04,25:00:00", "End time", FaultReason::NotATime("25:00:00".into())),
            (",", "End time", FaultReason::Missing),
        ] {
            let fault = only_fault(&times(morning, end, ""));
            assert_eq!(fault, RowFault { row: 2, field, reason }, "{end}");
        }
        let fault = only_fault(&times("2024-03-04,", morning, "00:10:00"));
        assert_eq!((fault.field, fault.reason), ("Start time", FaultReason::Missing));
    }

    #[test]
    fn start_and_end_win_over_a_duration_that_disagrees() {
        let doubts = |duration: &str| {
            let export = read(&times("2024-03-04,09:00:00", "2024-03-04,10:00:00", duration));
            assert_eq!(export.rows[0].worked.seconds, 3600);
            export.warnings.into_iter().map(|warning| warning.reason).collect::<Vec<_>>()
        };
        let (field, taken) = ("Duration", 3600);
        let disagrees = |written| vec![WarningReason::LengthDisagrees { field, written, taken }];
        assert_eq!(doubts("01:00:36"), []);
        assert_eq!(doubts("01:00:37"), disagrees(3637));
        assert_eq!(doubts("1:01"), disagrees(3660));
        assert_eq!(doubts("an hour"), [WarningReason::LengthUnreadable { field }]);
    }

    #[test]
    fn short_long_and_empty_rows_are_told_apart() {
        let csv = format!(
            "{CLASSIC}Mila Marsh,,,Garden,,,No,2024-03-04,09:00:00,2024-03-04,10:00:00\n\
             Mila Marsh,,,Garden,,,No,2024-03-04,11:00:00,2024-03-04,12:00:00,,,,surplus\n\
             ,,,,,,,,,,,,,\n\n\
             ,,,Garden,,,maybe,2024-03-04,13:00:00,2024-03-04,14:00:00,,,\n"
        );
        let export = read(&csv);
        assert_eq!(export.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 3, 5]);
        let reason = FaultReason::Missing;
        assert_eq!(export.faults, [RowFault { row: 4, field: "row", reason }]);
        let warning = |row, reason| RowWarning { row, reason };
        assert_eq!(
            export.warnings,
            [
                warning(3, WarningReason::ExtraCells),
                warning(5, WarningReason::NoPerson),
                warning(5, WarningReason::BillableUnreadable),
            ]
        );
    }

    #[test]
    fn the_identity_outlives_column_order_amounts_and_marks_but_not_a_change() {
        let ids = |csv: &str| read(csv).rows.iter().map(row_identity).collect::<Vec<_>>();
        let first = ids(&format!("{CLASSIC}{MILA}{MILA}"));
        assert_ne!(first[0], first[1], "equal rows differ by their occurrence");
        let turned = "\u{feff}Deal,Start time,Start date,End time,End date,Project,Client,Task,\
                      Billable,Email,Description\r\n";
        let row = "D1,09:00:00,2024-03-04,10:30:05,2024-03-04,Garden,Fern Ltd,Digging,yes,\
                   mila@example.test,\"Roots, and\n\"\"more\"\"\"\r\n";
        assert_eq!(ids(&format!("{turned}{row}{row}")), first);
        for (from, to) in
            [("Garden", "Shed"), ("10:30:05", "10:30:06"), ("Yes", "No"), ("Roots", "Root")]
        {
            assert_ne!(ids(&format!("{CLASSIC}{}", MILA.replace(from, to)))[0], first[0], "{to}");
        }
    }

    #[test]
    fn the_identity_is_the_same_in_every_zone() {
        let csv = format!("{CLASSIC}{MILA}");
        let id =
            |zone| row_identity(&read_export(csv.as_bytes(), Format::Toggl, zone).unwrap().rows[0]);
        assert_eq!(id("Europe/Berlin"), id("Asia/Kathmandu"));
    }

    #[test]
    fn a_cut_file_is_refused_and_not_read_short() {
        let whole = format!("{CLASSIC}{MILA}{MILA}");
        let cut = &whole[..whole.rfind("more").unwrap()];
        let refusal = read_export(cut.as_bytes(), Format::Toggl, "UTC").unwrap_err();
        assert_eq!(refusal, ExportRefusal::UnclosedQuote { row: 3 });
    }

    #[test]
    fn a_lost_quote_that_swallows_the_next_row_is_a_fault_and_the_rest_is_kept() {
        let broken = "Mila Marsh,,,Garden,,\"Roots,No,2024-03-04,09:00:00,2024-03-04,10:00:00,,,\n";
        let below = MILA.replace("\r\n", " ");
        let export = read(&format!("{CLASSIC}{broken}{below}{MILA}"));
        let (field, reason) = ("row", FaultReason::TornQuotes);
        assert_eq!(export.faults, [RowFault { row: 2, field, reason }]);
        assert_eq!(export.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn a_report_without_projects_is_refused_by_the_name_of_the_column() {
        let csv = "Description,Tags,Start date,Start time,Stop date,Stop time\n";
        let refusal = read_export(csv.as_bytes(), Format::Toggl, "UTC").unwrap_err();
        let missing = vec!["Project".to_owned()];
        let format = Format::Toggl;
        assert_eq!(refusal, ExportRefusal::MissingColumns { format, missing, looks_like: None });
    }
}
