//! A firm that is looked at in a browser: the program itself over a private database, with a month
//! of approved work on a draft, and mails that are written to files.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::crash::service::program;
use crate::deploy::client::{Answer, ask};
use crate::wait::{PATIENCE, wait_until};

/// The owner's address.
pub(crate) const OWNER: &str = "olga@example.test";
/// A name that would be markup if somebody forgot to escape it.
pub(crate) const CLIENT: &str = "Harbour <b>& Sons</b>";

pub(crate) struct Site {
    folder: TempDir,
    child: Child,
    listen: SocketAddr,
    admin: SocketAddr,
    token: String,
    sent: AtomicU32,
}

fn free() -> SocketAddr {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    free.local_addr().expect("its address")
}

impl Site {
    /// The program with one firm.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (listen, admin) = (free(), free());
        let log = std::fs::File::create(folder.path().join("log")).expect("a log file");
        let mut child = Command::new(program())
            .arg("--data-dir")
            .arg(folder.path().join("data"))
            .args(["serve", "--listen", &listen.to_string()])
            .args(["--admin-listen", &admin.to_string()])
            .env("CROWDMINDER_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the program runs");
        let stdout = child.stdout.take().expect("it is piped");
        let line = timeout(PATIENCE, BufReader::new(stdout).lines().next_line()).await;
        let ready = line.expect("ready in time").expect("readable").unwrap_or_default();
        assert!(ready.starts_with("ready http://"), "it starts: {ready}");
        let (token, sent) = (String::new(), AtomicU32::new(0));
        let mut site = Site { folder, child, listen, admin, token, sent };
        let words = ["tenant", "create", "acme", "--name", "Acme Consulting", "--owner", OWNER];
        let made = site.run(&words).await;
        site.token = made["owner"]["token"].as_str().expect("a token").to_owned();
        site
    }

    async fn run(&self, words: &[&str]) -> Value {
        let mut command = Command::new(program());
        command.arg("--data-dir").arg(self.folder.path().join("data")).arg("--json").args(words);
        let output = command.stdin(Stdio::null()).output().await.expect("the program runs");
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    }

    /// An address on the firm's host.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://acme.localhost:{}{path}", self.listen.port())
    }

    async fn asked(&self, token: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let key = self.sent.fetch_add(1, Ordering::Relaxed).to_string();
        let bearer = format!("Bearer {token}");
        let headers = [
            ("Host", "acme.localhost"),
            ("Authorization", &bearer),
            ("Idempotency-Key", &key),
            ("If-Match", "*"),
        ];
        let path = format!("/api/v1{path}");
        ask(self.listen, method, &path, &headers, body).await.expect("an answer")
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Value {
        let answer = self.asked(token, "POST", path, Some(&body)).await;
        assert!([200, 201].contains(&answer.status), "{path}: {answer:?}");
        answer.json()
    }

    async fn made(&self, path: &str, body: Value) -> String {
        let made = self.post(&self.token.clone(), path, body).await;
        made["id"].as_str().expect("an id").to_owned()
    }

    /// Somebody else than the owner, by their token.
    async fn member(&self, name: &str, role: &str) -> (String, String) {
        let email = format!("{}@example.test", name.to_lowercase());
        let body = json!({ "name": name, "email": email, "roles": [role], "invite": false });
        let id = self.made("/members", body).await;
        let made = self.run(&["token", "create", "acme", "--member", &email]).await;
        (id, made["token"].as_str().expect("a token").to_owned())
    }

    /// A draft of two lines of approved work; answers its id.
    pub(crate) async fn draft(&self) -> String {
        for (key, value) in
            [("TIME_ZONE", "Africa/Johannesburg"), ("LEGAL_NAME", "Acme Consulting (Pty) Ltd")]
        {
            let path = format!("/settings/{key}");
            let body = json!({ "value": value });
            let answer = self.asked(&self.token, "PUT", &path, Some(&body)).await;
            assert_eq!(answer.status, 200, "{answer:?}");
        }
        let body = json!({ "name": CLIENT, "currency": "ZAR" });
        let client = self.made("/clients", body).await;
        let body = json!({ "client_id": client, "name": "Berths" });
        let project = self.made("/projects", body).await;
        let path = format!("/projects/{project}/tasks");
        let planning = self.made(&path, json!({ "name": "Planning" })).await;
        let survey = self.made(&path, json!({ "name": "Survey" })).await;
        let rate = json!({ "unit": "hour", "amount_minor": 100_000, "currency": "ZAR" });
        self.post(&self.token, "/rates", json!({ "kind": "bill", "rate": rate })).await;
        let (mina, token) = self.member("Mina", "member").await;
        let (_, manager) = self.member("Max", "manager").await;
        for (task, day, minutes) in [
            (&planning, "2026-03-10", 90),
            (&planning, "2026-03-11", 45),
            (&survey, "2026-03-12", 60),
        ] {
            let body = json!({
                "project_id": project, "task_id": task, "date": day, "seconds": 60 * minutes,
            });
            self.post(&token, "/time-entries", body).await;
        }
        let week = format!("/timesheets/{mina}/2026-W11");
        self.post(&token, &format!("{week}/submit"), json!({})).await;
        self.post(&manager, &format!("{week}/approve"), json!({})).await;
        let body = json!({
            "client_id": client, "from": "2026-03-01", "to": "2026-03-31", "group_by": "task",
        });
        self.made("/invoices", body).await
    }

    /// The link of the mail that was written last.
    pub(crate) async fn mailed_link(&self) -> String {
        let mut link = None;
        wait_until("a mail with a link", async || {
            link = self.links().pop();
            link.is_some()
        })
        .await;
        link.expect("there is one")
    }

    fn links(&self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(self.folder.path().join("data/mail")) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = folder.filter_map(|file| Some(file.ok()?.path())).collect();
        paths.sort();
        let link = |path: &PathBuf| {
            let mail = std::fs::read_to_string(path).ok()?;
            let mail = mail.replace("=\r\n", "").replace("=3D", "=");
            let token = mail.split("/sign-in?token=").nth(1)?;
            Some(self.url(&format!("/sign-in?token={}", token.get(..64)?)))
        };
        paths.iter().filter_map(link).collect()
    }

    /// How often a browser refused something by the policy of a page.
    pub(crate) async fn csp_reports(&self) -> usize {
        let metrics = ask(self.admin, "GET", "/metrics", &[("Host", "admin")], None).await;
        let metrics = metrics.expect("metrics").body;
        metrics.lines().filter(|line| line.starts_with("csp_reports_total")).count()
    }

    /// Ends it.
    pub(crate) async fn stop(mut self) {
        self.child.kill().await.expect("it ends");
    }
}
