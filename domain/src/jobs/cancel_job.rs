//! A job that is not wanted any more is called off.

use super::{FoundJob, JobCancelled, JobEvent, JobState, Refusal};
use crate::members::Authority;

/// Call a job off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelJob(pub FoundJob);

/// Refuses a job that runs or is done, the job of the day, and who is no admin; one that was called
/// off before stays so.
pub fn decide(by: &Authority, command: CancelJob) -> Result<Vec<JobEvent>, Refusal> {
    let CancelJob(found) = command;
    found.check(by)?;
    match found.state {
        JobState::Waiting | JobState::Dead => {
            Ok(vec![JobCancelled { job: found.job, kind: found.kind }.into()])
        }
        JobState::Cancelled => Ok(Vec::new()),
        JobState::Running => Err(Refusal::Running),
        JobState::Done => Err(Refusal::Over),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{JobId, MemberId};
    use crate::jobs::DAILY;
    use crate::members::Role;
    use uuid::Uuid;

    fn cancel(kind: &str, state: JobState, role: Role) -> Result<Vec<JobEvent>, Refusal> {
        let by = Authority::Member { member: MemberId(Uuid::nil()), roles: vec![role] };
        decide(&by, CancelJob(FoundJob { job: JobId(Uuid::nil()), kind: kind.into(), state }))
    }

    #[test]
    fn an_admin_calls_off_a_job_that_waits_or_was_given_up_and_once_is_enough() {
        for state in [JobState::Waiting, JobState::Dead] {
            let event = JobCancelled { job: JobId(Uuid::nil()), kind: "mail".into() };
            assert_eq!(cancel("mail", state, Role::Owner), Ok(vec![event.into()]));
        }
        assert_eq!(cancel("mail", JobState::Cancelled, Role::Owner), Ok(vec![]));
    }

    #[test]
    fn a_job_that_runs_is_done_or_is_of_the_day_is_not_called_off_nor_by_anybody() {
        let admin = Role::Admin;
        assert_eq!(cancel("mail", JobState::Running, admin), Err(Refusal::Running));
        assert_eq!(cancel("mail", JobState::Done, admin), Err(Refusal::Over));
        assert_eq!(cancel(DAILY, JobState::Waiting, admin), Err(Refusal::Daily));
        assert_eq!(cancel("mail", JobState::Dead, Role::Billing), Err(Refusal::NotAllowed));
    }
}
