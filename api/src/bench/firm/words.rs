//! What the made-up firm calls its people, clients and work: plainly fictional, and the same for
//! the same number.

const FIRST: [&str; 20] = [
    "Ada", "Bo", "Cleo", "Dag", "Edda", "Finn", "Gus", "Hedy", "Ivo", "Jule", "Kai", "Lia", "Mats",
    "Nele", "Orla", "Pim", "Quin", "Rhea", "Sven", "Tilda",
];
const LAST: [&str; 25] = [
    "Amber", "Birch", "Clover", "Dune", "Elder", "Fern", "Grove", "Heath", "Iris", "Juniper",
    "Kelp", "Larch", "Moss", "Nettle", "Oak", "Poppy", "Quartz", "Reed", "Sorrel", "Thyme",
    "Umber", "Violet", "Willow", "Yarrow", "Zinnia",
];
const OWNERS: [&str; 8] =
    ["Sample", "Example", "Placeholder", "Imaginary", "Fictional", "Invented", "Mock", "Pretend"];
const TRADES: [&str; 8] =
    ["Harbour", "Mines", "Bank", "Museum", "Railway", "Brewery", "Clinic", "Observatory"];
const TOPICS: [&str; 9] = [
    "Fee review",
    "Shift planning",
    "Branch survey",
    "Energy audit",
    "Safety handbook",
    "Visitor guide",
    "Stock count",
    "Plant layout",
    "Berth allocation",
];
const VERBS: [&str; 12] = [
    "Prepared",
    "Reviewed",
    "Discussed",
    "Corrected",
    "Drafted",
    "Checked",
    "Presented",
    "Measured",
    "Compared",
    "Wrote up",
    "Planned",
    "Tested",
];
const THINGS: [&str; 16] = [
    "the figures of last month",
    "the open questions",
    "the workshop",
    "the first draft",
    "the interviews",
    "the second report",
    "the map of all steps",
    "the offer",
    "the minutes",
    "the list of risks",
    "the forecast",
    "the training",
    "the hand-over",
    "the survey",
    "the new layout",
    "the measurements",
];

/// The tasks of every project; nobody pays for the last one.
pub(super) const TASKS: [&str; 6] =
    ["Analysis", "Design", "Workshops", "Site visits", "Reporting", "Internal coordination"];
/// Labels on entries.
pub(super) const TAGS: [&str; 8] =
    ["on-site", "remote", "travel", "urgent", "training", "phase-1", "phase-2", "review"];

/// What somebody is called, and the part of their address before the `@`.
pub(super) fn person(number: usize) -> (String, String) {
    let (first, last) = (FIRST[number % FIRST.len()], LAST[number / FIRST.len() % LAST.len()]);
    let mailbox = format!("m{number:04}.{first}.{last}").to_lowercase();
    (format!("{first} {last}-Sample"), mailbox)
}

/// What a client is called; the first is the firm itself.
pub(super) fn client(number: usize) -> String {
    let Some(number) = number.checked_sub(1) else { return "In-house".to_owned() };
    let (owner, trade) = (OWNERS[number % OWNERS.len()], TRADES[number / OWNERS.len() % 8]);
    match number / (OWNERS.len() * TRADES.len()) {
        0 => format!("{owner} {trade}"),
        more => format!("{owner} {trade} {}", more + 1),
    }
}

/// What one of a client's three projects is called.
pub(super) fn project(client: usize, nth: usize) -> &'static str {
    TOPICS[(client * 2 + nth) % TOPICS.len()]
}

/// What somebody wrote about their work.
pub(super) fn note(verb: u64, thing: u64) -> String {
    format!("{} {}", VERBS[verb as usize % VERBS.len()], THINGS[thing as usize % THINGS.len()])
}

/// How many notes differ, as (verbs, things).
pub(super) const NOTES: (u64, u64) = (VERBS.len() as u64, THINGS.len() as u64);
