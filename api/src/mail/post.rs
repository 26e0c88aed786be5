//! What letters are made from: the tenant's own record says what a mail's links begin with and who
//! it comes from, and the log says who somebody is. Looked up for each letter, since each of these
//! may have changed since it was asked for.

use std::path::Path;

use commands::event_log::EventLog;
use commands::event_log::read::stream_after;
use commands::files::{ReadError, file_of};
use commands::jobs::{Job, WorkError};
use domain::files::File;
use domain::id::{FileId, MemberId, TenantId};
use domain::log::Event;
use domain::members::{Member, member_stream};
use domain::personal::{KeyringError, PersonalFields, try_each_personal};
use domain::settings::{SettingKey, Settings, settings_stream};
use futures::TryStreamExt;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use migrations::files::FileStore;
use migrations::platform::{Platform, TenantRecord};

use super::composed::{Addressee, Composed, one_line};
use super::outbox::{Envelope, MailUrlError, Outbox};

/// How mails leave this program, and what tenants that say nothing of their own are given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailOptions {
    /// The mail server; without one, mails are written to files.
    pub smtp_url: Option<String>,
    /// The sender of tenants without one of their own.
    pub from: Option<String>,
    /// The domain under which tenants have their hosts.
    pub base_domain: String,
    /// The port that requests come in at, which links to `localhost` need.
    pub port: Option<u16>,
}

/// What every letter of a tenant shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    /// What the firm is called.
    pub firm: String,
    /// What its links begin with, such as `https://acme.example.com`; without a slash at the end.
    pub site: String,
}

/// Composes and sends letters.
#[derive(Debug)]
pub struct Post {
    log: EventLog,
    platform: Platform,
    options: MailOptions,
    outbox: Outbox,
    files: Option<FileStore>,
}

impl Post {
    /// Letters of the tenants of these logs; those that no mail server takes go to the folder
    /// `mail` of `data_dir`.
    pub fn open(
        log: EventLog,
        platform: Platform,
        options: MailOptions,
        data_dir: &Path,
    ) -> Result<Self, MailUrlError> {
        let outbox = match &options.smtp_url {
            Some(url) => Outbox::smtp(url, log.clock().clone())?,
            None => {
                let folder = data_dir.join("mail");
                tracing::info!(
                    folder = %folder.display(),
                    "no mail server is configured (smtp_url): mails are written to files"
                );
                Outbox::folder(folder)
            }
        };
        Ok(Post { log, platform, options, outbox, files: None })
    }

    /// The same with the store of files, for letters that carry some.
    pub fn with_files(self, files: FileStore) -> Self {
        Post { files: Some(files), ..self }
    }

    /// What is inside of a file that a letter carries.
    pub(super) async fn file(&self, tenant: TenantId, file: FileId) -> Result<Vec<u8>, WorkError> {
        let away = || WorkError::later("there is no store of files here");
        let files = self.files.as_ref().ok_or_else(away)?.of(tenant);
        let keys = self.log.keys().of(tenant).await?;
        let mut tx = self.log.tenants().begin(tenant).await?;
        let (state, _) = file_of(&mut tx, file).await.map_err(|_| WorkError::later(UNREAD))?;
        keys.load(&mut tx, &[File::key(file)]).await?;
        tx.commit().await?;
        let kept = state.kept().ok_or_else(|| WorkError::never("a file of the letter is gone"))?;
        let opened = commands::files::open(&files, &keys, kept).await.map_err(unread)?;
        let pieces: Vec<_> = opened.bytes.try_collect().await.map_err(unread)?;
        Ok(pieces.concat())
    }

    /// Now, by the clock that writes the log.
    pub fn now(&self) -> Timestamp {
        self.log.clock().now()
    }

    /// The logs, for what only one letter wants to know.
    pub fn log(&self) -> &EventLog {
        &self.log
    }

    /// The catalogue of tenants.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// A member by name and address; none where there is none who is active and has an address.
    pub async fn member(
        &self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Option<Addressee>, WorkError> {
        let keys = self.log.keys().of(tenant).await?;
        let mut tx = self.log.tenants().begin(tenant).await?;
        let mut events = Vec::new();
        for row in stream_after(&mut tx, member_stream(member), 0).await? {
            if let Event::Member(event) = row.decode()?.event {
                events.push(event);
            }
        }
        let mut names = Vec::new();
        for event in &mut events {
            event.each_personal(&mut |field| names.push(field.key()));
        }
        keys.load(&mut tx, &names).await?;
        tx.commit().await?;
        let mut state = Member::default();
        for event in &mut events {
            try_each_personal(event, |field| field.open(&*keys))
                .map_err(|error: KeyringError| WorkError::later(error.to_string()))?;
            state.evolve(event);
        }
        let email = state.email.as_ref().and_then(|email| email.get());
        let Some(email) = email.filter(|_| state.active) else { return Ok(None) };
        let name = state.name.as_ref().and_then(|name| name.get()).cloned().unwrap_or_default();
        Ok(Some(Addressee { name, email: email.text.clone() }))
    }

    /// The tenant's settings.
    pub async fn settings(&self, tenant: TenantId) -> Result<Settings, WorkError> {
        let mut tx = self.log.tenants().begin(tenant).await?;
        let mut settings = Settings::default();
        for row in stream_after(&mut tx, settings_stream(), 0).await? {
            if let Event::Settings(event) = row.decode()?.event {
                settings.evolve(&event);
            }
        }
        tx.commit().await?;
        Ok(settings)
    }

    /// What every letter of a tenant shows of it.
    pub async fn letterhead(&self, tenant: &TenantRecord) -> Result<Letterhead, WorkError> {
        let settings = self.settings(tenant.id).await?;
        let site = match given(&settings, SettingKey::SiteUrl) {
            Some(site) => site.trim_end_matches('/').to_owned(),
            None => self.site_of(tenant).await?,
        };
        Ok(Letterhead { firm: one_line(&tenant.name), site })
    }

    /// The site at the tenant's first host.
    async fn site_of(&self, tenant: &TenantRecord) -> Result<String, WorkError> {
        let hosts = self.platform.hosts_of(tenant.id).await?;
        let host = hosts.into_iter().next();
        let host = host.ok_or_else(|| WorkError::later("the tenant has no host"))?;
        if host != "localhost" && !host.ends_with(".localhost") {
            return Ok(format!("https://{host}"));
        }
        let port = self.options.port.map(|port| format!(":{port}")).unwrap_or_default();
        Ok(format!("http://{host}{port}"))
    }

    /// Who a tenant's letters come from: its own sender, else that of whoever runs the service.
    async fn sender(&self, tenant: &TenantRecord) -> Result<Addressee, WorkError> {
        let settings = self.settings(tenant.id).await?;
        let own = given(&settings, SettingKey::DefaultFromEmail).map(str::to_owned);
        let email = match own {
            Some(own) => own,
            None => self.platform_sender().await?,
        };
        Ok(Addressee { name: tenant.name.clone(), email })
    }

    async fn platform_sender(&self) -> Result<String, WorkError> {
        if self.platform.tenant_by_id(TenantId::PLATFORM).await?.is_some() {
            let settings = self.settings(TenantId::PLATFORM).await?;
            if let Some(email) = given(&settings, SettingKey::DefaultFromEmail) {
                return Ok(email.to_owned());
            }
        }
        let configured = self.options.from.clone();
        Ok(configured.unwrap_or_else(|| format!("no-reply@{}", self.options.base_domain)))
    }

    /// Sends a letter; the same job's letter always under the same name.
    pub(super) async fn send(
        &self,
        tenant: &TenantRecord,
        job: &Job,
        letter: &Composed,
    ) -> Result<(), WorkError> {
        let from = self.sender(tenant).await?;
        let envelope = Envelope {
            from: from.mailbox()?,
            to: letter.to.mailbox()?,
            message_id: format!("<{}@{}>", job.id, self.options.base_domain),
            date: self.now().to_zoned(TimeZone::UTC),
        };
        self.outbox.send(job, &envelope, letter).await
    }
}

const UNREAD: &str = "a file of the letter can't be read";

fn unread(error: ReadError) -> WorkError {
    match error {
        ReadError::Erased => WorkError::never("a file of the letter was erased"),
        ReadError::Store(_) | ReadError::Changed | ReadError::NotLoaded => WorkError::later(UNREAD),
    }
}

/// The value of a setting that somebody gave one.
fn given(settings: &Settings, key: SettingKey) -> Option<&str> {
    settings.given(key, None).filter(|value| !value.is_empty())
}
