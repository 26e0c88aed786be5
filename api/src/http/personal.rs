//! Opens what read models and events hold sealed, for a reader who may see it. A destroyed key
//! reads as nothing at all.

use domain::personal::{Envelope, KeyName, KeyringError, Personal, PersonalField, Unique};
use migrations::TenantTx;
use migrations::keys::TenantKeys;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::call::About;
use super::problem::Problem;

/// Loads the keys of these, so that they can be opened.
pub(crate) async fn load<'a>(
    keys: &TenantKeys,
    tx: &mut TenantTx,
    envelopes: impl IntoIterator<Item = &'a Envelope>,
) -> Result<(), Problem> {
    let mut names: Vec<KeyName> = envelopes.into_iter().map(Envelope::key).collect();
    names.sort_unstable();
    names.dedup();
    if !names.is_empty() && !keys.knows(&names) {
        keys.load(tx, &names).await?;
    }
    Ok(())
}

/// The same, without a transaction where the keys are here already.
pub(crate) async fn load_missing<'a>(
    about: &About,
    envelopes: impl IntoIterator<Item = &'a Envelope>,
) -> Result<(), Problem> {
    let envelopes: Vec<&Envelope> = envelopes.into_iter().collect();
    let names: Vec<KeyName> = envelopes.iter().map(|envelope| envelope.key()).collect();
    if about.keys.knows(&names) {
        return Ok(());
    }
    let mut tx = about.tx().await?;
    load(&about.keys, &mut tx, envelopes).await?;
    Ok(tx.commit().await?)
}

fn opened<T>(keys: &TenantKeys, envelope: Option<&Envelope>) -> Option<T>
where
    T: Serialize + DeserializeOwned + Clone,
{
    let mut field = Personal::<T>::from_envelope(envelope?.clone());
    match field.open(keys) {
        Ok(()) => field.get().cloned(),
        Err(KeyringError::Destroyed) => None,
        Err(error @ (KeyringError::NotLoaded | KeyringError::DoesNotOpen)) => {
            tracing::error!(%error, "a sealed field stays closed");
            None
        }
    }
}

/// A text, opened.
pub(crate) fn text(keys: &TenantKeys, envelope: Option<&Envelope>) -> Option<String> {
    opened(keys, envelope)
}

/// The text that a claim is made on, opened.
pub(crate) fn unique_text(keys: &TenantKeys, envelope: Option<&Envelope>) -> Option<String> {
    opened::<Unique>(keys, envelope).map(|unique| unique.text)
}

/// Every sealed field in a JSON value.
pub(crate) fn sealed_in(value: &Value, found: &mut Vec<Envelope>) {
    match value {
        Value::String(text) => found.extend(Envelope::parse(text)),
        Value::Array(items) => items.iter().for_each(|item| sealed_in(item, found)),
        Value::Object(members) => members.values().for_each(|item| sealed_in(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Opens every sealed field in a JSON value in place; what a claim is made on shows its text alone.
pub(crate) fn open_in(keys: &TenantKeys, value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(envelope) = Envelope::parse(text) {
                *value = match opened::<Value>(keys, Some(&envelope)) {
                    Some(Value::Object(mut unique)) if unique.contains_key("digest") => {
                        unique.remove("text").unwrap_or_default()
                    }
                    Some(plain) => plain,
                    None => Value::Null,
                };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| open_in(keys, item)),
        Value::Object(members) => members.values_mut().for_each(|item| open_in(keys, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
