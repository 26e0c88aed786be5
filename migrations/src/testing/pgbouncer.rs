//! A test instrument: a real PgBouncer in transaction mode as a child process, before a private
//! PostgreSQL. It's the strictest set-up there is: what it does not have to accept, it refuses.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::unistd::Uid;
use sqlx::postgres::PgConnectOptions;
use tempfile::TempDir;

use crate::cell::{APP_LOGIN, CellLogins, Pooler};

const START: Duration = Duration::from_secs(20);
/// The port is only a part of the socket's file name.
const PORT: u16 = 6432;
/// Ends with its standard input, so that it never outlives who started it.
const SCRIPT: &str = r#"pgbouncer -q "$1" & bouncer=$!; read -r _; kill -INT $bouncer; wait"#;

/// A PgBouncer of a test. Dropping it ends it.
#[derive(Debug)]
pub struct TestPgBouncer {
    child: Child,
    folder: TempDir,
}

impl TestPgBouncer {
    /// Starts one before the server behind this socket, with so many connections to it.
    ///
    /// # Errors
    /// If the program is missing or does not answer within 20 s.
    pub fn start(server: &Path, port: u16, connections: u32) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        // PgBouncer refuses to be root as PostgreSQL does, so it lives as the server's account.
        let account = fs::metadata(server)?;
        let own = |path: &Path| match Uid::effective().is_root() {
            true => chown(path, Some(account.uid()), Some(account.gid())),
            false => Ok(()),
        };
        let (config, users) = (folder.path().join("config.ini"), folder.path().join("users"));
        fs::write(&users, format!("\"{APP_LOGIN}\" \"\"\n"))?;
        fs::write(&config, text(server, port, connections, folder.path()))?;
        for path in [folder.path(), &config, &users] {
            own(path)?;
        }
        let mut command = Command::new(if Uid::effective().is_root() { "setpriv" } else { "env" });
        if Uid::effective().is_root() {
            command.arg(format!("--reuid={}", account.uid()));
            command.arg(format!("--regid={}", account.gid())).args(["--clear-groups", "--"]);
        }
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
        command.args(["sh", "-c", SCRIPT, "pgbouncer"]).arg(&config).current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let bouncer = TestPgBouncer { child: command.spawn()?, folder };
        let began = Instant::now();
        while UnixStream::connect(bouncer.socket()).is_err() {
            if began.elapsed() > START {
                let log = fs::read_to_string(bouncer.folder.path().join("log")).unwrap_or_default();
                return Err(io::Error::other(format!("PgBouncer did not start: {log}")));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(bouncer)
    }

    /// The same logins with the serving one through this pooler.
    pub fn before(&self, logins: CellLogins) -> CellLogins {
        CellLogins { app: self.through(logins.app), pooler: Pooler::Transaction, ..logins }
    }

    /// The same login through this pooler, with nothing that it refuses.
    pub fn through(&self, login: PgConnectOptions) -> PgConnectOptions {
        login.socket(self.folder.path()).port(PORT).extra_float_digits(None)
    }

    fn socket(&self) -> std::path::PathBuf {
        self.folder.path().join(format!(".s.PGSQL.{PORT}"))
    }
}

impl Drop for TestPgBouncer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // There is nobody to report to, and one that can't be waited for is gone already.
        let _ = self.child.wait();
    }
}

fn text(server: &Path, port: u16, connections: u32, folder: &Path) -> String {
    let (server, folder) = (server.display(), folder.display());
    format!(
        "[databases]\n\
         * = host={server} port={port}\n\
         [pgbouncer]\n\
         pool_mode = transaction\n\
         default_pool_size = {connections}\n\
         max_client_conn = 2000\n\
         unix_socket_dir = {folder}\n\
         listen_port = {PORT}\n\
         auth_type = trust\n\
         auth_file = {folder}/users\n\
         logfile = {folder}/log\n"
    )
}
