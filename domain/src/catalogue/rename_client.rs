//! A client is called otherwise; archived ones too, for their old invoices are still looked up.

use super::add_client::personal_name;
use super::client::Client;
use super::{ClientEvent, ClientRenamed, Refusal};
use crate::id::ClientId;
use crate::personal::Unique;

/// Call a client otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameClient {
    /// The client.
    pub client: ClientId,
    /// The new name, with the digest of `normalised_name`.
    pub name: Unique,
}

/// Refuses an unknown client and a bad name; the name it has changes nothing.
pub fn decide(client: &Client, command: RenameClient) -> Result<Vec<ClientEvent>, Refusal> {
    let id = client.known()?;
    let name = personal_name(id, command.name)?;
    if client.name.as_ref().and_then(|held| held.get()) == name.get() {
        return Ok(Vec::new());
    }
    Ok(vec![ClientRenamed { client: id, name }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    fn rename(name: &str) -> RenameClient {
        RenameClient { client: samples::CLIENT, name: samples::unique(name) }
    }

    #[test]
    fn a_client_gets_its_new_name_and_nothing_when_it_has_it() {
        let mut client = samples::client();
        let events = decide(&client, rename("Umbrella Ltd")).unwrap();
        let [ClientEvent::ClientRenamed(renamed)] = &events[..] else { panic!("{events:?}") };
        assert_eq!(renamed.name.get().unwrap().text, "Umbrella Ltd");
        client.evolve(&events[0]);
        assert_eq!(decide(&client, rename(" Umbrella Ltd")), Ok(vec![]));
    }

    #[test]
    fn an_unknown_client_is_refused() {
        assert_eq!(decide(&Client::default(), rename("X")), Err(Refusal::UnknownClient));
    }

    #[test]
    fn a_bad_name_is_refused() {
        assert_eq!(decide(&samples::client(), rename("a\tb")), Err(Refusal::InvalidName));
    }
}
