//! Processor time of this process and of the private PostgreSQL, from the kernel's own count:
//! steady on a noisy machine where a rate is not.

use std::collections::HashMap;

/// Clock ticks per second in `/proc`; fixed at 100 on Linux for every architecture in use.
const TICKS_PER_SECOND: f64 = 100.0;

struct Stat {
    parent: u32,
    own: u64,
    dead_children: u64,
}

fn stat(text: &str) -> Option<Stat> {
    // The name stands in brackets and may hold anything; what follows the last one is regular.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat {
        parent: number(1)? as u32,
        own: number(11)? + number(12)?,
        dead_children: number(13)? + number(14)?,
    })
}

/// Seconds of processor time of a server: its postmaster, every child, every child that has ended.
/// 0 where there is no `/proc`.
pub fn server_seconds(postmaster: u32) -> f64 {
    let Ok(folders) = std::fs::read_dir("/proc") else { return 0.0 };
    let stats: HashMap<u32, Stat> = folders
        .filter_map(|folder| {
            let folder = folder.ok()?;
            let pid = folder.file_name().to_str()?.parse().ok()?;
            let text = std::fs::read_to_string(folder.path().join("stat")).ok()?;
            Some((pid, stat(&text)?))
        })
        .collect();
    let children: u64 =
        stats.values().filter(|stat| stat.parent == postmaster).map(|stat| stat.own).sum();
    let own = stats.get(&postmaster).map_or(0, |stat| stat.own + stat.dead_children);
    (children + own) as f64 / TICKS_PER_SECOND
}

/// Seconds of processor time of this process.
pub fn own_seconds() -> f64 {
    seconds_at("/proc/self/stat")
}

/// Seconds of processor time of another process; 0 once it has ended.
pub fn process_seconds(process: u32) -> f64 {
    seconds_at(&format!("/proc/{process}/stat"))
}

fn seconds_at(path: &str) -> f64 {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    stat(&text).map_or(0.0, |stat| stat.own as f64 / TICKS_PER_SECOND)
}

/// The resident memory of this process in bytes; 0 where there is no `/proc`.
pub fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}
