//! The command line: one file per noun. Exit codes: 0 done, 1 failed or differs, 2 usage, 3 partly
//! done. JSON goes to stdout, one document per line; progress and logs go to stderr.

mod audit;
mod bench;
mod demo;
mod doctor;
mod events;
mod import;
mod jobs;
mod mail;
mod migrate;
mod operator;
mod output;
mod people;
mod replay;
mod report;
mod serve;
mod settings;
mod tenant;
mod token;

use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use commands::Clock;
use migrations::cell::PoolLimits;
use migrations::cell::Pooler;
use migrations::platform::TenantRecord;

use crate::config::{File, Shared};
use crate::mail::MailOptions;
use crate::system::{Place, System};
use crate::telemetry;
pub use output::Outcome;

/// Time, leave and invoices of consulting firms, kept as a log that can be audited and replayed.
#[derive(Debug, Parser)]
#[command(name = "crowdminder", version, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    shared: Shared,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and do the work behind it
    Serve(serve::Serve),
    /// Show two firms with a year of history, in a private database
    Demo(demo::Demo),
    /// Make, list and show tenants
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    /// The people who run the service: members of the platform itself
    #[command(subcommand)]
    Operator(operator::Operator),
    /// Take in the people of a tenant from a file, and invite them
    #[command(subcommand)]
    People(people::People),
    /// What a tenant has set, and changes of it
    #[command(subcommand)]
    Settings(settings::Settings),
    /// Make access tokens
    #[command(subcommand)]
    Token(token::Token),
    /// Bring the schemas of platform and tenants to this version
    Migrate(migrate::Migrate),
    /// Take over hours from another system, or take an import back
    Import(import::Import),
    /// Check that nothing in a log was changed
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Read a tenant's log
    #[command(subcommand)]
    Events(events::Events),
    /// Rebuild read models, check them against the log, show them as they were
    #[command(subcommand)]
    Replay(replay::Replay),
    /// Sums over what was recorded, as CSV, XLSX or JSON
    #[command(subcommand)]
    Report(report::Report),
    /// See what is to be done, have it tried again, or call it off
    #[command(subcommand)]
    Jobs(jobs::Jobs),
    /// See whether mails arrive
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Print the OpenAPI document
    Openapi,
    /// Check database, keys, storage, clock, bus and mail server, and say what to do
    Doctor(doctor::Doctor),
    /// Measure this machine
    Bench(bench::Bench),
}

impl Command {
    /// Whether it's about one tenant that is there, so that it can be run for each.
    fn is_for_a_tenant(&self) -> bool {
        match self {
            Command::Tenant(command) => command.is_for_a_tenant(),
            Command::Migrate(command) => command.only.is_some(),
            Command::Token(_)
            | Command::People(_)
            | Command::Settings(_)
            | Command::Import(_)
            | Command::Audit(_)
            | Command::Events(_)
            | Command::Jobs(_)
            | Command::Mail(_)
            | Command::Replay(_)
            | Command::Report(_) => true,
            Command::Serve(_)
            | Command::Demo(_)
            | Command::Operator(_)
            | Command::Openapi
            | Command::Doctor(_)
            | Command::Bench(_) => false,
        }
    }
}

/// What a command works with.
pub(crate) struct Context {
    pub(crate) system: Arc<System>,
    pub(crate) base_domain: String,
    pub(crate) mail: MailOptions,
    pub(crate) json: bool,
    place: Place,
    file: File,
}

impl Context {
    /// The tenant with this slug, or an error that says so.
    pub(crate) async fn tenant(&self, slug: &str) -> anyhow::Result<TenantRecord> {
        let found = self.system.platform.tenant_by_slug(slug).await?;
        found.ok_or_else(|| anyhow::anyhow!("there is no tenant {slug:?}; see `tenant list`"))
    }

    /// This program once more over the same database, in a process of its own.
    pub(crate) fn program<'a>(
        &self,
        words: impl IntoIterator<Item = &'a str>,
    ) -> std::io::Result<tokio::process::Command> {
        let mut program = tokio::process::Command::new(std::env::current_exe()?);
        program.arg("--data-dir").arg(&self.place.data_dir);
        program.arg("--base-domain").arg(&self.base_domain);
        let urls = [
            ("CROWDMINDER_DATABASE_URL", &self.place.database_url),
            ("CROWDMINDER_BUILDER_URL", &self.place.builder_url),
            ("CROWDMINDER_FILES_URL", &self.place.files_url),
            ("CROWDMINDER_SMTP_URL", &self.mail.smtp_url),
            ("CROWDMINDER_MAIL_FROM", &self.mail.from),
        ];
        // Not as arguments, which everybody on the machine can read.
        for (name, url) in urls {
            match url {
                Some(url) => program.env(name, url),
                None => program.env_remove(name),
            };
        }
        program.args(words);
        Ok(program)
    }

    /// The tenant named, or everything that has a log: each tenant, and the platform itself.
    pub(crate) async fn tenants(&self, slug: Option<&str>) -> anyhow::Result<Vec<TenantRecord>> {
        match slug {
            Some(slug) => Ok(vec![self.tenant(slug).await?]),
            None => Ok(self.system.platform.all().await?),
        }
    }
}

/// Runs the program to its end.
pub async fn run(arguments: Arguments) -> ExitCode {
    let tracing = telemetry::start();
    let code = match dispatch(arguments).await {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            output::error(&error);
            Outcome::Failed.into()
        }
    };
    // It blocks, and the collector may be one of the tasks of this runtime.
    let _ = tokio::task::spawn_blocking(move || tracing.finish()).await;
    code
}

async fn dispatch(arguments: Arguments) -> anyhow::Result<Outcome> {
    let Arguments { shared, command } = arguments;
    let file = File::find(shared.config.as_deref())?;
    let base_domain = shared
        .base_domain
        .clone()
        .or(file.base_domain.clone())
        .unwrap_or_else(|| "localhost".to_owned());
    let place = place(&shared, &file, &base_domain);
    match &command {
        Command::Openapi => {
            output::line(&serde_json::to_string_pretty(&crate::http::openapi())?);
            return Ok(Outcome::Done);
        }
        Command::Audit(audit::Audit::Verify(audit::Verify {
            file: Some(file), key_id, ..
        })) => {
            return audit::verify_file(file, key_id.as_deref(), shared.json);
        }
        Command::Doctor(command) => {
            let smtp_url = shared.smtp_url.clone().or(file.smtp_url.clone());
            return doctor::run(place, &file, smtp_url, command.clone(), shared.json).await;
        }
        Command::Demo(demo) => demo::make_room(&place.data_dir, demo.reset)?,
        _ => {}
    }
    let system = System::open(&place, Clock::system(), pools(&file, &command)).await?;
    let (system, json) = (Arc::new(system), shared.json);
    let mail = mail_options(&shared, &file, &base_domain);
    let context = Arc::new(Context { system, base_domain, mail, json, place, file });
    let outcome = perform(context.clone(), command).await;
    // Whatever still holds it is a task that ends with the runtime; the guard's drop stops the
    // rest.
    if let Some(context) = Arc::into_inner(context)
        && let Some(system) = Arc::into_inner(context.system)
    {
        system.close().await;
    }
    outcome
}

/// Who works on many tenants at once needs as many connections.
fn pools(file: &File, command: &Command) -> PoolLimits {
    let jobs = match command {
        Command::Migrate(migrate) => migrate.jobs,
        Command::Tenant(tenant::Tenant::Each(each)) => each.jobs,
        _ => 0,
    };
    let mut pools = file.pools();
    pools.builder_connections = pools.builder_connections.max(u32::from(jobs));
    pools.app_connections = pools.app_connections.max(2 * u32::from(jobs));
    pools
}

type Performed = Pin<Box<dyn Future<Output = anyhow::Result<Outcome>>>>;

/// Runs a command. One may run others, so this names its own type.
fn perform(context: Arc<Context>, command: Command) -> Performed {
    Box::pin(async move {
        match command {
            Command::Serve(command) => serve::run(&context, command, serve::print_ready).await,
            Command::Demo(command) => demo::run(&context, command).await,
            Command::Openapi | Command::Doctor(_) => Ok(Outcome::Done),
            Command::Tenant(command) => tenant::run(&context, command).await,
            Command::Operator(command) => operator::run(&context, command).await,
            Command::People(command) => people::run(&context, command).await,
            Command::Settings(command) => settings::run(&context, command).await,
            Command::Token(command) => token::run(&context, command).await,
            Command::Migrate(command) => migrate::run(&context, command).await,
            Command::Import(command) => import::run(&context, command).await,
            Command::Audit(command) => audit::run(&context, command).await,
            Command::Events(command) => events::run(&context, command).await,
            Command::Replay(command) => replay::run(&context, command).await,
            Command::Report(command) => report::run(&context, command).await,
            Command::Jobs(command) => jobs::run(&context, command).await,
            Command::Mail(command) => mail::run(&context, command).await,
            Command::Bench(command) => bench::run(&context, command).await,
        }
    })
}

fn place(shared: &Shared, file: &File, base_domain: &str) -> Place {
    Place {
        base_domain: base_domain.to_owned(),
        data_dir: shared
            .data_dir
            .clone()
            .or(file.data_dir.clone())
            .unwrap_or_else(|| "crowdminder-data".into()),
        database_url: shared.database_url.clone().or(file.database_url.clone()),
        builder_url: shared.builder_url.clone().or(file.builder_url.clone()),
        pooler: shared.pooler.or(file.pooler).map_or(Pooler::Direct, Pooler::from),
        files_url: shared.files_url.clone().or(file.files_url.clone()),
    }
}

fn mail_options(shared: &Shared, file: &File, base_domain: &str) -> MailOptions {
    MailOptions {
        smtp_url: shared.smtp_url.clone().or(file.smtp_url.clone()),
        from: shared.mail_from.clone().or(file.mail_from.clone()),
        base_domain: base_domain.to_owned(),
        port: None,
    }
}
