//! The demo: two firms with a year of believable history, written through the same commands as any
//! history, under a simulated clock that says so in the events. The same seed and day give the same
//! ids.

mod dice;
mod firms;
mod year;

use std::sync::Arc;

use commands::tenancy::create_tenant;
use commands::tokens::{NewToken, Scopes, issue};
use commands::{Clock, Commands, EventLog};
use domain::id::{MemberId, TenantId};
use domain::members::Role;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use migrations::platform::TenantRecord;
use projections::registry;
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
    /// A link to sign in with; none as long as there are no pages.
    pub sign_in: Option<String>,
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
        tenants.push(DemoTenant { slug: firm.slug.to_owned(), host, sign_in: None, tokens });
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
    year::live(&commands, &clock, firm, &created, monday, today, dice).await?;
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

async fn member_with(
    system: &Arc<System>,
    tenant: TenantId,
    email: &str,
) -> anyhow::Result<MemberId> {
    let found =
        commands::members::member_by_email(&system.tenants, &system.keys, tenant, email).await?;
    found.ok_or_else(|| anyhow::anyhow!("the demo has no member {email}"))
}
