//! A session: a member is signed in from a proof of who they are until it ends. Its stream has two
//! events at most, apart from the member's, which is read at every request and must stay short.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Authority, BeginSession, EndSession, Member, Refusal, Role, begin_session, end_session,
};
use crate::aggregate::aggregate;
use crate::id::{MemberId, SessionId, StreamId};

/// The stream of a session.
pub fn session_stream(session: SessionId) -> StreamId {
    StreamId(session.0)
}

/// How somebody showed who they are. Passkeys, other identity providers and second factors become
/// further kinds here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// They followed a link that was mailed to their address.
    MailedLink,
}

impl Proof {
    /// The name in the API and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Proof::MailedLink => "mailed_link",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Proof::MailedLink].into_iter().find(|proof| proof.as_str() == name)
    }

    /// Whether these proofs together are enough for somebody with these roles: the one place that
    /// says so. Where a role is to need a second factor, it's said here.
    pub fn are_enough(proofs: &[Proof], _roles: &[Role]) -> bool {
        proofs.iter().any(|proof| match proof {
            Proof::MailedLink => true,
        })
    }
}

/// A member signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionBegun {
    /// The session.
    pub session: SessionId,
    /// The member.
    pub member: MemberId,
    /// How they showed who they are.
    pub proofs: Vec<Proof>,
    /// The member's epoch at that moment: the session is over once the member is in a later one.
    pub epoch: u32,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A session was ended, by its member or by somebody who looks after them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnded {
    /// The session.
    pub session: SessionId,
    /// The member.
    pub member: MemberId,
}

crate::event_family! {
    /// The events of a session's stream.
    SessionEvent {
        /// A member signed in.
        SessionBegun = 1,
        /// Somebody ended it.
        SessionEnded = 1,
    }
}

/// A session as its stream tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Session {
    /// Which one; none where there is none.
    pub id: Option<SessionId>,
    /// Whose; there where it has begun.
    pub member: Option<MemberId>,
    /// Whether somebody ended it.
    pub ended: bool,
}

/// What can be asked of a session, with the member whose it is.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionCommand {
    /// See [`begin_session`].
    Begin(Box<Member>, BeginSession),
    /// See [`end_session`].
    End(Box<Member>, Authority, EndSession),
}

aggregate!(Session, "session", SessionCommand, SessionEvent, Refusal);

impl Session {
    /// What follows from a command.
    pub fn decide(&self, command: SessionCommand) -> Result<Vec<SessionEvent>, Refusal> {
        match command {
            SessionCommand::Begin(member, command) => begin_session::decide(self, &member, command),
            SessionCommand::End(member, by, command) => {
                end_session::decide(self, &member, &by, command)
            }
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &SessionEvent) {
        match event {
            SessionEvent::SessionBegun(event) => {
                let (id, member) = (Some(event.session), Some(event.member));
                *self = Session { id, member, ended: false };
            }
            SessionEvent::SessionEnded(_) => self.ended = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailed_link_is_enough_for_everybody_and_nothing_is_enough_for_nobody() {
        for role in Role::ALL {
            assert!(Proof::are_enough(&[Proof::MailedLink], &[role]));
            assert!(!Proof::are_enough(&[], &[role]));
        }
    }
}
