//! A tenant as the platform's log tells it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AddDomain, MakeDomainPrimary, RecordTenant, Refusal, RemoveDomain, RenameTenant, ResumeTenant,
    SuspendTenant, TenancyEvent, VerifyDomain, add_domain, make_domain_primary, record_tenant,
    remove_domain, rename_tenant, resume_tenant, suspend_tenant, verify_domain,
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
    /// See [`suspend_tenant`].
    Suspend(SuspendTenant),
    /// See [`resume_tenant`].
    Resume(ResumeTenant),
    /// See [`rename_tenant`].
    Rename(RenameTenant),
    /// See [`add_domain`].
    AddDomain(AddDomain),
    /// See [`verify_domain`].
    VerifyDomain(VerifyDomain),
    /// See [`make_domain_primary`].
    MakeDomainPrimary(MakeDomainPrimary),
    /// See [`remove_domain`].
    RemoveDomain(RemoveDomain),
}

aggregate!(Tenancy, "tenant", TenancyCommand, TenancyEvent, Refusal);

impl Tenancy {
    /// What follows from a command.
    pub fn decide(&self, command: TenancyCommand) -> Result<Vec<TenancyEvent>, Refusal> {
        match command {
            TenancyCommand::Record(command) => record_tenant::decide(self, command),
            TenancyCommand::Suspend(command) => suspend_tenant::decide(self, command),
            TenancyCommand::Resume(command) => resume_tenant::decide(self, command),
            TenancyCommand::Rename(command) => rename_tenant::decide(self, command),
            TenancyCommand::AddDomain(command) => add_domain::decide(self, command),
            TenancyCommand::VerifyDomain(command) => verify_domain::decide(self, command),
            TenancyCommand::MakeDomainPrimary(command) => {
                make_domain_primary::decide(self, command)
            }
            TenancyCommand::RemoveDomain(command) => remove_domain::decide(self, command),
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
                    let host = std::mem::replace(&mut first.host, host.clone());
                    self.domains.push(Domain { host, verified: true, primary: false });
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

    /// The same, or the refusal that it's to be deleted.
    pub(super) fn changeable(&self) -> Result<TenantId, Refusal> {
        match self.standing {
            Standing::Deleting { .. } => Err(Refusal::BeingDeleted),
            Standing::Active | Standing::Suspended | Standing::Deleted => self.known(),
        }
    }

    /// The tenant's host of this digest, with its place; the first is the one of its slug.
    pub fn domain(&self, host: &Unique) -> Result<(usize, &Domain), Refusal> {
        let same =
            |domain: &Domain| domain.host.get().is_some_and(|known| known.digest == host.digest);
        let found = self.domains.iter().enumerate().find(|(_, domain)| same(domain));
        found.ok_or(Refusal::UnknownDomain)
    }

    fn domains_named(&mut self, host: &Personal<Unique>) -> impl Iterator<Item = &mut Domain> {
        self.domains.iter_mut().filter(|domain| same_host(&domain.host, host))
    }
}

/// Whether both name the same host. Erased ones are the same as nothing.
pub(super) fn same_host(one: &Personal<Unique>, other: &Personal<Unique>) -> bool {
    one.get().is_some_and(|one| other.get().is_some_and(|other| one.digest == other.digest))
}
