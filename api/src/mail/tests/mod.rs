//! Letters to a real mail server, which takes them, refuses them, is away or cuts the connection.

mod leave;
mod leave_settled;
mod letters;
mod server;
mod timesheets;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use commands::event_log::{EventLog, Limits};
use commands::jobs::table::{JobRecord, find};
use commands::jobs::{JobEngine, JobLimits};
use commands::mail::TestMail;
use commands::members::AddMember;
use commands::{Clock, Command, Commands, Sender};
use domain::id::MemberId;
use domain::log::{Actor, Via};
use domain::members::Role;
use jiff::SignedDuration;
use migrations::testing::{TestTenant, random_id};
use tempfile::TempDir;
use uuid::Uuid;

use super::sink::Sink;
use super::{MailOptions, Post, SendMail};

/// A tenant with a mail server, and a clock that is set.
pub(super) struct Office {
    pub tenant: TestTenant,
    pub commands: Commands,
    pub clock: Clock,
    pub sink: Sink,
    pub folder: TempDir,
}

impl Office {
    pub(super) async fn new() -> Self {
        let tenant = TestTenant::provision(&[]).await;
        let clock = Clock::simulated("2026-11-21T12:00:00Z".parse().unwrap(), 1);
        let (tenants, keys) = (tenant.tenants.clone(), tenant.keys.clone());
        let commands =
            Commands::new(EventLog::new(tenants, keys, clock.clone(), Limits::default()));
        let sink = Sink::start().await.expect("a port of this machine");
        Office { tenant, commands, clock, sink, folder: tempfile::tempdir().expect("a folder") }
    }

    /// An engine that sends to the mail server, or to files.
    pub(super) fn engine(&self, to_files: bool) -> JobEngine {
        let options = MailOptions {
            smtp_url: (!to_files).then(|| self.sink.url()),
            from: None,
            base_domain: "crowd.example".into(),
            port: Some(8080),
        };
        let (log, platform) = (self.commands.log().clone(), self.tenant.platform.clone());
        let post = Post::open(log.clone(), platform.clone(), options, self.folder.path());
        let post = Arc::new(post.expect("a sound URL"));
        JobEngine::new(log, platform, JobLimits::default()).with(SendMail::new(post))
    }

    pub(super) fn pass(&self, time: SignedDuration) {
        self.clock.set(self.clock.now().checked_add(time).unwrap());
    }

    pub(super) async fn send(&self, command: impl Command) -> Option<Uuid> {
        let sender = Sender::new(self.tenant.id, Actor::Operator, Via::CommandLine);
        self.commands.handle(sender, command).await.expect("an operator's right").reply.id
    }

    pub(super) async fn member(&self, name: &str, email: &str) -> MemberId {
        let member = MemberId(random_id());
        let (name, email) = (name.to_owned(), Some(email.to_owned()));
        self.send(AddMember { member, name, email, roles: vec![Role::Member], time_zone: None })
            .await;
        member
    }

    /// Asks for the letter of a test.
    pub(super) async fn ask(&self, member: MemberId) -> Uuid {
        self.send(TestMail { member }).await.expect("the job")
    }

    pub(super) async fn run(&self, engine: &JobEngine) -> usize {
        engine.run_tenant(self.tenant.id).await.expect("the database")
    }

    pub(super) async fn job(&self, id: Uuid) -> JobRecord {
        let mut tx = self.tenant.tenants.begin(self.tenant.id).await.expect("the door");
        find(&mut tx, id).await.expect("the table").expect("the job")
    }
}

/// A header's value with its encoded words decoded (RFC 2047, base64 in UTF-8 alone).
pub(super) fn decoded(header: &str) -> String {
    let word = |word: &str| {
        let inner = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
        inner
            .map(|inner| String::from_utf8(STANDARD.decode(inner).expect("base64")).expect("UTF-8"))
    };
    let mut out = String::new();
    let mut after_encoded = false;
    for text in header.split(' ') {
        let plain = word(text);
        // White space between two encoded words is none of the text.
        let joins = after_encoded && plain.is_some();
        if !out.is_empty() && !joins {
            out.push(' ');
        }
        after_encoded = plain.is_some();
        out.push_str(plain.as_deref().unwrap_or(text));
    }
    out
}

/// The part of a mail with this content type, with its encoding undone.
pub(super) fn part(raw: &str, content_type: &str) -> String {
    let boundary = raw.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next());
    let between = format!("\r\n--{}", boundary.expect("parts apart by a boundary"));
    let start = raw.find(&format!("Content-Type: {content_type}")).expect("such a part");
    let (head, rest) = raw[start..].split_once("\r\n\r\n").expect("a head and a body");
    let body = rest.split(&*between).next().unwrap_or_default();
    if head.contains("quoted-printable") { unquoted(body) } else { body.to_owned() }
}

fn unquoted(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let (mut out, bytes) = (Vec::new(), joined.as_bytes());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'=' {
            let hex = &joined[at + 1..at + 3];
            out.push(u8::from_str_radix(hex, 16).expect("two digits"));
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).expect("UTF-8")
}
