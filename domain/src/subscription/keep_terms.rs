//! What follows on a day from the terms: months to bill, reminders, a freeze, a thaw. All of it
//! comes from dates and from what has happened, so a run that is late or doubled does no harm: what
//! is due is done once, and an invoice gives its days to pay from the day it's really issued.

use jiff::civil::Date;

use super::{
    DUE_DAYS, FREEZE_NOTICE_DAYS, MemberCount, Month, PlatformInvoiceIssued, PlatformInvoiceLine,
    Refusal, Subscription, SubscriptionEvent, SubscriptionFrozen, SubscriptionReminded, days_after,
};
use crate::id::{PlatformInvoiceId, StreamId, TenantId};
use crate::money::Money;

/// A month to bill with all that its bill depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billed {
    /// The month.
    pub month: Month,
    /// By which plan.
    pub plan: String,
    /// What the plan costs in it per member, in minor units.
    pub price: Money,
    /// How many members.
    pub count: MemberCount,
}

/// Do what the terms ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepTerms {
    /// Today.
    pub today: Date,
    /// The months to bill, as far as they were counted.
    pub billed: Vec<Billed>,
}

/// Refuses a tenant without a subscription only; nothing where nothing is due.
pub fn decide(
    subscription: &Subscription,
    command: &KeepTerms,
) -> Result<Vec<SubscriptionEvent>, Refusal> {
    let (tenant, _) = subscription.known()?;
    let today = command.today;
    let mut after = subscription.clone();
    let mut events = Vec::new();
    let mut happens = |after: &mut Subscription, event: SubscriptionEvent| {
        after.evolve(&event);
        events.push(event);
    };
    for month in subscription.months_to_bill(today) {
        if let Some(billed) = command.billed.iter().find(|billed| billed.month == month) {
            happens(&mut after, invoice(tenant, billed, today).into());
        }
    }
    if let Some((step, of)) = after.reminder_on(today)
        && !after.reminded.contains(&(step, of))
    {
        happens(&mut after, SubscriptionReminded { tenant, step, of }.into());
    }
    let due = after.freezes_on().filter(|(day, _)| *day <= today);
    if let Some((_, reason)) = due.filter(|_| after.frozen.is_none()) {
        happens(&mut after, SubscriptionFrozen { tenant, reason, on: today }.into());
    }
    if let Some(thaw) = after.thaw(today) {
        happens(&mut after, thaw);
    }
    Ok(events)
}

/// The bill of a month: so many members at the plan's price. Exact in integers, for a price has no
/// part of a minor unit.
fn invoice(tenant: TenantId, billed: &Billed, today: Date) -> PlatformInvoiceIssued {
    let Billed { month, plan, price, count } = billed;
    let quantity = count.billed();
    let amount_minor = price.amount_minor * i64::from(quantity);
    let line = PlatformInvoiceLine {
        description: format!("Active members in {month}, plan {plan}"),
        quantity,
        unit_price_minor: price.amount_minor,
        amount_minor,
    };
    let month_name = month.to_string();
    let id = StreamId::derived("platform_invoice", &[tenant.0.as_bytes(), month_name.as_bytes()]);
    PlatformInvoiceIssued {
        tenant,
        invoice: PlatformInvoiceId(id.0),
        month: *month,
        plan: plan.clone(),
        acted: count.acted,
        set_active: count.set_active,
        lines: vec![line],
        total: Money { amount_minor, currency: price.currency.clone() },
        issued_on: today,
        due_on: days_after(today, DUE_DAYS),
    }
}

// A tenant is told before it's frozen.
const _: () = assert!(FREEZE_NOTICE_DAYS <= super::GRACE_DAYS);

#[cfg(test)]
mod tests;
