//! A flag as its stream tells it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    DefineFlag, FlagEvent, OverrideFlag, Refusal, RemoveFlag, Share, define_flag, override_flag,
    remove_flag,
};
use crate::aggregate::aggregate;
use crate::id::{MemberId, StreamId, TenantId};

/// The stream of the flag with this key.
pub fn flag_stream(key: &str) -> StreamId {
    StreamId::derived("flag", &[key.as_bytes()])
}

/// A feature flag.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Flag {
    /// Its key; none while it's not defined, or no more.
    pub key: Option<String>,
    /// What it switches, for people.
    pub description: String,
    /// Whether it's on where nothing else is said.
    pub default: bool,
    /// For how many it's on.
    pub share: Option<Share>,
    /// What is said of whole tenants.
    pub tenants: BTreeMap<TenantId, bool>,
    /// What is said of single members.
    pub members: BTreeMap<TenantId, BTreeMap<MemberId, bool>>,
}

/// What can be asked of a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlagCommand {
    /// See [`define_flag`].
    Define(DefineFlag),
    /// See [`override_flag`].
    Override(OverrideFlag),
    /// See [`remove_flag`].
    Remove(RemoveFlag),
}

aggregate!(Flag, "flag", FlagCommand, FlagEvent, Refusal);

impl Flag {
    /// What follows from a command.
    pub fn decide(&self, command: FlagCommand) -> Result<Vec<FlagEvent>, Refusal> {
        match command {
            FlagCommand::Define(command) => define_flag::decide(self, command),
            FlagCommand::Override(command) => override_flag::decide(self, command),
            FlagCommand::Remove(command) => remove_flag::decide(self, &command),
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &FlagEvent) {
        match event {
            FlagEvent::FlagDefined(event) => {
                self.key = Some(event.flag.clone());
                self.description.clone_from(&event.description);
                self.default = event.default;
                self.share = event.share;
            }
            FlagEvent::FlagOverridden(event) => match event.member {
                None => put(&mut self.tenants, event.tenant, event.on),
                Some(member) => {
                    put(self.members.entry(event.tenant).or_default(), member, event.on);
                    self.members.retain(|_, members| !members.is_empty());
                }
            },
            FlagEvent::FlagRemoved(_) => *self = Flag::default(),
        }
    }

    /// How many tenants and members something is said of.
    pub fn overrides(&self) -> usize {
        self.tenants.len() + self.members.values().map(BTreeMap::len).sum::<usize>()
    }

    /// What is said of a tenant, or of a member of it alone.
    pub fn said_of(&self, tenant: TenantId, member: Option<MemberId>) -> Option<bool> {
        match member {
            None => self.tenants.get(&tenant).copied(),
            Some(member) => self.members.get(&tenant)?.get(&member).copied(),
        }
    }
}

fn put<K: Ord>(map: &mut BTreeMap<K, bool>, key: K, on: Option<bool>) {
    match on {
        Some(on) => drop(map.insert(key, on)),
        None => drop(map.remove(&key)),
    }
}
