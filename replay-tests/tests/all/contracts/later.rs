//! Fields that an event got after it had landed. The contracts of its type stay as they are, so
//! what is written with such a field is pinned here: it's a promise as well.

use domain::billing::lines::LineKey;
use domain::billing::shown::{AgreedTo, DisputedLine};
use domain::billing::{InvoiceEvent, InvoiceSignedOff, LineDisputed, Lot};
use domain::id::{ClientId, CreditNoteId, DisputeId, EntryId, InvoiceId, ProjectId, TaskId};
use domain::log::Event;
use domain::personal::PurposeClass;
use serde_json::{Value, json};

use super::sample::{UMBRELLA, id, text};
use super::written::seal;

/// What is stored of an event, which reads as what it was.
fn stored(event: InvoiceEvent) -> Value {
    let event = seal(Event::from(event));
    let text = event.payload().expect("sealed, hence written");
    let read = Event::decode(event.event_type(), event.event_version(), &text);
    assert_eq!(read.as_ref(), Ok(&event));
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn what_a_client_was_shown_is_stored_with_what_it_said() {
    let (invoice, client) = (InvoiceId(id(1)), ClientId(id(2)));
    let by = || text(UMBRELLA, PurposeClass::Identity, "Kabelo Example");
    let agreed = AgreedTo { digest: "ab".repeat(32), total_minor: 345_000, currency: "ZAR".into() };
    let agreed = Some(agreed);
    let signed = InvoiceSignedOff { invoice, client, by: by(), seen_version: 3, agreed };
    let expected = json!({ "digest": "ab".repeat(32), "total_minor": 345_000, "currency": "ZAR" });
    assert_eq!(stored(signed.into())["agreed"], expected);
    let whole = Lot::whole(EntryId(id(3)));
    let freed = Lot { entry: EntryId(id(3)), freed_by: Some(CreditNoteId(id(4))) };
    let disputed = |amount_minor| LineDisputed {
        invoice,
        client,
        dispute: DisputeId(id(5)),
        line: 1,
        key: LineKey::Task { project: ProjectId(id(6)), task: TaskId(id(7)) },
        by: by(),
        reason: text(UMBRELLA, PurposeClass::Reason, "that was on Monday"),
        shown: Some(DisputedLine {
            description: "Website: Design".into(),
            amount_minor,
            currency: "ZAR".into(),
            lots: vec![whole, freed],
        }),
    };
    let lots = json!([{ "entry": id(3) }, { "entry": id(3), "freed_by": id(4) }]);
    let expected = json!({
        "description": "Website: Design", "amount_minor": 300_000, "currency": "ZAR", "lots": lots,
    });
    assert_eq!(stored(disputed(Some(300_000)).into())["shown"], expected);
    let expected = json!({ "description": "Website: Design", "currency": "ZAR", "lots": lots });
    assert_eq!(stored(disputed(None).into())["shown"], expected);
}
