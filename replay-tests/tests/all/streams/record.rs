//! The histories there are, and how new ones are recorded: write the story, run with
//! `CROWDMINDER_RECORD_STREAMS=1`. A history that was recorded is never written again: it stands
//! for the logs of those who have lived with that version.

use std::path::{Path, PathBuf};

use super::history::{self, Line};
use super::{
    story_of_bills, story_of_books, story_of_imports, story_of_leave, story_of_leave_year,
    story_of_months, story_of_people, story_of_platform, story_of_time,
};
use crate::contracts::add_stream;
use crate::firm::Firm;

/// Each history by the name of its file.
pub(crate) const NAMES: [&str; 9] =
    ["books", "time", "imports", "leave", "leave_year", "people", "months", "platform", "bills"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("streams")
}

/// The file of what is shown of a history.
pub(crate) fn rows_file(name: &str) -> PathBuf {
    folder().join(format!("{name}.rows.json"))
}

pub(crate) fn may_record() -> bool {
    std::env::var_os("CROWDMINDER_RECORD_STREAMS").is_some()
}

async fn tell(name: &str) -> Firm {
    match name {
        "bills" => story_of_bills::tell().await,
        "books" => story_of_books::tell().await,
        "time" => story_of_time::tell().await,
        "imports" => story_of_imports::tell().await,
        "leave" => story_of_leave::tell().await,
        "leave_year" => story_of_leave_year::tell().await,
        "people" => story_of_people::tell().await,
        "months" => story_of_months::tell().await,
        "platform" => story_of_platform::tell().await,
        other => panic!("nobody tells the story {other}"),
    }
}

/// What a firm's log holds, as a history.
async fn lines_of(firm: &Firm) -> Vec<Line> {
    let keys = firm.tenant.keys.of(firm.id()).await.expect("the tenant's keys");
    let rows = firm.rows().await;
    rows.iter().map(|row| history::line_of(row, &*keys)).collect()
}

/// The recorded history of that name.
pub(crate) async fn recorded(name: &str) -> Vec<Line> {
    let path = folder().join(format!("{name}.jsonl"));
    if !path.exists() && may_record() {
        let lines = lines_of(&tell(name).await).await;
        add_stream(&format!("{name}.jsonl"), &history::write(&lines));
    }
    let text = std::fs::read_to_string(&path).expect("a recorded history; see streams/record.rs");
    history::read(&text)
}

/// A firm whose log holds the recorded history.
pub(crate) async fn loaded(name: &str) -> Firm {
    let firm = Firm::new().await;
    history::load(&firm, &recorded(name).await).await;
    firm
}

#[tokio::test]
async fn a_loaded_history_is_the_one_that_was_recorded() {
    for name in NAMES {
        let firm = loaded(name).await;
        assert_eq!(lines_of(&firm).await, recorded(name).await, "{name}");
    }
}

#[tokio::test]
async fn a_story_told_today_leaves_the_events_it_left_when_it_was_recorded() {
    for name in NAMES {
        let today = lines_of(&tell(name).await).await;
        // Sorted, because an import writes several weeks at once.
        let types = |lines: &[Line]| -> Vec<_> {
            let types = lines.iter().map(|line| (line.event_type.clone(), line.version));
            let mut types: Vec<_> = types.collect();
            types.sort();
            types
        };
        assert_eq!(types(&today), types(&recorded(name).await), "{name}");
    }
}

#[tokio::test]
async fn the_histories_have_every_kind_of_event() {
    let mut told = std::collections::BTreeSet::new();
    for name in NAMES {
        told.extend(recorded(name).await.into_iter().map(|line| line.event_type));
    }
    let untold: Vec<_> = domain::log::Event::types()
        .map(|(name, _)| name)
        .filter(|name| !told.contains(*name))
        .collect();
    assert!(untold.is_empty(), "no history has {untold:?}");
}
