//! `crowdminder settings`: what a tenant has set, from where each value comes, and changes of them
//! in the operator's right.

use clap::{Args, Subcommand};
use commands::settings::known::{KnownSettings, SettingChange, Source, Until};
use commands::settings::{ChangeSetting, ClearSetting};
use commands::{Command, CommandError, Sender};
use domain::log::{Actor, Via};
use domain::settings::{REGISTRY, SettingKey};
use jiff::civil::Date;
use migrations::platform::TenantRecord;
use serde_json::{Value, json};

use super::{Context, Outcome, output};

/// What to do with a tenant's settings.
#[derive(Debug, Subcommand)]
pub(crate) enum Settings {
    /// Every setting with its value and from where it comes
    List {
        /// The tenant
        slug: String,
    },
    /// One setting with everything that was done to it
    Show {
        /// The tenant
        slug: String,
        /// Its name, such as TIME_ZONE
        key: String,
    },
    /// Give a setting a value
    Set(Set),
    /// Take a value back; what held before holds again
    Clear(Clear),
}

/// A value to give.
#[derive(Debug, Args)]
pub(crate) struct Set {
    /// The tenant
    slug: String,
    /// Its name, such as TIME_ZONE
    key: String,
    /// The value
    value: String,
    /// The first day it holds; left out = from always
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
}

/// A value to take back.
#[derive(Debug, Args)]
pub(crate) struct Clear {
    /// The tenant
    slug: String,
    /// Its name
    key: String,
    /// The day of the value; left out = the one from always
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
}

pub(crate) async fn run(context: &Context, command: Settings) -> anyhow::Result<Outcome> {
    match command {
        Settings::List { slug } => {
            let tenant = context.tenant(&slug).await?;
            let (known, today) = known(context, &tenant).await?;
            REGISTRY.iter().for_each(|it| print(context, &known, it.key, today));
        }
        Settings::Show { slug, key } => {
            let tenant = context.tenant(&slug).await?;
            let (known, today) = known(context, &tenant).await?;
            show(context, &known, named(&key)?, today);
        }
        Settings::Set(Set { slug, key, value, from }) => {
            let tenant = context.tenant(&slug).await?;
            let key = named(&key)?;
            let name = key.as_str().to_owned();
            send(context, &tenant, ChangeSetting { key: name, value, from }).await?;
            let (known, today) = known(context, &tenant).await?;
            print(context, &known, key, from.unwrap_or(today));
        }
        Settings::Clear(Clear { slug, key, from }) => {
            let tenant = context.tenant(&slug).await?;
            let key = named(&key)?;
            let name = key.as_str().to_owned();
            send(context, &tenant, ClearSetting { key: name, from }).await?;
            let (known, today) = known(context, &tenant).await?;
            print(context, &known, key, from.unwrap_or(today));
        }
    }
    Ok(Outcome::Done)
}

fn named(name: &str) -> anyhow::Result<SettingKey> {
    SettingKey::parse(name)
        .ok_or_else(|| anyhow::anyhow!("there is no setting {name:?}; see `settings list`"))
}

async fn known(context: &Context, tenant: &TenantRecord) -> anyhow::Result<(KnownSettings, Date)> {
    let system = &context.system;
    let mut tx = system.tenants.begin(tenant.id).await?;
    let known = KnownSettings::read(&mut tx, Until::default()).await?;
    tx.commit().await?;
    let today = known.day_of(system.commands.log().clock().now());
    Ok((known, today))
}

async fn send(
    context: &Context,
    tenant: &TenantRecord,
    command: impl Command,
) -> anyhow::Result<()> {
    let sender = Sender::new(tenant.id, Actor::Operator, Via::CommandLine);
    match context.system.commands.handle(sender, command).await {
        Ok(_) => Ok(()),
        Err(CommandError::Refused(refused)) => Err(anyhow::anyhow!(refused.detail)),
        Err(error) => Err(error.into()),
    }
}

/// Who acted, for people.
fn actor(by: Actor) -> String {
    match by {
        Actor::Member(member) => format!("member {member}"),
        Actor::Operator => "operator".to_owned(),
        Actor::System => "system".to_owned(),
        Actor::Visitor => "visitor".to_owned(),
    }
}

fn source(source: &Source<'_>) -> (String, Value) {
    let of = |kind: &str, change: &SettingChange| {
        let by = actor(change.by);
        json!({ "kind": kind, "by": by, "at": change.at })
    };
    match source {
        Source::Default => ("default".to_owned(), json!({ "kind": "default" })),
        Source::CountryPack(change) => ("country pack".to_owned(), of("country_pack", change)),
        Source::Set(change) => {
            (format!("set by {} at {}", actor(change.by), change.at), of("set", change))
        }
    }
}

fn print(context: &Context, known: &KnownSettings, key: SettingKey, day: Date) {
    let value = known.settings.value_on(key, day);
    let (words, document) = source(&known.source(key, day));
    let since = known.holding(key, day).and_then(|dated| dated.from);
    let next = known.next(key, day);
    if context.json {
        let next = next.map(|next| json!({ "from": next.from, "value": next.value }));
        output::document(&json!({
            "key": key.as_str(), "value": value, "day": day, "since": since,
            "source": document, "next": next,
        }));
        return;
    }
    let since = since.map(|day| format!(" since {day}")).unwrap_or_default();
    let next = next.and_then(|next| Some(format!("; {} from {}", next.value, next.from?)));
    let next = next.unwrap_or_default();
    output::line(&format!("{}\t{value}\t{words}{since}{next}", key.as_str()));
}

fn show(context: &Context, known: &KnownSettings, key: SettingKey, day: Date) {
    print(context, known, key, day);
    if !context.json {
        let setting = key.setting();
        output::line(setting.help);
        let (allowed, editor) = (setting.kind.allowed(), setting.editor.name());
        output::line(&format!("{allowed}; changed by: {editor}"));
    }
    for change in known.changes_of(key) {
        let by = actor(change.by);
        if context.json {
            output::document(&json!({
                "at": change.at, "by": by, "from": change.from, "value": change.value,
                "position": change.position,
            }));
            continue;
        }
        let value = change.value.as_deref().unwrap_or("taken back");
        let from = change.from.map_or_else(|| "always".to_owned(), |day| format!("from {day}"));
        output::line(&format!("{}\t{by}\t{value}\t{from}", change.at));
    }
}
