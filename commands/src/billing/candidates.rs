//! What of a client's time may be billed in a period: every timesheet of its weeks is looked at,
//! and who holds each entry is for the claims to say. Of an entry that a credit note has split,
//! what was set free is found by following the claims through the invoices that hold its parts.

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::Aggregate;
use domain::billing::draft_invoice::{Candidate, candidates_of};
use domain::billing::{FreedSeconds, Invoice, Lot};
use domain::catalogue::{Project, project_stream};
use domain::id::{ClientId, EntryId, MemberId, ProjectId, StreamId};
use domain::log::ClaimKey;
use domain::members::Member;
use domain::time::{EntryState, Timesheet, Week, timesheet_stream};
use jiff::civil::Date;

use super::refusal;
use crate::event_log::read::Held;
use crate::refused::CommandError;
use crate::unit::{Loaded, Unit};

/// The longest period that one draft looks through, in weeks.
const MOST_WEEKS: usize = 110;
/// What is noted with a claim that keeps only a part of its lot.
const SPLIT: &str = "split:";

/// What of a client's time in a period may be billed; a timesheet or an invoice that has some is
/// one that the decision rests on.
pub(super) async fn candidates(
    unit: &mut Unit<'_>,
    client: ClientId,
    from: Date,
    to: Date,
) -> Result<Vec<Candidate>, CommandError> {
    let sheets = sheets(unit, from, to).await?;
    let in_question = |sheet: &Loaded<Timesheet>| -> Vec<(EntryId, ProjectId)> {
        let entries = sheet.state.entries.iter();
        entries
            .filter(|(_, entry)| entry.billable && entry.state == EntryState::Approved)
            .filter(|(_, entry)| (from..=to).contains(&entry.worked.day))
            .map(|(id, entry)| (*id, entry.project))
            .collect()
    };
    let asked: Vec<_> = sheets.iter().map(|sheet| (sheet, in_question(sheet))).collect();
    // The projects and claims of all are asked for at once, or a firm's month would be a thousand
    // questions.
    let projects: BTreeSet<ProjectId> =
        asked.iter().flat_map(|(_, entries)| entries.iter().map(|it| it.1)).collect();
    let streams: Vec<StreamId> = projects.iter().map(|it| project_stream(*it)).collect();
    let found = unit.peek_many::<Project>(&streams).await?;
    let clients: BTreeMap<ProjectId, Option<ClientId>> =
        projects.into_iter().zip(found.iter().map(|it| it.state.client)).collect();
    let our_project = |project: ProjectId| {
        let of = clients.get(&project).copied().flatten();
        of.filter(|of| *of == client)
    };
    let (mut keys, mut rest_on) = (Vec::new(), Vec::new());
    for (sheet, entries) in &asked {
        let before = keys.len();
        let ours = entries.iter().filter(|(_, project)| our_project(*project).is_some());
        keys.extend(ours.map(|(entry, _)| ClaimKey::lot(Lot::whole(*entry))));
        if keys.len() > before {
            unit.rest_on(*sheet);
            rest_on.push(*sheet);
        }
    }
    let held = held(unit, &keys).await?;
    let holder = |entry| held.get(&ClaimKey::lot(Lot::whole(entry))).map(|held| held.holder);
    let of_sheet = |sheet: &Loaded<Timesheet>| candidates_of(&sheet.state, our_project, holder);
    let mut all: Vec<Candidate> = rest_on.into_iter().flat_map(of_sheet).collect();
    let freed = freed(unit, &held, &all).await?;
    all.extend(freed);
    Ok(all)
}

/// Every member's timesheet of every week of the period. Their streams' ids follow from member and
/// week, so none can be missed.
async fn sheets(
    unit: &mut Unit<'_>,
    from: Date,
    to: Date,
) -> Result<Vec<Loaded<Timesheet>>, CommandError> {
    let last = Week::of(to);
    let next = |week: &Week| (*week < last).then(|| week.after());
    let weeks: Vec<Week> =
        std::iter::successors(Some(Week::of(from)), next).take(MOST_WEEKS + 1).collect();
    if weeks.len() > MOST_WEEKS {
        let detail = format!("a draft covers at most {MOST_WEEKS} weeks; make several");
        return Err(refusal("billing.period_too_long", Some("/to"), detail));
    }
    let members = unit.streams_of(Member::TYPE).await?;
    let streams: Vec<StreamId> = members
        .iter()
        .flat_map(|member| weeks.iter().map(|week| timesheet_stream(MemberId(member.0), *week)))
        .collect();
    let begun = unit.begun(&streams).await?;
    unit.peek_many(&begun).await
}

async fn held(
    unit: &mut Unit<'_>,
    keys: &[ClaimKey],
) -> Result<BTreeMap<ClaimKey, Held>, CommandError> {
    Ok(unit.held_many(keys).await?.into_iter().collect())
}

/// The lots that credit notes set free of these entries, with who holds each now. A lot that was
/// billed again may be split again, so this goes on until nothing is split any more.
async fn freed(
    unit: &mut Unit<'_>,
    held_now: &BTreeMap<ClaimKey, Held>,
    entries: &[Candidate],
) -> Result<Vec<Candidate>, CommandError> {
    let by_entry: BTreeMap<EntryId, Candidate> = entries.iter().map(|it| (it.entry, *it)).collect();
    let splitters = |held: &BTreeMap<ClaimKey, Held>| -> BTreeSet<StreamId> {
        let split = held.values().filter(|held| held.value.starts_with(SPLIT));
        split.map(|held| held.holder).collect()
    };
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    let mut open = splitters(held_now);
    while !open.is_empty() {
        let streams: Vec<StreamId> = open.iter().copied().collect();
        let invoices = unit.peek_many::<Invoice>(&streams).await?;
        seen.append(&mut open);
        let mut lots: Vec<(Lot, FreedSeconds)> = Vec::new();
        for invoice in &invoices {
            unit.rest_on(invoice);
            let issued = invoice.state.drafted.as_ref().and_then(|it| it.issued.as_ref());
            let freed = issued.map(|issued| issued.freed()).unwrap_or_default();
            lots.extend(freed.into_iter().filter(|(lot, _)| by_entry.contains_key(&lot.entry)));
        }
        let keys: Vec<ClaimKey> = lots.iter().map(|(lot, _)| ClaimKey::lot(*lot)).collect();
        let held = held(unit, &keys).await?;
        for (lot, freed) in lots {
            let (Some(entry), Some(by)) = (by_entry.get(&lot.entry), lot.freed_by) else {
                continue;
            };
            let holder = held.get(&ClaimKey::lot(lot)).map(|held| held.holder);
            found.push(entry.freed(by, freed, holder));
        }
        open = splitters(&held).difference(&seen).copied().collect();
    }
    Ok(found)
}
