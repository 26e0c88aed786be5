//! A client is taken on. That no other has its name is held by a claim in the append.

use super::client::{Client, check_currency};
use super::{ClientAdded, ClientEvent, Refusal};
use crate::id::{ClientId, SubjectId};
use crate::name::checked_name;
use crate::personal::{Personal, PurposeClass, Unique};

/// Take on a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddClient {
    /// A new id.
    pub client: ClientId,
    /// Its name, with the digest of `normalised_name`.
    pub name: Unique,
    /// The ISO 4217 code it is billed in; none = the tenant's.
    pub currency: Option<String>,
}

/// Refuses an id that was used, a bad name, an unknown currency.
pub fn decide(client: &Client, command: AddClient) -> Result<Vec<ClientEvent>, Refusal> {
    if client.id.is_some() {
        return Err(Refusal::AlreadyAdded);
    }
    let AddClient { client, name, currency } = command;
    let name = personal_name(client, name)?;
    check_currency(currency.as_deref())?;
    Ok(vec![ClientAdded { client, name, currency }.into()])
}

/// The client's name as a personal field, without white space around it.
pub(super) fn personal_name(client: ClientId, name: Unique) -> Result<Personal<Unique>, Refusal> {
    let text = checked_name(&name.text).ok_or(Refusal::InvalidName)?;
    let name = Unique { text, digest: name.digest };
    Ok(Personal::new(SubjectId(client.0), PurposeClass::Identity, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    fn add(name: &str, currency: Option<&str>) -> AddClient {
        AddClient {
            client: samples::CLIENT,
            name: samples::unique(name),
            currency: currency.map(str::to_owned),
        }
    }

    #[test]
    fn a_client_is_added_under_its_trimmed_name() {
        let events = decide(&Client::default(), add("  Umbrella ", Some("EUR"))).unwrap();
        let [ClientEvent::ClientAdded(added)] = &events[..] else { panic!("{events:?}") };
        assert_eq!(added.client, samples::CLIENT);
        assert_eq!(added.name.get().unwrap().text, "Umbrella");
        assert_eq!(added.name.get().unwrap().digest, samples::unique("  Umbrella ").digest);
        assert_eq!(added.currency.as_deref(), Some("EUR"));
    }

    #[test]
    fn an_id_that_was_used_is_refused() {
        let refused = decide(&samples::client(), add("Umbrella", None));
        assert_eq!(refused, Err(Refusal::AlreadyAdded));
    }

    #[test]
    fn a_bad_name_is_refused() {
        let refused = decide(&Client::default(), add(" ", None));
        assert_eq!(refused, Err(Refusal::InvalidName));
    }

    #[test]
    fn an_unknown_currency_is_refused() {
        let refusal = decide(&Client::default(), add("Umbrella", Some("EURO"))).unwrap_err();
        assert_eq!(
            (refusal.code(), refusal.field()),
            ("catalogue.unknown_currency", Some("/currency"))
        );
    }
}
