//! The least of an HTTP client: one request on one connection, so that what a crash cuts off is
//! known.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A client that hears nothing for so long gives up.
const GIVES_UP: Duration = Duration::from_secs(10);

/// Whom to ask, and as whom.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) host: String,
    pub(crate) token: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) replayed: bool,
    pub(crate) position: Option<i64>,
    pub(crate) body: Value,
}

impl Peer {
    /// Sends a POST under a key and reads the whole answer.
    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> io::Result<Answer> {
        let asked = async {
            let mut stream = self.send(path, key, body).await?;
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).await?;
            read(&bytes)
        };
        timeout(GIVES_UP, asked).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Sends it and hangs up without reading anything.
    pub(crate) async fn post_and_hang_up(
        &self,
        path: &str,
        key: &str,
        body: &Value,
    ) -> io::Result<()> {
        let stream = timeout(GIVES_UP, self.send(path, key, body)).await;
        drop(stream.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?);
        Ok(())
    }

    async fn send(&self, path: &str, key: &str, body: &Value) -> io::Result<TcpStream> {
        let (Peer { host, token, .. }, body) = (self, body.to_string());
        let length = body.len();
        let request = format!(
            "POST /api/v1{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nIdempotency-Key: {key}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(self.address).await?;
        stream.write_all(request.as_bytes()).await?;
        Ok(stream)
    }
}

/// An answer that was cut off is an error: nobody knows what it would have said.
fn read(bytes: &[u8]) -> io::Result<Answer> {
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let text = std::str::from_utf8(bytes).map_err(|_| cut())?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(cut)?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let headers: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(": ")).collect();
    let header = |name: &str| {
        let found = headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value)
    };
    let length = header("content-length").and_then(|length| length.parse::<usize>().ok());
    if length != Some(body.len()) {
        return Err(cut());
    }
    Ok(Answer {
        status: status.ok_or_else(cut)?,
        replayed: header("idempotent-replayed") == Some("true"),
        position: header("x-event-position").and_then(|position| position.parse().ok()),
        body: serde_json::from_str(body).unwrap_or(Value::Null),
    })
}

#[test]
fn an_answer_that_was_cut_off_is_no_answer() {
    let whole =
        "HTTP/1.1 201 Created\r\nX-Event-Position: 7\r\nContent-Length: 8\r\n\r\n{\"id\":1}";
    let answer = read(whole.as_bytes()).expect("whole");
    assert_eq!((answer.status, answer.position, answer.replayed), (201, Some(7), false));
    for cut in 0..whole.len() {
        assert!(read(&whole.as_bytes()[..cut]).is_err(), "{cut}");
    }
}
