//! Takes in people from a CSV file, a hundred to a commit, each with their invitation. Whoever is
//! there already, by their address, is left as they are, so a file can be imported again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use domain::id::MemberId;
use domain::log::ClaimKey;
use domain::members::{
    self, Authority, Member, MemberEvent, PeopleFileError, PersonFault, PersonRow, Refusal, Role,
    add_member, change_member_employment, member_stream, normalised_email, read_people,
};
use migrations::keys::{TenantKeys, sha256};

use super::invitation::invite_added;
use super::{ChangeMemberManager, authority_of, email_claim, member_by_email, unique_email};
use crate::handle::{Command, Commands, Sender};
use crate::refused::{CommandError, Refused, Reply};
use crate::unit::Unit;

/// How many people one commit takes in.
const AT_ONCE: usize = 100;
/// What a dry run ends with, so that nothing at all is written.
const DRY: &str = "members.dry_run";

/// How people are taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PeopleOptions {
    /// Write nothing, and report what would be.
    pub dry_run: bool,
    /// Mail an invitation to everybody who is added and has an address.
    pub invite: bool,
}

/// What a file came to: each row was added, was there before, or was skipped.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct PeopleReport {
    /// Records in the file, without its header.
    pub rows: usize,
    /// People who became members.
    pub added: usize,
    /// Those of them who are mailed an invitation.
    pub invited: usize,
    /// Rows of people who were there before, or stood higher up in the file.
    pub duplicates: usize,
    /// Rows that could not be taken.
    pub skipped: Vec<PersonNote>,
    /// Rows that were taken with something left out.
    pub warnings: Vec<PersonNote>,
    /// Columns that mean nothing here.
    pub ignored_columns: Vec<String>,
}

/// A row with what there is to say of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PersonNote {
    /// The number of the record in the file; the header is 1.
    pub row: u32,
    /// What is the matter.
    pub reason: String,
}

impl From<PersonFault> for PersonNote {
    fn from(fault: PersonFault) -> Self {
        PersonNote { row: fault.row, reason: fault.reason }
    }
}

/// Why nothing, or not all, of a file was taken in.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The file can't be read.
    #[error(transparent)]
    File(#[from] PeopleFileError),
    /// The caller may not, or the log could not take it: import it again, and who is in is left.
    #[error(transparent)]
    Command(#[from] CommandError),
}

/// Takes in the people of a file.
pub async fn import_people(
    commands: &Commands,
    sender: Sender,
    bytes: &[u8],
    options: PeopleOptions,
) -> Result<PeopleReport, PeopleError> {
    let file = read_people(bytes)?;
    let keys = commands.log().keys().of(sender.tenant).await.map_err(CommandError::from)?;
    let mut report = PeopleReport {
        rows: file.rows.len() + file.faults.len(),
        skipped: file.faults.into_iter().map(PersonNote::from).collect(),
        ignored_columns: file.ignored,
        ..PeopleReport::default()
    };
    let (people, doubled) = told_apart(commands, &keys, bytes, file.rows);
    report.duplicates = doubled;
    for chunk in people.chunks(AT_ONCE) {
        let told = Arc::new(Mutex::new(Told::default()));
        let command = TakeIn { people: chunk.to_vec(), options, told: told.clone() };
        let sender = Sender { key: None, ..sender.clone() };
        match commands.handle(sender, command).await {
            Err(CommandError::Refused(refused)) if refused.code == DRY => {}
            outcome => drop(outcome?),
        }
        let told = std::mem::take(&mut *told.lock().expect("no panic under it"));
        report.added += told.added;
        report.invited += told.invited;
        report.duplicates += told.duplicates;
        report.skipped.extend(told.skipped);
    }
    set_managers(commands, &sender, &people, options, &mut report).await?;
    report.skipped.sort_by_key(|note| note.row);
    report.warnings.sort_by_key(|note| note.row);
    Ok(report)
}

/// A row with the id that its person gets.
#[derive(Debug, Clone)]
struct Newcomer {
    member: MemberId,
    person: PersonRow,
}

/// The rows without those whose address stands higher up, which are counted. Whoever has no address
/// gets an id that follows from the file and the row, by which a second run finds them.
fn told_apart(
    commands: &Commands,
    keys: &TenantKeys,
    bytes: &[u8],
    rows: Vec<PersonRow>,
) -> (Vec<Newcomer>, usize) {
    let file = sha256(bytes);
    let (mut seen, mut people, mut doubled) = (BTreeSet::new(), Vec::new(), 0);
    for person in rows {
        let member = match &person.email {
            Some(email) if !seen.insert(normalised_email(email)) => {
                doubled += 1;
                continue;
            }
            Some(_) => commands.log().clock().new_id(),
            None => {
                let digest = keys.digest("person of a file", &[&file, &person.row.to_be_bytes()]);
                let mut half = [0; 16];
                half.copy_from_slice(&digest[..16]);
                uuid::Builder::from_custom_bytes(half).into_uuid()
            }
        };
        people.push(Newcomer { member: MemberId(member), person });
    }
    (people, doubled)
}

/// What one commit did.
#[derive(Debug, Default)]
struct Told {
    added: usize,
    invited: usize,
    duplicates: usize,
    skipped: Vec<PersonNote>,
}

/// Takes in some people, whoever of them can be.
#[derive(Debug)]
struct TakeIn {
    people: Vec<Newcomer>,
    options: PeopleOptions,
    /// What the last run did.
    told: Arc<Mutex<Told>>,
}

impl Command for TakeIn {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        unit.will_write(self.people.iter().map(|it| member_stream(it.member)))?;
        let by = authority_of(unit, Role::Admin).await?;
        let mut claims: BTreeMap<u32, ClaimKey> = BTreeMap::new();
        for Newcomer { person, .. } in &self.people {
            let claim = person.email.as_ref().map(|email| email_claim(unit, email));
            claims.extend(claim.map(|claim| (person.row, claim)));
        }
        let wanted: Vec<ClaimKey> = claims.values().cloned().collect();
        let held: BTreeSet<ClaimKey> =
            unit.held_many(&wanted).await?.into_iter().map(|(key, _)| key).collect();
        let mut told = Told::default();
        for Newcomer { member, person } in &self.people {
            if claims.get(&person.row).is_some_and(|claim| held.contains(claim)) {
                told.duplicates += 1;
                continue;
            }
            let loaded = unit.write::<Member>(member_stream(*member)).await?;
            match events_of(unit, &loaded.state, &by, *member, person) {
                Ok(mut events) => {
                    let invite = self.options.invite && person.email.is_some();
                    if invite {
                        events.extend(invite_added(unit, &by, *member, &events)?);
                    }
                    told.added += 1;
                    told.invited += usize::from(invite);
                    unit.emit(&loaded, events);
                }
                Err(Refusal::AlreadyAdded) => told.duplicates += 1,
                Err(refusal) => {
                    let note = PersonNote { row: person.row, reason: refusal.to_string() };
                    told.skipped.push(note);
                }
            }
        }
        *self.told.lock().expect("no panic under it") = told;
        if self.options.dry_run {
            let (code, detail) = (DRY.to_owned(), "nothing is written in a dry run".to_owned());
            return Err(CommandError::Refused(Refused { code, field: None, detail }));
        }
        Ok(Reply { id: None, created: true })
    }
}

/// What makes the person a member.
fn events_of(
    unit: &Unit<'_>,
    state: &Member,
    by: &Authority,
    member: MemberId,
    person: &PersonRow,
) -> Result<Vec<MemberEvent>, Refusal> {
    let PersonRow { name, email, roles, time_zone, hired_on, .. } = person.clone();
    let email = email.map(|email| unique_email(unit, &email));
    let command = members::AddMember { member, name, email, roles, time_zone };
    let mut events = add_member::decide(state, by, command)?;
    let mut added = Member::default();
    events.iter().for_each(|event| added.evolve(event));
    let hired_on = hired_on.map(Some);
    let employed = members::ChangeMemberEmployment { member, hired_on, left_on: None };
    events.extend(change_member_employment::decide(&added, by, employed)?);
    Ok(events)
}

/// Lets each newcomer report to who the file says, now that everybody is there.
async fn set_managers(
    commands: &Commands,
    sender: &Sender,
    people: &[Newcomer],
    options: PeopleOptions,
    report: &mut PeopleReport,
) -> Result<(), CommandError> {
    let skipped: BTreeSet<u32> = report.skipped.iter().map(|note| note.row).collect();
    let in_file: BTreeSet<String> = people
        .iter()
        .filter(|it| !skipped.contains(&it.person.row))
        .filter_map(|it| Some(normalised_email(it.person.email.as_ref()?)))
        .collect();
    let log = commands.log();
    for Newcomer { member, person } in people {
        let Some(email) = person.manager_email.as_ref() else { continue };
        if skipped.contains(&person.row) {
            continue;
        }
        let found = member_by_email(log.tenants(), log.keys(), sender.tenant, email).await?;
        let mut note = |reason: String| {
            report.warnings.push(PersonNote { row: person.row, reason });
        };
        match found {
            None if options.dry_run && in_file.contains(&normalised_email(email)) => {}
            None => note("manager_email: no member has this address".to_owned()),
            Some(_) if options.dry_run => {}
            Some(manager) => {
                let (member, manager) = (*member, Some(manager));
                let command = ChangeMemberManager { member, manager, expected_version: None };
                let sender = Sender { key: None, ..sender.clone() };
                match commands.handle(sender, command).await {
                    // Whoever was there before is left as they are.
                    Ok(_) | Err(CommandError::NotFound) => {}
                    Err(CommandError::Refused(refused)) => {
                        note(format!("manager_email: {}", refused.detail));
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }
    Ok(())
}
