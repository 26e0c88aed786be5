//! The program itself, as its users run it: `serve` over an embedded database and a NATS server,
//! and the command line beside it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::clients::Firm;
use super::http::Peer;
use crate::wait::wait_until;

/// Long enough for a database that recovers on a busy machine.
const START: Duration = Duration::from_secs(60);

pub(crate) struct Service {
    program: PathBuf,
    pub(crate) data_dir: PathBuf,
    log: PathBuf,
    nats_url: String,
    listen: SocketAddr,
    child: Option<Child>,
}

/// The program lies beside the folder of this test's own: `cargo test --workspace` builds both.
pub(crate) fn program() -> PathBuf {
    let test = std::env::current_exe().expect("a running program has a path");
    let program = test.ancestors().nth(2).expect("target/<profile>/deps").join("crowdminder");
    assert!(program.exists(), "{} is missing: run `cargo build -p api` first", program.display());
    program
}

impl Service {
    pub(crate) fn new(folder: &Path, nats_url: &str) -> Self {
        // The same port each time, so that clients find it again; nobody else asked for it so far.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        Service {
            program: program(),
            data_dir: folder.join("crowdminder"),
            log: folder.join("serve.log"),
            nats_url: nats_url.to_owned(),
            listen: free.local_addr().expect("its address"),
            child: None,
        }
    }

    /// Starts it and waits until it accepts requests.
    pub(crate) async fn start(&mut self) {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(&self.log);
        let mut command = Command::new(&self.program);
        command.arg("--data-dir").arg(&self.data_dir).arg("serve");
        command.args(["--listen", &self.listen.to_string(), "--admin-listen", "127.0.0.1:0"]);
        command.args(["--nats-url", &self.nats_url]).env("CROWDMINDER_LOG", "warn");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log.expect("a log file"));
        let mut child = command.kill_on_drop(true).spawn().expect("the program runs");
        let stdout = child.stdout.take().expect("it is piped");
        self.child = Some(child);
        let line = timeout(START, BufReader::new(stdout).lines().next_line()).await;
        let line = line.expect("it is ready in time").expect("its output can be read");
        let ready = line.is_some_and(|line| line.starts_with("ready http://"));
        assert!(ready, "it does not start: {}", self.log());
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Whether it still runs by itself.
    pub(crate) fn is_running(&mut self) -> bool {
        let status = self.child.as_mut().map(Child::try_wait);
        matches!(status, Some(Ok(None)))
    }

    pub(crate) async fn kill9(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().await.expect("killed");
    }

    /// Kills the postmaster, whose keeper is to start it again.
    pub(crate) async fn kill_postgres(&self) {
        let postmaster = self.postmaster().expect("the database runs");
        kill(postmaster, Signal::SIGKILL).expect("killed");
        wait_until("another postmaster", async || {
            self.postmaster().is_some_and(|another| another != postmaster)
        })
        .await;
    }

    /// The postmaster of the data directory, by its own note.
    fn postmaster(&self) -> Option<Pid> {
        let note = std::fs::read_to_string(self.data_dir.join("postgres/postmaster.pid")).ok()?;
        note.lines().next()?.trim().parse().ok().map(Pid::from_raw)
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("it runs");
        let id = child.id().and_then(|id| i32::try_from(id).ok()).expect("it runs");
        kill(Pid::from_raw(id), Signal::SIGTERM).expect("told");
        let ended = timeout(START, child.wait()).await;
        ended.expect("it stops in time").expect("it can be waited for")
    }

    /// Runs the command line over the same data directory.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(&self.program);
        command.arg("--data-dir").arg(&self.data_dir).arg("--json").args(arguments);
        command.stdin(Stdio::null()).output().await.expect("the program runs")
    }

    /// A tenant with a project, and its owner's token.
    pub(crate) async fn make_firm(&self) -> Firm {
        let slug = "acme".to_owned();
        let name = ["--name", "Acme Example", "--owner", "olga@example.test"];
        let output = self.run(&[&["tenant", "create", &slug], &name[..]].concat()).await;
        let made: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let peer = Peer {
            address: self.listen,
            host: text(&made["tenant"]["domain"]),
            token: text(&made["owner"]["token"]),
        };
        let make = async |path: &str, key: &str, body: Value| {
            let answer = peer.post(path, key, &body).await.expect("an answer");
            assert_eq!(answer.status, 201, "{answer:?}");
            text(&answer.body["id"])
        };
        let client = make("/clients", "client", json!({"name": "Sample Harbour"})).await;
        let body = json!({"client_id": client, "name": "Berths"});
        let project = make("/projects", "project", body).await;
        let path = format!("/projects/{project}/tasks");
        let task = make(&path, "task", json!({"name": "Planning", "billable": true})).await;
        Firm { slug, peer, project, task }
    }

    /// That no server outlives its last user, and that nothing in the program broke off.
    pub(crate) async fn assert_left_nothing_behind(&self) {
        wait_until("the database stops with its last user", async || {
            self.postmaster().is_none_or(|postmaster| kill(postmaster, None).is_err())
        })
        .await;
        assert!(!self.log().contains("panicked"), "{}", self.log());
    }
}
