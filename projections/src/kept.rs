//! Answers that are kept until a read model that they rest on takes anything in. A checkpoint moves
//! in the transaction that changes the rows, so the same checkpoints are the same rows, whichever
//! process moved them; a table that was built anew has its checkpoint written anew.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use migrations::{DoorError, TenantTx};
use sqlx::Row as _;

/// The mark of what these read models hold, as this transaction sees it.
pub async fn mark_of(tx: &mut TenantTx, models: &[&str]) -> Result<String, DoorError> {
    let sql = "select pg_catalog.string_agg(
            pg_catalog.concat_ws('/', read_model, version, position, updated_at), ' '
            order by read_model)
        from {t}.checkpoints where read_model = any($1)";
    let answer = tx.query(sql).bind(models).fetch_one().await?;
    let mark: Option<String> = answer.try_get(0)?;
    Ok(mark.unwrap_or_default())
}

/// Answers by what was asked, all under one mark.
#[derive(Debug)]
pub struct Answers<Q, A>(Mutex<BTreeMap<Q, Arc<A>>>);

impl<Q, A> Default for Answers<Q, A> {
    fn default() -> Self {
        Answers(Mutex::default())
    }
}

impl<Q: Ord, A> Answers<Q, A> {
    /// The answer that was kept.
    pub fn get(&self, asked: &Q) -> Option<Arc<A>> {
        self.0.lock().expect("no panic under it").get(asked).cloned()
    }

    /// Keeps an answer; with `most` of them the memory begins anew.
    pub fn keep(&self, asked: Q, answer: Arc<A>, most: usize) {
        let mut answers = self.0.lock().expect("no panic under it");
        if answers.len() >= most {
            answers.clear();
        }
        answers.insert(asked, answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::catch_up;
    use crate::tests::samples::weeks_of_time;
    use crate::tests::written::{append, tenant};

    #[test]
    fn answers_are_found_by_what_was_asked_and_have_a_bound() {
        let answers = Answers::default();
        for asked in 0..10 {
            answers.keep(asked, Arc::new(asked * 2), 4);
            assert_eq!(answers.get(&asked).as_deref(), Some(&(asked * 2)));
            assert_eq!(answers.get(&(asked + 1)), None);
            assert!(answers.0.lock().expect("no panic").len() <= 4);
        }
    }

    #[tokio::test]
    async fn a_mark_moves_with_what_is_taken_in_and_with_nothing_else() {
        let tenant = tenant().await;
        let mark = async || {
            let mut tx = tenant.tenants.begin(tenant.id).await.expect("a transaction");
            mark_of(&mut tx, &["unbilled", "project"]).await.expect("a mark")
        };
        catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
        let before = mark().await;
        append(&tenant, &weeks_of_time().0).await;
        assert_eq!(mark().await, before, "nothing was taken in yet");
        catch_up(&tenant.tenants, tenant.id).await.expect("caught up");
        let after = mark().await;
        assert_ne!(after, before);
        assert_eq!(mark().await, after);
    }
}
