//! A NATS server with the accounts and permissions that the operators' page writes down.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Stdio;

use commands::bus::test_nats::TestNats;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use super::page;
use crate::wait::wait_until;

pub(crate) struct GuardedNats {
    port: u16,
    _child: Child,
}

impl GuardedNats {
    pub(crate) async fn start(folder: &Path) -> Self {
        // Below the newest version users can't be told apart by what the page grants.
        let binary = TestNats::binaries().pop().expect("a nats-server");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = free.local_addr().expect("its address").port();
        drop(free);
        let accounts = page::block("    accounts {").replace("$2a$11$..", "secret");
        let store = folder.join("guarded").display().to_string();
        let config = folder.join("nats.conf");
        let text =
            format!("listen: 127.0.0.1:{port}\njetstream {{ store_dir: {store:?} }}\n{accounts}\n");
        std::fs::write(&config, text).expect("own folder");
        let mut command = Command::new(binary);
        command.arg("--config").arg(&config).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("it runs");
        wait_until("nats-server listens", async || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok()
        })
        .await;
        GuardedNats { port, _child: child }
    }

    /// How a user reaches it.
    pub(crate) fn url(&self, user: &str) -> String {
        format!("nats://{user}:secret@127.0.0.1:{}", self.port)
    }
}
