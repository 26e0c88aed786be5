//! A client gets no new projects. Those it has go on, and it can still be billed.

use super::client::Client;
use super::{ClientArchived, ClientEvent, Refusal};
use crate::id::ClientId;

/// Take no new projects for a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveClient {
    /// The client.
    pub client: ClientId,
}

/// Refuses an unknown client; one that is archived already stays as it is.
pub fn decide(client: &Client, _: ArchiveClient) -> Result<Vec<ClientEvent>, Refusal> {
    let id = client.known()?;
    if client.archived {
        return Ok(Vec::new());
    }
    Ok(vec![ClientArchived { client: id }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    #[test]
    fn a_client_is_archived_once() {
        let mut client = samples::client();
        let command = ArchiveClient { client: samples::CLIENT };
        let events = decide(&client, command.clone()).unwrap();
        assert_eq!(events, [ClientArchived { client: samples::CLIENT }.into()]);
        client.evolve(&events[0]);
        assert_eq!(decide(&client, command), Ok(vec![]));
    }

    #[test]
    fn an_unknown_client_is_refused() {
        let command = ArchiveClient { client: samples::CLIENT };
        assert_eq!(decide(&Client::default(), command), Err(Refusal::UnknownClient));
    }
}
