//! What lines of an invoice say. A draft that is shown and an invoice that is sealed say the same;
//! names of members stand beside what is said, because they are personal.

use super::lines::LineKey;
use crate::id::{EntryId, ProjectId, TaskId};

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
pub fn described(key: &LineKey, names: &impl LineNames) -> String {
    let work = |project, task| format!("{}: {}", names.project(project), names.task(task));
    match *key {
        LineKey::Task { project, task } => work(project, task),
        LineKey::Member { .. } => "Work".to_owned(),
        LineKey::Day { day } => day.to_string(),
        LineKey::Entry { day, entry } => match names.work_of(entry) {
            Some((project, task)) => format!("{day} {}", work(project, task)),
            None => format!("{day} {entry}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::day;
    use crate::time::samples::{entry_id, member, project, task};

    struct Names;

    impl LineNames for Names {
        fn project(&self, _: ProjectId) -> String {
            "Website".to_owned()
        }

        fn task(&self, _: TaskId) -> String {
            "Design".to_owned()
        }

        fn work_of(&self, entry: EntryId) -> Option<(ProjectId, TaskId)> {
            (entry == entry_id(1)).then(|| (project(1), task(1)))
        }
    }

    #[test]
    fn a_line_says_what_it_is_about_and_names_no_member() {
        let on = day("2026-01-07");
        let said = |key| described(&key, &Names);
        assert_eq!(said(LineKey::Task { project: project(1), task: task(1) }), "Website: Design");
        assert_eq!(said(LineKey::Member { member: member(1) }), "Work");
        assert_eq!(said(LineKey::Day { day: on }), "2026-01-07");
        let of_entry = |n| said(LineKey::Entry { day: on, entry: entry_id(n) });
        assert_eq!(of_entry(1), "2026-01-07 Website: Design");
        assert_eq!(of_entry(2), format!("2026-01-07 {}", entry_id(2)));
    }
}
