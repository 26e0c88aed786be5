//! A new firm: its schema, then its owner and its country's settings as one commit of its own log.
//! A run that was cut off is completed by the next one with the same slug.

pub mod domains;
pub mod operations;
pub mod rename;
pub mod resume;
pub mod suspend;

use domain::country::pack;
use domain::id::{LogId, MemberId, TenantId};
use domain::leave::{HolidayCalendar, calendar_stream};
use domain::log::{Actor, ClaimKey, ClaimKind, Via};
use domain::members::{self, Authority, Member, Role, add_member, member_stream, normalised_email};
use domain::personal::Unique;
use domain::refusal::Refusal;
use domain::settings::{
    ChangeSetting, SettingKey, Settings, SettingsEvent, change_setting, settings_stream,
};
use jiff::civil::Date;
use migrations::DoorError;
use migrations::platform::{Platform, TenantRecord};
use migrations::provision::{NewTenant, ProvisionError, provision};

use crate::handle::{Command, Commands, IdempotencyKey, Sender};
use crate::leave;
use crate::platform_log::{self, Recorded};
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// What a new firm says of itself.
#[derive(Debug, Clone)]
pub struct NewFirm {
    /// What its host begins with.
    pub slug: String,
    /// What it's called.
    pub name: String,
    /// The address its owner signs in with.
    pub owner_email: String,
    /// What its owner is called.
    pub owner_name: String,
    /// ISO 3166-1 alpha-2; one that there is no pack of needs currency and zone.
    pub country: String,
    /// ISO 4217; none = the country's.
    pub currency: Option<String>,
    /// IANA; none = the country's.
    pub time_zone: Option<String>,
    /// The host that leads to it.
    pub host: String,
}

/// A firm that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedTenant {
    /// Its id.
    pub tenant: TenantId,
    /// What its host begins with.
    pub slug: String,
    /// Its schema, which is its database role too.
    pub schema: String,
    /// The host that leads to it.
    pub domain: String,
    /// Its owner.
    pub owner: MemberId,
}

/// Why a firm can't be used yet.
#[derive(Debug, thiserror::Error)]
pub enum CreateTenantError {
    /// Slug or host is bad or taken, or the database is away.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// Nothing is known of the country.
    #[error("nothing is known of the country {0:?}; name the currency and the time zone too")]
    UnknownCountry(String),
    /// The owner's name or address, the currency or the zone is refused; nothing was made.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A run that was cut off had begun it for another owner.
    #[error("the tenant {0:?} was begun for another owner; name that one to complete it")]
    AnotherOwner(String),
    /// The schema is there, but what belongs in its log could not be written; try again.
    #[error(transparent)]
    Command(#[from] CommandError),
}

impl From<DoorError> for CreateTenantError {
    fn from(error: DoorError) -> Self {
        ProvisionError::from(error).into()
    }
}

/// Makes a tenant, or completes one that a run before could not; `read_models` are the definitions
/// of its read models' tables. Ids come from the clock of `commands`.
pub async fn create_tenant(
    commands: &Commands,
    platform: &Platform,
    read_models: &[String],
    firm: NewFirm,
) -> Result<CreatedTenant, CreateTenantError> {
    let new = TenantId(commands.log().clock().new_id());
    create_tenant_as(commands, platform, read_models, new, firm).await
}

/// The same with an id that is known before, such as that of a confirmed sign-up: a tenant that has
/// it already is completed, however far it is.
pub async fn create_tenant_as(
    commands: &Commands,
    platform: &Platform,
    read_models: &[String],
    id: TenantId,
    firm: NewFirm,
) -> Result<CreatedTenant, CreateTenantError> {
    let log = commands.log();
    let settings = first_settings(&firm)?;
    check(&firm, &settings)?;
    let begun = platform.tenant_by_slug(&firm.slug).await?;
    let own = |record: &TenantRecord| record.state == "provisioning" || record.id == id;
    let begun = begun.filter(own);
    let finished = begun.as_ref().is_some_and(|record| record.state != "provisioning");
    let tenant = match begun {
        Some(record) => record.id,
        None => {
            let new = NewTenant {
                id,
                log: LogId(log.clock().new_id()),
                slug: firm.slug.clone(),
                name: firm.name.clone(),
                host: firm.host.clone(),
                at: log.clock().now(),
            };
            provision(log.tenants(), log.keys().master(), &new, read_models).await?;
            new.id
        }
    };
    let found = FoundFirm {
        owner: MemberId(log.clock().new_id()),
        name: firm.owner_name,
        email: firm.owner_email,
        settings,
    };
    let mut sender = Sender::new(tenant, Actor::System, Via::CommandLine);
    // The key lets a second run find the owner that the first one made.
    sender.key = Some(IdempotencyKey {
        route: "tenancy".into(),
        key: "found".into(),
        request: normalised_email(&found.email).into_bytes(),
    });
    let done = match commands.handle(sender, found).await {
        Err(CommandError::KeyReused) => return Err(CreateTenantError::AnotherOwner(firm.slug)),
        outcome => outcome?,
    };
    let owner = MemberId(done.reply.id.expect("founding a firm answers with its owner"));
    if !finished {
        platform.set_state(tenant, "active").await?;
    }
    let hosts = platform.hosts_of(tenant).await?;
    let domain = hosts.into_iter().next().unwrap_or(firm.host);
    let made = Recorded {
        tenant,
        slug: firm.slug.clone(),
        name: firm.name,
        host: domain.clone(),
        country: Some(firm.country).filter(|code| !code.is_empty()),
    };
    platform_log::record_tenant(commands, made).await?;
    Ok(CreatedTenant { tenant, slug: firm.slug, schema: tenant.schema(), domain, owner })
}

/// The values a firm starts with.
fn first_settings(firm: &NewFirm) -> Result<Vec<ChangeSetting>, CreateTenantError> {
    let pack = pack(&firm.country);
    let own_or = |own: &Option<String>, pack: Option<&String>| {
        let text = own.as_ref().or(pack).cloned();
        text.ok_or_else(|| CreateTenantError::UnknownCountry(firm.country.clone()))
    };
    let change = |key: SettingKey, value: String, from: Option<Date>| ChangeSetting {
        key: key.as_str().to_owned(),
        value,
        from,
    };
    let currency = own_or(&firm.currency, pack.map(|pack| &pack.currency))?;
    let time_zone = own_or(&firm.time_zone, pack.and_then(|pack| pack.time_zones.first()))?;
    let country = Some(&firm.country).filter(|country| !country.is_empty());
    let country = country.map(|country| change(SettingKey::Country, country.clone(), None));
    let own = [
        change(SettingKey::Currency, currency, None),
        change(SettingKey::TimeZone, time_zone, None),
    ];
    let vat = pack.map_or(&[][..], |pack| &pack.vat);
    let vat = vat.iter().map(|it| change(SettingKey::VatPercent, it.percent.clone(), it.from));
    Ok(country.into_iter().chain(own).chain(vat).collect())
}

/// Refuses what the log would refuse, before anything is made.
fn check(firm: &NewFirm, settings: &[ChangeSetting]) -> Result<(), Refusal> {
    let email = Unique { text: firm.owner_email.clone(), digest: String::new() };
    let command = owner(MemberId(uuid::Uuid::nil()), &firm.owner_name, email);
    add_member::decide(&Member::default(), &Authority::Operator, command)?;
    changed(&Settings::default(), settings)?;
    Ok(())
}

fn owner(member: MemberId, name: &str, email: Unique) -> members::AddMember {
    let (name, email) = (name.to_owned(), Some(email));
    members::AddMember { member, name, email, roles: vec![Role::Owner], time_zone: None }
}

/// What follows from these changes, one after the other.
fn changed(settings: &Settings, changes: &[ChangeSetting]) -> Result<Vec<SettingsEvent>, Refusal> {
    let mut settings = settings.clone();
    let mut all = Vec::new();
    for change in changes {
        let events = change_setting::decide(&settings, &Authority::Operator, change.clone())?;
        events.iter().for_each(|event| settings.evolve(event));
        all.extend(events);
    }
    Ok(all)
}

/// The first commit of a firm's log.
#[derive(Debug)]
struct FoundFirm {
    owner: MemberId,
    name: String,
    email: String,
    settings: Vec<ChangeSetting>,
}

impl Command for FoundFirm {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let streams = [member_stream(self.owner), settings_stream(), calendar_stream()];
        unit.will_write(streams)?;
        let member = unit.write::<Member>(member_stream(self.owner)).await?;
        let settings = unit.write::<Settings>(settings_stream()).await?;
        let calendar = unit.write::<HolidayCalendar>(calendar_stream()).await?;
        let email = unit.unique("member_email", &self.email, &normalised_email(&self.email));
        let key = ClaimKey::digest(ClaimKind::MemberEmail, &email.digest);
        let command = owner(self.owner, &self.name, email);
        let added = add_member::decide(&member.state, &Authority::Operator, command)?;
        unit.check_claim(&key, member.stream).await?;
        unit.emit(&member, added);
        let changed = changed(&settings.state, &self.settings)?;
        let mut then = Settings::clone(&settings.state);
        changed.iter().for_each(|event| then.evolve(event));
        unit.emit(&settings, changed);
        leave::adopt(unit, &calendar, &then).await?;
        Ok(Reply::created(self.owner))
    }
}

#[cfg(test)]
mod tests;
