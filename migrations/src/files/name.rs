//! The name of an object within a tenant: its kind and its id. A file's own name, which a person
//! chose, is in the log only.

use domain::files::FileKind;
use domain::id::{FileId, TenantId};
use object_store::path::Path;
use uuid::Uuid;

/// An object of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    /// What it's for.
    pub kind: FileKind,
    /// Which file's content it is.
    pub id: FileId,
}

/// Where all objects of a tenant are: `t/<32 hexadecimal digits>`.
pub(super) fn folder_of(tenant: TenantId) -> Path {
    Path::from_iter(["t", &tenant.0.simple().to_string()])
}

impl ObjectName {
    /// The key: `t/<32 hexadecimal digits>/<kind>/<id>`.
    pub(super) fn key(&self, tenant: TenantId) -> Path {
        let id = self.id.0.hyphenated().to_string();
        folder_of(tenant).join(self.kind.as_str()).join(id.as_str())
    }

    /// The name that a key ends with; none where it's no key of this tenant.
    pub(super) fn of_key(tenant: TenantId, key: &Path) -> Option<Self> {
        let mut parts = key.as_ref().strip_prefix(folder_of(tenant).as_ref())?.split('/');
        let ("", kind, id, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next())
        else {
            return None;
        };
        Some(ObjectName { kind: kind.parse().ok()?, id: FileId(Uuid::try_parse(id).ok()?) })
    }
}
