//! Jobs over HTTP: admins see them, have them tried again and call them off, and it's seen who did.

use commands::Sender;
use commands::mail::TestMail;
use domain::log::{Actor, Via};
use domain::members::Role;
use serde_json::json;

use super::firm::posting;
use super::{Firm, ask};

/// Asks for so many mails; answers their jobs, the latest first.
async fn mails(firm: &Firm, count: usize) -> Vec<String> {
    let mut jobs = Vec::new();
    for _ in 0..count {
        let sender = Sender::new(firm.tenant.id, Actor::Operator, Via::CommandLine);
        let command = TestMail { member: firm.owner.member };
        let done = firm.app.commands.handle(sender, command).await.expect("a job");
        jobs.insert(0, done.reply.id.expect("its id").to_string());
    }
    jobs
}

#[tokio::test]
async fn jobs_are_listed_in_pieces_the_latest_first_and_by_state() {
    let firm = Firm::new().await;
    let jobs = mails(&firm, 5).await;
    let mut seen = Vec::new();
    let mut path = "/jobs?limit=2".to_owned();
    loop {
        let page = firm.get(&path).await.is(200);
        for job in page["items"].as_array().expect("a list") {
            assert_eq!((&job["kind"], &job["state"]), (&json!("mail"), &json!("waiting")));
            assert_eq!(job["reference"], json!(format!("test {}", firm.owner.member)));
            seen.push(job["id"].as_str().expect("an id").to_owned());
        }
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/jobs?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, jobs);
    firm.post(&format!("/jobs/{}/cancel", jobs[2]), &json!({})).await.is(200);
    let dead = firm.get("/jobs?state=cancelled").await.is(200);
    assert_eq!(dead["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(dead["items"][0]["id"], json!(jobs[2]));
    assert!(firm.get("/jobs?state=lost").await.status.is_client_error());
}

#[tokio::test]
async fn what_an_admin_does_to_a_job_is_on_the_log_and_done_once() {
    let firm = Firm::new().await;
    let admin = firm.person(&[Role::Admin]).await;
    let job = mails(&firm, 1).await.remove(0);
    let path = format!("/jobs/{job}");
    let retry = posting(&format!("{path}/retry"), &json!({})).token(&admin.token);
    let first = firm.raw(&retry).await;
    let again = firm.raw(&retry).await;
    assert_eq!(first.is(200), again.is(200));
    let seen = firm.get(&path).await.header("etag");
    let cancel = |tag: &str| {
        posting(&format!("{path}/cancel"), &json!({})).token(&admin.token).header("if-match", tag)
    };
    firm.raw(&cancel(&seen)).await.is(200);
    assert_eq!(firm.raw(&cancel(&seen)).await.status.as_u16(), 412);
    assert_eq!(firm.get(&path).await.is(200)["state"], json!("cancelled"));
    let refused = firm.post(&format!("{path}/retry"), &json!({})).await;
    assert_eq!(refused.problem(422), "jobs.over");
    let trail = firm.get(&format!("/audit/{job}")).await.is(200);
    let mut types: Vec<&str> = trail["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|e| e["type"].as_str())
        .collect();
    types.sort_unstable();
    assert_eq!(types, ["JobCancelled", "JobRetried"]);
    let by = &trail["items"][0]["actor"];
    assert!(by.to_string().contains(&admin.member.to_string()), "{by}");
}

#[tokio::test]
async fn a_token_for_less_than_everything_sees_no_jobs() {
    let firm = Firm::new().await;
    mails(&firm, 1).await;
    let manager = firm.person(&[Role::Manager]).await;
    assert_eq!(firm.get_as(&manager, "/jobs").await.status.as_u16(), 403);
    let scopes = commands::tokens::Scopes::of(["members:read".parse().expect("a scope")]);
    let narrow = firm.token(firm.owner.member, scopes).await;
    let reply = firm.raw(&ask("GET", "/jobs").token(&narrow)).await;
    assert_eq!(reply.status.as_u16(), 403);
}
