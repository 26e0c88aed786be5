//! The form in which events travel between processes. While two versions of the program run side by
//! side, each must read what the other one sends.

use std::collections::BTreeSet;

use commands::bus::MAX_BODY;
use commands::carried::{Carried, read_body};
use commands::relay::CommittedLog;
use domain::log::Event;
use domain::time::{Week, timesheet_stream};
use serde_json::value::RawValue;

use super::sample::{NOVA, TUESDAY, id};
use super::sums;
use super::written::{file, seal, stored};
use crate::streams::loaded;

pub(crate) const CARRIED: &str = "carried.json";

/// Samples as today's program sends them.
pub(crate) fn sent_today() -> Vec<String> {
    let metadata = RawValue::from_string(r#"{"via":"api"}"#.to_owned()).expect("JSON");
    let line = |(event, number): (Event, u16)| {
        let event = seal(event);
        let payload = event.payload().expect("sealed");
        let carried = Carried {
            position: i64::from(number),
            stream_type: "timesheet".to_owned(),
            stream: timesheet_stream(domain::id::MemberId(id(NOVA)), Week::of(TUESDAY)),
            version: i32::from(number),
            event_type: event.event_type().to_owned(),
            event_version: event.event_version(),
            recorded_at: "2026-02-03T10:00:00.000123Z".parse().expect("an instant"),
            payload: &RawValue::from_string(payload).expect("JSON"),
            metadata: &metadata,
        };
        serde_json::to_string(&carried).expect("plain data")
    };
    super::time::timesheets().into_iter().zip(1..=3).map(line).collect()
}

fn contract() -> Vec<String> {
    stored(&sums::files().remove(CARRIED).expect("contracts/carried.json"))
}

#[test]
fn what_is_sent_today_is_what_the_contract_says() {
    assert_eq!(sent_today(), contract(), "{}", file(&sent_today()));
}

#[test]
fn every_line_of_the_contract_reads_and_is_sent_again_byte_by_byte() {
    let lines = contract();
    let body = lines.join("\n") + "\n";
    let read = read_body(body.as_bytes());
    assert_eq!(read.len(), lines.len());
    for (carried, line) in read.iter().zip(&lines) {
        assert_eq!(&serde_json::to_string(carried).expect("plain data"), line);
        let recorded = carried.decode().expect("a stored event");
        assert_eq!(recorded.event.payload().expect("sealed"), carried.payload.get());
        assert_eq!((recorded.position, recorded.version), (carried.position, carried.version));
    }
}

#[tokio::test]
async fn what_the_log_hands_to_the_relay_has_the_members_of_the_contract() {
    let members = |line: &str| -> BTreeSet<String> {
        let line: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(line).expect("an object");
        line.into_iter().map(|(name, _)| name).collect()
    };
    let firm = loaded("time").await;
    let rows = firm.rows().await;
    let events = firm.log().read_after(firm.id(), 0, MAX_BODY).await.expect("the log");
    assert_eq!(events.len(), rows.len());
    let expected = members(&contract()[0]);
    for (event, row) in events.iter().zip(rows) {
        let line = std::str::from_utf8(&event.line).expect("a text");
        assert_eq!(members(line), expected);
        let read = read_body(line.as_bytes());
        assert_eq!(read[0].decode().expect("it reads"), row.decode().expect("it reads"));
        assert_eq!(read[0].payload.get(), row.payload);
    }
}
