//! Word to the service manager that started this process: ready, still alive, about to stop. By the
//! datagrams of `sd_notify(3)`; without such a manager nothing is said.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// Talks to the service manager, where there is one.
#[derive(Debug)]
pub struct Notifier {
    socket: Option<(UnixDatagram, SocketAddr)>,
    /// How long the manager waits for a sign of life.
    watchdog: Option<Duration>,
}

impl Notifier {
    /// As `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` say.
    pub fn from_environment() -> Self {
        let text = |name: &str| std::env::var(name).ok();
        let mine = text("WATCHDOG_PID").is_none_or(|pid| pid == std::process::id().to_string());
        let watchdog = text("WATCHDOG_USEC").filter(|_| mine).and_then(|text| text.parse().ok());
        let path = std::env::var_os("NOTIFY_SOCKET").unwrap_or_default();
        Notifier::new(path.as_bytes(), watchdog.map(Duration::from_micros))
    }

    /// A notifier that sends to this address, where it's one: a path, or `@` and an abstract name.
    fn new(address: &[u8], watchdog: Option<Duration>) -> Self {
        let address = match address.split_first() {
            Some((b'@', name)) => SocketAddr::from_abstract_name(name).ok(),
            Some((b'/', _)) => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(address)).ok(),
            Some(_) | None => None,
        };
        let socket = address.and_then(|address| Some((UnixDatagram::unbound().ok()?, address)));
        Notifier { socket, watchdog }
    }

    /// It does what it's there for.
    pub fn ready(&self) {
        self.say("READY=1\nSTATUS=serving");
    }

    /// It was told to stop and finishes what it has.
    pub fn stopping(&self) {
        self.say("STOPPING=1\nSTATUS=finishing what is under way");
    }

    /// Gives signs of life for ever, twice as often as they're waited for. They stop with the tasks
    /// of this process, which is what the manager is to notice.
    pub async fn keep_alive(&self) {
        let Some(patience) = self.watchdog.filter(|_| self.socket.is_some()) else {
            return std::future::pending().await;
        };
        let mut beat = tokio::time::interval((patience / 2).max(Duration::from_millis(1)));
        loop {
            beat.tick().await;
            self.say("WATCHDOG=1");
        }
    }

    fn say(&self, words: &str) {
        if let Some((socket, address)) = &self.socket
            && let Err(error) = socket.send_to_addr(words.as_bytes(), address)
        {
            tracing::warn!(%error, "the service manager was not told");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(socket: &UnixDatagram) -> String {
        let mut bytes = [0; 256];
        let length = socket.recv(&mut bytes).expect("a datagram");
        String::from_utf8(bytes[..length].to_vec()).expect("text")
    }

    #[tokio::test]
    async fn the_manager_hears_that_it_is_ready_alive_and_stopping() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).expect("a socket");
        let patience = Some(Duration::from_millis(20));
        let notifier = Notifier::new(path.as_os_str().as_bytes(), patience);
        notifier.ready();
        assert!(heard(&manager).starts_with("READY=1\n"));
        let ears = tokio::task::spawn_blocking(move || {
            assert_eq!([heard(&manager), heard(&manager)], ["WATCHDOG=1", "WATCHDOG=1"]);
            manager
        });
        let manager = tokio::select! {
            () = notifier.keep_alive() => unreachable!("it goes on for ever"),
            manager = ears => manager.expect("two signs of life"),
        };
        notifier.stopping();
        while heard(&manager) == "WATCHDOG=1" {}
    }

    #[test]
    fn an_abstract_name_is_understood_and_nothing_is_said_to_nobody() {
        let name = format!("crowdminder-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).expect("a name");
        let manager = UnixDatagram::bind_addr(&address).expect("a socket");
        Notifier::new(format!("@{name}").as_bytes(), None).stopping();
        assert!(heard(&manager).starts_with("STOPPING=1\n"));
        let nobody = Notifier::new(b"", None);
        nobody.ready();
        assert!(nobody.socket.is_none());
    }
}
