//! The log as lines of JSON, one per event, each with what its spans know: request, trace, tenant,
//! route. Names of fields are few and fixed, so that a search over all lines finds what it's after.

use std::fmt;
use std::io::Write;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Writes each event as one line.
#[derive(Debug)]
pub struct Lines<W> {
    writer: W,
}

impl<W> Lines<W> {
    /// Lines to this writer.
    pub fn to(writer: W) -> Self {
        Lines { writer }
    }
}

/// What a span was told, kept with it.
#[derive(Default)]
struct Told(Map<String, Value>);

/// What a field is called in a line; none for what is meant for the collector alone. Spans carry
/// the names of the OpenTelemetry conventions where there are such.
fn name_of(field: &str) -> Option<&str> {
    match field {
        "message" => Some("msg"),
        "http.route" => Some("route"),
        "http.request.method" => Some("method"),
        "http.response.status_code" => Some("status"),
        field if field.starts_with("otel.") || field.starts_with("log.") => None,
        field => Some(field),
    }
}

impl Told {
    fn put(&mut self, field: &Field, value: Value) {
        if let Some(name) = name_of(field.name()) {
            self.0.insert(name.to_owned(), value);
        }
    }
}

impl Visit for Told {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}").into());
    }
}

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut told = Told::default();
        attributes.record(&mut told);
        span.extensions_mut().insert(told);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(told) = span.extensions_mut().get_mut::<Told>() {
            values.record(told);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut line = Map::new();
        line.insert("ts".into(), format!("{:.6}", Timestamp::now()).into());
        line.insert("level".into(), metadata.level().as_str().into());
        line.insert("target".into(), metadata.target().into());
        let mut told = Told::default();
        event.record(&mut told);
        line.insert("msg".into(), told.0.remove("msg").unwrap_or_default());
        let spans = context.event_scope(event).into_iter();
        for span in spans.flat_map(tracing_subscriber::registry::Scope::from_root) {
            if let Some(Told(fields)) = span.extensions().get::<Told>() {
                line.extend(fields.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
        }
        line.append(&mut told.0);
        let mut text = Value::Object(line).to_string();
        text.push('\n');
        // One write per line, so that lines of several threads never mix. A log that can't be
        // written has nobody left to tell.
        let _ = self.writer.make_writer_for(metadata).write_all(text.as_bytes());
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::layer::SubscriberExt;

    /// A log in memory.
    #[derive(Clone, Default)]
    pub(crate) struct Text(Arc<Mutex<Vec<u8>>>);

    impl Text {
        /// The layer that writes to it.
        pub(crate) fn layer(&self) -> Lines<impl for<'w> MakeWriter<'w> + use<>> {
            let text = self.clone();
            Lines::to(move || text.clone())
        }

        pub(crate) fn read(&self) -> String {
            let bytes = self.0.lock().expect("no writer panics").clone();
            String::from_utf8(bytes).expect("text")
        }
    }

    impl Write for Text {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no writer panics").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_has_what_its_spans_know_under_few_names() {
        let log = Text::default();
        let layer = log.layer();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let span = tracing::info_span!(
                "request",
                otel.kind = "server",
                request_id = "r1",
                tenant = tracing::field::Empty,
                "http.route" = "/api/v1/me"
            );
            let _in = span.enter();
            span.record("tenant", "t1");
            tracing::warn!(status = 200, duration_ms = 1.5, error = %"a \"text\"\n", "answered");
        });
        let text = log.read();
        assert_eq!(text.lines().count(), 1, "{text}");
        let mut line: Map<String, Value> = serde_json::from_str(&text).expect("JSON");
        let at = line.remove("ts").expect("a time");
        at.as_str().expect("a text").parse::<Timestamp>().expect("RFC 3339");
        assert_eq!(
            Value::Object(line),
            serde_json::json!({
                "level": "WARN", "target": module_path!(), "msg": "answered", "request_id": "r1",
                "tenant": "t1", "route": "/api/v1/me", "status": 200, "duration_ms": 1.5,
                "error": "a \"text\"\n",
            })
        );
    }
}
