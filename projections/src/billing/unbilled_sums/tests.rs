//! Sums and pieces on a real database: of the first entries where there are too many, and never
//! older than the tables.

use super::*;
use crate::billing::unbilled::{self, Wanted};
use crate::runner::catch_up;
use crate::tests::samples::{History, MONDAY, approved, catalogue, drafted, recorded};
use crate::tests::written::{append, tenant};
use migrations::testing::TestTenant;

const ENTRIES: u128 = 14;

/// Approved work of a week: entries whose ids say nothing of their days.
fn work() -> History {
    let mut history = catalogue();
    let mut versions = Vec::new();
    for n in 0..ENTRIES {
        let day = MONDAY + jiff::Span::new().days(i64::try_from(n * 3 % 5).expect("few"));
        let seconds = 100 + u32::try_from(n).expect("few");
        history.time(1, MONDAY, recorded(100 + n, day, seconds));
        versions.push((100 + n, 1));
    }
    history.time(1, MONDAY, approved(&versions));
    history
}

async fn found(tenant: &TestTenant, most: usize) -> (Arc<UnbilledSums>, Vec<EntryId>) {
    let mut tx = tenant.tenants.begin_snapshot(tenant.id).await.expect("a snapshot");
    let pricing = Pricing::load(&mut tx).await.expect("prices");
    let open = Open::default();
    let sums = pricing.sums(&mut tx, open, most).await.expect("an answer").expect("its tables");
    let again = pricing.sums(&mut tx, open, most).await.expect("an answer").expect("its tables");
    assert!(Arc::ptr_eq(&sums, &again), "it was kept");
    let wanted = Wanted { approved: true, ..Wanted::default() };
    let limit = i64::try_from(most).expect("few");
    let rows = unbilled::open(&mut tx, &wanted, limit).await.expect("rows");
    assert_eq!(sums.entries, rows.len());
    assert_eq!(sums.seconds, rows.iter().map(|row| row.seconds).sum::<i64>());
    for limit in [1, 2, 5, 100] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let piece = pricing.entries(&mut tx, open, &sums, after, limit).await;
            let piece = piece.expect("rows").expect("its tables");
            let Some(last) = piece.last() else { break };
            after = Some(last.place());
            assert!(piece.len() <= limit);
            seen.extend(piece);
        }
        assert_eq!(seen, rows, "in pieces of {limit} of {most}");
    }
    (sums, rows.iter().map(|row| row.entry_id).collect())
}

#[tokio::test]
async fn sums_are_of_the_first_entries_by_day_and_pieces_end_with_them() {
    let tenant = tenant().await;
    append(&tenant, &work().0).await;
    catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
    for most in [1, 4, 13] {
        let (sums, entries) = found(&tenant, most).await;
        assert_eq!((sums.entries, entries.len(), sums.more), (most, most, true));
    }
    for most in [14, 15] {
        let (sums, _) = found(&tenant, most).await;
        assert_eq!((sums.entries, sums.more), (14, false));
    }
}

#[tokio::test]
async fn what_a_draft_takes_is_in_no_sum_that_is_asked_for_later() {
    let tenant = tenant().await;
    let mut history = work();
    append(&tenant, &history.0).await;
    catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
    let (before, _) = found(&tenant, 100).await;
    let length = history.0.len();
    history.invoice(500, drafted(500, &[(101, 101), (103, 103)]));
    append(&tenant, &history.0[length..]).await;
    let (still, _) = found(&tenant, 100).await;
    assert!(Arc::ptr_eq(&before, &still), "no table has moved yet");
    catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
    let (after, entries) = found(&tenant, 100).await;
    assert_eq!((after.entries, after.seconds), (12, before.seconds - 204));
    assert!(!entries.contains(&EntryId(crate::tests::samples::id(101))));
}

#[tokio::test]
async fn a_snapshot_that_is_older_than_a_table_gives_no_sums() {
    let tenant = tenant().await;
    append(&tenant, &work().0).await;
    catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
    let mut tx = tenant.tenants.begin_snapshot(tenant.id).await.expect("a snapshot");
    let pricing = Pricing::load(&mut tx).await.expect("prices");
    let mut owner = tenant.tenants.begin_as_owner(tenant.id).await.expect("the owner");
    let script = "create table {t}.anew (like {t}.rm_unbilled including all);
        insert into {t}.anew select r.* from {t}.rm_unbilled r;
        drop table {t}.rm_unbilled; alter table {t}.anew rename to rm_unbilled;
        grant select on {t}.rm_unbilled to {t}";
    owner.run_script(script).await.expect("a table built anew");
    owner.commit().await.expect("it's there");
    let sums = pricing.sums(&mut tx, Open::default(), 100).await.expect("an answer");
    assert_eq!(sums, None);
    let (sums, _) = found(&tenant, 100).await;
    assert_eq!(sums.entries, 14);
}
