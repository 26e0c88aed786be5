//! The letter that tells an owner what is to be paid by when, and what follows if it is not.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::id::{MemberId, TenantId};
use domain::money::Money;
use jiff::civil::Date;
use migrations::platform::TenantRecord;

use super::standing::{Standing, standing};
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/payment_due.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    firm: &'a str,
    site: &'a str,
    day: &'a str,
    overdue: bool,
    owed: &'a str,
    freezes_on: &'a str,
}

#[derive(Template)]
#[template(path = "mail/payment_due.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    firm: &'a str,
    site: &'a str,
    day: &'a str,
    overdue: bool,
    owed: &'a str,
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
    let owed = subscription.owed_minor();
    let Some(currency) = subscription.currency().filter(|_| owed > 0) else { return Ok(None) };
    let owed = Money { amount_minor: owed, currency: currency.to_owned() }.to_string();
    let freezes_on = subscription.freezes_on().map(|(day, _)| day.to_string()).unwrap_or_default();
    let overdue = day < *today;
    let (day, freezes_on, owed, name) = (&day.to_string(), &freezes_on, &owed, to.name.as_str());
    let text = Text { head, name, firm, site, day, overdue, owed, freezes_on };
    let html = Html { head, name, firm, site, day, overdue, owed, freezes_on };
    let subject = if overdue { "A payment is overdue:" } else { "An invoice for" };
    Composed::new(to.clone(), &format!("{subject} {firm}"), &text, &html).map(Some)
}
