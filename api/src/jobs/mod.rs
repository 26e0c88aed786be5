//! Which work this program does: each kind of job and each thing done daily is named here once. A
//! slice that has work adds one line.

mod budget_watch;

use std::sync::Arc;

use commands::billing::follow_up::InvoiceFollowUp;
use commands::files::FileUpkeep;
use commands::jobs::{JobEngine, JobLimits, JobRetention};
use commands::leave::HolidayUpkeep;
use commands::leave::settle::LeaveSettling;
use commands::signup::{MakeFirm, Maker};
use commands::subscription::Terms;
use commands::tenancy::delete_due::DueDeletions;
use commands::time::TimesheetReminders;
use projections::registry;

pub use budget_watch::BudgetWatch;

use crate::mail::{MailOptions, MailUrlError, Post, SendMail};
use crate::system::System;

/// An engine that does all work there is.
pub fn engine(system: &System, mail: MailOptions) -> Result<JobEngine, MailUrlError> {
    let (commands, log) = (&system.commands, system.commands.log());
    let maker = Maker::new(commands.clone(), system.platform.clone(), registry::tables());
    let post = Post::open(log.clone(), system.platform.clone(), mail, &system.data_dir)?;
    let post = post.with_files(system.files.clone());
    let budgets = BudgetWatch::new(commands.clone(), system.background.clone());
    let engine = JobEngine::new(log.clone(), system.platform.clone(), JobLimits::default())
        .with(SendMail::new(Arc::new(post)))
        .with(MakeFirm(maker.clone()))
        .with(budgets.clone())
        .with(LeaveSettling::new(commands.clone()))
        .daily(MakeFirm(maker))
        .daily(Terms::new(commands.clone(), system.platform.clone()))
        .daily(JobRetention::new(log.clone()))
        .daily(TimesheetReminders::new(commands.clone()))
        .daily(HolidayUpkeep::new(commands.clone()))
        .daily(LeaveSettling::new(commands.clone()))
        .daily(budgets)
        .daily(InvoiceFollowUp::new(commands.clone()))
        .daily(FileUpkeep::new(commands.clone(), system.files.clone()))
        .daily(DueDeletions {
            commands: system.commands.clone(),
            platform: system.platform.clone(),
            signer: system.signer.clone(),
            files: system.files.clone(),
        });
    Ok(engine)
}
