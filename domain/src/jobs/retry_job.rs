//! A job is tried again at once, and its attempts so far no longer count against it.

use super::{FoundJob, JobEvent, JobRetried, JobState, Refusal};
use crate::members::Authority;

/// Have a job tried again now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryJob(pub FoundJob);

/// Refuses a job that runs or is over, the job of the day, and who is no admin.
pub fn decide(by: &Authority, command: RetryJob) -> Result<Vec<JobEvent>, Refusal> {
    let RetryJob(found) = command;
    found.check(by)?;
    match found.state {
        JobState::Waiting | JobState::Dead => {
            Ok(vec![JobRetried { job: found.job, kind: found.kind }.into()])
        }
        JobState::Running => Err(Refusal::Running),
        JobState::Done | JobState::Cancelled => Err(Refusal::Over),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{JobId, MemberId};
    use crate::jobs::DAILY;
    use crate::members::Role;
    use uuid::Uuid;

    fn retry(kind: &str, state: JobState, role: Role) -> Result<Vec<JobEvent>, Refusal> {
        let by = Authority::Member { member: MemberId(Uuid::nil()), roles: vec![role] };
        decide(&by, RetryJob(FoundJob { job: JobId(Uuid::nil()), kind: kind.into(), state }))
    }

    #[test]
    fn an_admin_has_a_job_tried_again_that_waits_or_was_given_up() {
        for state in [JobState::Waiting, JobState::Dead] {
            let event = JobRetried { job: JobId(Uuid::nil()), kind: "mail".into() };
            assert_eq!(retry("mail", state, Role::Admin), Ok(vec![event.into()]));
        }
    }

    #[test]
    fn a_job_that_runs_is_over_or_is_of_the_day_is_not_tried_again_nor_by_anybody() {
        let admin = Role::Admin;
        assert_eq!(retry("mail", JobState::Running, admin), Err(Refusal::Running));
        assert_eq!(retry("mail", JobState::Done, admin), Err(Refusal::Over));
        assert_eq!(retry("mail", JobState::Cancelled, admin), Err(Refusal::Over));
        assert_eq!(retry(DAILY, JobState::Dead, admin), Err(Refusal::Daily));
        assert_eq!(retry("mail", JobState::Dead, Role::Manager), Err(Refusal::NotAllowed));
    }
}
