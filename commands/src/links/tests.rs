//! Links on a real database: once, for one purpose, in one tenant.

use migrations::testing::{TestTenant, random_id};

use super::*;

fn noon() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().expect("an instant")
}

async fn opened(firm: &TestTenant, id: Uuid, subject: Uuid) -> String {
    let keys = firm.keys.of(firm.id).await.expect("the keys");
    let mut tx = firm.tenants.begin(firm.id).await.expect("the door");
    let secret = open(&mut tx, &keys, id, Purpose::SignIn, subject, noon()).await.expect("a link");
    tx.commit().await.expect("a commit");
    secret
}

async fn redeemed(
    firm: &TestTenant,
    secret: &str,
    purpose: Purpose,
    at: Timestamp,
) -> Result<Link, LinkError> {
    let keys = firm.keys.of(firm.id).await.expect("the keys");
    let mut tx = firm.tenants.begin(firm.id).await.expect("the door");
    let link = redeem(&mut tx, &keys, secret, purpose, at).await?;
    tx.commit().await?;
    Ok(link)
}

#[tokio::test]
async fn a_link_is_used_once_and_a_look_does_not_use_it() {
    let firm = TestTenant::provision(&[]).await;
    let (id, subject) = (random_id(), random_id());
    let secret = opened(&firm, id, subject).await;
    assert_eq!(opened(&firm, id, subject).await, secret, "a mail that is tried anew");
    let keys = firm.keys.of(firm.id).await.expect("the keys");
    let mut tx = firm.tenants.begin(firm.id).await.expect("the door");
    let link = look(&mut tx, &keys, &secret, Purpose::SignIn, noon()).await.expect("a link");
    assert_eq!(link, Link { id, subject });
    tx.commit().await.expect("a commit");
    let (one, two) = tokio::join!(
        redeemed(&firm, &secret, Purpose::SignIn, noon()),
        redeemed(&firm, &secret, Purpose::SignIn, noon()),
    );
    let won = [&one, &two].iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(won, 1, "{one:?} {two:?}");
    let again = redeemed(&firm, &secret, Purpose::SignIn, noon()).await;
    assert!(matches!(again, Err(LinkError::Used)), "{again:?}");
}

#[tokio::test]
async fn a_link_of_another_tenant_or_purpose_or_of_nobody_is_unknown() {
    let (firm, other) = (TestTenant::provision(&[]).await, TestTenant::provision(&[]).await);
    let (id, subject) = (random_id(), random_id());
    let (own, foreign) = (opened(&firm, id, subject).await, opened(&other, id, subject).await);
    assert_ne!(own, foreign, "the same id under another key");
    let altered: String = own.chars().rev().collect();
    let forged = URL_SAFE_NO_PAD.encode([7; SECRET_BYTES]);
    for secret in ["", "x", &foreign, &altered, &forged] {
        let refused = redeemed(&firm, secret, Purpose::SignIn, noon()).await;
        assert!(matches!(refused, Err(LinkError::Unknown)), "{secret}: {refused:?}");
    }
    let refused = redeemed(&firm, &own, Purpose::Invitation, noon()).await;
    assert!(matches!(refused, Err(LinkError::Unknown)), "{refused:?}");
}

#[tokio::test]
async fn a_link_expires_and_all_of_a_subject_can_be_closed() {
    let firm = TestTenant::provision(&[]).await;
    let subject = random_id();
    let secret = opened(&firm, random_id(), subject).await;
    let late = noon() + Purpose::SignIn.lifetime();
    let refused = redeemed(&firm, &secret, Purpose::SignIn, late).await;
    assert!(matches!(refused, Err(LinkError::Expired)), "{refused:?}");
    let mut tx = firm.tenants.begin(firm.id).await.expect("the door");
    assert_eq!(close_all(&mut tx, subject, noon()).await.expect("closed"), 1);
    tx.commit().await.expect("a commit");
    let refused = redeemed(&firm, &secret, Purpose::SignIn, noon()).await;
    assert!(matches!(refused, Err(LinkError::Used)), "{refused:?}");
}
