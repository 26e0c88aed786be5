//! A tenant's subscription as its stream tells it, and what its dates mean.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    BeginSubscription, ChoosePlan, ExtendTrial, FREEZE_NOTICE_DAYS, FreezeReason, GRACE_DAYS,
    KeepTerms, Month, PlatformInvoiceIssued, RecordPayment, Refusal, Step, SubscriptionEvent,
    SubscriptionThawed, begin_subscription, choose_plan, days_after, extend_trial, keep_terms,
    record_payment,
};
use crate::aggregate::aggregate;
use crate::id::{PlatformPaymentId, StreamId, TenantId};

/// The stream of a tenant's subscription.
pub fn subscription_stream(tenant: TenantId) -> StreamId {
    StreamId::derived("subscription", &[tenant.0.as_bytes()])
}

/// How a tenant stands with the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubscriptionState {
    /// In the trial.
    Trial,
    /// On a plan, nothing overdue.
    Active,
    /// Something is overdue, or no plan was chosen: the days of grace run.
    Grace,
    /// Frozen.
    Frozen,
}

impl SubscriptionState {
    /// Every state.
    pub const ALL: [SubscriptionState; 4] = [
        SubscriptionState::Trial,
        SubscriptionState::Active,
        SubscriptionState::Grace,
        SubscriptionState::Frozen,
    ];

    /// The name in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            SubscriptionState::Trial => "trial",
            SubscriptionState::Active => "active",
            SubscriptionState::Grace => "grace",
            SubscriptionState::Frozen => "frozen",
        }
    }
}

/// A plan with the first day it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenPlan {
    /// The first day.
    pub from: Date,
    /// Its code.
    pub plan: String,
    /// What it's billed in; none where it has no prices.
    pub currency: Option<String>,
}

/// A tenant's subscription.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Subscription {
    /// Of which tenant; none where it was never begun.
    pub tenant: Option<TenantId>,
    /// The first day.
    pub begun_on: Option<Date>,
    /// The first day after the trial.
    pub trial_until: Option<Date>,
    /// The plans chosen, by the day they hold from; of two for a day the later choice counts.
    pub plans: Vec<ChosenPlan>,
    /// What was billed, by month.
    pub invoices: BTreeMap<Month, PlatformInvoiceIssued>,
    /// What was paid, in minor units.
    pub payments: BTreeMap<PlatformPaymentId, i64>,
    /// What the tenant was reminded of.
    pub reminded: BTreeSet<(Step, Date)>,
    /// Since when it's frozen, and why.
    pub frozen: Option<(Date, FreezeReason)>,
    /// The first and the first day after each time it was frozen.
    pub freezes: Vec<(Date, Date)>,
}

/// What can be asked of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionCommand {
    /// See [`begin_subscription`].
    Begin(BeginSubscription),
    /// See [`choose_plan`].
    ChoosePlan(ChoosePlan),
    /// See [`extend_trial`].
    ExtendTrial(ExtendTrial),
    /// See [`record_payment`].
    RecordPayment(RecordPayment),
    /// See [`keep_terms`].
    KeepTerms(KeepTerms),
}

aggregate!(Subscription, "subscription", SubscriptionCommand, SubscriptionEvent, Refusal);

impl Subscription {
    /// What follows from a command.
    pub fn decide(&self, command: SubscriptionCommand) -> Result<Vec<SubscriptionEvent>, Refusal> {
        match command {
            SubscriptionCommand::Begin(command) => Ok(begin_subscription::decide(self, command)),
            SubscriptionCommand::ChoosePlan(command) => choose_plan::decide(self, command),
            SubscriptionCommand::ExtendTrial(command) => extend_trial::decide(self, &command),
            SubscriptionCommand::RecordPayment(command) => record_payment::decide(self, command),
            SubscriptionCommand::KeepTerms(command) => keep_terms::decide(self, &command),
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &SubscriptionEvent) {
        match event {
            SubscriptionEvent::SubscriptionBegun(event) => {
                self.tenant = Some(event.tenant);
                self.begun_on = Some(event.on);
                self.trial_until = Some(event.trial_until);
                let (plan, currency) = (event.plan.clone(), event.currency.clone());
                self.plans.push(ChosenPlan { from: event.on, plan, currency });
            }
            SubscriptionEvent::TrialExtended(event) => self.trial_until = Some(event.trial_until),
            SubscriptionEvent::PlanChosen(event) => {
                self.plans.retain(|chosen| chosen.from < event.from);
                self.plans.push(ChosenPlan {
                    from: event.from,
                    plan: event.plan.clone(),
                    currency: Some(event.currency.clone()),
                });
            }
            SubscriptionEvent::PlatformInvoiceIssued(event) => {
                self.invoices.insert(event.month, event.clone());
            }
            SubscriptionEvent::PlatformPaymentRecorded(event) => {
                self.payments.insert(event.payment, event.amount.amount_minor);
            }
            SubscriptionEvent::SubscriptionReminded(event) => {
                self.reminded.insert((event.step, event.of));
            }
            SubscriptionEvent::SubscriptionFrozen(event) => {
                self.frozen = Some((event.on, event.reason));
            }
            SubscriptionEvent::SubscriptionThawed(event) => {
                if let Some((since, _)) = self.frozen.take() {
                    self.freezes.push((since, event.on));
                }
            }
        }
    }

    /// The tenant and the first day after its trial, or the refusal that there is no subscription.
    pub fn known(&self) -> Result<(TenantId, Date), Refusal> {
        self.tenant.zip(self.trial_until).ok_or(Refusal::NoSubscription)
    }

    /// The plan that holds on a day.
    pub fn plan_on(&self, day: Date) -> Option<&ChosenPlan> {
        self.plans.iter().rev().find(|chosen| chosen.from <= day)
    }

    /// The plan chosen last, though it may hold from a later day only.
    pub fn plan_chosen(&self) -> Option<&ChosenPlan> {
        self.plans.last()
    }

    /// What it's billed in; none until a plan with prices was chosen.
    pub fn currency(&self) -> Option<&str> {
        self.plans.iter().rev().find_map(|chosen| chosen.currency.as_deref())
    }

    /// The months that are over on a day and not billed yet: those that began after the trial and
    /// on a plan with prices, and in which the tenant was not frozen from the first day to the
    /// last. The rest of the month in which a trial ends costs nothing.
    pub fn months_to_bill(&self, today: Date) -> Vec<Month> {
        let Some(trial_until) = self.trial_until else { return Vec::new() };
        let mut month = Month::of(trial_until);
        let mut months = Vec::new();
        while month.last_day() < today {
            let plan = self.plan_on(month.first_day());
            let priced = plan.is_some_and(|chosen| chosen.currency.is_some());
            let due = month.first_day() >= trial_until && priced;
            if due && !self.invoices.contains_key(&month) && !self.was_frozen_all(month) {
                months.push(month);
            }
            month = month.next();
        }
        months
    }

    fn was_frozen_all(&self, month: Month) -> bool {
        let now = self.frozen.map(|(since, _)| (since, Date::MAX));
        let all =
            |(since, until): (Date, Date)| since <= month.first_day() && until > month.last_day();
        self.freezes.iter().copied().chain(now).any(all)
    }

    /// What was billed and not paid, in minor units; negative where more was paid than billed.
    pub fn owed_minor(&self) -> i64 {
        let billed: i64 = self.invoices.values().map(|invoice| invoice.total.amount_minor).sum();
        billed - self.payments.values().sum::<i64>()
    }

    /// The invoices by month, each with what of it is not paid: payments cover the oldest first.
    pub fn open_minor(&self) -> Vec<(&PlatformInvoiceIssued, i64)> {
        let mut paid: i64 = self.payments.values().sum();
        let mut open = Vec::with_capacity(self.invoices.len());
        for invoice in self.invoices.values() {
            let covered = paid.min(invoice.total.amount_minor);
            paid -= covered;
            open.push((invoice, invoice.total.amount_minor - covered));
        }
        open
    }

    /// The last day on which all would be well, with what is missing after it: the last day to pay
    /// the oldest open invoice, or the last day of a trial without a plan.
    pub fn deadline(&self) -> Option<(Date, FreezeReason)> {
        let unpaid = self.open_minor().into_iter().find(|(_, open)| *open > 0);
        if let Some((invoice, _)) = unpaid {
            return Some((invoice.due_on, FreezeReason::Unpaid));
        }
        let chosen = self.plan_chosen().is_some_and(|chosen| chosen.currency.is_some());
        let trial_until = self.trial_until.filter(|_| !chosen)?;
        Some((days_after(trial_until, -1), FreezeReason::NoPlan))
    }

    /// The first day on which it's frozen, should nothing happen.
    pub fn freezes_on(&self) -> Option<(Date, FreezeReason)> {
        let (deadline, reason) = self.deadline()?;
        Some((days_after(deadline, GRACE_DAYS + 1), reason))
    }

    /// How it stands on a day.
    pub fn state_on(&self, today: Date) -> SubscriptionState {
        if self.frozen.is_some() {
            SubscriptionState::Frozen
        } else if self.deadline().is_some_and(|(deadline, _)| deadline < today) {
            SubscriptionState::Grace
        } else if self.trial_until.is_some_and(|trial_until| today < trial_until) {
            SubscriptionState::Trial
        } else {
            SubscriptionState::Active
        }
    }

    /// The reminder that belongs to a day, with the day it's about; the most urgent one alone, so
    /// that a run that comes late does not send them all.
    pub(super) fn reminder_on(&self, today: Date) -> Option<(Step, Date)> {
        let trial_until = self.trial_until?;
        let last_day = days_after(trial_until, -1);
        if let Some((deadline, reason)) = self.deadline().filter(|(day, _)| *day < today) {
            let freeze = days_after(deadline, GRACE_DAYS + 1);
            if self.frozen.is_some() || today >= freeze {
                return None;
            }
            let soon = days_after(freeze, -FREEZE_NOTICE_DAYS) <= today;
            let step = match reason {
                FreezeReason::Unpaid if soon => Step::FreezeSoon,
                FreezeReason::Unpaid => Step::PaymentOverdue,
                FreezeReason::NoPlan if soon => Step::PlanMissing,
                FreezeReason::NoPlan => Step::TrialEnded,
            };
            return Some((step, deadline));
        }
        let notice = days_after(last_day, -super::TRIAL_NOTICE_DAYS);
        match today {
            today if today == last_day => Some((Step::TrialLastDay, last_day)),
            today if (notice..last_day).contains(&today) => Some((Step::TrialEnding, last_day)),
            _ => None,
        }
    }

    /// That it's thawed, where it's frozen and nothing calls for it any more.
    pub(super) fn thaw(&self, today: Date) -> Option<SubscriptionEvent> {
        let tenant = self.tenant.filter(|_| self.frozen.is_some())?;
        let due = self.freezes_on().is_some_and(|(day, _)| day <= today);
        (!due).then(|| SubscriptionThawed { tenant, on: today }.into())
    }

    /// These events, and the thaw that follows from them.
    pub(super) fn with_thaw(
        &self,
        mut events: Vec<SubscriptionEvent>,
        today: Date,
    ) -> Vec<SubscriptionEvent> {
        let mut after = self.clone();
        events.iter().for_each(|event| after.evolve(event));
        events.extend(after.thaw(today));
        events
    }
}
