//! What clients, projects, tasks and members are called, opened once for a whole report, and their
//! order by name. An erased person has no name.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use domain::id::{ClientId, MemberId, ProjectId, TaskId};
use migrations::TenantTx;
use migrations::keys::TenantKeys;
use projections::reports::firm::Firm;

use crate::http::personal;
use crate::http::problem::Problem;

/// Names of one kind with their order.
#[derive(Debug)]
pub(crate) struct Called<I>(HashMap<I, (usize, Option<Arc<str>>)>);

impl<I: Copy + Eq + Hash + Ord> Called<I> {
    fn of(names: impl Iterator<Item = (I, Option<String>)>) -> Self {
        let mut names: Vec<(I, Option<String>)> = names.collect();
        // By what people read; those without a name last, and equal ones by age.
        names.sort_by_cached_key(|(id, name)| {
            (name.is_none(), name.as_ref().map(|name| name.to_lowercase()), *id)
        });
        let ranked = names.into_iter().enumerate();
        Called(ranked.map(|(n, (id, name))| (id, (n, name.map(Arc::from)))).collect())
    }

    /// Its name, where it has one.
    pub(crate) fn name(&self, id: I) -> Option<Arc<str>> {
        self.0.get(&id).and_then(|(_, name)| name.clone())
    }

    /// Its place among all.
    pub(crate) fn rank(&self, id: I) -> usize {
        self.0.get(&id).map_or(usize::MAX, |(rank, _)| *rank)
    }
}

/// Names by id.
#[derive(Debug)]
pub(crate) struct Names {
    /// Of clients.
    pub(crate) clients: Called<ClientId>,
    /// Of projects.
    pub(crate) projects: Called<ProjectId>,
    /// Of tasks.
    pub(crate) tasks: Called<TaskId>,
    /// Of members.
    pub(crate) members: Called<MemberId>,
}

impl Names {
    /// The names of a firm.
    pub(crate) async fn open(
        keys: &TenantKeys,
        tx: &mut TenantTx,
        firm: &Firm,
    ) -> Result<Self, Problem> {
        let of_clients = firm.clients.values().filter_map(|row| row.name.as_ref());
        let of_members = firm.members.values().filter_map(|row| row.name.as_ref());
        personal::load(keys, tx, of_clients.chain(of_members)).await?;
        let client = |name| personal::unique_text(keys, name);
        let clients = firm.clients.iter().map(|(id, row)| (*id, client(row.name.as_ref())));
        let member = |name| personal::text(keys, name);
        let members = firm.members.iter().map(|(id, row)| (*id, member(row.name.as_ref())));
        Ok(Names {
            clients: Called::of(clients),
            projects: Called::of(
                firm.projects.iter().map(|(id, row)| (*id, Some(row.name.clone()))),
            ),
            tasks: Called::of(firm.tasks.iter().map(|(id, row)| (*id, Some(row.name.clone())))),
            members: Called::of(members),
        })
    }
}
