//! A tenant as the platform's log tells it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    CancelDeletion, NoteCopy, RecordTenant, Refusal, RequestDeletion, TenancyEvent, TenantDeleted,
    cancel_deletion, certify_deletion, note_copy, record_tenant, request_deletion,
};
use crate::aggregate::aggregate;
use crate::id::{StreamId, TenantId};
use crate::personal::{Personal, Unique};

/// The stream of a tenant on the platform's log.
pub fn tenant_stream(tenant: TenantId) -> StreamId {
    StreamId(tenant.0)
}

/// What a tenant may do, as far as operators decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Standing {
    /// Everything.
    #[default]
    Active,
    /// Nothing, until it's resumed.
    Suspended,
    /// Nothing, and from this moment on it's gone.
    Deleting {
        /// From when on.
        due: Timestamp,
    },
    /// It's gone.
    Deleted,
}

/// A host that is or may become a tenant's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Domain {
    /// The host, in lower case.
    pub host: Personal<Unique>,
    /// Whether it's shown to be the tenant's, so that it leads there.
    pub verified: bool,
    /// Whether links in mails begin with it.
    pub primary: bool,
}

/// A tenant as a whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tenancy {
    /// Which one; none where its stream is empty: there is no such tenant.
    pub id: Option<TenantId>,
    /// What its host begins with.
    pub slug: Option<Personal<String>>,
    /// What the firm is called.
    pub name: Option<Personal<String>>,
    /// What it may do.
    pub standing: Standing,
    /// Its hosts; the first is the one that follows from its slug.
    pub domains: Vec<Domain>,
}

/// What can be asked of a tenant as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenancyCommand {
    /// See [`record_tenant`].
    Record(RecordTenant),
    /// See [`note_copy`].
    NoteCopy(NoteCopy),
    /// See [`request_deletion`].
    RequestDeletion(RequestDeletion),
    /// See [`cancel_deletion`].
    CancelDeletion(CancelDeletion),
    /// See [`certify_deletion`].
    CertifyDeletion(TenantDeleted),
}

aggregate!(Tenancy, "tenant", TenancyCommand, TenancyEvent, Refusal);

impl Tenancy {
    /// What follows from a command.
    pub fn decide(&self, command: TenancyCommand) -> Result<Vec<TenancyEvent>, Refusal> {
        match command {
            TenancyCommand::Record(command) => record_tenant::decide(self, command),
            TenancyCommand::NoteCopy(note) => note_copy::decide(self, note),
            TenancyCommand::RequestDeletion(command) => request_deletion::decide(self, command),
            TenancyCommand::CancelDeletion(command) => cancel_deletion::decide(self, command),
            TenancyCommand::CertifyDeletion(certificate) => {
                certify_deletion::decide(self, certificate)
            }
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &TenancyEvent) {
        match event {
            TenancyEvent::TenantCreated(event) => {
                self.id = Some(event.tenant);
                self.slug = Some(event.slug.clone());
                self.name = Some(event.name.clone());
                let host = event.host.clone();
                self.domains = vec![Domain { host, verified: true, primary: true }];
            }
            TenancyEvent::TenantRenamed(event) => {
                self.slug = event.slug.clone().or(self.slug.take());
                self.name = event.name.clone().or(self.name.take());
                if let (Some(host), Some(first)) = (&event.host, self.domains.first_mut()) {
                    first.host = host.clone();
                }
            }
            TenancyEvent::TenantSuspended(_) => self.standing = Standing::Suspended,
            TenancyEvent::TenantResumed(_) | TenancyEvent::TenantDeletionCancelled(_) => {
                self.standing = Standing::Active;
            }
            TenancyEvent::DomainAdded(event) => {
                let host = event.host.clone();
                self.domains.push(Domain { host, verified: false, primary: false });
            }
            TenancyEvent::DomainVerified(event) => {
                self.domains_named(&event.host).for_each(|domain| domain.verified = true);
            }
            TenancyEvent::DomainMadePrimary(event) => {
                self.domains.iter_mut().for_each(|domain| domain.primary = false);
                self.domains_named(&event.host).for_each(|domain| domain.primary = true);
            }
            TenancyEvent::DomainRemoved(event) => {
                self.domains.retain(|domain| !same_host(&domain.host, &event.host));
                if self.domains.iter().all(|one| !one.primary)
                    && let Some(first) = self.domains.first_mut()
                {
                    first.primary = true;
                }
            }
            TenancyEvent::TenantDeletionRequested(event) => {
                self.standing = Standing::Deleting { due: event.due };
            }
            TenancyEvent::TenantDeleted(_) => self.standing = Standing::Deleted,
            TenancyEvent::TenantExported(_)
            | TenancyEvent::TenantImported(_)
            | TenancyEvent::TenantCloned(_) => {}
        }
    }

    /// Its id, or the refusal that there is no such tenant any more.
    pub fn known(&self) -> Result<TenantId, Refusal> {
        match self.standing {
            Standing::Deleted => Err(Refusal::UnknownTenant),
            Standing::Active | Standing::Suspended | Standing::Deleting { .. } => {
                self.id.ok_or(Refusal::UnknownTenant)
            }
        }
    }

    fn domains_named(&mut self, host: &Personal<Unique>) -> impl Iterator<Item = &mut Domain> {
        self.domains.iter_mut().filter(|domain| same_host(&domain.host, host))
    }
}

/// Whether both name the same host. Erased ones are the same as nothing.
fn same_host(one: &Personal<Unique>, other: &Personal<Unique>) -> bool {
    one.get().is_some_and(|one| other.get().is_some_and(|other| one.digest == other.digest))
}
