//! Who caused an event, from where and why: a fixed struct, hashed with the event. Texts in it are
//! personal and therefore sealed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{CommandId, MemberId};
use crate::personal::{Personal, PersonalField, PersonalFields};

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// A member of the tenant.
    Member(MemberId),
    /// Somebody with access to the machine's command line.
    Operator,
    /// The service itself: provisioning, jobs.
    System,
    /// Somebody who has shown no credentials, such as who signs up or follows a link in a mail.
    Visitor,
}

/// Through which edge a command came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// The JSON API.
    Api,
    /// A web page.
    Page,
    /// The command line.
    CommandLine,
    /// An importer.
    Import,
    /// A background job.
    Job,
}

/// From where a command came over the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The peer's address.
    pub address: String,
    /// The user agent it names.
    pub agent: Option<String>,
}

/// The metadata column of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// Who acts.
    pub actor: Actor,
    /// For whom, where it's somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<MemberId>,
    /// Through which edge.
    pub via: Via,
    /// The command.
    pub command_id: CommandId,
    /// The first command of a chain of causes.
    pub correlation_id: Uuid,
    /// The event that caused the command, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<Uuid>,
    /// Why, in the actor's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
    /// The trace that the command was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// From where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Personal<Origin>>,
    /// Whether a simulated clock wrote it, as in the demo.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
}

impl PersonalFields for Metadata {
    fn each_personal(&mut self, visit: &mut dyn FnMut(&mut dyn PersonalField)) {
        self.reason.each_personal(visit);
        self.origin.each_personal(visit);
    }
}
