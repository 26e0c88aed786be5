//! Looks an installation over: keys, storage, database, clock, bus. Each finding says what is the
//! matter and what to do; none means that all is as it should be. What can't be looked at, because
//! what it rests on is away, is a finding too.

mod bus;
mod files;

use std::time::Duration;

use commands::Clock;
use commands::bus::JetStreamOptions;
use jiff::{SignedDuration, Timestamp};
use migrations::cell::Cell;
use migrations::doctor::{Finding, examine};
use migrations::door::DoorError;
use migrations::migrate::TENANT_SCHEMA_VERSION;
use migrations::standing::{Schemas, Server, schemas, server};

use crate::system::{Place, System};

/// The oldest PostgreSQL that is tested against, as a number.
const OLDEST_SERVER: i32 = 150_000;
/// How far two clocks may be apart.
const CLOCK: SignedDuration = SignedDuration::from_secs(2);
/// How long the bus may take to be ready.
const BUS: Duration = Duration::from_secs(5);

/// What is looked over.
#[derive(Debug, Clone)]
pub struct Examined {
    /// Database, keys and files.
    pub place: Place,
    /// The bus, where there is one.
    pub nats: Option<JetStreamOptions>,
}

/// Looks at everything. Finds nothing where all is well.
pub async fn look_over(examined: &Examined) -> Vec<Finding> {
    let mut found = files::keys(&examined.place.data_dir);
    found.extend(files::storage(&examined.place.data_dir));
    // Keys that are refused would keep the database from being looked at too: say so once.
    if found.is_empty() {
        found.extend(database(&examined.place).await);
    }
    if let Some(nats) = &examined.nats {
        found.extend(bus::look(nats.clone(), BUS).await);
    }
    found
}

async fn database(place: &Place) -> Vec<Finding> {
    let system = match System::open(place, Clock::system(), Default::default()).await {
        Ok(system) => system,
        Err(error) => {
            let remedy = format!(
                "{error}; see that the server runs, that database_url and builder_url name it, and \
                 that its log says nothing of a refused login"
            );
            return vec![Finding { check: "database", remedy }];
        }
    };
    let cell = system.tenants.cell();
    let found = within(cell).await;
    system.close().await;
    found.unwrap_or_else(|error| {
        let remedy = format!("{error}: the server answered at first and then no more; try again");
        vec![Finding { check: "database", remedy }]
    })
}

async fn within(cell: &Cell) -> Result<Vec<Finding>, DoorError> {
    let mut found = examine(cell).await?;
    let before = Timestamp::now();
    let server = server(cell).await?;
    found.extend(apart(before, Timestamp::now(), server.now));
    found.extend(of_server(&server));
    found.extend(of_schemas(&schemas(cell).await?));
    Ok(found)
}

/// Whether a clock that was asked between two moments of ours agrees with them.
fn apart(before: Timestamp, after: Timestamp, there: Timestamp) -> Option<Finding> {
    let off =
        if there < before { before.duration_since(there) } else { there.duration_since(after) };
    (off > CLOCK).then(|| Finding {
        check: "clock",
        remedy: format!(
            "this host and the database's are {:.1} s apart: let both keep time by NTP (chrony or \
             systemd-timesyncd); the log's own times never run backwards, but links, sessions and \
             tokens end early or late",
            off.as_secs_f64()
        ),
    })
}

fn of_server(server: &Server) -> Vec<Finding> {
    let mut found = Vec::new();
    if server.version < OLDEST_SERVER {
        let remedy = format!("PostgreSQL {} is too old: use 15 or later", server.version / 10_000);
        found.push(Finding { check: "server_version", remedy });
    }
    if !server.sound_session {
        let remedy = "alter role crowdminder_app set search_path = ''; alter role crowdminder_app \
                      set timezone = 'UTC'; alter role crowdminder_app set client_min_messages = \
                      'error'; then reload the pooler";
        found.push(Finding { check: "session_settings", remedy: remedy.to_owned() });
    }
    found
}

fn of_schemas(schemas: &Schemas) -> Option<Finding> {
    let remedy = if schemas.newest > TENANT_SCHEMA_VERSION {
        format!(
            "the database is at schema {}, this program at {TENANT_SCHEMA_VERSION}: install the \
             newer program here too",
            schemas.newest
        )
    } else if schemas.behind > 0 {
        format!("{} tenants are at an older schema: run `crowdminder migrate`", schemas.behind)
    } else {
        return None;
    };
    Some(Finding { check: "schema_versions", remedy })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_differ_by_more_than_the_question_took_are_found() {
        let at = |seconds: i64| Timestamp::from_second(seconds).expect("an instant");
        for there in [at(98), at(100), at(105), at(107)] {
            assert_eq!(apart(at(100), at(105), there), None, "{there}");
        }
        for there in [at(97), at(108)] {
            assert_eq!(apart(at(100), at(105), there).expect("apart").check, "clock");
        }
    }

    #[test]
    fn schemas_behind_or_ahead_are_found_with_what_to_do() {
        let good = Schemas { tenants: 2, behind: 0, newest: TENANT_SCHEMA_VERSION };
        assert_eq!(of_schemas(&good), None);
        let behind = of_schemas(&Schemas { behind: 1, ..good }).expect("one is behind");
        assert!(behind.remedy.contains("crowdminder migrate"), "{behind:?}");
        let ahead = Schemas { newest: TENANT_SCHEMA_VERSION + 1, behind: 0, ..good };
        assert!(of_schemas(&ahead).expect("ahead").remedy.contains("newer program"));
    }

    #[test]
    fn an_old_server_and_a_session_with_settings_are_found() {
        let now = Timestamp::UNIX_EPOCH;
        let good = Server { now, version: 150_013, sound_session: true };
        assert_eq!(of_server(&good), []);
        let bad = Server { version: 140_009, sound_session: false, ..good };
        let checks: Vec<_> = of_server(&bad).iter().map(|finding| finding.check).collect();
        assert_eq!(checks, ["server_version", "session_settings"]);
    }
}
