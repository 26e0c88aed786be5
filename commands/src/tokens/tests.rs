//! Tokens on a real database: what is kept of them, how long they are of use, and what for.

use jiff::ToSpan;
use migrations::testing::{TestTenant, random_id};

use super::*;

fn noon() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().expect("an instant")
}

fn new(scopes: &[&str]) -> NewToken {
    let scopes = scopes.iter().map(|scope| scope.parse().expect("a scope"));
    NewToken {
        id: random_id(),
        member: MemberId(random_id()),
        scopes: Scopes::of(scopes),
        expires_at: None,
    }
}

#[tokio::test]
async fn a_secret_is_random_and_finds_its_member_in_its_own_tenant_only() {
    let (firm, other) = (TestTenant::provision(&[]).await, TestTenant::provision(&[]).await);
    let (token, second) = (new(&["time:write", "events:read"]), new(&[]));
    let secret = issue(&firm.tenants, firm.id, token.clone(), noon()).await.expect("a token");
    let another = issue(&firm.tenants, firm.id, second, noon()).await.expect("a token");
    assert_eq!((secret.len(), &secret[..3]), (46, "cm_"));
    assert_ne!(secret, another);
    let known = authenticate(&firm.tenants, firm.id, &secret, noon()).await.expect("an answer");
    let Authenticated { token: id, member, scopes } = known.expect("the member");
    assert_eq!((id, member, scopes), (token.id, token.member, token.scopes));
    let unknown = secret.chars().rev().collect::<String>();
    for secret in ["", "cm_", &*unknown, &format!("{secret}="), &secret.to_lowercase()] {
        let known = authenticate(&firm.tenants, firm.id, secret, noon()).await;
        assert_eq!(known.expect("an answer"), None, "{secret}");
    }
    let known = authenticate(&other.tenants, other.id, &secret, noon()).await;
    assert_eq!(known.expect("an answer"), None);
}

#[tokio::test]
async fn the_database_does_not_hold_the_secret() {
    let firm = TestTenant::provision(&[]).await;
    let secret = issue(&firm.tenants, firm.id, new(&[]), noon()).await.expect("a token");
    let mut tx = firm.tenants.begin(firm.id).await.expect("the door");
    let rows = tx.query("select t::text from {t}.tokens t").fetch_all().await.expect("the table");
    let text: String = rows[0].get(0);
    assert!(
        !text.contains(&secret[3..])
            && text.contains(&migrations::keys::hex(&sha256(secret.as_bytes())))
    );
}

#[tokio::test]
async fn a_token_is_of_no_use_once_it_expired_or_was_revoked() {
    let firm = TestTenant::provision(&[]).await;
    let (tenants, id) = (&firm.tenants, firm.id);
    let later = noon() + 1.hour();
    let brief = NewToken { expires_at: Some(later), ..new(&[]) };
    let secret = issue(tenants, id, brief.clone(), noon()).await.expect("a token");
    let known =
        async |secret: &str, at| authenticate(tenants, id, secret, at).await.expect("an answer");
    assert!(known(&secret, later - 1.microsecond()).await.is_some());
    assert_eq!(known(&secret, later).await, None);

    let lasting = new(&["admin"]);
    let secret = issue(tenants, id, lasting.clone(), later).await.expect("a token");
    assert!(revoke(tenants, id, lasting.id, later).await.expect("an answer"));
    assert_eq!(known(&secret, later).await, None);
    assert!(!revoke(tenants, id, lasting.id, later).await.expect("an answer"));
    assert!(!revoke(tenants, id, random_id(), later).await.expect("an answer"));

    let all = list(tenants, id, None).await.expect("the list");
    let revoked: Vec<_> = all.iter().map(|token| (token.id, token.revoked_at)).collect();
    assert_eq!(revoked, [(lasting.id, Some(later)), (brief.id, None)]);
    let own = list(tenants, id, Some(brief.member)).await.expect("the list");
    assert_eq!(own.len(), 1);
    assert_eq!((own[0].expires_at, own[0].created_at), (Some(later), noon()));
}

#[tokio::test]
async fn a_scope_of_a_later_version_allows_nothing_and_is_not_taken_for_everything() {
    let firm = TestTenant::provision(&[]).await;
    let secret = issue(&firm.tenants, firm.id, new(&["admin"]), noon()).await.expect("a token");
    let mut tx = firm.tenants.begin(firm.id).await.expect("the door");
    let changed = tx.query("update {t}.tokens set scopes = '{moon:read}'").execute().await;
    assert_eq!(changed.expect("the table"), 1);
    tx.commit().await.expect("durable");
    let known = authenticate(&firm.tenants, firm.id, &secret, noon()).await.expect("an answer");
    assert_eq!(known.expect("the member").scopes, Scopes::Only(BTreeSet::new()));
}

#[test]
fn a_scope_reads_back_as_it_was_written_and_nothing_else_is_one() {
    let slices = SLICES
        .into_iter()
        .flat_map(|slice| [Access::Read, Access::Write].map(|access| Scope::Slice(slice, access)));
    for scope in slices.chain([Scope::Admin, Scope::EventsRead]) {
        assert_eq!(scope.to_string().parse(), Ok(scope));
    }
    for text in ["", "time", "time:", "time:all", "moon:read", "events:write", "Admin", "*"] {
        assert_eq!(text.parse::<Scope>(), Err(ScopeError), "{text}");
    }
}

#[test]
fn a_scope_to_write_includes_reading_and_admin_includes_all() {
    let scopes = |names: &[&str]| Scopes::of(names.iter().map(|name| name.parse().expect("one")));
    let allows = |held: &[&str], needed: &str| scopes(held).allow(needed.parse().expect("one"));
    assert!(allows(&["time:write"], "time:read") && allows(&["time:write"], "time:write"));
    assert!(!allows(&["time:read"], "time:write") && !allows(&["time:write"], "leave:read"));
    assert!(!allows(&["time:write"], "events:read") && !allows(&["events:read"], "time:read"));
    assert!(!allows(&["time:write", "events:read"], "admin"));
    for needed in ["admin", "events:read", "billing:write"] {
        assert!(allows(&[], needed) && allows(&["admin"], needed), "{needed}");
    }
    let nothing = Scopes::Only(BTreeSet::new());
    assert!(!nothing.allow(Scope::EventsRead));
    assert_eq!(Scopes::stored(&nothing.names()), nothing);
}
