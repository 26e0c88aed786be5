//! The letter that tells whoever looks after a client what it says of an invoice: that it agrees,
//! or which line is wrong and why.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::billing::InvoiceEvent;
use domain::id::{InvoiceId, MemberId};
use migrations::platform::TenantRecord;

use super::invoices::{bill, words};
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/invoice_answered.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    said: &'a Said,
}

#[derive(Template)]
#[template(path = "mail/invoice_answered.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    said: &'a Said,
}

/// What the client said.
struct Said {
    /// What the invoice is called.
    called: String,
    /// Who of the client's, as they say.
    by: String,
    /// The line that is wrong; none where they agree.
    line: Option<u32>,
    /// What is wrong with it.
    reason: String,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (to, invoice, version): (MemberId, InvoiceId, i32),
) -> Result<Option<Composed>, WorkError> {
    let Some(to) = post.member(tenant.id, to).await? else { return Ok(None) };
    let Some(bill) = bill(post, tenant.id, invoice).await? else { return Ok(None) };
    let called = bill.called();
    let said = if let Some(InvoiceEvent::InvoiceSignedOff(event)) = bill.event(version) {
        let by = words(&event.by).to_owned();
        Said { called, by, line: None, reason: String::new() }
    } else if let Some(InvoiceEvent::LineDisputed(event)) = bill.event(version) {
        let (by, reason) = (words(&event.by).to_owned(), words(&event.reason).to_owned());
        Said { called, by, line: Some(event.line), reason }
    } else {
        return Ok(None);
    };
    let head = &post.letterhead(tenant).await?;
    let subject = match said.line {
        None => format!("Agreed: {}", said.called),
        Some(line) => format!("Disputed: line {line} of {}", said.called),
    };
    let (name, said) = (&*to.name.clone(), &said);
    let (text, html) = (Text { head, name, said }, Html { head, name, said });
    Composed::new(to, &subject, &text, &html).map(Some)
}
