//! Each client as it is now. A client may be a natural person, so its name stays sealed here.

use std::collections::BTreeMap;

use domain::catalogue::ClientEvent;
use domain::id::ClientId;
use domain::log::{EventFamily, Recorded};
use domain::personal::Envelope;
use migrations::TenantTx;

use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One client.
    ClientRow in "rm_client" key(client_id: ClientId) {
        /// The client.
        client_id: ClientId,
        /// Its name and the digest of it, sealed.
        name: Option<Envelope>,
        /// The ISO 4217 code it's billed in, where it's not the tenant's.
        currency: Option<String>,
        /// Whether it takes no new projects.
        archived: bool,
        /// The last event that changed it.
        position: i64,
    }
}

/// The fold of clients.
#[derive(Debug)]
pub struct Client;

impl ReadModel for Client {
    const NAME: &'static str = "client";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[ClientEvent::TYPES];
    type Row = ClientRow;

    fn touches(event: &Recorded) -> Vec<ClientId> {
        client_event(event).map(client_of).into_iter().collect()
    }

    fn apply(rows: &mut Rows<ClientRow>, recorded: &Recorded) {
        let Some(event) = client_event(recorded) else {
            return;
        };
        let position = recorded.position;
        if let ClientEvent::ClientAdded(event) = event {
            rows.put(ClientRow {
                client_id: event.client,
                name: event.name.envelope().cloned(),
                currency: event.currency.clone(),
                archived: false,
                position,
            });
        }
        rows.change(&client_of(event), |row| {
            row.position = position;
            match event {
                ClientEvent::ClientAdded(_) => {}
                ClientEvent::ClientRenamed(event) => row.name = event.name.envelope().cloned(),
                ClientEvent::ClientCurrencyChanged(event) => {
                    row.currency.clone_from(&event.currency);
                }
                ClientEvent::ClientArchived(_) => row.archived = true,
                ClientEvent::ClientRestored(_) => row.archived = false,
            }
        });
    }
}

fn client_of(event: &ClientEvent) -> ClientId {
    match event {
        ClientEvent::ClientAdded(event) => event.client,
        ClientEvent::ClientRenamed(event) => event.client,
        ClientEvent::ClientCurrencyChanged(event) => event.client,
        ClientEvent::ClientArchived(event) => event.client,
        ClientEvent::ClientRestored(event) => event.client,
    }
}

fn client_event(recorded: &Recorded) -> Option<&ClientEvent> {
    recorded.event.family()
}

/// One client.
pub async fn find(tx: &mut TenantTx, client: ClientId) -> Result<Option<ClientRow>, ReadError> {
    let query = select::<ClientRow>(tx, "where r.client_id = $1").bind(client.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// Clients by id, hence by age, after the one named.
pub async fn list(
    tx: &mut TenantTx,
    after: Option<ClientId>,
    limit: i64,
) -> Result<Vec<ClientRow>, ReadError> {
    let sql = "where $1::uuid is null or r.client_id > $1 order by r.client_id limit $2";
    let query = select::<ClientRow>(tx, sql).bind(after.map(|client| client.0)).bind(limit);
    read_rows(&query.fetch_all().await?)
}

/// The currencies of the clients that are billed in another than the tenant's.
pub async fn currencies(tx: &mut TenantTx) -> Result<BTreeMap<ClientId, String>, ReadError> {
    let answers = select::<ClientRow>(tx, "where r.currency is not null").fetch_all().await?;
    let rows = read_rows::<ClientRow>(&answers)?;
    Ok(rows.into_iter().filter_map(|row| Some((row.client_id, row.currency?))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{catalogue, sealed};
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use domain::personal::PurposeClass;

    #[test]
    fn a_client_is_what_was_last_said_of_it_with_its_name_sealed() {
        let history = catalogue();
        let row = &rows_of::<Client>(&history.0)[0];
        let name = sealed::<String>(PurposeClass::Identity, 10, "FFFF");
        assert_eq!(row.name.as_ref(), name.envelope());
        assert_eq!((row.currency.as_deref(), row.archived, row.position), (None, false, 5));
        assert!(rows_of::<Client>(&history.0[..4])[0].archived);
        assert_eq!(rows_of::<Client>(&history.0[..2])[0].currency.as_deref(), Some("USD"));
        assert_declares_what_it_touches::<Client>(&history.0);
    }
}
