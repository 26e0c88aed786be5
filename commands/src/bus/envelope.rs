//! Puts a batch into a message and takes it out again. The tenant stands in the subject, in a
//! header and in the message id; a message where they don't agree is dropped and reported, never
//! passed on.

use async_nats::HeaderMap;
use bytes::Bytes;
use domain::id::TenantId;
use uuid::Uuid;

use super::{Batch, partition};

const TENANT: &str = "Crowdminder-Tenant";
const FIRST: &str = "Crowdminder-First";
const LAST: &str = "Crowdminder-Last";

/// Where a tenant's events are published: `ev.<partition>.<32 hexadecimal digits>`.
pub fn subject(tenant: TenantId) -> String {
    format!("ev.{}.{}", partition(tenant), tenant.0.simple())
}

/// What the server tells repeated messages by: `<tenant>:<first>-<last>`. The ids of all tenants
/// share one name space, hence the tenant in it.
pub fn message_id(batch: &Batch) -> String {
    format!("{}:{}-{}", batch.tenant.0.simple(), batch.first, batch.last)
}

/// The headers of a batch; the message id is among them.
pub(super) fn headers(batch: &Batch) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(TENANT, batch.tenant.0.simple().to_string());
    headers.insert(FIRST, batch.first.to_string());
    headers.insert(LAST, batch.last.to_string());
    headers.insert(async_nats::header::NATS_MESSAGE_ID, message_id(batch));
    headers
}

/// Why a message is not what a relay would have sent.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Foreign {
    #[error("the subject is not one of a tenant")]
    Subject,
    #[error("the subject names another partition than the tenant's")]
    Partition,
    #[error("the header {0} is missing or malformed")]
    Header(&'static str),
    #[error("the header names another tenant than the subject")]
    Tenant,
    #[error("the message id names other positions or another tenant")]
    MessageId,
    #[error("the positions or the size are impossible")]
    Batch,
}

/// Takes a batch out of a message whose parts agree with each other.
pub(super) fn open(
    subject: &str,
    headers: Option<&HeaderMap>,
    body: Bytes,
) -> Result<Batch, Foreign> {
    let (number, tenant) = parse_subject(subject).ok_or(Foreign::Subject)?;
    if number != partition(tenant) {
        return Err(Foreign::Partition);
    }
    let text = |name: &'static str| {
        let value = headers.and_then(|headers| headers.get(name));
        value.map(|value| value.as_str()).ok_or(Foreign::Header(name))
    };
    if text(TENANT)? != tenant.0.simple().to_string() {
        return Err(Foreign::Tenant);
    }
    let position = |name| text(name)?.parse::<i64>().map_err(|_| Foreign::Header(name));
    let batch = Batch { tenant, first: position(FIRST)?, last: position(LAST)?, body };
    if text("Nats-Msg-Id")? != message_id(&batch) {
        return Err(Foreign::MessageId);
    }
    batch.check().map_err(|_| Foreign::Batch)?;
    Ok(batch)
}

fn parse_subject(subject: &str) -> Option<(u8, TenantId)> {
    let mut tokens = subject.split('.');
    let (Some("ev"), Some(number), Some(hex), None) =
        (tokens.next(), tokens.next(), tokens.next(), tokens.next())
    else {
        return None;
    };
    let tenant = TenantId(Uuid::try_parse(hex).ok()?);
    // One spelling only: no upper case, hyphens, braces or leading zeros.
    (subject == format!("ev.{number}.{}", tenant.0.simple()))
        .then(|| number.parse::<u8>().ok())
        .flatten()
        .filter(|parsed| parsed.to_string() == number)
        .map(|parsed| (parsed, tenant))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Batch {
        let tenant = TenantId(Uuid::from_u128(0xAB));
        Batch { tenant, first: 7, last: 9, body: Bytes::from_static(b"{}\n{}\n{}\n") }
    }

    fn opened_with(subject: &str, headers: &HeaderMap) -> Result<Batch, Foreign> {
        open(subject, Some(headers), batch().body)
    }

    #[test]
    fn what_was_put_in_comes_out() {
        let batch = batch();
        assert_eq!(subject(batch.tenant), "ev.42.000000000000000000000000000000ab");
        assert_eq!(message_id(&batch), "000000000000000000000000000000ab:7-9");
        assert_eq!(opened_with(&subject(batch.tenant), &headers(&batch)), Ok(batch));
    }

    #[test]
    fn a_subject_of_any_tenant_has_three_plain_tokens() {
        for number in 0..2_000_u128 {
            // Any bits at all, spread by a multiplication with an odd constant.
            let bits = number.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
            let subject = subject(TenantId(Uuid::from_u128(bits)));
            let tokens: Vec<&str> = subject.split('.').collect();
            assert_eq!((tokens.len(), tokens[2].len()), (3, 32), "{subject}");
            assert!(subject.bytes().all(|b| b == b'.' || b.is_ascii_alphanumeric()), "{subject}");
            assert_eq!(parse_subject(&subject).map(|(_, t)| t.0.as_u128()), Some(bits));
        }
    }

    #[test]
    fn a_subject_spelled_in_any_other_way_is_foreign() {
        let headers = headers(&batch());
        for subject in [
            "",
            "ev",
            "ev.42",
            "ev.42.x",
            "ev.*.000000000000000000000000000000ab",
            "ev.>.000000000000000000000000000000ab",
            "ev.042.000000000000000000000000000000ab",
            "ev.+42.000000000000000000000000000000ab",
            "ev.42.000000000000000000000000000000AB",
            "ev.42.00000000-0000-0000-0000-0000000000ab",
            "ev.42.000000000000000000000000000000ab.x",
            "ew.0.000000000000000000000000000000ab",
        ] {
            assert_eq!(opened_with(subject, &headers), Err(Foreign::Subject), "{subject}");
        }
        let moved = "ev.1.000000000000000000000000000000ab";
        assert_eq!(opened_with(moved, &headers), Err(Foreign::Partition));
    }

    #[test]
    fn headers_that_disagree_with_the_subject_or_each_other_are_foreign() {
        let other = Batch { tenant: TenantId(Uuid::from_u128(0xCD)), ..batch() };
        let subject = subject(batch().tenant);
        assert_eq!(opened_with(&subject, &headers(&other)), Err(Foreign::Tenant));
        assert_eq!(open(&subject, None, Bytes::new()), Err(Foreign::Header(TENANT)));
        let spoiled = |name: &'static str, value: &str| {
            let mut headers = headers(&batch());
            headers.insert(name, value);
            opened_with(&subject, &headers)
        };
        assert_eq!(spoiled(FIRST, "x"), Err(Foreign::Header(FIRST)));
        assert_eq!(spoiled(LAST, "10"), Err(Foreign::MessageId));
        assert_eq!(spoiled("Nats-Msg-Id", "7-9"), Err(Foreign::MessageId));
        let backwards = headers(&Batch { first: 9, last: 7, ..batch() });
        assert_eq!(opened_with(&subject, &backwards), Err(Foreign::Batch));
    }
}
