//! The bus as the service would find it: it connects, makes or finds the stream, reads its
//! configuration back, and says what it thinks of the server.

use std::time::Duration;

use commands::bus::{Bus, BusState, JetStreamBus, JetStreamOptions};
use migrations::doctor::Finding;

/// Looks at the bus, waiting for it for so long.
pub(super) async fn look(options: JetStreamOptions, patience: Duration) -> Vec<Finding> {
    let bus = match JetStreamBus::open(options).await {
        Ok(bus) => bus,
        Err(error) => return vec![finding("bus", error.to_string())],
    };
    let mut incarnation = bus.incarnation();
    // Not in time is what its state then says.
    let _ = tokio::time::timeout(patience, incarnation.wait_for(Option::is_some)).await;
    findings(bus.state())
}

fn findings(state: BusState) -> Vec<Finding> {
    let mut found: Vec<Finding> =
        state.warnings.into_iter().map(|why| finding("bus_server", why)).collect();
    if let Some(refused) = state.refused {
        let remedy = format!(
            "{refused}; if nobody else uses the stream, delete it (`nats stream rm EVENTS`): it is \
             made anew and filled from the log"
        );
        found.push(finding("bus_configuration", remedy));
    } else if !state.ready {
        let why = state.trouble.unwrap_or_else(|| "the server does not answer".to_owned());
        let remedy = format!(
            "{why}; see that nats-server runs with JetStream at nats_url and that its permissions \
             are those of docs/operations.md; meanwhile the service works by its sweep"
        );
        found.push(finding("bus", remedy));
    }
    found
}

fn finding(check: &'static str, remedy: String) -> Finding {
    Finding { check, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commands::bus::test_nats::TestNats;

    #[tokio::test]
    async fn a_server_that_is_away_old_or_open_to_all_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let binaries = TestNats::binaries();
        let old = binaries.first().expect("a nats-server");
        let mut nats = TestNats::start(old, folder.path().join("store")).expect("a nats-server");
        let options = JetStreamOptions::new(nats.url());
        let patience = Duration::from_secs(20);
        let found = look(options.clone(), patience).await;
        assert!(found.iter().all(|finding| finding.check == "bus_server"), "{found:?}");
        assert!(found.iter().any(|it| it.remedy.contains("no credentials")), "{found:?}");
        nats.kill9().expect("killed");
        let found = look(options, Duration::from_millis(300)).await;
        assert_eq!(found.iter().map(|it| it.check).collect::<Vec<_>>(), ["bus"]);
    }

    #[test]
    fn a_stream_that_differs_is_found_with_what_to_do() {
        let state = BusState {
            kind: "jetstream",
            connected: true,
            ready: false,
            server_version: None,
            refused: Some("the stream EVENTS has max_age 1".to_owned()),
            trouble: None,
            warnings: vec!["nats-server 2.9.10 is old".to_owned()],
        };
        let found = findings(state);
        let checks: Vec<_> = found.iter().map(|finding| finding.check).collect();
        assert_eq!(checks, ["bus_server", "bus_configuration"]);
        assert!(found[1].remedy.contains("made anew"), "{found:?}");
    }
}
