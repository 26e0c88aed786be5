//! What browsers refused to do by our policy. Nothing is ever to be refused, so each report is
//! counted and logged by the rule that it's about; the rest of it may hold secrets of links and is
//! not read.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::super::App;
use super::super::body::collect;
use super::super::problem::Problem;
use super::super::server::Peer;

/// Where browsers send them.
pub(super) const ROUTE: &str = "/csp-reports";
const REPORT_BYTES_MAX: usize = 16 << 10;
const RULES: [&str; 10] = [
    "script-src",
    "script-src-elem",
    "script-src-attr",
    "style-src",
    "style-src-elem",
    "style-src-attr",
    "img-src",
    "connect-src",
    "form-action",
    "frame-ancestors",
];

#[derive(Debug, Deserialize)]
struct Report {
    #[serde(rename = "csp-report")]
    report: Refused,
}

#[derive(Debug, Deserialize)]
struct Refused {
    #[serde(rename = "effective-directive", alias = "violated-directive", default)]
    directive: String,
}

/// `POST /csp-reports`.
pub(super) async fn hear(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    match heard(&app, parts.extensions.get::<Peer>(), body).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn heard(app: &App, peer: Option<&Peer>, body: Body) -> Result<(), Problem> {
    app.visitors.let_in(peer)?;
    let bytes = collect(body, REPORT_BYTES_MAX, app.limits.body_patience).await?;
    let rule = rule_of(&bytes);
    metrics::counter!("csp_reports_total", "rule" => rule).increment(1);
    tracing::warn!(rule, "a browser refused something on a page by its policy");
    Ok(())
}

fn rule_of(bytes: &[u8]) -> &'static str {
    let said =
        serde_json::from_slice(bytes).map_or(String::new(), |it: Report| it.report.directive);
    RULES.into_iter().find(|rule| *rule == said).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_report_only_the_rule_is_read_and_only_one_that_there_is() {
        let report = |rule: &str| {
            let said =
                serde_json::json!({ "effective-directive": rule, "document-uri": "/?token=s" });
            serde_json::json!({ "csp-report": said }).to_string()
        };
        assert_eq!(rule_of(report("script-src-elem").as_bytes()), "script-src-elem");
        assert_eq!(rule_of(report("made-up-by-somebody").as_bytes()), "other");
        assert_eq!(rule_of(b"no report"), "other");
    }
}
