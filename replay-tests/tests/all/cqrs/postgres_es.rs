//! postgres-es 0.5 as an independent reader: through the view in its table's shape, with a
//! connection of its own, it loads the states that our own loaders load. Personal fields stay
//! sealed there.

use commands::event_log::read::stream_after;
use commands::{CqrsStore, Sender};
use cqrs_es::persist::PersistedEventStore;
use cqrs_es::{Aggregate, AggregateContext, EventStore};
use domain::billing::Invoice;
use domain::billing::billing_profile::BillingProfile;
use domain::billing::correspondence::Correspondence;
use domain::billing::numbering::InvoiceSeries;
use domain::budgets::Budgets;
use domain::catalogue::{Client, Project, RateCard, RoundingRule};
use domain::files::File;
use domain::flags::Flag;
use domain::id::StreamId;
use domain::jobs::JobHistory;
use domain::leave::{HolidayCalendar, LeaveType, MemberLeave};
use domain::log::{Actor, Event, Via};
use domain::members::{Member, Session};
use domain::settings::Settings;
use domain::signup::SignUp;
use domain::subscription::{Plan, Subscription};
use domain::tenancy::Tenancy;
use domain::time::Timesheet;
use domain::time::favourites::Favourites;
use domain::time::periods::Periods;
use domain::time::timer::Timer;
use postgres_es::PostgresEventRepository;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::firm::Firm;
use crate::streams::{NAMES, loaded};

/// Connections under the tenant's role that know nothing of our door.
async fn pool(firm: &Firm) -> PgPool {
    let role = firm.id().schema();
    let options = PgPoolOptions::new().max_connections(2).after_connect(move |connection, _| {
        let sql = format!("set role {role}");
        Box::pin(async move { sqlx::query(&sql).execute(connection).await.map(|_| ()) })
    });
    options.connect_with(firm.tenant.administrator.clone()).await.expect("the test's server")
}

/// The state that postgres-es loads.
async fn theirs<A: Aggregate>(firm: &Firm, pool: &PgPool, stream: StreamId) -> A {
    let view = format!("{}.cqrs_es_events", firm.id().schema());
    let repository = PostgresEventRepository::new(pool.clone()).with_tables(&view, "none");
    let store = PersistedEventStore::<_, A>::new_event_store(repository);
    let mut context = store.load_aggregate(&stream.to_string()).await.expect("their state");
    std::mem::take(context.aggregate())
}

/// The fold of the stream as it's stored.
async fn ours_sealed<A>(firm: &Firm, stream: StreamId) -> A
where
    A: Aggregate<Event: TryFrom<Event>>,
{
    let mut tx = firm.tenant.tenants.begin(firm.id()).await.expect("the tenant's door");
    let rows = stream_after(&mut tx, stream, 0).await.expect("the stream");
    assert!(!rows.is_empty());
    let mut state = A::default();
    for row in rows {
        let event = row.decode().expect("a stored event").event;
        let event = A::Event::try_from(event).ok().expect("an event of this kind of stream");
        state.apply(event);
    }
    state
}

async fn assert_same<A>(firm: &Firm, pool: &PgPool, stream: StreamId)
where
    A: commands::unit::Stream + PartialEq + std::fmt::Debug,
{
    let theirs: A = theirs(firm, pool, stream).await;
    assert_ne!(theirs, A::default(), "{} {stream}", A::TYPE);
    assert_eq!(ours_sealed::<A>(firm, stream).await, theirs, "{} {stream}", A::TYPE);
    // What the write path loads has its personal fields opened; sealed it's the same.
    let sender = Sender::new(firm.id(), Actor::Operator, Via::CommandLine);
    let store = CqrsStore::new(firm.commands.clone(), sender);
    let loaded = EventStore::<A>::load_aggregate(&store, &stream.to_string()).await;
    let mut loaded = loaded.expect("our state");
    let json = |state: &A| serde_json::to_value(state).expect("sealed fields are written");
    assert_eq!(json(loaded.aggregate()), json(&theirs), "{} {stream}", A::TYPE);
}

#[tokio::test]
async fn postgres_es_loads_the_same_states_from_the_same_log() {
    for name in NAMES {
        let firm = loaded(name).await;
        let pool = pool(&firm).await;
        let mut streams: Vec<_> =
            firm.rows().await.into_iter().map(|row| (row.stream_type, row.stream)).collect();
        streams.sort();
        streams.dedup();
        assert!(streams.len() > 3);
        for (stream_type, stream) in streams {
            match stream_type.as_str() {
                Settings::TYPE => assert_same::<Settings>(&firm, &pool, stream).await,
                Member::TYPE => assert_same::<Member>(&firm, &pool, stream).await,
                Client::TYPE => assert_same::<Client>(&firm, &pool, stream).await,
                Project::TYPE => assert_same::<Project>(&firm, &pool, stream).await,
                RateCard::TYPE => assert_same::<RateCard>(&firm, &pool, stream).await,
                RoundingRule::TYPE => assert_same::<RoundingRule>(&firm, &pool, stream).await,
                Budgets::TYPE => assert_same::<Budgets>(&firm, &pool, stream).await,
                Periods::TYPE => assert_same::<Periods>(&firm, &pool, stream).await,
                Timer::TYPE => assert_same::<Timer>(&firm, &pool, stream).await,
                Favourites::TYPE => assert_same::<Favourites>(&firm, &pool, stream).await,
                Timesheet::TYPE => assert_same::<Timesheet>(&firm, &pool, stream).await,
                LeaveType::TYPE => assert_same::<LeaveType>(&firm, &pool, stream).await,
                MemberLeave::TYPE => assert_same::<MemberLeave>(&firm, &pool, stream).await,
                HolidayCalendar::TYPE => assert_same::<HolidayCalendar>(&firm, &pool, stream).await,
                Invoice::TYPE => assert_same::<Invoice>(&firm, &pool, stream).await,
                BillingProfile::TYPE => assert_same::<BillingProfile>(&firm, &pool, stream).await,
                InvoiceSeries::TYPE => assert_same::<InvoiceSeries>(&firm, &pool, stream).await,
                Correspondence::TYPE => assert_same::<Correspondence>(&firm, &pool, stream).await,
                Session::TYPE => assert_same::<Session>(&firm, &pool, stream).await,
                File::TYPE => assert_same::<File>(&firm, &pool, stream).await,
                JobHistory::TYPE => assert_same::<JobHistory>(&firm, &pool, stream).await,
                // Its hosts are told apart by what is sealed, which this reader can't open.
                Tenancy::TYPE => {}
                SignUp::TYPE => assert_same::<SignUp>(&firm, &pool, stream).await,
                Plan::TYPE => assert_same::<Plan>(&firm, &pool, stream).await,
                Subscription::TYPE => assert_same::<Subscription>(&firm, &pool, stream).await,
                Flag::TYPE => assert_same::<Flag>(&firm, &pool, stream).await,
                // Its state is the import's own affair.
                "import" => {}
                other => panic!("no state is compared for streams of {other}"),
            }
        }
    }
}
