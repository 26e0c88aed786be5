//! The letter that reminds a client of what is due. It says what the reminder said when it was
//! written; where nothing is due any more by the time it's sent, there is nothing left to say.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::billing::correspondence::CorrespondenceEvent;
use domain::id::InvoiceId;
use migrations::platform::TenantRecord;

use super::invoices::bill;
use crate::mail::{Addressee, Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/invoice_reminder.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    said: &'a Said,
}

#[derive(Template)]
#[template(path = "mail/invoice_reminder.html")]
struct Html<'a> {
    head: &'a Letterhead,
    said: &'a Said,
}

/// What the letter says, in words.
struct Said {
    number: String,
    issued_on: String,
    due_on: String,
    balance: String,
    bank: Vec<String>,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (invoice, version): (InvoiceId, i32),
) -> Result<Option<Composed>, WorkError> {
    let Some(bill) = bill(post, tenant.id, invoice).await? else { return Ok(None) };
    let Some(CorrespondenceEvent::InvoiceReminded(reminded)) = bill.letter(version) else {
        return Ok(None);
    };
    let (Some(sealed), Some(email)) = (bill.sealed(), reminded.to.get()) else { return Ok(None) };
    if bill.balance() <= 0 || bill.drafted.is_disputed() {
        return Ok(None);
    }
    let said = &Said {
        number: sealed.number.clone(),
        issued_on: sealed.issued_on.to_string(),
        due_on: reminded.due_on.to_string(),
        balance: bill.money(bill.balance()),
        bank: sealed.seller.bank_details.clone(),
    };
    let head = &post.letterhead(tenant).await?;
    let name = sealed.buyer.particulars.get().map(|it| it.name.clone()).unwrap_or_default();
    let to = Addressee { name, email: email.clone() };
    let subject = format!("Reminder: invoice {} of {}", said.number, head.firm);
    Composed::new(to, &subject, &Text { head, said }, &Html { head, said }).map(Some)
}
