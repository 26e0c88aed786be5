//! A mail server for tests: it speaks SMTP, keeps what it takes, and can be taken down, refuse, or
//! cut the connection once it has a mail. Nothing in the program uses it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How the server treats those who come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Takes every mail.
    Takes,
    /// Answers the recipient with this code.
    Refuses(u16),
    /// Answers the whole mail with this code.
    RefusesAfterData(u16),
    /// Takes the mail and hangs up without a word.
    CutsAfterData,
}

/// A mail that the server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caught {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Headers and body as they came, lines apart by `\r\n`, dots undone.
    pub raw: String,
}

impl Caught {
    /// A header's value, unfolded, as it was encoded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.raw.split("\r\n\r\n").next()?.replace("\r\n ", " ");
        let wanted = |line: &&str| {
            line.split_once(':').is_some_and(|(key, _)| key.eq_ignore_ascii_case(name))
        };
        let line = head.split("\r\n").find(wanted)?;
        Some(line.split_once(':')?.1.trim().to_owned())
    }
}

#[derive(Debug)]
struct Shared {
    mood: Mutex<Mood>,
    caught: watch::Sender<Vec<Caught>>,
}

/// A mail server on a port of this machine.
#[derive(Debug)]
pub struct Sink {
    shared: Arc<Shared>,
    address: SocketAddr,
    up: Option<CancellationToken>,
    task: Option<tokio::task::JoinHandle<()>>,
}

impl Sink {
    /// A server that takes every mail.
    pub async fn start() -> std::io::Result<Self> {
        let caught = watch::Sender::new(Vec::new());
        let shared = Arc::new(Shared { mood: Mutex::new(Mood::Takes), caught });
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut sink = Sink { shared, address, up: None, task: None };
        sink.bring_up().await?;
        Ok(sink)
    }

    /// How a program is told to send here.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Treats those who come from now on like this.
    pub fn set(&self, mood: Mood) {
        *self.shared.mood.lock().expect("no panic under it") = mood;
    }

    /// Stops listening and hangs up on everybody; what was caught stays.
    pub async fn take_down(&mut self) {
        if let Some(up) = self.up.take() {
            up.cancel();
        }
        if let Some(task) = self.task.take() {
            let _ = task.await;
        }
    }

    /// Listens again, on the same port as before.
    pub async fn bring_up(&mut self) -> std::io::Result<()> {
        self.take_down().await;
        let listener = TcpListener::bind(self.address).await?;
        self.address = listener.local_addr()?;
        let up = CancellationToken::new();
        self.task = Some(tokio::spawn(listen(listener, self.shared.clone(), up.clone())));
        self.up = Some(up);
        Ok(())
    }

    /// What was caught so far, in order.
    pub fn caught(&self) -> Vec<Caught> {
        self.shared.caught.borrow().clone()
    }

    /// Waits until so many mails were caught.
    pub async fn wait_for(&self, count: usize) -> Vec<Caught> {
        let mut caught = self.shared.caught.subscribe();
        let enough = caught.wait_for(|caught| caught.len() >= count).await;
        enough.expect("the sink keeps the sending end").clone()
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>, up: CancellationToken) {
    let mut guests = JoinSet::new();
    loop {
        tokio::select! {
            () = up.cancelled() => return,
            Ok((stream, _)) = listener.accept() => {
                let shared = shared.clone();
                // A guest who hangs up is no fault of the server.
                guests.spawn(async move { let _ = converse(stream, &shared).await; });
            }
            Some(_) = guests.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    let (mut from, mut to) = (String::new(), Vec::new());
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let mood = *shared.mood.lock().expect("no panic under it");
        let word = line.split([' ', ':', '\r']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match word.as_str() {
            "EHLO" => "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n".to_owned(),
            "MAIL" => {
                (from, to) = (between(&line), Vec::new());
                "250 ok\r\n".to_owned()
            }
            "RCPT" => match mood {
                Mood::Refuses(code) => format!("{code} not here, <{}>\r\n", between(&line)),
                Mood::Takes | Mood::RefusesAfterData(_) | Mood::CutsAfterData => {
                    to.push(between(&line));
                    "250 ok\r\n".to_owned()
                }
            },
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let raw = body(&mut stream).await?;
                let caught = Caught { from: from.clone(), to: to.clone(), raw };
                let keep = || shared.caught.send_modify(|all| all.push(caught));
                match mood {
                    Mood::RefusesAfterData(code) => format!("{code} not like this\r\n"),
                    Mood::CutsAfterData => {
                        keep();
                        return Ok(());
                    }
                    Mood::Takes | Mood::Refuses(_) => {
                        keep();
                        "250 taken\r\n".to_owned()
                    }
                }
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            "RSET" | "NOOP" => "250 ok\r\n".to_owned(),
            _ => "502 what?\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}

/// What stands between `<` and `>`.
fn between(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(inner, _)| inner.to_owned())
}

/// A mail up to the line with a dot alone.
async fn body(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let (mut raw, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(raw);
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
