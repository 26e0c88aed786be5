//! What arrives: who it's from, what it says, and that nothing a person is called does harm in it.

use std::os::unix::fs::PermissionsExt;

use commands::members::DeactivateMember;
use commands::settings::ChangeSetting;
use jiff::SignedDuration;

use super::{Office, decoded, part};
use crate::mail::composed::{Addressee, Composed};

#[tokio::test]
async fn a_letter_arrives_as_text_and_html_under_the_name_of_its_job() {
    let office = Office::new().await;
    let member = office.member("Jörg Müller-Lüdenscheidt", "joerg@example.com").await;
    let job = office.ask(member).await;
    assert_eq!(office.run(&office.engine(false)).await, 1);
    let caught = office.sink.caught();
    assert_eq!(caught.len(), 1);
    let mail = &caught[0];
    assert_eq!(
        (mail.from.as_str(), &mail.to[..]),
        ("no-reply@crowd.example", &["joerg@example.com".to_owned()][..])
    );
    let header = |name: &str| decoded(&mail.header(name).unwrap_or_else(|| panic!("no {name}")));
    assert_eq!(header("To"), "Jörg Müller-Lüdenscheidt <joerg@example.com>");
    assert!(header("From").ends_with("<no-reply@crowd.example>"), "{}", header("From"));
    assert!(header("Subject").starts_with("Mails of Test "), "{}", header("Subject"));
    assert_eq!(header("Message-ID"), format!("<{job}@crowd.example>"));
    assert_eq!(header("Auto-Submitted"), "auto-generated");
    assert_eq!(header("Date"), "Sat, 21 Nov 2026 12:00:00 +0000");
    assert!(header("Content-Type").starts_with("multipart/alternative"));
    let (text, html) = (part(&mail.raw, "text/plain"), part(&mail.raw, "text/html"));
    let site = format!("http://{}.localhost:8080", office.tenant.slug);
    for body in [&text, &html] {
        assert!(body.contains("Hello Jörg Müller-Lüdenscheidt,"), "{body}");
        assert!(body.contains(&site), "{body}");
    }
    assert!(html.contains("<p>Hello") && !text.contains('<'));
}

#[tokio::test]
async fn a_tenant_has_its_own_sender_and_its_own_site() {
    let office = Office::new().await;
    for (key, value) in
        [("SITE_URL", "https://time.acme.example"), ("DEFAULT_FROM_EMAIL", "hours@acme.example")]
    {
        office.send(ChangeSetting { key: key.into(), value: value.into(), from: None }).await;
    }
    let member = office.member("Nova", "nova@example.com").await;
    office.ask(member).await;
    office.run(&office.engine(false)).await;
    let mail = &office.sink.caught()[0];
    assert_eq!(mail.from, "hours@acme.example");
    assert!(part(&mail.raw, "text/plain").contains("\nhttps://time.acme.example"));
}

#[tokio::test]
async fn what_a_person_is_called_is_text_in_html() {
    let office = Office::new().await;
    let name = r#"<script>alert("1")</script> & 'Nova'"#;
    let member = office.member(name, "nova@example.com").await;
    office.ask(member).await;
    office.run(&office.engine(false)).await;
    let mail = &office.sink.caught()[0];
    let (text, html) = (part(&mail.raw, "text/plain"), part(&mail.raw, "text/html"));
    assert!(text.contains(&format!("Hello {name},")), "{text}");
    assert!(!html.contains("<script>") && !html.contains("</script>"), "{html}");
    assert!(!html.contains(r#"alert("1")"#), "{html}");
    assert!(
        html.contains("&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62; &#38; &#39;Nova&#39;"),
        "{html}"
    );
    assert_eq!(mail.to, ["nova@example.com"]);
}

#[tokio::test]
async fn no_line_break_of_a_name_or_a_subject_begins_a_header() {
    let office = Office::new().await;
    let member = office.member("Nova", "nova@example.com").await;
    let job = office.ask(member).await;
    let evil = "Hello\r\nBcc: eve@example.com\r\n\r\n<b>body</b>";
    let letter = Composed {
        to: Addressee { name: evil.into(), email: "nova@example.com".into() },
        subject: evil.into(),
        text: "text\r\n.\r\nMAIL FROM:<eve@example.com>\r\n".into(),
        html: "<p>html</p>".into(),
        attachments: Vec::new(),
    };
    let record = office.tenant.platform.tenant_by_id(office.tenant.id).await.unwrap().unwrap();
    let post = crate::mail::Post::open(
        office.commands.log().clone(),
        office.tenant.platform.clone(),
        crate::mail::MailOptions {
            smtp_url: Some(office.sink.url()),
            base_domain: "crowd.example".into(),
            ..Default::default()
        },
        office.folder.path(),
    )
    .expect("a sound URL");
    let job = office.job(job).await.job;
    post.send(&record, &job, &letter).await.expect("the server takes it");
    let caught = office.sink.caught();
    assert_eq!(caught.len(), 1);
    let mail = &caught[0];
    assert_eq!(mail.to, ["nova@example.com"]);
    assert_eq!(mail.header("Bcc"), None);
    let subject = decoded(&mail.header("Subject").expect("a subject"));
    assert_eq!(subject, "Hello Bcc: eve@example.com <b>body</b>");
    assert!(part(&mail.raw, "text/plain").contains("MAIL FROM:<eve@example.com>"));
}

#[tokio::test]
async fn a_letter_to_somebody_who_has_gone_is_not_sent() {
    let office = Office::new().await;
    let member = office.member("Nova", "nova@example.com").await;
    let job = office.ask(member).await;
    office.send(DeactivateMember { member, expected_version: None }).await;
    assert_eq!(office.run(&office.engine(false)).await, 1);
    assert_eq!(office.job(job).await.state.as_str(), "done");
    assert!(office.sink.caught().is_empty());
}

#[tokio::test]
async fn a_suspended_tenant_sends_nothing() {
    let office = Office::new().await;
    let member = office.member("Nova", "nova@example.com").await;
    office.ask(member).await;
    let platform = &office.tenant.platform;
    platform.set_state(office.tenant.id, "suspended").await.expect("the catalogue");
    let engine = office.engine(false);
    assert_eq!(office.run(&engine).await, 0);
    assert!(office.sink.caught().is_empty());
    platform.set_state(office.tenant.id, "active").await.expect("the catalogue");
    assert_eq!(office.run(&engine).await, 1);
    assert_eq!(office.sink.caught().len(), 1);
}

#[tokio::test]
async fn without_a_server_mails_are_files_for_their_owner_alone() {
    let office = Office::new().await;
    let member = office.member("Nova", "nova@example.com").await;
    let engine = office.engine(true);
    let jobs = [office.ask(member).await, office.ask(member).await];
    office.pass(SignedDuration::from_secs(7));
    assert_eq!(office.run(&engine).await, 2);
    let folder = office.folder.path().join("mail");
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut expected = jobs.map(|job| format!("20261121T120000Z-{job}.eml"));
    expected.sort();
    assert_eq!(names, expected);
    let path = folder.join(&names[0]);
    assert_eq!(mode(&path), 0o600);
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("To: Nova <nova@example.com>\r\n"), "{text}");
    assert!(office.sink.caught().is_empty());
}
