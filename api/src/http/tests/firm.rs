//! A firm with a running projector and people to act as.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use commands::event_log::audit::CheckpointSigner;
use commands::event_log::{EventLog, Limits};
use commands::links::{self, Purpose};
use commands::members::AddMember;
use commands::platform_log;
use commands::tenancy::domains::{LookupFailed, TxtRecords};
use commands::tokens::{NewToken, Scopes, issue};
use commands::{Clock, Commands, Sender};
use domain::id::MemberId;
use domain::log::{Actor, Via};
use domain::members::Role;
use migrations::cell::{Cell, PoolLimits};
use migrations::files::FileStore;
use migrations::testing::{TestTenant, cell, random_id};
use projections::runner::{Runner, RunnerLimits};
use projections::wait::Progress;
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Ask, Reply, ask};
use crate::http::{App, HttpLimits, router};

/// A person with a token.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) member: MemberId,
    pub(crate) token: String,
}

/// A zone that a test fills; names that are not in it have no records.
#[derive(Debug, Default)]
pub(crate) struct Names(pub(crate) Mutex<BTreeMap<String, Vec<String>>>);

#[async_trait::async_trait]
impl TxtRecords for Names {
    async fn txt(&self, name: &str) -> Result<Vec<String>, LookupFailed> {
        Ok(self.0.lock().expect("no panic under it").get(name).cloned().unwrap_or_default())
    }
}

/// A person who has signed in.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) person: Person,
}

/// A tenant behind the API.
pub(crate) struct Firm {
    pub(crate) tenant: TestTenant,
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) owner: Person,
    /// What names say to it.
    pub(crate) names: Arc<Names>,
    _stop: tokio_util::sync::DropGuard,
    _folder: Arc<TempDir>,
}

impl Firm {
    /// A firm with an owner.
    pub(crate) async fn new() -> Self {
        Firm::beside(cell(PoolLimits::default())).await
    }

    /// A firm in a cell that others may be in.
    pub(crate) async fn beside(cell: Arc<Cell>) -> Self {
        let tenant = TestTenant::provision_in(cell, &projections::registry::tables()).await;
        tenant.platform.set_state(tenant.id, "active").await.expect("the catalogue");
        let log = EventLog::new(
            tenant.tenants.clone(),
            tenant.keys.clone(),
            Clock::system(),
            Limits::default(),
        );
        let commands = Commands::new(log);
        let ensured = platform_log::ensure(&commands, &tenant.platform, &[], "localhost").await;
        ensured.expect("the platform's log");
        let progress = Progress::default();
        let stop = run_projector(&commands, &tenant, &progress);
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        let signer = CheckpointSigner::in_folders(folder.path(), folder.path()).expect("a key");
        let files = FileStore::local(&folder.path().join("files")).expect("a folder");
        let app = App::new(
            commands,
            tenant.platform.clone(),
            progress,
            Arc::new(signer),
            files,
            HttpLimits::default(),
        );
        let names = Arc::new(Names::default());
        let app = app.asking(names.clone());
        let nobody = Person { member: MemberId(Uuid::nil()), token: String::new() };
        let mut firm = Firm {
            router: router(app.clone()),
            tenant,
            app,
            owner: nobody,
            names,
            _stop: stop,
            _folder: folder,
        };
        firm.owner = firm.person(&[Role::Owner]).await;
        firm
    }

    /// Its host.
    pub(crate) fn host(&self) -> String {
        format!("{}.localhost", self.tenant.slug)
    }

    /// A new member with a token for all they may do.
    pub(crate) async fn person(&self, roles: &[Role]) -> Person {
        let member = MemberId(random_id());
        let command = AddMember {
            member,
            name: format!("Nova {}", member.0.simple()),
            email: Some(format!("{}@example.com", member.0.simple())),
            roles: roles.to_vec(),
            time_zone: None,
        };
        let sender = Sender::new(self.tenant.id, Actor::Operator, Via::CommandLine);
        self.app.commands.handle(sender, command).await.expect("a new member");
        Person { member, token: self.token(member, Scopes::All).await }
    }

    /// A token of a member.
    pub(crate) async fn token(&self, member: MemberId, scopes: Scopes) -> String {
        let new = NewToken { id: random_id(), member, scopes, expires_at: None };
        let now = Clock::system().now();
        issue(&self.tenant.tenants, self.tenant.id, new, now).await.expect("a token")
    }

    /// A link for a member, as a mail has it.
    pub(crate) async fn link(&self, purpose: Purpose, member: MemberId) -> String {
        let keys = self.tenant.keys.of(self.tenant.id).await.expect("the keys");
        let mut tx = self.tenant.tenants.begin(self.tenant.id).await.expect("the door");
        let (id, now) = (random_id(), Clock::system().now());
        let link = links::open(&mut tx, &keys, id, purpose, member.0, now).await;
        tx.commit().await.expect("a commit");
        link.expect("a link")
    }

    /// A member signs in.
    pub(crate) async fn session(&self, member: MemberId) -> Session {
        let token = self.link(Purpose::SignIn, member).await;
        let reply = self.raw(&posting("/sessions", &serde_json::json!({ "token": token }))).await;
        let begun = reply.is(201);
        let token = begun["token"].as_str().expect("a secret").to_owned();
        Session { id: reply.id(), person: Person { member, token } }
    }

    /// The same firm behind another process over the same database, which has no projector.
    pub(crate) fn in_another_process(&self) -> Router {
        let tenant = self.tenant.in_another_process();
        let (tenants, keys) = (tenant.tenants.clone(), tenant.keys.clone());
        let log = EventLog::new(tenants, keys, Clock::system(), Limits::default());
        router(App::new(
            Commands::new(log),
            tenant.platform.clone(),
            Progress::default(),
            self.app.signer.clone(),
            self.app.files.clone(),
            HttpLimits::default(),
        ))
    }

    /// Sends a request as it is.
    pub(crate) async fn raw(&self, ask: &Ask) -> Reply {
        ask.send(&self.router, &self.host()).await
    }

    /// Reads, as the owner.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.get_as(&self.owner, path).await
    }

    /// Reads.
    pub(crate) async fn get_as(&self, person: &Person, path: &str) -> Reply {
        self.raw(&ask("GET", path).token(&person.token)).await
    }

    /// Posts with a key of its own, as the owner.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_as(&self.owner, path, body).await
    }

    /// Posts with a key of its own.
    pub(crate) async fn post_as(&self, person: &Person, path: &str, body: &Value) -> Reply {
        self.raw(&posting(path, body).token(&person.token)).await
    }

    /// Changes what has this tag, as the owner.
    pub(crate) async fn change(&self, method: &str, path: &str, tag: &str, body: &Value) -> Reply {
        let ask = ask(method, path).token(&self.owner.token).header("if-match", tag);
        self.raw(&if body.is_null() { ask } else { ask.json(body) }).await
    }

    /// Reads what a command has led to, as the owner.
    pub(crate) async fn get_after(&self, done: &Reply, path: &str) -> Reply {
        let join = if path.contains('?') { '&' } else { '?' };
        self.get(&format!("{path}{join}min_position={}", done.position())).await
    }
}

/// A post with a key of its own.
pub(crate) fn posting(path: &str, body: &Value) -> Ask {
    ask("POST", path).header("idempotency-key", &random_id().to_string()).json(body)
}

/// Keeps the read models up to date until the guard goes.
fn run_projector(
    commands: &Commands,
    tenant: &TestTenant,
    progress: &Progress,
) -> tokio_util::sync::DropGuard {
    let stop = CancellationToken::new();
    let own = tenant.id;
    let (runner, notices) =
        Runner::new(tenant.tenants.clone(), progress.clone(), RunnerLimits::default());
    tokio::spawn(runner.serving(move |id| id == own).run(stop.clone()));
    let mut commits = commands.log().subscribe();
    tokio::spawn(async move {
        while let Ok(commit) = commits.recv().await {
            notices.grown(commit.tenant, commit.position);
        }
    });
    stop.drop_guard()
}
