//! Reads spans out of an OTLP request: of Protocol Buffers only what that takes, so that what is
//! sent is seen by other eyes than those that wrote it.

/// A span as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpanRead {
    pub(crate) trace: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) name: String,
    /// Attributes with texts.
    pub(crate) texts: Vec<(String, String)>,
}

impl SpanRead {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

/// The fields of a message: number and bytes; numbers are left out.
fn fields(mut bytes: &[u8]) -> Vec<(u64, &[u8])> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        let length = match tag & 7 {
            0 => {
                varint(&mut bytes);
                continue;
            }
            1 => 8,
            2 => usize::try_from(varint(&mut bytes)).expect("a length"),
            5 => 4,
            other => panic!("no such wire type: {other}"),
        };
        let (value, rest) = bytes.split_at(length);
        found.push((tag >> 3, value));
        bytes = rest;
    }
    found
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first().expect("a whole number");
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return value;
        }
    }
    panic!("a number of more than 64 bits")
}

fn below(messages: Vec<&[u8]>, number: u64) -> Vec<&[u8]> {
    let inside = messages.into_iter().flat_map(fields);
    inside.filter(|(field, _)| *field == number).map(|(_, value)| value).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every span of a request.
pub(crate) fn read(request: &[u8]) -> Vec<SpanRead> {
    // ExportTraceServiceRequest.resource_spans = 1, ResourceSpans.scope_spans = 2,
    // ScopeSpans.spans = 2.
    let scopes = below(below(vec![request], 1), 2);
    below(scopes, 2).into_iter().map(span).collect()
}

/// Span: trace_id 1, span_id 2, parent_span_id 4, name 5, attributes 9 of key 1 and value 2, which
/// is a text in field 1.
fn span(bytes: &[u8]) -> SpanRead {
    let fields_of_span = fields(bytes);
    let field = |number: u64| {
        let found = fields_of_span.iter().find(|(it, _)| *it == number);
        found.map_or(&[][..], |(_, value)| *value)
    };
    let attributes = fields_of_span.iter().filter(|(number, _)| *number == 9);
    let texts = attributes.filter_map(|(_, attribute)| {
        let name = below(vec![*attribute], 1);
        let value = below(below(vec![*attribute], 2), 1);
        Some((text(name.first()?), text(value.first()?)))
    });
    SpanRead {
        trace: hex(field(1)),
        id: hex(field(2)),
        parent: hex(field(4)),
        name: text(field(5)),
        texts: texts.collect(),
    }
}
