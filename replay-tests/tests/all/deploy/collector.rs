//! A collector of traces that takes whatever is posted to it and keeps it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::spans::{SpanRead, read};

pub(crate) struct Collector {
    pub(crate) address: SocketAddr,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
    task: JoinHandle<()>,
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let bodies = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let kept = bodies.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take(stream, kept.clone()));
            }
        });
        Collector { address, bodies, task }
    }

    /// Every span that came.
    pub(crate) fn spans(&self) -> Vec<SpanRead> {
        let bodies = self.bodies.lock().expect("no panic under it");
        bodies.iter().flat_map(|body| read(body)).collect()
    }
}

/// Takes requests of one connection until it ends.
async fn take(mut stream: TcpStream, kept: Arc<Mutex<Vec<Vec<u8>>>>) {
    let mut bytes = Vec::new();
    loop {
        let head = bytes.windows(4).position(|end| end == b"\r\n\r\n");
        let length = head.map(|at| {
            let head = String::from_utf8_lossy(&bytes[..at]).to_ascii_lowercase();
            assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
            assert!(head.contains("content-type: application/x-protobuf"), "{head}");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            length.and_then(|text| text.parse::<usize>().ok()).expect("a length")
        });
        if let (Some(at), Some(length)) = (head, length)
            && bytes.len() >= at + 4 + length
        {
            let rest = bytes.split_off(at + 4 + length);
            kept.lock().expect("no panic under it").push(bytes[at + 4..].to_vec());
            bytes = rest;
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            if stream.write_all(answer).await.is_err() {
                return;
            }
            continue;
        }
        match stream.read_buf(&mut bytes).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
}
