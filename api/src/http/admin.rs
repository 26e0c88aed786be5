//! What only the operator's listener shows: whether the process lives, whether it can serve, and
//! how it does. Readiness asks the database and its schema, not the bus, without which everything
//! works.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use commands::bus::Bus;
use metrics_exporter_prometheus::PrometheusHandle;
use migrations::Tenants;
use migrations::migrate::TENANT_SCHEMA_VERSION;
use migrations::standing::schemas;
use serde_json::json;

use super::App;
use crate::telemetry::measures;

/// What the operator's listener looks at.
#[derive(Clone)]
pub struct Operated {
    /// The parts of the program.
    pub app: App,
    /// The figures of this process.
    pub metrics: PrometheusHandle,
    /// The door of the work behind the requests, where this process does it.
    pub worker: Option<Tenants>,
    /// The bus, where this process is on one.
    pub bus: Option<Arc<dyn Bus>>,
}

/// The routes of the operator's listener.
pub fn admin_router(operated: Operated) -> Router {
    Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(render))
        .with_state(operated)
}

async fn render(State(operated): State<Operated>) -> Response {
    measures::look("api", operated.app.tenants.cell());
    if let Some(worker) = &operated.worker {
        measures::look("worker", worker.cell());
    }
    if let Some(bus) = &operated.bus {
        measures::look_at_bus(&bus.state());
    }
    measures::look_at_process();
    operated.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], operated.metrics.render())
        .into_response()
}

/// 200 once the database answers and no tenant's schema is newer than this program knows.
async fn readyz(State(Operated { app, .. }): State<Operated>) -> Response {
    if app.is_draining() {
        return not_ready("the server is about to stop");
    }
    let schemas = match schemas(app.tenants.cell()).await {
        Ok(schemas) => schemas,
        Err(error) => {
            tracing::warn!(%error, "not ready");
            return not_ready("the database does not answer");
        }
    };
    if schemas.newest > TENANT_SCHEMA_VERSION {
        return not_ready("the database is of a newer version than this program");
    }
    axum::Json(json!({
        "ready": true,
        "schema_version": TENANT_SCHEMA_VERSION,
        "tenants": schemas.tenants,
        "tenants_to_migrate": schemas.behind,
    }))
    .into_response()
}

fn not_ready(why: &str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, axum::Json(json!({ "ready": false, "why": why })))
        .into_response()
}
