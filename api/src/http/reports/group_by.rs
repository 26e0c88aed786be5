//! An ordered choice of groups in a query: names with commas between them, or the key several
//! times.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::{Error as Fault, StrDeserializer};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, IntoDeserializer};
use serde_json::json;

use crate::http::query::BETWEEN;

/// What makes a row, from the outermost group to the innermost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupBy<T>(pub(crate) Vec<T>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for GroupBy<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = |name: &str| {
            let name: StrDeserializer<'_, Fault> = name.into_deserializer();
            T::deserialize(name).map_err(D::Error::custom)
        };
        text.split([BETWEEN, ',']).map(read).collect::<Result<_, _>>().map(GroupBy)
    }
}

impl<T: JsonSchema> JsonSchema for GroupBy<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("GroupBy{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Vec::<T>::json_schema(generator);
        schema.insert("uniqueItems".to_owned(), json!(true));
        schema
    }
}
