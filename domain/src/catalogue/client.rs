//! A client as its stream tells it.

use serde::{Deserialize, Serialize};

use super::change_client_currency::{self, ChangeClientCurrency};
use super::{
    AddClient, ArchiveClient, ClientEvent, Refusal, RenameClient, RestoreClient, add_client,
    archive_client, rename_client, restore_client,
};
use crate::aggregate::aggregate;
use crate::id::{ClientId, StreamId};
use crate::money::minor_digits;
use crate::personal::{Personal, Unique};

/// The stream of a client.
pub fn client_stream(client: ClientId) -> StreamId {
    StreamId(client.0)
}

/// A firm or person that is worked for. To be written down, its name must be sealed, as it is in
/// events that came from the log.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Client {
    /// Which one; none where its stream is empty: there is no such client.
    pub id: Option<ClientId>,
    /// Its name.
    pub name: Option<Personal<Unique>>,
    /// The ISO 4217 code it is billed in, where it is not the tenant's.
    pub currency: Option<String>,
    /// Whether it takes no new projects.
    pub archived: bool,
}

/// What can be asked of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientCommand {
    /// See [`add_client`].
    Add(AddClient),
    /// See [`rename_client`].
    Rename(RenameClient),
    /// See [`change_client_currency`].
    ChangeCurrency(ChangeClientCurrency),
    /// See [`archive_client`].
    Archive(ArchiveClient),
    /// See [`restore_client`].
    Restore(RestoreClient),
}

aggregate!(Client, "client", ClientCommand, ClientEvent, Refusal);

impl Client {
    /// What follows from a command.
    pub fn decide(&self, command: ClientCommand) -> Result<Vec<ClientEvent>, Refusal> {
        match command {
            ClientCommand::Add(command) => add_client::decide(self, command),
            ClientCommand::Rename(command) => rename_client::decide(self, command),
            ClientCommand::ChangeCurrency(command) => change_client_currency::decide(self, command),
            ClientCommand::Archive(command) => archive_client::decide(self, command),
            ClientCommand::Restore(command) => restore_client::decide(self, command),
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &ClientEvent) {
        match event {
            ClientEvent::ClientAdded(event) => {
                self.id = Some(event.client);
                self.name = Some(event.name.clone());
                self.currency.clone_from(&event.currency);
            }
            ClientEvent::ClientRenamed(event) => self.name = Some(event.name.clone()),
            ClientEvent::ClientCurrencyChanged(event) => {
                self.currency.clone_from(&event.currency);
            }
            ClientEvent::ClientArchived(_) => self.archived = true,
            ClientEvent::ClientRestored(_) => self.archived = false,
        }
    }

    /// Its id, or the refusal that there is no such client.
    pub fn known(&self) -> Result<ClientId, Refusal> {
        self.id.ok_or(Refusal::UnknownClient)
    }
}

/// Refuses a code that is no current currency.
pub(super) fn check_currency(currency: Option<&str>) -> Result<(), Refusal> {
    match currency {
        Some(code) if minor_digits(code).is_none() => {
            Err(Refusal::UnknownCurrency { currency: code.to_owned(), field: "/currency" })
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;
    use cqrs_es::test::TestFramework;

    #[test]
    fn the_aggregate_answers_as_the_plain_decisions_do() {
        let client = samples::CLIENT;
        let archived = crate::catalogue::ClientArchived { client };
        TestFramework::<Client>::with(())
            .given(vec![samples::client_added()])
            .when(ClientCommand::Archive(ArchiveClient { client }))
            .then_expect_events(vec![archived.clone().into()]);
        TestFramework::<Client>::with(())
            .given(vec![samples::client_added(), archived.into()])
            .when(ClientCommand::Archive(ArchiveClient { client }))
            .then_expect_events(vec![]);
        TestFramework::<Client>::with(())
            .given_no_previous_events()
            .when(ClientCommand::Restore(RestoreClient { client }))
            .then_expect_error(Refusal::UnknownClient);
    }
    #[test]
    fn a_client_from_the_log_reads_back_as_written_with_its_name_sealed() {
        let id = samples::CLIENT.0;
        let added = format!(
            r#"{{"client":"{id}","currency":"EUR","name":"p1.identity.{}.AAAA"}}"#,
            id.simple()
        );
        let event = crate::log::Event::decode("ClientAdded", 1, &added).unwrap();
        let mut client = Client::default();
        client.evolve(&event.try_into().unwrap());
        let stored = serde_json::to_string(&client).unwrap();
        assert_eq!(serde_json::from_str::<Client>(&stored).unwrap(), client);
        assert!(serde_json::to_string(&samples::client()).is_err(), "never in clear");
    }
}
