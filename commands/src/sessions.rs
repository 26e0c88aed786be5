//! Signing in by a mailed link, and sessions. What happened is in the log: who signed in and how,
//! and what was ended by whom. Beside it stand the hash that finds a session and when it was last
//! used. Tries that fail are counted, not logged: whoever guesses must not make a log grow.

mod store;

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::{MemberId, SessionId, TenantId};
use domain::log::{Actor, Event};
use domain::members::{
    self, Member, MemberEvent, Proof, Refusal, Registration, Session, SessionEvent, begin_session,
    end_session, member_stream, register_member, revoke_member_sessions, session_stream,
};
use domain::settings::{Settings, settings_stream};
use jiff::{SignedDuration, Timestamp};
use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

pub use store::{SessionRecord, authenticate, find, live};

use crate::event_log::read::stream_after;
use crate::handle::{Command, Commands, Sender};
use crate::links::{self, LinkError, Purpose};
use crate::mail::Letter;
use crate::members::{authority, load, member_by_email};
use crate::refused::{CommandError, Done, Reply};
use crate::unit::Unit;

/// What the secret of a session begins with, unlike that of a token.
pub const PREFIX: &str = "cms_";
const SECRET_BYTES: usize = 32;
/// How many links to sign in one member is mailed in an hour.
pub const ASKS_PER_HOUR: i32 = 5;

/// A member who has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The session.
    pub record: SessionRecord,
    /// Its secret, shown once; none where the same request had it before.
    pub secret: Option<String>,
    /// Where the log stands after it.
    pub position: i64,
}

/// Mails a link to sign in to the active member with this address, if there is one. It says nothing
/// of what it found: whoever asks must not learn who is a member here.
pub async fn ask(commands: &Commands, sender: Sender, email: &str) -> Result<(), CommandError> {
    let log = commands.log();
    let tenant = sender.tenant;
    let member = member_by_email(log.tenants(), log.keys(), tenant, email).await?;
    let Some(member) = member else { return Ok(()) };
    let mut tx = log.tenants().begin(tenant).await?;
    let asks = store::count_ask(&mut tx, member, log.clock().now()).await?;
    tx.commit().await?;
    if asks > ASKS_PER_HOUR {
        tracing::info!(%tenant, "links to sign in are asked for too often");
        return Ok(());
    }
    commands.handle(sender, MailSignIn { member }).await.map(drop)
}

/// Mails a member a link to sign in.
#[derive(Debug)]
struct MailSignIn {
    member: MemberId,
}

impl Command for MailSignIn {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let member = unit.read::<Member>(member_stream(self.member)).await?;
        if member.state.active {
            unit.mail(Letter::SignIn { member: self.member });
        }
        Ok(Reply::changed(self.member))
    }
}

/// Uses a mailed link up and begins a session of its member, who is registered by it. `sender` says
/// from where; who acts is the member. A link that is good for none of `purposes`, or whose member
/// has rested or got another address since, is refused as unusable, and why is not said.
pub async fn begin(
    commands: &Commands,
    sender: Sender,
    secret: &str,
    purposes: &[Purpose],
) -> Result<SignedIn, CommandError> {
    let log = commands.log();
    let (tenant, now) = (sender.tenant, log.clock().now());
    let keys = log.keys().of(tenant).await?;
    // The same request has the same session, so that it finds what it made before.
    let key = sender.key.as_ref().map_or(String::new(), |key| key.key.clone());
    let digest = keys.digest("session id", &[secret.as_bytes(), key.as_bytes()]);
    let session = SessionId(uuid::Builder::from_custom_bytes(first_half(digest)).into_uuid());
    let member = match redeem(commands, tenant, secret, purposes, now).await? {
        Ok(member) => member,
        Err(why) => {
            if let Some(before) = answered(commands, tenant, session, !key.is_empty()).await? {
                return Ok(before);
            }
            metrics::counter!("sign_in_links_refused_total", "why" => why).increment(1);
            tracing::info!(%tenant, why, "a link to sign in was refused");
            return Err(Refusal::LinkUnusable.into());
        }
    };
    let begun = Arc::new(Mutex::new(None));
    let command = BeginSession { session, member, begun: begun.clone() };
    let sender = Sender { actor: Actor::Member(member), key: None, ..sender };
    let done = commands.handle(sender, command).await.map_err(|error| match error {
        // Something changed since the look a moment ago.
        CommandError::Refused(_) | CommandError::NotFound => Refusal::LinkUnusable.into(),
        error => error,
    })?;
    let record = begun.lock().expect("no panic under it").take();
    let record = record.ok_or_else(|| CommandError::Internal("a session without a word".into()))?;
    let secret = new_secret();
    let mut tx = log.tenants().begin(tenant).await?;
    store::put(&mut tx, &record, &secret).await?;
    tx.commit().await?;
    Ok(SignedIn { record, secret: Some(secret), position: done.position })
}

fn first_half(digest: [u8; 32]) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes
}

fn new_secret() -> String {
    let mut bytes = [0; SECRET_BYTES];
    SystemRandom::new().fill(&mut bytes).expect("the system's random source answers");
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The session that the same request began before, without its secret.
async fn answered(
    commands: &Commands,
    tenant: TenantId,
    session: SessionId,
    keyed: bool,
) -> Result<Option<SignedIn>, CommandError> {
    if !keyed {
        return Ok(None);
    }
    let mut tx = commands.log().tenants().begin(tenant).await?;
    let found = find(&mut tx, session).await?;
    let position = crate::event_log::read::head_position(&mut tx).await?;
    tx.commit().await?;
    Ok(found.map(|record| SignedIn { record, secret: None, position }))
}

/// The member that a link is about, who is not told apart from nobody where it's of no use; the
/// inner error says why, for those who run the service.
pub async fn look(
    commands: &Commands,
    tenant: TenantId,
    secret: &str,
    purposes: &[Purpose],
) -> Result<Option<MemberId>, CommandError> {
    let now = commands.log().clock().now();
    let keys = commands.log().keys().of(tenant).await?;
    let mut tx = commands.log().tenants().begin(tenant).await?;
    for purpose in purposes {
        match links::look(&mut tx, &keys, secret, *purpose, now).await {
            Ok(link) => {
                let good = is_good(&mut tx, link, *purpose).await?;
                tx.commit().await?;
                return Ok(good.is_ok().then_some(MemberId(link.subject)));
            }
            Err(LinkError::Door(error)) => return Err(error.into()),
            Err(LinkError::Unknown | LinkError::Used | LinkError::Expired) => {}
        }
    }
    tx.commit().await?;
    Ok(None)
}

async fn redeem(
    commands: &Commands,
    tenant: TenantId,
    secret: &str,
    purposes: &[Purpose],
    now: Timestamp,
) -> Result<Result<MemberId, &'static str>, CommandError> {
    let keys = commands.log().keys().of(tenant).await?;
    let mut tx = commands.log().tenants().begin(tenant).await?;
    let mut why = "unknown";
    for purpose in purposes {
        match links::redeem(&mut tx, &keys, secret, *purpose, now).await {
            Ok(link) => {
                // Of no use or used up: either way it's gone.
                let good = is_good(&mut tx, link, *purpose).await?;
                tx.commit().await?;
                return Ok(good.map(|()| MemberId(link.subject)));
            }
            Err(LinkError::Unknown) => {}
            Err(LinkError::Used) => why = "used",
            Err(LinkError::Expired) => why = "expired",
            Err(LinkError::Door(error)) => return Err(error.into()),
        }
    }
    tx.commit().await?;
    Ok(Err(why))
}

/// Whether the member is one whom a link of this age and purpose may sign in. A link that was
/// mailed before they rested, got another address or ended all their sessions is of no use.
async fn is_good(
    tx: &mut migrations::TenantTx,
    link: links::Link,
    purpose: Purpose,
) -> Result<Result<(), &'static str>, CommandError> {
    let opened_at = store::opened_at(tx, link.id).await?;
    let mut state = Member::default();
    let mut closed_at = None;
    for row in stream_after(tx, member_stream(MemberId(link.subject)), 0).await? {
        if let Event::Member(event) = row.decode()?.event {
            if closes_links(&event) {
                closed_at = Some(row.recorded_at);
            }
            state.evolve(&event);
        }
    }
    if !state.active {
        return Ok(Err("inactive"));
    }
    if closed_at.is_some_and(|closed| opened_at.is_none_or(|opened| opened <= closed)) {
        return Ok(Err("outdated"));
    }
    if purpose == Purpose::Invitation && state.registration == Registration::Registered {
        return Ok(Err("registered"));
    }
    Ok(Ok(()))
}

fn closes_links(event: &MemberEvent) -> bool {
    match event {
        MemberEvent::MemberEmailChanged(_)
        | MemberEvent::MemberDeactivated(_)
        | MemberEvent::MemberSessionsRevoked(_) => true,
        MemberEvent::MemberAdded(_)
        | MemberEvent::MemberRenamed(_)
        | MemberEvent::MemberRolesChanged(_)
        | MemberEvent::MemberTimeZoneChanged(_)
        | MemberEvent::MemberActivated(_)
        | MemberEvent::MemberInvited(_)
        | MemberEvent::MemberRegistered(_)
        | MemberEvent::MemberManagerChanged(_)
        | MemberEvent::MemberEmploymentChanged(_)
        | MemberEvent::WorkPatternSet(_)
        | MemberEvent::GrantGiven(_)
        | MemberEvent::SubstituteNamed(_)
        | MemberEvent::SubstituteWithdrawn(_)
        | MemberEvent::GrantTakenBack(_) => false,
    }
}

/// Begins a session of a member who has shown who they are.
#[derive(Debug)]
struct BeginSession {
    session: SessionId,
    member: MemberId,
    /// What the last run decided.
    begun: Arc<Mutex<Option<SessionRecord>>>,
}

impl Command for BeginSession {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (own, streams) = (session_stream(self.session), member_stream(self.member));
        unit.will_write([own, streams])?;
        let session = unit.write::<Session>(own).await?;
        let member = unit.write::<Member>(streams).await?;
        let settings = unit.peek::<Settings>(settings_stream()).await?.state;
        let registered = register_member::decide(
            &member.state,
            members::RegisterMember { member: self.member },
        )?;
        let (now, proofs) = (unit.now(), vec![Proof::MailedLink]);
        let expires_at = now + SignedDuration::from_hours(24 * i64::from(settings.session_days()));
        let command =
            members::BeginSession { session: self.session, proofs: proofs.clone(), expires_at };
        let events = begin_session::decide(&session.state, &member.state, command)?;
        *self.begun.lock().expect("no panic under it") = Some(SessionRecord {
            id: self.session,
            member: self.member,
            epoch: member.state.epoch,
            proofs,
            began_at: now,
            expires_at,
            idle_minutes: settings.session_idle_minutes(),
            seen_at: now,
            ended_at: None,
        });
        unit.emit(&member, registered);
        unit.emit(&session, events);
        Ok(Reply::created(self.session.0))
    }
}

/// Ends a session; once more where it has ended changes nothing.
pub async fn end(
    commands: &Commands,
    sender: Sender,
    session: SessionId,
) -> Result<Done, CommandError> {
    let (tenant, now) = (sender.tenant, commands.log().clock().now());
    let done = commands.handle(sender, EndSession { session }).await?;
    // The log first: where this is cut off, the same request again finishes it.
    let mut tx = commands.log().tenants().begin(tenant).await?;
    store::end(&mut tx, session, now).await?;
    tx.commit().await?;
    Ok(done)
}

#[derive(Debug)]
struct EndSession {
    session: SessionId,
}

impl Command for EndSession {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let session = unit.write::<Session>(session_stream(self.session)).await?;
        let by = authority(unit).await?;
        let Some(of) = session.state.member else { return Err(Refusal::UnknownSession.into()) };
        let member = unit.read::<Member>(member_stream(of)).await?;
        let command = members::EndSession { session: self.session };
        let events: Vec<SessionEvent> =
            end_session::decide(&session.state, &member.state, &by, command)?;
        unit.emit(&session, events);
        Ok(Reply::changed(self.session.0))
    }
}

/// Ends every session of a member, and makes the links that were mailed to them useless.
#[derive(Debug, Clone)]
pub struct RevokeSessions {
    /// The member.
    pub member: MemberId,
}

impl Command for RevokeSessions {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (member, by) = load(unit, self.member, None).await?;
        let command = members::RevokeMemberSessions { member: self.member };
        let events = revoke_member_sessions::decide(&member.state, &by, command)?;
        unit.emit(&member, events);
        Ok(Reply::changed(Uuid::from(self.member)))
    }
}

#[cfg(test)]
mod tests;
