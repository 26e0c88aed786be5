//! Fixed values that the tests of this slice share.

use jiff::civil::date;
use uuid::Uuid;

use super::keep_terms::{self, Billed, KeepTerms};
use super::{
    BeginSubscription, DefinePlan, MemberCount, Month, Plan, PlanDefined, PlanEvent, Subscription,
    begin_subscription,
};
use crate::id::TenantId;
use crate::money::Money;

pub(crate) const TENANT: TenantId = TenantId(Uuid::from_u128(1));

pub(crate) fn money(amount_minor: i64, currency: &str) -> Money {
    Money { amount_minor, currency: currency.into() }
}

pub(crate) fn define() -> DefinePlan {
    DefinePlan {
        code: "standard".into(),
        name: "Standard".into(),
        description: "Everything".into(),
        offered: true,
        prices: vec![money(9500, "ZAR")],
    }
}

pub(crate) fn plan_defined() -> PlanEvent {
    let DefinePlan { code: plan, name, description, offered, prices } = define();
    PlanDefined { plan, name, description, offered, prices }.into()
}

pub(crate) fn plan() -> Plan {
    let mut plan = Plan::default();
    plan.evolve(&plan_defined());
    plan
}

/// A subscription that began on 2 March 2026, hence with a trial until 1 April.
pub(crate) fn subscription(plan: &str, currency: Option<&str>) -> Subscription {
    let mut subscription = Subscription::default();
    let command = BeginSubscription {
        tenant: TENANT,
        plan: plan.into(),
        currency: currency.map(str::to_owned),
        today: date(2026, 3, 2),
    };
    let events = begin_subscription::decide(&subscription, command);
    events.iter().for_each(|event| subscription.evolve(event));
    subscription
}

/// A subscription of three members at 95 rand, billed for these months on the day after each.
pub(crate) fn billed(months: &[&str]) -> Subscription {
    let mut subscription = subscription("standard", Some("ZAR"));
    for month in months {
        let month: Month = month.parse().unwrap();
        let count = MemberCount { acted: 3, set_active: 3 };
        let billed = Billed { month, plan: "standard".into(), price: money(9500, "ZAR"), count };
        let today = month.next().first_day();
        let events = keep_terms::decide(&subscription, &KeepTerms { today, billed: vec![billed] });
        events.unwrap().iter().for_each(|event| subscription.evolve(event));
    }
    subscription
}
