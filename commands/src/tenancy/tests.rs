//! New firms on a real database: what they start with, and runs that were cut off.

use jiff::Timestamp;
use jiff::civil::date;
use migrations::testing::random_id;

use super::*;
use crate::clock::Clock;
use crate::event_log::{EventLog, Limits};
use crate::testing::Firm;

fn firm(slug: &str, country: &str) -> NewFirm {
    NewFirm {
        slug: slug.into(),
        name: "Acme".into(),
        owner_email: "nova@acme.example".into(),
        owner_name: "Nova".into(),
        country: country.into(),
        currency: None,
        time_zone: None,
        host: format!("{slug}.localhost"),
    }
}

fn slug() -> String {
    format!("f-{}", random_id().simple())
}

/// A commands handler of the test's server, by this clock.
fn by(of: &Firm, clock: Clock) -> Commands {
    let tenant = of.tenant.in_another_process();
    Commands::new(EventLog::new(tenant.tenants, tenant.keys, clock, Limits::default()))
}

fn found(of: &Firm, created: &CreatedTenant) -> Firm {
    let mut tenant = of.tenant.in_another_process();
    tenant.id = created.tenant;
    Firm::of(tenant)
}

/// A firm on a server that has the platform's log, which takes note of new ones.
async fn beside_the_platform() -> Firm {
    let host = Firm::new().await;
    let platform = &host.tenant.platform;
    let ensured = platform_log::ensure(&host.commands, platform, &[], "localhost").await;
    ensured.expect("the platform's log");
    host
}

async fn settings(firm: &Firm) -> Settings {
    let mut settings = Settings::default();
    for recorded in firm.recorded().await {
        if let domain::log::Event::Settings(event) = recorded.event {
            settings.evolve(&event);
        }
    }
    settings
}

#[tokio::test]
async fn a_firm_starts_with_an_owner_and_with_what_its_country_takes_for_granted() {
    let host = beside_the_platform().await;
    let platform = &host.tenant.platform;
    for (country, currency, zone, vat_2019, vat_2020) in [
        ("ZA", "ZAR", "Africa/Johannesburg", "15", "15"),
        ("DE", "EUR", "Europe/Berlin", "19", "16"),
    ] {
        let new = firm(&slug(), country);
        let created = create_tenant(&host.commands, platform, &[], new.clone()).await;
        let created = created.expect("a new firm");
        assert_eq!((&created.slug, &created.domain), (&new.slug, &new.host));
        let record = platform.tenant_by_slug(&new.slug).await.expect("the catalogue");
        let record = record.expect("the new firm");
        assert_eq!((record.id, &*record.state), (created.tenant, "active"));
        let firm = found(&host, &created);
        let rows = firm.rows().await;
        assert_eq!((rows[0].stream.0, &*rows[0].event_type), (created.owner.0, "MemberAdded"));
        assert!(rows.iter().all(|row| row.command_id == rows[0].command_id));
        let settings = settings(&firm).await;
        let day = date(2019, 1, 1);
        assert_eq!((settings.currency(day), settings.time_zone(day)), (currency, zone));
        let vat = |day| settings.value_on(SettingKey::VatPercent, day);
        assert_eq!((vat(day), vat(date(2020, 7, 1))), (vat_2019, vat_2020));
    }
}

#[tokio::test]
async fn what_a_firm_says_of_itself_counts_more_than_its_country() {
    let host = beside_the_platform().await;
    let platform = &host.tenant.platform;
    let mut new = firm(&slug(), "FR");
    let refused = create_tenant(&host.commands, platform, &[], new.clone()).await;
    assert!(matches!(refused, Err(CreateTenantError::UnknownCountry(_))), "{refused:?}");
    new.currency = Some("EUR".into());
    new.time_zone = Some("Europe/Paris".into());
    let created = create_tenant(&host.commands, platform, &[], new).await.expect("a new firm");
    let settings = settings(&found(&host, &created)).await;
    let day = date(2026, 1, 1);
    assert_eq!((settings.currency(day), settings.time_zone(day)), ("EUR", "Europe/Paris"));
    assert_eq!(settings.history(SettingKey::VatPercent), []);
}

#[tokio::test]
async fn what_would_be_refused_later_is_refused_before_anything_is_made() {
    let host = beside_the_platform().await;
    let platform = &host.tenant.platform;
    let new = firm(&slug(), "ZA");
    for (bad, code) in [
        (NewFirm { owner_email: "nova".into(), ..new.clone() }, "members.invalid_email"),
        (NewFirm { owner_name: " ".into(), ..new.clone() }, "members.invalid_name"),
        (NewFirm { currency: Some("XXX".into()), ..new.clone() }, "settings.invalid_value"),
        (NewFirm { time_zone: Some("Here".into()), ..new.clone() }, "settings.invalid_value"),
    ] {
        match create_tenant(&host.commands, platform, &[], bad).await {
            Err(CreateTenantError::Refused(refusal)) => assert_eq!(refusal.code(), code),
            other => panic!("{code}: {other:?}"),
        }
    }
    assert_eq!(platform.tenant_by_slug(&new.slug).await.expect("the catalogue"), None);
}

#[tokio::test]
async fn a_run_that_was_cut_off_is_completed_by_the_next_one() {
    let host = beside_the_platform().await;
    let platform = &host.tenant.platform;
    let new = firm(&slug(), "ZA");
    let log = host.commands.log();
    // Cut off after the schema was made.
    let id = TenantId(random_id());
    let begun = NewTenant {
        id,
        log: LogId(random_id()),
        slug: new.slug.clone(),
        name: new.name.clone(),
        host: new.host.clone(),
        at: log.clock().now(),
    };
    provision(log.tenants(), log.keys().master(), &begun, &[]).await.expect("a new tenant");
    let created = create_tenant(&host.commands, platform, &[], new.clone()).await;
    let created = created.expect("completed");
    assert_eq!(created.tenant, id);
    let events = found(&host, &created).rows().await.len();
    // Cut off before the tenant was made active.
    platform.set_state(id, "provisioning").await.expect("the catalogue");
    let stranger = NewFirm { owner_email: "eve@acme.example".into(), ..new.clone() };
    let refused = create_tenant(&host.commands, platform, &[], stranger).await;
    assert!(matches!(refused, Err(CreateTenantError::AnotherOwner(_))), "{refused:?}");
    let again = create_tenant(&by(&host, Clock::system()), platform, &[], new.clone()).await;
    assert_eq!(again.expect("completed"), created);
    assert_eq!(found(&host, &created).rows().await.len(), events);
    // Complete: the slug is taken.
    let refused = create_tenant(&host.commands, platform, &[], new).await;
    let taken = ProvisionError::SlugTaken(created.slug);
    assert!(
        matches!(&refused, Err(CreateTenantError::Provision(error))
            if error.to_string() == taken.to_string()),
        "{refused:?}"
    );
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let host = beside_the_platform().await;
    let now: Timestamp = "2026-01-05T08:00:00Z".parse().expect("an instant");
    let clock = || Clock::simulated(now, 7_305_810);
    let (commands, platform) = (by(&host, clock()), &host.tenant.platform);
    let created = create_tenant(&commands, platform, &[], firm(&slug(), "ZA")).await;
    let created = created.expect("a new firm");
    let expected = clock();
    assert_eq!(created.tenant.0, expected.new_id());
    let (_log, owner) = (expected.new_id(), expected.new_id());
    assert_eq!(created.owner.0, owner);
    let rows = found(&host, &created).rows().await;
    assert!(rows.iter().all(|row| row.recorded_at == now && row.metadata.contains("simulated")));
}
