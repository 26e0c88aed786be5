//! What of leave stays closed to who looks at the log: why somebody is away, for all but their
//! readers. It's shown as hidden and not as erased, since it's still there.

use commands::leave::sight::Sight;
use domain::id::{LeaveRequestId, MemberId};
use domain::personal::{Envelope, PurposeClass};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::http::personal;

fn id(data: &Value, name: &str) -> Option<Uuid> {
    data[name].as_str().and_then(|id| Uuid::try_parse(id).ok())
}

/// Of whose leave an event tells, if of anybody's.
pub(crate) fn told_of(stream_type: &str, data: &Value, reason: &Value) -> Option<MemberId> {
    if stream_type == Sight::OF {
        return id(data, "member").map(MemberId);
    }
    let mut sealed = Vec::new();
    personal::sealed_in(data, &mut sealed);
    personal::sealed_in(reason, &mut sealed);
    let of_leave = sealed.iter().find(|it| it.key().class == PurposeClass::LeaveReason);
    of_leave.map(|envelope| MemberId(envelope.key().subject.0))
}

/// Puts a mark in place of what the reader may not see, before anything is opened. In events of a
/// member's leave that's every sealed text, the reason for the command among them.
pub(crate) fn hide(sight: &Sight, stream_type: &str, data: &mut Value, reason: &mut Value) {
    if stream_type == Sight::OF {
        let request = id(data, "request").map(LeaveRequestId);
        let open = id(data, "member").map(MemberId).is_some_and(|member| match request {
            Some(request) => sight.sees_reason(member, request),
            None => sight.sees_reasons_of(member),
        });
        if !open {
            replace(data, &|_| true);
            replace(reason, &|_| true);
        }
        return;
    }
    let closed = |envelope: &Envelope| {
        let key = envelope.key();
        key.class == PurposeClass::LeaveReason && !sight.sees_reasons_of(MemberId(key.subject.0))
    };
    replace(data, &closed);
    replace(reason, &closed);
}

fn replace(value: &mut Value, closed: &impl Fn(&Envelope) -> bool) {
    match value {
        Value::String(text) => {
            if Envelope::parse(text).is_some_and(|envelope| closed(&envelope)) {
                *value = json!({ "hidden": true });
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, closed)),
        Value::Object(members) => members.values_mut().for_each(|item| replace(item, closed)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
