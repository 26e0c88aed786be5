//! Why a job is neither tried again nor called off.

/// A state of the world that somebody meets who looks after jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A worker has it.
    #[error("a worker has this job now; look again when its attempt is over")]
    Running,
    /// It's done or called off.
    #[error("this job is over; what it does can only be asked for anew")]
    Over,
    /// It's the job of the day.
    #[error("the job of the day goes on by itself: the next day makes up for one that failed")]
    Daily,
    /// The caller may not look after jobs.
    #[error("only owners and admins look after jobs; ask one of them")]
    NotAllowed,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Running => "jobs.running",
            Refusal::Over => "jobs.over",
            Refusal::Daily => "jobs.daily",
            Refusal::NotAllowed => "jobs.not_allowed",
        }
    }

    /// Whether the caller lacks the right.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Refusal::NotAllowed)
    }
}
