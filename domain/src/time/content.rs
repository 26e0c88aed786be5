//! What an approval is bound to: a hash over the content of entries, in a form with one reading
//! only. Notes and tags are left out: they are no amounts, and a note may be erased. The version
//! covers them, because it grows with every change.

use sha2::{Digest, Sha256};

use super::{Entry, Span};
use crate::id::EntryId;

/// Hexadecimal SHA-256 over the entries in the order given, each field with its length before it.
pub(super) fn content_hash<'a>(entries: impl Iterator<Item = (EntryId, &'a Entry)>) -> String {
    let mut hash = Sha256::new();
    let mut put = |part: &[u8]| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    };
    put(b"timesheet content 1");
    for (id, entry) in entries {
        put(id.0.as_bytes());
        put(&entry.version.to_be_bytes());
        put(entry.project.0.as_bytes());
        put(entry.task.0.as_bytes());
        put(entry.worked.day.to_string().as_bytes());
        put(&entry.worked.seconds.to_be_bytes());
        match &entry.worked.span {
            None => put(&[]),
            Some(Span { start, end, zone }) => {
                put(&start.as_second().to_be_bytes());
                put(&end.as_second().to_be_bytes());
                put(zone.as_bytes());
            }
        }
        put(&[u8::from(entry.billable)]);
        // Parts with a name, which no other part of this length has: an entry begins with its id.
        if let Some(reversed) = entry.reverses {
            put(b"reverses");
            put(reversed.0.as_bytes());
        }
        if let Some(replaced) = entry.replaces {
            put(b"replaces");
            put(replaced.0.as_bytes());
        }
        if let Some(day) = entry.work_day {
            put(b"work day");
            put(day.to_string().as_bytes());
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{entry_id, open_entry, span, task};

    fn hash_of(entry: &Entry) -> String {
        content_hash(std::iter::once((entry_id(1), entry)))
    }

    #[test]
    fn every_field_of_the_content_changes_the_hash() {
        let entry = open_entry(span("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z"));
        let hash = hash_of(&entry);
        assert_eq!(hash.len(), 64);
        let changed = [
            Entry { version: 2, ..entry.clone() },
            Entry { task: task(9), ..entry.clone() },
            Entry { billable: false, ..entry.clone() },
            Entry { reverses: Some(entry_id(7)), ..entry.clone() },
            Entry { replaces: Some(entry_id(7)), ..entry.clone() },
            Entry { work_day: Some(entry.worked.day), ..entry.clone() },
            Entry { worked: span("2026-01-05T09:00:01Z", "2026-01-05T10:00:01Z"), ..entry.clone() },
            Entry {
                worked: crate::time::Worked { span: None, ..entry.worked.clone() },
                ..entry.clone()
            },
        ];
        for other in &changed {
            assert_ne!(hash_of(other), hash, "{other:?}");
        }
        assert_ne!(content_hash(std::iter::once((entry_id(2), &entry))), hash);
    }

    #[test]
    fn the_hash_of_a_known_entry_never_changes() {
        let entry = open_entry(span("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z"));
        // Computed apart from this program, from the description above.
        let known = "34bfd26252fcc75fa27fa3e82d79e622d5e4f4af68e79985c112798aec6bf5e6";
        assert_eq!(hash_of(&entry), known);
    }
}
