//! Harvest: the detailed time report and "export all time". It has a day and hours, no start and no
//! end, and none are invented; people come by first and last name, numbers in the account's way.

use super::Format;
use super::columns::{Column, Shape};

pub(super) const SHAPE: Shape = Shape {
    format: Format::Harvest,
    columns: &[
        (Column::StartDate, &["Date"]),
        (Column::Client, &["Client"]),
        (Column::Project, &["Project"]),
        (Column::ProjectCode, &["Project Code"]),
        (Column::Task, &["Task"]),
        (Column::Note, &["Notes"]),
        (Column::Hours, &["Hours"]),
        (Column::RoundedHours, &["Hours Rounded", "Rounded Hours"]),
        (Column::Billable, &["Billable?", "Billable"]),
        (Column::Invoiced, &["Invoiced?", "Invoiced"]),
        (Column::Approved, &["Approved?", "Approved"]),
        (Column::FirstName, &["First Name"]),
        (Column::LastName, &["Last Name"]),
        (Column::Email, &["Email"]),
        (Column::EmployeeId, &["Employee Id"]),
        (Column::Rate, &["Billable Rate"]),
        (Column::Amount, &["Billable Amount"]),
        (Column::CostRate, &["Cost Rate"]),
        (Column::CostAmount, &["Cost Amount"]),
        (Column::Currency, &["Currency"]),
        (Column::Url, &["External Reference URL"]),
    ],
    needs: &[&[Column::StartDate], &[Column::Project], &[Column::Hours]],
    marks: &["First Name", "Last Name", "Billable?", "Invoiced?", "Employee?", "Project Code"],
};

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::import::{
        Export, ExportRefusal, FaultReason, RowFault, RowWarning, WarningReason, Written,
        read_export, row_identity,
    };

    const FULL: &str = "Date,Client,Project,Project Code,Task,Notes,Hours,Hours Rounded,Billable?,\
                        Invoiced?,Approved?,First Name,Last Name,Employee Id,Roles,Teams,\
                        Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency,\
                        External Reference URL";
    const SHORT: &str = "Date,Client,Project,Task,Notes,Hours,First Name,Last Name";

    fn read(csv: &str) -> Export {
        read_export(csv.as_bytes(), Format::Harvest, "Africa/Johannesburg").unwrap()
    }

    fn hours(cells: &[&str]) -> Export {
        let row = |hours: &&str| format!("2024-03-14,Lake,Pier,,,\"{hours}\",Nora,North\n");
        read(&format!("{SHORT}\n{}", cells.iter().map(row).collect::<String>()))
    }

    fn seconds(export: &Export) -> Vec<u32> {
        export.rows.iter().map(|row| row.worked.seconds).collect()
    }

    #[test]
    fn the_full_report_is_a_length_on_a_day_with_its_facts() {
        let row = "2024-03-14,Lake,Pier,P-1,,Nails,\"7,33\",\"7,50\",Yes,No,Yes,Nora,North,42,\
                   Crew,Red,Yes,\"100,0\",\"2.001,0\",\"50,0\",\"366,5\",Euro - EUR,\
                   https://example.test/1";
        let export = read(&format!("\u{feff}{FULL}\r\n{row}\r\n"));
        assert_eq!((&export.faults[..], &export.warnings[..]), (&[][..], &[][..]));
        let row = &export.rows[0];
        let person = row.person.as_ref().unwrap();
        assert_eq!((&*person.name, &person.email), ("Nora North", &None));
        assert_eq!((row.worked.day, row.worked.seconds), (date(2024, 3, 14), 26_388));
        assert_eq!((&row.worked.span, row.written), (&None, Written::Length));
        assert_eq!((&row.task, row.billable), (&None, Some(true)));
        let facts = &row.facts;
        let texts = [
            &facts.rate,
            &facts.amount,
            &facts.cost_rate,
            &facts.cost_amount,
            &facts.currency,
            &facts.invoiced,
            &facts.approved,
            &facts.project_code,
            &facts.external_url,
            &facts.rounded_hours,
            &facts.employee_id,
        ]
        .map(|fact| fact.as_deref().unwrap());
        let url = "https://example.test/1";
        assert_eq!(texts[..4], ["100.0", "2001.0", "50.0", "366.5"]);
        assert_eq!(texts[4..], ["EUR", "No", "Yes", "P-1", url, "7.50", "42"]);
    }

    #[test]
    fn hours_are_read_with_comma_and_point_and_become_exact_seconds() {
        assert_eq!(seconds(&hours(&["20,0", "0,01", "1,1"])), [72_000, 36, 3960]);
        assert_eq!(seconds(&hours(&["20.0", "0.01", "8"])), [72_000, 36, 28_800]);
        assert_eq!(seconds(&hours(&["0:45", "1:30"])), [2700, 5400]);
    }

    #[test]
    fn three_decimals_are_read_as_the_rest_of_the_file_says() {
        let comma = hours(&["1,250", "0,5"]);
        assert_eq!((seconds(&comma), comma.warnings.len()), (vec![4500, 1800], 0));
        let point = hours(&["1,250", "0.5"]);
        let (field, reason) = ("Hours", FaultReason::TooLong);
        assert_eq!(point.faults, [RowFault { row: 2, field, reason }]);
        let alone = hours(&["1,250"]);
        assert_eq!(seconds(&alone), [4500]);
        let reason = WarningReason::DecimalMarkGuessed { mark: ',' };
        assert_eq!(alone.warnings, [RowWarning { row: 1, reason }]);
        let both = hours(&["1,250", "0.5", "0,5"]);
        assert_eq!(seconds(&both), [1800, 1800]);
        assert_eq!(both.faults[0].reason, FaultReason::AmbiguousNumber("1,250".into()));
    }

    #[test]
    fn hours_that_nobody_works_are_faults() {
        let cells = ["2.001,0", "2,001.0", "0.00", "-1.5", "", "some", "24.00", "24.01"];
        let export = hours(&cells);
        assert_eq!(seconds(&export), [86_400]);
        let reasons: Vec<_> = export.faults.into_iter().map(|fault| fault.reason).collect();
        let words = FaultReason::NotALength("some".into());
        use FaultReason::{Missing, NegativeLength, TooLong, ZeroLength};
        assert_eq!(
            reasons,
            [TooLong, TooLong, ZeroLength, NegativeLength, Missing, words, TooLong]
        );
    }

    #[test]
    fn dates_follow_the_account_and_faults_name_the_column() {
        let csv = format!(
            "{SHORT}\n31/03/2024,,Pier,,,1,Nora,North\n02/03/2024,,Pier,,,1,Nora,\n,,Pier,,,1\n"
        );
        let export = read(&csv);
        assert_eq!(export.rows[1].worked.day, date(2024, 3, 2));
        assert_eq!(export.rows[1].person.as_ref().unwrap().name, "Nora");
        assert_eq!(
            export.faults,
            [RowFault { row: 4, field: "Date", reason: FaultReason::Missing }]
        );
    }

    #[test]
    fn equal_rows_of_one_day_are_two_and_clients_keep_them_apart() {
        let row = "2024-03-14,Lake,Pier,,,1.00,Nora,North\n";
        let export = read(&format!("{SHORT}\n{row}{row}{}", row.replace("Lake", "Pond")));
        let occurrences: Vec<_> = export.rows.iter().map(|row| row.occurrence).collect();
        assert_eq!(occurrences, [1, 2, 1]);
        let mut ids: Vec<_> = export.rows.iter().map(row_identity).collect();
        ids.dedup();
        assert_eq!(ids.len(), 3);
        let comma = read(&format!("{SHORT}\n{}", row.replace("1.00", "\"1,0\"")));
        assert_eq!(row_identity(&comma.rows[0]), ids[0], "the account's locale changed");
    }

    #[test]
    fn a_toggl_file_is_recognised_for_what_it_is() {
        let csv = b"User,Project,Start date,Start time,Duration\n";
        let refusal = read_export(csv, Format::Harvest, "UTC").unwrap_err();
        let missing = vec!["Date".to_owned(), "Hours".to_owned()];
        let (format, looks_like) = (Format::Harvest, Some(Format::Toggl));
        assert_eq!(refusal, ExportRefusal::MissingColumns { format, missing, looks_like });
    }
}
