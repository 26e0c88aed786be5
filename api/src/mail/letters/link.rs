//! The secret of a link that stands in a letter. Its id follows from the job and the address, so a
//! letter that is tried anew carries the same link, and one that goes to another address another.

use commands::jobs::{Job, WorkError};
use commands::links::{self, Purpose};
use domain::id::{MemberId, TenantId};
use uuid::Uuid;

use crate::mail::{Addressee, Post};

/// Opens the link of a letter about a member; answers its secret.
pub(super) async fn mailed_link(
    post: &Post,
    tenant: TenantId,
    job: &Job,
    to: &Addressee,
    purpose: Purpose,
    member: MemberId,
) -> Result<String, WorkError> {
    let keys = post.log().keys().of(tenant).await?;
    let digest = keys.digest("mailed link", &[job.id.as_bytes(), to.email.as_bytes()]);
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    let id: Uuid = uuid::Builder::from_custom_bytes(id).into_uuid();
    let mut tx = post.log().tenants().begin(tenant).await?;
    let secret = links::open(&mut tx, &keys, id, purpose, member.0, post.now()).await?;
    tx.commit().await?;
    Ok(secret)
}
