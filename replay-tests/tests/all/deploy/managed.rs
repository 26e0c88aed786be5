//! Under a service manager such as systemd: it hears when the process is ready, alive and about to
//! stop.

use std::time::Duration;

use tokio::net::UnixDatagram;
use tokio::time::timeout;

use super::site::Site;

/// Waits for a word of the process.
async fn heard(manager: &UnixDatagram) -> String {
    let mut bytes = [0; 256];
    let received = timeout(Duration::from_secs(60), manager.recv(&mut bytes)).await;
    let length = received.expect("in time").expect("a datagram");
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_manager_hears_that_it_is_ready_alive_and_stopping() {
    let site = Site::new().await;
    let path = site.folder.path().join("notify");
    let manager = UnixDatagram::bind(&path).expect("a socket");
    let path = path.to_str().expect("a text");
    let managed = [("NOTIFY_SOCKET", path), ("WATCHDOG_USEC", "100000")];
    let worker = site.serve("worker", &[], &managed).await;
    let mut words = vec![heard(&manager).await];
    while !(words.iter().any(|it| it.starts_with("READY=1"))
        && words.contains(&"WATCHDOG=1".into()))
    {
        words.push(heard(&manager).await);
    }
    worker.stop().await;
    loop {
        let word = heard(&manager).await;
        if word.starts_with("STOPPING=1") {
            return;
        }
        assert_eq!(word, "WATCHDOG=1");
    }
}
