//! What only the operator's listener shows: whether the process lives, whether it can serve, and
//! how it does. Readiness asks the database and its schema, not the bus, without which everything
//! works.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use migrations::migrate::TENANT_SCHEMA_VERSION;
use serde_json::json;

use super::App;

/// The routes of the operator's listener.
pub fn admin_router(app: App, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(async move || render(&metrics)))
        .with_state(app)
}

fn render(metrics: &PrometheusHandle) -> Response {
    metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.render()).into_response()
}

/// 200 once the database answers and no tenant's schema is newer than this program knows.
async fn readyz(State(app): State<App>) -> Response {
    if app.is_draining() {
        return not_ready("the server is about to stop");
    }
    let tenants = match app.platform.all().await {
        Ok(tenants) => tenants,
        Err(error) => {
            tracing::warn!(%error, "not ready");
            return not_ready("the database does not answer");
        }
    };
    let newer = tenants.iter().any(|tenant| tenant.schema_version > TENANT_SCHEMA_VERSION);
    if newer {
        return not_ready("the database is of a newer version than this program");
    }
    let behind =
        tenants.iter().filter(|tenant| tenant.schema_version < TENANT_SCHEMA_VERSION).count();
    axum::Json(json!({
        "ready": true,
        "schema_version": TENANT_SCHEMA_VERSION,
        "tenants": tenants.len(),
        "tenants_to_migrate": behind,
    }))
    .into_response()
}

fn not_ready(why: &str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, axum::Json(json!({ "ready": false, "why": why })))
        .into_response()
}
