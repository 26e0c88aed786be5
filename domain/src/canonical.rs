//! Canonical JSON (RFC 8785, JCS) of what the log stores and hashes. Numbers are integers within
//! ±(2^53 − 1) and keys are ASCII, which makes the canonical form simple enough to check by eye.

use serde::Serialize;
use serde_json::Value;

/// Why a value has no canonical form here.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// The value could not be turned into JSON at all.
    #[error("not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    /// A fraction, an exponent or an integer beyond ±(2^53 − 1).
    #[error("the number {0} is not an integer within ±(2^53 - 1)")]
    Number(String),
    /// An object key outside ASCII, whose sort order would need UTF-16.
    #[error("the key {0:?} is not ASCII")]
    Key(String),
}

const LARGEST: u64 = (1 << 53) - 1;

/// The canonical text of `value`: sorted keys, no white space, integers only.
pub fn canonical_json(value: &impl Serialize) -> Result<String, CanonicalError> {
    let mut text = String::with_capacity(256);
    write(&serde_json::to_value(value)?, &mut text)?;
    Ok(text)
}

fn write(value: &Value, text: &mut String) -> Result<(), CanonicalError> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => {
            let magnitude = number.as_i64().map(i64::unsigned_abs).or_else(|| number.as_u64());
            if magnitude.is_none_or(|magnitude| magnitude > LARGEST) {
                return Err(CanonicalError::Number(number.to_string()));
            }
            text.push_str(&number.to_string());
        }
        // serde_json escapes exactly what RFC 8785 section 3.2.2.2 asks for.
        Value::String(string) => text.push_str(&serde_json::to_string(string)?),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text)?;
            }
            text.push(']');
        }
        Value::Object(fields) => write_object(fields, text)?,
    }
    Ok(())
}

fn write_object(
    fields: &serde_json::Map<String, Value>,
    text: &mut String,
) -> Result<(), CanonicalError> {
    // Sorted here and not left to the map: a cargo feature elsewhere could make it keep its order.
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_unstable_by_key(|(key, _)| *key);
    text.push('{');
    for (index, (key, field)) in sorted.into_iter().enumerate() {
        if !key.is_ascii() {
            return Err(CanonicalError::Key(key.clone()));
        }
        if index > 0 {
            text.push(',');
        }
        text.push_str(&serde_json::to_string(key)?);
        text.push(':');
        write(field, text)?;
    }
    text.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_control_characters_escaped_as_rfc_8785_says() {
        let value = json!({"b": [1, true, null], "a": "\u{20ac}$\u{f}\n\"\\/"});
        assert_eq!(
            canonical_json(&value).expect("canonical"),
            "{\"a\":\"\u{20ac}$\\u000f\\n\\\"\\\\/\",\"b\":[1,true,null]}"
        );
    }

    #[test]
    fn fractions_and_numbers_that_do_not_fit_a_double_are_refused() {
        for value in
            [json!(0.5), json!(9_007_199_254_740_992_u64), json!(-9_007_199_254_740_992_i64)]
        {
            assert!(matches!(canonical_json(&value), Err(CanonicalError::Number(_))), "{value}");
        }
        assert_eq!(canonical_json(&json!(-9_007_199_254_740_991_i64)).expect("fits").len(), 17);
    }

    #[test]
    fn keys_outside_ascii_are_refused() {
        assert!(matches!(canonical_json(&json!({"é": 1})), Err(CanonicalError::Key(_))));
    }
}
