//! Every slice's refusals as one type: what a write answers when a rule of the business says no.
//! Each has a stable code, `<slice>.<state>`, and words that name the remedy.

use crate::log::ClaimKind;
use crate::{
    billing, budgets, catalogue, files, flags, jobs, leave, members, settings, signup,
    subscription, tenancy, time,
};

/// A refusal of any slice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Of the settings.
    #[error(transparent)]
    Settings(#[from] settings::Refusal),
    /// Of a member.
    #[error(transparent)]
    Members(#[from] members::Refusal),
    /// Of a client, a project or a rate card.
    #[error(transparent)]
    Catalogue(#[from] catalogue::Refusal),
    /// Of a timesheet.
    #[error(transparent)]
    Time(#[from] time::Refusal),
    /// Of an invoice.
    #[error(transparent)]
    Billing(#[from] billing::Refusal),
    /// Of a budget or an estimate.
    #[error(transparent)]
    Budgets(#[from] budgets::Refusal),
    /// Of a kind of leave or of a holiday.
    #[error(transparent)]
    Leave(#[from] leave::Refusal),
    /// Of a tenant as a whole.
    #[error(transparent)]
    Tenancy(#[from] tenancy::Refusal),
    /// Of a file.
    #[error(transparent)]
    Files(#[from] files::Refusal),
    /// Of a job.
    #[error(transparent)]
    Jobs(#[from] jobs::Refusal),
    /// Of a sign-up.
    #[error(transparent)]
    SignUp(#[from] signup::Refusal),
    /// Of a plan or a subscription.
    #[error(transparent)]
    Subscription(#[from] subscription::Refusal),
    /// Of a feature flag.
    #[error(transparent)]
    Flags(#[from] flags::Refusal),
}

impl Refusal {
    /// The stable code, such as `catalogue.project_archived`.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Settings(refusal) => refusal.code(),
            Refusal::Members(refusal) => refusal.code(),
            Refusal::Catalogue(refusal) => refusal.code(),
            Refusal::Time(refusal) => refusal.code(),
            Refusal::Billing(refusal) => refusal.code(),
            Refusal::Budgets(refusal) => refusal.code(),
            Refusal::Leave(refusal) => refusal.code(),
            Refusal::Tenancy(refusal) => refusal.code(),
            Refusal::Files(refusal) => refusal.code(),
            Refusal::Jobs(refusal) => refusal.code(),
            Refusal::SignUp(refusal) => refusal.code(),
            Refusal::Subscription(refusal) => refusal.code(),
            Refusal::Flags(refusal) => refusal.code(),
        }
    }

    /// The JSON pointer of the field it is about, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::Settings(refusal) => refusal.field(),
            Refusal::Members(refusal) => refusal.field(),
            Refusal::Catalogue(refusal) => refusal.field(),
            Refusal::Time(refusal) => refusal.field(),
            Refusal::Billing(refusal) => refusal.field(),
            Refusal::Budgets(refusal) => refusal.field(),
            Refusal::Leave(refusal) => refusal.field(),
            Refusal::Tenancy(refusal) => refusal.field(),
            Refusal::Files(refusal) => refusal.field(),
            Refusal::Jobs(_) => None,
            Refusal::SignUp(refusal) => refusal.field(),
            Refusal::Subscription(refusal) => refusal.field(),
            Refusal::Flags(refusal) => refusal.field(),
        }
    }

    /// Whether what was named is not there at all: an edge answers it like any unknown id.
    pub fn is_unknown(&self) -> bool {
        match self {
            Refusal::Settings(refusal) => refusal.is_unknown(),
            Refusal::Members(refusal) => refusal.is_unknown(),
            Refusal::Catalogue(refusal) => refusal.is_unknown(),
            Refusal::Time(refusal) => refusal.is_missing(),
            Refusal::Billing(refusal) => refusal.is_missing(),
            Refusal::Budgets(refusal) => refusal.is_unknown(),
            Refusal::Leave(refusal) => refusal.is_unknown(),
            Refusal::Tenancy(refusal) => refusal.is_unknown(),
            Refusal::Files(refusal) => refusal.is_unknown(),
            Refusal::Jobs(_) => false,
            Refusal::SignUp(refusal) => refusal.is_unknown(),
            Refusal::Subscription(refusal) => refusal.is_unknown(),
            Refusal::Flags(refusal) => refusal.is_unknown(),
        }
    }

    /// Whether the caller lacks the right.
    pub fn is_forbidden(&self) -> bool {
        match self {
            Refusal::Settings(refusal) => refusal.is_forbidden(),
            Refusal::Members(refusal) => refusal.is_forbidden(),
            Refusal::Jobs(refusal) => refusal.is_forbidden(),
            Refusal::Catalogue(_)
            | Refusal::Time(_)
            | Refusal::Billing(_)
            | Refusal::Leave(_)
            | Refusal::Budgets(_)
            | Refusal::Tenancy(_)
            | Refusal::SignUp(_)
            | Refusal::Subscription(_)
            | Refusal::Flags(_)
            | Refusal::Files(_) => false,
        }
    }

    /// What a claim means that was found taken in the append; `None` for claims of other slices.
    pub fn of_taken(claim: ClaimKind) -> Option<Self> {
        match claim {
            ClaimKind::MemberEmail => Some(members::Refusal::EmailTaken.into()),
            ClaimKind::ClientName => Some(catalogue::Refusal::ClientNameTaken.into()),
            ClaimKind::ProjectName => Some(catalogue::Refusal::ProjectNameTaken.into()),
            ClaimKind::SignUpSlug => Some(signup::Refusal::SlugTaken.into()),
            ClaimKind::TenantHost => Some(tenancy::Refusal::HostTaken.into()),
            ClaimKind::LeaveTypeCode => Some(leave::Refusal::CodeTaken.into()),
            ClaimKind::LeaveRequest => {
                Some(leave::Refusal::from(leave::RequestRefusal::RequestExists).into())
            }
            ClaimKind::LeaveEntry | ClaimKind::LeaveCase => {
                Some(leave::Refusal::AlreadyDefined.into())
            }
            ClaimKind::Entry
            | ClaimKind::EntryBilling
            | ClaimKind::ImportRow
            | ClaimKind::Reversal
            | ClaimKind::Replacement
            | ClaimKind::Substitution => None,
            ClaimKind::InvoiceNumber => Some(billing::Refusal::NumberTaken.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::SettingKey;

    #[test]
    fn a_refusal_of_a_slice_keeps_its_code_its_field_and_its_words() {
        let key = SettingKey::WeekStart;
        let refusal = Refusal::from(settings::Refusal::NotDated { key });
        assert_eq!((refusal.code(), refusal.field()), ("settings.not_dated", Some("/from")));
        assert_eq!(
            refusal.to_string(),
            "WEEK_START has one value for all days; leave out the day it holds from"
        );
        let refusal = Refusal::from(catalogue::Refusal::ProjectArchived);
        assert_eq!((refusal.code(), refusal.field()), ("catalogue.project_archived", None));
        let refusal = Refusal::from(members::Refusal::UnknownMember);
        assert!(refusal.is_unknown() && !refusal.is_forbidden());
        assert!(Refusal::from(members::Refusal::NotAllowed).is_forbidden());
    }

    #[test]
    fn a_taken_name_or_address_has_its_refusal() {
        let code = |claim| Refusal::of_taken(claim).map(|refusal| refusal.code());
        assert_eq!(code(ClaimKind::MemberEmail), Some("members.email_taken"));
        assert_eq!(code(ClaimKind::ClientName), Some("catalogue.client_name_taken"));
        assert_eq!(code(ClaimKind::ProjectName), Some("catalogue.project_name_taken"));
        assert_eq!(code(ClaimKind::Entry), None);
    }
}
