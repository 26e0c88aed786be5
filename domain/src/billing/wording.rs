//! What lines of an invoice say. A draft that is shown and an invoice that is sealed say the same,
//! and each line says what was done: the law wants the service described (ZA: VAT Act s20(4)).
//! Names of members stand beside what is said, because they are personal.

use std::collections::BTreeSet;

use super::lines::{Line, LineKey};
use crate::id::{EntryId, ProjectId, TaskId};

/// How many characters of projects and tasks a line says at most; of one that is longer, the first
/// is said all the same.
pub const WORK_CHARACTERS_MAX: usize = 200;
/// What a line says of which no work is known.
const WORK: &str = "Work";

/// Where the words of a line come from.
pub trait LineNames {
    /// What a project is called.
    fn project(&self, project: ProjectId) -> String;
    /// What a task is called.
    fn task(&self, task: TaskId) -> String;
    /// The project and the task of an entry; none where they are not known here.
    fn work_of(&self, entry: EntryId) -> Option<(ProjectId, TaskId)>;
}

/// What a line says, without names of members.
pub fn described(line: &Line, names: &impl LineNames) -> String {
    match line.key {
        LineKey::Task { project, task } => {
            format!("{}: {}", names.project(project), names.task(task))
        }
        LineKey::Member { .. } => work_in(line, names),
        LineKey::Day { day } | LineKey::Entry { day, .. } => {
            format!("{day} {}", work_in(line, names))
        }
    }
}

/// The projects of a line with their tasks, such as `Shop: Build; Website: Design, Review`, and how
/// many tasks there are besides.
fn work_in(line: &Line, names: &impl LineNames) -> String {
    let works: BTreeSet<(ProjectId, TaskId)> =
        line.entries.iter().filter_map(|entry| names.work_of(*entry)).collect();
    let called =
        |(project, task): &(ProjectId, TaskId)| (names.project(*project), names.task(*task));
    let called: BTreeSet<(String, String)> = works.iter().map(called).collect();
    let (mut said, mut of) = (String::new(), None);
    for (at, (project, task)) in called.iter().enumerate() {
        let next = match of {
            None => format!("{project}: {task}"),
            Some(of) if of == project => format!(", {task}"),
            Some(_) => format!("; {project}: {task}"),
        };
        if at > 0 && said.chars().count() + next.chars().count() > WORK_CHARACTERS_MAX {
            return format!("{said} and {} more", called.len() - at);
        }
        said.push_str(&next);
        of = Some(project);
    }
    if said.is_empty() { WORK.to_owned() } else { said }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::{day, hourly};
    use crate::time::Rounding;
    use crate::time::samples::{entry_id, member, project, task};

    /// Entry n is of task n; tasks 1 to 9 are of project 1, all others of project 2.
    struct Names;

    impl LineNames for Names {
        fn project(&self, id: ProjectId) -> String {
            if id == project(1) { "Website" } else { "Shop" }.to_owned()
        }

        fn task(&self, id: TaskId) -> String {
            let named = [(1, "Design"), (2, "Review"), (10, "Build")];
            let found = named.iter().find(|(n, _)| task(*n) == id);
            found.map_or_else(|| id.to_string(), |(_, name)| (*name).to_owned())
        }

        fn work_of(&self, entry: EntryId) -> Option<(ProjectId, TaskId)> {
            let n = (1..100).find(|n| entry_id(*n) == entry)?;
            Some((project(if n < 10 { 1 } else { 2 }), task(n)))
        }
    }

    fn said(key: LineKey, entries: &[u128]) -> String {
        let line = Line {
            n: 1,
            key,
            rounding: Rounding::NONE,
            rate: Some(hourly(100)),
            unit_seconds: 3600,
            seconds: 60,
            rounded_seconds: 60,
            quantity: "0.0167".into(),
            unit_price_minor: Some(100),
            net_minor: Some(2),
            warning: None,
            entries: entries.iter().map(|n| entry_id(*n)).collect(),
        };
        described(&line, &Names)
    }

    #[test]
    fn a_line_says_what_was_done_and_names_no_member() {
        let on = day("2026-01-07");
        let of_task = LineKey::Task { project: project(1), task: task(1) };
        assert_eq!(said(of_task, &[1]), "Website: Design");
        let of_member = LineKey::Member { member: member(1) };
        assert_eq!(said(of_member, &[2, 1, 1]), "Website: Design, Review");
        let of_day = LineKey::Day { day: on };
        assert_eq!(said(of_day, &[1, 10, 2]), "2026-01-07 Shop: Build; Website: Design, Review");
        let of_entry = |n| said(LineKey::Entry { day: on, entry: entry_id(n) }, &[n]);
        assert_eq!(of_entry(1), "2026-01-07 Website: Design");
    }

    #[test]
    fn a_line_of_much_work_says_how_much_more_there_is() {
        let many: Vec<u128> = (1..=40).collect();
        let text = said(LineKey::Member { member: member(1) }, &many);
        assert!(text.chars().count() <= WORK_CHARACTERS_MAX + " and 40 more".len(), "{text}");
        let (listed, more) = text.rsplit_once(" and ").expect("more");
        let listed = listed.split([',', ';']).count();
        assert_eq!(more, format!("{} more", 40 - listed));
    }

    #[test]
    fn a_line_of_which_no_work_is_known_is_not_empty() {
        let on = day("2026-01-07");
        assert_eq!(said(LineKey::Member { member: member(1) }, &[100]), "Work");
        assert_eq!(said(LineKey::Day { day: on }, &[]), "2026-01-07 Work");
        assert_eq!(
            said(LineKey::Entry { day: on, entry: entry_id(100) }, &[100]),
            "2026-01-07 Work"
        );
    }
}
