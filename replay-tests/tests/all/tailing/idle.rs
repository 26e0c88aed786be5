//! A transaction of somebody else that does nothing for long: it has an id and an old snapshot, and
//! locks no row of the tenant. Readers that wait for all older transactions would wait for it.

use std::time::Duration;

use sqlx::{ConnectOptions, Connection, PgConnection, Row};

use crate::firm::Firm;

pub(crate) struct Idle(PgConnection);

async fn connect(firm: &Firm) -> PgConnection {
    firm.tenant.administrator.clone().connect().await.expect("the test's server")
}

pub(crate) async fn begin(firm: &Firm) -> Idle {
    let mut connection = connect(firm).await;
    let schema = firm.id().schema();
    for sql in [
        "begin isolation level repeatable read".to_owned(),
        format!("select count(*) from {schema}.events"),
        // From now on it has an id of its own, as one that has written something.
        "select pg_current_xact_id()".to_owned(),
    ] {
        sqlx::query(&sql).execute(&mut connection).await.expect("a transaction");
    }
    Idle(connection)
}

impl Idle {
    /// Does nothing for so long.
    pub(crate) async fn hold(&self, rest: Duration) {
        let (_keep, never) = tokio::sync::oneshot::channel::<()>();
        assert!(tokio::time::timeout(rest, never).await.is_err());
    }

    pub(crate) async fn end(mut self) {
        let sql = "select backend_xid is not null or backend_xmin is not null
            from pg_stat_activity where pid = pg_backend_pid()";
        let row = sqlx::query(sql).fetch_one(&mut self.0).await.expect("it is still open");
        assert!(row.get::<bool, _>(0), "it held its snapshot to the end");
        sqlx::query("rollback").execute(&mut self.0).await.expect("rolled back");
        self.0.close().await.expect("closed");
    }
}

/// How many transactions the server has rolled back so far.
pub(crate) async fn rolled_back(firm: &Firm) -> i64 {
    let sql = "select xact_rollback from pg_stat_database where datname = current_database()";
    let row = sqlx::query(sql).fetch_one(&mut connect(firm).await).await.expect("statistics");
    row.get(0)
}
