//! One request, understood: who asks, in which tenant, for what. Handlers reach everything through
//! it, so none of them can name another tenant.

use std::ops::Deref;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use commands::event_log::read::{StoredRow, stream_after};
use commands::{Command, CommandError, Done, IdempotencyKey, Sender, Warned};
use domain::id::{MemberId, StreamId};
use domain::log::{Origin, Via};
use domain::members::Role;
use jiff::Timestamp;
use migrations::TenantTx;
use migrations::keys::TenantKeys;
use migrations::platform::TenantRecord;
use projections::model::ReadModel;
use projections::row::Rows;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::answer::{Answer, Changed};
use super::caller::Caller;
use super::cursor::{Binding, Page, link};
use super::problem::{Problem, REPLAYED};
use super::query::Asked;
use super::tag::{Meant, Object, meant, tag};
use super::{App, moment};

/// A request with its parameters and what it carries.
pub(crate) struct Call<P = (), Q = (), B = ()> {
    /// The parameters in the path.
    pub(crate) path: P,
    /// The parameters in the query.
    pub(crate) query: Q,
    /// What is carried.
    pub(crate) body: B,
    /// The rest of it.
    pub(crate) about: About,
}

impl<P, Q, B> Deref for Call<P, Q, B> {
    type Target = About;

    fn deref(&self) -> &About {
        &self.about
    }
}

/// What every request has, whatever it asks for.
pub(crate) struct About {
    /// The parts of the program.
    pub(crate) app: App,
    /// In which tenant.
    pub(crate) tenant: Arc<TenantRecord>,
    /// The tenant's keys.
    pub(crate) keys: Arc<TenantKeys>,
    /// Who asks.
    pub(crate) caller: Caller,
    /// By which edge.
    pub(crate) via: Via,
    /// The position to answer as of, where one is asked for.
    pub(crate) as_of: Option<i64>,
    /// The position up to which dated facts are known, where another is asked for.
    pub(crate) known_at: Option<i64>,
    /// The path as it was asked for.
    pub(crate) url_path: String,
    /// The query in parts.
    pub(crate) asked: Asked,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The key under which the same request gets the same answer.
    pub(crate) key: Option<IdempotencyKey>,
    /// From where it came.
    pub(crate) origin: Option<Origin>,
    /// The trace it's part of.
    pub(crate) trace_id: Option<String>,
}

/// How often a change is tried again because its stream moved without its object changing.
const TRIES: usize = 4;

impl About {
    /// Now, by the clock that writes the log.
    pub(crate) fn now(&self) -> Timestamp {
        self.app.commands.log().clock().now()
    }

    /// A new id.
    pub(crate) fn new_id(&self) -> Uuid {
        self.app.commands.log().clock().new_id()
    }

    /// A transaction of the tenant.
    pub(crate) async fn tx(&self) -> Result<TenantTx, Problem> {
        Ok(self.app.tenants.begin(self.tenant.id).await?)
    }

    /// A transaction of the tenant that reads one moment only.
    pub(crate) async fn snapshot(&self) -> Result<TenantTx, Problem> {
        Ok(self.app.tenants.begin_snapshot(self.tenant.id).await?)
    }

    /// Forbids what none of these roles includes.
    pub(crate) fn must_be(&self, roles: &[Role]) -> Result<(), Problem> {
        if self.caller.may(roles) { Ok(()) } else { Err(Problem::forbidden()) }
    }

    /// Whose time the caller may see: everybody's (none), or their own alone.
    pub(crate) fn sees_only(&self) -> Option<MemberId> {
        let all = self.caller.may(&[Role::Manager, Role::Billing, Role::Auditor]);
        (!all).then_some(self.caller.member)
    }

    /// Who sends commands, under the request's key.
    pub(crate) fn sender(&self) -> Sender {
        Sender {
            origin: self.origin.clone(),
            trace_id: self.trace_id.clone(),
            key: self.key.clone(),
            ..Sender::new(self.tenant.id, self.caller.actor(), self.via)
        }
    }

    /// Handles a command in the caller's name.
    pub(crate) async fn send(&self, command: impl Command) -> Result<Done, Problem> {
        Ok(self.send_warned(command).await?.0)
    }

    /// The same under another key than the request's.
    pub(crate) async fn send_under(
        &self,
        key: Option<IdempotencyKey>,
        command: impl Command,
    ) -> Result<Done, Problem> {
        Ok(self.send_warned_under(key, command).await?.0)
    }

    /// The same with what is worth another look.
    pub(crate) async fn send_warned_under(
        &self,
        key: Option<IdempotencyKey>,
        command: impl Command,
    ) -> Result<(Done, Vec<Warned>), Problem> {
        let sender = Sender { key, ..self.sender() };
        Ok(self.app.commands.handle_warned(sender, command).await?)
    }

    /// Handles a command in the caller's name; answers what is worth another look, too.
    pub(crate) async fn send_warned(
        &self,
        command: impl Command,
    ) -> Result<(Done, Vec<Warned>), Problem> {
        self.send_warned_under(self.key.clone(), command).await
    }

    /// Which version of an object the request is meant for, where it says so.
    pub(crate) fn meant(&self, object: Object<'_>) -> Option<Meant> {
        meant(&self.keys, object, &self.headers)
    }

    /// The tag of an object in a version.
    pub(crate) fn tag(&self, object: Object<'_>, version: i64) -> HeaderValue {
        tag(&self.keys, object, version)
    }

    /// Handles a command on an object of a stream, if the object is still as the caller saw it. The
    /// version that the tag of such an object stands for is the position of its last change; the
    /// command gets the stream's version, where the request says what it's meant for. `changes`
    /// tells the events of the stream that change the object, by type and payload.
    pub(crate) async fn send_if<C: Command>(
        &self,
        object: Object<'_>,
        stream: StreamId,
        changes: impl Fn(&str, &Value) -> bool,
        command: impl Fn(Option<i32>) -> C,
    ) -> Result<Done, Problem> {
        Ok(self.send_if_warned(object, stream, changes, command).await?.0)
    }

    /// The same with what is worth another look.
    pub(crate) async fn send_if_warned<C: Command>(
        &self,
        object: Object<'_>,
        stream: StreamId,
        changes: impl Fn(&str, &Value) -> bool,
        command: impl Fn(Option<i32>) -> C,
    ) -> Result<(Done, Vec<Warned>), Problem> {
        let seen = match self.meant(object) {
            None | Some(Meant::Any) => return self.send_warned(command(None)).await,
            Some(Meant::Seen(position)) => position,
            Some(Meant::Unknown) => -1,
        };
        let mut last = None;
        for _ in 0..TRIES {
            let expected = self.unchanged_since(stream, seen, &changes).await?;
            if last == Some(expected) {
                break;
            }
            last = Some(expected);
            match self.app.commands.handle_warned(self.sender(), command(Some(expected))).await {
                Err(CommandError::Stale) if expected >= 0 => {}
                outcome => return Ok(outcome?),
            }
        }
        Err(Problem::stale())
    }

    /// The version of a stream in which no event after a position changes the object; −1, which
    /// no stream ever has, where one does.
    async fn unchanged_since(
        &self,
        stream: StreamId,
        position: i64,
        changes: impl Fn(&str, &Value) -> bool,
    ) -> Result<i32, Problem> {
        let mut tx = self.tx().await?;
        let rows = stream_after(&mut tx, stream, 0).await?;
        tx.commit().await?;
        let changed = |row: &StoredRow| {
            row.position > position
                && serde_json::from_str(&row.payload)
                    .map_or(true, |payload| changes(&row.event_type, &payload))
        };
        Ok(if rows.iter().any(changed) { -1 } else { rows.last().map_or(0, |row| row.version) })
    }

    /// The answer to a command.
    pub(crate) fn done(&self, done: Done) -> Answer<Changed> {
        let changed = Changed { id: done.reply.id, position: done.position };
        let answer = Answer::of(changed).at(done.position);
        if done.replayed {
            return answer.with(REPLAYED, HeaderValue::from_static("true"));
        }
        answer
    }

    /// The answer to a command that made an object below a path, with its tag.
    pub(crate) fn made(&self, done: Done, kind: &str, below: &str) -> Answer<Changed> {
        let answer = self.done(done);
        let Some(id) = done.reply.id else { return answer };
        let location = HeaderValue::try_from(format!("{}{below}/{id}", super::BASE));
        answer
            .status(if done.reply.created { StatusCode::CREATED } else { StatusCode::OK })
            .with(header::LOCATION, location.expect("a path and an id fit a header"))
            .tagged(self.tag((kind, id), done.position))
    }

    /// The answer to a command that changed an object, with its tag.
    pub(crate) fn changed(&self, done: Done, object: Object<'_>) -> Answer<Changed> {
        self.done(done).tagged(self.tag(object, done.position))
    }

    fn binding(&self) -> Binding {
        Binding::new(&self.url_path, &self.caller.member.to_string(), &self.asked)
    }

    /// Behind which item the list goes on, where it does.
    pub(crate) fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        let cursor = self.asked.cursor.as_deref();
        cursor.map(|cursor| self.binding().open(&self.keys, cursor)).transpose()
    }

    /// How many items to look for: one more than asked, which tells whether there are more.
    pub(crate) fn look_for(&self) -> i64 {
        i64::from(self.asked.limit) + 1
    }

    /// A piece of a list out of one item more than asked for; `key` is what the list is ordered by.
    pub(crate) fn page<R, T, K: Serialize>(
        &self,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> K,
        item: impl FnMut(R) -> T,
    ) -> Answer<Page<T>> {
        let limit = self.asked.limit as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more);
        let next_cursor = last.map(|row| self.binding().seal(&self.keys, &key(row)));
        let items = rows.into_iter().map(item).collect();
        let next = next_cursor.as_deref().map(|cursor| link(&self.url_path, &self.asked, cursor));
        let answer = self.read(Page { items, next_cursor });
        match next {
            Some(link) => answer.with(header::LINK, link),
            None => answer,
        }
    }

    /// The answer of a read; one as of a moment says of which.
    pub(crate) fn read<R>(&self, body: R) -> Answer<R> {
        match self.as_of {
            Some(position) => Answer::of(body).at(position),
            None => Answer::of(body),
        }
    }

    /// Every row of a read model at the moment asked for; none where the present is asked for.
    pub(crate) async fn rows_then<M: ReadModel>(&self) -> Result<Option<Rows<M::Row>>, Problem> {
        self.rows_at::<M>(self.as_of).await
    }

    /// Every row of a read model of dated facts (rates, rules, settings) as they were known at the
    /// moment asked for; none where what is known now is asked for.
    pub(crate) async fn facts_then<M: ReadModel>(&self) -> Result<Option<Rows<M::Row>>, Problem> {
        self.rows_at::<M>(self.known_at.or(self.as_of)).await
    }

    async fn rows_at<M: ReadModel>(
        &self,
        position: Option<i64>,
    ) -> Result<Option<Rows<M::Row>>, Problem> {
        match position {
            None => Ok(None),
            Some(position) => {
                let rows =
                    moment::rows_at::<M>(&self.app.tenants, self.tenant.id, position).await?;
                Ok(Some(rows))
            }
        }
    }
}

/// The rows that a list of the past shows: those wanted, in order of their keys, after the
/// cursor's.
pub(crate) fn piece<R: projections::row::Row, K: Ord>(
    rows: &Rows<R>,
    wanted: impl Fn(&R) -> bool,
    key: impl Fn(&R) -> K,
    after: Option<K>,
    limit: i64,
) -> Vec<R> {
    let behind = |row: &&R| after.as_ref().is_none_or(|after| key(row) > *after);
    let mut found: Vec<&R> = rows.iter().filter(|row| wanted(row)).filter(behind).collect();
    found.sort_by_key(|row| key(row));
    found.into_iter().take(usize::try_from(limit).unwrap_or(usize::MAX)).cloned().collect()
}
