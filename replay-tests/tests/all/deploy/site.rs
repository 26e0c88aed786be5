//! A site: a database server, a data directory with the keys, and processes of the program over
//! them, each under the least of rights.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use migrations::embedded::{EmbeddedDatabase, EmbeddedOptions};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::client::{Answer, ask};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program lies beside the folder of this test's own: `cargo test --workspace` builds both.
fn program() -> PathBuf {
    let test = std::env::current_exe().expect("a running program has a path");
    let program = test.ancestors().nth(2).expect("target/<profile>/deps").join("crowdminder");
    assert!(program.exists(), "{} is missing: run `cargo build -p api` first", program.display());
    program
}

/// A free port; nobody else asked for it so far.
fn free() -> SocketAddr {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    free.local_addr().expect("its address")
}

pub(crate) struct Site {
    pub(crate) folder: TempDir,
    database: EmbeddedDatabase,
    /// The host of its one tenant.
    pub(crate) host: String,
    /// What authorises its owner.
    pub(crate) bearer: String,
}

impl Site {
    /// A site with one tenant.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let options = EmbeddedOptions::new(folder.path().join("server"));
        let database = EmbeddedDatabase::start(options).await.expect("a database server");
        let mut site = Site { folder, database, host: String::new(), bearer: String::new() };
        // Once as the administrator, which makes the logins; from then on without one.
        let superuser = site.database.superuser_url();
        let output = site.run_as(&superuser, &["migrate"]).await;
        assert!(output.status.success(), "{output:?}");
        let words = ["tenant", "create", "acme", "--name", "Acme", "--owner", "olga@example.test"];
        let output = site.run(&words).await;
        let made: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        site.host = made["tenant"]["domain"].as_str().expect("a host").to_owned();
        site.bearer = format!("Bearer {}", made["owner"]["token"].as_str().expect("a token"));
        site
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// How a login reaches the database; its password is the one made for it.
    fn url(&self, login: &str) -> String {
        let superuser = self.database.superuser_url();
        let secret = self.data_dir().join(format!("keys/{login}.password"));
        let password = std::fs::read_to_string(secret).expect("a password");
        superuser
            .replace("/postgres?", "/crowdminder?")
            .replace("&user=postgres", &format!("&user={login}&password={}", password.trim()))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(program());
        command.env("CROWDMINDER_DATA_DIR", self.data_dir()).current_dir(self.folder.path());
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    async fn run_as(&self, url: &str, words: &[&str]) -> Output {
        let mut command = self.command();
        command.args(["--database-url", url, "--json"]).args(words);
        command.output().await.expect("the program runs")
    }

    /// Runs the command line with both logins.
    pub(crate) async fn run(&self, words: &[&str]) -> Output {
        let mut command = self.command();
        command.env("CROWDMINDER_BUILDER_URL", self.url("crowdminder_builder"));
        command.args(["--database-url", &self.url("crowdminder_app"), "--json"]).args(words);
        command.output().await.expect("the program runs")
    }

    /// Starts a process that serves in this role and waits until it's ready. Only workers get the
    /// builder's login.
    pub(crate) async fn serve(
        &self,
        role: &str,
        words: &[&str],
        environment: &[(&str, &str)],
    ) -> Serving {
        let (listen, admin) = (free(), free());
        let log = self.folder.path().join(format!("{role}-{}.log", listen.port()));
        let mut command = self.command();
        command.args(["--database-url", &self.url("crowdminder_app")]);
        if role != "api" {
            command.args(["--builder-url", &self.url("crowdminder_builder")]);
        }
        command.args(["serve", "--role", role, "--listen", &listen.to_string()]);
        command.args(["--admin-listen", &admin.to_string()]).args(words);
        command.envs(environment.iter().copied());
        let file = std::fs::File::create(&log).expect("a log file");
        let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().expect("it runs");
        let stdout = child.stdout.take().expect("it is piped");
        let line = timeout(PATIENCE, BufReader::new(stdout).lines().next_line()).await;
        let line = line.expect("it is ready in time").expect("its output can be read");
        let ready = line.unwrap_or_default();
        assert!(ready.starts_with("ready http://"), "{role}: {}", read(&log));
        Serving { child, listen, admin, log, ready }
    }

    /// Asks as the owner.
    pub(crate) async fn ask(
        &self,
        address: SocketAddr,
        method: &str,
        path: &str,
        more: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Option<Answer> {
        let headers = [("Host", &*self.host), ("Authorization", &*self.bearer)];
        let headers = [&headers, more].concat();
        ask(address, method, &format!("/api/v1{path}"), &headers, body).await
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// A process that serves.
pub(crate) struct Serving {
    child: Child,
    pub(crate) listen: SocketAddr,
    pub(crate) admin: SocketAddr,
    log: PathBuf,
    pub(crate) ready: String,
}

impl Serving {
    pub(crate) fn log(&self) -> String {
        read(&self.log)
    }

    /// What its operator sees.
    pub(crate) async fn look(&self, path: &str) -> Option<Answer> {
        ask(self.admin, "GET", path, &[("Host", "admin")], None).await
    }

    pub(crate) fn tell(&self, signal: Signal) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok()).expect("it runs");
        kill(Pid::from_raw(id), signal).expect("told");
    }

    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.expect("it stops in time").expect("it can be waited for")
    }

    /// Tells it to stop; it must end in order.
    pub(crate) async fn stop(mut self) -> String {
        self.tell(Signal::SIGTERM);
        let status = self.ended().await;
        assert_eq!(status.code(), Some(0), "{}", self.log());
        self.log()
    }

    pub(crate) async fn kill9(mut self) {
        self.child.kill().await.expect("killed");
    }
}
