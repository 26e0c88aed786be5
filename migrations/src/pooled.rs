//! Tests through PgBouncer in transaction mode, with one session behind it: whatever one client
//! did in it, the next one finds it as it was.

use std::sync::Arc;

use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Row};

use crate::cell::{Cell, PoolLimits};
use crate::door::DoorError;
use crate::testing::{TestTenant, pooler};

/// All that a session could remember of who had it before, and which session it is.
const LOOK: &str = "select pg_catalog.concat_ws(' ', pg_backend_pid(), current_user, session_user,
        current_setting('role'), current_setting('search_path'),
        current_setting('statement_timeout'), current_setting('lock_timeout'),
        current_setting('idle_in_transaction_session_timeout'),
        current_setting('default_transaction_isolation'),
        current_setting('transaction_isolation'), current_setting('transaction_read_only'),
        (select count(*) from pg_catalog.pg_prepared_statements),
        (select count(*) from pg_catalog.pg_locks where pid = pg_backend_pid()
            and locktype = 'advisory'), (select count(*) from pg_catalog.pg_cursors))";

async fn look(stranger: &mut PgConnection) -> String {
    let row = sqlx::raw_sql(LOOK).fetch_one(stranger).await.expect("a session of its own");
    row.try_get(0).expect("a text")
}

#[tokio::test]
async fn nothing_of_one_client_is_left_in_a_session_that_the_next_one_gets() {
    let (bouncer, logins) = pooler(1);
    let mut stranger = bouncer.through(logins.app.clone()).connect().await.expect("a client");
    let cell = Arc::new(Cell::connect(logins, PoolLimits::default()));
    let own = TestTenant::provision_in(cell.clone(), &[]).await;
    let before = look(&mut stranger).await;
    assert!(before.contains(" crowdminder_app crowdminder_app none "), "{before}");
    let head = "select position from {t}.log_head where position >= $1";

    let mut tx = own.tenants.begin(own.id).await.expect("own role");
    tx.query(head).bind(0_i64).fetch_one().await.expect("own table");
    tx.commit().await.expect("done");
    assert_eq!(look(&mut stranger).await, before, "after a commit");

    let mut tx = own.tenants.begin_snapshot(own.id).await.expect("own role");
    tx.query(head).bind(0_i64).fetch_one().await.expect("own table");
    drop(tx);
    assert_eq!(look(&mut stranger).await, before, "after one that was dropped");

    let mut tx = own.tenants.begin(own.id).await.expect("own role");
    let refused = tx.query("select tenant_id from platform.tenants").fetch_all().await;
    assert!(matches!(refused, Err(DoorError::Refused { .. })), "{refused:?}");
    drop(tx);
    assert_eq!(look(&mut stranger).await, before, "after one that failed");

    for polls in 1..6 {
        let begun = own.tenants.begin(own.id);
        let given_up = tokio::time::timeout(std::time::Duration::from_micros(200 * polls), begun);
        drop(given_up.await);
        assert_eq!(look(&mut stranger).await, before, "after a begin that was given up");
    }

    assert!(!own.tenants.heads().await.expect("the sweeper's role").is_empty());
    assert_eq!(look(&mut stranger).await, before, "after the sweeper");
    own.platform.tenant_by_slug(&own.slug).await.expect("the catalogue").expect("this tenant");
    assert_eq!(look(&mut stranger).await, before, "after the catalogue");
    cell.close().await;
    assert_eq!(look(&mut stranger).await, before, "after the client has gone");
}

#[tokio::test]
async fn two_clients_of_one_session_never_read_what_is_the_others() {
    let (_bouncer, logins) = pooler(1);
    let cells = [0, 1].map(|_| Arc::new(Cell::connect(logins.clone(), PoolLimits::default())));
    let own = TestTenant::provision_in(cells[0].clone(), &[]).await;
    let other = TestTenant::provision_in(cells[1].clone(), &[]).await;
    let turns = (0..40).map(async |turn| {
        let tenant = if turn % 2 == 0 { &own } else { &other };
        let mut tx = tenant.tenants.begin(tenant.id).await.expect("own role");
        let sql = "select current_user::text, (select log_id from {t}.log_head)";
        let row = tx.query(sql).fetch_one().await.expect("own table");
        tx.commit().await.expect("done");
        let (role, log): (String, uuid::Uuid) = (row.get(0), row.get(1));
        assert_eq!(role, tenant.id.schema());
        (turn % 2, log)
    });
    let mut seen = futures::future::join_all(turns).await;
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 2, "one log each: {seen:?}");
}
