//! The letter that tells an owner that the trial ends, and, where no plan was chosen, what follows.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::id::{MemberId, TenantId};
use jiff::civil::Date;
use migrations::platform::TenantRecord;

use super::standing::{Standing, standing};
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/trial_ending.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    firm: &'a str,
    site: &'a str,
    day: &'a str,
    over: bool,
    plan: &'a str,
    freezes_on: &'a str,
}

#[derive(Template)]
#[template(path = "mail/trial_ending.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    firm: &'a str,
    site: &'a str,
    day: &'a str,
    over: bool,
    plan: &'a str,
    freezes_on: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (of, owner, day): (TenantId, MemberId, Date),
) -> Result<Option<Composed>, WorkError> {
    let Some(found) = standing(post, tenant, of, owner).await? else { return Ok(None) };
    let Standing { head, to, firm, site, subscription, today } = &found;
    let chosen = subscription.plan_chosen().filter(|chosen| chosen.currency.is_some());
    let (over, plan) = (day < *today, chosen.map_or("", |chosen| chosen.plan.as_str()));
    let extended =
        subscription.trial_until.is_some_and(|until| until > day.tomorrow().unwrap_or(day));
    if extended || (over && !plan.is_empty()) {
        return Ok(None);
    }
    let freezes_on = subscription.freezes_on().map(|(day, _)| day.to_string()).unwrap_or_default();
    let (day, freezes_on, name) = (&day.to_string(), &freezes_on, to.name.as_str());
    let text = Text { head, name, firm, site, day, over, plan, freezes_on };
    let html = Html { head, name, firm, site, day, over, plan, freezes_on };
    let subject = if over { "The trial of" } else { "The trial ends soon:" };
    let subject =
        if over { format!("{subject} {firm} has ended") } else { format!("{subject} {firm}") };
    Composed::new(to.clone(), &subject, &text, &html).map(Some)
}
