//! Whose turn it is: tenants with something due stand in one line, go to its end after each job,
//! and have only so many jobs under way at a time. Memory of the process alone; what is due is in
//! the database.

use std::collections::{HashMap, HashSet, VecDeque};

use domain::id::TenantId;
use tokio::time::Instant;

use super::engine::JobLimits;

/// What follows a visit to a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Another job is due.
    Again,
    /// Nothing is due now.
    Nothing,
    /// It's to be left alone for a while.
    Rest,
}

pub(super) struct Turns {
    limits: JobLimits,
    line: VecDeque<TenantId>,
    in_line: HashSet<TenantId>,
    under_way: HashMap<TenantId, usize>,
    resting: HashMap<TenantId, Instant>,
}

impl Turns {
    pub(super) fn new(limits: JobLimits) -> Self {
        Turns {
            limits,
            line: VecDeque::new(),
            in_line: HashSet::new(),
            under_way: HashMap::new(),
            resting: HashMap::new(),
        }
    }

    /// Puts a tenant at the end of the line, unless it stands there, rests or has its share.
    pub(super) fn offer(&mut self, tenant: TenantId) {
        if let Some(until) = self.resting.get(&tenant) {
            if Instant::now() < *until {
                return;
            }
            self.resting.remove(&tenant);
        }
        let busy = self.under_way.get(&tenant).copied().unwrap_or(0);
        if busy < self.limits.of_one_tenant && self.in_line.insert(tenant) {
            self.line.push_back(tenant);
        }
    }

    /// Whose turn it is.
    pub(super) fn next(&mut self) -> Option<TenantId> {
        let tenant = self.line.pop_front()?;
        self.in_line.remove(&tenant);
        *self.under_way.entry(tenant).or_default() += 1;
        Some(tenant)
    }

    /// A visit is over.
    pub(super) fn ended(&mut self, tenant: TenantId, after: After) {
        if let Some(count) = self.under_way.get_mut(&tenant) {
            *count -= 1;
            if *count == 0 {
                self.under_way.remove(&tenant);
            }
        }
        match after {
            After::Again => self.offer(tenant),
            After::Nothing => {}
            After::Rest => {
                self.resting.insert(tenant, Instant::now() + self.limits.rest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn tenant(n: u128) -> TenantId {
        TenantId(Uuid::from_u128(n))
    }

    #[test]
    fn tenants_take_turns_however_much_each_has_to_do() {
        let mut turns = Turns::new(JobLimits { of_one_tenant: 1, ..JobLimits::default() });
        for _ in 0..3 {
            (1..=3).for_each(|n| turns.offer(tenant(n)));
        }
        let mut order = Vec::new();
        while order.len() < 6 {
            let next = turns.next().expect("somebody has more to do");
            order.push(next.0.as_u128());
            turns.ended(next, After::Again);
        }
        assert_eq!(order, [1, 2, 3, 1, 2, 3]);
    }

    #[test]
    fn a_tenant_has_only_its_share_under_way_at_a_time() {
        let mut turns = Turns::new(JobLimits { of_one_tenant: 2, ..JobLimits::default() });
        let busy = tenant(1);
        for _ in 0..2 {
            turns.offer(busy);
            assert_eq!(turns.next(), Some(busy));
        }
        turns.offer(busy);
        turns.offer(tenant(2));
        assert_eq!(turns.next(), Some(tenant(2)));
        assert_eq!(turns.next(), None);
        turns.ended(busy, After::Again);
        assert_eq!(turns.next(), Some(busy));
    }

    #[tokio::test(start_paused = true)]
    async fn a_tenant_that_can_not_be_reached_is_left_alone_for_a_while() {
        let limits = JobLimits::default();
        let mut turns = Turns::new(limits);
        turns.offer(tenant(1));
        assert_eq!(turns.next(), Some(tenant(1)));
        turns.ended(tenant(1), After::Rest);
        turns.offer(tenant(1));
        assert_eq!(turns.next(), None);
        tokio::time::advance(limits.rest).await;
        turns.offer(tenant(1));
        assert_eq!(turns.next(), Some(tenant(1)));
    }
}
