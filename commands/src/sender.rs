//! Who sends a command, from where and why, and under which key it is sent but once.

use domain::id::{MemberId, TenantId};
use domain::log::{Actor, Origin, Via};
use uuid::Uuid;

/// The caller's key for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The route and method it was sent to.
    pub route: String,
    /// The key.
    pub key: String,
    /// The bytes of the request, of which only a keyed digest is kept.
    pub request: Vec<u8>,
}

/// Who sends a command, from where and why.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Whose data it's about.
    pub tenant: TenantId,
    /// Who acts.
    pub actor: Actor,
    /// Through which edge.
    pub via: Via,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// From where.
    pub origin: Option<Origin>,
    /// The trace it's part of.
    pub trace_id: Option<String>,
    /// The key under which a repeated request gets the same answer.
    pub key: Option<IdempotencyKey>,
    /// The command that it's part of, where it's one of several.
    pub correlation: Option<Uuid>,
}

impl Sender {
    /// A sender without a key, an origin or a reason.
    pub fn new(tenant: TenantId, actor: Actor, via: Via) -> Self {
        Sender {
            tenant,
            actor,
            via,
            reason: None,
            origin: None,
            trace_id: None,
            key: None,
            correlation: None,
        }
    }

    /// The member who acts, where it is one.
    pub fn member(&self) -> Option<MemberId> {
        match self.actor {
            Actor::Member(member) => Some(member),
            Actor::Operator | Actor::System | Actor::Visitor => None,
        }
    }
}
