//! The letter that tells whoever looks after a client that the last day to pay has passed. What was
//! paid before it's sent needs no letter.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::id::{InvoiceId, MemberId};
use jiff::civil::Date;
use migrations::platform::TenantRecord;

use super::invoices::bill;
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/invoice_overdue.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    number: &'a str,
    client: &'a str,
    balance: &'a str,
    due_on: Date,
}

#[derive(Template)]
#[template(path = "mail/invoice_overdue.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    number: &'a str,
    client: &'a str,
    balance: &'a str,
    due_on: Date,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (to, invoice, due_on): (MemberId, InvoiceId, Date),
) -> Result<Option<Composed>, WorkError> {
    let Some(to) = post.member(tenant.id, to).await? else { return Ok(None) };
    let Some(bill) = bill(post, tenant.id, invoice).await? else { return Ok(None) };
    let Some(sealed) = bill.sealed().filter(|_| bill.balance() > 0) else { return Ok(None) };
    let head = &post.letterhead(tenant).await?;
    let (name, number) = (&*to.name.clone(), &*sealed.number);
    let (client, balance) = (&*bill.buyer(), &*bill.money(bill.balance()));
    let subject = format!("Invoice {number} is overdue");
    let text = Text { head, name, number, client, balance, due_on };
    let html = Html { head, name, number, client, balance, due_on };
    Composed::new(to, &subject, &text, &html).map(Some)
}
