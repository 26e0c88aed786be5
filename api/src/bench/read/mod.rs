//! How fast a firm's year is read over HTTP: closed loops with one and with many clients, and an
//! open loop at half of what the closed one reached, for on few cores the p99 of a closed loop is
//! mostly its own queue.

pub mod client;
pub mod load;
pub mod routes;
pub mod select;
pub mod year;

use std::sync::Arc;

use serde::Serialize;

use super::cpu::{own_seconds, process_seconds, server_seconds};
use super::{Effort, median};
use crate::system::System;
use client::Site;
use load::{Pace, Tally, Target, look, run};
use year::Year;

/// The share of the closed loop's rate at which the open loop asks.
const OPEN_SHARE: f64 = 0.5;

/// A server to measure, with what it costs.
#[derive(Debug, Clone)]
pub struct Served {
    /// The API.
    pub site: Site,
    /// Where it answers `/livez`.
    pub admin: std::net::SocketAddr,
    /// Its process; none where it's this one.
    pub process: Option<u32>,
    /// The process of its database, where that is known.
    pub postmaster: Option<u32>,
}

/// What a leg was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Loop {
    /// Each client asks again once it was answered.
    Closed,
    /// Requests fall due at half of the rate of the closed loop with as many clients.
    Open,
}

/// One leg of one route; the medians of its rounds.
#[derive(Debug, Clone, Serialize)]
pub struct Leg {
    /// `read`.
    pub bench: &'static str,
    /// `leg`.
    pub run: &'static str,
    /// The route; `livez` and `select` are the ceilings of HTTP and of the database.
    pub route: &'static str,
    /// Closed or open.
    pub r#loop: Loop,
    /// Connections.
    pub clients: usize,
    /// Requests of all rounds.
    pub requests: u64,
    /// Answers per second.
    pub per_second: f64,
    /// Milliseconds from when a request was due to the end of its answer.
    pub p50_ms: f64,
    /// The same for all but one of a hundred.
    pub p99_ms: f64,
    /// Milliseconds of processor time of the serving process per request.
    pub server_cpu_ms: f64,
    /// The same of PostgreSQL.
    pub postgres_cpu_ms: f64,
    /// The same of this program, which asks.
    pub client_cpu_ms: f64,
    /// Bytes of an answer.
    pub bytes_each: f64,
}

/// What is told while measuring.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Told {
    /// A leg's figures.
    Leg(Leg),
    /// A route that this version doesn't have, or that refuses.
    Skipped {
        /// `read`.
        bench: &'static str,
        /// `skipped`.
        run: &'static str,
        /// The route.
        route: &'static str,
        /// What it answered.
        status: u16,
    },
}

/// Measures every route with 1 and with `clients` connections; ceilings come first and last.
pub async fn measure(
    system: &Arc<System>,
    served: &Served,
    year: &Year,
    clients: usize,
    effort: Effort,
    mut tell: impl FnMut(&Told),
) -> anyhow::Result<()> {
    ceilings(system, served, year, clients, effort, &mut tell).await?;
    for target in routes::targets(year) {
        let (bench, route) = ("read", target.name);
        let status = look(&served.site, &target).await?;
        if status != 200 {
            tell(&Told::Skipped { bench, run: "skipped", route, status });
            continue;
        }
        tell(&Told::Leg(leg(served, &target, 1, Pace::Closed, effort).await?));
        let closed = leg(served, &target, clients, Pace::Closed, effort).await?;
        let rate = closed.per_second * OPEN_SHARE;
        tell(&Told::Leg(closed));
        tell(&Told::Leg(leg(served, &target, clients, Pace::Open(rate), effort).await?));
    }
    ceilings(system, served, year, clients, effort, &mut tell).await
}

async fn ceilings(
    system: &Arc<System>,
    served: &Served,
    year: &Year,
    clients: usize,
    effort: Effort,
    tell: &mut impl FnMut(&Told),
) -> anyhow::Result<()> {
    let site = Site { address: served.admin, ..served.site.clone() };
    let lives = Served { site, ..served.clone() };
    let livez = Target { name: "livez", paths: vec!["/livez".to_owned()] };
    for clients in [1, clients] {
        tell(&Told::Leg(leg(&lives, &livez, clients, Pace::Closed, effort).await?));
        let mut rounds = Vec::new();
        for _ in 0..effort.rounds {
            let before = Spent::of(served);
            let Some(tally) = select::run(system, year, clients, effort.leg).await? else {
                return Ok(());
            };
            rounds.push((tally, Spent::of(served).since(before)));
        }
        tell(&Told::Leg(figures("select", Loop::Closed, clients, &rounds)));
    }
    Ok(())
}

async fn leg(
    served: &Served,
    target: &Target,
    clients: usize,
    pace: Pace,
    effort: Effort,
) -> anyhow::Result<Leg> {
    let mut rounds = Vec::new();
    for _ in 0..effort.rounds {
        let before = Spent::of(served);
        let tally = run(&served.site, target, clients, pace, effort.leg).await?;
        rounds.push((tally, Spent::of(served).since(before)));
    }
    let r#loop = if pace == Pace::Closed { Loop::Closed } else { Loop::Open };
    Ok(figures(target.name, r#loop, clients, &rounds))
}

/// Seconds of processor time.
#[derive(Debug, Clone, Copy)]
struct Spent {
    server: f64,
    postgres: f64,
    client: f64,
}

impl Spent {
    fn of(served: &Served) -> Self {
        Spent {
            server: served.process.map_or(0.0, process_seconds),
            postgres: served.postmaster.map_or(0.0, server_seconds),
            client: own_seconds(),
        }
    }

    fn since(self, before: Spent) -> Self {
        Spent {
            server: self.server - before.server,
            postgres: self.postgres - before.postgres,
            client: self.client - before.client,
        }
    }
}

fn figures(route: &'static str, r#loop: Loop, clients: usize, rounds: &[(Tally, Spent)]) -> Leg {
    let of = |figure: &dyn Fn(&Tally, &Spent) -> f64| {
        median(rounds.iter().map(|(tally, spent)| figure(tally, spent)).collect())
    };
    let each = |of: f64, tally: &Tally| of * 1e3 / tally.ms.len().max(1) as f64;
    Leg {
        bench: "read",
        run: "leg",
        route,
        r#loop,
        clients,
        requests: rounds.iter().map(|(tally, _)| tally.ms.len() as u64).sum(),
        per_second: of(&|tally, _| tally.per_second()),
        p50_ms: of(&|tally, _| tally.quantile(0.5)),
        p99_ms: of(&|tally, _| tally.quantile(0.99)),
        server_cpu_ms: of(&|tally, spent| each(spent.server, tally)),
        postgres_cpu_ms: of(&|tally, spent| each(spent.postgres, tally)),
        client_cpu_ms: of(&|tally, spent| each(spent.client, tally)),
        bytes_each: of(&|tally, _| tally.bytes_each()),
    }
}

#[cfg(test)]
mod tests;
