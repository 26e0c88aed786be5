//! The JSON API and the pages: routes declared once in `routes`, understood in one order in
//! `dispatch`, refused in one language in `problem`. Handlers turn bodies into commands and rows
//! into documents and decide nothing.

mod admin;
mod answer;
mod billing;
mod body;
mod budgets;
mod call;
mod caller;
mod catalogue;
mod change;
mod cursor;
mod dispatch;
mod domains;
mod edge;
mod fault;
mod files;
mod flags;
mod grants;
mod guests;
mod history;
mod host;
mod if_seen;
mod imports;
mod incoming;
mod jobs;
mod leave;
mod members;
mod moment;
mod openapi;
mod pages;
mod personal;
mod platform;
mod problem;
mod query;
mod registry;
pub(crate) mod reports;
mod routes;
mod server;
mod sessions;
mod settings;
mod sign_in;
mod standing;
mod subscription;
mod tag;
mod time;
mod tokens;
mod visitors;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{MethodRouter, get};
use commands::Commands;
use commands::event_log::audit::CheckpointSigner;
use commands::flags::Flags;
use commands::signup::Maker;
use commands::tenancy::domains::TxtRecords;
use migrations::Tenants;
use migrations::files::FileStore;
use migrations::keys::KeyStore;
use migrations::platform::Platform;
use projections::wait::Progress;

use crate::dns::Dns;

pub use admin::{Operated, admin_router};
pub(crate) use moment::{Moment, cut};
pub use openapi::openapi;
pub(crate) use problem::Problem;
pub use server::{ServerLimits, serve};
pub(crate) use time::StateName;

/// The base of every route of the API.
pub const BASE: &str = "/api/v1";

/// Bounds of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpLimits {
    /// The largest body.
    pub body_bytes: usize,
    /// The largest upload.
    pub upload_bytes: usize,
    /// How many requests a minute one address may send to routes without credentials.
    pub open_per_minute: u32,
    /// How long a body may take to arrive.
    pub body_patience: Duration,
}

impl Default for HttpLimits {
    fn default() -> Self {
        HttpLimits {
            body_bytes: 1 << 20,
            upload_bytes: 25 << 20,
            open_per_minute: 60,
            body_patience: Duration::from_secs(30),
        }
    }
}

/// The parts of the program that requests are answered by. Clones share them.
#[derive(Debug, Clone)]
pub struct App {
    commands: Commands,
    tenants: Tenants,
    platform: Platform,
    keys: KeyStore,
    progress: Progress,
    signer: Arc<CheckpointSigner>,
    files: FileStore,
    limits: HttpLimits,
    remembered: caller::Remembered,
    visitors: visitors::Visitors,
    names: Arc<dyn TxtRecords>,
    flags: Flags,
    maker: Maker,
    draining: Arc<AtomicBool>,
}

impl App {
    /// An API over these parts. `progress` is the one that the runner of this process publishes to;
    /// in a process without one, waiting asks the database.
    pub fn new(
        commands: Commands,
        platform: Platform,
        progress: Progress,
        signer: Arc<CheckpointSigner>,
        files: FileStore,
        limits: HttpLimits,
    ) -> Self {
        let (tenants, keys) = (commands.log().tenants().clone(), commands.log().keys().clone());
        let flags = Flags::new(tenants.clone());
        let tables = projections::registry::tables();
        let maker = Maker::new(commands.clone(), platform.clone(), tables);
        App {
            commands,
            tenants,
            platform,
            keys,
            progress,
            signer,
            files,
            limits,
            remembered: caller::Remembered::default(),
            visitors: visitors::Visitors::new(limits.open_per_minute),
            names: Arc::new(Dns::default()),
            flags,
            maker,
            draining: Arc::default(),
        }
    }

    /// The same, looking names up here instead of by this machine's resolver.
    pub fn asking(mut self, names: Arc<dyn TxtRecords>) -> Self {
        self.names = names;
        self
    }

    /// Says that the server is about to stop: it's no longer ready, and finishes what it has.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// The API as a router, with what surrounds every request.
pub fn router(app: App) -> Router {
    let mut paths: BTreeMap<&'static str, MethodRouter<App>> = BTreeMap::new();
    for route in routes::routes() {
        let (path, methods) = route.into_parts();
        let known = paths.remove(path).unwrap_or_default();
        paths.insert(path, known.merge(methods));
    }
    // Whole paths instead of a nested router, which would cut the base off what handlers see.
    let add = |router: Router<App>, (path, methods): (&str, MethodRouter<App>)| {
        router.route(&format!("{BASE}{path}"), methods)
    };
    paths
        .into_iter()
        .fold(Router::new(), add)
        .route(&format!("{BASE}/openapi.json"), get(openapi::document))
        .merge(pages::router())
        .fallback(edge::nothing_here)
        .method_not_allowed_fallback(edge::no_such_method)
        .layer(from_fn(edge::edge))
        .with_state(app)
}
