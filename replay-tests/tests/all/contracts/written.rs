//! Checks the contract files against today's program. To add the files of new events, write their
//! samples beside this and run with `CROWDMINDER_WRITE_CONTRACTS=1`; no file is ever overwritten.

use std::collections::{BTreeMap, BTreeSet};

use domain::canonical::canonical_json;
use domain::id::{CommandId, MemberId, SubjectId};
use domain::log::{Actor, Event, Metadata, Origin, UPCASTS, Via};
use domain::personal::{Personal, PersonalFields, PurposeClass, try_each_personal};
use serde_json::value::RawValue;

use super::carried::{CARRIED, sent_today};
use super::keyring::SampleKeys;
use super::sample::{KABELO, NOVA, id, text};
use super::{
    billing, budgets, catalogue, correspondence, files, leave, leave_members, numbers, people,
    platform, sums, tenancy, time, timer,
};

/// The file of the metadata column, which has no version of its own: it only grows.
const METADATA: &str = "metadata.json";
/// The actor that came later.
const VISITOR: &str = "metadata.visitor.json";

fn samples() -> Vec<Event> {
    let slices = [
        time::timesheets(),
        time::periods(),
        timer::timers(),
        timer::favourites(),
        time::invoices(),
        billing::invoices(),
        numbers::series(),
        billing::profiles(),
        correspondence::correspondence(),
        people::members(),
        people::work(),
        people::sessions(),
        catalogue::clients(),
        catalogue::projects(),
        catalogue::rates(),
        catalogue::rounding_rules(),
        budgets::budgets(),
        tenancy::tenants(),
        platform::sign_ups(),
        platform::plans(),
        platform::subscriptions(),
        platform::flags(),
        leave::leave_types(),
        leave::holidays(),
        leave_members::policies(),
        leave_members::of_members(),
        people::settings(),
        people::imports(),
        people::jobs(),
        files::files(),
        files::grants(),
    ];
    slices.concat()
}

fn file_name(event_type: &str, version: i16) -> String {
    format!("{event_type}.{version}.json")
}

/// A file: a JSON array with one stored text per line.
pub(crate) fn file(stored: &[String]) -> String {
    format!("[\n{}\n]\n", stored.join(",\n"))
}

/// The stored texts of a file, byte by byte.
pub(crate) fn stored(text: &str) -> Vec<String> {
    let raw: Vec<&RawValue> = serde_json::from_str(text).expect("a JSON array");
    raw.into_iter().map(|raw| raw.get().to_owned()).collect()
}

pub(crate) fn seal<P: PersonalFields>(mut holder: P) -> P {
    try_each_personal(&mut holder, |field| field.seal(&SampleKeys)).expect("sealed");
    holder
}

/// The texts in which today's program stores the samples, by file.
fn written_today() -> BTreeMap<String, Vec<String>> {
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in samples().into_iter().map(seal) {
        let name = file_name(event.event_type(), event.event_version());
        files.entry(name).or_default().push(event.payload().expect("sealed, hence written"));
    }
    let metadata = metadata_samples().into_iter().map(seal);
    let texts = metadata.map(|metadata| canonical_json(&metadata).expect("sealed"));
    files.insert(METADATA.to_owned(), texts.collect());
    let visitor = Metadata { actor: Actor::Visitor, ..bare() };
    let visitor = canonical_json(&visitor).expect("nothing personal");
    files.insert(VISITOR.to_owned(), vec![visitor]);
    files.insert(CARRIED.to_owned(), sent_today());
    files
}

fn bare() -> Metadata {
    Metadata {
        actor: Actor::System,
        on_behalf_of: None,
        via: Via::CommandLine,
        command_id: CommandId(id(90)),
        correlation_id: id(91),
        causation_id: None,
        reason: None,
        trace_id: None,
        origin: None,
        simulated: false,
    }
}

fn metadata_samples() -> Vec<Metadata> {
    let bare = bare();
    let origin = |agent: Option<&str>| {
        let origin = Origin { address: "192.0.2.7".into(), agent: agent.map(str::to_owned) };
        Some(Personal::new(SubjectId(id(NOVA)), PurposeClass::Origin, origin))
    };
    let full = Metadata {
        actor: Actor::Member(MemberId(id(NOVA))),
        on_behalf_of: Some(MemberId(id(KABELO))),
        via: Via::Api,
        causation_id: Some(id(92)),
        reason: Some(text(NOVA, PurposeClass::Reason, "asked for by Kabelo")),
        trace_id: Some("4bf92f3577b34da6a3ce929d0e0e4736".into()),
        origin: origin(Some("Example/1.0")),
        simulated: true,
        ..bare.clone()
    };
    let page = Metadata { via: Via::Page, origin: origin(None), ..bare.clone() };
    let import = Metadata { via: Via::Import, actor: Actor::Operator, ..bare.clone() };
    let job = Metadata { via: Via::Job, ..bare.clone() };
    vec![bare, full, page, import, job]
}

/// Every type with every version it was ever written in.
fn shapes() -> BTreeSet<(String, i16)> {
    let today = Event::types()
        .flat_map(|(name, version)| (1..=version).map(move |version| (name.to_owned(), version)));
    // A type that nobody writes any more may be known by its steps alone.
    let before = UPCASTS.iter().map(|step| (step.event_type.to_owned(), step.from_version));
    today.chain(before).collect()
}

#[test]
fn every_stored_shape_has_its_contract_file() {
    let written = written_today();
    if std::env::var_os("CROWDMINDER_WRITE_CONTRACTS").is_some() {
        let there = sums::files();
        let missing = written.iter().filter(|(name, _)| !there.contains_key(*name));
        missing.for_each(|(name, stored)| sums::add(name, &file(stored)));
    }
    let there = sums::files();
    for (event_type, version) in shapes() {
        let name = file_name(&event_type, version);
        assert!(there.contains_key(&name), "contracts/{name} is missing: see contracts/written.rs");
    }
    for name in [METADATA, VISITOR, CARRIED] {
        assert!(there.contains_key(name), "contracts/{name} is missing");
    }
    let known: BTreeSet<_> =
        shapes().iter().map(|(name, version)| file_name(name, *version)).collect();
    let known = &known | &BTreeSet::from([METADATA, VISITOR, CARRIED].map(str::to_owned));
    let stray: Vec<_> = there.keys().filter(|name| !known.contains(*name)).collect();
    assert!(stray.is_empty(), "no event is stored as {stray:?}, but some log may hold it");
}

#[test]
fn what_is_written_today_is_what_the_contracts_say() {
    let there = sums::files();
    for (name, texts) in written_today() {
        let contract = stored(there.get(&name).expect("checked by the test before this one"));
        let changed: Vec<_> = texts.iter().filter(|text| !contract.contains(text)).collect();
        assert!(changed.is_empty(), "{name} is written in another shape now: {changed:#?}");
    }
}

#[test]
fn every_contract_reads_and_what_is_current_is_written_again_byte_by_byte() {
    for (event_type, version) in shapes() {
        let name = file_name(&event_type, version);
        let text = sums::files().remove(&name).expect("every shape has its file");
        let samples = stored(&text);
        assert!(!samples.is_empty(), "{name} has no sample");
        for sample in samples {
            let value: serde_json::Value = serde_json::from_str(&sample).expect("JSON");
            assert_eq!(canonical_json(&value).expect("canonical"), sample, "{name}");
            let event = Event::decode(&event_type, version, &sample)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(event.event_type(), event_type, "{name}");
            let again = event.payload().expect("its personal fields are sealed");
            if version == event.event_version() {
                assert_eq!(again, sample, "{name} is written in another shape now");
            } else {
                let today = Event::decode(&event_type, event.event_version(), &again);
                assert_eq!(today, Ok(event), "{name} does not survive its upcast");
            }
        }
    }
}

/// Opens every sealed field as its type; what is inside of an envelope is stored too. That it's
/// still written so is checked with the whole: equal texts are sealed to equal bytes here.
fn opened(name: &str, mut sealed: impl PersonalFields) -> usize {
    let mut fields = 0;
    try_each_personal(&mut sealed, |field| {
        fields += 1;
        field.open(&SampleKeys)
    })
    .unwrap_or_else(|error| panic!("{name}: {error}"));
    fields
}

#[test]
fn sealed_fields_of_the_contracts_open_as_their_types() {
    let mut fields = 0;
    for (event_type, version) in shapes() {
        let name = file_name(&event_type, version);
        for sample in stored(&sums::files().remove(&name).expect("every shape has its file")) {
            let event = Event::decode(&event_type, version, &sample).expect("it reads");
            let envelopes = sample.matches("\"p1.").count();
            let found = opened(&name, event);
            assert_eq!(found, envelopes, "{name}: every envelope is one of its personal fields");
            fields += found;
        }
    }
    assert!(fields > 0);
}

#[test]
fn the_metadata_contract_reads_and_is_written_again_byte_by_byte() {
    for sample in stored(&sums::files().remove(METADATA).expect("it has its file")) {
        let metadata: Metadata = serde_json::from_str(&sample).expect("metadata");
        assert_eq!(canonical_json(&metadata).expect("sealed"), sample);
        let envelopes = sample.matches("\"p1.").count();
        assert_eq!(opened(METADATA, metadata), envelopes, "{sample}");
    }
}
