//! Upcasting: an event stored in an old shape is turned, one version at a time, into today's shape
//! before it's read. A stored event is never rewritten.

use serde_json::Value;

/// One step: turns a payload of `from_version` of `event_type` into one of the version after it.
#[derive(Debug, Clone, Copy)]
pub struct Upcast {
    /// The stored type.
    pub event_type: &'static str,
    /// The version it reads.
    pub from_version: i16,
    /// What it does; pure, and never failing on what that version wrote.
    pub step: fn(Value) -> Value,
}

/// The payload after every step from `version` on, with the version reached.
pub fn upcast(
    steps: &[Upcast],
    event_type: &str,
    mut version: i16,
    mut payload: Value,
) -> (i16, Value) {
    while let Some(found) =
        steps.iter().find(|step| step.event_type == event_type && step.from_version == version)
    {
        payload = (found.step)(payload);
        version += 1;
    }
    (version, payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn steps_follow_one_another_until_none_is_left() {
        let steps = [
            Upcast {
                event_type: "Moved",
                from_version: 2,
                step: |mut payload| {
                    payload["metres"] = json!(payload["feet"].as_i64().unwrap_or(0) * 3 / 10);
                    payload
                },
            },
            Upcast {
                event_type: "Moved",
                from_version: 1,
                step: |payload| json!({"feet": payload}),
            },
        ];
        assert_eq!(upcast(&steps, "Moved", 1, json!(10)), (3, json!({"feet": 10, "metres": 3})));
        assert_eq!(upcast(&steps, "Other", 1, json!(10)), (1, json!(10)));
    }
}
