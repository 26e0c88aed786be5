//! The ceiling of an append: pgbench inserting single rows with the same unique keys, prepared,
//! over the same socket.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::Context as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};

use super::Effort;

const TABLE: &str = "
create schema if not exists bench_ceiling;
drop table if exists bench_ceiling.events;
create table bench_ceiling.events (
    position bigserial primary key, stream_id uuid not null, version int not null,
    event_type text not null, payload json not null, metadata json not null,
    event_id uuid not null unique, command_id uuid not null unique,
    recorded_at timestamptz not null, unique (stream_id, version));
";

const SCRIPT: &str = "
insert into bench_ceiling.events (stream_id, version, event_type, payload, metadata, event_id,
    command_id, recorded_at)
values (gen_random_uuid(), 1, 'TimeRecorded',
    '{\"billable\": true,\"entry\":\"01900000-0000-7000-8000-000000000001\",\"seconds\": 3600}',
    '{\"actor\":{\"id\":\"01900000-0000-7000-8000-000000000002\",\"kind\":\"member\"}}',
    gen_random_uuid(), gen_random_uuid(), now());
";

/// pgbench against a database of its own tables.
#[derive(Debug)]
pub struct Ceiling {
    program: PathBuf,
    script: tempfile::NamedTempFile,
    options: PgConnectOptions,
}

impl Ceiling {
    /// Makes its table; `None` where this machine has no pgbench.
    pub async fn prepare(administrator: &PgConnectOptions) -> anyhow::Result<Option<Self>> {
        let Some(program) = find("pgbench") else { return Ok(None) };
        let options = administrator.clone().database(migrations::bootstrap::DATABASE);
        let mut connection = options.connect().await?;
        connection.execute(TABLE).await?;
        connection.close().await?;
        let script = tempfile::NamedTempFile::new()?;
        std::fs::write(script.path(), SCRIPT)?;
        Ok(Some(Ceiling { program, script, options }))
    }

    /// Transactions per second with so many clients.
    pub async fn rate(&self, clients: usize, effort: Effort) -> anyhow::Result<f64> {
        let socket = self.options.get_socket().map(|path| path.display().to_string());
        let output = tokio::process::Command::new(&self.program)
            .args(["-n", "-M", "prepared", "-j", "2"])
            .args(["-c", &clients.to_string(), "-T", &effort.leg.as_secs().max(1).to_string()])
            .args(["-h", &socket.unwrap_or_else(|| self.options.get_host().to_owned())])
            .args(["-p", &self.options.get_port().to_string()])
            .args(["-U", self.options.get_username()])
            .arg("-f")
            .arg(self.script.path())
            .arg(migrations::bootstrap::DATABASE)
            .stderr(Stdio::piped())
            .output()
            .await?;
        let text = String::from_utf8_lossy(&output.stdout);
        let rate = text
            .lines()
            .find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
        let errors = String::from_utf8_lossy(&output.stderr);
        rate.with_context(|| format!("pgbench says: {}", errors.trim()))
    }

    /// Drops its table.
    pub async fn clean(self) -> anyhow::Result<()> {
        let mut connection = self.options.connect().await?;
        connection.execute("drop schema bench_ceiling cascade").await?;
        Ok(connection.close().await?)
    }
}

/// Where a program of PostgreSQL is; `None` where this machine has none.
pub(super) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|folder| Some(folder.ok()?.path().join("bin")));
    // Debian's own `pgbench` and `psql` are wrappers of clusters; the programs are wanted.
    debian
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join(program))
        .find(|p| p.exists())
}
