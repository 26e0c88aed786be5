//! Tampering as the server's administrator, with every trigger off: each is named.

use domain::log::Actor;
use migrations::testing::TestTenant;
use sqlx::{ConnectOptions, Executor, PgConnection};
use tempfile::TempDir;

use super::*;
use crate::settings::ChangeSetting;
use crate::testing::Firm;

/// A firm with ten events, of which the first four and the first eight are signed.
struct Audited {
    firm: Firm,
    folder: TempDir,
    signer: CheckpointSigner,
}

impl Audited {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (keys, outside) = (folder.path().join("keys"), folder.path().join("outside"));
        let signer = CheckpointSigner::in_folders(&keys, &outside).expect("a new key");
        let audited = Audited { firm: Firm::new().await, folder, signer };
        for n in 1..=10 {
            audited.change(n).await;
            if n == 4 || n == 8 {
                let signed = audited.sign().await.expect("it has moved since");
                assert_eq!(signed.position, n);
            }
        }
        audited
    }

    async fn change(&self, minutes: i64) {
        let key = "TIMECAPTURE_INTERVAL_MINUTES".to_owned();
        let change = ChangeSetting { key, value: minutes.to_string(), from: None };
        self.firm.send(Actor::Operator, change).await.expect("another value");
    }

    async fn sign(&self) -> Option<SignedCheckpoint> {
        let TestTenant { tenants, id, .. } = &self.firm.tenant;
        self.signer.sign(tenants, *id, Timestamp::UNIX_EPOCH).await.expect("signed")
    }

    async fn verify(&self) -> Verification {
        let TestTenant { tenants, id, .. } = &self.firm.tenant;
        verify(tenants, *id, &self.signer, |_| {}).await.expect("a log that can be read")
    }

    async fn fault(&self) -> Option<Fault> {
        self.verify().await.fault
    }

    /// Runs SQL as the administrator, with `{t}` for the schema and no trigger in its way.
    async fn tamper(&self, sql: &str) {
        let connection = self.firm.tenant.administrator.connect().await;
        let mut connection: PgConnection = connection.expect("the administrator");
        let sql = format!(
            "begin; alter table {{t}}.events disable trigger all; {sql};
             alter table {{t}}.events enable trigger all; commit"
        );
        let sql = sql.replace("{t}", &self.firm.id().schema());
        connection.execute(&*sql).await.expect("the administrator may do anything");
    }

    /// Makes every leaf, the head and what is signed inside the database agree with the events as
    /// they are now, as who has the whole database can.
    async fn cover_up(&self) {
        let mut tx = self.firm.tenant.tenants.begin(self.firm.id()).await.expect("the door");
        let log = read_head(&mut tx).await.expect("the head").log;
        let mut walk = Walk { log, range: CompactRange::new(), versions: Default::default() };
        let mut sql = String::from("delete from {t}.signed_checkpoints");
        for mut row in self.firm.rows().await {
            row.leaf_hash = row_leaf(log, &row).to_vec();
            walk.step(&row).expect("it is made to agree");
            sql += &format!(
                "; update {{t}}.events set leaf_hash = '\\x{}' where position = {}",
                hex(&row.leaf_hash),
                row.position
            );
        }
        let (position, peaks) = (walk.range.size(), hex(&walk.range.to_bytes()));
        sql += &format!("; update {{t}}.log_head set position = {position}, peaks = '\\x{peaks}'");
        self.tamper(&sql).await;
    }
}

#[tokio::test]
async fn an_untouched_log_verifies_with_all_that_was_signed() {
    let audited = Audited::new().await;
    let verification = audited.verify().await;
    assert_eq!(verification.fault, None);
    assert_eq!((verification.events, verification.checkpoints), (10, 2));
    let signed = audited.sign().await.expect("it has moved since");
    assert_eq!((signed.position, signed.root), (10, verification.root));
    assert_eq!(audited.sign().await, None, "it has not moved since");
    assert_eq!(audited.verify().await.checkpoints, 3);
}

#[tokio::test]
async fn a_changed_event_is_named_whichever_of_its_columns_it_is() {
    for change in [
        "payload = replace(payload::text, '\"6\"', '\"9\"')::json",
        "metadata = replace(metadata::text, 'operator', 'system')::json",
        "payload = (payload::text || ' ')::json",
        "event_type = 'SettingCleared'",
        "event_version = 2",
        "stream_type = 'member'",
        "stream_id = gen_random_uuid()",
        "version = 60",
        "event_id = gen_random_uuid()",
        "command_id = gen_random_uuid()",
        "recorded_at = recorded_at - interval '1 microsecond'",
        "leaf_hash = decode(repeat('00', 32), 'hex')",
    ] {
        let audited = Audited::new().await;
        audited.tamper(&format!("update {{t}}.events set {change} where position = 6")).await;
        assert_eq!(audited.fault().await, Some(Fault::Leaf { position: 6 }), "{change}");
    }
}

#[tokio::test]
async fn a_deleted_event_and_two_swapped_ones_are_named() {
    let audited = Audited::new().await;
    audited
        .tamper(
            "update {t}.events set position = -6 where position = 6;
             update {t}.events set position = 6 where position = 7;
             update {t}.events set position = 7 where position = -6",
        )
        .await;
    assert_eq!(audited.fault().await, Some(Fault::Leaf { position: 6 }));

    let audited = Audited::new().await;
    audited.tamper("delete from {t}.events where position = 6").await;
    assert_eq!(audited.fault().await, Some(Fault::Position { expected: 6, found: 7 }));
    // To close the gap does not help.
    audited
        .tamper(
            "update {t}.events set position = -position where position > 6;
             update {t}.events set position = -position - 1 where position < 0",
        )
        .await;
    assert_eq!(audited.fault().await, Some(Fault::Leaf { position: 6 }));
}

#[tokio::test]
async fn a_tail_that_was_cut_is_found_by_the_head_or_by_what_was_signed() {
    let audited = Audited::new().await;
    audited.tamper("delete from {t}.events where position > 8").await;
    assert_eq!(audited.fault().await, Some(Fault::Head { head: 10, events: 8 }));
    audited.tamper("delete from {t}.events where position > 7").await;
    assert_eq!(audited.fault().await, Some(Fault::Cut { events: 7, signed: 8 }));
    // What is kept outside the database tells even when all of the database agrees.
    audited.cover_up().await;
    assert_eq!(audited.fault().await, Some(Fault::Cut { events: 7, signed: 8 }));
}

#[tokio::test]
async fn history_that_was_rewritten_as_a_whole_is_found_by_the_roots_kept_outside() {
    let audited = Audited::new().await;
    let change = "update {t}.events set payload = replace(payload::text, '\"6\"', '\"9\"')::json
        where position = 6";
    audited.tamper(change).await;
    audited.cover_up().await;
    assert_eq!(audited.fault().await, Some(Fault::Checkpoint { position: 8 }));
    // Without the copies nobody could tell.
    std::fs::remove_dir_all(audited.folder.path().join("outside")).expect("the copies");
    assert_eq!(audited.fault().await, None);
}

#[tokio::test]
async fn a_checkpoint_that_was_not_signed_so_is_named() {
    for change in [
        "root = decode(repeat('00', 32), 'hex')",
        "root = ''",
        "signature = decode(repeat('00', 64), 'hex')",
        "signed_at = signed_at + interval '1 day'",
        // Of a key that is not known, and not of what the log was.
        "root = decode(repeat('00', 32), 'hex'), key_id = 'another'",
    ] {
        let audited = Audited::new().await;
        let sql = format!("update {{t}}.signed_checkpoints set {change} where position = 4");
        audited.tamper(&sql).await;
        assert_eq!(audited.fault().await, Some(Fault::Checkpoint { position: 4 }), "{change}");
    }
}
