//! What each letter says: one file and two templates (`templates/mail/<name>.txt` and `.html`) per
//! letter. `None` means that there is nothing left to say, such as to somebody who has gone.

mod budget_alert;
mod client_link;
mod corrections;
mod frozen;
mod invitation;
mod invoice;
mod invoice_answered;
mod invoice_overdue;
mod invoice_reminder;
mod invoices;
mod leave;
mod leave_corrected;
mod leave_corrections;
mod leave_decided;
mod leave_granted;
mod leave_lapsing;
mod leave_submitted;
mod link;
mod payment_due;
mod sign_in;
mod signup_confirmation;
mod standing;
mod test;
mod thawed;
mod timesheet_approved;
mod timesheet_missing;
mod timesheet_rejected;
mod timesheet_submitted;
mod timesheets;
mod trial_ending;
mod welcome;

use commands::jobs::{Job, WorkError};
use commands::mail::Letter;
use migrations::platform::TenantRecord;

use super::{Composed, Post};

/// The letter as it is to be sent now.
pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    job: &Job,
    letter: Letter,
) -> Result<Option<Composed>, WorkError> {
    match letter {
        Letter::Invitation { member } => invitation::compose(post, tenant, job, member).await,
        Letter::SignIn { member } => sign_in::compose(post, tenant, job, member).await,
        Letter::Test { member } => test::compose(post, tenant, job, member).await,
        Letter::TimesheetSubmitted { to, member, week } => {
            timesheet_submitted::compose(post, tenant, job, (to, member, week)).await
        }
        Letter::TimesheetApproved { member, week, version } => {
            timesheet_approved::compose(post, tenant, job, (member, week, version)).await
        }
        Letter::TimesheetRejected { member, week, version } => {
            timesheet_rejected::compose(post, tenant, job, (member, week, version)).await
        }
        Letter::TimesheetMissing { member, week } => {
            timesheet_missing::compose(post, tenant, job, (member, week)).await
        }
        Letter::SignupConfirmation { sign_up } => {
            signup_confirmation::compose(post, tenant, job, sign_up).await
        }
        Letter::Welcome { sign_up } => welcome::compose(post, tenant, job, sign_up).await,
        Letter::TrialEnding { of, owner, day } => {
            trial_ending::compose(post, tenant, job, (of, owner, day)).await
        }
        Letter::PaymentDue { of, owner, day } => {
            payment_due::compose(post, tenant, job, (of, owner, day)).await
        }
        Letter::BudgetAlert { .. } => budget_alert::compose(post, tenant, job, letter).await,
        Letter::LeaveCorrected { to, member, version } => {
            leave_corrected::compose(post, tenant, job, (to, member, version)).await
        }
        Letter::LeaveCorrections { to, after, until } => {
            leave_corrections::compose(post, tenant, job, (to, after, until)).await
        }
        Letter::LeaveLapsing { member, leave_type, last } => {
            leave_lapsing::compose(post, tenant, job, (member, leave_type, last)).await
        }
        Letter::LeaveSubmitted { to, member, request } => {
            leave_submitted::compose(post, tenant, job, (to, member, request)).await
        }
        Letter::LeaveDecided { member, request, version } => {
            leave_decided::compose(post, tenant, job, (member, request, version)).await
        }
        Letter::LeaveGranted { to, member, request } => {
            leave_granted::compose(post, tenant, job, (to, member, request)).await
        }
        Letter::Invoice { invoice, version, nth } => {
            invoice::compose(post, tenant, job, (invoice, version, nth)).await
        }
        Letter::InvoiceReminder { invoice, version } => {
            invoice_reminder::compose(post, tenant, job, (invoice, version)).await
        }
        Letter::ClientLink { invoice, link } => {
            client_link::compose(post, tenant, job, (invoice, link)).await
        }
        Letter::InvoiceAnswered { to, invoice, version } => {
            invoice_answered::compose(post, tenant, job, (to, invoice, version)).await
        }
        Letter::InvoiceOverdue { to, invoice, due_on } => {
            invoice_overdue::compose(post, tenant, job, (to, invoice, due_on)).await
        }
        Letter::Frozen { of, owner } => frozen::compose(post, tenant, job, (of, owner)).await,
        Letter::Thawed { of, owner } => thawed::compose(post, tenant, job, (of, owner)).await,
    }
}
