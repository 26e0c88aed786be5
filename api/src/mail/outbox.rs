//! Where mails go: to a mail server, or to a folder where a person can read them. A server that
//! can't be reached is left alone for a moment, so that a long line of mails does not keep all
//! workers waiting for it.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use commands::Clock;
use commands::jobs::{Job, WorkError};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Attachment as Attached, Mailbox, MultiPart, header};
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::io::AsyncWriteExt;

use super::composed::{Attachment, Composed, one_line};

/// How long each step of a conversation with the server may take.
const STEP: Duration = Duration::from_secs(20);
/// How long a whole conversation may take.
const CONVERSATION: Duration = Duration::from_secs(60);
/// How long a server that could not be reached is left alone.
const BREATH: SignedDuration = SignedDuration::from_secs(15);

/// The URL of the mail server can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the URL of the mail server can't be read; write it as \
     smtp://user:password@host:587?tls=required or smtps://user:password@host"
)]
pub struct MailUrlError;

/// From whom to whom, under which name.
#[derive(Debug, Clone)]
pub(super) struct Envelope {
    pub from: Mailbox,
    pub to: Mailbox,
    pub message_id: String,
    pub date: Zoned,
}

/// Where mails go.
#[derive(Debug)]
pub(super) enum Outbox {
    /// To a mail server.
    Smtp {
        server: AsyncSmtpTransport<Tokio1Executor>,
        clock: Clock,
        away: Mutex<Option<Timestamp>>,
    },
    /// To files.
    Folder(PathBuf),
}

/// Says to other programs that nobody wrote this by hand, so that none answers it.
#[derive(Clone)]
struct AutoSubmitted(String);

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

fn message(envelope: &Envelope, letter: &Composed) -> Result<Message, WorkError> {
    let words = MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone());
    let body = if letter.attachments.is_empty() {
        words
    } else {
        let mut body = MultiPart::mixed().multipart(words);
        for Attachment { name, media, bytes } in &letter.attachments {
            let unknown = |_| WorkError::never("a file of the letter has no type of its own");
            let media = header::ContentType::parse(media).map_err(unknown)?;
            body = body.singlepart(Attached::new(one_line(name)).body(bytes.clone(), media));
        }
        body
    };
    let date = envelope.date.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let date =
        header::Date::parse(&date).map_err(|_| WorkError::never("the clock is out of range"))?;
    Message::builder()
        .header(date)
        .message_id(Some(envelope.message_id.clone()))
        .from(envelope.from.clone())
        .to(envelope.to.clone())
        .subject(one_line(&letter.subject))
        .header(AutoSubmitted("auto-generated".into()))
        .multipart(body)
        .map_err(|_| WorkError::never("the letter can't be put in an envelope"))
}

impl Outbox {
    /// The server at this URL.
    pub(super) fn smtp(url: &str, clock: Clock) -> Result<Self, MailUrlError> {
        let server =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| MailUrlError)?;
        let server = server.timeout(Some(STEP)).build();
        Ok(Outbox::Smtp { server, clock, away: Mutex::default() })
    }

    /// Files in this folder.
    pub(super) fn folder(folder: PathBuf) -> Self {
        Outbox::Folder(folder)
    }

    /// Sends a letter. When this answers well, somebody else answers for it.
    pub(super) async fn send(
        &self,
        job: &Job,
        envelope: &Envelope,
        letter: &Composed,
    ) -> Result<(), WorkError> {
        let message = message(envelope, letter)?;
        match self {
            Outbox::Folder(folder) => write(folder, job, &message.formatted()).await,
            Outbox::Smtp { server, clock, away } => {
                let until = *away.lock().expect("no panic under it");
                if until.is_some_and(|until| clock.now() < until) {
                    return Err(WorkError::later("the mail server can't be reached"));
                }
                match tokio::time::timeout(CONVERSATION, server.send(message)).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(error)) => {
                        if error.status().is_none() && !error.is_client() {
                            leave_alone(away, clock);
                        }
                        Err(judged(&error))
                    }
                    Err(_) => {
                        leave_alone(away, clock);
                        Err(WorkError::later("the mail server takes too long"))
                    }
                }
            }
        }
    }
}

fn leave_alone(away: &Mutex<Option<Timestamp>>, clock: &Clock) {
    let until = clock.now().saturating_add(BREATH).ok();
    *away.lock().expect("no panic under it") = until;
}

/// What a failure means for the letter. The server's words are not kept: they repeat addresses.
fn judged(error: &smtp::Error) -> WorkError {
    if let Some(code) = error.status() {
        let code = u16::from(code);
        // These are about how this program signs in, not about the letter.
        let own_fault = matches!(code, 530 | 534 | 535 | 538);
        if error.is_permanent() && !own_fault {
            return WorkError::never(format!("the mail server refuses it with {code}"));
        }
        return WorkError::later(format!("the mail server says {code}"));
    }
    if error.is_client() {
        return WorkError::never("the mail server can't take such an address or letter");
    }
    if error.is_tls() {
        return WorkError::later("no safe connection to the mail server");
    }
    if error.is_timeout() {
        return WorkError::later("the mail server takes too long");
    }
    WorkError::later("the mail server can't be reached")
}

/// Writes a mail under a name that is the same each time, all of it or nothing. It's for the owner
/// of the files alone: mails hold links that let people in.
async fn write(folder: &Path, job: &Job, mail: &[u8]) -> Result<(), WorkError> {
    let failed = |error: std::io::Error| {
        WorkError::later(format!("the folder for mails can't be written: {}", error.kind()))
    };
    let mut builder = tokio::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder).await.map_err(failed)?;
    let stamp = job.created_at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ");
    let path = folder.join(format!("{stamp}-{}.eml", job.id));
    let draft = path.with_extension("draft");
    let mut options = tokio::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .await
        .map_err(failed)?;
    file.write_all(mail).await.map_err(failed)?;
    file.sync_all().await.map_err(failed)?;
    tokio::fs::rename(&draft, &path).await.map_err(failed)
}
