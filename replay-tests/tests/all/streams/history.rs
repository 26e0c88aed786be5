//! A history in a file: one stored event per line, personal fields sealed under the samples' key. A
//! loaded one is sealed anew under the keys of its tenant.

use std::collections::BTreeSet;

use commands::event_log::read::StoredRow;
use commands::event_log::{Append, StreamAppend};
use cqrs_es::Aggregate;
use domain::billing::Invoice;
use domain::catalogue::{Client, Project, RateCard, RoundingRule};
use domain::files::File;
use domain::id::{CommandId, StreamId};
use domain::leave::{HolidayCalendar, LeaveType, MemberLeave};
use domain::log::{Event, Metadata};
use domain::members::{Member, Session};
use domain::personal::{Envelope, KeyName, Keyring, PersonalFields, try_each_personal};
use domain::settings::Settings;
use domain::time::Timesheet;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::contracts::SampleKeys;
use crate::firm::Firm;

/// An event of a history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) at: Timestamp,
    pub(crate) command: CommandId,
    pub(crate) stream_type: String,
    pub(crate) stream: StreamId,
    pub(crate) version: i32,
    pub(crate) event_type: String,
    pub(crate) event_version: i16,
    pub(crate) payload: Value,
    pub(crate) metadata: Value,
}

pub(crate) fn read(text: &str) -> Vec<Line> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line of a history")).collect()
}

pub(crate) fn write(lines: &[Line]) -> String {
    let line = |line: &Line| serde_json::to_string(line).expect("plain data") + "\n";
    lines.iter().map(line).collect()
}

/// Each envelope below `value`, to be replaced.
fn each_envelope(value: &mut Value, replace: &mut dyn FnMut(&Envelope) -> Option<String>) {
    match value {
        Value::String(text) => {
            let other = Envelope::parse(text).and_then(|envelope| replace(&envelope));
            if let Some(other) = other {
                *text = other;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_envelope(item, replace)),
        Value::Object(fields) => fields.values_mut().for_each(|it| each_envelope(it, replace)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The bytes in an envelope.
fn opened(envelope: &Envelope, keys: &dyn Keyring) -> Vec<u8> {
    let (_, body) = envelope.as_str().rsplit_once('.').expect("an envelope has a body");
    let sealed = crate::contracts::from_base64(body);
    let plain = keys.open(envelope.key(), &sealed).expect("it was sealed under these keys");
    plain.expect("nobody was erased")
}

fn sealed(key: KeyName, plain: &[u8], keys: &dyn Keyring) -> String {
    let body = crate::contracts::to_base64(&keys.seal(key, plain).expect("the key is loaded"));
    format!("p1.{}.{}.{body}", key.class.as_str(), key.subject.0.simple())
}

/// Seals everything personal under other keys.
pub(crate) fn reseal(value: &mut Value, from: &dyn Keyring, to: &dyn Keyring) {
    each_envelope(value, &mut |envelope| Some(sealed(envelope.key(), &opened(envelope, from), to)));
}

/// Shows everything personal in clear, for rows that shall be compared across tenants.
pub(crate) fn show_clear(value: &mut Value, keys: &dyn Keyring) {
    each_envelope(value, &mut |envelope| {
        String::from_utf8(opened(envelope, keys)).ok().map(|text| format!("sealed {text}"))
    });
}

/// What of a stored row goes into a file.
pub(crate) fn line_of(row: &StoredRow, keys: &dyn Keyring) -> Line {
    let json = |text: &str| {
        let mut value = serde_json::from_str(text).expect("stored JSON");
        reseal(&mut value, keys, &SampleKeys);
        value
    };
    Line {
        at: row.recorded_at,
        command: CommandId(row.command_id),
        stream_type: row.stream_type.clone(),
        stream: row.stream,
        version: row.version,
        event_type: row.event_type.clone(),
        event_version: row.event_version,
        payload: json(&row.payload),
        metadata: json(&row.metadata),
    }
}

/// The kind of stream that an event belongs to.
fn stream_type(event: &Event) -> &'static str {
    match event {
        Event::Time(_) => Timesheet::TYPE,
        Event::Timer(_) => "timer",
        Event::Favourite(_) => "favourites",
        Event::SignUp(_) => "sign_up",
        Event::Plan(_) => "plan",
        Event::Subscription(_) => "subscription",
        Event::Flag(_) => "flag",
        Event::Invoice(_) => Invoice::TYPE,
        Event::Series(_) => "invoice_series",
        Event::Profile(_) => "billing_profile",
        Event::Correspondence(_) => "correspondence",
        Event::Member(_) => Member::TYPE,
        Event::Session(_) => Session::TYPE,
        Event::Client(_) => Client::TYPE,
        Event::Project(_) => Project::TYPE,
        Event::RateCard(_) => RateCard::TYPE,
        Event::RoundingRule(_) => RoundingRule::TYPE,
        Event::Settings(_) => Settings::TYPE,
        Event::Import(_) => "import",
        Event::LeaveType(_) => LeaveType::TYPE,
        Event::Holiday(_) => HolidayCalendar::TYPE,
        Event::MemberLeave(_) => MemberLeave::TYPE,
        Event::Tenancy(_) => "tenant",
        Event::File(_) => File::TYPE,
        Event::Job(_) => "job",
        Event::Period(_) => "periods",
        Event::Budget(_) => "budget",
    }
}

/// Appends a whole history to a firm's empty log, commit by commit.
pub(crate) async fn load(firm: &Firm, lines: &[Line]) {
    let keys = firm.tenant.keys.of(firm.id()).await.expect("the tenant's keys");
    let mut names = BTreeSet::new();
    for line in lines {
        for value in [&line.payload, &line.metadata] {
            each_envelope(&mut value.clone(), &mut |envelope| {
                names.insert(envelope.key());
                None
            });
        }
    }
    let names: Vec<_> = names.into_iter().collect();
    let mut tx = firm.tenant.tenants.begin(firm.id()).await.expect("the tenant's door");
    keys.load(&mut tx, &names).await.expect("no key is there yet");
    tx.commit().await.expect("read");
    // They are saved with the first append that uses them.
    keys.ensure(&names);
    for commit in lines.chunk_by(|one, next| one.command == next.command) {
        let append = append_of(commit, &*keys);
        firm.log().append(firm.id(), append).await.expect("an append that was made before");
    }
}

fn append_of(commit: &[Line], keys: &dyn Keyring) -> Append {
    let open = |value: &Value| {
        let mut value = value.clone();
        reseal(&mut value, &SampleKeys, keys);
        value
    };
    let mut streams: Vec<StreamAppend> = Vec::new();
    for line in commit {
        let payload = domain::canonical::canonical_json(&open(&line.payload)).expect("canonical");
        let mut event = Event::decode(&line.event_type, line.event_version, &payload)
            .expect("a stored event reads for ever");
        // Opened, because what it claims may lie in a sealed field.
        open_personal(&mut event, keys);
        assert_eq!(stream_type(&event), line.stream_type);
        match streams.last_mut().filter(|append| append.stream == line.stream) {
            Some(append) => append.events.push(event),
            None => streams.push(StreamAppend {
                stream_type: stream_type(&event),
                stream: line.stream,
                expected: line.version - 1,
                events: vec![event],
            }),
        }
    }
    let metadata: Metadata =
        serde_json::from_value(open(&commit[0].metadata)).expect("stored metadata");
    Append {
        command_id: commit[0].command,
        metadata,
        at: commit[0].at,
        streams,
        reads: Vec::new(),
        absent: Vec::new(),
        request_digest: None,
        status: 200,
        outcome: "{}".to_owned(),
        jobs: Vec::new(),
        job_changes: Vec::new(),
    }
}

fn open_personal(event: &mut impl PersonalFields, keys: &dyn Keyring) {
    try_each_personal(event, |field| field.open(keys)).expect("sealed under these keys");
}
