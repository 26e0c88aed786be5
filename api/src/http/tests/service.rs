//! A whole service of its own for a test: the platform with an operator, mails in a folder, and a
//! clock that the test sets.

use std::sync::Arc;

use axum::Router;
use commands::jobs::{JobEngine, JobLimits};
use commands::members::AddMember;
use commands::signup::{MakeFirm, Maker};
use commands::subscription::Terms;
use commands::tokens::{NewToken, Scopes, issue};
use commands::{Clock, Sender};
use domain::id::{MemberId, TenantId};
use domain::log::{Actor, Via};
use domain::members::Role;
use jiff::Timestamp;
use migrations::cell::PoolLimits;
use migrations::testing::random_id;
use projections::registry;
use projections::wait::Progress;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::firm::posting;
use super::{Ask, Reply, ask};
use crate::http::{App, HttpLimits, router};
use crate::mail::{MailOptions, Post, SendMail};
use crate::system::{Place, System};

/// The host of the platform in tests.
pub(crate) const BASE: &str = "localhost";

/// A service with an operator.
pub(crate) struct Service {
    pub(crate) system: System,
    pub(crate) clock: Clock,
    pub(crate) router: Router,
    pub(crate) operator: String,
    pub(crate) terms: Terms,
    pub(crate) engine: JobEngine,
    folder: TempDir,
}

impl Service {
    /// A service whose clock stands at this moment.
    pub(crate) async fn at(now: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::simulated(now.parse().expect("an instant"), 7);
        let place = Place::in_folder(folder.path().to_owned());
        let system = System::open(&place, clock.clone(), PoolLimits::default()).await;
        let system = system.expect("a service of its own");
        let app = App::new(
            system.commands.clone(),
            system.platform.clone(),
            Progress::default(),
            system.signer.clone(),
            system.files.clone(),
            HttpLimits::default(),
        );
        let (commands, platform) = (system.commands.clone(), system.platform.clone());
        let maker = Maker::new(commands.clone(), platform.clone(), registry::tables());
        let terms = Terms::new(commands.clone(), platform.clone());
        let options = MailOptions { base_domain: BASE.into(), ..MailOptions::default() };
        let log = commands.log().clone();
        let post = Post::open(log.clone(), platform.clone(), options, folder.path());
        let post = Arc::new(post.expect("a folder needs no server"));
        let engine = JobEngine::new(log, platform, JobLimits::default())
            .with(SendMail::new(post))
            .with(MakeFirm(maker));
        let router = router(app);
        let operator = String::new();
        let mut service = Service { system, clock, router, operator, terms, engine, folder };
        service.operator = service.member(TenantId::PLATFORM, Role::Admin).await;
        service
    }

    /// The token of a new member of a tenant, or of the platform.
    pub(crate) async fn member(&self, tenant: TenantId, role: Role) -> String {
        let member = MemberId(random_id());
        let command = AddMember {
            member,
            name: "Nova".into(),
            email: Some(format!("{}@example.com", member.0.simple())),
            roles: vec![role],
            time_zone: None,
        };
        let sender = Sender::new(tenant, Actor::Operator, Via::CommandLine);
        self.system.commands.handle(sender, command).await.expect("a new member");
        self.token(tenant, member).await
    }

    /// A token of a member.
    pub(crate) async fn token(&self, tenant: TenantId, member: MemberId) -> String {
        let new = NewToken { id: random_id(), member, scopes: Scopes::All, expires_at: None };
        let issued = issue(&self.system.tenants, tenant, new, self.clock.now()).await;
        issued.expect("a token")
    }

    /// Sets the clock.
    pub(crate) fn now(&self, now: &str) {
        let now: Timestamp = now.parse().expect("an instant");
        self.clock.set(now);
    }

    /// Sends a request to the base domain as it is.
    pub(crate) async fn send(&self, ask: &Ask) -> Reply {
        ask.send(&self.router, BASE).await
    }

    /// Reads on the base domain without credentials.
    pub(crate) async fn look(&self, path: &str) -> Reply {
        self.send(&ask("GET", path)).await
    }

    /// Posts to the base domain without credentials.
    pub(crate) async fn visit(&self, path: &str, body: &Value) -> Reply {
        self.send(&posting(path, body)).await
    }

    /// Reads on the base domain as the operator.
    pub(crate) async fn inspect(&self, path: &str) -> Reply {
        self.send(&ask("GET", path).token(&self.operator)).await
    }

    /// Posts to the base domain as the operator.
    pub(crate) async fn operate(&self, path: &str, body: &Value) -> Reply {
        self.send(&posting(path, body).token(&self.operator)).await
    }

    /// Signs a firm up and confirms it; answers its host and its owner's token.
    pub(crate) async fn firm(&self, slug: &str) -> (String, TenantId, String) {
        let begun = self.visit("/signups", &firm_named(slug)).await;
        let id = begun.id();
        let token = self.mailed_token(&format!("nova@{slug}.example")).await;
        let confirmed =
            self.visit(&format!("/signups/{id}/confirm"), &json!({ "token": token })).await;
        confirmed.is(200);
        let record = self.system.platform.tenant_by_slug(slug).await.expect("the catalogue");
        let tenant = record.expect("a tenant").id;
        let owners = commands::subscription::owners(&self.system.tenants, tenant).await;
        let owner = owners.expect("the log")[0];
        (format!("{slug}.{BASE}"), tenant, self.token(tenant, owner).await)
    }

    /// Sends the mails that are due, and answers the token in the last one about confirming that
    /// went to this address.
    pub(crate) async fn mailed_token(&self, address: &str) -> String {
        let mails = self.mails().await;
        let confirms = |mail: &&String| mail.contains("/confirm?token=") && mail.contains(address);
        let last = mails.iter().rfind(confirms);
        let mail = last.expect("a mail with a link");
        let (_, rest) = mail.split_once("/confirm?token=").expect("the link");
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
    }

    /// Sends the mails that are due, and answers the text of all so far, in the order they
    /// were written.
    pub(crate) async fn mails(&self) -> Vec<String> {
        self.engine.run_tenant(TenantId::PLATFORM).await.expect("the platform's jobs");
        let Ok(folder) = std::fs::read_dir(self.folder.path().join("mail")) else {
            return Vec::new();
        };
        let mut paths: Vec<_> = folder.map(|entry| entry.expect("a file").path()).collect();
        // The clock stands, so the names alone don't tell.
        paths.sort_by_key(|path| path.metadata().and_then(|it| it.modified()).expect("a file"));
        let read = |path: &std::path::PathBuf| std::fs::read_to_string(path).expect("a mail");
        paths.iter().map(|path| unfolded(&read(path))).collect()
    }

    /// Ends it in order.
    pub(crate) async fn close(self) {
        self.system.close().await;
    }
}

/// A mail with soft line breaks undone, so that links can be read.
fn unfolded(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=3D", "=")
}

/// What a firm says of itself to sign up.
pub(crate) fn firm_named(slug: &str) -> Value {
    json!({
        "firm_name": format!("Firm {slug}"), "slug": slug, "country": "ZA", "plan": "standard",
        "owner_name": "Nova Example", "owner_email": format!("nova@{slug}.example"),
    })
}
