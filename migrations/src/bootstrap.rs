//! Makes a database server ready for a cell: roles that own nothing and inherit nothing, an owner
//! that nobody signs in with, and a database without the usual open doors. Can be run again.

use std::path::Path;

use ring::rand::{SecureRandom, SystemRandom};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Executor, Row};

use crate::cell::{
    APP_LOGIN, BUILDER_LOGIN, CellLogins, OWNER_ROLE, PLATFORM_ROLE, Pooler, SWEEPER_ROLE,
    TENANT_GROUP_ROLE,
};
use crate::door::DoorError;
use crate::secret_file;

/// The database of a cell, unless the administrator's URL names another than `postgres`.
pub const DATABASE: &str = "crowdminder";

/// How the two logins prove who they are.
#[derive(Debug, Clone)]
pub enum LoginSecrets {
    /// The server trusts whoever reaches its socket: the embedded one, in a folder of mode 0700.
    SocketTrust,
    /// Passwords, made when first needed and kept in this folder in files of mode 0600.
    Files(std::path::PathBuf),
}

/// Why a server could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// The server refused or is away.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// A password file can't be read or written.
    #[error(transparent)]
    Secret(#[from] secret_file::SecretFileError),
    /// The login is no administrator.
    #[error("the login {0} may not create roles and databases; use an administrator's URL once")]
    NotAdministrator(String),
}

impl From<sqlx::Error> for BootstrapError {
    fn from(error: sqlx::Error) -> Self {
        BootstrapError::Door(error.into())
    }
}

/// Makes roles, database and platform schema where they're missing; answers the cell's logins.
pub async fn bootstrap(
    administrator: &PgConnectOptions,
    secrets: &LoginSecrets,
) -> Result<CellLogins, BootstrapError> {
    // The script that makes the roles holds passwords, so it's not for the log.
    let mut connection = administrator.clone().disable_statement_logging().connect().await?;
    let superuser: bool =
        sqlx::query("select rolsuper from pg_catalog.pg_roles where rolname = current_user")
            .fetch_one(&mut connection)
            .await?
            .try_get(0)?;
    if !superuser {
        return Err(BootstrapError::NotAdministrator(administrator.get_username().to_owned()));
    }
    let app = login(administrator, APP_LOGIN, secrets)?;
    let builder = login(administrator, BUILDER_LOGIN, secrets)?;
    make_roles(&mut connection, &app, &builder).await?;
    make_database(&mut connection).await?;
    connection.close().await?;

    let mut inside = administrator.clone().database(DATABASE).connect().await?;
    close_doors(&mut inside).await?;
    inside.close().await?;
    crate::migrate::migrate_platform(&builder.1).await?;
    Ok(CellLogins { app: app.1, builder: Some(builder.1), pooler: Pooler::Direct })
}

type Login = (Option<String>, PgConnectOptions);

fn login(
    administrator: &PgConnectOptions,
    name: &str,
    secrets: &LoginSecrets,
) -> Result<Login, BootstrapError> {
    let options = administrator.clone().username(name).database(DATABASE);
    match secrets {
        LoginSecrets::SocketTrust => Ok((None, options)),
        LoginSecrets::Files(folder) => {
            let password = password(folder, name)?;
            let options = options.password(&password);
            Ok((Some(password), options))
        }
    }
}

fn password(folder: &Path, login: &str) -> Result<String, secret_file::SecretFileError> {
    let make = || {
        let mut bytes = [0_u8; 24];
        SystemRandom::new().fill(&mut bytes).expect("the system's random source answers");
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    secret_file::read_or_make(&folder.join(format!("{login}.password")), make)
}

async fn make_roles(
    connection: &mut PgConnection,
    app: &Login,
    builder: &Login,
) -> Result<(), sqlx::Error> {
    let mut script = String::new();
    for (role, attributes) in [
        (OWNER_ROLE, "nologin"),
        (PLATFORM_ROLE, "nologin"),
        (SWEEPER_ROLE, "nologin"),
        (TENANT_GROUP_ROLE, "nologin"),
        (APP_LOGIN, "login noinherit"),
        (BUILDER_LOGIN, "login noinherit createrole"),
    ] {
        let exists = sqlx::query("select 1 from pg_catalog.pg_roles where rolname = $1")
            .bind(role)
            .fetch_optional(&mut *connection)
            .await?
            .is_some();
        let verb = if exists { "alter" } else { "create" };
        script.push_str(&format!("{verb} role {role} {attributes};\n"));
    }
    // Passwords are hexadecimal digits of our own making, so they can stand in a literal.
    for (password, options) in [app, builder] {
        if let Some(password) = password {
            let name = options.get_username();
            script.push_str(&format!("alter role {name} password '{password}';\n"));
        }
    }
    script.push_str(&format!(
        "grant {OWNER_ROLE} to {BUILDER_LOGIN};
         grant {PLATFORM_ROLE}, {SWEEPER_ROLE} to {APP_LOGIN};
         grant {TENANT_GROUP_ROLE} to {BUILDER_LOGIN} with admin option;
         alter role {APP_LOGIN} set search_path = '';
         alter role {APP_LOGIN} set client_min_messages = 'error';
         alter role {APP_LOGIN} set timezone = 'UTC';"
    ));
    connection.execute(script.as_str()).await?;
    Ok(())
}

async fn make_database(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let exists = sqlx::query("select 1 from pg_catalog.pg_database where datname = $1")
        .bind(DATABASE)
        .fetch_optional(&mut *connection)
        .await?;
    if exists.is_none() {
        let create = format!("create database {DATABASE} template template0 encoding 'UTF8'");
        connection.execute(create.as_str()).await?;
    }
    Ok(())
}

/// Takes away what every role has by default and no tenant may have.
async fn close_doors(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    connection
        .execute(
            format!(
                "revoke all on database {DATABASE} from public;
                 grant connect on database {DATABASE} to {APP_LOGIN}, {BUILDER_LOGIN};
                 grant create on database {DATABASE} to {OWNER_ROLE};
                 revoke all on schema public from public;
                 revoke execute on function pg_catalog.set_config(text, text, boolean)
                     from public;
                 alter database {DATABASE} set search_path = ''"
            )
            .as_str(),
        )
        .await?;
    Ok(())
}
