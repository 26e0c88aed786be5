//! Looks at plans and subscriptions in the platform's log. There are few of them and each is read
//! whole, so there is no read model to be behind.

use std::collections::BTreeMap;

use domain::id::{MemberId, StreamId, TenantId};
use domain::log::Event;
use domain::members::{Member, Role};
use domain::subscription::{Plan, Subscription, plan_stream, subscription_stream};
use migrations::Tenants;

use crate::event_log::read::{ReadError, stream_after, streams, streams_of};

/// A plan with the position of its last event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPlan {
    /// The plan.
    pub plan: Plan,
    /// Where its last event stands in the platform's log.
    pub position: i64,
}

/// Every plan, by code.
pub async fn plans(tenants: &Tenants) -> Result<Vec<KnownPlan>, ReadError> {
    let mut tx = tenants.begin(TenantId::PLATFORM).await?;
    let ids = streams_of(&mut tx, "plan").await?;
    let rows = streams(&mut tx, &ids).await?;
    tx.commit().await?;
    let mut known: BTreeMap<StreamId, KnownPlan> = BTreeMap::new();
    for row in rows {
        let entry = known
            .entry(row.stream)
            .or_insert_with(|| KnownPlan { plan: Plan::default(), position: 0 });
        if let Event::Plan(event) = row.decode()?.event {
            entry.plan.evolve(&event);
            entry.position = row.position;
        }
    }
    let mut plans: Vec<_> = known.into_values().collect();
    plans.sort_by(|one, other| one.plan.code.cmp(&other.plan.code));
    Ok(plans)
}

/// The plan with this code.
pub async fn plan(tenants: &Tenants, code: &str) -> Result<Option<KnownPlan>, ReadError> {
    let mut tx = tenants.begin(TenantId::PLATFORM).await?;
    let rows = stream_after(&mut tx, plan_stream(code), 0).await?;
    tx.commit().await?;
    let mut known = KnownPlan { plan: Plan::default(), position: 0 };
    for row in rows {
        if let Event::Plan(event) = row.decode()?.event {
            known.plan.evolve(&event);
            known.position = row.position;
        }
    }
    Ok(Some(known).filter(|known| known.plan.code.is_some()))
}

/// A subscription with the position of its last event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownSubscription {
    /// The subscription; as if never begun where the tenant has none.
    pub subscription: Subscription,
    /// Where its last event stands in the platform's log.
    pub position: i64,
}

/// The subscriptions of these tenants, each with the position of its last event.
pub async fn subscription(
    tenants: &Tenants,
    of: &[TenantId],
) -> Result<Vec<KnownSubscription>, ReadError> {
    let ids: Vec<StreamId> = of.iter().map(|tenant| subscription_stream(*tenant)).collect();
    let mut tx = tenants.begin(TenantId::PLATFORM).await?;
    let rows = streams(&mut tx, &ids).await?;
    tx.commit().await?;
    let mut known: BTreeMap<StreamId, KnownSubscription> = BTreeMap::new();
    for row in rows {
        let entry = known.entry(row.stream).or_default();
        if let Event::Subscription(event) = row.decode()?.event {
            entry.subscription.evolve(&event);
            entry.position = row.position;
        }
    }
    Ok(ids.iter().map(|id| known.remove(id).unwrap_or_default()).collect())
}

/// The active owners of a tenant, who are told what concerns its subscription.
pub async fn owners(tenants: &Tenants, tenant: TenantId) -> Result<Vec<MemberId>, ReadError> {
    let mut tx = tenants.begin(tenant).await?;
    let ids = streams_of(&mut tx, "member").await?;
    let rows = streams(&mut tx, &ids).await?;
    tx.commit().await?;
    let mut members: BTreeMap<StreamId, Member> = BTreeMap::new();
    for row in rows {
        if let Event::Member(event) = row.decode()?.event {
            members.entry(row.stream).or_default().evolve(&event);
        }
    }
    let owner = |member: &Member| member.active && member.roles.contains(&Role::Owner);
    Ok(members.into_values().filter(owner).filter_map(|member| member.id).collect())
}
