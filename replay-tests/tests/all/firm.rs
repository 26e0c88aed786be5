//! A firm on a real database with everything it takes to write and to read, and how tests look at
//! it.

use commands::event_log::read::{StoredRow, rows_after};
use commands::event_log::{EventLog, Limits};
use commands::{Clock, Command, CommandError, Commands, Done, Sender};
use domain::id::{MemberId, TenantId};
use domain::log::{Actor, Via};
use migrations::testing::TestTenant;
use projections::registry;
use projections::verify::verify;

/// A tenant of its own with what handles its commands.
pub(crate) struct Firm {
    pub(crate) tenant: TestTenant,
    pub(crate) commands: Commands,
}

impl Firm {
    /// A tenant without any event, with the table of every read model.
    pub(crate) async fn new() -> Self {
        Firm::living_by(Clock::system()).await
    }

    /// The same by another clock.
    pub(crate) async fn living_by(clock: Clock) -> Self {
        let tenant = TestTenant::provision(&registry::tables()).await;
        let (tenants, keys) = (tenant.tenants.clone(), tenant.keys.clone());
        let commands = Commands::new(EventLog::new(tenants, keys, clock, Limits::default()));
        Firm { tenant, commands }
    }

    pub(crate) fn id(&self) -> TenantId {
        self.tenant.id
    }

    pub(crate) fn log(&self) -> &EventLog {
        self.commands.log()
    }

    /// Handles a command of somebody.
    pub(crate) async fn send(
        &self,
        actor: Actor,
        command: impl Command,
    ) -> Result<Done, CommandError> {
        self.commands.handle(Sender::new(self.id(), actor, Via::Api), command).await
    }

    /// Handles a command of a member, which must succeed.
    pub(crate) async fn told<C: Command>(&self, by: MemberId, command: C) -> Done {
        let outcome = self.send(Actor::Member(by), command).await;
        outcome.unwrap_or_else(|error| panic!("{}: {error}", std::any::type_name::<C>()))
    }

    /// Every event, as stored.
    pub(crate) async fn rows(&self) -> Vec<StoredRow> {
        let mut tx = self.tenant.tenants.begin(self.id()).await.expect("the tenant's door");
        rows_after(&mut tx, 0, 1_000_000).await.expect("the log")
    }

    /// That every read model stands at `position` and holds exactly what the log says.
    pub(crate) async fn assert_equals_a_fresh_fold(&self, position: i64) {
        for model in registry::all() {
            let verified = verify(&self.tenant.tenants, self.id(), *model).await;
            let verified = verified.expect("a comparison");
            let sound = verified.is_equal() && verified.degraded.is_none();
            assert!(sound && verified.position == position, "{position}: {verified:?}");
        }
    }
}
