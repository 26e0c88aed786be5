//! What of others' time the caller has a say in, by read models: which weeks wait for them, and
//! which entries they may look at although they do not see everybody's. The same rule that decides
//! commands is asked here.

use std::collections::BTreeMap;

use commands::members::substitutes::day_of;
use domain::id::{ClientId, MemberId, ProjectId};
use domain::members::{Grant, Role};
use domain::settings::Settings;
use domain::time::{Chain, Concerned, Deciding, Filled, Office, Right, Week};
use jiff::civil::Date;
use projections::catalogue::project;
use projections::members::grant::{self, Wanted};
use projections::members::{member, substitute};
use projections::time::timesheet_week::TimesheetWeekRow;

use crate::http::call::About;
use crate::http::problem::Problem;
use crate::http::settings::settings_then;

/// More than any firm has of anything here.
const ALL: i64 = 1_000_000;

/// The caller as an approver.
pub(crate) struct Approver {
    by: MemberId,
    rights: Vec<Right>,
    everybody: BTreeMap<MemberId, Right>,
    managers: BTreeMap<MemberId, MemberId>,
    clients: BTreeMap<ProjectId, ClientId>,
    settings: Settings,
}

impl Approver {
    /// The caller, today.
    pub(crate) async fn caller(about: &About) -> Result<Self, Problem> {
        let settings = settings_then(about).await?;
        let today = day_of(&settings, about.now());
        let by = about.caller.member;
        let mut tx = about.tx().await?;
        let members = member::list(&mut tx, None, ALL).await?;
        let grants = grant::list(&mut tx, Wanted::default(), None, ALL).await?;
        let projects = project::list(&mut tx, None, None, ALL).await?;
        let absent = substitute::absent_of(&mut tx, by, today).await?;
        tx.commit().await?;
        let works = |roles: &[Role]| roles.iter().any(|role| role.includes(Role::Member));
        let mut everybody: BTreeMap<MemberId, Right> = BTreeMap::new();
        let mut managers = BTreeMap::new();
        for row in members {
            managers.extend(row.manager_id.map(|manager| (row.member_id, manager)));
            if row.active && works(&row.roles) {
                let (of, roles) = (row.member_id, row.roles);
                everybody.insert(of, Right { of, roles, grants: Default::default() });
            }
        }
        for row in grants {
            let grant: Option<Grant> = row.grant();
            if let (Some(right), Some(grant)) = (everybody.get_mut(&row.member_id), grant) {
                right.grants.insert(grant);
            }
        }
        let absent = absent.iter().map(|row| row.member_id);
        let of = std::iter::once(by).chain(absent).filter(|_| everybody.contains_key(&by));
        let rights = of.filter_map(|of| everybody.get(&of).cloned()).collect();
        let clients = projects.iter().map(|row| (row.project_id, row.client_id)).collect();
        Ok(Approver { by, rights, everybody, managers, clients, settings })
    }

    /// What the rule asks for about one member's week.
    fn deciding(&self, member: MemberId, week: Week) -> Deciding {
        self.deciding_on(member, week.monday())
    }

    /// Whether a request for leave from a day on waits for the caller where it waits for this
    /// office.
    pub(crate) fn decides_on_leave(&self, member: MemberId, from: Date, office: Office) -> bool {
        self.deciding_on(member, from).right(office, None).is_some()
    }

    fn deciding_on(&self, member: MemberId, day: Date) -> Deciding {
        let manager = self.managers.get(&member).copied();
        Deciding {
            by: self.by,
            rights: self.rights.clone(),
            self_approval: self.settings.self_approval(day),
            concerned: Concerned {
                member,
                line_manager: manager.filter(|manager| self.everybody.contains_key(manager)),
                clients: self.clients.clone(),
                filled: Filled::by(self.everybody.values(), member),
            },
        }
    }

    /// For which offices something may wait that they decide on.
    pub(crate) fn offices(&self) -> Vec<Office> {
        let any = |has: &dyn Fn(&Right) -> bool| self.rights.iter().any(has);
        let by_role =
            |needed: Role| any(&|right| right.roles.iter().any(|role| role.includes(needed)));
        let leads = |right: &Right| self.managers.values().any(|manager| *manager == right.of);
        let looks_after = |of_project: bool| {
            any(&|right| {
                right.grants.iter().any(|grant| match grant {
                    Grant::ProjectManager(_) => of_project,
                    Grant::AccountManager(_) => !of_project,
                    Grant::Reader(_) | Grant::LeaveReader(_) => false,
                })
            })
        };
        let may = |office: &Office| match office {
            _ if by_role(Role::Manager) => true,
            Office::Manager | Office::Admin => false,
            Office::LineManager => any(&leads),
            Office::ProjectManager => looks_after(true),
            Office::AccountManager => looks_after(false),
            Office::Billing => by_role(Role::Billing),
        };
        Office::ALL.into_iter().filter(may).collect()
    }

    /// Whether something in the week waits for the caller.
    pub(super) fn is_asked(&self, row: &TimesheetWeekRow) -> bool {
        let deciding = self.deciding(row.member_id, row.week);
        row.waiting().any(|n| {
            let next = row.next_office(n);
            next.is_some_and(|office| deciding.right(office, row.entry_projects[n]).is_some())
        })
    }

    /// Whether some step of an entry of a member's week, by its chain and project, is the caller's.
    pub(super) fn say_in(
        &self,
        member: MemberId,
        week: Week,
    ) -> impl Fn(&Chain, ProjectId) -> bool + use<> {
        let deciding = self.deciding(member, week);
        move |chain, project| deciding.concerns(chain, project)
    }

    /// Whose a project is.
    pub(super) fn client_of(&self, project: ProjectId) -> Option<ClientId> {
        self.clients.get(&project).copied()
    }
}
