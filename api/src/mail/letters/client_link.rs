//! The letter with the link to a client's own page of an invoice. A link that was taken back or has
//! expired by then is not sent.

use askama::Template;
use commands::billing::client_links::secret_of;
use commands::jobs::{Job, WorkError};
use domain::id::{ClientLinkId, InvoiceId};
use migrations::platform::TenantRecord;

use super::invoices::bill;
use crate::mail::{Addressee, Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/client_link.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    called: &'a str,
    url: &'a str,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "mail/client_link.html")]
struct Html<'a> {
    head: &'a Letterhead,
    called: &'a str,
    url: &'a str,
    until: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (invoice, link): (InvoiceId, ClientLinkId),
) -> Result<Option<Composed>, WorkError> {
    let Some(bill) = bill(post, tenant.id, invoice).await? else { return Ok(None) };
    let found = bill.said.link(link).ok().filter(|link| link.is_open(post.now()));
    let Some(found) = found else { return Ok(None) };
    let Some(email) = found.to.as_ref().and_then(|to| to.get()).cloned() else { return Ok(None) };
    let keys = post.log().keys().of(tenant.id).await?;
    let head = &post.letterhead(tenant).await?;
    let url = &*format!("{}/client/{}", head.site, secret_of(&keys, invoice, link));
    let (called, until) = (&*bill.called(), &*found.expires_at.strftime("%Y-%m-%d").to_string());
    let name = bill.sealed().and_then(|it| it.buyer.particulars.get());
    let name = name.map(|it| it.name.clone()).unwrap_or_default();
    let subject = format!("{}: {called} to look at", head.firm);
    let (text, html) = (Text { head, called, url, until }, Html { head, called, url, until });
    Composed::new(Addressee { name, email }, &subject, &text, &html).map(Some)
}
