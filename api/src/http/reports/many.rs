//! A key of a query that may be given more than once, and whose values are read as a list.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::{Error as Fault, StrDeserializer};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, IntoDeserializer};

use crate::http::query::BETWEEN;

/// The most values of one key.
const MOST: usize = 200;

/// Every value that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Many<T>(pub(crate) Vec<T>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.split(BETWEEN).count() > MOST {
            return Err(D::Error::custom(format!("give at most {MOST} values")));
        }
        let read = |value: &str| {
            let value: StrDeserializer<'_, Fault> = value.into_deserializer();
            T::deserialize(value).map_err(D::Error::custom)
        };
        text.split(BETWEEN).map(read).collect::<Result<_, _>>().map(Many)
    }
}

impl<T: JsonSchema> JsonSchema for Many<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("ManyOf{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<T>::json_schema(generator)
    }
}
