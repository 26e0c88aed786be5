//! What was made of a tenant's small tables and is kept in this process. It's found under a mark
//! of what the tables hold, which every reader asks for in its own transaction: so a stale one is
//! never found, whichever process changed the tables.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::id::TenantId;

/// How many are kept; beyond this the memory begins anew.
const MOST: usize = 1_000;

type Found = HashMap<(TenantId, &'static str), (String, Arc<dyn Any + Send + Sync>)>;

/// Things by tenant and name, the last of each.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Found>);

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kept")
    }
}

impl Kept {
    /// The thing that was kept under this mark.
    pub(crate) fn get<T: Any + Send + Sync>(
        &self,
        (tenant, name): (TenantId, &'static str),
        mark: &str,
    ) -> Option<Arc<T>> {
        let found = self.0.lock().expect("no panic under it");
        let (kept_under, thing) = found.get(&(tenant, name))?;
        if kept_under == mark { thing.clone().downcast().ok() } else { None }
    }

    /// Keeps a thing, instead of the last one of this name.
    pub(crate) fn put(
        &self,
        of: (TenantId, &'static str),
        mark: String,
        thing: Arc<dyn Any + Send + Sync>,
    ) {
        let mut found = self.0.lock().expect("no panic under it");
        if found.len() >= MOST {
            found.clear();
        }
        found.insert(of, (mark, thing));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_thing_is_found_under_its_mark_name_and_tenant_only() {
        let (kept, one) = (Kept::default(), TenantId(Uuid::from_u128(1)));
        kept.put((one, "book"), "1 7".to_owned(), Arc::new(5_i32));
        assert_eq!(kept.get::<i32>((one, "book"), "1 7").as_deref(), Some(&5));
        assert_eq!(kept.get::<i32>((one, "book"), "1 8"), None);
        assert_eq!(kept.get::<i32>((one, "other"), "1 7"), None);
        assert_eq!(kept.get::<i32>((TenantId(Uuid::from_u128(2)), "book"), "1 7"), None);
        assert_eq!(kept.get::<u64>((one, "book"), "1 7"), None, "another type");
        kept.put((one, "book"), "1 8".to_owned(), Arc::new(6_i32));
        assert_eq!(kept.get::<i32>((one, "book"), "1 7"), None, "only the last one stays");
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let kept = Kept::default();
        for n in 0..3 * MOST as u128 {
            kept.put((TenantId(Uuid::from_u128(n)), "book"), String::new(), Arc::new(()));
        }
        assert!(kept.0.lock().expect("no panic").len() <= MOST);
    }
}
