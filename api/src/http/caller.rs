//! Who asks. A token and the secret of a session are opaque secrets of one tenant's member; what
//! the member may do, and whether their sessions go on, is read from their own stream. All of it is
//! remembered for a second: what is revoked is refused after that, in every process.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use commands::event_log::read::stream_after;
use commands::sessions;
use commands::tokens::{self, Scopes};
use domain::id::{ClientId, MemberId, SessionId, TenantId};
use domain::log::{Actor, Event};
use domain::members::{Authority, Grant, Member, Role, member_stream};
use migrations::TenantTx;
use migrations::keys::sha256;
use migrations::platform::TenantRecord;
use projections::billing::account_manager;

use super::App;
use super::problem::Problem;
use super::registry::Access;

/// How long an answer is remembered.
const REMEMBERED: Duration = Duration::from_secs(1);
/// How many are remembered; beyond this the memory begins anew.
const REMEMBERED_MAX: usize = 20_000;
/// The longest token that is looked at.
pub(crate) const TOKEN_MAX: usize = 200;

/// A member with a token or in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Which member.
    pub(crate) member: MemberId,
    /// What they may do.
    pub(crate) roles: Vec<Role>,
    /// What they may do with single objects.
    pub(crate) grants: BTreeSet<Grant>,
    /// The clients whose billing profiles name them: they read those bills.
    pub(crate) named_for: BTreeSet<ClientId>,
    /// What the token is for; of a session, everything.
    pub(crate) scopes: Scopes,
    /// The session, where it's one.
    pub(crate) session: Option<SessionId>,
}

impl Caller {
    /// Whether they may do what any of these roles may do.
    pub(crate) fn may(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|held| roles.iter().any(|needed| held.includes(*needed)))
    }

    /// Who acts where no credentials are asked for: nobody, who may nothing.
    pub(crate) fn nobody() -> Self {
        let scopes = Scopes::Only(BTreeSet::new());
        Caller {
            member: MemberId(uuid::Uuid::nil()),
            roles: Vec::new(),
            grants: BTreeSet::new(),
            named_for: BTreeSet::new(),
            scopes,
            session: None,
        }
    }

    /// In whose right they ask.
    pub(crate) fn authority(&self) -> Authority {
        Authority::Member { member: self.member, roles: self.roles.clone() }
    }

    /// In whose name commands are sent; nobody is a visitor, who has no rights.
    pub(crate) fn actor(&self) -> Actor {
        if self.member.0.is_nil() { Actor::Visitor } else { Actor::Member(self.member) }
    }

    /// Forbids what the access rule of a route does not allow.
    pub(crate) fn check(&self, access: Access) -> Result<(), Problem> {
        let allowed = match access {
            Access::Open => true,
            Access::Member { scope, roles } => self.scopes.allow(scope) && self.may(roles),
        };
        if allowed { Ok(()) } else { Err(Problem::forbidden()) }
    }
}

type Known = HashMap<(TenantId, [u8; 32]), (Instant, Option<Arc<Caller>>)>;

/// What was found lately.
#[derive(Debug, Clone, Default)]
pub(crate) struct Remembered(Arc<Mutex<Known>>);

impl Remembered {
    fn get(&self, key: &(TenantId, [u8; 32])) -> Option<Option<Arc<Caller>>> {
        let known = self.0.lock().expect("no panic under it");
        let (at, found) = known.get(key)?;
        (at.elapsed() < REMEMBERED).then(|| found.clone())
    }

    /// Forgets one, which has just ended.
    pub(crate) fn forget(&self, tenant: TenantId, secret: &str) {
        let mut known = self.0.lock().expect("no panic under it");
        known.remove(&(tenant, sha256(secret.as_bytes())));
    }

    fn put(&self, key: (TenantId, [u8; 32]), found: Option<Arc<Caller>>) {
        let mut known = self.0.lock().expect("no panic under it");
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        known.insert(key, (Instant::now(), found));
    }
}

/// The caller that a request's credentials belong to.
pub(crate) async fn authenticate(
    app: &App,
    tenant: &TenantRecord,
    headers: &HeaderMap,
) -> Result<Caller, Problem> {
    let token = bearer(headers).ok_or_else(Problem::unauthenticated)?;
    with_secret(app, tenant.id, token).await?.ok_or_else(Problem::unauthenticated)
}

/// The caller whose token, or session's secret, this is.
pub(crate) async fn with_secret(
    app: &App,
    tenant: TenantId,
    secret: &str,
) -> Result<Option<Caller>, Problem> {
    let key = (tenant, sha256(secret.as_bytes()));
    let found = match app.remembered.get(&key) {
        Some(found) => found,
        None => {
            let found = look_up(app, tenant, secret).await?.map(Arc::new);
            app.remembered.put(key, found.clone());
            found
        }
    };
    Ok(found.map(|caller| Caller::clone(&caller)))
}

/// The token of the one `Authorization` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let fits = (1..=TOKEN_MAX).contains(&token.len());
    (scheme.eq_ignore_ascii_case("bearer") && fits).then_some(token)
}

async fn look_up(app: &App, tenant: TenantId, token: &str) -> Result<Option<Caller>, Problem> {
    let now = app.commands.log().clock().now();
    if token.starts_with(sessions::PREFIX) {
        return look_up_session(app, tenant, token, now).await;
    }
    let found = tokens::authenticate(&app.tenants, tenant, token, now).await?;
    let Some(found) = found else { return Ok(None) };
    let mut tx = app.tenants.begin(tenant).await?;
    let (member, _) = state_of(&mut tx, found.member).await?;
    let named_for = account_manager::clients_of(&mut tx, found.member).await?;
    tx.commit().await?;
    let (roles, grants, scopes) = (member.roles, member.grants, found.scopes);
    let member_id = found.member;
    let caller = Caller { member: member_id, roles, grants, named_for, scopes, session: None };
    Ok(member.active.then_some(caller))
}

/// A session goes on while its member is active and in the epoch that it began in.
async fn look_up_session(
    app: &App,
    tenant: TenantId,
    secret: &str,
    now: jiff::Timestamp,
) -> Result<Option<Caller>, Problem> {
    let mut tx = app.tenants.begin(tenant).await?;
    let found = sessions::authenticate(&mut tx, secret, now).await?;
    let Some(found) = found else { return Ok(None) };
    let (member, _) = state_of(&mut tx, found.member).await?;
    let named_for = account_manager::clients_of(&mut tx, found.member).await?;
    tx.commit().await?;
    let goes_on = member.active && member.epoch == found.epoch;
    let (roles, grants, session) = (member.roles, member.grants, Some(found.id));
    let (member_id, scopes) = (found.member, Scopes::All);
    let caller = Caller { member: member_id, roles, grants, named_for, scopes, session };
    Ok(goes_on.then_some(caller))
}

/// A member as their stream says, names still sealed; and the position of their last change.
pub(crate) async fn state_of(
    tx: &mut TenantTx,
    member: MemberId,
) -> Result<(Member, i64), Problem> {
    let (mut state, mut position) = (Member::default(), 0);
    for row in stream_after(tx, member_stream(member), 0).await? {
        let recorded = row.decode()?;
        if let Event::Member(event) = recorded.event {
            state.evolve(&event);
        }
        position = recorded.position;
    }
    Ok((state, position))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(roles: &[Role], scopes: &[&str]) -> Caller {
        let scopes = Scopes::of(scopes.iter().map(|name| name.parse().unwrap()));
        Caller { roles: roles.to_vec(), scopes, ..Caller::nobody() }
    }

    #[test]
    fn a_caller_needs_both_the_role_and_the_scope() {
        let scope = "time:write".parse().unwrap();
        let access = Access::Member { scope, roles: &[Role::Manager] };
        assert!(caller(&[Role::Owner], &["admin"]).check(access).is_ok());
        assert!(caller(&[Role::Owner], &[]).check(access).is_ok());
        assert!(caller(&[Role::Manager], &["time:write"]).check(access).is_ok());
        assert!(caller(&[Role::Manager], &["time:read"]).check(access).is_err());
        assert!(caller(&[Role::Member], &["admin"]).check(access).is_err());
        assert!(caller(&[Role::Auditor], &["admin"]).check(access).is_err());
        assert!(caller(&[], &["admin"]).check(access).is_err());
    }

    #[test]
    fn only_one_bearer_token_of_a_likely_length_is_looked_at() {
        let with = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, value.parse().unwrap());
            }
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(with(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(with(&["bearer abc"]).as_deref(), Some("abc"));
        let long = format!("Bearer {}", "a".repeat(TOKEN_MAX + 1));
        for values in [&[][..], &["Basic abc"], &["Bearer"], &["Bearer a", "Bearer b"], &[&long]] {
            assert_eq!(with(values), None, "{values:?}");
        }
    }
}
