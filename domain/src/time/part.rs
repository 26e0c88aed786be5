//! Part of a week: what of it is submitted, approved, sent back or opened again. Which projects are
//! a client's is for the caller to find out.

use std::collections::BTreeSet;

use super::periods::Closing;
use super::{Entry, EntryState, Refusal, Timesheet};
use crate::id::{EntryId, ProjectId};

/// Entries of a week; all of them where nothing is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Those on one of these projects.
    pub projects: Option<BTreeSet<ProjectId>>,
    /// These.
    pub entries: Option<BTreeSet<EntryId>>,
}

impl Part {
    /// What is on one project.
    pub fn of_project(project: ProjectId) -> Self {
        Part { projects: Some(BTreeSet::from([project])), entries: None }
    }

    /// Whether an entry is part of it.
    pub fn holds(&self, id: EntryId, project: ProjectId) -> bool {
        self.projects.as_ref().is_none_or(|projects| projects.contains(&project))
            && self.entries.as_ref().is_none_or(|entries| entries.contains(&id))
    }

    /// The entries of a week in one of these states that are part of it; refuses an entry that is
    /// named and not in the week.
    pub(super) fn of<'a>(
        &self,
        sheet: &'a Timesheet,
        states: &[EntryState],
    ) -> Result<Vec<(EntryId, &'a Entry)>, Refusal> {
        for entry in self.entries.iter().flatten() {
            sheet.entry(*entry)?;
        }
        let all = sheet.entries.iter().map(|(id, entry)| (*id, entry));
        let part = all
            .filter(|(id, entry)| states.contains(&entry.state) && self.holds(*id, entry.project));
        Ok(part.collect())
    }

    /// Those of them that lie on open days; refused where all of them are closed.
    pub(super) fn on_open_days<'a>(
        &self,
        sheet: &'a Timesheet,
        states: &[EntryState],
        closed: &[(EntryId, Closing)],
    ) -> Result<Vec<(EntryId, &'a Entry)>, Refusal> {
        let closing = |id: EntryId| closed.iter().find(|(entry, _)| *entry == id);
        let (held, open): (Vec<_>, Vec<_>) =
            self.of(sheet, states)?.into_iter().partition(|(id, _)| closing(*id).is_some());
        match held.first() {
            Some((id, entry)) if open.is_empty() => match closing(*id) {
                Some((_, closing)) => Err(Refusal::period_closed(entry.worked.day, *closing)),
                None => Ok(open),
            },
            Some(_) | None => Ok(open),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{duration, entry_id, project, sheet_of};

    #[test]
    fn a_part_is_what_is_on_a_project_and_named() {
        let mut sheet =
            sheet_of(&[(1, duration("2026-01-07", 60)), (2, duration("2026-01-07", 60))]);
        sheet.entries.get_mut(&entry_id(2)).unwrap().project = project(2);
        let of = |part: &Part| {
            let found = part.of(&sheet, &[EntryState::Open]).unwrap();
            found.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
        };
        assert_eq!(of(&Part::default()), [entry_id(1), entry_id(2)]);
        let second = Part::of_project(project(2));
        assert_eq!(of(&second), [entry_id(2)]);
        let first = Part { entries: Some(BTreeSet::from([entry_id(1)])), ..Part::default() };
        assert_eq!(of(&first), [entry_id(1)]);
        assert_eq!(of(&Part { entries: first.entries.clone(), ..second }), []);
        assert_eq!(first.of(&sheet, &[EntryState::Approved]), Ok(vec![]));
    }

    #[test]
    fn an_entry_that_is_named_must_be_there() {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60))]);
        let part = Part { entries: Some(BTreeSet::from([entry_id(3)])), ..Part::default() };
        let refusal = Refusal::EntryUnknown { entry: entry_id(3) };
        assert_eq!(part.of(&sheet, &[EntryState::Open]), Err(refusal));
    }
}
