//! Who is next: which tenants have something to publish, who is being served, who rests after a
//! failure. No waiting and no i/o here.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use domain::id::TenantId;

use super::{LogUnavailable, Turn, TurnFailed};
use crate::event_log::Committed;

const REST_MIN: Duration = Duration::from_millis(20);
const REST_MAX: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Idle,
    Queued,
    Served,
    Resting,
}

#[derive(Debug)]
struct Tenant {
    place: Place,
    /// The newest position heard of.
    wanted: i64,
    /// What `wanted` was when the turn began.
    begun_for: i64,
    /// In which incarnation of the bus everything up to which position was published.
    known: Option<(u64, i64)>,
    /// Up to where events were published at some time, for the lag only.
    published: i64,
    rest: Duration,
}

impl Tenant {
    fn is_due(&self, incarnation: u64) -> bool {
        self.known_in(incarnation).is_none_or(|position| position < self.wanted)
    }

    fn known_in(&self, incarnation: u64) -> Option<i64> {
        self.known.filter(|(known_in, _)| *known_in == incarnation).map(|(_, position)| position)
    }
}

/// What a relay knows about all tenants.
pub(super) struct Desk {
    tenants: HashMap<TenantId, Tenant>,
    queue: VecDeque<TenantId>,
    served: usize,
    at_once: usize,
    sweeping: bool,
}

impl Desk {
    /// Serves so many tenants at once, at least one.
    pub(super) fn new(at_once: usize) -> Self {
        let (tenants, queue) = (HashMap::new(), VecDeque::new());
        Self { tenants, queue, served: 0, at_once: at_once.max(1), sweeping: false }
    }

    /// The next tenant to serve and, if known, up to where its events are on the bus.
    pub(super) fn next(&mut self, incarnation: u64) -> Option<(TenantId, Option<i64>)> {
        while self.served < self.at_once {
            let id = self.queue.pop_front()?;
            let Some(tenant) = self.tenants.get_mut(&id) else {
                continue;
            };
            if !tenant.is_due(incarnation) {
                tenant.place = Place::Idle;
                continue;
            }
            tenant.place = Place::Served;
            tenant.begun_for = tenant.wanted;
            self.served += 1;
            return Some((id, tenant.known_in(incarnation)));
        }
        None
    }

    pub(super) fn noticed(&mut self, notice: Committed) {
        let tenant = self.tenant(notice.tenant, notice.position);
        tenant.wanted = tenant.wanted.max(notice.position);
        self.enqueue(notice.tenant);
    }

    /// Whether to sweep now; not while a sweep is under way.
    pub(super) fn begin_sweep(&mut self) -> bool {
        !std::mem::replace(&mut self.sweeping, true)
    }

    pub(super) fn swept(
        &mut self,
        heads: Result<Vec<(TenantId, i64)>, LogUnavailable>,
        incarnation: Option<u64>,
    ) {
        self.sweeping = false;
        let heads = match heads {
            Ok(heads) => heads,
            Err(error) => {
                tracing::warn!(%error, "the relay could not sweep");
                return;
            }
        };
        let there: HashSet<TenantId> = heads.iter().map(|(id, _)| *id).collect();
        self.tenants.retain(|id, tenant| tenant.place != Place::Idle || there.contains(id));
        for (id, head) in heads {
            let tenant = self.tenant(id, head);
            tenant.wanted = tenant.wanted.max(head);
            if tenant.known.is_some_and(|(_, position)| position > head) {
                // Either the sweep was overtaken by a commit or the log was restored to an
                // earlier moment: ask the bus and then the log to tell which.
                tenant.known = None;
                tenant.wanted = head;
            }
            if incarnation.is_none_or(|number| tenant.is_due(number)) {
                self.enqueue(id);
            }
        }
        self.measure();
    }

    /// Notes how a turn ended. If it failed, the tenant is to rest for the time answered.
    pub(super) fn finished(
        &mut self,
        id: TenantId,
        incarnation: u64,
        result: Result<Turn, TurnFailed>,
    ) -> Option<Duration> {
        self.served = self.served.saturating_sub(1);
        let tenant = self.tenants.get_mut(&id)?;
        tenant.place = Place::Idle;
        match result {
            Ok(Turn::Drained(position)) => {
                tenant.known = Some((incarnation, position));
                tenant.published = position;
                if tenant.wanted == tenant.begun_for {
                    // The log has no more, so what was wanted beyond it is not there any longer.
                    tenant.wanted = position;
                }
            }
            Ok(Turn::Paused(position)) => {
                tenant.known = Some((incarnation, position));
                tenant.published = position;
                tenant.wanted = tenant.wanted.max(position + 1);
            }
            Ok(Turn::Doubtful) => tenant.known = None,
            Err(error) => {
                tenant.known = None;
                tenant.place = Place::Resting;
                let pause = tenant.rest;
                tenant.rest = (pause * 2).min(REST_MAX);
                metrics::counter!("relay_failed_turns_total").increment(1);
                tracing::debug!(%error, tenant = %id, "a turn of the relay failed");
                return Some(pause);
            }
        }
        tenant.rest = REST_MIN;
        if tenant.is_due(incarnation) {
            self.enqueue(id);
        }
        None
    }

    pub(super) fn rested(&mut self, id: TenantId) {
        if let Some(tenant) = self.tenants.get_mut(&id) {
            tenant.place = Place::Idle;
            self.enqueue(id);
        }
    }

    /// Starts anew after a turn ended without saying whose it was. A tenant may then have two
    /// turns for a moment, which repeats messages and does no harm.
    pub(super) fn forget_turns(&mut self) {
        self.served = 0;
        self.sweeping = false;
        for tenant in self.tenants.values_mut().filter(|tenant| tenant.place == Place::Served) {
            tenant.place = Place::Idle;
            tenant.known = None;
        }
    }

    fn tenant(&mut self, id: TenantId, position: i64) -> &mut Tenant {
        self.tenants.entry(id).or_insert(Tenant {
            place: Place::Idle,
            wanted: position,
            begun_for: position,
            known: None,
            published: position,
            rest: REST_MIN,
        })
    }

    fn enqueue(&mut self, id: TenantId) {
        if let Some(tenant) = self.tenants.get_mut(&id)
            && tenant.place == Place::Idle
        {
            tenant.place = Place::Queued;
            self.queue.push_back(id);
        }
    }

    /// How many committed events have never been on the bus, as far as it's known here.
    fn lag(&self) -> i64 {
        self.tenants.values().map(|tenant| (tenant.wanted - tenant.published).max(0)).sum()
    }

    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    fn measure(&self) {
        metrics::gauge!("relay_lag_events").set(self.lag() as f64);
        metrics::gauge!("relay_tenants_waiting").set(self.queue.len() as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::BusError;
    use crate::bus::ledger::tenant;

    fn notice(number: u128, position: i64) -> Committed {
        Committed { tenant: tenant(number), position }
    }

    fn failed() -> Result<Turn, TurnFailed> {
        Err(TurnFailed::Bus(BusError::Unavailable("test".into())))
    }

    #[test]
    fn a_tenant_is_served_once_at_a_time_and_others_up_to_the_bound() {
        let mut desk = Desk::new(2);
        for number in [1, 1, 2, 3, 1] {
            desk.noticed(notice(number, 5));
        }
        assert_eq!(desk.next(0), Some((tenant(1), None)));
        desk.noticed(notice(1, 6));
        assert_eq!(desk.next(0), Some((tenant(2), None)));
        assert_eq!(desk.next(0), None);
        assert_eq!(desk.finished(tenant(1), 0, Ok(Turn::Drained(5))), None);
        assert_eq!(desk.next(0), Some((tenant(3), None)));
        assert_eq!(desk.finished(tenant(2), 0, Ok(Turn::Drained(5))), None);
        assert_eq!(desk.next(0), Some((tenant(1), Some(5))), "noticed during its turn");
        assert_eq!(desk.lag(), 1);
    }

    #[test]
    fn what_is_known_of_one_incarnation_counts_for_nothing_in_the_next() {
        let mut desk = Desk::new(2);
        desk.noticed(notice(1, 5));
        assert_eq!(desk.next(1), Some((tenant(1), None)));
        desk.finished(tenant(1), 1, Ok(Turn::Drained(5)));
        desk.swept(Ok(vec![(tenant(1), 5)]), Some(1));
        assert_eq!(desk.next(1), None);
        desk.swept(Ok(vec![(tenant(1), 5)]), Some(2));
        assert_eq!(desk.next(2), Some((tenant(1), None)));
    }

    #[test]
    fn a_head_below_what_was_published_makes_the_relay_ask_again_and_not_spin() {
        let mut desk = Desk::new(2);
        desk.noticed(notice(1, 9));
        desk.next(1);
        desk.finished(tenant(1), 1, Ok(Turn::Drained(9)));
        desk.swept(Ok(vec![(tenant(1), 4)]), Some(1));
        assert_eq!(desk.next(1), Some((tenant(1), None)));
        desk.finished(tenant(1), 1, Ok(Turn::Drained(4)));
        assert_eq!(desk.next(1), None);
    }

    #[test]
    fn who_fails_rests_longer_each_time_and_keeps_nobody_waiting() {
        let mut desk = Desk::new(1);
        desk.noticed(notice(1, 5));
        desk.noticed(notice(2, 5));
        let mut rests = Vec::new();
        for _ in 0..9 {
            desk.next(0);
            rests.push(desk.finished(tenant(1), 0, failed()).unwrap());
            desk.noticed(notice(1, 6));
            if let Some((other, _)) = desk.next(0) {
                assert_eq!(other, tenant(2));
                desk.finished(other, 0, Ok(Turn::Drained(5)));
            }
            desk.rested(tenant(1));
        }
        assert_eq!((rests[0], rests[1], rests[8]), (REST_MIN, REST_MIN * 2, REST_MAX));
    }

    #[test]
    fn a_tenant_that_is_gone_is_forgotten() {
        let mut desk = Desk::new(1);
        desk.noticed(notice(1, 5));
        desk.next(0);
        desk.finished(tenant(1), 0, Ok(Turn::Drained(5)));
        desk.swept(Ok(vec![(tenant(2), 1)]), Some(0));
        assert_eq!(desk.tenants.keys().collect::<Vec<_>>(), [&tenant(2)]);
    }
}
