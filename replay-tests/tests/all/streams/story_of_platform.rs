//! The history of what happens to firms as a whole, to files, to rights on single objects and to
//! jobs: every sample of the contracts, each in a stream of its kind. It's told event by event, for
//! no one client could cause all of it.

use std::collections::BTreeSet;

use commands::event_log::{Append, StreamAppend};
use domain::files::{File, file_stream};
use domain::flags::{Flag, flag_stream};
use domain::id::{CommandId, FileId, MemberId, SignUpId, StreamId, TenantId};
use domain::jobs::JobHistory;
use domain::log::{Actor, Event, Metadata, Via};
use domain::members::{Member, member_stream};
use domain::signup::{SignUp, sign_up_stream};
use domain::subscription::{Plan, Subscription, plan_stream, subscription_stream};
use domain::tenancy::{Tenancy, tenant_stream};

use super::teller::Teller;
use crate::contracts::{files, people, platform, sample, tenancy};
use crate::firm::Firm;
use cqrs_es::Aggregate;

pub(crate) async fn tell() -> Firm {
    let teller = Teller::begin("2026-03-02T07:00:00Z", 6).await;
    let id = sample::id;
    let tenant = TenantId(id(sample::ACME));
    let mut plans = platform::plans();
    let trial = plans.remove(1);
    // What ends something is told of another one, so that the first is there in the end.
    let (ends, lives) = once(tenancy::tenants()).into_iter().partition(ends);
    let mut flags = once(platform::flags());
    let again = platform::flags().swap_remove(1);
    flags.push(again);
    let mut grants = once(files::grants());
    let other = files::grants().swap_remove(1);
    grants.push(other);
    let ended = TenantId(id(sample::UMBRELLA));
    let streams: [(&'static str, StreamId, Vec<Event>); 10] = [
        (Tenancy::TYPE, tenant_stream(tenant), lives),
        (Tenancy::TYPE, tenant_stream(ended), ends),
        (SignUp::TYPE, sign_up_stream(SignUpId(id(sample::BRIDGE))), once(platform::sign_ups())),
        (Plan::TYPE, plan_stream("standard"), plans),
        (Plan::TYPE, plan_stream("trial"), vec![trial]),
        (Subscription::TYPE, subscription_stream(tenant), once(platform::subscriptions())),
        (Flag::TYPE, flag_stream("grid"), flags),
        (File::TYPE, file_stream(FileId(id(sample::FILE))), once(files::files())),
        (Member::TYPE, member_stream(MemberId(id(sample::NOVA))), grants),
        (JobHistory::TYPE, StreamId(id(sample::JOB)), people::jobs()),
    ];
    for (hour, (stream_type, stream, events)) in (8..).zip(streams) {
        teller.at(&format!("2026-03-02T{hour:02}:00:00Z"));
        happen(&teller, stream_type, stream, events).await;
    }
    teller.firm
}

/// The first of each type: a second beginning of the same thing is not in order.
fn once(events: Vec<Event>) -> Vec<Event> {
    let mut told = BTreeSet::new();
    events.into_iter().filter(|event| told.insert(event.event_type())).collect()
}

fn ends(event: &Event) -> bool {
    ["DomainRemoved", "TenantDeletionRequested", "TenantDeleted"].contains(&event.event_type())
}

/// Appends the events one by one.
async fn happen(teller: &Teller, stream_type: &'static str, stream: StreamId, events: Vec<Event>) {
    let log = teller.firm.log();
    for (expected, event) in (0..).zip(events) {
        let command_id = CommandId(log.clock().new_id());
        let metadata = Metadata {
            actor: Actor::Operator,
            on_behalf_of: None,
            via: Via::CommandLine,
            command_id,
            correlation_id: command_id.0,
            causation_id: None,
            reason: None,
            trace_id: None,
            origin: None,
            simulated: true,
        };
        let streams = vec![StreamAppend { stream_type, stream, expected, events: vec![event] }];
        let append = Append {
            command_id,
            metadata,
            at: log.clock().now(),
            streams,
            reads: Vec::new(),
            absent: Vec::new(),
            request_digest: None,
            status: 200,
            outcome: String::new(),
            jobs: Vec::new(),
            job_changes: Vec::new(),
        };
        log.append(teller.firm.id(), append).await.expect("an event that is in order");
    }
}
