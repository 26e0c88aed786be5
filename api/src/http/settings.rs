//! Settings over HTTP. They are one small stream, which is read itself: what was set a moment ago
//! is there, and the tag of a setting is the position of its last change.

use commands::settings::known::{KnownSettings, SettingChange, Source, Until};
use commands::settings::{ChangeSetting, ClearSetting};
use commands::{Command, Done};
use domain::settings::{DatedValue, REGISTRY, SettingKey, Settings, settings_stream};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::answer::{Answer, Changed};
use super::body::Json;
use super::call::{About, Call};
use super::cursor::Page;
use super::if_seen::IfSeen;
use super::problem::Problem;

/// A value and the day from which it holds.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct DatedValueBody {
    /// Null = always.
    from: Option<Date>,
    value: String,
}

/// From where a value comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SourceKind {
    /// Nobody gave one.
    Default,
    /// The firm's country has it so, and nobody has said otherwise.
    CountryPack,
    /// Somebody gave it.
    Set,
}

/// From where the value comes that holds on the day.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct SourceBody {
    kind: SourceKind,
    /// Who gave it: `{"kind": "member", "id": ..}`, or an operator, or the service.
    by: Option<Value>,
    /// When it was given.
    at: Option<Timestamp>,
}

/// A setting.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Setting")]
pub(crate) struct SettingBody {
    key: &'static str,
    /// The heading it stands under.
    group: &'static str,
    /// What holds on the day asked for.
    value: String,
    source: SourceBody,
    /// The first day of the value that holds; null = always.
    since: Option<Date>,
    /// The next value, where one is set for a later day.
    next: Option<DatedValueBody>,
    /// What holds where nothing was set.
    default: &'static str,
    /// What it does.
    help: &'static str,
    /// The type: `time_zone`, `currency`, `integer`, `decimal`, `choice`, `boolean` and so on.
    r#type: &'static str,
    /// What its values count.
    unit: Option<&'static str>,
    /// What may be set, in words.
    allowed: String,
    /// The least role that changes it, or `operator`.
    editor: &'static str,
    /// Whether you may.
    editable: bool,
    /// Whether its values hold from a day on.
    dated: bool,
    /// Everything that is set, by day.
    values: Vec<DatedValueBody>,
}

/// For which day, as known when.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OnDay {
    /// The day to show the value of; left out = today in the tenant's zone.
    at: Option<Date>,
    /// As it was known at this instant; left out = as it's known now.
    known_at: Option<Timestamp>,
}

/// One setting.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct ByKey {
    key: String,
}

/// The settings at the moment asked for.
async fn known(about: &About, known_at: Option<Timestamp>) -> Result<KnownSettings, Problem> {
    let mut tx = about.tx().await?;
    let until = Until { position: about.as_of, known_at };
    let known = KnownSettings::read(&mut tx, until).await?;
    tx.commit().await?;
    Ok(known)
}

/// The settings at the moment asked for.
pub(crate) async fn settings_then(about: &About) -> Result<Settings, Problem> {
    Ok(known(about, None).await?.settings)
}

fn dated(dated: &DatedValue) -> DatedValueBody {
    DatedValueBody { from: dated.from, value: dated.value.clone() }
}

fn actor(change: &SettingChange) -> Value {
    serde_json::to_value(change.by).expect("a name or an id is plain data")
}

fn source(source: &Source<'_>) -> SourceBody {
    let of = |kind, change: &SettingChange| SourceBody {
        kind,
        by: Some(actor(change)),
        at: Some(change.at),
    };
    match source {
        Source::Default => SourceBody { kind: SourceKind::Default, by: None, at: None },
        Source::CountryPack(change) => of(SourceKind::CountryPack, change),
        Source::Set(change) => of(SourceKind::Set, change),
    }
}

fn shown(about: &About, known: &KnownSettings, key: SettingKey, day: Date) -> SettingBody {
    let setting = key.setting();
    SettingBody {
        key: key.as_str(),
        group: key.group(),
        value: known.settings.value_on(key, day).to_owned(),
        source: source(&known.source(key, day)),
        since: known.holding(key, day).and_then(|dated| dated.from),
        next: known.next(key, day).map(dated),
        default: setting.default,
        help: setting.help,
        r#type: setting.kind.name(),
        unit: key.unit(),
        allowed: setting.kind.allowed(),
        editor: setting.editor.name(),
        editable: setting.editor.lets(&about.caller.authority()),
        dated: setting.dated,
        values: known.settings.history(key).iter().map(dated).collect(),
    }
}

/// What stands for a setting where ids are wanted.
fn object(key: SettingKey) -> (&'static str, Uuid) {
    (key.as_str(), settings_stream().0)
}

fn found(name: &str) -> Result<SettingKey, Problem> {
    SettingKey::parse(name).ok_or_else(Problem::not_found)
}

/// `GET /settings`.
pub(crate) async fn list(call: Call<(), OnDay>) -> Result<Answer<Page<SettingBody>>, Problem> {
    let known = known(&call, call.query.known_at).await?;
    let day = call.query.at.unwrap_or_else(|| known.day_of(call.now()));
    let items = REGISTRY.iter().map(|it| shown(&call, &known, it.key, day)).collect();
    Ok(call.read(Page { items, next_cursor: None }))
}

/// `GET /settings/{key}`.
pub(crate) async fn one(call: Call<ByKey, OnDay>) -> Result<Answer<SettingBody>, Problem> {
    let key = found(&call.path.key)?;
    let known = known(&call, call.query.known_at).await?;
    let day = call.query.at.unwrap_or_else(|| known.day_of(call.now()));
    let tag = call.tag(object(key), known.changed_at(key));
    Ok(call.read(shown(&call, &known, key, day)).tagged(tag))
}

/// What was done to a setting.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "SettingChange")]
pub(crate) struct ChangeBody {
    /// The event.
    position: i64,
    /// When it was done.
    at: Timestamp,
    /// Who did it.
    by: Value,
    /// The first day of the value; null = always.
    from: Option<Date>,
    /// The value that was given; null where it was taken back.
    value: Option<String>,
}

/// `GET /settings/{key}/history`: newest first.
pub(crate) async fn changes(
    call: Call<ByKey, super::members::Nothing>,
) -> Result<Answer<Page<ChangeBody>>, Problem> {
    let key = found(&call.path.key)?;
    let known = known(&call, None).await?;
    let after: Option<i64> = call.after()?;
    let limit = usize::try_from(call.look_for()).unwrap_or_default();
    let rows: Vec<&SettingChange> = known
        .changes_of(key)
        .rev()
        .filter(|change| after.is_none_or(|after| change.position < after))
        .take(limit)
        .collect();
    Ok(call.page(
        rows,
        |change| change.position,
        |change| ChangeBody {
            position: change.position,
            at: change.at,
            by: actor(change),
            from: change.from,
            value: change.value.clone(),
        },
    ))
}

/// Sends a command on a setting, if it is as the caller saw it; other settings may have changed.
async fn send<C: Command>(
    about: &About,
    key: SettingKey,
    command: impl Fn() -> C,
) -> Result<Done, Problem> {
    let of_key = |_: &str, payload: &Value| payload["key"] == key.as_str();
    let stream = settings_stream();
    about
        .send_if(object(key), stream, of_key, |seen| {
            IfSeen::<Settings, C>::new(stream, seen, command())
        })
        .await
}

/// A value for a setting.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValueBody {
    value: String,
    /// The first day it holds; left out = always.
    from: Option<Date>,
}

/// `PUT /settings/{key}`.
pub(crate) async fn put(
    call: Call<ByKey, super::members::Nothing, Json<ValueBody>>,
) -> Result<Answer<Changed>, Problem> {
    let key = found(&call.path.key)?;
    let ValueBody { value, from } = call.body.0.clone();
    let name = key.as_str().to_owned();
    let command = || ChangeSetting { key: name.clone(), value: value.clone(), from };
    Ok(call.changed(send(&call, key, command).await?, object(key)))
}

/// Which value to take back.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FromDay {
    /// The day of the value; left out = the one that always holds.
    from: Option<Date>,
}

/// `DELETE /settings/{key}`.
pub(crate) async fn delete(call: Call<ByKey, FromDay>) -> Result<Answer<Changed>, Problem> {
    let key = found(&call.path.key)?;
    let command = || ClearSetting { key: key.as_str().to_owned(), from: call.query.from };
    Ok(call.changed(send(&call, key, command).await?, object(key)))
}
