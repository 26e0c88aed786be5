//! The work of jobs of kind `mail`: compose the letter as things are now, and hand it over. A mail
//! server can cut a connection after it took a mail and before it said so; the mail is then sent
//! again under the same Message-ID, by which mailboxes tell that it's the same.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use commands::jobs::{Job, Patience, Work, WorkError, Worked};
use commands::mail::{Letter, MAIL};
use domain::id::TenantId;
use jiff::SignedDuration;

use super::{Post, letters};

/// Sends mails.
#[derive(Debug, Clone)]
pub struct SendMail {
    post: Arc<Post>,
}

impl SendMail {
    /// Over this post.
    pub fn new(post: Arc<Post>) -> Self {
        SendMail { post }
    }
}

#[async_trait]
impl Work for SendMail {
    fn kind(&self) -> &'static str {
        MAIL
    }

    /// About five days, which is as long as mail servers try (RFC 5321, section 4.5.4.1).
    fn patience(&self) -> Patience {
        Patience {
            attempts: 600,
            first: SignedDuration::from_secs(10),
            longest: SignedDuration::from_mins(15),
            run: Duration::from_secs(90),
        }
    }

    async fn run(&self, tenant: TenantId, job: &Job) -> Result<Worked, WorkError> {
        let letter = Letter::parse(&job.reference)
            .ok_or_else(|| WorkError::later("this version knows no such letter"))?;
        let record = self.post.platform().tenant_by_id(tenant).await?;
        let record = record.ok_or_else(|| WorkError::never("there is no such tenant"))?;
        if matches!(record.state.as_str(), "suspended" | "deleting") {
            return Err(WorkError::later("the tenant sends nothing now"));
        }
        let composed = letters::compose(&self.post, &record, job, letter).await?;
        let outcome = match composed {
            None => "needless",
            Some(composed) => {
                self.post.send(&record, job, &composed).await?;
                "sent"
            }
        };
        metrics::counter!("mail_sent_total", "letter" => letter.name(), "outcome" => outcome)
            .increment(1);
        Ok(Worked::Done)
    }
}
