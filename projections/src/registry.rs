//! Every read model there is. One that is not listed here has no table, is never fed, and can't be
//! named on the command line.

use crate::billing::account_manager::AccountManager;
use crate::billing::billed_entry::BilledEntry;
use crate::billing::credit_note::CreditNote;
use crate::billing::invoice::Invoice;
use crate::billing::invoice_entry::InvoiceEntry;
use crate::billing::receivable::Receivable;
use crate::billing::unbilled::Unbilled;
use crate::budgets::budget::Budget;
use crate::budgets::budget_alert::BudgetAlert;
use crate::budgets::estimate::Estimate;
use crate::catalogue::client::Client;
use crate::catalogue::project::Project;
use crate::catalogue::project_member::ProjectMember;
use crate::catalogue::rate::Rate;
use crate::catalogue::rounding_rule::RoundingRule;
use crate::catalogue::task::Task;
use crate::erased::{Erased, ErasedModel};
use crate::files::file::File;
use crate::import::import::Import;
use crate::leave::holiday::Holiday;
use crate::leave::holiday_calendar::HolidayCalendar;
use crate::leave::leave_day::LeaveDay;
use crate::leave::leave_feed::LeaveFeed;
use crate::leave::leave_posting::LeavePosting;
use crate::leave::leave_request::LeaveRequest;
use crate::leave::leave_type::LeaveType;
use crate::members::grant::Grant;
use crate::members::member::Member;
use crate::members::substitute::Substitute;
use crate::members::work_pattern::WorkPattern;
use crate::settings::setting::Setting;
use crate::time::favourite::Favourite;
use crate::time::period::Period;
use crate::time::running_timer::RunningTimer;
use crate::time::time_entry::TimeEntry;
use crate::time::timesheet_week::TimesheetWeek;

macro_rules! models {
    ($($model:ty),+ $(,)?) => {
        /// Every read model, in the order they are shown.
        pub fn all() -> &'static [&'static dyn ErasedModel] {
            const ALL: &[&dyn ErasedModel] = &[$(&Erased::<$model>::new()),+];
            ALL
        }

        /// Calls on every read model by its type.
        #[cfg(test)]
        pub(crate) fn visit_all(visitor: &mut impl crate::tests::Visitor) {
            $(visitor.visit::<$model>();)+
        }
    };
}

models! {
    Member,
    WorkPattern,
    Substitute,
    Client,
    Project,
    Task,
    ProjectMember,
    Rate,
    Budget,
    BudgetAlert,
    Estimate,
    RoundingRule,
    Setting,
    TimeEntry,
    TimesheetWeek,
    Period,
    RunningTimer,
    Favourite,
    Unbilled,
    Invoice,
    InvoiceEntry,
    BilledEntry,
    CreditNote,
    Receivable,
    AccountManager,
    Import,
    Grant,
    File,
    LeaveType,
    LeaveRequest,
    LeavePosting,
    LeaveDay,
    LeaveFeed,
    HolidayCalendar,
    Holiday,
}

/// The read model of that name.
pub fn find(name: &str) -> Option<&'static dyn ErasedModel> {
    all().iter().copied().find(|model| model.name() == name)
}

/// What makes the tables of every read model and their checkpoints at an empty log: a script per
/// model in which `{t}` stands for the tenant's schema. For provisioning.
pub fn tables() -> Vec<String> {
    let skipped = "create table {t}.rm_skipped (
            -- What an operator let a read model skip: verify and rebuild skip it too.
            read_model text not null,
            position bigint not null,
            skipped_at timestamptz not null default now(),
            constraint rm_skipped_pkey primary key (read_model, position)
        );
        grant select, insert on {t}.rm_skipped to {t}";
    let model = |model: &&dyn ErasedModel| {
        let table = model.table();
        let (name, version) = (model.name(), model.version());
        let mut script = vec![table.create("").concat(), table.add_key("").concat()];
        script.extend(table.add_indexes("").iter().map(|index| index.concat()));
        script.push(table.grant("").concat());
        script.push(format!(
            "insert into {{t}}.checkpoints (read_model, version, position) \
             values ('{name}', {version}, 0)"
        ));
        script.join(";\n")
    };
    std::iter::once(skipped.to_owned()).chain(all().iter().map(model)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_model_is_named_once_and_has_the_table_of_its_name() {
        let mut names: Vec<_> = all().iter().map(|model| model.name()).collect();
        assert!(all().iter().all(|model| model.table().name == format!("rm_{}", model.name())));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all().len());
        assert!(names.iter().all(|name| find(name).is_some()));
    }

    #[test]
    fn the_key_of_a_table_is_its_first_columns() {
        for model in all() {
            let table = model.table();
            assert!((1..=table.columns.len()).contains(&table.key), "{}", table.name);
            assert!(table.columns[..table.key].iter().all(|column| !column.nullable));
        }
    }
}
