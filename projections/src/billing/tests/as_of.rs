//! What rows say of any moment of the past, on a real database, is what a plain fold of the log up
//! to it says: what was owed, what moved it, what was earned, and which seconds were held.

use std::collections::BTreeMap;

use domain::billing::seconds::SecondsLedger;
use domain::billing::{Invoice, InvoiceEvent, InvoiceState};
use domain::id::{ClientId, EntryId, InvoiceId, StreamId};
use domain::log::Recorded;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use migrations::TenantTx;

use super::{Books, ENTRIES};
use crate::billing::billed_entry::{Taken, Wanted, billed, taken};
use crate::billing::receivable::{movements, owed};
use crate::runner::catch_up;
use crate::tests::samples::id;
use crate::tests::story_of_invoices::client;
use crate::tests::written::{append, tenant};

const ALL: (Date, Date) = (date(2000, 1, 1), date(2100, 1, 1));

/// Everything that invoices did, event by event, with nothing but their streams.
#[derive(Default)]
struct Streams {
    invoices: BTreeMap<StreamId, Invoice>,
    /// By how much which event changed what is owed of which invoice, on which day.
    moved: Vec<(InvoiceId, Date, i64, i64)>,
    /// Of each document its day, whether it takes back, its seconds and its price before tax.
    earned: BTreeMap<(Date, bool), (i64, i64)>,
}

impl Streams {
    fn take(&mut self, recorded: &Recorded, event: &InvoiceEvent) {
        let invoice = self.invoices.entry(recorded.stream).or_default();
        let (before, sealed) = (due(invoice), sealed_of(invoice));
        invoice.evolve(event);
        let change = due(invoice) - before;
        let utc = recorded.recorded_at.to_zoned(TimeZone::UTC).date();
        let (on, earned) = match event {
            InvoiceEvent::InvoiceIssued(event) => {
                let seconds = event.sealed.lines.iter().map(|line| line.seconds).sum();
                let net = event.sealed.totals.net_minor;
                (event.sealed.issued_on, Some((false, seconds, net)))
            }
            InvoiceEvent::CreditNoteIssued(event) => {
                let seconds: i64 = event.moved.iter().map(|moved| moved.seconds).sum();
                let net = event.sealed.totals.net_minor;
                (event.sealed.issued_on, Some((true, -seconds, -net)))
            }
            InvoiceEvent::InvoiceVoided(event) => match sealed {
                Some((issued_on, seconds, net)) => {
                    let on = event.on.unwrap_or(utc).max(issued_on);
                    (on, Some((true, -seconds, -net)))
                }
                None => return,
            },
            InvoiceEvent::InvoicePaid(event) => (event.on, None),
            InvoiceEvent::PaymentReversed(event) => (event.on, None),
            InvoiceEvent::InvoiceDrafted(_)
            | InvoiceEvent::InvoiceRedrafted(_)
            | InvoiceEvent::InvoiceTermsChanged(_)
            | InvoiceEvent::InvoiceSent(_)
            | InvoiceEvent::InvoiceSignedOff(_)
            | InvoiceEvent::LineDisputed(_)
            | InvoiceEvent::DisputeSettled(_) => return assert_eq!(change, 0),
        };
        self.moved.push((event.invoice(), on, recorded.position, change));
        if let Some((takes_back, seconds, net)) = earned {
            let sums = self.earned.entry((on, takes_back)).or_default();
            *sums = (sums.0 + seconds, sums.1 + net);
        }
    }

    async fn assert_told(&self, tx: &mut TenantTx, position: i64, why: &str) {
        for day in [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 3), ALL.1]
        {
            let mut due: BTreeMap<InvoiceId, i64> = BTreeMap::new();
            for (invoice, _, _, change) in self.moved.iter().filter(|moved| moved.1 <= day) {
                *due.entry(*invoice).or_default() += change;
            }
            let told = owed(tx, Some(&[client()]), day, Some(position)).await.expect("an answer");
            let told: Vec<i64> = told.iter().map(|owed| owed.balance_minor).collect();
            assert_eq!(told, due.into_values().collect::<Vec<_>>(), "{why}, {day}");
        }
        let nobody = ClientId(id(12));
        let told = owed(tx, Some(&[nobody]), ALL.1, Some(position)).await.expect("an answer");
        assert_eq!(told, []);
        let told = movements(tx, client(), ALL, Some(position)).await.expect("an answer");
        let told = told.iter().map(|it| (it.invoice_id, it.on_day, it.position, it.amount_minor));
        let mut moved = self.moved.clone();
        moved.sort_by_key(|moved| (moved.1, moved.2));
        assert_eq!(told.collect::<Vec<_>>(), moved, "{why}");
        let wanted = Wanted { clients: None, days: ALL, as_of: Some(position) };
        let mut earned: BTreeMap<(Date, bool), (i64, i64)> = BTreeMap::new();
        for part in billed(tx, wanted).await.expect("an answer") {
            assert!(part.work.is_some(), "{why}: {part:?}");
            let sums = earned.entry((part.on, part.takes_back)).or_default();
            *sums = (sums.0 + part.seconds, sums.1 + part.net_minor);
        }
        assert_eq!(earned, self.earned, "{why}");
    }
}

fn due(invoice: &Invoice) -> i64 {
    let issued = invoice.drafted.as_ref().and_then(|drafted| drafted.issued.as_ref());
    let void = invoice.drafted.as_ref().is_some_and(|it| it.state == InvoiceState::Void);
    issued.filter(|it| !void || !it.credits.is_empty()).map_or(0, |it| it.balance_minor())
}

/// The day, the seconds and the price before tax of what was issued.
fn sealed_of(invoice: &Invoice) -> Option<(Date, i64, i64)> {
    let sealed = &invoice.drafted.as_ref()?.issued.as_ref()?.sealed;
    let seconds = sealed.lines.iter().map(|line| line.seconds).sum();
    Some((sealed.issued_on, seconds, sealed.totals.net_minor))
}

async fn assert_held(tx: &mut TenantTx, ledger: &SecondsLedger, position: i64, why: &str) {
    let told = taken(tx, Some(position)).await.expect("an answer");
    for entry in (0..ENTRIES).map(|n| EntryId(id(100 + n))) {
        let places = ledger.entry(entry);
        let expected = Taken {
            drafted: places.reserved,
            billed: places.billed,
            written_off: places.written_off,
        };
        assert_eq!(told.get(&entry).copied().unwrap_or_default(), expected, "{why}, {entry:?}");
    }
}

#[tokio::test]
async fn what_rows_say_of_any_moment_is_what_the_streams_said_then() {
    let (mut voids, mut releases) = (0, 0);
    for seed in 1..=4 {
        let mut books = Books::new(seed);
        (0..60).for_each(|_| books.step());
        let tenant = tenant().await;
        append(&tenant, &books.history.0).await;
        catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
        let mut tx = tenant.tenants.begin(tenant.id).await.expect("a transaction");
        let (mut streams, mut ledger) = (Streams::default(), Books::ledger());
        for recorded in &books.history.0 {
            if let Some(event) = recorded.event.family::<InvoiceEvent>() {
                streams.take(recorded, event);
                ledger.apply(event).expect("no second is in two places");
                if let InvoiceEvent::InvoiceVoided(_) = event {
                    voids += 1;
                }
                if let InvoiceEvent::InvoiceRedrafted(event) = event {
                    releases += event.released.len();
                }
            }
            let why = format!("seed {seed}, after {}", recorded.position);
            streams.assert_told(&mut tx, recorded.position, &why).await;
            assert_held(&mut tx, &ledger, recorded.position, &why).await;
        }
    }
    assert!(voids > 3 && releases > 3, "{voids} voids, {releases} entries given back");
}
