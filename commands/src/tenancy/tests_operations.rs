//! What operators do to tenants on a real database: on the log with who did it, in the catalogue,
//! and under work that goes on.

use domain::log::ClaimKind;
use domain::members::Role;
use migrations::migrate::{TenantScripts, migrate_tenants};
use migrations::platform::TenantRecord;
use migrations::provision::{NewTenant, ProvisionError, provision};
use migrations::testing::random_id;

use super::domains::{DomainChange, LookupFailed, TxtRecords, change_domain};
use super::operations::{change, follow, tenancy_of};
use super::rename::rename;
use super::resume::ResumeTenant;
use super::suspend::SuspendTenant;
use super::*;
use crate::event_log::claims;
use crate::event_log::read::rows_after;
use crate::refused::Done;
use crate::testing::{Firm, refused as refused_code};

#[derive(Debug)]
struct NoNames;

#[async_trait::async_trait]
impl TxtRecords for NoNames {
    async fn txt(&self, _: &str) -> Result<Vec<String>, LookupFailed> {
        Ok(Vec::new())
    }
}

async fn firm() -> Firm {
    let firm = Firm::new().await;
    let ensured = platform_log::ensure(&firm.commands, &firm.tenant.platform, &[], "localhost");
    ensured.await.expect("the platform's log");
    firm.tenant.platform.set_state(firm.id(), "active").await.expect("the catalogue");
    firm
}

async fn record(firm: &Firm) -> TenantRecord {
    let found = firm.tenant.platform.tenant_by_id(firm.id()).await;
    found.expect("the catalogue").expect("its row")
}

fn operator() -> Sender {
    Sender::new(TenantId::PLATFORM, Actor::Operator, Via::CommandLine)
}

async fn renamed(firm: &Firm, slug: &str) -> Result<Done, CommandError> {
    let (commands, platform) = (&firm.commands, &firm.tenant.platform);
    let what = (Some(slug.to_owned()), None);
    rename(commands, platform, operator(), &record(firm).await, what).await
}

/// What the platform's log has of a tenant: types of events and who caused them.
async fn told(firm: &Firm) -> Vec<(String, bool)> {
    let mut tx = firm.tenant.tenants.begin(TenantId::PLATFORM).await.expect("the platform");
    let rows = rows_after(&mut tx, 0, 100_000).await.expect("its log");
    let own = rows.into_iter().filter(|row| row.stream.0 == firm.id().0);
    own.map(|row| (row.event_type, row.metadata.contains("\"operator\""))).collect()
}

#[tokio::test]
async fn a_tenant_is_suspended_and_resumed_by_an_operator_on_the_platform_s_log() {
    let firm = firm().await;
    let (commands, platform) = (&firm.commands, &firm.tenant.platform);
    let mut sender = operator();
    sender.reason = Some("It did not pay for the coffee".into());
    let suspend = SuspendTenant { tenant: firm.id() };
    for _ in 0..2 {
        let sender = sender.clone();
        let done = change(commands, platform, sender, &record(&firm).await, suspend).await;
        done.expect("suspended");
        assert_eq!(record(&firm).await.state, "suspended");
    }
    let resume = ResumeTenant { tenant: firm.id() };
    let done = change(commands, platform, operator(), &record(&firm).await, resume).await;
    done.expect("resumed");
    assert_eq!(record(&firm).await.state, "active");
    let told = told(&firm).await;
    let types: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(types, ["TenantCreated", "TenantSuspended", "TenantResumed"]);
    assert!(told[1..].iter().all(|(_, by_operator)| *by_operator));
    let mut tx = firm.tenant.tenants.begin(TenantId::PLATFORM).await.expect("the platform");
    let rows = rows_after(&mut tx, 0, 100_000).await.expect("its log");
    assert!(rows.iter().all(|row| !row.metadata.contains("coffee")), "a reason in clear");
}

#[tokio::test]
async fn a_tenant_is_renamed_while_it_works_and_its_former_host_leads_on() {
    let firm = firm().await;
    let old = record(&firm).await.slug;
    let slug = format!("f-{}", random_id().simple());
    let work = async {
        for _ in 0..20 {
            firm.member(&[Role::Member]).await;
        }
    };
    let (_, done) = tokio::join!(work, renamed(&firm, &slug));
    done.expect("renamed");
    assert_eq!(firm.rows().await.len(), 20);
    assert_eq!(record(&firm).await.slug, slug);
    let platform = &firm.tenant.platform;
    let (new, former) = (format!("{slug}.localhost"), format!("{old}.localhost"));
    for host in [&new, &former] {
        let found = platform.tenant_of_host(host).await.expect("the catalogue").expect("a tenant");
        assert_eq!(found.id, firm.id(), "{host}");
    }
    assert_eq!(platform.hosts_of(firm.id()).await.expect("hosts"), [new, former.clone()]);
    // Nobody else gets the former host: not while it leads here, and not right after.
    let refused = another(&firm, &old).await;
    assert!(matches!(refused, Err(ProvisionError::HostTaken(_))), "{refused:?}");
    let remove = (former.as_str(), DomainChange::Remove, None);
    let tenant = record(&firm).await;
    let done = change_domain(&firm.commands, platform, &NoNames, operator(), &tenant, remove).await;
    done.expect("removed");
    assert_eq!(platform.tenant_of_host(&former).await.expect("the catalogue"), None);
    let refused = another(&firm, &old).await;
    assert!(matches!(refused, Err(ProvisionError::Buried(_))), "{refused:?}");
    assert_eq!(refused_code(renamed(&firm, &old).await), "tenancy.host_buried");
}

async fn another(firm: &Firm, slug: &str) -> Result<(), ProvisionError> {
    let log = firm.commands.log();
    let new = NewTenant {
        id: TenantId(random_id()),
        log: LogId(random_id()),
        slug: slug.into(),
        name: "Another".into(),
        host: format!("{slug}.localhost"),
        at: log.clock().now(),
    };
    provision(log.tenants(), log.keys().master(), &new, &[]).await
}

#[tokio::test]
async fn of_two_tenants_that_want_one_slug_at_once_one_gets_it() {
    let (one, two) = (firm().await, firm().await);
    let slug = format!("f-{}", random_id().simple());
    let (first, second) = tokio::join!(renamed(&one, &slug), renamed(&two, &slug));
    let lost = match (first, second) {
        (Ok(_), lost @ Err(_)) | (lost @ Err(_), Ok(_)) => refused_code(lost),
        other => panic!("{other:?}"),
    };
    assert_eq!(lost, "tenancy.host_taken");
    let platform = &one.tenant.platform;
    let holder = platform.tenant_by_slug(&slug).await.expect("the catalogue").expect("a tenant");
    let host = format!("{slug}.localhost");
    let led = platform.tenant_of_host(&host).await.expect("the catalogue").expect("a tenant");
    assert_eq!(holder.id, led.id);
    let verified = claims::verify(&one.tenant.tenants, &one.tenant.keys, TenantId::PLATFORM).await;
    let differences = verified.expect("a comparison").differences;
    let hosts: Vec<_> =
        differences.iter().filter(|(kind, _)| kind == ClaimKind::TenantHost.as_str()).collect();
    assert!(hosts.is_empty(), "{hosts:?}");
}

#[tokio::test]
async fn a_catalogue_that_fell_behind_is_brought_up_to_date_by_the_next_change() {
    let firm = firm().await;
    let (commands, platform) = (&firm.commands, &firm.tenant.platform);
    let (suspend, resume) =
        (SuspendTenant { tenant: firm.id() }, ResumeTenant { tenant: firm.id() });
    let tenant = record(&firm).await;
    change(commands, platform, operator(), &tenant, resume).await.expect("nothing to do");
    // Killed after the event and before the catalogue.
    commands.handle(operator(), suspend).await.expect("suspended");
    assert_eq!(record(&firm).await.state, "active");
    change(commands, platform, operator(), &tenant, suspend).await.expect("suspended again");
    assert_eq!(record(&firm).await.state, "suspended");
    assert_eq!(told(&firm).await.len(), 2);
    // A program that read the log earlier and writes later changes nothing.
    let before = tenancy_of(commands, firm.id()).await.expect("the log");
    change(commands, platform, operator(), &tenant, resume).await.expect("resumed");
    let stale = migrations::catalogued::Catalogued {
        stream_version: before.version,
        slug: tenant.slug.clone(),
        name: tenant.name.clone(),
        state: "suspended",
        hosts: Vec::new(),
    };
    platform.catalogue(firm.id(), &stale).await.expect("the catalogue");
    assert_eq!(record(&firm).await.state, "active");
    follow(commands, platform, firm.id()).await.expect("as it was");
    assert_eq!(platform.hosts_of(firm.id()).await.expect("hosts").len(), 1);
}

#[tokio::test]
async fn the_platform_itself_and_what_is_no_tenant_are_not_operated_on() {
    let firm = firm().await;
    let (commands, platform) = (&firm.commands, &firm.tenant.platform);
    let platform_record = platform.tenant_by_id(TenantId::PLATFORM).await.expect("the catalogue");
    let suspend = SuspendTenant { tenant: TenantId::PLATFORM };
    let record = platform_record.expect("its row");
    let refused = change(commands, platform, operator(), &record, suspend).await;
    assert_eq!(refused, Err(CommandError::NotFound));
}

#[tokio::test]
async fn a_tenant_one_version_ahead_is_written_and_read_as_before() {
    let firm = firm().await;
    firm.member(&[Role::Owner]).await;
    let scripts = TenantScripts::own().and_then(
        "alter table {t}.events add column later text;
         alter table {t}.commands add column later text;
         alter table {t}.claims add column later text;
         alter table {t}.log_head add column later text;
         alter table {t}.jobs add column later text",
    );
    let records = vec![record(&firm).await];
    let done = migrate_tenants(&firm.tenant.tenants, records, &scripts, 1, |_, _| {}).await;
    assert!(done[0].outcome.is_ok());
    firm.member(&[Role::Member]).await;
    let elsewhere = firm.in_another_process();
    elsewhere.member(&[Role::Member]).await;
    assert_eq!(elsewhere.recorded().await.len(), 3);
}
