//! Tests of the walls around a tenant: each fails closed by itself.

use crate::door::DoorError;
use crate::testing::TestTenant;

#[tokio::test]
async fn a_tenant_reads_its_own_log_and_no_other() {
    let (own, other) = (TestTenant::provision(&[]).await, TestTenant::provision(&[]).await);
    let mut tx = own.tenants.begin(own.id).await.expect("own role");
    let rows = tx.query("select position from {t}.log_head").fetch_all().await.expect("own table");
    assert_eq!(rows.len(), 1);
    let foreign = format!("select position from {}.log_head", other.id.schema());
    let refused = tx.query(crate::Template::from(&*foreign.leak())).fetch_all().await;
    assert!(matches!(refused, Err(DoorError::Refused { code, .. }) if code == "42501"));
}

#[tokio::test]
async fn events_are_not_changed_deleted_or_truncated_even_by_their_owner() {
    let own = TestTenant::provision(&[]).await;
    for statement in
        ["update {t}.events set version = 2", "delete from {t}.events", "truncate {t}.events"]
    {
        let mut tx = own.tenants.begin(own.id).await.expect("own role");
        let refused = tx.query(statement).execute().await;
        assert!(matches!(refused, Err(DoorError::Refused { code, .. }) if code == "42501"));
    }
    let mut tx = own.tenants.begin_as_owner(own.id).await.expect("the owner");
    tx.query(
        "insert into {t}.events values (1, 's', gen_random_uuid(), 1, 'T', 1::smallint, '{}', '{}',
         gen_random_uuid(), gen_random_uuid(), now(), '')",
    )
    .execute()
    .await
    .expect("the owner may insert");
    let refused = tx.query("delete from {t}.events").execute().await;
    assert!(matches!(refused, Err(DoorError::Refused { code, .. }) if code == "42501"));
}

#[tokio::test]
async fn a_tenant_moves_its_own_head_only() {
    let (own, other) = (TestTenant::provision(&[]).await, TestTenant::provision(&[]).await);
    let mut tx = own.tenants.begin(own.id).await.expect("own role");
    let moved = tx.query("update cell.heads set position = 7").execute().await;
    assert_eq!(moved.expect("its own row"), 1);
    tx.commit().await.expect("durable");
    let heads = own.tenants.heads().await.expect("the sweeper reads them all");
    let head = |id| heads.iter().find(|(tenant, _)| *tenant == id).map(|(_, position)| *position);
    assert_eq!(head(own.id), Some(7));
    assert_eq!(head(other.id), Some(0));
}

#[tokio::test]
async fn a_tenant_cannot_switch_roles_by_a_function_or_make_temporary_tables() {
    let own = TestTenant::provision(&[]).await;
    for statement in [
        "select pg_catalog.set_config('role', 'crowdminder_owner', true)",
        "create temporary table events (n int)",
        "create table {t}.another (n int)",
        "select tenant_id from platform.tenants",
    ] {
        let mut tx = own.tenants.begin(own.id).await.expect("own role");
        let refused = tx.query(statement).execute().await;
        assert!(
            matches!(refused, Err(DoorError::Refused { ref code, .. }) if code == "42501"),
            "{statement}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_tenant_that_does_not_exist_is_no_outage() {
    let own = TestTenant::provision(&[]).await;
    let stranger = domain::id::TenantId(crate::testing::random_id());
    let refused = own.tenants.begin(stranger).await;
    assert!(matches!(refused, Err(DoorError::NoSuchTenant)), "{refused:?}");
}

#[tokio::test]
async fn a_session_that_has_taken_on_no_role_reads_nothing() {
    let own = TestTenant::provision(&[]).await;
    let schema = own.id.schema();
    for table in ["events", "log_head", "claims", "subject_keys", "tokens", "checkpoints"] {
        // The login itself, outside of the door's transactions.
        let mut tx = own.tenants.cell().platform_pool().pool.begin().await.expect("the login");
        let sql = format!("select 1 from {schema}.{table}");
        let refused = sqlx::query(&sql).fetch_optional(&mut *tx).await.map_err(DoorError::from);
        assert!(
            matches!(refused, Err(DoorError::Refused { ref code, .. }) if code == "42501"),
            "{table}: {refused:?}"
        );
    }
    for sql in ["select 1 from platform.tenants", "select 1 from cell.heads"] {
        let mut tx = own.tenants.cell().platform_pool().pool.begin().await.expect("the login");
        let refused = sqlx::query(sql).fetch_optional(&mut *tx).await.map_err(DoorError::from);
        assert!(
            matches!(refused, Err(DoorError::Refused { ref code, .. }) if code == "42501"),
            "{sql}: {refused:?}"
        );
    }
}
