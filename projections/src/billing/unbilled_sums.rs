//! What unbilled time comes to, without its entries being read one by one: the database groups what
//! has its terms in common, and the sums are kept until any table that they rest on moves. It reads
//! in a snapshot, so that sums, prices and the piece of the list that is shown are of one moment.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use domain::billing::ReservedEntry;
use domain::billing::lines::{BilledIn, Sum, SummedEntry, TaskSums, TermsOf};
use domain::id::{ClientId, EntryId, MemberId, ProjectId, TaskId};
use domain::money::price;
use jiff::civil::{Date, date};
use jiff_sqlx::ToSqlx;
use migrations::{DoorError, Template, TenantTx};
use sqlx::Row as _;
use uuid::Uuid;

use super::FreedBy;
use super::price_book::{PriceBook, Spans};
use super::unbilled::{Place, Unbilled, UnbilledRow};
use crate::catalogue::client::{self, Client};
use crate::catalogue::project::Project;
use crate::catalogue::rate::Rate;
use crate::catalogue::rounding_rule::RoundingRule;
use crate::kept::{Answers, mark_of};
use crate::model::ReadModel;
use crate::row::{ReadError, Row as _, read_rows, select};
use crate::settings::setting::Setting;

/// How many sums are kept of a tenant; beyond this the memory begins anew.
const MOST_KEPT: usize = 100;
/// The day that the database counts days from here.
const FIRST_DAY: Date = date(2000, 1, 1);

/// The read models that the sums rest on, and their tables.
const RESTS_ON: [(&str, &str); 6] = [
    of_model::<Unbilled>(),
    of_model::<Client>(),
    of_model::<Project>(),
    of_model::<Rate>(),
    of_model::<RoundingRule>(),
    of_model::<Setting>(),
];

const fn of_model<M: ReadModel>() -> (&'static str, &'static str) {
    (M::NAME, M::Row::TABLE.name)
}

/// Which approved time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Open {
    /// Of this client; everybody's where it's left out.
    pub client: Option<ClientId>,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
}

/// What the entries come to, of the first ones by day and id where there are too many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnbilledSums {
    /// How many.
    pub entries: usize,
    /// As recorded.
    pub seconds: i64,
    /// The sum of what each is rounded to by itself.
    pub rounded_seconds: i64,
    /// What drafts by task would come to, by currency.
    pub drafted: BTreeMap<String, Sum>,
    /// Whether there are more entries than these.
    pub more: bool,
    /// How many lie on each day, in order of the days.
    days: Vec<(Date, usize)>,
    /// The last of them, where there are more.
    last: Option<Place>,
}

impl UnbilledSums {
    /// The day on which `limit` entries after a place are reached, so that no later one is looked
    /// at, and how many there are at least; none where nothing comes after it.
    fn reaches(&self, after: Option<Place>, limit: usize) -> Option<(Date, usize)> {
        let begin = after.map_or(0, |after| self.days.partition_point(|it| it.0 < after.0));
        let (mut reached, mut found) = (None, 0);
        for (day, entries) in &self.days[begin..] {
            // Of the day of the place itself any number may be before it.
            if after.is_none_or(|after| after.0 != *day) {
                found += entries;
            }
            reached = Some((*day, found.min(limit)));
            if found >= limit {
                break;
            }
        }
        reached
    }
}

/// What unbilled time is priced by, with sums that were asked for lately.
#[derive(Debug)]
pub struct Pricing {
    /// Rates, rounding rules and settings.
    pub book: Arc<PriceBook>,
    clients: BTreeMap<ProjectId, ClientId>,
    currencies: BTreeMap<ClientId, String>,
    /// The days on which terms change.
    changes: Vec<Date>,
    sums: Answers<(Open, usize), UnbilledSums>,
}

impl Pricing {
    /// As it is in this snapshot; kept for as long as no read model below it takes anything in.
    pub async fn load(tx: &mut TenantTx) -> Result<Arc<Self>, ReadError> {
        const KEPT: &str = "unbilled_pricing";
        let models: Vec<&str> = RESTS_ON.iter().map(|(model, _)| *model).collect();
        let mark = mark_of(tx, &models).await?;
        if let Some(kept) = tx.kept::<Pricing>(KEPT, &mark) {
            return Ok(kept);
        }
        let book = PriceBook::shared(tx).await?;
        let sql = "select project_id, client_id from {t}.rm_project";
        let projects = tx.query(sql).fetch_all().await?.into_iter();
        let clients = projects
            .map(|row| Ok((ProjectId(row.try_get(0)?), ClientId(row.try_get(1)?))))
            .collect::<Result<_, sqlx::Error>>()
            .map_err(DoorError::from)?;
        let currencies = client::currencies(tx).await?;
        let (changes, sums) = (book.days_of_change(), Answers::default());
        let pricing = Arc::new(Pricing { book, clients, currencies, changes, sums });
        tx.keep(KEPT, mark, pricing.clone());
        Ok(pricing)
    }

    /// Whose a project is.
    pub fn client(&self, project: ProjectId) -> Option<ClientId> {
        self.clients.get(&project).copied()
    }

    /// The currency of a draft: the client's, else the tenant's on a day.
    pub fn currency(&self, client: ClientId, day: Date) -> &str {
        let own = || self.book.settings().currency(day);
        self.currencies.get(&client).map_or_else(own, String::as_str)
    }

    /// What the time that is asked for comes to, in the snapshot that this was loaded in; none
    /// where a table was built anew since it began. No rule may ask for the ends of entries.
    pub async fn sums(
        &self,
        tx: &mut TenantTx,
        open: Open,
        most: usize,
    ) -> Result<Option<Arc<UnbilledSums>>, ReadError> {
        if let Some(kept) = self.sums.get(&(open, most)) {
            return Ok(Some(kept));
        }
        let projects = self.projects(open);
        let mut groups = groups(tx, open, &projects, None, most).await?;
        let last = if groups.iter().map(|group| group.seconds.len()).sum::<usize>() > most {
            let last = nth(tx, open, &projects, most).await?;
            groups = self::groups(tx, open, &projects, last, most).await?;
            last
        } else {
            None
        };
        let sums = UnbilledSums { last, more: last.is_some(), ..self.summed(open, &groups) };
        if !still_its_tables(tx).await? {
            return Ok(None);
        }
        let sums = Arc::new(sums);
        self.sums.keep((open, most), sums.clone(), MOST_KEPT);
        Ok(Some(sums))
    }

    fn projects(&self, open: Open) -> Vec<Uuid> {
        let wanted = |client: &ClientId| open.client.is_none_or(|wanted| wanted == *client);
        let projects = self.clients.iter().filter(|(_, client)| wanted(client));
        projects.map(|(project, _)| project.0).collect()
    }

    fn summed(&self, open: Open, groups: &[Group]) -> UnbilledSums {
        let (mut all, mut tasks) = (UnbilledSums::default(), TaskSums::default());
        let mut days: HashMap<i32, usize> = HashMap::new();
        for group in groups {
            let Some(client) = self.client(group.project) else { continue };
            let (mut by_rule, mut as_before): (InEra<TermsOf>, InEra<TermsOf>) = (None, None);
            let mut billed_in: InEra<BilledIn> = None;
            let each = group.days.iter().zip(&group.work_days).zip(&group.seconds);
            for (((booked, worked), seconds), fixed) in each.zip(&group.fixed) {
                let (booked_on, day) = (day_of(*booked), day_of(*worked));
                let currency = self.in_era(open.to.unwrap_or(booked_on), &mut billed_in, |day| {
                    tasks.currency(self.currency(client, day))
                });
                let terms = if fixed.is_some() { &mut as_before } else { &mut by_rule };
                let of = self.in_era(day, terms, |day| {
                    let terms = self.book.terms(client, &group.on(day), &Spans::new());
                    tasks.terms(terms, fixed.is_some())
                });
                let Group { member, project, task, .. } = *group;
                let measured = (*seconds).into();
                let fixed_seconds = *fixed;
                let entry = SummedEntry { member, project, task, day, measured, fixed_seconds };
                all.rounded_seconds += tasks.add(currency, of, entry);
                all.seconds += *seconds;
                *days.entry(*booked).or_default() += 1;
            }
            all.entries += group.seconds.len();
        }
        all.drafted = tasks.sums(price);
        all.days = days.into_iter().map(|(day, entries)| (day_of(day), entries)).collect();
        all.days.sort_unstable();
        all
    }

    /// What holds on a day, which is what held last where the day is of the same era.
    fn in_era<T: Copy>(&self, day: Date, last: &mut InEra<T>, find: impl FnOnce(Date) -> T) -> T {
        let era = self.changes.partition_point(|change| *change <= day);
        match *last {
            Some((of, found)) if of == era => found,
            Some(_) | None => {
                let found = find(day);
                *last = Some((era, found));
                found
            }
        }
    }

    /// The entries that come after a place, by day and id; `limit` at most. `sums` are those of the
    /// same time; none where a table was built anew since the snapshot began.
    pub async fn entries(
        &self,
        tx: &mut TenantTx,
        open: Open,
        sums: &UnbilledSums,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Option<Vec<UnbilledRow>>, ReadError> {
        let Some((to, least)) = sums.reaches(after, limit) else { return Ok(Some(Vec::new())) };
        let sql = "where r.project_id = any($1) and r.billable and r.approved
                and r.invoice_id is null and r.day >= $2 and r.day <= $3
                and ($4::uuid is null or (r.day, r.entry_id, r.freed_by) > ($2, $4, $8))
                and ($5::date is null or (r.day, r.entry_id, r.freed_by) <= ($5, $6, $9))
            order by r.day, r.entry_id, r.freed_by limit $7";
        let first = sums.days.first().map_or(to, |it| it.0);
        let answers = select::<UnbilledRow>(tx, sql)
            .bind(self.projects(open))
            .bind(after.map_or(first, |after| after.0).to_sqlx())
            .bind(to.to_sqlx())
            .bind(after.map(|after| after.1.0))
            .bind(sums.last.map(|last| last.0.to_sqlx()))
            .bind(sums.last.map(|last| last.1.0))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(after.map(|after| after.2.id()))
            .bind(sums.last.map(|last| last.2.id()))
            .fetch_all()
            .await?;
        Ok(if answers.len() < least { None } else { Some(read_rows(&answers)?) })
    }
}

/// What held last, and in which era: from one change of any term to the next.
type InEra<T> = Option<(usize, T)>;

/// Entries of a member's work on a task; the lists are of the same length.
#[derive(Debug)]
struct Group {
    project: ProjectId,
    task: TaskId,
    member: MemberId,
    /// The days they're booked on, as days since [`FIRST_DAY`].
    days: Vec<i32>,
    /// The days of the work.
    work_days: Vec<i32>,
    seconds: Vec<i64>,
    /// What they are billed as whatever the rule, of what credit notes set free.
    fixed: Vec<Option<i64>>,
}

impl Group {
    /// An entry of it on a day, as its terms are asked for.
    fn on(&self, day: Date) -> ReservedEntry {
        let Group { member, project, task, .. } = *self;
        ReservedEntry {
            entry: EntryId(Uuid::nil()),
            version: 0,
            member,
            project,
            task,
            day,
            seconds: 0,
            freed_by: None,
            billed_seconds: None,
        }
    }
}

fn day_of(days: i32) -> Date {
    FIRST_DAY.saturating_add(jiff::Span::new().days(days))
}

/// Which entries are meant, by the parameters $1 to $3.
const MEANT: &str = " from {t}.rm_unbilled r
    where r.project_id = any($1) and r.billable and r.approved and r.invoice_id is null
        and ($2::date is null or r.day >= $2) and ($3::date is null or r.day <= $3)";

/// What is meant, up to an entry; where that is left out, one more than `most` is enough.
async fn groups(
    tx: &mut TenantTx,
    open: Open,
    projects: &[Uuid],
    last: Option<Place>,
    most: usize,
) -> Result<Vec<Group>, ReadError> {
    const GROUPED: &str = "select project_id, task_id, member_id,
            pg_catalog.array_agg(day - date '2000-01-01'),
            pg_catalog.array_agg(work_day - date '2000-01-01'), pg_catalog.array_agg(seconds),
            pg_catalog.array_agg(fixed)
        from (select r.project_id, r.task_id, r.member_id, r.day, r.work_day, r.seconds,
            case when r.freed_by <> '00000000-0000-0000-0000-000000000000'
                then coalesce(r.billed_seconds, r.seconds) end as fixed";
    const UP_TO: &str = "
            and ($4::date is null or (r.day, r.entry_id, r.freed_by) <= ($4, $5, $7)) limit $6
        ) as open group by project_id, task_id, member_id";
    let answers = tx
        .query(Template::assembled([GROUPED, MEANT, UP_TO]))
        .bind(projects)
        .bind(open.from.map(Date::to_sqlx))
        .bind(open.to.map(Date::to_sqlx))
        .bind(last.map(|last| last.0.to_sqlx()))
        .bind(last.map(|last| last.1.0))
        .bind(i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1))
        .bind(last.map(|last| last.2.id()))
        .fetch_all()
        .await?;
    let group = |row: &sqlx::postgres::PgRow| {
        Ok(Group {
            project: ProjectId(row.try_get(0)?),
            task: TaskId(row.try_get(1)?),
            member: MemberId(row.try_get(2)?),
            days: row.try_get(3)?,
            work_days: row.try_get(4)?,
            seconds: row.try_get(5)?,
            fixed: row.try_get(6)?,
        })
    };
    let groups = answers.iter().map(group).collect::<Result<_, sqlx::Error>>();
    Ok(groups.map_err(DoorError::from)?)
}

/// The entry that is the `n`th of those meant by day and id, counted from 1.
async fn nth(
    tx: &mut TenantTx,
    open: Open,
    projects: &[Uuid],
    n: usize,
) -> Result<Option<Place>, ReadError> {
    const FROM: &str = "select (r.day - date '2000-01-01'), r.entry_id, r.freed_by";
    const ORDERED: &str = " order by r.day, r.entry_id, r.freed_by offset $4 limit 1";
    let answer = tx
        .query(Template::assembled([FROM, MEANT, ORDERED]))
        .bind(projects)
        .bind(open.from.map(Date::to_sqlx))
        .bind(open.to.map(Date::to_sqlx))
        .bind(i64::try_from(n.saturating_sub(1)).unwrap_or(i64::MAX))
        .fetch_optional()
        .await?;
    let place = |row: sqlx::postgres::PgRow| {
        let freed_by = FreedBy::of(row.try_get(2)?);
        Ok((day_of(row.try_get(0)?), EntryId(row.try_get(1)?), freed_by))
    };
    let place = answer.map(place).transpose();
    Ok(place.map_err(|error: sqlx::Error| DoorError::from(error))?)
}

/// Whether the tables are those that the snapshot knows. One that was built anew in the meantime
/// has another id, and to an older snapshot it's empty.
async fn still_its_tables(tx: &mut TenantTx) -> Result<bool, ReadError> {
    let sql = "select pg_catalog.count(*) from pg_catalog.unnest($1::text[]) as of (name)
        join pg_catalog.pg_class c on c.relname = of.name
            and c.oid = pg_catalog.to_regclass('{t}.' || of.name)";
    let tables: Vec<&str> = RESTS_ON.iter().map(|(_, table)| *table).collect();
    let answer = tx.query(sql).bind(tables).fetch_one().await?;
    let same: i64 = answer.try_get(0).map_err(DoorError::from)?;
    Ok(usize::try_from(same) == Ok(RESTS_ON.len()))
}

#[cfg(test)]
mod tests;
