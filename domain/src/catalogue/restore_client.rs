//! A client that was archived gets projects again.

use super::client::Client;
use super::{ClientEvent, ClientRestored, Refusal};
use crate::id::ClientId;

/// Serve a client again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreClient {
    /// The client.
    pub client: ClientId,
}

/// Refuses an unknown client; one that is restored already stays as it is.
pub fn decide(client: &Client, _: RestoreClient) -> Result<Vec<ClientEvent>, Refusal> {
    let id = client.known()?;
    if !client.archived {
        return Ok(Vec::new());
    }
    Ok(vec![ClientRestored { client: id }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    #[test]
    fn a_client_is_restored_once() {
        let mut client = samples::client();
        client.archived = true;
        let command = RestoreClient { client: samples::CLIENT };
        let events = decide(&client, command.clone()).unwrap();
        assert_eq!(events, [ClientRestored { client: samples::CLIENT }.into()]);
        client.evolve(&events[0]);
        assert_eq!(decide(&client, command), Ok(vec![]));
    }

    #[test]
    fn an_unknown_client_is_refused() {
        let command = RestoreClient { client: samples::CLIENT };
        assert_eq!(decide(&Client::default(), command), Err(Refusal::UnknownClient));
    }
}
