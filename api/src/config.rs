//! Configuration: flags before environment before `crowdminder.toml` before defaults. An unknown
//! key in the file is an error, not a silent nothing.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use migrations::cell::{PoolLimits, Pooler};
use serde::Deserialize;

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Shared {
    /// Keys, checkpoints and the private database [default: ./crowdminder-data]
    #[arg(long, global = true, env = "CROWDMINDER_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// A PostgreSQL server instead of the private one
    #[arg(long, global = true, env = "CROWDMINDER_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The login that may change tables, where --database-url names the serving login
    #[arg(long, global = true, env = "CROWDMINDER_BUILDER_URL", hide_env_values = true)]
    pub builder_url: Option<String>,
    /// What --database-url leads to: the server, or PgBouncer in transaction mode [default: direct]
    #[arg(long, global = true, value_enum, env = "CROWDMINDER_POOLER")]
    pub pooler: Option<PoolerKind>,
    /// Where uploaded files are kept: file:///folder or s3://bucket?endpoint=https://..
    /// [default: files in the data directory]
    #[arg(long, global = true, env = "CROWDMINDER_FILES_URL")]
    pub files_url: Option<String>,
    /// The domain under which tenants have their hosts [default: localhost]
    #[arg(long, global = true, env = "CROWDMINDER_BASE_DOMAIN")]
    pub base_domain: Option<String>,
    /// The mail server, such as smtp://user:password@host:587?tls=required; none = files
    #[arg(long, global = true, env = "CROWDMINDER_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// The sender of tenants without one of their own (default: no-reply at the base domain)
    #[arg(long, global = true, env = "CROWDMINDER_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// A file with the same settings, in TOML [default: ./crowdminder.toml if there is one]
    #[arg(long, global = true, env = "CROWDMINDER_CONFIG")]
    pub config: Option<PathBuf>,
    /// Print JSON, one document per line
    #[arg(long, global = true)]
    pub json: bool,
}

/// What a database URL leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum PoolerKind {
    /// The server itself.
    Direct,
    /// A pooler that gives a session for one transaction at a time.
    Transaction,
}

impl From<PoolerKind> for Pooler {
    fn from(kind: PoolerKind) -> Self {
        match kind {
            PoolerKind::Direct => Pooler::Direct,
            PoolerKind::Transaction => Pooler::Transaction,
        }
    }
}

/// What the file may say.
#[derive(Debug, Clone, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// See `Shared::data_dir`.
    pub data_dir: Option<PathBuf>,
    /// See `Shared::database_url`.
    pub database_url: Option<String>,
    /// See `Shared::builder_url`.
    pub builder_url: Option<String>,
    /// See `Shared::pooler`.
    pub pooler: Option<PoolerKind>,
    /// The most connections that serve requests; 12.
    pub api_connections: Option<u32>,
    /// The most connections of the work behind them; 8.
    pub worker_connections: Option<u32>,
    /// See `Shared::files_url`.
    pub files_url: Option<String>,
    /// See `Shared::base_domain`.
    pub base_domain: Option<String>,
    /// See `Shared::smtp_url`.
    pub smtp_url: Option<String>,
    /// See `Shared::mail_from`.
    pub mail_from: Option<String>,
    /// Where the server listens.
    pub listen: Option<SocketAddr>,
    /// Where health and metrics are served.
    pub admin_listen: Option<SocketAddr>,
    /// The NATS server.
    pub nats_url: Option<String>,
    /// A credentials file for it, as `nsc` makes them.
    pub nats_credentials: Option<PathBuf>,
    /// How many seconds to serve on when told to stop, so that load balancers notice; 0.
    pub drain_seconds: Option<u64>,
}

/// The file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It can't be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// It does not say what it may say.
    #[error("{path}: {source}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The cause, with line and column.
        source: Box<toml::de::Error>,
    },
}

impl File {
    /// How many connections there may be.
    pub fn pools(&self) -> PoolLimits {
        let usual = PoolLimits::default();
        PoolLimits {
            app_connections: self.api_connections.unwrap_or(usual.app_connections).max(1),
            worker_connections: self.worker_connections.unwrap_or(usual.worker_connections).max(1),
            ..usual
        }
    }

    /// The file named, or `crowdminder.toml` here, or nothing.
    pub fn find(named: Option<&Path>) -> Result<Self, ConfigError> {
        let path = named.unwrap_or(Path::new("crowdminder.toml"));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(File::default());
            }
            Err(source) => return Err(ConfigError::Unreadable { path: path.to_owned(), source }),
        };
        toml::from_str(&text).map_err(|source| ConfigError::Malformed {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_in_the_file_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("c.toml");
        std::fs::write(&path, "listne = '127.0.0.1:1'\n").expect("own folder");
        let error = File::find(Some(&path)).expect_err("a misspelt key");
        assert!(error.to_string().contains("listne"), "{error}");
        std::fs::write(&path, "listen = '127.0.0.1:1'\n").expect("own folder");
        let file = File::find(Some(&path)).expect("a sound file");
        assert_eq!(file.listen, Some(SocketAddr::from(([127, 0, 0, 1], 1))));
    }
}
