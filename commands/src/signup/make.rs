//! Makes the firm of a confirmed sign-up: tenant, owner, subscription, and the note that it's done.
//! Each step can be done again, so whoever comes after a crash goes on where it stopped: the caller
//! who sends the link once more, the job that was asked for with the confirmation, or the daily
//! run.

use std::sync::Arc;

use domain::id::{SignUpId, TenantId};
use domain::log::{Actor, Event, Via};
use domain::signup::{CompleteSignUp, SignUp, SignUpState, sign_up_stream};
use migrations::platform::Platform;
use migrations::provision::ProvisionError;
use migrations::{DoorError, TenantTx};

use super::{EndIfOver, EndSignUp};
use crate::event_log::EventLog;
use crate::event_log::read::{StoredRow, stream_after, streams_of};
use crate::handle::{Commands, Sender};
use crate::refused::CommandError;
use crate::subscription::BeginSubscription;
use crate::tenancy::{CreateTenantError, NewFirm, create_tenant_as};
use crate::unit::open_personal;

/// Why a firm is not made yet.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// Something is away; to do it again later helps.
    #[error("the firm could not be made now: {0}")]
    Later(String),
    /// A command was refused or met a bug.
    #[error(transparent)]
    Command(#[from] CommandError),
}

impl From<DoorError> for MakeError {
    fn from(error: DoorError) -> Self {
        CommandError::from(error).into()
    }
}

/// What is needed to make firms. Clones share it.
#[derive(Debug, Clone)]
pub struct Maker {
    commands: Commands,
    platform: Platform,
    read_models: Arc<Vec<String>>,
}

impl Maker {
    /// Makes firms in this catalogue; `read_models` are the definitions of their tables.
    pub fn new(commands: Commands, platform: Platform, read_models: Vec<String>) -> Self {
        Maker { commands, platform, read_models: Arc::new(read_models) }
    }

    /// A sign-up with its texts opened; none where there is no such one.
    pub async fn look(&self, id: SignUpId) -> Result<Option<Seen>, CommandError> {
        Maker::look_in(self.commands.log(), id).await
    }

    /// The same in these logs, for who only looks.
    pub async fn look_in(log: &EventLog, id: SignUpId) -> Result<Option<Seen>, CommandError> {
        let keys = log.keys().of(TenantId::PLATFORM).await?;
        let mut tx = log.tenants().begin(TenantId::PLATFORM).await?;
        let seen = seen(&mut tx, id, &keys).await?;
        tx.commit().await?;
        Ok(seen)
    }

    /// Makes the firm of a confirmed sign-up, as far as it's not made yet, and answers how the
    /// sign-up stands then. One that is not confirmed is left as it is.
    pub async fn make(&self, id: SignUpId, via: Via) -> Result<Seen, MakeError> {
        let found = self.look(id).await?.ok_or(CommandError::NotFound)?;
        let (SignUpState::Confirmed, Some(tenant)) = (found.state.state, found.state.tenant) else {
            return Ok(found);
        };
        let how = self.create(&found.state, tenant, via).await?;
        self.send(EndSignUp { sign_up: id, how }, via).await?;
        Ok(self.look(id).await?.ok_or(CommandError::NotFound)?)
    }

    async fn create(
        &self,
        sign_up: &SignUp,
        tenant: TenantId,
        via: Via,
    ) -> Result<CompleteSignUp, MakeError> {
        let draft = sign_up.draft().ok_or(CommandError::NotFound)?;
        let base = self.base_domain().await?;
        let currency = self.currency_of(&draft.country, draft.currency.as_deref());
        let firm = NewFirm {
            host: format!("{}.{base}", draft.slug),
            slug: draft.slug,
            name: draft.firm_name,
            owner_email: draft.owner_email,
            owner_name: draft.owner_name,
            country: draft.country,
            currency: draft.currency,
            time_zone: draft.time_zone,
        };
        let (commands, platform) = (&self.commands, &self.platform);
        let made = create_tenant_as(commands, platform, &self.read_models, tenant, firm).await;
        let made = match made {
            Ok(made) => made,
            Err(CreateTenantError::Provision(ProvisionError::Door(error))) => {
                return Err(MakeError::Later(error.to_string()));
            }
            Err(CreateTenantError::Command(error)) => return Err(error.into()),
            Err(CreateTenantError::Provision(_) | CreateTenantError::AnotherOwner(_)) => {
                return Ok(CompleteSignUp::Taken);
            }
            // It was checked when the sign-up was begun.
            Err(error) => return Err(CommandError::Internal(error.to_string()).into()),
        };
        let (tenant, owner) = (made.tenant, made.owner);
        let begin = BeginSubscription { tenant, plan: draft.plan, currency };
        self.send(begin, via).await?;
        Ok(CompleteSignUp::Made { tenant, owner })
    }

    /// The currency that a firm says it works in, or that of its country.
    pub fn currency_of(&self, country: &str, own: Option<&str>) -> Option<String> {
        let pack = domain::country::pack(country);
        own.or(pack.map(|pack| pack.currency.as_str())).map(str::to_owned)
    }

    /// The domain under which firms have their hosts.
    pub async fn base_domain(&self) -> Result<String, CommandError> {
        let hosts = self.platform.hosts_of(TenantId::PLATFORM).await?;
        hosts.into_iter().next().ok_or_else(|| CommandError::Internal("no base domain".into()))
    }

    /// Goes on with every sign-up that was left half-way, and ends those whose time is over.
    /// Answers how many it did something about; one that fails does not keep the others waiting.
    pub async fn tidy_up(&self) -> Result<usize, CommandError> {
        let log = self.commands.log();
        let mut tx = log.tenants().begin(TenantId::PLATFORM).await?;
        let ids = streams_of(&mut tx, "sign_up").await?;
        let keys = log.keys().of(TenantId::PLATFORM).await?;
        let mut open = Vec::new();
        for id in ids {
            let found = seen(&mut tx, SignUpId(id.0), &keys).await?;
            open.extend(found.map(|it| it.state).filter(|it| !is_ended(it)));
        }
        tx.commit().await?;
        let now = log.clock().now();
        let mut done = 0;
        for sign_up in open {
            let Some(id) = sign_up.id else { continue };
            let outcome = if sign_up.state == SignUpState::Confirmed {
                self.make(id, Via::Job).await.map(drop)
            } else if sign_up.is_over(now) {
                self.send(EndIfOver { sign_up: id }, Via::Job).await.map_err(MakeError::from)
            } else {
                continue;
            };
            match outcome {
                Ok(()) => done += 1,
                Err(error) => tracing::warn!(%error, "a sign-up could not be gone on with"),
            }
        }
        Ok(done)
    }

    async fn send(&self, command: impl crate::Command, via: Via) -> Result<(), CommandError> {
        let sender = Sender::new(TenantId::PLATFORM, Actor::System, via);
        self.commands.handle(sender, command).await.map(drop)
    }
}

fn is_ended(sign_up: &SignUp) -> bool {
    match sign_up.state {
        SignUpState::Completed | SignUpState::Expired | SignUpState::Unknown => true,
        SignUpState::Waiting | SignUpState::Confirmed | SignUpState::SentBack => false,
    }
}

/// A sign-up as it's read.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// What its stream tells, with its texts opened.
    pub state: SignUp,
    /// Where its last event stands.
    pub position: i64,
}

async fn seen(
    tx: &mut TenantTx,
    id: SignUpId,
    keys: &migrations::keys::TenantKeys,
) -> Result<Option<Seen>, CommandError> {
    let rows = stream_after(tx, sign_up_stream(id), 0).await?;
    let mut events = rows.iter().map(StoredRow::decode).collect::<Result<Vec<_>, _>>()?;
    open_personal(tx, keys, &mut events).await?;
    let mut seen = Seen { state: SignUp::default(), position: 0 };
    for recorded in events {
        // The id of another kind of thing: there is no sign-up with it.
        let Event::SignUp(event) = recorded.event else { return Ok(None) };
        seen.state.evolve(&event);
        seen.position = recorded.position;
    }
    Ok(Some(seen).filter(|seen| seen.state.id.is_some()))
}
