//! Feature flags: operators throw them on the platform's log, and every edge asks one place whether
//! they are on. What is asked is answered from memory for a few seconds, so a flag costs a request
//! nothing, and a change reaches every process without being sent to any.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::flags::{
    self, Evaluated, Flag, ShareOf, Subject, define_flag, flag_stream, override_flag, remove_flag,
};
use domain::id::{MemberId, StreamId, TenantId};
use domain::log::Event;
use domain::members::Role;
use migrations::{DoorError, Tenants};

use crate::event_log::read::{ReadError, streams, streams_of};
use crate::handle::Command;
use crate::members::authority_of;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// How long what is known of the flags is believed.
const REMEMBERED: Duration = Duration::from_secs(3);

/// Define a flag, or define it otherwise.
#[derive(Debug, Clone)]
pub struct DefineFlag {
    /// Its key.
    pub key: String,
    /// What it switches, for people.
    pub description: String,
    /// Whether it's on where nothing else is said.
    pub default: bool,
    /// For how many of a hundred it's on.
    pub share: Option<(ShareOf, u8)>,
}

impl Command for DefineFlag {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let flag = unit.write::<Flag>(flag_stream(&self.key)).await?;
        authority_of(unit, Role::Admin).await?;
        let DefineFlag { key, description, default, share } = self.clone();
        let created = flag.state.key.is_none();
        let command = flags::DefineFlag { key, description, default, share };
        unit.emit(&flag, define_flag::decide(&flag.state, command)?);
        // A flag is known by its key and has no id to show.
        Ok(Reply { id: None, created })
    }
}

/// Throw a flag for one tenant, or for one member alone.
#[derive(Debug, Clone)]
pub struct OverrideFlag {
    /// Its key.
    pub key: String,
    /// For which tenant; that there is one is for the edge to look up.
    pub tenant: TenantId,
    /// For this member of it alone.
    pub member: Option<MemberId>,
    /// On or off; none = as everybody else's again.
    pub on: Option<bool>,
}

impl Command for OverrideFlag {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let flag = unit.write::<Flag>(flag_stream(&self.key)).await?;
        authority_of(unit, Role::Admin).await?;
        let OverrideFlag { key, tenant, member, on } = self.clone();
        let command = flags::OverrideFlag { key, tenant, member, on };
        unit.emit(&flag, override_flag::decide(&flag.state, command)?);
        Ok(Reply { id: None, created: false })
    }
}

/// Remove a flag.
#[derive(Debug, Clone)]
pub struct RemoveFlag {
    /// Its key.
    pub key: String,
    /// The version of the flag that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for RemoveFlag {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let flag = unit.write::<Flag>(flag_stream(&self.key)).await?;
        authority_of(unit, Role::Admin).await?;
        let command = flags::RemoveFlag { key: self.key.clone() };
        let events = remove_flag::decide(&flag.state, &command)?;
        flag.check_seen(self.expected_version)?;
        unit.emit(&flag, events);
        Ok(Reply { id: None, created: false })
    }
}

/// A flag with the position of the last event about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFlag {
    /// The flag.
    pub flag: Flag,
    /// Where the last event about it stands in the platform's log.
    pub position: i64,
}

/// Every defined flag, by key, from the platform's log. Before the platform has a log there is
/// none.
pub async fn defined(tenants: &Tenants) -> Result<Vec<KnownFlag>, ReadError> {
    let mut tx = match tenants.begin(TenantId::PLATFORM).await {
        Err(DoorError::NoSuchTenant) => return Ok(Vec::new()),
        begun => begun?,
    };
    let ids = streams_of(&mut tx, "flag").await?;
    let rows = streams(&mut tx, &ids).await?;
    tx.commit().await?;
    let mut known: BTreeMap<StreamId, KnownFlag> = BTreeMap::new();
    for row in rows {
        let entry = known
            .entry(row.stream)
            .or_insert_with(|| KnownFlag { flag: Flag::default(), position: 0 });
        if let Event::Flag(event) = row.decode()?.event {
            entry.flag.evolve(&event);
            entry.position = row.position;
        }
    }
    let mut flags: Vec<_> = known.into_values().filter(|it| it.flag.key.is_some()).collect();
    flags.sort_by(|one, other| one.flag.key.cmp(&other.flag.key));
    Ok(flags)
}

type Remembered = Option<(Instant, Arc<Vec<Flag>>)>;

/// Tells who sees which flag on. Clones share what they remember.
#[derive(Debug, Clone)]
pub struct Flags {
    tenants: Tenants,
    remembered: Arc<Mutex<Remembered>>,
}

impl Flags {
    /// The flags of the platform behind this door.
    pub fn new(tenants: Tenants) -> Self {
        Flags { tenants, remembered: Arc::default() }
    }

    /// Which flags are on for a subject. Up to three seconds old, but for what this process changed
    /// itself.
    pub async fn of(&self, subject: Subject) -> Result<Evaluated, ReadError> {
        let flags = self.all().await?;
        Ok(Evaluated::of(flags.iter(), subject))
    }

    /// Looks again when asked next.
    pub fn forget(&self) {
        *self.remembered.lock().expect("no panic under it") = None;
    }

    async fn all(&self) -> Result<Arc<Vec<Flag>>, ReadError> {
        if let Some((at, flags)) = &*self.remembered.lock().expect("no panic under it")
            && at.elapsed() < REMEMBERED
        {
            return Ok(flags.clone());
        }
        let at = Instant::now();
        let known = defined(&self.tenants).await?;
        let flags = Arc::new(known.into_iter().map(|known| known.flag).collect::<Vec<_>>());
        *self.remembered.lock().expect("no panic under it") = Some((at, flags.clone()));
        Ok(flags)
    }
}
