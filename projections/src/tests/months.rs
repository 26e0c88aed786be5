//! Sums of months and what members' days follow from, asked on a real database and compared with
//! the same out of the rows that a fresh fold makes.

use std::collections::BTreeMap;

use domain::id::{MemberId, ProjectId, TaskId};
use domain::time::calendar::holidays_by_day;
use domain::time::{Month, TimeRecorded, Week};
use jiff::civil::{Date, date};

use super::rows_of;
use super::samples::{History, everything, id, recorded, removed, revised};
use super::written::{append, tenant};
use crate::catalogue::named;
use crate::leave::holiday::Holiday;
use crate::leave::holiday_calendar::{HolidayCalendar, calendar_of};
use crate::members::member::Member;
use crate::members::work_pattern::WorkPattern;
use crate::runner::catch_up;
use crate::time::timesheet_week::{self, TimesheetWeek};
use crate::time::utilisation::{
    project_rows, project_rows_then, rows, rows_of as rows_of_member, without_projects,
};
use crate::time::work_terms::{self, MemberTerms};

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

/// Entries of members 1 and 2 from December to March, some of them changed or gone again.
fn quarter() -> History {
    let mut history = History::default();
    let mut entry = 1000;
    for member in [1_u128, 2] {
        let mut day = date(2025, 12, 28);
        while day < date(2026, 3, 5) {
            entry += 1;
            let first = TimeRecorded {
                member: MemberId(id(member)),
                project: ProjectId(id(20 + entry % 3)),
                billable: !entry.is_multiple_of(4),
                ..recorded(entry, day, 600)
            };
            history.time(member, day, first);
            let monday = Week::of(day).monday();
            match entry % 7 {
                3 => history.time(member, day, removed(entry, None)),
                1 if member == 1 => history.time(1, day, revised(entry, 2, monday, 90)),
                _ => &mut history,
            };
            day = day.checked_add(jiff::ToSpan::days(3)).expect("a day");
        }
    }
    history
}

#[tokio::test]
async fn sums_of_months_are_those_that_the_entries_make() {
    let (tenant, history) = (tenant().await, quarter());
    append(&tenant, &history.0).await;
    catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
    let weeks = rows_of::<TimesheetWeek>(&history.0);
    let mut tx = tenant.tenants.begin(tenant.id).await.expect("a transaction");
    let ranges = [("2025-12", "2026-03"), ("2026-01", "2026-01"), ("2026-02", "2026-03")];
    for (from, to) in ranges.map(|(from, to)| (month(from), month(to))) {
        let all = project_rows_then(&weeks, None, from, to);
        assert!(all.len() >= 6, "members and projects of {from}");
        assert_eq!(project_rows(&mut tx, None, from, to).await.expect("an answer"), all);
        let months = without_projects(&all);
        assert_eq!(rows(&mut tx, from, to).await.expect("an answer"), months);
        let own = MemberId(id(2));
        let of_own = rows_of_member(&mut tx, own, from, to).await.expect("an answer");
        let expected: Vec<_> = months.iter().copied().filter(|row| row.member == own).collect();
        assert_eq!(of_own, expected);
        let of_own = project_rows(&mut tx, Some(own), from, to).await.expect("an answer");
        assert_eq!(of_own, project_rows_then(&weeks, Some(own), from, to));
    }
    let all = rows(&mut tx, month("2025-12"), month("2026-03")).await.expect("an answer");
    let seconds: i64 = weeks.iter().map(|week| week.seconds).sum();
    assert_eq!(all.iter().map(|row| row.seconds).sum::<i64>(), seconds, "none twice or never");
    assert_eq!(rows(&mut tx, month("2027-01"), month("2027-12")).await.expect("an answer"), []);
    let (first, last) = (Week::of(date(2025, 12, 28)), Week::of(date(2026, 1, 8)));
    let own = timesheet_week::of_member(&mut tx, MemberId(id(1)), first, last).await;
    let told: Vec<_> = own.expect("an answer").iter().map(|row| row.week.to_string()).collect();
    assert_eq!(told, ["2025-W52", "2026-W01", "2026-W02"]);
}

#[tokio::test]
async fn the_terms_of_members_and_the_names_of_work_are_found_in_one_question() {
    let (tenant, history) = (tenant().await, everything());
    append(&tenant, &history.0).await;
    catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
    let mut tx = tenant.tenants.begin(tenant.id).await.expect("a transaction");
    let patterns = rows_of::<WorkPattern>(&history.0);
    let members = rows_of::<Member>(&history.0);
    let of = |row| (crate::row::Row::key(row), MemberTerms::of(row, &patterns));
    let expected: BTreeMap<MemberId, MemberTerms> = members.iter().map(of).collect();
    assert!(expected.values().any(|terms| terms.patterns.len() == 2));
    assert_eq!(work_terms::of_members(&mut tx, None).await.expect("an answer"), expected);
    let one = MemberId(id(1));
    let alone = work_terms::of_members(&mut tx, Some(one)).await.expect("an answer");
    assert_eq!((alone.len(), &alone[&one]), (1, &expected[&one]));
    let nobody = work_terms::of_members(&mut tx, Some(MemberId(id(999)))).await;
    assert!(nobody.expect("an answer").is_empty());
    let names = work_terms::names(&mut tx, [one]).await.expect("an answer");
    assert_eq!(names.get(&one), members[0].name.as_ref());
    let (first, last) = (date(2026, 1, 1), date(2027, 12, 31));
    let adopted = rows_of::<HolidayCalendar>(&history.0);
    let calendar = calendar_of(adopted, rows_of::<Holiday>(&history.0));
    let expected: BTreeMap<Date, String> = holidays_by_day(calendar.holidays(first, last));
    assert!(expected.len() > 10, "those of two laws");
    assert_eq!(work_terms::holidays(&mut tx, first, last).await.expect("an answer"), expected);
    let project = ProjectId(id(20));
    let projects = named::projects(&mut tx, [project]).await.expect("an answer");
    assert_eq!(projects[&project].name, "Bridge II");
    assert!(projects[&project].client_name.is_some());
    let tasks = named::tasks(&mut tx, [TaskId(id(30)), TaskId(id(999))]).await;
    assert_eq!(tasks.expect("an answer").len(), 1);
}
