//! A firm on a real database for the tests of this crate, and the ways they look at it.

use domain::id::{MemberId, TenantId};
use domain::log::{Actor, Recorded, Via};
use domain::members::Role;
use migrations::testing::{TestTenant, random_id};

use crate::clock::Clock;
use crate::event_log::read::{StoredRow, rows_after};
use crate::event_log::{EventLog, Limits};
use crate::handle::{Command, Commands, IdempotencyKey, Sender};
use crate::members::AddMember;
use crate::refused::{CommandError, Done};

/// A tenant and what handles its commands.
pub(crate) struct Firm {
    pub tenant: TestTenant,
    pub commands: Commands,
}

pub(crate) fn log_of(tenant: &TestTenant) -> EventLog {
    let (tenants, keys) = (tenant.tenants.clone(), tenant.keys.clone());
    EventLog::new(tenants, keys, Clock::system(), Limits::default())
}

impl Firm {
    /// A tenant without any event.
    pub(crate) async fn new() -> Self {
        Firm::of(TestTenant::provision(&[]).await)
    }

    pub(crate) fn of(tenant: TestTenant) -> Self {
        let commands = Commands::new(log_of(&tenant));
        Firm { tenant, commands }
    }

    /// The same firm with nothing of this one in memory.
    pub(crate) fn in_another_process(&self) -> Self {
        Firm::of(self.tenant.in_another_process())
    }

    pub(crate) fn id(&self) -> TenantId {
        self.tenant.id
    }

    pub(crate) async fn send(
        &self,
        actor: Actor,
        command: impl Command,
    ) -> Result<Done, CommandError> {
        self.commands.handle(Sender::new(self.id(), actor, Via::Api), command).await
    }

    /// Sends it under a key, as for a request with this body.
    pub(crate) async fn send_keyed(
        &self,
        key: &str,
        body: &str,
        command: impl Command,
    ) -> Result<Done, CommandError> {
        let mut sender = Sender::new(self.id(), Actor::Operator, Via::Api);
        let (key, request) = (key.to_owned(), body.as_bytes().to_vec());
        sender.key = Some(IdempotencyKey { route: "POST /tests".into(), key, request });
        self.commands.handle(sender, command).await
    }

    /// A new member with these roles.
    pub(crate) async fn member(&self, roles: &[Role]) -> MemberId {
        let command = new_member("Nova", None, roles);
        let member = command.member;
        self.send(Actor::Operator, command).await.expect("a new member");
        member
    }

    /// Every event, as stored.
    pub(crate) async fn rows(&self) -> Vec<StoredRow> {
        let mut tx = self.tenant.tenants.begin(self.id()).await.expect("the tenant's door");
        rows_after(&mut tx, 0, 100_000).await.expect("the log")
    }

    /// Every event with its personal fields sealed.
    pub(crate) async fn recorded(&self) -> Vec<Recorded> {
        self.rows().await.iter().map(|row| row.decode().expect("a stored event")).collect()
    }

    /// The types of all events, in order.
    pub(crate) async fn event_types(&self) -> Vec<String> {
        self.rows().await.into_iter().map(|row| row.event_type).collect()
    }
}

pub(crate) fn new_member(name: &str, email: Option<&str>, roles: &[Role]) -> AddMember {
    AddMember {
        member: MemberId(random_id()),
        name: name.into(),
        email: email.map(str::to_owned),
        roles: roles.to_vec(),
        time_zone: None,
    }
}

/// The code of the refusal that a command was answered with.
pub(crate) fn refused(outcome: Result<Done, CommandError>) -> String {
    match outcome {
        Err(CommandError::Refused(refused)) => refused.code,
        other => panic!("not refused: {other:?}"),
    }
}
