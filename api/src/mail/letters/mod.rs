//! What each letter says: one file and two templates (`templates/mail/<name>.txt` and `.html`) per
//! letter. `None` means that there is nothing left to say, such as to somebody who has gone.

mod invitation;
mod link;
mod sign_in;
mod test;

use commands::jobs::{Job, WorkError};
use commands::mail::Letter;
use migrations::platform::TenantRecord;

use super::{Composed, Post};

/// The letter as it is to be sent now.
pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    job: &Job,
    letter: Letter,
) -> Result<Option<Composed>, WorkError> {
    match letter {
        Letter::Invitation { member } => invitation::compose(post, tenant, job, member).await,
        Letter::SignIn { member } => sign_in::compose(post, tenant, job, member).await,
        Letter::Test { member } => test::compose(post, tenant, job, member).await,
    }
}
