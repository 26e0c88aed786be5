//! The columns of a report of leave. Who keeps the books but has no say in leave is told what is
//! owed and not who is away; what it costs is for who may see costs.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use commands::leave::sources::FirmLeave;
use domain::id::MemberId;

use super::leave::{GroupName, Place};
use super::leave_sums::{Amount, Sums};
use super::names::Names;
use super::reading::Sees;
use super::table::{Cell, Column, Kind, Table};

/// What the columns follow from.
pub(super) struct Columns<'a> {
    pub(super) groups: Vec<GroupName>,
    pub(super) sees: Sees,
    pub(super) names: &'a Names,
    pub(super) firm: &'a FirmLeave,
    pub(super) total: &'a Sums,
}

impl Columns<'_> {
    /// The report of these rows.
    pub(super) fn table(&self, file_stem: String, rows: BTreeMap<Vec<Place>, Sums>) -> Table {
        let mut rows: Vec<(Vec<Place>, Sums)> = rows.into_iter().collect();
        if !self.sees.leave {
            rows.retain(|(_, sums)| sums.liability != Amount::default());
        }
        rows.sort_by(|(left, _), (right, _)| {
            let pairs = left.iter().zip(right).map(|(left, right)| self.order(*left, *right));
            pairs.fold(Ordering::Equal, Ordering::then)
        });
        let cells = |places: Option<&[Place]>, sums: &Sums| {
            let mut cells = Vec::new();
            for (n, group) in self.groups.iter().enumerate() {
                self.push_place(*group, places.map(|places| places[n]), &mut cells);
            }
            self.push_sums(sums, &mut cells);
            cells
        };
        Table {
            title: "Leave".to_owned(),
            file_stem,
            columns: self.columns(),
            rows: rows.iter().map(|(places, sums)| cells(Some(places), sums)).collect(),
            totals: cells(None, self.total),
        }
    }

    /// By what people read; those without a name come last.
    fn order(&self, left: Place, right: Place) -> Ordering {
        let rank = |member: Option<MemberId>| {
            member.map_or(usize::MAX, |member| self.names.members.rank(member))
        };
        let named = match (left, right) {
            (Place::Member(left), Place::Member(right)) => rank(Some(left)).cmp(&rank(Some(right))),
            (Place::Manager(left), Place::Manager(right)) => rank(left).cmp(&rank(right)),
            (Place::LeaveType(left), Place::LeaveType(right)) => {
                let name = |kind| self.firm.types.get(kind).map(|(_, kind)| &kind.name);
                name(&left).cmp(&name(&right))
            }
            (Place::Month(_), _)
            | (Place::Manager(_), _)
            | (Place::Member(_), _)
            | (Place::LeaveType(_), _) => Ordering::Equal,
        };
        named.then(left.cmp(&right))
    }

    fn columns(&self) -> Vec<Column> {
        let mut all = Vec::new();
        let text = |name: &str, heading: &str| Column::new(name, heading, Kind::Text);
        for group in &self.groups {
            match group {
                GroupName::Member => {
                    all.push(text("member_id", "Member id"));
                    all.push(text("member", "Member"));
                }
                GroupName::LeaveType => {
                    all.push(text("leave_type_id", "Kind of leave id"));
                    all.push(text("leave_type", "Kind of leave"));
                }
                GroupName::Month => all.push(Column::new("month", "Month", Kind::Month)),
                GroupName::Manager => {
                    all.push(text("manager_id", "Manager id"));
                    all.push(text("manager", "Manager"));
                }
            }
        }
        let mut amount = |name: &str, heading: &str| {
            let minutes = format!("{heading} (minutes)");
            all.push(Column::new(format!("{name}_minutes"), minutes, Kind::LeaveMinutes));
            let days = format!("{heading} (days)");
            all.push(Column::new(format!("{name}_days"), days, Kind::LeaveDays));
        };
        if self.sees.leave {
            amount("balance", "Balance");
            amount("taken", "Taken");
            amount("pending", "Pending");
            amount("expiring", "Lapses next");
        }
        amount("liability", "Liability");
        if self.sees.leave {
            all.push(Column::new("expires_on", "Lapses after", Kind::Day));
        }
        if self.sees.costs {
            for currency in self.total.money.keys() {
                let name = format!("liability_{}", currency.to_lowercase());
                let heading = format!("Liability ({currency})");
                all.push(Column::new(name, heading, Kind::Money(currency.clone())));
            }
            let name = "liability_unpriced_minutes";
            all.push(Column::new(name, "Liability without a cost rate", Kind::LeaveMinutes));
        }
        all
    }

    fn push_place(&self, group: GroupName, place: Option<Place>, cells: &mut Vec<Cell>) {
        let named = |name: Option<std::sync::Arc<str>>| name.map_or(Cell::Empty, Cell::Text);
        match place {
            Some(Place::Month(month)) => cells.push(Cell::Day(month)),
            Some(Place::Member(member) | Place::Manager(Some(member))) => {
                cells.push(Cell::text(member.to_string()));
                cells.push(named(self.names.members.name(member)));
            }
            Some(Place::LeaveType(kind)) => {
                let found = self.firm.types.get(&kind);
                cells.push(Cell::text(kind.to_string()));
                cells.push(found.map_or(Cell::Empty, |(_, kind)| Cell::text(&kind.name)));
            }
            Some(Place::Manager(None)) | None => {
                let width = if group == GroupName::Month { 1 } else { 2 };
                cells.extend(std::iter::repeat_n(Cell::Empty, width));
            }
        }
    }

    fn push_sums(&self, sums: &Sums, cells: &mut Vec<Cell>) {
        let mut push = |amount: Option<Amount>| match amount {
            Some(Amount { minutes, days }) => {
                cells.push(Cell::Number(minutes.ten_thousandths()));
                cells.push(Cell::Number(days.ten_thousandths()));
            }
            None => cells.extend([Cell::Empty, Cell::Empty]),
        };
        if self.sees.leave {
            push(Some(sums.balance));
            push(Some(sums.taken));
            push(Some(sums.pending));
            push(sums.expiring.map(|(_, amount)| amount));
        }
        push(Some(sums.liability));
        if self.sees.leave {
            cells.push(sums.expiring.map_or(Cell::Empty, |(day, _)| Cell::Day(day)));
        }
        if self.sees.costs {
            let amount = |currency: &String| sums.money.get(currency).copied();
            let money = self.total.money.keys().map(amount);
            cells.extend(money.map(|amount| amount.map_or(Cell::Empty, Cell::Number)));
            cells.push(Cell::Number(sums.unpriced.minutes.ten_thousandths()));
        }
    }
}
