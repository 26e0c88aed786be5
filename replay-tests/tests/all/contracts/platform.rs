//! Samples of the events of sign-ups, plans, subscriptions and flags, which are on the platform's
//! log.

use domain::flags::{FlagDefined, FlagEvent, FlagOverridden, FlagRemoved, Share, ShareOf};
use domain::id::{MemberId, PlatformInvoiceId, PlatformPaymentId, SignUpId, TenantId};
use domain::log::Event;
use domain::money::Money;
use domain::personal::PurposeClass;
use domain::signup::{
    Particulars, SignUpBegun, SignUpCompleted, SignUpConfirmed, SignUpCorrected, SignUpEvent,
    SignUpExpired, SignUpSentBack,
};
use domain::subscription::{
    FreezeReason, PlanChosen, PlanDefined, PlanEvent, PlanRevised, PlatformInvoiceIssued,
    PlatformInvoiceLine, PlatformPaymentRecorded, Step, SubscriptionBegun, SubscriptionEvent,
    SubscriptionFrozen, SubscriptionReminded, SubscriptionThawed, TrialExtended,
};
use jiff::civil::date;

use super::sample::{ACME, BRIDGE, INVOICE, NOVA, TUESDAY, id, text, unique};

const TENANT: fn() -> TenantId = || TenantId(id(ACME));

fn money(amount_minor: i64, currency: &str) -> Money {
    Money { amount_minor, currency: currency.into() }
}

pub(crate) fn sign_ups() -> Vec<Event> {
    let sign_up = SignUpId(id(BRIDGE));
    let named = |name: &str| text(BRIDGE, PurposeClass::Identity, name);
    let particulars = |currency: Option<&str>, time_zone: Option<&str>| Particulars {
        firm_name: named("Acme (Example) & Söhne"),
        slug: unique(BRIDGE, "acme"),
        country: "ZA".into(),
        currency: currency.map(str::to_owned),
        time_zone: time_zone.map(str::to_owned),
        plan: "standard".into(),
        owner_name: named("Nova Example"),
        owner_email: named("nova@example.com"),
    };
    let expires_at = "2026-03-05T10:00:00Z".parse().expect("an instant");
    let letter = id(INVOICE);
    let events: Vec<SignUpEvent> = vec![
        SignUpBegun { sign_up, particulars: particulars(None, None), letter, expires_at }.into(),
        SignUpCorrected {
            sign_up,
            particulars: particulars(Some("USD"), Some("Africa/Maseru")),
            letter,
            expires_at,
        }
        .into(),
        SignUpConfirmed { sign_up, tenant: TENANT() }.into(),
        SignUpCompleted { sign_up, tenant: TENANT(), owner: MemberId(id(NOVA)) }.into(),
        SignUpSentBack { sign_up }.into(),
        SignUpExpired { sign_up }.into(),
    ];
    events.into_iter().map(Event::from).collect()
}

pub(crate) fn plans() -> Vec<Event> {
    let (plan, name) = ("standard".to_owned(), "Standard".to_owned());
    let description = "Everything".to_owned();
    let prices = vec![money(9500, "ZAR"), money(500, "EUR")];
    let defined = PlanDefined {
        plan: plan.clone(),
        name: name.clone(),
        description: description.clone(),
        offered: true,
        prices: prices.clone(),
    };
    let trial = PlanDefined { plan: "trial".into(), prices: Vec::new(), ..defined.clone() };
    let from = date(2026, 5, 1);
    let revised = PlanRevised { plan, name, description, offered: false, prices, from };
    let events: Vec<PlanEvent> = vec![defined.into(), trial.into(), revised.into()];
    events.into_iter().map(Event::from).collect()
}

pub(crate) fn subscriptions() -> Vec<Event> {
    let (tenant, on) = (TENANT(), TUESDAY);
    let begun = |plan: &str, currency: Option<&str>| SubscriptionBegun {
        tenant,
        plan: plan.into(),
        currency: currency.map(str::to_owned),
        on,
        trial_until: date(2026, 3, 5),
    };
    let line = PlatformInvoiceLine {
        description: "Active members in 2026-04, plan standard".into(),
        quantity: 3,
        unit_price_minor: 9500,
        amount_minor: 28_500,
    };
    let invoice = PlatformInvoiceIssued {
        tenant,
        invoice: PlatformInvoiceId(id(INVOICE)),
        month: "2026-04".parse().expect("a month"),
        plan: "standard".into(),
        acted: 3,
        set_active: 2,
        lines: vec![line],
        total: money(28_500, "ZAR"),
        issued_on: date(2026, 5, 1),
        due_on: date(2026, 5, 15),
    };
    let payment = PlatformPaymentId(id(NOVA));
    let (plan, currency) = ("standard".to_owned(), "ZAR".to_owned());
    let mut events: Vec<SubscriptionEvent> = vec![
        begun("standard", Some("ZAR")).into(),
        begun("trial", None).into(),
        TrialExtended { tenant, trial_until: date(2026, 6, 1) }.into(),
        PlanChosen { tenant, plan, currency, from: on }.into(),
        invoice.into(),
        PlatformPaymentRecorded { tenant, payment, amount: money(28_500, "ZAR"), on }.into(),
        SubscriptionThawed { tenant, on }.into(),
    ];
    let steps = [
        Step::TrialEnding,
        Step::TrialLastDay,
        Step::TrialEnded,
        Step::PaymentOverdue,
        Step::FreezeSoon,
        Step::PlanMissing,
    ];
    events.extend(steps.map(|step| SubscriptionReminded { tenant, step, of: on }.into()));
    let reasons = [FreezeReason::Unpaid, FreezeReason::NoPlan];
    events.extend(reasons.map(|reason| SubscriptionFrozen { tenant, reason, on }.into()));
    events.into_iter().map(Event::from).collect()
}

pub(crate) fn flags() -> Vec<Event> {
    let flag = "grid".to_owned();
    let defined = |share: Option<(ShareOf, u8)>| FlagDefined {
        flag: "grid".into(),
        description: "The new grid".into(),
        default: share.is_none(),
        share: share.map(|(of, percent)| Share { of, percent }),
    };
    let overridden = |member: Option<u16>, on: Option<bool>| FlagOverridden {
        flag: "grid".into(),
        tenant: TENANT(),
        member: member.map(|member| MemberId(id(member))),
        on,
    };
    let events: Vec<FlagEvent> = vec![
        defined(None).into(),
        defined(Some((ShareOf::Tenants, 5))).into(),
        defined(Some((ShareOf::Members, 100))).into(),
        overridden(None, Some(true)).into(),
        overridden(Some(NOVA), Some(false)).into(),
        overridden(Some(NOVA), None).into(),
        FlagRemoved { flag }.into(),
    ];
    events.into_iter().map(Event::from).collect()
}
