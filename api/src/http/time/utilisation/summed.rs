//! What an answer about utilisation is made of and comes to, by member, month, project or client;
//! names stay sealed in it, so that it may be kept.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{MemberId, ProjectId};
use domain::personal::Envelope;
use domain::time::Month;
use domain::time::progress::{capacity_minutes, share_basis_points};
use jiff::civil::Date;
use migrations::TenantTx;
use migrations::keys::TenantKeys;
use projections::catalogue::named::{self, NamedProject};
use projections::leave::leave_day::Taken;
use projections::time::utilisation::{MemberMonth, MemberMonthProject};
use projections::time::work_terms::{self, MemberTerms};
use uuid::Uuid;

use super::{By, Used, Wanted};
use crate::http::personal;
use crate::http::problem::Problem;

/// What something is called: said, or sealed until it's shown.
#[derive(Debug, Clone)]
pub(super) enum Name {
    Said(Option<String>),
    Member(Option<Envelope>),
    Client(Option<Envelope>),
}

impl Name {
    pub(super) fn sealed(&self) -> Option<&Envelope> {
        match self {
            Name::Said(_) => None,
            Name::Member(name) | Name::Client(name) => name.as_ref(),
        }
    }

    pub(super) fn shown(&self, keys: &TenantKeys) -> Option<String> {
        match self {
            Name::Said(name) => name.clone(),
            Name::Member(name) => personal::text(keys, name.as_ref()),
            Name::Client(name) => personal::unique_text(keys, name.as_ref()),
        }
    }
}

/// One member, month, project or client, before its name is opened.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) id: Option<Uuid>,
    pub(super) name: Name,
    pub(super) used: Used,
}

/// All that an answer says.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) items: Vec<Item>,
    pub(super) total: Used,
}

/// What the answer is made of.
pub(super) struct Known {
    pub(super) terms: BTreeMap<MemberId, MemberTerms>,
    pub(super) holidays: BTreeMap<Date, String>,
    /// What granted leave takes.
    pub(super) leave: Taken,
    pub(super) months: Vec<MemberMonth>,
    /// By project, where it's asked for.
    pub(super) projects: Vec<MemberMonthProject>,
}

pub(super) async fn made(
    tx: &mut TenantTx,
    wanted: &Wanted,
    known: &Known,
    by: By,
) -> Result<Made, Problem> {
    if wanted.member.is_some_and(|member| !known.terms.contains_key(&member)) {
        return Err(Problem::not_found());
    }
    let capacity = |member: &MemberId, terms: &MemberTerms, month: Month| {
        let leave = known.leave.get(member).map_or(&[][..], Vec::as_slice);
        capacity_minutes(&terms.with(&known.holidays, leave), month.first(), month.last())
    };
    let mut capacities: BTreeMap<(MemberId, Month), u64> = BTreeMap::new();
    for (member, terms) in &known.terms {
        for month in wanted.from.up_to(wanted.to) {
            capacities.insert((*member, month), capacity(member, terms, month));
        }
    }
    let mut total = Sum::default();
    capacities.values().for_each(|minutes| total.minutes += minutes);
    known.months.iter().for_each(|row| total.add(row.seconds, row.billable_seconds));
    let items = match by {
        By::Member => by_member(tx, known, &capacities).await?,
        By::Month => by_month(known, &capacities),
        By::Project | By::Client => by_work(tx, known, by, total.minutes).await?,
    };
    Ok(Made { items, total: total.used() })
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    minutes: u64,
    seconds: i64,
    billable_seconds: i64,
}

impl Sum {
    fn add(&mut self, seconds: i64, billable_seconds: i64) {
        self.seconds += seconds;
        self.billable_seconds += billable_seconds;
    }

    fn is_nothing(&self) -> bool {
        (self.minutes, self.seconds, self.billable_seconds) == (0, 0, 0)
    }

    /// With a capacity of its own.
    fn used(self) -> Used {
        let capacity_minutes = Some(self.minutes);
        Used { capacity_minutes, ..self.used_of(self.minutes) }
    }

    /// As a share of another capacity.
    fn used_of(self, capacity_minutes: u64) -> Used {
        Used {
            capacity_minutes: None,
            seconds: self.seconds,
            billable_seconds: self.billable_seconds,
            not_billable_seconds: self.seconds - self.billable_seconds,
            utilisation_basis_points: share_basis_points(self.billable_seconds, capacity_minutes),
        }
    }
}

async fn by_member(
    tx: &mut TenantTx,
    known: &Known,
    capacities: &BTreeMap<(MemberId, Month), u64>,
) -> Result<Vec<Item>, Problem> {
    let mut sums: BTreeMap<MemberId, Sum> = BTreeMap::new();
    for ((member, _), minutes) in capacities {
        sums.entry(*member).or_default().minutes += minutes;
    }
    for row in &known.months {
        sums.entry(row.member).or_default().add(row.seconds, row.billable_seconds);
    }
    sums.retain(|_, sum| !sum.is_nothing());
    let mut names = work_terms::names(tx, sums.keys().copied()).await?;
    let item = |(member, sum): (MemberId, Sum)| Item {
        id: Some(member.0),
        name: Name::Member(names.remove(&member)),
        used: sum.used(),
    };
    Ok(sums.into_iter().map(item).collect())
}

fn by_month(known: &Known, capacities: &BTreeMap<(MemberId, Month), u64>) -> Vec<Item> {
    let mut sums: BTreeMap<Month, Sum> = BTreeMap::new();
    for ((_, month), minutes) in capacities {
        sums.entry(*month).or_default().minutes += minutes;
    }
    for row in &known.months {
        sums.entry(row.month).or_default().add(row.seconds, row.billable_seconds);
    }
    let item = |(month, sum): (Month, Sum)| Item {
        id: None,
        name: Name::Said(Some(month.to_string())),
        used: sum.used(),
    };
    sums.into_iter().map(item).collect()
}

async fn by_work(
    tx: &mut TenantTx,
    known: &Known,
    by: By,
    capacity_minutes: u64,
) -> Result<Vec<Item>, Problem> {
    let ids: BTreeSet<ProjectId> = known.projects.iter().map(|row| row.project).collect();
    let projects = named::projects(tx, ids).await?;
    let mut sums: BTreeMap<Uuid, (Name, Sum)> = BTreeMap::new();
    for row in &known.projects {
        let project: Option<&NamedProject> = projects.get(&row.project);
        let (id, name) = match (by, project) {
            (By::Client, Some(project)) => {
                (project.client.0, Name::Client(project.client_name.clone()))
            }
            (By::Client, None) | (By::Member | By::Month | By::Project, _) => {
                (row.project.0, Name::Said(project.map(|project| project.name.clone())))
            }
        };
        let (_, sum) = sums.entry(id).or_insert_with(|| (name, Sum::default()));
        sum.add(row.seconds, row.billable_seconds);
    }
    let item = |(id, (name, sum)): (Uuid, (Name, Sum))| Item {
        id: Some(id),
        name,
        used: sum.used_of(capacity_minutes),
    };
    Ok(sums.into_iter().map(item).collect())
}
