//! A client is billed in another currency from the next draft on; what is drafted keeps its own.

use super::client::{Client, check_currency};
use super::{ClientCurrencyChanged, ClientEvent, Refusal};
use crate::id::ClientId;

/// Bill a client in another currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeClientCurrency {
    /// The client.
    pub client: ClientId,
    /// The ISO 4217 code; none = the tenant's.
    pub currency: Option<String>,
}

/// Refuses an unknown client and an unknown currency; the one it has changes nothing.
pub fn decide(client: &Client, command: ChangeClientCurrency) -> Result<Vec<ClientEvent>, Refusal> {
    let id = client.known()?;
    check_currency(command.currency.as_deref())?;
    if client.currency == command.currency {
        return Ok(Vec::new());
    }
    Ok(vec![ClientCurrencyChanged { client: id, currency: command.currency }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    fn change(currency: Option<&str>) -> ChangeClientCurrency {
        ChangeClientCurrency { client: samples::CLIENT, currency: currency.map(str::to_owned) }
    }

    #[test]
    fn a_client_gets_a_currency_and_goes_back_to_the_tenants() {
        let mut client = samples::client();
        for currency in [Some("JPY"), None] {
            let events = decide(&client, change(currency)).unwrap();
            let currency = currency.map(str::to_owned);
            let changed = ClientCurrencyChanged { client: samples::CLIENT, currency };
            assert_eq!(events, [changed.into()]);
            client.evolve(&events[0]);
        }
        assert_eq!(decide(&client, change(None)), Ok(vec![]));
    }

    #[test]
    fn an_unknown_client_is_refused() {
        assert_eq!(decide(&Client::default(), change(None)), Err(Refusal::UnknownClient));
    }

    #[test]
    fn an_unknown_currency_is_refused() {
        let refusal = decide(&samples::client(), change(Some("jpy"))).unwrap_err();
        assert_eq!(refusal.code(), "catalogue.unknown_currency");
    }
}
