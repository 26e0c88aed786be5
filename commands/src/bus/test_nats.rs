//! A test instrument: a real nats-server as a child process, on a port and a store folder of its
//! own, that can be killed, wiped and put back to an older copy of its store.

use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const START: Duration = Duration::from_secs(20);

/// A nats-server of a test. Dropping it kills the server; the store folder is the caller's.
#[derive(Debug)]
pub struct TestNats {
    binary: PathBuf,
    store: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl TestNats {
    /// The servers to test against: the paths in `NATS_SERVER_BINARIES`, separated by colons, else
    /// `nats-server` from the search path.
    pub fn binaries() -> Vec<PathBuf> {
        let listed = std::env::var("NATS_SERVER_BINARIES").unwrap_or_default();
        let listed: Vec<PathBuf> =
            listed.split(':').filter(|path| !path.is_empty()).map(PathBuf::from).collect();
        if listed.is_empty() { vec![PathBuf::from("nats-server")] } else { listed }
    }

    /// Starts a server with JetStream on a free local port and waits until it takes connections.
    ///
    /// # Errors
    /// If the binary can't be run or doesn't come up within 20 s.
    pub fn start(binary: impl Into<PathBuf>, store: impl Into<PathBuf>) -> io::Result<Self> {
        let (binary, store) = (binary.into(), store.into());
        // Between finding a free port and using it another process may take it: try again.
        let mut tries = 0;
        loop {
            tries += 1;
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            let (binary, store) = (binary.clone(), store.clone());
            let mut server = Self { binary, store, port, child: None };
            match server.restart() {
                Ok(()) => return Ok(server),
                Err(error) if tries == 3 || error.kind() == io::ErrorKind::NotFound => {
                    return Err(error);
                }
                Err(_) => {}
            }
        }
    }

    /// Where the server listens, also while it's down.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The process id, if the server runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// The store folder.
    pub fn store(&self) -> &Path {
        &self.store
    }

    /// Kills the server at once, as `kill -9` does, and waits until it's gone.
    ///
    /// # Errors
    /// If the process can't be signalled or waited for.
    pub fn kill9(&mut self) -> io::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Starts the server again on the same port and store, killing it first if it runs.
    ///
    /// # Errors
    /// If it can't be run or doesn't take connections within 20 s.
    pub fn restart(&mut self) -> io::Result<()> {
        self.kill9()?;
        std::fs::create_dir_all(&self.store)?;
        let mut command = Command::new(&self.binary);
        command.args(["--addr", "127.0.0.1", "--port", &self.port.to_string()]);
        command.args(["--jetstream", "--store_dir"]).arg(&self.store);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn()?);
        let deadline = Instant::now() + START;
        while !self.greets() {
            let exited = self.child.as_mut().and_then(|child| child.try_wait().transpose());
            if let Some(status) = exited {
                self.child = None;
                return Err(io::Error::other(format!("nats-server ended: {}", status?)));
            }
            if Instant::now() > deadline {
                self.kill9()?;
                return Err(io::Error::new(io::ErrorKind::TimedOut, "nats-server did not start"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Deletes all the server has stored. It has to be down.
    ///
    /// # Errors
    /// If it runs, or the folder can't be deleted.
    pub fn wipe_store(&self) -> io::Result<()> {
        self.must_be_down()?;
        std::fs::remove_dir_all(&self.store)
    }

    /// Copies the store to another folder. The server has to be down.
    ///
    /// # Errors
    /// If it runs, or the copy fails.
    pub fn copy_store(&self, to: &Path) -> io::Result<()> {
        self.must_be_down()?;
        copy_folder(&self.store, to)
    }

    /// Replaces the store by an older copy of it. The server has to be down.
    ///
    /// # Errors
    /// If it runs, or the copy fails.
    pub fn put_back_store(&self, from: &Path) -> io::Result<()> {
        self.wipe_store()?;
        copy_folder(from, &self.store)
    }

    fn must_be_down(&self) -> io::Result<()> {
        match self.child {
            None => Ok(()),
            Some(_) => Err(io::Error::other("the server runs; kill it first")),
        }
    }

    /// Whether the server says `INFO`, which it does when it's ready for clients.
    fn greets(&self) -> bool {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_millis(500))
        else {
            return false;
        };
        let mut word = [0; 4];
        let waits = stream.set_read_timeout(Some(Duration::from_secs(2)));
        waits.and_then(|()| stream.read_exact(&mut word)).is_ok() && &word == b"INFO"
    }
}

impl Drop for TestNats {
    fn drop(&mut self) {
        // There is nobody to report to, and a server that can't be killed is gone already.
        let _ = self.kill9();
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
