//! A small year is made and read whole, over a server in this process.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use commands::Clock;
use migrations::cell::PoolLimits;
use projections::wait::Progress;
use tokio::net::TcpListener;

use super::client::Site;
use super::{Effort, Loop, Served, Told, measure, year};
use crate::bench::firm::Shape;
use crate::http::{App, HttpLimits, ServerLimits, router, serve};
use crate::system::{Place, System};

#[tokio::test]
async fn a_year_is_imported_approved_billed_and_read_back_over_http() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::in_folder(folder.path().to_owned());
    let system = System::open(&place, Clock::system(), PoolLimits::default()).await.unwrap();
    let system = Arc::new(system);
    let shape = Shape { members: 3, entries: Some(700), ..Shape::default() };
    let (year, made) = year::make(&system, "localhost", shape, |_, _| {}).await.unwrap();
    assert_eq!((made.entries, made.members), (700, 3));
    assert!(made.submitted > 0 && made.approved == made.submitted, "{made:?}");
    assert!(made.invoices > 0 && made.events > 700, "{made:?}");
    assert!(made.invoice_entries >= made.invoices as i64, "{made:?}");

    let app = App::new(
        system.commands.clone(),
        system.platform.clone(),
        Progress::default(),
        system.signer.clone(),
        system.files.clone(),
        HttpLimits::default(),
    );
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = router(app).route("/livez", axum::routing::get(async || "alive\n"));
    let forever = std::future::pending();
    let server = tokio::spawn(serve(listener, routes, ServerLimits::default(), forever));

    let site = Site { address, host: year.host.clone(), token: year.token.clone() };
    let served = Served { site, admin: address, process: None, postmaster: system.postmaster() };
    let effort = Effort { leg: Duration::from_millis(40), rounds: 1 };
    let mut legs = Vec::new();
    let mut skipped = Vec::new();
    measure(&system, &served, &year, 4, effort, |told| match told {
        Told::Leg(leg) => legs.push(leg.clone()),
        Told::Skipped { route, status, .. } => skipped.push((*route, *status)),
    })
    .await
    .unwrap();
    server.abort();
    for route in ["livez", "select", "week", "entries", "unbilled", "invoice"] {
        assert!(!skipped.iter().any(|(skipped, _)| *skipped == route), "{skipped:?}");
        let of = legs.iter().filter(|leg| leg.route == route && leg.r#loop == Loop::Closed);
        let asked: Vec<(usize, bool)> = of.map(|leg| (leg.clients, leg.requests > 0)).collect();
        assert!(asked.starts_with(&[(1, true), (4, true)]), "{route}: {asked:?}");
    }
    for leg in &legs {
        assert!(leg.p50_ms > 0.0 && leg.p50_ms <= leg.p99_ms, "{leg:?}");
        assert!(leg.bytes_each > 0.0 || leg.route == "select", "{leg:?}");
    }
}
