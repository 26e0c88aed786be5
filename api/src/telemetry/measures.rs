//! Figures for a Prometheus scraper. Labels are bounded: routes as templates, never a tenant. What
//! has a state rather than a history is looked at when it's asked for.

use std::time::{SystemTime, UNIX_EPOCH};

use commands::bus::BusState;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use migrations::cell::{Cell, PoolState};

/// Bounds of durations, in seconds: from a look-up in memory to what nobody waits for.
const SECONDS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Bounds of how many commands one append holds.
const BATCHES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// What collects the figures of this process.
pub fn recorder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Full("append_batch_size".to_owned()), &BATCHES)
}

/// Installs it for the whole process and says what its figures mean.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = recorder()?.install_recorder()?;
    describe();
    gauge!("build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    gauge!("process_start_time_seconds").set(now.as_secs_f64());
    Ok(handle)
}

fn describe() {
    let counters = [
        ("commands_total", "commands handled, by aggregate, type and outcome"),
        ("command_conflicts_total", "commands given up because others kept moving what they read"),
        ("events_appended_total", "events written"),
        ("projection_events_total", "events taken in by all read models of a tenant at once"),
        ("projection_notices_dropped_total", "notices left to the sweep"),
        ("projection_rebuilds_total", "read models built anew"),
        ("relay_published_events_total", "events handed to the bus"),
        ("relay_published_messages_total", "messages handed to the bus"),
        ("relay_failed_turns_total", "times that a tenant's events could not be handed over"),
        ("relay_skipped_events_total", "events left to the log because the bus was far behind"),
        ("relay_resets_total", "times that a bus ahead of its log was emptied"),
        ("bus_foreign_messages_total", "messages on the bus that were not ours"),
    ];
    counters.into_iter().for_each(|(name, what)| describe_counter!(name, what));
    let gauges = [
        ("build_info", "1, with the version of this program"),
        ("process_start_time_seconds", "when this process began, in Unix seconds"),
        ("process_resident_memory_bytes", "memory of this process that is in RAM"),
        ("process_open_fds", "open files and sockets of this process"),
        ("pool_connections", "connections to the database, by pool and state"),
        ("pool_connections_max", "the most connections a pool may hold"),
        ("bus_connected", "1 with a connection to the bus"),
        ("bus_ready", "1 where the bus takes and gives messages"),
        ("projection_lag_events", "events that the tenant furthest behind has not taken in"),
        ("projection_lag_seconds", "since when the tenant behind for longest has been behind"),
        ("projection_tenants_behind", "tenants with events to take in"),
        ("poison_events", "read models that stopped before an event they can't take in"),
        ("relay_lag_events", "events that were never on the bus"),
        ("relay_tenants_waiting", "tenants in line for the relay"),
    ];
    gauges.into_iter().for_each(|(name, what)| describe_gauge!(name, what));
    let seconds = [
        ("http_server_request_duration_seconds", "requests, by route, method and status class"),
        ("command_duration_seconds", "commands from their arrival to their answer"),
        ("projection_turn_seconds", "one batch of one tenant into its read models"),
    ];
    seconds.into_iter().for_each(|(name, what)| describe_histogram!(name, Unit::Seconds, what));
    describe_histogram!("append_batch_size", "commands written by one transaction");
}

/// Looks at the connections of a cell; `used_by` says for what.
pub(crate) fn look(used_by: &'static str, cell: &Cell) {
    for PoolState { pool, idle, used, most } in cell.pools() {
        let labels = [("used_by", used_by), ("pool", pool)];
        gauge!("pool_connections_max", &labels).set(f64::from(most));
        for (state, count) in [("idle", idle), ("used", used)] {
            let labels = [labels[0], labels[1], ("state", state)];
            gauge!("pool_connections", &labels).set(f64::from(count));
        }
    }
}

/// Looks at the bus.
pub(crate) fn look_at_bus(state: &BusState) {
    for (name, holds) in [("bus_connected", state.connected), ("bus_ready", state.ready)] {
        gauge!(name, "kind" => state.kind).set(f64::from(u8::from(holds)));
    }
}

/// Looks at this process.
#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
pub(crate) fn look_at_process() {
    if let Some(bytes) = resident_bytes() {
        gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(files.count() as f64);
    }
}

fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}
