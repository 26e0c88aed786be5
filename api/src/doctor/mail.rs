//! The mail server as a letter would meet it: it's reached, greets, and takes the login. Nothing is
//! sent.

use std::time::Duration;

use lettre::{AsyncSmtpTransport, Tokio1Executor};
use migrations::doctor::Finding;

use crate::mail::MailUrlError;

/// Looks at the mail server, waiting for it for so long.
pub(super) async fn look(url: &str, patience: Duration) -> Option<Finding> {
    let Ok(server) = AsyncSmtpTransport::<Tokio1Executor>::from_url(url) else {
        return Some(finding(MailUrlError.to_string()));
    };
    let server: AsyncSmtpTransport<Tokio1Executor> = server.timeout(Some(patience)).build();
    let why = match tokio::time::timeout(patience, server.test_connection()).await {
        Ok(Ok(true)) => return None,
        Ok(Ok(false)) => "it does not answer as a mail server".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it does not answer".to_owned(),
    };
    Some(finding(format!(
        "the mail server of smtp_url: {why}; see that it runs, and that it takes this login from \
         this host; mails wait meanwhile and are tried again"
    )))
}

fn finding(remedy: String) -> Finding {
    Finding { check: "mail", remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::sink::Sink;

    #[tokio::test]
    async fn a_mail_server_that_is_away_or_written_wrongly_is_found_without_its_password() {
        let patience = Duration::from_secs(20);
        let mut sink = Sink::start().await.expect("a mail server");
        let url = sink.url();
        assert_eq!(look(&url, patience).await, None);
        sink.take_down().await;
        assert_eq!(look(&url, patience).await.expect("it is away").check, "mail");
        let found = look("mail://user:s3cret@host", patience).await.expect("no such scheme");
        assert!(found.remedy.contains("smtp://") && !found.remedy.contains("s3cret"), "{found:?}");
    }
}
