//! Puts the parts together over one database, embedded or given by URL: what every command of the
//! command line and the server start from. The rest of the program sees a cell and does not know
//! which it was.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use commands::event_log::audit::CheckpointSigner;
use commands::event_log::{EventLog, Limits};
use commands::{Clock, CommandError, Commands, first_terms, platform_log};
use migrations::Tenants;
use migrations::bootstrap::{BootstrapError, LoginSecrets, bootstrap};
use migrations::cell::{APP_LOGIN, Cell, CellLogins, PoolLimits, Pooler};
use migrations::embedded::{EmbeddedDatabase, EmbeddedError, EmbeddedOptions};
use migrations::files::{FileError, FileStore};
use migrations::keys::{KeyStore, MasterKey};
use migrations::migrate::migrate_platform;
use migrations::platform::Platform;
use migrations::provision::ProvisionError;
use migrations::secret_file::SecretFileError;
use projections::registry;
use sqlx::postgres::PgConnectOptions;

/// Where the database and the files of an installation are.
#[derive(Debug, Clone)]
pub struct Place {
    /// Keys, checkpoints and, where it's embedded, the database.
    pub data_dir: PathBuf,
    /// The database; absent = a private one in the data directory.
    pub database_url: Option<String>,
    /// The login that may act as the owner, where `database_url` names the serving login.
    pub builder_url: Option<String>,
    /// What stands between the serving login and the server.
    pub pooler: Pooler,
    /// Where uploaded files are; absent = the folder `files` of the data directory.
    pub files_url: Option<String>,
    /// The domain under which tenants have their hosts; it leads to the platform itself.
    pub base_domain: String,
}

impl Place {
    /// An installation of its own in a folder, with a private database.
    pub fn in_folder(data_dir: PathBuf) -> Self {
        let base_domain = "localhost".to_owned();
        let (database_url, builder_url, files_url) = (None, None, None);
        let pooler = Pooler::Direct;
        Place { data_dir, database_url, builder_url, pooler, files_url, base_domain }
    }
}

/// Why the parts could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum SystemError {
    /// The private database does not start.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The database could not be made ready.
    #[error(transparent)]
    Bootstrap(#[from] BootstrapError),
    /// The platform's own log could not be made.
    #[error(transparent)]
    Platform(#[from] ProvisionError),
    /// The platform's first plans could not be written.
    #[error(transparent)]
    Terms(#[from] CommandError),
    /// A key file can't be used.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// Files can't be kept there.
    #[error(transparent)]
    Files(#[from] FileError),
    /// A database URL can't be read.
    #[error("the database URL can't be read; write it as postgres://user:password@host/database")]
    Url,
    /// An administrator's login through a pooler.
    #[error(
        "behind a pooler, name the serving login ({APP_LOGIN}) in database_url and the builder's \
         in builder_url, which goes to the server itself"
    )]
    Pooler,
    /// The platform's schema can't be brought to this version.
    #[error("the platform's schema can't be brought to this version: {0}")]
    Migration(#[source] migrations::DoorError),
    /// The data directory can't be made.
    #[error("{path}: {source}")]
    DataDir {
        /// The directory.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
}

/// The parts over one database.
#[derive(Debug)]
pub struct System {
    /// The write path.
    pub commands: Commands,
    /// The door.
    pub tenants: Tenants,
    /// The same door with connections of its own, for the work behind the requests.
    pub background: Tenants,
    /// The catalogue of tenants.
    pub platform: Platform,
    /// Everybody's keys.
    pub keys: KeyStore,
    /// Signs roots of logs.
    pub signer: Arc<CheckpointSigner>,
    /// What members upload.
    pub files: FileStore,
    /// Keys, checkpoints and whatever else is kept beside the database.
    pub data_dir: PathBuf,
    /// How the database's administrator connects, where this program may know; for benchmarks.
    pub administrator: Option<PgConnectOptions>,
    /// Stops the private database when the last user leaves; none where it's another's.
    database: Option<EmbeddedDatabase>,
}

impl System {
    /// Starts or reaches the database and makes it ready.
    pub async fn open(place: &Place, clock: Clock, pools: PoolLimits) -> Result<Self, SystemError> {
        let data_dir = made(&place.data_dir)?;
        let Reached { database, logins, administrator } = reach(place, &data_dir).await?;
        let background = Tenants::new(Arc::new(Cell::connect(logins.clone(), pools.of_worker())));
        let cell = Arc::new(Cell::connect(logins, pools));
        let platform = Platform::new(cell.clone());
        let tenants = Tenants::new(cell);
        let master = Arc::new(MasterKey::in_folder(&data_dir.join("keys"))?);
        let keys = KeyStore::new(master, platform.clone());
        let log = EventLog::new(tenants.clone(), keys.clone(), clock, Limits::default());
        let commands = Commands::new(log);
        let tables = registry::tables();
        platform_log::ensure(&commands, &platform, &tables, &place.base_domain).await?;
        first_terms::ensure(&commands).await?;
        let signer =
            CheckpointSigner::in_folders(&data_dir.join("keys"), &data_dir.join("checkpoints"))?;
        let files = match &place.files_url {
            Some(address) => FileStore::at(address)?,
            None => FileStore::local(&data_dir.join("files"))?,
        };
        Ok(System {
            commands,
            files,
            tenants,
            background,
            platform,
            keys,
            signer: Arc::new(signer),
            data_dir,
            administrator,
            database,
        })
    }

    /// The process id of the private database's postmaster.
    pub fn postmaster(&self) -> Option<u32> {
        self.database.as_ref().and_then(EmbeddedDatabase::pid)
    }

    /// Closes every connection and, if this is its last user, stops the private database.
    pub async fn close(self) {
        self.background.cell().close().await;
        self.tenants.cell().close().await;
        if let Some(database) = self.database
            && let Err(error) = database.stop().await
        {
            tracing::warn!(%error, "the private database did not stop in order");
        }
    }
}

fn made(data_dir: &Path) -> Result<PathBuf, SystemError> {
    let failed = |source| SystemError::DataDir { path: data_dir.to_owned(), source };
    std::fs::create_dir_all(data_dir).map_err(failed)?;
    data_dir.canonicalize().map_err(failed)
}

struct Reached {
    database: Option<EmbeddedDatabase>,
    logins: CellLogins,
    administrator: Option<PgConnectOptions>,
}

async fn reach(place: &Place, data_dir: &Path) -> Result<Reached, SystemError> {
    let read = |url: &str| PgConnectOptions::from_str(url).map_err(|_| SystemError::Url);
    let Some(url) = &place.database_url else {
        let database = EmbeddedDatabase::start(EmbeddedOptions::new(data_dir)).await?;
        let administrator = read(&database.superuser_url())?;
        let logins = bootstrap(&administrator, &LoginSecrets::SocketTrust).await?;
        let administrator = Some(administrator);
        return Ok(Reached { database: Some(database), logins, administrator });
    };
    let options = read(url)?;
    if options.get_username() == APP_LOGIN {
        let builder = place.builder_url.as_deref().map(read).transpose()?;
        if let Some(builder) = &builder {
            migrate_platform(builder).await.map_err(SystemError::Migration)?;
        }
        let logins = CellLogins { app: options, builder, pooler: place.pooler };
        return Ok(Reached { database: None, logins, administrator: None });
    }
    if place.pooler == Pooler::Transaction {
        return Err(SystemError::Pooler);
    }
    // An administrator's URL: the logins of our own are made once and kept beside the keys.
    let secrets = LoginSecrets::Files(data_dir.join("keys"));
    let logins = bootstrap(&options, &secrets).await?;
    Ok(Reached { database: None, logins, administrator: Some(options) })
}
