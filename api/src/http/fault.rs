//! From what a deserialiser says to which part of the request is at fault and why, so that bodies
//! and queries are refused in one language.

use serde_path_to_error::{Path, Segment};

use super::problem::FieldError;

/// Where a deserialiser reads from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A JSON body: faults are named by JSON pointers.
    Body,
    /// A query: faults are named like `?limit`.
    Query,
}

/// The fault that a deserialiser met at `path`.
pub(crate) fn field_error(part: Part, path: &Path, message: &str) -> FieldError {
    let quoted = |prefix: &str| message.strip_prefix(prefix)?.split('`').next();
    if let Some(name) = quoted("unknown field `") {
        let code = if part == Part::Body { "json.unknown_field" } else { "query.unknown_key" };
        return FieldError::new(pointer(part, path, Some(name)), code, message);
    }
    if let Some(name) = quoted("missing field `") {
        let code = if part == Part::Body { "json.missing_field" } else { "query.missing_key" };
        return FieldError::new(pointer(part, path, Some(name)), code, message);
    }
    if let Some(name) = quoted("duplicate field `") {
        let code = if part == Part::Body { "json.repeated_field" } else { "query.repeated_key" };
        return FieldError::new(pointer(part, path, Some(name)), code, message);
    }
    let code = if part == Part::Body { "json.invalid" } else { "query.invalid" };
    FieldError::new(pointer(part, path, None), code, message)
}

fn pointer(part: Part, path: &Path, last: Option<&str>) -> String {
    let mut segments: Vec<String> = path
        .iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { variant } => Some(variant.clone()),
            Segment::Unknown => None,
        })
        .collect();
    // A deserialiser that fails on a name may or may not have told of it before.
    if let Some(name) = last
        && segments.last().is_none_or(|segment| segment != name)
    {
        segments.push(name.to_owned());
    }
    match part {
        Part::Query => format!("?{}", segments.join(".")),
        Part::Body => segments
            .iter()
            .map(|segment| format!("/{}", segment.replace('~', "~0").replace('/', "~1")))
            .collect(),
    }
}
