//! Letters that follow from a commit. What is written beside the events is which letter and about
//! whom, in ids; names, addresses and words are looked up when it's sent. To add a letter: one line
//! here, one file and two templates in `api`.

use std::str::FromStr;

use domain::budgets::BudgetPeriod;
use domain::id::{
    BudgetId, ClientLinkId, InvoiceId, LeaveRequestId, LeaveTypeId, MemberId, ProjectId, SignUpId,
    TenantId,
};
use domain::members::{Member, Role, member_stream};
use domain::time::Week;
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::event_log::NewJob;
use crate::handle::Command;
use crate::members::authority_of;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// The kind of jobs that send a letter.
pub const MAIL: &str = "mail";

macro_rules! letters {
    ($($(#[$doc:meta])* $letter:ident $name:literal {
        $($(#[$of:meta])* $id:ident: $ty:ty),+
    },)+) => {
        /// A letter, by what it's about: ids and days only.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Letter {
            $($(#[$doc])* $letter { $($(#[$of])* $id: $ty),+ }),+
        }

        impl Letter {
            /// Its name in references, logs and templates.
            pub fn name(&self) -> &'static str {
                match self { $(Letter::$letter { .. } => $name),+ }
            }

            /// What a job holds of it: its name and its ids, apart by spaces.
            pub fn reference(&self) -> String {
                match self {
                    $(Letter::$letter { $($id),+ } => {
                        [$name.to_owned(), $($id.to_string()),+].join(" ")
                    })+
                }
            }

            /// The letter of a reference; none where this version knows no such letter.
            pub fn parse(reference: &str) -> Option<Self> {
                let mut words = reference.split(' ');
                let letter = match words.next()? {
                    $($name => Letter::$letter { $($id: next::<$ty>(&mut words)?),+ },)+
                    _ => return None,
                };
                words.next().is_none().then_some(letter)
            }
        }
    };
}

fn next<'a, T: FromStr>(words: &mut impl Iterator<Item = &'a str>) -> Option<T> {
    words.next()?.parse().ok()
}

letters! {
    /// Asks somebody who was added to register.
    Invitation "invitation" {
        /// To whom.
        member: MemberId
    },
    /// Lets somebody who asked for it sign in.
    SignIn "sign_in" {
        /// To whom.
        member: MemberId
    },
    /// Shows that mails of this tenant arrive.
    Test "test" {
        /// To whom.
        member: MemberId
    },
    /// Tells somebody that time waits for them to decide on.
    TimesheetSubmitted "timesheet_submitted" {
        /// To whom.
        to: MemberId,
        /// Whose time.
        member: MemberId,
        /// Of which week.
        week: Week
    },
    /// Tells a member what was approved.
    TimesheetApproved "timesheet_approved" {
        /// To whom.
        member: MemberId,
        /// Of which week.
        week: Week,
        /// By which event of the week's stream.
        version: i32
    },
    /// Tells a member what was sent back, and why.
    TimesheetRejected "timesheet_rejected" {
        /// To whom.
        member: MemberId,
        /// Of which week.
        week: Week,
        /// By which event of the week's stream.
        version: i32
    },
    /// Reminds a member of a week of which they have submitted nothing.
    TimesheetMissing "timesheet_missing" {
        /// To whom.
        member: MemberId,
        /// Of which week.
        week: Week
    },
    /// Carries the link that confirms a sign-up; of the platform.
    SignupConfirmation "signup_confirmation" {
        /// Which one.
        sign_up: SignUpId
    },
    /// Tells a new owner where their firm's site is; of the platform.
    Welcome "welcome" {
        /// Whose sign-up it was.
        sign_up: SignUpId
    },
    /// Tells that a trial ends or has ended without a plan; of the platform.
    TrialEnding "trial_ending" {
        /// Whose.
        of: TenantId,
        /// To which owner.
        owner: MemberId,
        /// The trial's last day.
        day: Date
    },
    /// Tells what is to be paid, or was not; of the platform.
    PaymentDue "payment_due" {
        /// By whom.
        of: TenantId,
        /// To which owner.
        owner: MemberId,
        /// The last day to pay.
        day: Date
    },
    /// Tells that a percentage of a budget was passed.
    BudgetAlert "budget_alert" {
        /// To whom.
        member: MemberId,
        /// Of which project.
        project: ProjectId,
        /// Which budget.
        budget: BudgetId,
        /// Which percentage.
        threshold: u32,
        /// Of all of it, or of which month.
        period: BudgetPeriod
    },
    /// Tells somebody that a request for leave waits for them to decide on.
    LeaveSubmitted "leave_submitted" {
        /// To whom.
        to: MemberId,
        /// Whose leave.
        member: MemberId,
        /// Which request.
        request: LeaveRequestId
    },
    /// Tells a member that their leave was granted, refused or cancelled.
    LeaveDecided "leave_decided" {
        /// To whom.
        member: MemberId,
        /// Which request.
        request: LeaveRequestId,
        /// By which event of the member's leave.
        version: i32
    },
    /// Tells an admin that leave was granted.
    LeaveGranted "leave_granted" {
        /// To whom.
        to: MemberId,
        /// Whose leave.
        member: MemberId,
        /// Which request.
        request: LeaveRequestId
    },
    /// Tells somebody that a balance of leave was corrected, and why.
    LeaveCorrected "leave_corrected" {
        /// To whom.
        to: MemberId,
        /// Whose leave.
        member: MemberId,
        /// By the commit with this event of the member's leave.
        version: i32
    },
    /// Tells an admin which balances a change for the whole firm has corrected.
    LeaveCorrections "leave_corrections" {
        /// To whom.
        to: MemberId,
        /// After this position of the log.
        after: i64,
        /// Up to this one.
        until: i64
    },
    /// Tells a member that leave which came over to them is about to lapse.
    LeaveLapsing "leave_lapsing" {
        /// To whom.
        member: MemberId,
        /// What kind of leave.
        leave_type: LeaveTypeId,
        /// The last day on which it can be taken.
        last: Date
    },
    /// Carries an invoice, or a credit note of it, to one address of the client.
    Invoice "invoice" {
        /// Which invoice.
        invoice: InvoiceId,
        /// By which event of its stream it was sent.
        version: i32,
        /// To which of the addresses of that event, from 0 on.
        nth: u32
    },
    /// Reminds a client of what is due.
    InvoiceReminder "invoice_reminder" {
        /// Of which invoice.
        invoice: InvoiceId,
        /// By which event of what was said about it.
        version: i32
    },
    /// Carries the link to a client's own page of an invoice.
    ClientLink "client_link" {
        /// Of which invoice.
        invoice: InvoiceId,
        /// Which link.
        link: ClientLinkId
    },
    /// Tells whoever looks after a client that it agrees with an invoice or disputes a line.
    InvoiceAnswered "invoice_answered" {
        /// To whom.
        to: MemberId,
        /// Which invoice.
        invoice: InvoiceId,
        /// By which event of its stream.
        version: i32
    },
    /// Tells whoever looks after a client that the last day to pay has passed.
    InvoiceOverdue "invoice_overdue" {
        /// To whom.
        to: MemberId,
        /// Which invoice.
        invoice: InvoiceId,
        /// That day.
        due_on: Date
    },
    /// Tells that a tenant is frozen; of the platform.
    Frozen "frozen" {
        /// Which one.
        of: TenantId,
        /// To which owner.
        owner: MemberId
    },
    /// Tells that a tenant can be used again; of the platform.
    Thawed "thawed" {
        /// Which one.
        of: TenantId,
        /// To which owner.
        owner: MemberId
    },
}

impl Unit<'_> {
    /// Asks for a letter, to be sent once this commit is durable. Answers the id of its job.
    pub fn mail(&mut self, letter: Letter) -> Uuid {
        let now = self.now();
        self.mail_at(letter, now)
    }

    /// Asks for a letter not to be sent before `due_at`.
    pub fn mail_at(&mut self, letter: Letter, due_at: Timestamp) -> Uuid {
        let id = self.new_id();
        self.job(NewJob { id, kind: MAIL, reference: letter.reference(), due_at });
        id
    }
}

/// Send a member a mail that shows that mails arrive. Answers the id of its job.
#[derive(Debug, Clone, Copy)]
pub struct TestMail {
    /// To whom.
    pub member: MemberId,
}

impl Command for TestMail {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        authority_of(unit, Role::Admin).await?;
        let member = unit.peek::<Member>(member_stream(self.member)).await?;
        member.state.id.ok_or(CommandError::NotFound)?;
        Ok(Reply::created(unit.mail(Letter::Test { member: self.member })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_back_from_its_reference_and_nothing_else_is() {
        let member = MemberId(Uuid::from_u128(7));
        let letter = Letter::Test { member };
        assert_eq!(letter.reference(), format!("test {member}"));
        assert_eq!(Letter::parse(&letter.reference()), Some(letter));
        for text in ["", "test", "test x", "nothing 1", &format!("test {member} {member}")] {
            assert_eq!(Letter::parse(text), None, "{text:?}");
        }
    }
}
