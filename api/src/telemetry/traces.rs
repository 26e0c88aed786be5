//! Spans for an OpenTelemetry collector, on where `OTEL_EXPORTER_OTLP_ENDPOINT` names one; off,
//! nothing is made or kept. A trace begins with the caller's `traceparent` or here, its id is
//! written into the events, and whoever works on them later goes on in the same trace.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderMap, HeaderName};
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt};
use tracing_subscriber::registry::LookupSpan;

/// The caller's trace, by W3C Trace Context.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// The same for what is answered.
pub const TRACERESPONSE: HeaderName = HeaderName::from_static("traceresponse");

/// Whether spans go anywhere.
static ON: AtomicBool = AtomicBool::new(false);

/// Sends spans as long as it lives.
#[derive(Debug, Default)]
#[must_use = "the last spans are sent by `finish`"]
pub struct Tracing(Option<SdkTracerProvider>);

impl Tracing {
    /// Sends what was not sent yet, for five seconds at most. It blocks.
    pub fn finish(self) {
        ON.store(false, Ordering::Relaxed);
        if let Some(Err(error)) = self.0.map(|provider| provider.shutdown()) {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

/// Begins to trace, where the environment names a collector.
pub(super) fn from_environment<S>() -> (Tracing, Option<OpenTelemetryLayer<S, Tracer>>)
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let names = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
    let named = names.iter().any(|name| std::env::var(name).is_ok_and(|url| !url.is_empty()));
    let off = std::env::var("OTEL_SDK_DISABLED").is_ok_and(|text| text == "true");
    if !named || off {
        return (Tracing::default(), None);
    }
    match SpanExporter::builder().with_http().build() {
        Ok(exporter) => {
            let (tracing, layer) = to(exporter);
            (tracing, Some(layer))
        }
        Err(error) => {
            // Nothing logs yet, and a service without traces is better than none.
            eprintln_once(&format!("traces are off: {error}"));
            (Tracing::default(), None)
        }
    }
}

#[expect(clippy::print_stderr, reason = "the log begins after this")]
fn eprintln_once(text: &str) {
    eprintln!("{text}");
}

fn to<S>(exporter: SpanExporter) -> (Tracing, OpenTelemetryLayer<S, Tracer>)
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    // `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` win over these.
    let own = Resource::builder_empty()
        .with_attributes([
            KeyValue::new("service.name", "crowdminder"),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        ])
        .with_detectors(&[Box::new(opentelemetry_sdk::resource::EnvResourceDetector::new())])
        .build();
    let provider =
        SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(own).build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("crowdminder"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false);
    ON.store(true, Ordering::Relaxed);
    (Tracing(Some(provider)), layer)
}

/// Whether spans go to a collector.
pub(crate) fn are_on() -> bool {
    ON.load(Ordering::Relaxed)
}

/// Which trace a request belongs to, as 32 hexadecimal digits: the caller's, else one that begins
/// here, where traces are on. To be asked once, before the span is entered.
pub(crate) fn join(span: &Span, headers: &HeaderMap) -> Option<String> {
    let caller = headers.get(TRACEPARENT).and_then(|value| parent_in(value.to_str().ok()?));
    if !are_on() {
        return caller.map(|parent| parent.trace_id().to_string());
    }
    if let Some(parent) = caller {
        follow(span, parent);
    }
    here(span).map(|here| here.trace_id().to_string())
}

/// The `traceparent` that a request made within this span carries on, and what an answer says as
/// `traceresponse`; none where traces are off.
pub(crate) fn traceparent(span: &Span) -> Option<String> {
    if !are_on() {
        return None;
    }
    let here = here(span)?;
    let flags = here.trace_flags().to_u8();
    Some(format!("00-{}-{}-{flags:02x}", here.trace_id(), here.span_id()))
}

/// Makes a span part of the trace that an event names. The span that wrote the event is not known
/// any more, so its parent is one made from the trace itself.
pub(crate) fn resume(span: &Span, trace_id: &str) {
    if !are_on() {
        return;
    }
    let Ok(trace) = TraceId::from_hex(trace_id) else { return };
    let [.., a, b, c, d, e, f, g, h] = trace.to_bytes();
    let parent = SpanId::from_bytes([a, b, c, d, e, f, g, h]);
    let (sampled, state) = (TraceFlags::SAMPLED, TraceState::default());
    follow(span, SpanContext::new(trace, parent, sampled, true, state));
}

fn follow(span: &Span, parent: SpanContext) {
    // It fails only on a span that runs already or that is filtered out.
    let _ = span.set_parent(Context::new().with_remote_span_context(parent));
}

fn here(span: &Span) -> Option<SpanContext> {
    let context = span.context();
    let here = context.span().span_context().clone();
    here.is_valid().then_some(here)
}

/// A W3C `traceparent`, where it's one.
fn parent_in(text: &str) -> Option<SpanContext> {
    let mut fields = text.split('-');
    let [version, trace, span, flags] = [(); 4].map(|()| fields.next().unwrap_or_default());
    let hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
    };
    let fits = hex(version, 2) && hex(trace, 32) && hex(span, 16) && hex(flags, 2);
    // Version ff is none; those to come may have more fields behind these.
    if !fits || version == "ff" || (version == "00" && fields.next().is_some()) {
        return None;
    }
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let parent = SpanContext::new(trace, span, flags, true, TraceState::default());
    parent.is_valid().then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_taken_only_as_the_standard_writes_it() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let parent = parent_in(good).expect("the standard's own example");
        assert_eq!(parent.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(parent.is_sampled() && parent.is_remote());
        let later = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-more";
        assert!(!parent_in(later).expect("a version to come").is_sampled());
        for bad in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert!(parent_in(bad).is_none(), "{bad}");
        }
    }
}
