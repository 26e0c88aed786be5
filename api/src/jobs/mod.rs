//! Which work this program does: each kind of job and each thing done daily is named here once. A
//! slice that has work adds one line.

use std::sync::Arc;

use commands::jobs::{JobEngine, JobLimits, JobRetention};

use crate::mail::{MailOptions, MailUrlError, Post, SendMail};
use crate::system::System;

/// An engine that does all work there is.
pub fn engine(system: &System, mail: MailOptions) -> Result<JobEngine, MailUrlError> {
    let log = system.commands.log();
    let post = Post::open(log.clone(), system.platform.clone(), mail, &system.data_dir)?;
    let engine = JobEngine::new(log.clone(), system.platform.clone(), JobLimits::default())
        .with(SendMail::new(Arc::new(post)))
        .daily(JobRetention::new(log.clone()));
    Ok(engine)
}
