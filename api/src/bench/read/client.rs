//! As little of an HTTP client as a benchmark needs: one connection that is kept, one request at a
//! time, every byte of every answer read. It costs next to no processor time, which it shares with
//! the server it measures.

use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Where to send requests, and in whose name.
#[derive(Debug, Clone)]
pub struct Site {
    /// The API, on this machine.
    pub address: SocketAddr,
    /// The tenant's host.
    pub host: String,
    /// A token of somebody who may read everything.
    pub token: String,
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The bytes of the body.
    pub bytes: u64,
}

/// A connection to a site.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    tail: String,
    request: String,
    read: Vec<u8>,
}

impl Connection {
    /// Connects. Fails for an address that is not this machine's own: load stays here.
    pub async fn to(site: &Site) -> anyhow::Result<Self> {
        ensure!(site.address.ip().is_loopback(), "{} is not this machine", site.address);
        let stream = TcpStream::connect(site.address).await?;
        stream.set_nodelay(true)?;
        let Site { host, token, .. } = site;
        let tail = format!(" HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\r\n");
        Ok(Connection { stream, tail, request: String::new(), read: Vec::new() })
    }

    /// Reads one path to its end.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        self.request.clear();
        self.request.extend(["GET ", path, self.tail.as_str()]);
        self.stream.write_all(self.request.as_bytes()).await?;
        self.read.clear();
        let head = loop {
            ensure!(self.stream.read_buf(&mut self.read).await? > 0, "the server hung up");
            if let Some(end) = end_of_head(&self.read) {
                break end;
            }
        };
        let (status, length) = understood(&self.read[..head])?;
        while self.read.len() < head + length {
            ensure!(self.stream.read_buf(&mut self.read).await? > 0, "the server hung up");
        }
        Ok(Answer { status, bytes: length as u64 })
    }
}

fn end_of_head(read: &[u8]) -> Option<usize> {
    read.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// The status and the length of the body.
fn understood(head: &[u8]) -> anyhow::Result<(u16, usize)> {
    let head = std::str::from_utf8(head)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Ok((status.context("no status")?, length.context("an answer without its length")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_understood_and_one_without_a_length_refused() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"a\": \"b\"}\n";
        let head = end_of_head(whole).unwrap();
        assert_eq!(understood(&whole[..head]).unwrap(), (200, 12));
        assert!(understood(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert_eq!(end_of_head(b"HTTP/1.1 200 OK\r\n"), None);
    }

    #[tokio::test]
    async fn load_is_sent_to_this_machine_only() {
        let address = "192.0.2.1:80".parse().unwrap();
        let site = Site { address, host: "a.invalid".into(), token: String::new() };
        let refused = Connection::to(&site).await.unwrap_err();
        assert_eq!(refused.to_string(), "192.0.2.1:80 is not this machine");
    }
}
