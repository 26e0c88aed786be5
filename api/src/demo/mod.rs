//! The demo: two firms with a year of believable history, written through the same commands as any
//! history, under a simulated clock that says so in the events. The same seed and day give the same
//! ids.

mod absence;
mod bills;
mod customs;
pub(crate) mod dice;
mod firms;
mod year;

use std::sync::Arc;

use commands::links::{self, Purpose};
use commands::members::AddMember;
use commands::tenancy::create_tenant;
use commands::tokens::{NewToken, Scopes, issue};
use commands::{Clock, Commands, EventLog, Sender};
use domain::id::{MemberId, TenantId};
use domain::log::{Actor, Via};
use domain::members::Role;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use migrations::platform::TenantRecord;
use projections::registry;
use projections::runner::catch_up;
use serde::Serialize;
use std::collections::BTreeMap;

use crate::system::System;
use dice::Dice;
use firms::{FIRMS, Firm};

/// A tenant of the demo, ready to be used.
#[derive(Debug, Clone, Serialize)]
pub struct DemoTenant {
    /// What its host begins with.
    pub slug: String,
    /// Its host.
    pub host: String,
    /// Where its owner signs in, good once and for a quarter of an hour: the path on its host.
    pub sign_in: String,
    /// An access token per role.
    pub tokens: BTreeMap<String, String>,
}

/// Makes what is missing of the demo; `told` hears what is being done. Tokens are new each time.
pub async fn prepare(
    system: &Arc<System>,
    base_domain: &str,
    seed: u64,
    today: Date,
    mut told: impl FnMut(&str),
) -> anyhow::Result<Vec<DemoTenant>> {
    let mut tenants = Vec::new();
    for (number, firm) in (0..).zip(FIRMS) {
        let host = format!("{}.{base_domain}", firm.slug);
        let found = system.platform.tenant_by_slug(firm.slug).await?;
        if found.as_ref().is_some_and(|record| record.state != "active") {
            anyhow::bail!("making {} was cut off before; begin anew with --reset", firm.slug);
        }
        if found.is_none() {
            told(&format!("making {}: a year of {}", firm.slug, firm.name));
            make(system, firm, &host, seed + number, today).await?;
        }
        let record = system.platform.tenant_by_slug(firm.slug).await?;
        let record = record.ok_or_else(|| anyhow::anyhow!("{} was not made", firm.slug))?;
        let tokens = tokens(system, firm, &record).await?;
        let sign_in = sign_in(system, firm, &record).await?;
        tenants.push(DemoTenant { slug: firm.slug.to_owned(), host, sign_in, tokens });
    }
    Ok(tenants)
}

async fn make(
    system: &Arc<System>,
    firm: &Firm,
    host: &str,
    seed: u64,
    today: Date,
) -> anyhow::Result<()> {
    let first = today.checked_sub(jiff::Span::new().days(364))?;
    let monday = domain::time::Week::of(first).monday();
    let began = monday.at(8, 0, 0, 0).to_zoned(TimeZone::UTC)?.timestamp();
    let clock = Clock::simulated(began, seed);
    let real = system.commands.log();
    let log =
        EventLog::new(system.tenants.clone(), real.keys().clone(), clock.clone(), real.limits());
    let commands = Commands::new(log);
    let tables = registry::tables();
    let created = create_tenant(&commands, &system.platform, &tables, firm.new_firm(host)).await?;
    // Not usable until its year is complete: a run that was cut off is noticed by the next one.
    system.platform.set_state(created.tenant, "provisioning").await?;
    let dice = Dice::new(seed);
    let files = system.files.of(created.tenant);
    let stage = year::Stage { commands: &commands, clock: &clock, firm, files };
    year::live(stage, &created, monday, today, dice).await?;
    // Who looks at it the moment it's ready is to see all of it.
    catch_up(&system.tenants, created.tenant).await?;
    system.platform.set_state(created.tenant, "active").await?;
    Ok(())
}

async fn tokens(
    system: &Arc<System>,
    firm: &Firm,
    record: &TenantRecord,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut tokens = BTreeMap::new();
    let clock = system.commands.log().clock();
    for role in Role::ALL {
        let Some(person) = firm.people.iter().find(|person| person.role == role) else {
            continue;
        };
        let member = member_with(system, record.id, &firm.email(person)).await?;
        let token = NewToken { id: clock.new_id(), member, scopes: Scopes::All, expires_at: None };
        let secret = issue(&system.tenants, record.id, token, clock.now()).await?;
        tokens.insert(role.as_str().to_owned(), secret);
    }
    Ok(tokens)
}

/// A link of the kind that is mailed to who asks for one.
async fn sign_in(
    system: &Arc<System>,
    firm: &Firm,
    record: &TenantRecord,
) -> anyhow::Result<String> {
    let owner = member_with(system, record.id, &firm.email(&firm.people[0])).await?;
    let keys = system.keys.of(record.id).await?;
    let clock = system.commands.log().clock();
    let mut tx = system.tenants.begin(record.id).await?;
    let (id, purpose) = (clock.new_id(), Purpose::SignIn);
    let secret = links::open(&mut tx, &keys, id, purpose, owner.0, clock.now()).await?;
    tx.commit().await?;
    Ok(format!("/sign-in?token={secret}"))
}

/// Makes somebody an operator of the service; answers their token.
pub async fn operator(system: &Arc<System>) -> anyhow::Result<String> {
    let email = "operator@platform.example";
    let found = member_with(system, TenantId::PLATFORM, email).await;
    let clock = system.commands.log().clock();
    let member = match found {
        Ok(member) => member,
        Err(_) => {
            let add = AddMember {
                member: MemberId(clock.new_id()),
                name: "Olga Operator".to_owned(),
                email: Some(email.to_owned()),
                roles: vec![Role::Owner],
                time_zone: None,
            };
            let member = add.member;
            let sender = Sender::new(TenantId::PLATFORM, Actor::Operator, Via::CommandLine);
            system.commands.handle(sender, add).await?;
            member
        }
    };
    let token = NewToken { id: clock.new_id(), member, scopes: Scopes::All, expires_at: None };
    Ok(issue(&system.tenants, TenantId::PLATFORM, token, clock.now()).await?)
}

async fn member_with(
    system: &Arc<System>,
    tenant: TenantId,
    email: &str,
) -> anyhow::Result<MemberId> {
    let found =
        commands::members::member_by_email(&system.tenants, &system.keys, tenant, email).await?;
    found.ok_or_else(|| anyhow::anyhow!("the demo has no member {email}"))
}
